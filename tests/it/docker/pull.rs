//! Pulling.

use super::check;

#[test]
fn a_pull_says_what_happened_and_the_second_that_nothing_did() {
    insta::assert_snapshot!(check(&["pull demo:1.0", "pull demo:1.0", "pull -q demo:1.0"]), @r"
    $ docker pull demo:1.0
    1.0: Pulling from library/demo
    683f461bd3ee: Pulling fs layer
    683f461bd3ee: Verifying Checksum
    683f461bd3ee: Download complete
    683f461bd3ee: Pull complete
    Digest: sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    Status: Downloaded newer image for demo:1.0
    docker.io/library/demo:1.0
    $ docker pull demo:1.0
    1.0: Pulling from library/demo
    Digest: sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    Status: Image is up to date for demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    ");
}

#[test]
fn a_shared_layer_already_exists() {
    insta::assert_snapshot!(check(&["pull -q demo:1.0", "pull demo:2.0"]), @r"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull demo:2.0
    2.0: Pulling from library/demo
    683f461bd3ee: Already exists
    8d0ccd61a9c9: Pulling fs layer
    8d0ccd61a9c9: Verifying Checksum
    8d0ccd61a9c9: Download complete
    8d0ccd61a9c9: Pull complete
    Digest: sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8
    Status: Downloaded newer image for demo:2.0
    docker.io/library/demo:2.0
    ");
}

#[test]
fn all_tags_end_in_one_status() {
    insta::assert_snapshot!(check(&["pull -q -a demo", "pull --all-tags demo", "pull -a demo:1.0", "pull -a nope"]), @r"
    $ docker pull -q -a demo
    docker.io/library/demo
    $ docker pull --all-tags demo
    1.0: Pulling from library/demo
    Digest: sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    2.0: Pulling from library/demo
    Digest: sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8
    Status: Image is up to date for demo
    docker.io/library/demo
    $ docker pull -a demo:1.0
    tag can't be used with --all-tags/-a
    [1]
    $ docker pull -a nope
    Error response from daemon: repository nope not found: name unknown: repository name not known to registry
    [1]
    ");
}

#[test]
fn a_failed_pull_says_why() {
    insta::assert_snapshot!(
        check(&["pull nope", "pull demo:3", "pull other", "pull Upper", "pull a__b", "pull scratch", "pull --platform a/b/c/d demo"]),
        @r#"
        $ docker pull nope
        Using default tag: latest
        Error response from daemon: manifest for nope:latest not found: manifest unknown: manifest unknown
        [1]
        $ docker pull demo:3
        Error response from daemon: manifest for demo:3 not found: manifest unknown: manifest unknown
        [1]
        $ docker pull other
        Using default tag: latest
        latest: Pulling from library/other
        no matching manifest for linux/amd64 in the manifest list entries
        [1]
        $ docker pull Upper
        invalid reference format: repository name (library/Upper) must be lowercase
        [1]
        $ docker pull a__b
        invalid reference format
        [1]
        $ docker pull scratch
        Using default tag: latest
        Error response from daemon: 'scratch' is a reserved name
        [1]
        $ docker pull --platform a/b/c/d demo
        Using default tag: latest
        "a/b/c/d": cannot parse platform specifier: invalid argument
        [1]
        "#
    );
}
