//! Pushing blobs: every way in, and every way to get it wrong.

use std::time::Duration;

use layerbook::oci::Digest;
use layerbook::server::Options;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::NOWHERE;
use super::client::send;
use super::registry::{Registry, code, sha512};
use crate::support::memory::Memory;

/// A digest of a blob that the registry has just said to have, at the place that it named.
async fn check_there(registry: &Registry, reply: &super::client::Reply, bytes: &[u8], digest: &Digest) {
    assert_eq!(reply.status(), "201", "{}", reply.body());
    assert_eq!(reply.header("docker-content-digest"), Some(digest.to_string().as_str()));
    let location = reply.header("location").expect("what was made has a place");
    let pulled = registry.ask(&format!("GET {location}")).await;
    assert_eq!((pulled.status(), pulled.body.as_slice()), ("200", bytes));
    let head = registry.ask(&format!("HEAD {location}")).await;
    assert_eq!(head.header("content-length"), Some(bytes.len().to_string().as_str()));
    assert_eq!(head.header("docker-content-digest"), Some(digest.to_string().as_str()));
}

#[tokio::test]
async fn an_upload_is_opened_with_a_place_a_name_and_a_range() {
    let registry = Registry::new().await;
    let reply = registry.give("POST /v2/demo/x/blobs/uploads/", "").await;
    let id = reply.header("docker-upload-uuid").expect("an upload has a name").to_owned();
    insta::assert_snapshot!(reply.text().replace(&id, "ID"), @r"
    HTTP/1.1 202 Accepted
    location: /v2/demo/x/blobs/uploads/ID
    range: 0-0
    docker-upload-uuid: ID
    docker-distribution-api-version: registry/2.0
    content-length: 0
    ");
}

#[tokio::test]
async fn a_blob_comes_in_one_request() {
    let registry = Registry::new().await;
    for digest in [Digest::of(b"whole"), sha512(b"whole")] {
        let reply = registry.give(&format!("POST /v2/x/blobs/uploads/?digest={digest}"), "whole").await;
        check_there(&registry, &reply, b"whole", &digest).await;
    }
}

#[tokio::test]
async fn a_blob_comes_in_two_requests() {
    let registry = Registry::new().await;
    for digest in [Digest::of(b"whole"), sha512(b"whole")] {
        let upload = registry.open("x").await;
        let reply = registry.give(&format!("PUT {upload}?digest={digest}"), "whole").await;
        check_there(&registry, &reply, b"whole", &digest).await;
        assert_eq!(registry.status(&format!("GET {upload}")).await, "404");
    }
}

#[tokio::test]
async fn a_blob_comes_in_ordered_pieces_and_the_last_may_close_the_upload() {
    let registry = Registry::new().await;
    let digest = Digest::of(b"onetwothree");
    for closing in [None, Some("Content-Range: 6-10")] {
        let upload = registry.open("x").await;
        let first = registry.give(&format!("PATCH {upload}\nContent-Range: 0-2"), "one").await;
        assert_eq!((first.status(), first.header("range")), ("202", Some("0-2")));
        let upload = first.header("location").expect("a piece says where the next one goes").to_owned();
        registry.give(&format!("PATCH {upload}\nContent-Range: 3-5"), "two").await;
        let put = format!("PUT {upload}?digest={digest}");
        let reply = if let Some(range) = closing {
            registry.give(&format!("{put}\n{range}"), "three").await
        } else {
            registry.give(&format!("PATCH {upload}\nContent-Range: 6-10"), "three").await;
            registry.give(&put, "").await
        };
        check_there(&registry, &reply, b"onetwothree", &digest).await;
    }
}

#[tokio::test]
async fn a_blob_comes_as_a_stream_whose_length_nobody_knows() {
    let registry = Registry::new().await;
    let upload = registry.open("x").await;
    let mut stream = registry.connect().await;
    send(&mut stream, &format!("PATCH {upload}\nTransfer-Encoding: chunked\nConnection: close")).await;
    stream.write_all(b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 202") && answer.contains("range: 0-6"), "{answer}");
    let digest = Digest::of(b"abcdefg");
    let reply = registry.give(&format!("PUT {upload}?digest={digest}"), "").await;
    check_there(&registry, &reply, b"abcdefg", &digest).await;
}

#[tokio::test]
async fn a_piece_out_of_order_is_refused_and_the_upload_says_where_it_stands() {
    let registry = Registry::new().await;
    let upload = registry.open("x").await;
    for range in ["3-5", "1-3"] {
        let reply = registry.give(&format!("PATCH {upload}\nContent-Range: {range}"), "two").await;
        assert_eq!(code(&reply), "416 RANGE_INVALID", "{range}");
    }
    registry.give(&format!("PATCH {upload}\nContent-Range: 0-2"), "one").await;
    for (method, range) in [("PATCH", "0-2"), ("PATCH", "6-8"), ("PUT", "6-8")] {
        let query = format!("?digest={}", Digest::of(b"onetwo"));
        let reply = registry.give(&format!("{method} {upload}{query}\nContent-Range: {range}"), "two").await;
        assert_eq!((code(&reply).as_str(), reply.header("range")), ("416 RANGE_INVALID", Some("0-2")));
        assert_eq!(reply.header("location"), Some(upload.as_str()));
    }
    for method in ["GET", "HEAD"] {
        let reply = registry.ask(&format!("{method} {upload}")).await;
        assert_eq!((reply.status(), reply.header("range")), ("204", Some("0-2")));
    }
    registry.give(&format!("PATCH {upload}\nContent-Range: 3-5"), "two").await;
    let digest = Digest::of(b"onetwo");
    let reply = registry.give(&format!("PUT {upload}?digest={digest}"), "").await;
    check_there(&registry, &reply, b"onetwo", &digest).await;
}

#[tokio::test]
async fn a_piece_of_another_length_than_it_says_never_came() {
    let registry = Registry::new().await;
    let upload = registry.open("x").await;
    registry.give(&format!("PATCH {upload}\nContent-Range: 0-2"), "one").await;
    let reply = registry.give(&format!("PATCH {upload}\nContent-Range: 3-9"), "two").await;
    assert_eq!(code(&reply), "400 SIZE_INVALID");
    let reply = registry.give(&format!("PATCH {upload}\nContent-Range: nonsense"), "two").await;
    assert_eq!(code(&reply), "400 BLOB_UPLOAD_INVALID");
    let digest = Digest::of(b"onetwo");
    let reply = registry.give(&format!("PUT {upload}?digest={digest}\nContent-Range: 3-5"), "two").await;
    check_there(&registry, &reply, b"onetwo", &digest).await;
}

#[tokio::test]
async fn bytes_of_another_digest_are_refused_whichever_way_they_came() {
    let registry = Registry::new().await;
    let digest = Digest::of(b"right");
    let reply = registry.give(&format!("POST /v2/x/blobs/uploads/?digest={digest}"), "wrong").await;
    assert_eq!(code(&reply), "400 DIGEST_INVALID");
    let upload = registry.open("x").await;
    let reply = registry.give(&format!("PUT {upload}?digest={digest}"), "wrong").await;
    assert_eq!(code(&reply), "400 DIGEST_INVALID");
    let upload = registry.open("x").await;
    registry.give(&format!("PATCH {upload}"), "wro").await;
    let reply = registry.give(&format!("PUT {upload}?digest={digest}"), "ng").await;
    assert_eq!(code(&reply), "400 DIGEST_INVALID");
    assert_eq!(registry.status(&format!("GET {upload}")).await, "404");
    assert_eq!(registry.status(&format!("GET /v2/x/blobs/{digest}")).await, "404");
    let left = std::fs::read_dir(registry.folder.path().join("uploads")).unwrap().count();
    assert_eq!(left, 0, "what was refused leaves no bytes");
}

#[tokio::test]
async fn a_digest_that_is_none_is_refused() {
    let registry = Registry::new().await;
    let upload = registry.open("x").await;
    for request in [
        format!("PUT {upload}"),
        format!("PUT {upload}?digest=sha256:00"),
        "POST /v2/x/blobs/uploads/?digest=md5:00".to_owned(),
        "POST /v2/x/blobs/uploads/?mount=nothing&from=y".to_owned(),
        "POST /v2/x/blobs/uploads/?digest-algorithm=md5".to_owned(),
    ] {
        assert_eq!(code(&registry.give(&request, "").await), "400 DIGEST_INVALID", "{request}");
    }
    for digest in [sha512(b"x"), Digest::of(b"x")] {
        let reply = registry.give("POST /v2/x/blobs/uploads/?digest-algorithm=sha512", "").await;
        let upload = reply.header("location").unwrap().to_owned();
        let reply = registry.give(&format!("PUT {upload}?digest={digest}"), "x").await;
        check_there(&registry, &reply, b"x", &digest).await;
    }
}

#[tokio::test]
async fn an_upload_can_be_cancelled_and_is_known_in_its_repository_alone() {
    let registry = Registry::new().await;
    let upload = registry.open("x").await;
    let elsewhere = upload.replace("/x/", "/y/");
    assert_eq!(code(&registry.give(&format!("PATCH {elsewhere}"), "a").await), "404 BLOB_UPLOAD_UNKNOWN");
    assert_eq!(code(&registry.ask("GET /v2/x/blobs/uploads/no-id").await), "404 BLOB_UPLOAD_UNKNOWN");
    let reply = registry.ask(&format!("DELETE {upload}")).await;
    assert_eq!((reply.status(), reply.body()), ("204", ""));
    for method in ["GET", "PATCH", "PUT", "DELETE"] {
        assert_eq!(registry.status(&format!("{method} {upload}?digest={NOWHERE}")).await, "404", "{method}");
    }
}

#[tokio::test]
async fn a_blob_is_mounted_from_where_it_is_or_else_an_upload_is_opened() {
    let registry = Registry::new().await;
    let digest = registry.blob("from/here", "shared").await;
    let mount = |to: &str, query: &str| format!("POST /v2/{to}/blobs/uploads/?mount={digest}{query}");
    let reply = registry.give(&mount("a", "&from=from/here"), "").await;
    check_there(&registry, &reply, b"shared", &digest).await;
    let reply = registry.give(&mount("b", ""), "").await;
    check_there(&registry, &reply, b"shared", &digest).await;
    for query in ["&from=from/nowhere", "&from=Not%20a%20name"] {
        let reply = registry.give(&mount("c", query), "").await;
        assert_eq!(reply.status(), "202", "{query}");
        assert!(reply.header("location").unwrap().starts_with("/v2/c/blobs/uploads/"));
    }
    assert_eq!(registry.status(&format!("HEAD /v2/c/blobs/{digest}")).await, "404");
    let reply = registry.give(&format!("POST /v2/c/blobs/uploads/?mount={NOWHERE}"), "").await;
    assert_eq!(reply.status(), "202");
}

#[tokio::test]
async fn the_empty_blob_and_large_ones_are_blobs() {
    let registry = Registry::new().await;
    let large: Vec<u8> = (0..1_000_003_u32).map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1]).collect();
    let blank = vec![0; 300_000];
    for bytes in [b"".as_slice(), b"{}", &large, &blank] {
        for digest in [Digest::of(bytes), sha512(bytes)] {
            let upload = registry.open("x").await;
            let reply = registry.give(&format!("PUT {upload}?digest={digest}"), bytes).await;
            check_there(&registry, &reply, bytes, &digest).await;
        }
    }
    let path = format!("GET /v2/x/blobs/{}", Digest::of(&large));
    let part = registry.ask(&format!("{path}\nRange: bytes=262140-262150")).await;
    assert_eq!((part.status(), part.body.as_slice()), ("206", &large[262_140..=262_150]));
}

#[tokio::test]
async fn what_came_before_the_client_went_is_kept_and_gone_on_from() {
    let registry = Registry::new().await;
    let upload = registry.open("x").await;
    let mut stream = registry.connect().await;
    send(&mut stream, &format!("PATCH {upload}\nContent-Range: 0-8\nContent-Length: 9")).await;
    stream.write_all(b"onet").await.unwrap();
    // Half closed, the server sees that nothing more comes.
    stream.shutdown().await.unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    let reply = registry.ask(&format!("GET {upload}")).await;
    assert_eq!(reply.header("range"), Some("0-3"));
    let digest = Digest::of(b"onetwosix");
    let reply = registry.give(&format!("PUT {upload}?digest={digest}\nContent-Range: 4-8"), "wosix").await;
    check_there(&registry, &reply, b"onetwosix", &digest).await;
}

#[tokio::test]
async fn a_client_that_falls_silent_is_given_up() {
    let options = Options { stall_timeout: Duration::from_millis(20), ..Options::default() };
    let registry = Registry::with(Memory::new(), options).await;
    let upload = registry.open("x").await;
    let mut stream = registry.connect().await;
    send(&mut stream, &format!("PUT {upload}?digest={NOWHERE}\nContent-Length: 9")).await;
    stream.write_all(b"on").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("400 Bad Request") && answer.contains("BLOB_UPLOAD_INVALID"), "{answer}");
    assert_eq!(registry.ask(&format!("GET {upload}")).await.header("range"), Some("0-1"));
}

#[tokio::test]
async fn an_upload_that_rests_too_long_is_given_up() {
    let options = Options { upload_expiry: Duration::from_millis(1), ..Options::default() };
    let registry = Registry::with(Memory::new(), options).await;
    registry.give("POST /v2/x/blobs/uploads/", "").await;
    while registry.depot.upload_count() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(std::fs::read_dir(registry.folder.path().join("uploads")).unwrap().count(), 0);
}

#[tokio::test]
async fn more_bytes_or_uploads_than_are_taken_are_refused() {
    let options = Options { max_blob: 10, max_uploads: 1, ..Options::default() };
    let registry = Registry::with(Memory::new(), options).await;
    let large = "x".repeat(300_000);
    let digest = Digest::of(large.as_bytes());
    let reply = registry.give(&format!("POST /v2/x/blobs/uploads/?digest={digest}"), &large).await;
    assert_eq!(code(&reply), "413 SIZE_INVALID");
    registry.open("x").await;
    let reply = registry.give("POST /v2/x/blobs/uploads/", "").await;
    assert_eq!(code(&reply), "429 TOOMANYREQUESTS");
}
