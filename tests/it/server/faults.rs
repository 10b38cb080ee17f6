//! Sources that do not keep their word, and what clients see of it.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use layerbook::oci::{Descriptor, Digest, Document, Repository};
use layerbook::server::Event;
use layerbook::source::{Blob, Error, NetworkError, Registry, Target};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::NOWHERE;
use super::client::{Reply, Server, send};

/// A source with one blob whose stream does what a test wants; its digest is not looked at.
pub(super) struct Odd<F>(pub(super) F);

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

pub(super) fn unreachable_source() -> Error {
    let reason = "dial tcp 192.0.2.1:443: i/o timeout".to_owned();
    Error::Network(NetworkError { method: "Get", url: "https://192.0.2.1/v2/".to_owned(), reason })
}

pub(super) fn chunks(chunks: &'static [&'static str]) -> BoxStream<'static, Result<Bytes, Error>> {
    stream::iter(chunks).map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).boxed()
}

#[expect(clippy::unnecessary_wraps, reason = "it is what a source answers")]
pub(super) fn blob(size: Option<u64>, stream: BoxStream<'static, Result<Bytes, Error>>) -> Result<Blob, Error> {
    Ok(Blob { offset: 0, size, stream })
}

pub(super) async fn ask_for_blob(server: &Server, headers: &str) -> Reply {
    server.ask(&format!("GET /v2/x/blobs/{NOWHERE}{headers}")).await
}

/// A server whose blob is said to have ten bytes: five come, and what `rest` gives only once the gate is opened.
pub(super) async fn gated(rest: fn() -> Option<Result<Bytes, Error>>) -> (Server, Arc<Notify>) {
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
pub(super) async fn ask_for_gated(server: &Server) -> TcpStream {
    let mut stream = server.connect().await;
    send(&mut stream, &format!("GET /v2/x/blobs/{NOWHERE}")).await;
    let mut seen = vec![0; 1024];
    loop {
        let length = stream.peek(&mut seen).await.expect("the server is there");
        if seen[..length].ends_with(b"01234") {
            return stream;
        }
        tokio::task::yield_now().await;
    }
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
