//! Deleting, and what is left then; methods that a resource does not have.

use layerbook::oci::Digest;
use serde_json::json;

use super::NOWHERE;
use super::registry::{Registry, code};

#[tokio::test]
async fn a_tag_goes_alone() {
    let registry = Registry::new().await;
    let digest = registry.image("x", "one", json!({})).await;
    registry.image("x", "two", json!({})).await;
    let reply = registry.ask("DELETE /v2/x/manifests/one").await;
    assert_eq!((reply.status(), reply.body()), ("202", ""));
    assert_eq!(registry.status("HEAD /v2/x/manifests/one").await, "404");
    assert_eq!(registry.status(&format!("HEAD /v2/x/manifests/{digest}")).await, "200");
    assert_eq!(registry.ask("GET /v2/x/tags/list").await.body(), "{\"name\":\"x\",\"tags\":[\"two\"]}\n");
    assert_eq!(code(&registry.ask("DELETE /v2/x/manifests/one").await), "404 MANIFEST_UNKNOWN");
}

#[tokio::test]
async fn a_manifest_goes_with_all_its_tags() {
    let registry = Registry::new().await;
    let digest = registry.image("x", "one", json!({})).await;
    registry.image("x", "two", json!({})).await;
    registry.image("x", "other", json!({ "annotations": { "a": "b" } })).await;
    assert_eq!(registry.status(&format!("DELETE /v2/x/manifests/{digest}")).await, "202");
    for target in ["one", "two", &digest.to_string()] {
        assert_eq!(registry.status(&format!("GET /v2/x/manifests/{target}")).await, "404", "{target}");
    }
    assert_eq!(registry.ask("GET /v2/x/tags/list").await.body(), "{\"name\":\"x\",\"tags\":[\"other\"]}\n");
    assert_eq!(code(&registry.ask(&format!("DELETE /v2/x/manifests/{digest}")).await), "404 MANIFEST_UNKNOWN");
}

#[tokio::test]
async fn a_blob_goes_from_its_repository_and_from_the_disk_with_the_last_one() {
    let registry = Registry::new().await;
    let digest = registry.blob("x", "shared").await;
    registry.blob("y", "shared").await;
    let file = registry.folder.path().join("blobs/sha256").join(digest.encoded());
    assert_eq!(registry.status(&format!("DELETE /v2/x/blobs/{digest}")).await, "202");
    assert_eq!(code(&registry.ask(&format!("GET /v2/x/blobs/{digest}")).await), "404 BLOB_UNKNOWN");
    assert_eq!(registry.ask(&format!("GET /v2/y/blobs/{digest}")).await.body(), "shared");
    assert!(file.is_file());
    assert_eq!(registry.status(&format!("DELETE /v2/y/blobs/{digest}")).await, "202");
    assert!(!file.exists());
    assert_eq!(code(&registry.ask(&format!("DELETE /v2/y/blobs/{digest}")).await), "404 BLOB_UNKNOWN");
    registry.blob("x", "shared").await;
    assert_eq!(registry.ask(&format!("GET /v2/x/blobs/{digest}")).await.body(), "shared");
}

#[tokio::test]
async fn what_never_was_cannot_be_deleted() {
    let registry = Registry::new().await;
    for path in [format!("manifests/{NOWHERE}"), "manifests/1".to_owned(), format!("blobs/{NOWHERE}")] {
        assert_eq!(registry.status(&format!("DELETE /v2/nobody/{path}")).await, "404", "{path}");
    }
    assert_eq!(registry.status("GET /v2/nobody/tags/list").await, "404");
}

#[tokio::test]
async fn a_repository_without_tags_has_an_empty_list() {
    let registry = Registry::new().await;
    registry.image("x", "one", json!({})).await;
    registry.ask("DELETE /v2/x/manifests/one").await;
    let reply = registry.ask("GET /v2/x/tags/list").await;
    assert_eq!((reply.status(), reply.body()), ("200", "{\"name\":\"x\",\"tags\":[]}\n"));
}

#[tokio::test]
async fn tags_are_listed_page_by_page() {
    let registry = Registry::new().await;
    for tag in ["b", "a", "C", "10"] {
        registry.image("x", tag, json!({})).await;
    }
    let mut path = "/v2/x/tags/list?n=3".to_owned();
    let mut pages = Vec::new();
    loop {
        let reply = registry.ask(&format!("GET {path}")).await;
        pages.push(reply.body().trim_end().to_owned());
        let Some(link) = reply.header("link") else { break };
        path = link.split(['<', '>']).nth(1).expect("a link has brackets").to_owned();
    }
    assert_eq!(pages, ["{\"name\":\"x\",\"tags\":[\"10\",\"C\",\"a\"]}", "{\"name\":\"x\",\"tags\":[\"b\"]}"]);
    assert_eq!(registry.ask("GET /v2/x/tags/list?n=0").await.body(), "{\"name\":\"x\",\"tags\":[]}\n");
}

#[tokio::test]
async fn each_resource_says_which_methods_it_has() {
    let registry = Registry::new().await;
    let upload = registry.open("x").await;
    let blob = format!("/v2/x/blobs/{NOWHERE}");
    let mut text = String::new();
    for (method, path) in [
        ("PUT", "/v2/"),
        ("POST", "/v2/x/manifests/1"),
        ("PATCH", "/v2/x/manifests/1"),
        ("PUT", &blob),
        ("GET", "/v2/x/blobs/uploads/"),
        ("PUT", "/v2/x/blobs/uploads/"),
        ("POST", &upload),
        ("DELETE", "/v2/x/tags/list"),
        ("DELETE", &format!("/v2/x/referrers/{NOWHERE}")),
    ] {
        let reply = registry.ask(&format!("{method} {path}")).await;
        let path = path.replace(NOWHERE, "D").replace(&upload, "/v2/x/blobs/uploads/ID");
        text += &format!("{method} {path}: {} {}\n", reply.status(), reply.header("allow").unwrap_or("none"));
    }
    insta::assert_snapshot!(text, @r"
    PUT /v2/: 405 GET, HEAD
    POST /v2/x/manifests/1: 405 GET, HEAD, PUT, DELETE
    PATCH /v2/x/manifests/1: 405 GET, HEAD, PUT, DELETE
    PUT /v2/x/blobs/D: 405 GET, HEAD, DELETE
    GET /v2/x/blobs/uploads/: 405 POST
    PUT /v2/x/blobs/uploads/: 405 POST
    POST /v2/x/blobs/uploads/ID: 405 GET, HEAD, PATCH, PUT, DELETE
    DELETE /v2/x/tags/list: 405 GET, HEAD
    DELETE /v2/x/referrers/D: 405 GET, HEAD
    ");
}

#[tokio::test]
async fn what_was_pushed_is_there_again_in_the_next_server() {
    let registry = Registry::new().await;
    let digest = registry.image("x", "one", json!({ "annotations": { "a": "b" } })).await;
    registry.open("x").await;
    let again = Registry::again(registry.finish().await).await;
    let reply = again.ask("GET /v2/x/manifests/one").await;
    assert_eq!(reply.header("docker-content-digest"), Some(digest.to_string().as_str()));
    assert_eq!(again.ask(&format!("GET /v2/x/blobs/{}", Digest::of(b"a layer"))).await.body(), "a layer");
    assert_eq!(std::fs::read_dir(again.folder.path().join("uploads")).unwrap().count(), 0);
}
