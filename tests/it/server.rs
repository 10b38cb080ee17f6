//! The distribution API over loopback, in the bytes that clients see.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use layerbook::oci::{Descriptor, Digest, Document, MediaType, Repository};
use layerbook::server::{Event, Options, serve};
use layerbook::source::{Blob, Error, NetworkError, Registry, Target};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::support::memory::{Image, ImageBuilder, Memory, document};

const NOWHERE: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// A running server.
struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Server {
    async fn of(source: impl Registry + 'static) -> Self {
        Self::with(source, Options::default()).await
    }

    async fn with(source: impl Registry + 'static, options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let events = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&events);
        let observer: layerbook::server::Observer = Arc::new(move |event| heard.lock().unwrap().push(event.clone()));
        let options = Options { observer: Some(observer), ..options };
        let task = tokio::spawn(serve(listener, Arc::new(source), options, stopped.map(drop)));
        Self { address, stop, task, events }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends a request line and headers, and returns everything that comes until the connection is closed.
    async fn ask(&self, lines: &str) -> Reply {
        let mut stream = self.connect().await;
        send(&mut stream, &format!("{lines}\nConnection: close")).await;
        Reply::read(&mut stream).await
    }

    async fn finish(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

async fn send(stream: &mut TcpStream, lines: &str) {
    let mut lines = lines.lines();
    let first = lines.next().unwrap();
    let rest: String = lines.map(|line| format!("{line}\r\n")).collect();
    stream.write_all(format!("{first} HTTP/1.1\r\nHost: x\r\n{rest}\r\n").as_bytes()).await.unwrap();
}

/// An answer as it came.
struct Reply {
    head: String,
    body: Vec<u8>,
}

impl Reply {
    async fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("an answer has a head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        Self { head, body: bytes.split_off(end + 4) }
    }

    fn status(&self) -> &str {
        self.head.lines().next().unwrap().split(' ').nth(1).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn body(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The whole answer without what changes from run to run.
    fn text(&self) -> String {
        let ours = |line: &&str| !line.starts_with("date: ") && !line.starts_with("connection: ");
        let head: Vec<_> = self.head.lines().filter(ours).collect();
        format!("{}\n\n{}", head.join("\n"), self.body())
    }
}

fn motd() -> Image {
    ImageBuilder::new().layer([("etc/motd", "hi")]).env("A=1").build()
}

async fn motd_server() -> Server {
    Server::of(Memory::new().image("motd:1", &motd()).image("ada/motd:old", &motd())).await
}

#[tokio::test]
async fn the_base_says_that_this_is_a_registry() {
    let server = motd_server().await;
    insta::assert_snapshot!(server.ask("GET /v2/").await.text(), @r#"
    HTTP/1.1 200 OK
    content-type: application/json; charset=utf-8
    docker-distribution-api-version: registry/2.0
    content-length: 2

    {}
    "#);
}

#[tokio::test]
async fn a_manifest_comes_as_it_is_stored() {
    let server = motd_server().await;
    let image = motd();
    let digest = image.document.digest();
    for target in ["1", &digest.to_string(), &digest.to_string().replace(':', "%3A")] {
        for name in ["library/motd", "motd"] {
            let reply = server.ask(&format!("GET /v2/{name}/manifests/{target}")).await;
            assert_eq!(&reply.body, image.document.bytes(), "{name} {target}");
            assert_eq!(reply.header("docker-content-digest"), Some(digest.to_string().as_str()));
        }
    }
    insta::assert_snapshot!(server.ask("HEAD /v2/library/motd/manifests/1").await.text(), @r#"
    HTTP/1.1 200 OK
    content-type: application/vnd.oci.image.manifest.v1+json
    content-length: 400
    docker-content-digest: sha256:c9872ec32977de81ea4d7efd05bc1cf4af7f7a9b6b1a0db4b2e0ccf181c3c76d
    etag: "sha256:c9872ec32977de81ea4d7efd05bc1cf4af7f7a9b6b1a0db4b2e0ccf181c3c76d"
    docker-distribution-api-version: registry/2.0
    "#);
}

#[tokio::test]
async fn a_manifest_that_the_client_has_is_not_sent_again() {
    let server = motd_server().await;
    let digest = motd().document.digest().clone();
    for tag in [format!("\"{digest}\""), format!("\"x\", W/\"{digest}\""), digest.to_string(), "*".to_owned()] {
        let reply = server.ask(&format!("GET /v2/motd/manifests/1\nIf-None-Match: {tag}")).await;
        assert_eq!((reply.status(), reply.body()), ("304", ""), "{tag}");
        assert_eq!(reply.header("etag"), Some(format!("\"{digest}\"").as_str()));
    }
    let reply = server.ask("GET /v2/motd/manifests/1\nIf-None-Match: \"other\"").await;
    assert_eq!((reply.status(), reply.body.len()), ("200", motd().document.bytes().len()));
    let reply = server.ask("GET /v2/motd/manifests/none\nIf-None-Match: *").await;
    assert_eq!(reply.status(), "404");
}

#[tokio::test]
async fn accept_lines_are_read_together() {
    let server = motd_server().await;
    let schema2 = "Accept: application/vnd.docker.distribution.manifest.v2+json";
    let oci = "Accept: application/vnd.oci.image.manifest.v1+json";
    let reply = server.ask(&format!("HEAD /v2/motd/manifests/1\n{schema2}\n{oci}")).await;
    assert_eq!(reply.status(), "200");
    let reply = server.ask(&format!("GET /v2/motd/manifests/1\n{schema2}")).await;
    insta::assert_snapshot!(reply.text(), @r#"
    HTTP/1.1 404 Not Found
    content-type: application/json; charset=utf-8
    docker-distribution-api-version: registry/2.0
    content-length: 122

    {"errors":[{"code":"MANIFEST_UNKNOWN","message":"OCI manifest found, but accept header does not support OCI manifests"}]}
    "#);
}

#[tokio::test]
async fn a_manifest_list_becomes_amd64_for_a_client_that_knows_no_lists() {
    let (arm, amd) = (ImageBuilder::new().platform("linux/arm64").build(), ImageBuilder::new().build());
    let entry = |image: &Image| {
        let platform = Some(image.config.platform());
        Descriptor { platform, ..image.document.descriptor() }
    };
    let list = json!({ "schemaVersion": 2, "manifests": [entry(&arm), entry(&amd)] });
    let list = document(&MediaType::DOCKER_INDEX, &list);
    let source = Memory::new().image("x:arm", &arm).image("x:amd", &amd).document("x:1", &list);
    let server = Server::of(source).await;
    let accept = "Accept: application/vnd.docker.distribution.manifest.v2+json";
    for method in ["GET", "HEAD"] {
        let reply = server.ask(&format!("{method} /v2/x/manifests/1\n{accept}")).await;
        let digest = amd.document.digest().to_string();
        assert_eq!(reply.header("docker-content-digest"), Some(digest.as_str()));
        let reply = server.ask(&format!("{method} /v2/x/manifests/{}\n{accept}", list.digest())).await;
        assert_eq!(reply.header("docker-content-digest"), Some(list.digest().to_string().as_str()));
    }
}

#[tokio::test]
async fn an_error_has_the_body_of_the_spec() {
    let server = motd_server().await;
    let mut text = String::new();
    for path in [
        "library/motd/manifests/2",
        &format!("library/motd/manifests/{NOWHERE}"),
        &format!("library/motd/blobs/{NOWHERE}"),
        "nobody/manifests/1",
        &format!("nobody/blobs/{NOWHERE}"),
        "nobody/tags/list",
        "Upper/tags/list",
        "motd/manifests/.x",
        "motd/blobs/sha256:00",
        "motd/tags/list?n=-1",
        "_catalog",
    ] {
        let reply = server.ask(&format!("GET /v2/{path}")).await;
        assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));
        text += &format!("{path}: {} {}", reply.status(), reply.body());
    }
    insta::assert_snapshot!(text.replace(NOWHERE, "NOWHERE"), @r#"
    library/motd/manifests/2: 404 {"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"name":"library/motd","tag":"2"}}]}
    library/motd/manifests/NOWHERE: 404 {"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"name":"library/motd","digest":"NOWHERE"}}]}
    library/motd/blobs/NOWHERE: 404 {"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry","detail":{"digest":"NOWHERE"}}]}
    nobody/manifests/1: 404 {"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"nobody","tag":"1"}}]}
    nobody/blobs/NOWHERE: 404 {"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"digest":"NOWHERE"}}]}
    nobody/tags/list: 404 {"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"nobody"}}]}
    Upper/tags/list: 400 {"errors":[{"code":"NAME_INVALID","message":"invalid repository name","detail":{"name":"Upper"}}]}
    motd/manifests/.x: 404 {"errors":[{"code":"TAG_INVALID","message":"invalid tag","detail":{"tag":".x"}}]}
    motd/blobs/sha256:00: 400 {"errors":[{"code":"DIGEST_INVALID","message":"provided digest is not a digest","detail":"sha256:00"}]}
    motd/tags/list?n=-1: 400 {"errors":[{"code":"PAGINATION_NUMBER_INVALID","message":"invalid number of results requested","detail":{"n":"-1"}}]}
    _catalog: 404 {"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported.","detail":{"path":"/v2/_catalog"}}]}
    "#);
    let reply = server.ask("HEAD /v2/nobody/manifests/1").await;
    assert_eq!((reply.status(), reply.body()), ("404", ""));
}

#[tokio::test]
async fn methods_that_write_are_refused() {
    let server = motd_server().await;
    let mut text = String::new();
    for lines in [
        "POST /v2/",
        "PUT /v2/motd/manifests/2",
        "DELETE /v2/motd/manifests/1",
        "POST /v2/motd/blobs/uploads/",
        "GET /v2/motd/blobs/uploads/1",
    ] {
        let reply = server.ask(lines).await;
        text += &format!("{lines}: {} Allow: {}\n{}", reply.status(), reply.header("allow").unwrap(), reply.body());
    }
    insta::assert_snapshot!(text, @r#"
    POST /v2/: 405 Allow: GET, HEAD
    {"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}
    PUT /v2/motd/manifests/2: 405 Allow: GET, HEAD
    {"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}
    DELETE /v2/motd/manifests/1: 405 Allow: GET, HEAD
    {"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}
    POST /v2/motd/blobs/uploads/: 405 Allow: 
    {"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}
    GET /v2/motd/blobs/uploads/1: 405 Allow: 
    {"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}
    "#);
}

/// A server with one blob of ten digits, and the blob's path.
async fn digits() -> (Server, String) {
    let source = Memory::new().image("x:1", &motd());
    let path = format!("/v2/x/blobs/{}", source.blob("0123456789"));
    (Server::of(source).await, path)
}

#[tokio::test]
async fn a_blob_comes_whole() {
    let (server, path) = digits().await;
    insta::assert_snapshot!(server.ask(&format!("GET {path}")).await.text(), @r#"
    HTTP/1.1 200 OK
    content-type: application/octet-stream
    accept-ranges: bytes
    content-length: 10
    docker-content-digest: sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882
    etag: "sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"
    cache-control: max-age=31536000
    docker-distribution-api-version: registry/2.0

    0123456789
    "#);
    insta::assert_snapshot!(server.ask(&format!("HEAD {path}\nRange: bytes=0-1")).await.text(), @r#"
    HTTP/1.1 200 OK
    content-type: application/octet-stream
    accept-ranges: bytes
    content-length: 10
    docker-content-digest: sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882
    etag: "sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"
    cache-control: max-age=31536000
    docker-distribution-api-version: registry/2.0
    "#);
}

#[tokio::test]
async fn a_blob_comes_in_parts() {
    let (server, path) = digits().await;
    let mut text = String::new();
    for range in ["0-0", "3-5", "7-", "-4", "-99", "0-99", "10-", "-0", "5-2", "0-1,4-5"] {
        let reply = server.ask(&format!("GET {path}\nRange: bytes={range}")).await;
        let positions = reply.header("content-range").unwrap_or("no range");
        let body = if reply.status() == "416" { "" } else { reply.body() };
        assert_eq!(reply.header("content-length"), Some(reply.body.len().to_string().as_str()));
        text += &format!("{range}: {} {positions} {body}\n", reply.status());
    }
    insta::assert_snapshot!(text, @r#"
    0-0: 206 bytes 0-0/10 0
    3-5: 206 bytes 3-5/10 345
    7-: 206 bytes 7-9/10 789
    -4: 206 bytes 6-9/10 6789
    -99: 206 bytes 0-9/10 0123456789
    0-99: 206 bytes 0-9/10 0123456789
    10-: 416 bytes */10 
    -0: 416 bytes */10 
    5-2: 200 no range 0123456789
    0-1,4-5: 200 no range 0123456789
    "#);
}

#[tokio::test]
async fn conditions_on_blobs_are_heeded() {
    let (server, path) = digits().await;
    let digest = path.rsplit('/').next().unwrap();
    let reply = server.ask(&format!("GET {path}\nRange: bytes=0-1\nIf-Range: \"{digest}\"")).await;
    assert_eq!(reply.body(), "01");
    let reply = server.ask(&format!("GET {path}\nRange: bytes=0-1\nIf-Range: \"other\"")).await;
    assert_eq!((reply.status(), reply.body()), ("200", "0123456789"));
    let reply = server.ask(&format!("GET {path}\nIf-None-Match: \"{digest}\"")).await;
    assert_eq!((reply.status(), reply.body()), ("304", ""));
}

#[tokio::test]
async fn an_empty_blob_is_a_blob() {
    let source = Memory::new().image("x:1", &motd());
    let path = format!("/v2/x/blobs/{}", source.blob(""));
    let server = Server::of(source).await;
    let reply = server.ask(&format!("GET {path}")).await;
    assert_eq!((reply.status(), reply.header("content-length"), reply.body()), ("200", Some("0"), ""));
    assert_eq!(server.ask(&format!("GET {path}\nRange: bytes=0-")).await.status(), "416");
}

#[tokio::test]
async fn tags_come_page_by_page() {
    let mut source = Memory::new();
    for tag in ["b", "a", "10", "9", "A"] {
        source = source.image(&format!("ada/x:{tag}"), &motd());
    }
    let server = Server::of(source).await;
    let mut path = "/v2/ada/x/tags/list?n=2&ns=docker.io".to_owned();
    let mut text = String::new();
    loop {
        let reply = server.ask(&format!("GET {path}")).await;
        text += &format!("{path}\n{}", reply.body());
        let Some(link) = reply.header("link") else { break };
        path = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    }
    insta::assert_snapshot!(text, @r#"
    /v2/ada/x/tags/list?n=2&ns=docker.io
    {"name":"ada/x","tags":["10","9"]}
    /v2/ada/x/tags/list?last=9&n=2&ns=docker.io
    {"name":"ada/x","tags":["A","a"]}
    /v2/ada/x/tags/list?last=a&n=2&ns=docker.io
    {"name":"ada/x","tags":["b"]}
    "#);
    assert_eq!(server.ask("GET /v2/ada/x/tags/list?n=0").await.body(), "{\"name\":\"ada/x\",\"tags\":[]}\n");
}

#[tokio::test]
async fn nothing_refers_to_anything_yet() {
    let server = motd_server().await;
    let reply = server.ask(&format!("GET /v2/motd/referrers/{NOWHERE}?artifactType=application%2Fspdx")).await;
    insta::assert_snapshot!(reply.text(), @r#"
    HTTP/1.1 200 OK
    content-type: application/vnd.oci.image.index.v1+json
    oci-filters-applied: artifactType
    docker-distribution-api-version: registry/2.0
    content-length: 89

    {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}
    "#);
}

#[tokio::test]
async fn a_mirror_answers_for_its_own_domain_only() {
    let server = motd_server().await;
    let reply = server.ask("GET /v2/library/motd/manifests/1?ns=docker.io").await;
    assert_eq!((reply.status(), reply.header("oci-namespace")), ("200", Some("docker.io")));
    let reply = server.ask("GET /v2/library/motd/manifests/1?ns=169.254.169.254").await;
    assert_eq!(reply.status(), "404");
    assert!(reply.body().contains("NAME_UNKNOWN"), "{}", reply.body());
}

#[tokio::test]
async fn names_are_looked_up_under_the_domain_of_the_options() {
    let source = Memory::new().image("registry.example.com:5000/motd:1", &motd());
    let options = Options { domain: "registry.example.com:5000".to_owned(), ..Options::default() };
    let server = Server::with(source, options).await;
    assert_eq!(server.ask("GET /v2/motd/manifests/1").await.status(), "200");
    assert_eq!(server.ask("GET /v2/library/motd/manifests/1").await.status(), "404");
}

#[tokio::test]
async fn a_server_needs_a_domain() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = Options { domain: "not a domain".to_owned(), ..Options::default() };
    let error = serve(listener, Arc::new(Memory::new()), options, std::future::pending()).await.unwrap_err();
    assert_eq!(error.to_string(), "`not a domain` is not the domain of a registry");
}

/// A source with one blob whose stream does what a test wants; its digest is not looked at.
struct Odd<F>(F);

impl<F> Registry for Odd<F>
where
    F: Fn(u64) -> Result<Blob, Error> + Send + Sync,
{
    fn resolve<'a>(&'a self, _: &'a Repository, _: &'a Target) -> BoxFuture<'a, Result<Descriptor, Error>> {
        async { Err(unreachable_source()) }.boxed()
    }

    fn document<'a>(&'a self, _: &'a Repository, _: &'a Target) -> BoxFuture<'a, Result<Document, Error>> {
        async { Err(unreachable_source()) }.boxed()
    }

    fn blob<'a>(&'a self, _: &'a Repository, _: &'a Digest, offset: u64) -> BoxFuture<'a, Result<Blob, Error>> {
        async move { (self.0)(offset) }.boxed()
    }

    fn tags<'a>(&'a self, _: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        async { Err(unreachable_source()) }.boxed()
    }
}

fn unreachable_source() -> Error {
    let reason = "dial tcp 192.0.2.1:443: i/o timeout".to_owned();
    Error::Network(NetworkError { method: "Get", url: "https://192.0.2.1/v2/".to_owned(), reason })
}

fn chunks(chunks: &'static [&'static str]) -> BoxStream<'static, Result<Bytes, Error>> {
    stream::iter(chunks).map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).boxed()
}

fn blob(size: Option<u64>, stream: BoxStream<'static, Result<Bytes, Error>>) -> Result<Blob, Error> {
    Ok(Blob { offset: 0, size, stream })
}

async fn ask_for_blob(server: &Server, headers: &str) -> Reply {
    server.ask(&format!("GET /v2/x/blobs/{NOWHERE}{headers}")).await
}

/// A server whose blob is said to have ten bytes: five come, and what `rest` gives only once the gate is opened.
async fn gated(rest: fn() -> Option<Result<Bytes, Error>>) -> (Server, Arc<Notify>) {
    let gate = Arc::new(Notify::new());
    let opened = Arc::clone(&gate);
    let slow = move || {
        let opened = Arc::clone(&opened);
        let rest = stream::once(async move { opened.notified().await }).filter_map(move |()| async move { rest() });
        chunks(&["01234"]).chain(rest).boxed()
    };
    (Server::of(Odd(move |_| blob(Some(10), slow()))).await, gate)
}

/// Asks for the blob and returns when its first bytes are there.
async fn ask_for_gated(server: &Server) -> TcpStream {
    let mut stream = server.connect().await;
    send(&mut stream, &format!("GET /v2/x/blobs/{NOWHERE}")).await;
    while stream.peek(&mut [0; 1024]).await.unwrap() < 5 {}
    stream
}

#[tokio::test]
async fn a_source_that_fails_midway_closes_the_connection() {
    let (server, gate) = gated(|| Some(Err(unreachable_source()))).await;
    let mut stream = ask_for_gated(&server).await;
    gate.notify_one();
    let reply = Reply::read(&mut stream).await;
    assert_eq!((reply.status(), reply.header("content-length"), reply.body()), ("200", Some("10"), "01234"));
    let events = Arc::clone(&server.events);
    server.finish().await;
    let cause = "error from user's Body stream: the source failed: \
                 Get \"https://192.0.2.1/v2/\": dial tcp 192.0.2.1:443: i/o timeout";
    assert_eq!(events.lock().unwrap().last(), Some(&Event::Interrupted { cause: cause.to_owned() }));
}

#[tokio::test]
async fn a_source_that_ends_early_closes_the_connection() {
    let (server, gate) = gated(|| None).await;
    let mut stream = ask_for_gated(&server).await;
    gate.notify_one();
    let reply = Reply::read(&mut stream).await;
    assert_eq!((reply.header("content-length"), reply.body()), (Some("10"), "01234"));
}

#[tokio::test]
async fn a_source_that_gives_too_much_is_cut() {
    let server = Server::of(Odd(|_| blob(Some(10), chunks(&["01234", "56789", "too much"])))).await;
    assert_eq!(ask_for_blob(&server, "").await.body(), "0123456789");
    assert_eq!(ask_for_blob(&server, "\nRange: bytes=8-9").await.body(), "89");
}

#[tokio::test]
async fn a_source_without_ranges_still_serves_them() {
    let server = Server::of(Odd(|_| blob(Some(10), chunks(&["01234", "56789"])))).await;
    assert_eq!(ask_for_blob(&server, "\nRange: bytes=3-6").await.body(), "3456");
    assert_eq!(ask_for_blob(&server, "\nRange: bytes=-2").await.body(), "89");
}

#[tokio::test]
async fn a_source_that_refuses_an_offset_is_asked_for_the_size() {
    let source =
        Odd(|offset| if offset < 10 { blob(Some(10), chunks(&["0123456789"])) } else { Err(unreachable_source()) });
    let server = Server::of(source).await;
    let reply = ask_for_blob(&server, "\nRange: bytes=10-").await;
    assert_eq!((reply.status(), reply.header("content-range")), ("416", Some("bytes */10")));
}

#[tokio::test]
async fn a_blob_of_unknown_size_comes_in_chunks() {
    let server = Server::of(Odd(|_| blob(None, chunks(&["01234", "56789"])))).await;
    let reply = ask_for_blob(&server, "\nRange: bytes=3-6").await;
    insta::assert_snapshot!(reply.text().replace('\r', ""), @r#"
    HTTP/1.1 200 OK
    content-type: application/octet-stream
    docker-content-digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    etag: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    cache-control: max-age=31536000
    docker-distribution-api-version: registry/2.0
    transfer-encoding: chunked

    5
    01234
    5
    56789
    0
    "#);
}

#[tokio::test]
async fn a_source_out_of_reach_is_unavailable_and_the_reason_stays_here() {
    let server = Server::of(Odd(|_| Err(unreachable_source()))).await;
    let reply = server.ask("GET /v2/x/manifests/1").await;
    assert_eq!(reply.status(), "503");
    assert_eq!(reply.body(), "{\"errors\":[{\"code\":\"UNAVAILABLE\",\"message\":\"service unavailable\"}]}\n");
    let events = server.events.lock().unwrap().clone();
    let [Event::Answered { method, target, status, cause }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((method.as_str(), target.as_str(), *status), ("GET", "/v2/x/manifests/1", 503));
    assert!(cause.as_deref().unwrap().contains("i/o timeout"));
}

#[tokio::test]
async fn one_connection_carries_many_requests() {
    let (server, path) = digits().await;
    let mut stream = server.connect().await;
    send(&mut stream, &format!("HEAD {path}")).await;
    send(&mut stream, "GET /v2/x/manifests/none").await;
    send(&mut stream, &format!("GET {path}\nConnection: close")).await;
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 2);
    assert!(text.ends_with("0123456789"));
}

#[tokio::test]
async fn nonsense_is_answered_and_harms_nobody() {
    let (server, path) = digits().await;
    let long = format!("GET /{}", "a".repeat(70_000));
    for bytes in ["nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\0\0\0\0", long.as_str()] {
        let mut stream = server.connect().await;
        // The server may hang up before it was told all.
        let _ = stream.write_all(bytes.as_bytes()).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{:?}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(server.ask(&format!("GET {path}")).await.body(), "0123456789");
}

#[tokio::test]
async fn a_client_that_asks_nothing_is_sent_away() {
    let options = Options { header_timeout: Duration::from_millis(1), ..Options::default() };
    let server = Server::with(Memory::new(), options).await;
    let mut silent = server.connect().await;
    let mut answer = Vec::new();
    silent.read_to_end(&mut answer).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "");
}

#[tokio::test]
async fn clients_beyond_the_limit_wait_for_their_turn() {
    let options = Options { max_connections: 1, ..Options::default() };
    let server = Server::with(Memory::new().image("motd:1", &motd()), options).await;
    let mut clients = Vec::new();
    for _ in 0..20 {
        let mut stream = server.connect().await;
        send(&mut stream, "GET /v2/motd/manifests/1\nConnection: close").await;
        clients.push(stream);
    }
    for mut client in clients {
        assert_eq!(Reply::read(&mut client).await.status(), "200");
    }
}

#[tokio::test]
async fn many_clients_are_served_at_once() {
    let layer = Bytes::from(vec![7; 100_000]);
    let source = Memory::new().image("x:1", &motd());
    let path = format!("/v2/x/blobs/{}", source.blob(layer.clone()));
    let server = Server::of(source).await;
    let mut clients = Vec::new();
    for _ in 0..100 {
        let mut stream = server.connect().await;
        send(&mut stream, &format!("GET {path}\nConnection: close")).await;
        clients.push(stream);
    }
    for mut client in clients {
        assert!(Reply::read(&mut client).await.body == layer);
    }
}

#[tokio::test]
async fn a_running_answer_ends_before_the_server_does() {
    let (server, gate) = gated(|| Some(Ok(Bytes::from_static(b"56789")))).await;
    let mut stream = ask_for_gated(&server).await;
    let _idle = server.connect().await;
    let (address, task) = (server.address, server.task);
    server.stop.send(()).unwrap();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    gate.notify_one();
    assert_eq!(Reply::read(&mut stream).await.body(), "0123456789");
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_broken_off() {
    let endless = || chunks(&["01234"]).chain(stream::pending()).boxed();
    let options = Options { grace: Duration::from_millis(1), ..Options::default() };
    let server = Server::with(Odd(move |_| blob(Some(10), endless())), options).await;
    let mut stream = ask_for_gated(&server).await;
    server.finish().await;
    assert_eq!(Reply::read(&mut stream).await.body(), "01234");
}
