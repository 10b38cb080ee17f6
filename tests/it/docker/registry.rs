//! What asks a registry and holds nothing: search, manifest inspect, imagetools inspect.

use super::check;

#[test]
fn a_search_shows_four_columns() {
    insta::assert_snapshot!(
        check(&[
            "search nginx",
            "search --limit 1 nginx",
            "search --filter stars=100 -f is-official=false nginx",
            "search --filter is-automated=true nginx",
            "search --no-trunc --format json bitnami",
            "search --format {{json_.}} zero",
            "search --format {{.Name}}:_{{.StarCount}}_{{.IsOfficial}} nginx",
            "search --format table_{{.Name}}\\t{{.IsOfficial}} nginx",
            "search nothing",
        ]),
        @r#"
        $ docker search nginx
        NAME            DESCRIPTION                                     STARS     OFFICIAL
        nginx           Official build of Nginx.                        20000     [OK]
        bitnami/nginx   Bitnami container image for NGINX, which is …   199       
        zero/nginx                                                      0         
        $ docker search --limit 1 nginx
        NAME      DESCRIPTION                STARS     OFFICIAL
        nginx     Official build of Nginx.   20000     [OK]
        $ docker search --filter stars=100 -f is-official=false nginx
        NAME            DESCRIPTION                                     STARS     OFFICIAL
        bitnami/nginx   Bitnami container image for NGINX, which is …   199       
        $ docker search --filter is-automated=true nginx
        NAME      DESCRIPTION   STARS     OFFICIAL
        WARNING: the "is-automated" filter is deprecated, and searching for "is-automated=true" will not yield any results in future.
        $ docker search --no-trunc --format json bitnami
        {"Description":"Bitnami container image for NGINX, which is more \u003cb\u003e than fits","IsOfficial":"false","Name":"bitnami/nginx","StarCount":"199"}
        $ docker search --format {{json_.}} zero
        {"Description":"","IsOfficial":"false","Name":"zero/nginx","StarCount":"0"}
        $ docker search --format {{.Name}}:_{{.StarCount}}_{{.IsOfficial}} nginx
        nginx: 20000 [OK]
        bitnami/nginx: 199 
        zero/nginx: 0 
        $ docker search --format table_{{.Name}}\t{{.IsOfficial}} nginx
        NAME            OFFICIAL
        nginx           [OK]
        bitnami/nginx   
        zero/nginx      
        $ docker search nothing
        NAME      DESCRIPTION   STARS     OFFICIAL
        "#
    );
}

#[test]
fn a_search_that_cannot_be_made_says_why() {
    insta::assert_snapshot!(
        check(&[
            "search --limit 101 nginx",
            "search --limit abc nginx",
            "search -f foo=bar nginx",
            "search -f stars=abc nginx",
            "search -f is-official=perhaps nginx",
            "search https://nginx",
            "search --format {{.Nope}} nginx",
            "search",
        ]),
        @r#"
        $ docker search --limit 101 nginx
        Error response from daemon: limit 101 is outside the range of [1, 100]
        [1]
        $ docker search --limit abc nginx
        invalid argument "abc" for "--limit" flag: strconv.ParseInt: parsing "abc": invalid syntax

        Usage:  docker search [OPTIONS] TERM

        Run 'docker search --help' for more information
        [125]
        $ docker search -f foo=bar nginx
        Error response from daemon: invalid filter 'foo'
        [1]
        $ docker search -f stars=abc nginx
        Error response from daemon: invalid filter 'stars=abc': strconv.Atoi: parsing "abc": invalid syntax
        [1]
        $ docker search -f is-official=perhaps nginx
        Error response from daemon: invalid filter 'is-official=[perhaps]'
        [1]
        $ docker search https://nginx
        Error response from daemon: invalid repository name: repository name (https://nginx) should not have a scheme
        [1]
        $ docker search --format {{.Nope}} nginx
        template parsing error: template: :1:2: executing "" at <.Nope>: can't evaluate field Nope in type *registry.searchContext
        [1]
        $ docker search
        docker: 'docker search' requires 1 argument

        Usage:  docker search [OPTIONS] TERM

        Run 'docker search --help' for more information
        [1]
        "#
    );
}

#[test]
fn a_manifest_is_the_registry_s_text_laid_out_anew() {
    insta::assert_snapshot!(check(&["manifest inspect demo:1.0", "manifest inspect -v demo:1.0"]), @r#"
    $ docker manifest inspect demo:1.0
    {
    	"schemaVersion": 2,
    	"mediaType": "application/vnd.oci.image.manifest.v1+json",
    	"config": {
    		"mediaType": "application/vnd.oci.image.config.v1+json",
    		"digest": "sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43",
    		"size": 366
    	},
    	"layers": [
    		{
    			"mediaType": "application/vnd.oci.image.layer.v1.tar",
    			"digest": "sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb",
    			"size": 2048
    		}
    	]
    }
    $ docker manifest inspect -v demo:1.0
    {
    	"Ref": "docker.io/library/demo:1.0",
    	"Descriptor": {
    		"mediaType": "application/vnd.oci.image.manifest.v1+json",
    		"digest": "sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd",
    		"size": 397,
    		"platform": {
    			"architecture": "amd64",
    			"os": "linux"
    		}
    	},
    	"Raw": "eyJzY2hlbWFWZXJzaW9uIjoyLCJtZWRpYVR5cGUiOiJhcHBsaWNhdGlvbi92bmQub2NpLmltYWdlLm1hbmlmZXN0LnYxK2pzb24iLCJjb25maWciOnsibWVkaWFUeXBlIjoiYXBwbGljYXRpb24vdm5kLm9jaS5pbWFnZS5jb25maWcudjEranNvbiIsImRpZ2VzdCI6InNoYTI1NjpmYWZmZGFhMTg3ODEyN2Q5MzRlNjZiOThmY2I0ZDA1YjgyMDM5MDYyNmJkYzg0NGY0NzJmZDVjOWUyYTc5YTQzIiwic2l6ZSI6MzY2fSwibGF5ZXJzIjpbeyJtZWRpYVR5cGUiOiJhcHBsaWNhdGlvbi92bmQub2NpLmltYWdlLmxheWVyLnYxLnRhciIsImRpZ2VzdCI6InNoYTI1Njo2ODNmNDYxYmQzZWViMmNiNmM0OGJlYjk1ODQwY2Y2ZDViMzlkZDI2OWI5MzM3ZGI5ZDVkY2JjYzdlNmEwNmViIiwic2l6ZSI6MjA0OH1dfQ==",
    	"OCIManifest": {
    		"schemaVersion": 2,
    		"mediaType": "application/vnd.oci.image.manifest.v1+json",
    		"config": {
    			"mediaType": "application/vnd.oci.image.config.v1+json",
    			"digest": "sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43",
    			"size": 366
    		},
    		"layers": [
    			{
    				"mediaType": "application/vnd.oci.image.layer.v1.tar",
    				"digest": "sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb",
    				"size": 2048
    			}
    		]
    	}
    }
    "#);
}

#[test]
fn an_index_is_built_anew_from_its_manifests() {
    insta::assert_snapshot!(check(&["manifest inspect both", "manifest inspect -v both"]), @r#"
    $ docker manifest inspect both
    {
       "schemaVersion": 2,
       "mediaType": "application/vnd.oci.image.index.v1+json",
       "manifests": [
          {
             "mediaType": "application/vnd.oci.image.manifest.v1+json",
             "size": 397,
             "digest": "sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd",
             "platform": {
                "architecture": "amd64",
                "os": "linux"
             }
          },
          {
             "mediaType": "application/vnd.oci.image.manifest.v1+json",
             "size": 397,
             "digest": "sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd",
             "platform": {
                "architecture": "unknown",
                "os": "unknown"
             }
          }
       ]
    }
    $ docker manifest inspect -v both
    [
    	{
    		"Ref": "docker.io/library/both:latest@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd",
    		"Descriptor": {
    			"mediaType": "application/vnd.oci.image.manifest.v1+json",
    			"digest": "sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd",
    			"size": 397,
    			"platform": {
    				"architecture": "amd64",
    				"os": "linux"
    			}
    		},
    		"Raw": "eyJzY2hlbWFWZXJzaW9uIjoyLCJtZWRpYVR5cGUiOiJhcHBsaWNhdGlvbi92bmQub2NpLmltYWdlLm1hbmlmZXN0LnYxK2pzb24iLCJjb25maWciOnsibWVkaWFUeXBlIjoiYXBwbGljYXRpb24vdm5kLm9jaS5pbWFnZS5jb25maWcudjEranNvbiIsImRpZ2VzdCI6InNoYTI1NjpmYWZmZGFhMTg3ODEyN2Q5MzRlNjZiOThmY2I0ZDA1YjgyMDM5MDYyNmJkYzg0NGY0NzJmZDVjOWUyYTc5YTQzIiwic2l6ZSI6MzY2fSwibGF5ZXJzIjpbeyJtZWRpYVR5cGUiOiJhcHBsaWNhdGlvbi92bmQub2NpLmltYWdlLmxheWVyLnYxLnRhciIsImRpZ2VzdCI6InNoYTI1Njo2ODNmNDYxYmQzZWViMmNiNmM0OGJlYjk1ODQwY2Y2ZDViMzlkZDI2OWI5MzM3ZGI5ZDVkY2JjYzdlNmEwNmViIiwic2l6ZSI6MjA0OH1dfQ==",
    		"OCIManifest": {
    			"schemaVersion": 2,
    			"mediaType": "application/vnd.oci.image.manifest.v1+json",
    			"config": {
    				"mediaType": "application/vnd.oci.image.config.v1+json",
    				"digest": "sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43",
    				"size": 366
    			},
    			"layers": [
    				{
    					"mediaType": "application/vnd.oci.image.layer.v1.tar",
    					"digest": "sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb",
    					"size": 2048
    				}
    			]
    		}
    	},
    	{
    		"Ref": "docker.io/library/both:latest@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd",
    		"Descriptor": {
    			"mediaType": "application/vnd.oci.image.manifest.v1+json",
    			"digest": "sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd",
    			"size": 397,
    			"platform": {
    				"architecture": "unknown",
    				"os": "unknown"
    			}
    		},
    		"Raw": "eyJzY2hlbWFWZXJzaW9uIjoyLCJtZWRpYVR5cGUiOiJhcHBsaWNhdGlvbi92bmQub2NpLmltYWdlLm1hbmlmZXN0LnYxK2pzb24iLCJjb25maWciOnsibWVkaWFUeXBlIjoiYXBwbGljYXRpb24vdm5kLm9jaS5pbWFnZS5jb25maWcudjEranNvbiIsImRpZ2VzdCI6InNoYTI1NjpmYWZmZGFhMTg3ODEyN2Q5MzRlNjZiOThmY2I0ZDA1YjgyMDM5MDYyNmJkYzg0NGY0NzJmZDVjOWUyYTc5YTQzIiwic2l6ZSI6MzY2fSwibGF5ZXJzIjpbeyJtZWRpYVR5cGUiOiJhcHBsaWNhdGlvbi92bmQub2NpLmltYWdlLmxheWVyLnYxLnRhciIsImRpZ2VzdCI6InNoYTI1Njo2ODNmNDYxYmQzZWViMmNiNmM0OGJlYjk1ODQwY2Y2ZDViMzlkZDI2OWI5MzM3ZGI5ZDVkY2JjYzdlNmEwNmViIiwic2l6ZSI6MjA0OH1dfQ==",
    		"OCIManifest": {
    			"schemaVersion": 2,
    			"mediaType": "application/vnd.oci.image.manifest.v1+json",
    			"config": {
    				"mediaType": "application/vnd.oci.image.config.v1+json",
    				"digest": "sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43",
    				"size": 366
    			},
    			"layers": [
    				{
    					"mediaType": "application/vnd.oci.image.layer.v1.tar",
    					"digest": "sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb",
    					"size": 2048
    				}
    			]
    		}
    	}
    ]
    "#);
}

#[test]
fn a_manifest_that_is_not_there_says_so() {
    insta::assert_snapshot!(
        check(&[
            "manifest inspect nope",
            "manifest inspect other",
            "manifest inspect 127.0.0.1:5000/x",
            "manifest inspect 127.0.0.1:1/x",
            "manifest inspect list demo",
            "manifest inspect Upper",
            "manifest inspect",
            "manifest bogus",
        ]),
        @r#"
        $ docker manifest inspect nope
        no such manifest: docker.io/library/nope:latest
        [1]
        $ docker manifest inspect other
        no such manifest: docker.io/library/other:latest
        [1]
        $ docker manifest inspect 127.0.0.1:5000/x
        no such manifest: 127.0.0.1:5000/x:latest
        [1]
        $ docker manifest inspect 127.0.0.1:1/x
        failed to configure transport: error pinging v2 registry: Get "https://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused
        [1]
        $ docker manifest inspect list demo
        No such manifest: docker.io/library/demo:latest
        [1]
        $ docker manifest inspect Upper
        invalid reference format: repository name (library/Upper) must be lowercase
        [1]
        $ docker manifest inspect
        docker: 'docker manifest inspect' requires at least 1 and at most 2 arguments

        Usage:  docker manifest inspect [OPTIONS] [MANIFEST_LIST] MANIFEST

        Run 'docker manifest inspect --help' for more information
        [1]
        $ docker manifest bogus
        docker: unknown command: docker manifest bogus

        Usage:  docker manifest COMMAND

        Run 'docker manifest --help' for more information
        [1]
        "#
    );
}

#[test]
fn imagetools_list_an_index() {
    insta::assert_snapshot!(
        check(&[
            "buildx imagetools inspect both",
            "buildx imagetools inspect demo:1.0",
            "buildx imagetools inspect --raw demo:1.0",
            "buildx imagetools inspect --format {{.Name}}_{{.Manifest.Digest}} demo:1.0",
            "buildx imagetools inspect --format {{json_.Manifest}} demo:1.0",
            "buildx imagetools inspect --format {{.Image.Architecture}}_{{.Image.OS}}_{{.Image.Config.Env}} both",
            "buildx imagetools inspect --format a{{.Nope}} demo:1.0",
            "buildx imagetools inspect --format {{.Image.architecture}} demo:1.0",
            "buildx imagetools inspect --format {{len_.Image.RootFS.DiffIDs}}_{{.Manifest.Nope}} demo:1.0",
            "buildx imagetools inspect --format {{.Manifest.Nope}} both",
            "buildx imagetools inspect --format {{.Name demo:1.0",
            "buildx imagetools inspect --format x --raw demo:1.0",
            "buildx imagetools inspect nope",
        ]),
        @r#"
        $ docker buildx imagetools inspect both
        Name:      docker.io/library/both:latest
        MediaType: application/vnd.oci.image.index.v1+json
        Digest:    sha256:dfb31a941072ea851c6290cdb96b989d029c0c3e906c37a7b3dfa6054a406161
                   
        Manifests: 
          Name:        docker.io/library/both:latest@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
          MediaType:   application/vnd.oci.image.manifest.v1+json
          Platform:    linux/amd64
                       
          Name:        docker.io/library/both:latest@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
          MediaType:   application/vnd.oci.image.manifest.v1+json
          Platform:    unknown/unknown
          Annotations: 
            vnd.docker.reference.digest: sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
            vnd.docker.reference.type:   attestation-manifest
        $ docker buildx imagetools inspect demo:1.0
        Name:      docker.io/library/demo:1.0
        MediaType: application/vnd.oci.image.manifest.v1+json
        Digest:    sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
        $ docker buildx imagetools inspect --raw demo:1.0
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43","size":366},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb","size":2048}]}$ docker buildx imagetools inspect --format {{.Name}}_{{.Manifest.Digest}} demo:1.0
        docker.io/library/demo:1.0 sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
        $ docker buildx imagetools inspect --format {{json_.Manifest}} demo:1.0
        {
          "mediaType": "application/vnd.oci.image.manifest.v1+json",
          "digest": "sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd",
          "size": 397
        }
        $ docker buildx imagetools inspect --format {{.Image.Architecture}}_{{.Image.OS}}_{{.Image.Config.Env}} both
        amd64 linux []
        $ docker buildx imagetools inspect --format a{{.Nope}} demo:1.0
        aERROR: template: :1:3: executing "" at <.Nope>: can't evaluate field Nope in type imagetools.tplInput
        [1]
        $ docker buildx imagetools inspect --format {{.Image.architecture}} demo:1.0
        ERROR: template: :1:8: executing "" at <.Image.architecture>: can't evaluate field architecture in type *v1.Image
        [1]
        $ docker buildx imagetools inspect --format {{len_.Image.RootFS.DiffIDs}}_{{.Manifest.Nope}} demo:1.0
        1 ERROR: template: :1:41: executing "" at <.Manifest.Nope>: can't evaluate field Nope in type v1.Descriptor
        [1]
        $ docker buildx imagetools inspect --format {{.Manifest.Nope}} both
        ERROR: template: :1:11: executing "" at <.Manifest.Nope>: can't evaluate field Nope in type struct { SchemaVersion int "json:\"schemaVersion\""; MediaType string "json:\"mediaType,omitempty\""; Digest digest.Digest "json:\"digest\""; Size int64 "json:\"size\""; Manifests []v1.Descriptor "json:\"manifests\""; Annotations map[string]string "json:\"annotations,omitempty\"" }
        [1]
        $ docker buildx imagetools inspect --format {{.Name demo:1.0
        ERROR: template: :1: unclosed action
        [1]
        $ docker buildx imagetools inspect --format x --raw demo:1.0
        ERROR: format and raw cannot be used together
        [1]
        $ docker buildx imagetools inspect nope
        ERROR: docker.io/library/nope:latest: not found
        [1]
        "#
    );
}
