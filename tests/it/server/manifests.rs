//! Pushing manifests and indexes, and what they may refer to.

use layerbook::oci::Digest;
use layerbook::server::{Options, Sparse};
use serde_json::{Value, json};

use super::NOWHERE;
use super::registry::{OCI_INDEX, OCI_MANIFEST, Registry, code, sha512};
use crate::support::memory::Memory;

#[tokio::test]
async fn a_manifest_is_pushed_by_tag_and_pulled_byte_for_byte() {
    let registry = Registry::new().await;
    let bytes = registry.manifest("demo/x", json!({ "some.field": 1 })).await;
    let reply = registry.put("demo/x", "latest", OCI_MANIFEST, &bytes).await;
    let digest = Digest::of(&bytes);
    insta::assert_snapshot!(reply.text().replace(&digest.to_string(), "DIGEST"), @r#"
    HTTP/1.1 201 Created
    location: /v2/demo/x/manifests/DIGEST
    docker-content-digest: DIGEST
    etag: "DIGEST"
    docker-distribution-api-version: registry/2.0
    content-length: 0
    "#);
    for target in ["latest", &digest.to_string()] {
        let pulled = registry.ask(&format!("GET /v2/demo/x/manifests/{target}\nAccept: {OCI_MANIFEST}")).await;
        assert_eq!((pulled.status(), pulled.header("content-type")), ("200", Some(OCI_MANIFEST)));
        assert_eq!(pulled.body, bytes);
        let head = registry.ask(&format!("HEAD /v2/demo/x/manifests/{target}")).await;
        assert_eq!(head.header("docker-content-digest"), Some(digest.to_string().as_str()));
        assert_eq!(head.header("content-length"), Some(bytes.len().to_string().as_str()));
    }
}

#[tokio::test]
async fn a_manifest_is_pushed_by_the_digest_of_either_algorithm() {
    let registry = Registry::new().await;
    let bytes = registry.manifest("x", json!({})).await;
    for digest in [Digest::of(&bytes), sha512(&bytes)].map(|digest| digest.to_string()) {
        let reply = registry.put("x", &digest, OCI_MANIFEST, &bytes).await;
        assert_eq!((reply.status(), reply.header("docker-content-digest")), ("201", Some(digest.as_str())));
        for method in ["GET", "HEAD"] {
            let pulled = registry.ask(&format!("{method} /v2/x/manifests/{digest}")).await;
            assert_eq!(pulled.header("docker-content-digest"), Some(digest.as_str()), "{method}");
        }
    }
    assert_eq!(registry.ask("GET /v2/x/tags/list").await.body(), "{\"name\":\"x\",\"tags\":[]}\n");
}

#[tokio::test]
async fn tags_of_the_query_are_pointed_at_what_is_pushed_by_digest() {
    let registry = Registry::new().await;
    let bytes = registry.manifest("x", json!({})).await;
    let digest = sha512(&bytes).to_string();
    let reply = registry.put("x", &format!("{digest}?tag=one&tag=two&tag=one"), OCI_MANIFEST, &bytes).await;
    let named: Vec<_> = reply.head.lines().filter(|line| line.starts_with("oci-tag: ")).collect();
    assert_eq!(named, ["oci-tag: one", "oci-tag: two"]);
    for tag in ["one", "two"] {
        let pulled = registry.ask(&format!("HEAD /v2/x/manifests/{tag}")).await;
        assert_eq!(pulled.header("docker-content-digest"), Some(digest.as_str()));
    }
    for tag in [".bad", NOWHERE] {
        let reply = registry.put("x", &format!("{digest}?tag={tag}"), OCI_MANIFEST, &bytes).await;
        assert_eq!(code(&reply), "400 TAG_INVALID", "{tag}");
    }
}

#[tokio::test]
async fn a_tag_moves_when_something_else_is_pushed_under_it() {
    let registry = Registry::new().await;
    let july = registry.image("x", "latest", json!({ "annotations": { "month": "July" } })).await;
    let september = registry.image("x", "latest", json!({ "annotations": { "month": "September" } })).await;
    let now = registry.ask("HEAD /v2/x/manifests/latest").await;
    assert_eq!(now.header("docker-content-digest"), Some(september.to_string().as_str()));
    assert_eq!(registry.status(&format!("HEAD /v2/x/manifests/{july}")).await, "200");
}

#[tokio::test]
async fn what_is_not_the_manifest_that_it_says_is_refused() {
    let registry = Registry::new().await;
    let bytes = registry.manifest("x", json!({})).await;
    let mut spaced = bytes.clone();
    spaced.extend(b"  ");
    let text = String::from_utf8(bytes.clone()).unwrap();
    let both = text.replace("\"layers\"", "\"manifests\":[],\"layers\"");
    let digest = Digest::of(&bytes).to_string();
    for (target, media_type, body, expected) in [
        (digest.as_str(), OCI_MANIFEST, spaced.as_slice(), "400 DIGEST_INVALID"),
        ("sha256:baddigest", OCI_MANIFEST, &bytes, "400 DIGEST_INVALID"),
        (".tag", OCI_MANIFEST, &bytes, "400 TAG_INVALID"),
        ("1", OCI_INDEX, &bytes, "400 MANIFEST_INVALID"),
        ("1", "text/html", &bytes, "400 MANIFEST_INVALID"),
        ("1", OCI_MANIFEST, b"nonsense", "400 MANIFEST_INVALID"),
        ("1", OCI_MANIFEST, b"", "400 MANIFEST_INVALID"),
        ("1", OCI_MANIFEST, both.as_bytes(), "400 MANIFEST_INVALID"),
        ("1", "application/vnd.docker.distribution.manifest.v1+json", b"{}", "400 MANIFEST_INVALID"),
    ] {
        let reply = registry.put("x", target, media_type, body).await;
        assert_eq!(code(&reply), expected, "{target} {media_type} {}", String::from_utf8_lossy(body));
    }
    assert_eq!(registry.status("GET /v2/x/manifests/sha256:baddigest").await, "400");
    assert_eq!(registry.status("HEAD /v2/x/manifests/1").await, "404");
}

#[tokio::test]
async fn four_mebibytes_are_taken_and_more_are_not() {
    let registry = Registry::new().await;
    let empty = registry.manifest("x", json!({ "annotations": { "a": "" } })).await;
    let fill = "a".repeat((4 << 20) - empty.len());
    let bytes = registry.manifest("x", json!({ "annotations": { "a": fill } })).await;
    assert_eq!(registry.put("x", "1", OCI_MANIFEST, &bytes).await.status(), "201");
    assert_eq!(registry.ask("GET /v2/x/manifests/1").await.body, bytes);
    let more = [bytes.as_slice(), b" "].concat();
    assert_eq!(code(&registry.put("x", "2", OCI_MANIFEST, &more).await), "413 MANIFEST_INVALID");
}

#[tokio::test]
async fn blobs_must_be_there_unless_they_are_fetched_from_elsewhere() {
    let registry = Registry::new().await;
    let layer = |kind: &str| json!({ "layers": [{ "mediaType": kind, "digest": NOWHERE, "size": 5 }] });
    let gone = registry.manifest("x", layer("application/vnd.oci.image.layer.v1.tar")).await;
    let reply = registry.put("x", "1", OCI_MANIFEST, &gone).await;
    assert_eq!(code(&reply), "404 MANIFEST_BLOB_UNKNOWN");
    assert!(reply.body().contains(NOWHERE));
    assert_eq!(registry.status("HEAD /v2/x/manifests/1").await, "404");
    for kind in [
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    ] {
        registry.image("x", "1", layer(kind)).await;
    }
    let urls = json!({ "layers": [{ "mediaType": "x/y", "digest": NOWHERE, "size": 5, "urls": ["https://a/b"] }] });
    registry.image("x", "1", urls).await;
    registry.image("x", "1", json!({ "layers": [] })).await;
    // What another repository has does not count.
    let bytes = registry.manifest("x", json!({})).await;
    assert_eq!(code(&registry.put("y", "1", OCI_MANIFEST, &bytes).await), "404 MANIFEST_BLOB_UNKNOWN");
    let size = String::from_utf8(bytes).unwrap().replace("\"size\":7", "\"size\":8");
    assert_eq!(code(&registry.put("x", "1", OCI_MANIFEST, size.as_bytes()).await), "400 MANIFEST_INVALID");
}

#[tokio::test]
async fn a_sparse_manifest_is_taken_where_that_is_allowed() {
    let options = Options { sparse: Sparse::Allowed, ..Options::default() };
    let registry = Registry::with(Memory::new(), options).await;
    let gone = json!({ "layers": [{ "mediaType": "x/y", "digest": NOWHERE, "size": 5 }] });
    registry.image("x", "1", gone).await;
    assert_eq!(registry.status("HEAD /v2/x/manifests/1").await, "200");
}

#[tokio::test]
async fn an_index_may_be_empty_nested_or_sparse() {
    let registry = Registry::new().await;
    let child = registry.image("x", "child", json!({})).await;
    let entry = |digest: &Value, kind: &str| json!({ "mediaType": kind, "digest": digest, "size": 1 });
    let index = |manifests: Value| {
        json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests }).to_string().into_bytes()
    };
    let empty = index(json!([]));
    let nested = index(json!([entry(&json!(Digest::of(&empty)), OCI_INDEX), entry(&json!(child), OCI_MANIFEST)]));
    let sparse = index(json!([entry(&json!(NOWHERE), OCI_MANIFEST)]));
    for (tag, bytes) in [("empty", empty), ("nested", nested), ("sparse", sparse)] {
        assert_eq!(registry.put("x", tag, OCI_INDEX, &bytes).await.status(), "201", "{tag}");
        let pulled = registry.ask(&format!("GET /v2/x/manifests/{tag}\nAccept: {OCI_INDEX}")).await;
        assert_eq!(pulled.header("content-type"), Some(OCI_INDEX));
        assert_eq!(pulled.body, bytes);
    }
}
