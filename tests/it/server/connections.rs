//! Connections: how long they live, how many there may be, how they end.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use layerbook::server::{Options, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::client::{Reply, Server, send};
use super::faults::{Odd, ask_for_gated, blob, chunks, gated};
use super::{digits, motd};
use crate::support::memory::Memory;

#[tokio::test]
async fn a_server_needs_a_domain() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = Options { domain: "not a domain".to_owned(), ..Options::default() };
    let error = serve(listener, Arc::new(Memory::new()), options, std::future::pending()).await.unwrap_err();
    assert_eq!(error.to_string(), "`not a domain` is not the domain of a registry");
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
