//! The docker command line on an engine whose registry is a shelf of small images in memory.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use layerbook::docker::{Mode, Output, View, execute};
use layerbook::engine::{Engine, EngineOptions};
use layerbook::oci::{Descriptor, Digest, Document, Platform, Repository};
use layerbook::source::{Blob, Error, Registry, RegistryError, Target};
use layerbook::store::{Store, WorkspaceName};
use serde_json::{Value, json};

/// A registry in memory.
#[derive(Default)]
struct Shelf {
    documents: HashMap<(String, String), Vec<u8>>,
    blobs: HashMap<String, Vec<u8>>,
    tags: HashMap<String, Vec<String>>,
}

impl Shelf {
    /// Puts an image of one layer a file on the shelf.
    fn put(&mut self, repository: &str, tag: &str, files: &[(&str, &str)], config: Value) {
        let layers: Vec<Vec<u8>> = files.iter().map(|(path, text)| tar(path, text)).collect();
        let mut config = config;
        config["rootfs"] =
            json!({ "type": "layers", "diff_ids": layers.iter().map(|l| Digest::of(l)).collect::<Vec<_>>() });
        let config = config.to_string().into_bytes();
        let layer = |bytes: &Vec<u8>| self::descriptor("application/vnd.oci.image.layer.v1.tar", bytes);
        let manifest = json!({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor("application/vnd.oci.image.config.v1+json", &config),
            "layers": layers.iter().map(layer).collect::<Vec<_>>(),
        });
        self.add(repository, tag, &manifest);
        for blob in layers.into_iter().chain([config]) {
            self.blobs.insert(Digest::of(&blob).to_string(), blob);
        }
    }

    fn add(&mut self, repository: &str, tag: &str, document: &Value) -> Digest {
        let bytes = document.to_string().into_bytes();
        let digest = Digest::of(&bytes);
        self.tags.entry(repository.to_owned()).or_default().push(tag.to_owned());
        for target in [tag.to_owned(), digest.to_string()] {
            self.documents.insert((repository.to_owned(), target), bytes.clone());
        }
        digest
    }

    fn read(&self, repository: &Repository, target: &Target) -> Result<Document, Error> {
        let key = (repository.path().to_owned(), target.to_string());
        let bytes = self.documents.get(&key).ok_or_else(|| missing("MANIFEST_UNKNOWN", "manifest unknown"))?;
        Ok(Document::read(None, Bytes::copy_from_slice(bytes))?)
    }
}

fn missing(code: &str, message: &str) -> Error {
    Error::Registry(RegistryError { status: 404, code: code.to_owned(), message: message.to_owned() })
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": Digest::of(bytes), "size": bytes.len() })
}

fn tar(path: &str, text: &str) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    builder.append_data(&mut header, path, text.as_bytes()).unwrap();
    builder.into_inner().unwrap()
}

impl Registry for Shelf {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, Error>> {
        async move { Ok(self.read(repository, target)?.descriptor()) }.boxed()
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, Error>> {
        async move { self.read(repository, target) }.boxed()
    }

    fn blob<'a>(&'a self, _: &'a Repository, digest: &'a Digest, offset: u64) -> BoxFuture<'a, Result<Blob, Error>> {
        async move {
            let bytes = self.blobs.get(&digest.to_string()).ok_or_else(|| missing("BLOB_UNKNOWN", "no such blob"))?;
            let rest = Bytes::copy_from_slice(&bytes[usize::try_from(offset).unwrap()..]);
            Ok(Blob { offset, size: Some(bytes.len() as u64), stream: stream::iter([Ok(rest)]).boxed() })
        }
        .boxed()
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        async move {
            let tags = self.tags.get(repository.path());
            tags.cloned().ok_or_else(|| missing("NAME_UNKNOWN", "repository name not known to registry"))
        }
        .boxed()
    }
}

/// Docker on a fresh store, and what was printed so far.
struct Terminal {
    engine: Engine,
    transcript: String,
    _home: tempfile::TempDir,
}

impl Terminal {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let workspace = Store::open(home.path()).unwrap().workspace(&WorkspaceName::Shell);
        let options = EngineOptions { platform: Platform::linux("amd64"), clock: now };
        Self { engine: Engine::new(workspace, Arc::new(shelf()), options), transcript: String::new(), _home: home }
    }

    fn run(&mut self, line: &str) -> &mut Self {
        let words: Vec<String> = line.split(' ').map(|word| word.replace('_', " ")).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let view =
            View { now: now(), zone: jiff::tz::TimeZone::UTC, width: 80, terminal: false, mode: Mode::Classroom };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let status = runtime.block_on(execute(&words, &self.engine, &view, &mut Output::new(&mut out, &mut err)));
        let (out, err) = (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap());
        self.transcript += &format!("$ docker {line}\n{out}{err}");
        if status != 0 {
            self.transcript += &format!("[{status}]\n");
        }
        self
    }
}

fn now() -> jiff::Timestamp {
    "2024-03-02T12:00:00Z".parse().unwrap()
}

fn shelf() -> Shelf {
    let mut shelf = Shelf::default();
    let base = ("etc/os-release", "ID=demo\n");
    let history = |steps: &[(&str, bool)]| {
        let step = |(by, empty): &(&str, bool)| json!({ "created": "2024-02-28T10:00:00Z", "created_by": by, "comment": "buildkit.dockerfile.v0", "empty_layer": empty });
        json!(steps.iter().map(step).collect::<Vec<_>>())
    };
    let config = |created: &str, config: Value, history: Value| json!({ "created": created, "architecture": "amd64", "os": "linux", "config": config, "history": history });
    let one = config(
        "2024-02-28T10:00:00.500Z",
        json!({ "Cmd": ["sh"], "Labels": { "team": "red" } }),
        history(&[("ADD rootfs /", false)]),
    );
    shelf.put("library/demo", "1.0", &[base], one);
    let steps = [
        ("ADD rootfs /", false),
        ("ENV A=1", true),
        ("RUN /bin/sh -c echo hello <b> && echo a long line > /etc/motd # buildkit", false),
    ];
    let two = config("2024-03-01T10:00:00Z", json!({ "Env": ["A=1"], "Cmd": ["sh"] }), history(&steps));
    shelf.put("library/demo", "2.0", &[base, ("etc/motd", "hello\n")], two);
    let arm = json!({ "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": Digest::of(b"arm"), "size": 3,
                      "platform": { "architecture": "arm64", "os": "linux" } });
    let index =
        json!({ "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [arm] });
    shelf.add("library/other", "latest", &index);
    shelf
}

#[track_caller]
fn check(lines: &[&str]) -> String {
    let mut terminal = Terminal::new();
    for line in lines {
        terminal.run(line);
    }
    terminal.transcript
}

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

#[test]
fn images_are_listed_newest_first() {
    insta::assert_snapshot!(
        check(&["images", "pull -q demo:1.0", "pull -q demo:2.0", "tag demo:2.0 mine/app", "images", "images --digests demo", "images -q", "images --format json mine/app"]),
        @r#"
        $ docker images
        REPOSITORY   TAG       IMAGE ID   CREATED   SIZE
        $ docker pull -q demo:1.0
        docker.io/library/demo:1.0
        $ docker pull -q demo:2.0
        docker.io/library/demo:2.0
        $ docker tag demo:2.0 mine/app
        $ docker images
        REPOSITORY   TAG       IMAGE ID       CREATED        SIZE
        demo         2.0       2b1aba920be0   26 hours ago   14B
        mine/app     latest    2b1aba920be0   26 hours ago   14B
        demo         1.0       faffdaa18781   3 days ago     8B
        $ docker images --digests demo
        REPOSITORY   TAG       DIGEST                                                                    IMAGE ID       CREATED        SIZE
        demo         2.0       sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8   2b1aba920be0   26 hours ago   14B
        demo         1.0       sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd   faffdaa18781   3 days ago     8B
        $ docker images -q
        2b1aba920be0
        2b1aba920be0
        faffdaa18781
        $ docker images --format json mine/app
        {"Containers":"N/A","CreatedAt":"2024-03-01 10:00:00 +0000 UTC","CreatedSince":"26 hours ago","Digest":"\u003cnone\u003e","ID":"2b1aba920be0","Repository":"mine/app","SharedSize":"N/A","Size":"14B","Tag":"latest","UniqueSize":"N/A","VirtualSize":"14B"}
        "#
    );
}

#[test]
fn images_are_filtered() {
    let lines = [
        "pull -q demo:1.0",
        "pull -q demo:2.0",
        "images -q demo:1*",
        "images -q -f before=demo:2.0",
        "images -q -f since=demo:1.0",
        "images -q -f label=team=red",
        "images -q -f until=48h",
        "images -q -f dangling=true",
        "images nope",
        "images ls",
        "image ls ls",
        "images -f foo=bar",
        "images -f dangling=maybe",
        "images -f before=nope",
        "images -f reference=[",
        "images -f until=abc",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker images -q demo:1*
    faffdaa18781
    $ docker images -q -f before=demo:2.0
    faffdaa18781
    $ docker images -q -f since=demo:1.0
    2b1aba920be0
    $ docker images -q -f label=team=red
    faffdaa18781
    $ docker images -q -f until=48h
    faffdaa18781
    $ docker images -q -f dangling=true
    $ docker images nope
    REPOSITORY   TAG       IMAGE ID   CREATED   SIZE
    $ docker images ls
    REPOSITORY   TAG       IMAGE ID   CREATED   SIZE

    No images found matching "ls": did you mean "docker image ls"?
    $ docker image ls ls
    REPOSITORY   TAG       IMAGE ID   CREATED   SIZE
    $ docker images -f foo=bar
    Error response from daemon: invalid filter 'foo'
    [1]
    $ docker images -f dangling=maybe
    Error response from daemon: invalid filter 'dangling=[maybe]'
    [1]
    $ docker images -f before=nope
    Error response from daemon: No such image: nope:latest
    [1]
    $ docker images -f reference=[
    Error response from daemon: syntax error in pattern
    [1]
    $ docker images -f until=abc
    Error response from daemon: invalid value for 'until' filter: failed to parse value as time or duration: invalid seconds "abc": invalid syntax
    [1]
    "#);
}

#[test]
fn an_image_without_a_tag_shows_as_none() {
    let lines = [
        "pull -q demo:1.0",
        "pull -q demo:2.0",
        "tag demo:2.0 demo:1.0",
        "images",
        "images -q -f dangling=true",
        "images --digests",
    ];
    insta::assert_snapshot!(check(&lines), @r"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker tag demo:2.0 demo:1.0
    $ docker images
    REPOSITORY   TAG       IMAGE ID       CREATED        SIZE
    demo         1.0       2b1aba920be0   26 hours ago   14B
    demo         2.0       2b1aba920be0   26 hours ago   14B
    demo         <none>    faffdaa18781   3 days ago     8B
    $ docker images -q -f dangling=true
    faffdaa18781
    $ docker images --digests
    REPOSITORY   TAG       DIGEST                                                                    IMAGE ID       CREATED        SIZE
    demo         1.0       sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8   2b1aba920be0   26 hours ago   14B
    demo         2.0       sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8   2b1aba920be0   26 hours ago   14B
    demo         <none>    sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd   faffdaa18781   3 days ago     8B
    ");
}

#[test]
fn history_is_newest_first() {
    let lines = [
        "pull -q demo:2.0",
        "history demo:2.0",
        "history -q demo:2.0",
        "history -H=false --no-trunc demo:2.0",
        "history --format json demo:2.0",
        "history nope",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker history demo:2.0
    IMAGE          CREATED      CREATED BY                                      SIZE      COMMENT
    2b1aba920be0   3 days ago   RUN /bin/sh -c echo hello <b> && echo a long…   6B        buildkit.dockerfile.v0
    <missing>      3 days ago   ENV A=1                                         0B        buildkit.dockerfile.v0
    <missing>      3 days ago   ADD rootfs /                                    8B        buildkit.dockerfile.v0
    $ docker history -q demo:2.0
    2b1aba920be0
    <missing>
    <missing>
    $ docker history -H=false --no-trunc demo:2.0
    IMAGE                                                                     CREATED AT             CREATED BY                                                                 SIZE      COMMENT
    sha256:2b1aba920be04d3fb9912276d3e890ef3b9102ad95658d6fe15866181f222dca   2024-02-28T10:00:00Z   RUN /bin/sh -c echo hello <b> && echo a long line > /etc/motd # buildkit   6         buildkit.dockerfile.v0
    <missing>                                                                 2024-02-28T10:00:00Z   ENV A=1                                                                    0         buildkit.dockerfile.v0
    <missing>                                                                 2024-02-28T10:00:00Z   ADD rootfs /                                                               8         buildkit.dockerfile.v0
    $ docker history --format json demo:2.0
    {"Comment":"buildkit.dockerfile.v0","CreatedAt":"2024-02-28T10:00:00Z","CreatedBy":"RUN /bin/sh -c echo hello \u003cb\u003e \u0026\u0026 echo a long…","CreatedSince":"3 days ago","ID":"2b1aba920be0","Size":"6B"}
    {"Comment":"buildkit.dockerfile.v0","CreatedAt":"2024-02-28T10:00:00Z","CreatedBy":"ENV A=1","CreatedSince":"3 days ago","ID":"\u003cmissing\u003e","Size":"0B"}
    {"Comment":"buildkit.dockerfile.v0","CreatedAt":"2024-02-28T10:00:00Z","CreatedBy":"ADD rootfs /","CreatedSince":"3 days ago","ID":"\u003cmissing\u003e","Size":"8B"}
    $ docker history nope
    Error response from daemon: No such image: nope:latest
    [1]
    "#);
}

#[test]
fn inspect_prints_the_keys_in_order() {
    insta::assert_snapshot!(check(&["pull -q demo:1.0", "inspect -s demo:1.0"]), @r#"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker inspect -s demo:1.0
    [
        {
            "Id": "sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43",
            "RepoTags": [
                "demo:1.0"
            ],
            "RepoDigests": [
                "demo@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd"
            ],
            "Comment": "",
            "Created": "2024-02-28T10:00:00.5Z",
            "Config": {
                "Cmd": [
                    "sh"
                ],
                "Labels": {
                    "team": "red"
                }
            },
            "Architecture": "amd64",
            "Os": "linux",
            "Size": 8,
            "GraphDriver": {
                "Data": null,
                "Name": "overlay2"
            },
            "RootFS": {
                "Type": "layers",
                "Layers": [
                    "sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb"
                ]
            },
            "Metadata": {
                "LastTagTime": "2024-03-02T12:00:00Z"
            },
            "Descriptor": {
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": "sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd",
                "size": 397
            }
        }
    ]
    WARNING: --size ignored for image
    "#);
}

#[test]
fn what_is_not_there_cannot_be_inspected() {
    let lines = [
        "inspect nope",
        "image inspect nope",
        "inspect --type container nope",
        "inspect --type foo nope",
        "pull -q demo:1.0",
        "image inspect --platform linux/arm64 demo:1.0",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker inspect nope
    []
    Error: No such object: nope
    [1]
    $ docker image inspect nope
    []
    Error response from daemon: No such image: nope:latest
    [1]
    $ docker inspect --type container nope
    []
    Error response from daemon: No such container: nope
    [1]
    $ docker inspect --type foo nope
    unknown type: "foo": must be one of "config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume"
    [1]
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker image inspect --platform linux/arm64 demo:1.0
    []
    Error response from daemon: image with reference demo:1.0 was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)
    [1]
    "#);
}

#[test]
fn removing_untags_first_and_deletes_last() {
    let lines = [
        "pull -q demo:1.0",
        "pull -q demo:2.0",
        "tag demo:2.0 mine",
        "rmi demo:2.0",
        "rmi mine nope",
        "rmi -f nope",
        "rmi demo:1.0",
        "images",
    ];
    insta::assert_snapshot!(check(&lines), @r"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker tag demo:2.0 mine
    $ docker rmi demo:2.0
    Untagged: demo:2.0
    Untagged: demo@sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8
    $ docker rmi mine nope
    Untagged: mine:latest
    Deleted: sha256:2b1aba920be04d3fb9912276d3e890ef3b9102ad95658d6fe15866181f222dca
    Deleted: sha256:6aeb676ab880a2b0ee6949174ad8335ab976d2817548ce376ae08e12ed41c884
    Error response from daemon: No such image: nope:latest
    [1]
    $ docker rmi -f nope
    Error response from daemon: No such image: nope:latest
    $ docker rmi demo:1.0
    Untagged: demo:1.0
    Untagged: demo@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    Deleted: sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43
    Deleted: sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb
    $ docker images
    REPOSITORY   TAG       IMAGE ID   CREATED   SIZE
    ");
}

#[test]
fn an_id_with_several_names_needs_force() {
    let lines = ["pull -q demo:1.0", "tag demo:1.0 other/name", "rmi faf", "images -q"];
    insta::assert_snapshot!(check(&lines), @r"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker tag demo:1.0 other/name
    $ docker rmi faf
    Error response from daemon: conflict: unable to delete faffdaa18781 (must be forced) - image is referenced in multiple repositories
    [1]
    $ docker images -q
    faffdaa18781
    faffdaa18781
    ");
}

#[test]
fn tag_refuses_what_is_no_name() {
    let lines = [
        "tag nope x",
        "tag demo Bad:tag",
        "tag a__b x",
        "tag demo sha256",
        &format!("tag demo x@sha256:{}", "0".repeat(64)),
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker tag nope x
    Error response from daemon: No such image: nope:latest
    [1]
    $ docker tag demo Bad:tag
    Error parsing reference: "Bad:tag" is not a valid repository/tag: invalid reference format: repository name (library/Bad) must be lowercase
    [1]
    $ docker tag a__b x
    Error parsing reference: "a  b" is not a valid repository/tag: invalid reference format
    [1]
    $ docker tag demo sha256
    Error response from daemon: refusing to create an ambiguous tag using digest algorithm as name
    [1]
    $ docker tag demo x@sha256:0000000000000000000000000000000000000000000000000000000000000000
    refusing to create a tag with a digest reference
    [1]
    "#);
}

#[test]
fn prune_asks_and_an_empty_answer_is_no() {
    let lines = [
        "pull -q demo:1.0",
        "pull -q demo:2.0",
        "image prune",
        "image prune -f",
        "image prune -a -f --filter label=team",
        "image prune -af",
        "image prune -f --filter foo=bar",
    ];
    insta::assert_snapshot!(check(&lines), @r"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker image prune
    WARNING! This will remove all dangling images.
    Are you sure you want to continue? [y/N] $ docker image prune -f
    Total reclaimed space: 0B
    $ docker image prune -a -f --filter label=team
    Deleted Images:
    untagged: demo:1.0
    untagged: demo@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    deleted: sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43

    Total reclaimed space: 0B
    $ docker image prune -af
    Deleted Images:
    untagged: demo:2.0
    untagged: demo@sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8
    deleted: sha256:2b1aba920be04d3fb9912276d3e890ef3b9102ad95658d6fe15866181f222dca
    deleted: sha256:6aeb676ab880a2b0ee6949174ad8335ab976d2817548ce376ae08e12ed41c884
    deleted: sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb

    Total reclaimed space: 14B
    $ docker image prune -f --filter foo=bar
    Error response from daemon: invalid filter 'foo'
    [1]
    ");
}

#[test]
fn wrong_words_are_explained_as_docker_does() {
    let lines = [
        "imagess",
        "image bogus",
        "images --bogus",
        "pull",
        "rmi",
        "images a b",
        "image prune x",
        "images -f foo",
        "--bogus",
        "run -it alpine",
        "image build .",
        "help bogus",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker imagess
    docker: unknown command: docker imagess

    Run 'docker --help' for more information
    [1]
    $ docker image bogus
    docker: unknown command: docker image bogus

    Usage:  docker image

    Run 'docker image --help' for more information
    [1]
    $ docker images --bogus
    unknown flag: --bogus

    Usage:  docker images [OPTIONS] [REPOSITORY[:TAG]]

    Run 'docker images --help' for more information
    [125]
    $ docker pull
    docker: 'docker pull' requires 1 argument

    Usage:  docker pull [OPTIONS] NAME[:TAG|@DIGEST]

    Run 'docker pull --help' for more information
    [1]
    $ docker rmi
    docker: 'docker rmi' requires at least 1 argument

    Usage:  docker rmi [OPTIONS] IMAGE [IMAGE...]

    See 'docker rmi --help' for more information
    [1]
    $ docker images a b
    docker: 'docker images' requires at most 1 argument

    Usage:  docker images [OPTIONS] [REPOSITORY[:TAG]]

    Run 'docker images --help' for more information
    [1]
    $ docker image prune x
    docker: 'docker image prune' accepts no arguments

    Usage:  docker image prune [OPTIONS]

    Run 'docker image prune --help' for more information
    [1]
    $ docker images -f foo
    invalid argument "foo" for "-f, --filter" flag: bad format of filter (expected name=value)

    Usage:  docker images [OPTIONS] [REPOSITORY[:TAG]]

    Run 'docker images --help' for more information
    [125]
    $ docker --bogus
    unknown flag: --bogus

    Usage:  docker [OPTIONS] COMMAND [ARG...]

    Run 'docker --help' for more information
    [125]
    $ docker run -it alpine
    docker: layerbook does not have 'docker run' yet; it pulls, lists, inspects, tags and removes images

    Run 'docker --help' for more information
    [1]
    $ docker image build .
    docker: layerbook does not have 'docker image build' yet; it pulls, lists, inspects, tags and removes images

    Run 'docker --help' for more information
    [1]
    $ docker help bogus
    unknown help topic: bogus
    [1]
    "#);
}

#[test]
fn help_pages_are_docker_s() {
    insta::assert_snapshot!(check(&["image", "pull -h", "image prune --help", "history --help"]), @r#"
    $ docker image
    Usage:  docker image COMMAND

    Manage images

    Commands:
      build       Build an image from a Dockerfile
      history     Show the history of an image
      import      Import the contents from a tarball to create a filesystem image
      inspect     Display detailed information on one or more images
      load        Load an image from a tar archive or STDIN
      ls          List images
      prune       Remove unused images
      pull        Download an image from a registry
      push        Upload an image to a registry
      rm          Remove one or more images
      save        Save one or more images to a tar archive (streamed to STDOUT by default)
      tag         Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE

    Run 'docker image COMMAND --help' for more information on a command.
    $ docker pull -h
    Flag shorthand -h has been deprecated, use --help
    Usage:  docker pull [OPTIONS] NAME[:TAG|@DIGEST]

    Download an image from a registry

    Aliases:
      docker image pull, docker pull

    Options:
      -a, --all-tags                Download all tagged images in the repository
          --disable-content-trust   Skip image verification (default true)
          --platform string         Set platform if server is multi-platform
                                    capable
      -q, --quiet                   Suppress verbose output
    $ docker image prune --help
    Usage:  docker image prune [OPTIONS]

    Remove unused images

    Options:
      -a, --all             Remove all unused images, not just dangling ones
          --filter filter   Provide filter values (e.g. "until=<timestamp>")
      -f, --force           Do not prompt for confirmation
    $ docker history --help
    Usage:  docker history [OPTIONS] IMAGE

    Show the history of an image

    Aliases:
      docker image history, docker history

    Options:
          --format string   Format output using a custom template:
                            'table':            Print output in table format
                            with column headers (default)
                            'table TEMPLATE':   Print output in table format
                            using the given Go template
                            'json':             Print in JSON format
                            'TEMPLATE':         Print output using the given
                            Go template.
                            Refer to https://docs.docker.com/go/formatting/
                            for more information about formatting output with
                            templates
      -H, --human           Print sizes and dates in human readable format
                            (default true)
          --no-trunc        Don't truncate output
      -q, --quiet           Only show image IDs
    "#);
}

#[test]
fn version_and_info_name_layerbook() {
    insta::assert_snapshot!(check(&["--version", "version", "info"]).replace(env!("CARGO_PKG_VERSION"), "N.N.N"), @r"
    $ docker --version
    Docker version 28.2.2, as played by layerbook N.N.N
    $ docker version
    Client: layerbook N.N.N
     Version:           28.2.2 (imitated)
     OS/Arch:           linux/amd64

    Server: layerbook N.N.N
     Engine:
      Version:          28.2.2 (imitated)
      OS/Arch:          linux/amd64
    $ docker info
    Client:
     Version:    28.2.2 (imitated by layerbook N.N.N)
     Context:    default
     Debug Mode: false

    Server:
     Containers: 0
     Images: 0
     Server Version: 28.2.2 (imitated)
     Storage Driver: overlay2 (imitated)
     Operating System: layerbook N.N.N, an image engine without containers
     OSType: linux
     Architecture: amd64
     Name: layerbook
     Registry: classroom (model images for the names of the catalogue, real registries for all others)
    ");
}
