//! What was pushed stands before what the source has.

use layerbook::oci::Digest;
use serde_json::{Value, json};

use super::registry::{OCI_MANIFEST, Registry, code};
use super::{NOWHERE, motd};
use crate::support::memory::Memory;

async fn registry() -> Registry {
    Registry::before(Memory::new().image("motd:1", &motd()).image("motd:2", &motd())).await
}

#[tokio::test]
async fn a_pushed_tag_hides_the_one_behind_it_until_it_is_deleted() {
    let registry = registry().await;
    let model = motd().document.digest().to_string();
    let pushed = registry.image("motd", "1", json!({})).await.to_string();
    let mut seen = Vec::new();
    for request in ["HEAD /v2/motd/manifests/1", "DELETE /v2/motd/manifests/1", "HEAD /v2/motd/manifests/1"] {
        seen.extend(registry.ask(request).await.header("docker-content-digest").map(str::to_owned));
    }
    assert_eq!(seen, [pushed.clone(), model.clone()]);
    for digest in [pushed, model] {
        assert_eq!(registry.status(&format!("HEAD /v2/motd/manifests/{digest}")).await, "200");
    }
}

#[tokio::test]
async fn what_is_behind_is_not_deleted_and_the_answer_says_why() {
    let registry = registry().await;
    let digest = motd().document.digest().clone();
    let layer = motd().document.manifest().unwrap().layers[0].digest.clone();
    for path in ["manifests/1".to_owned(), format!("manifests/{digest}"), format!("blobs/{layer}")] {
        let reply = registry.ask(&format!("DELETE /v2/motd/{path}")).await;
        assert_eq!((code(&reply).as_str(), reply.header("allow")), ("405 UNSUPPORTED", Some("GET, HEAD")));
        assert!(reply.body().contains("comes from the source behind this registry and stays"));
        assert_eq!(registry.status(&format!("HEAD /v2/motd/{path}")).await, "200");
    }
}

#[tokio::test]
async fn tags_of_both_are_listed_once() {
    let registry = registry().await;
    registry.image("motd", "2", json!({})).await;
    registry.image("motd", "3", json!({})).await;
    let reply = registry.ask("GET /v2/motd/tags/list").await;
    assert_eq!(reply.body(), "{\"name\":\"motd\",\"tags\":[\"1\",\"2\",\"3\"]}\n");
}

#[tokio::test]
async fn a_script_moves_a_tag_by_pushing_the_manifest_that_it_pulled() {
    let registry = Registry::before(Memory::new().image("motd:july", &motd()).image("motd:1", &motd())).await;
    let bytes = registry.ask("GET /v2/motd/manifests/july").await.body;
    let reply = registry.put("motd", "latest", OCI_MANIFEST, &bytes).await;
    assert_eq!(reply.status(), "201", "its blobs are behind: {}", reply.body());
    let digest = motd().document.digest().to_string();
    let reply = registry.ask("HEAD /v2/motd/manifests/latest").await;
    assert_eq!(reply.header("docker-content-digest"), Some(digest.as_str()));
}

#[tokio::test]
async fn a_blob_is_mounted_from_behind() {
    let registry = registry().await;
    let manifest = motd().document.manifest().unwrap();
    for blob in [&manifest.config, &manifest.layers[0]] {
        let mount = format!("POST /v2/ada/copy/blobs/uploads/?mount={}&from=library/motd", blob.digest);
        assert_eq!(registry.give(&mount, "").await.status(), "201");
        let reply = registry.ask(&format!("HEAD /v2/ada/copy/blobs/{}", blob.digest)).await;
        assert_eq!(reply.header("content-length"), Some(blob.size.to_string().as_str()));
    }
    let reply = registry.give(&format!("POST /v2/ada/copy/blobs/uploads/?mount={NOWHERE}&from=motd"), "").await;
    assert_eq!(reply.status(), "202");
    let reply = registry.put("ada/copy", "1", OCI_MANIFEST, motd().document.bytes()).await;
    assert_eq!(reply.status(), "201");
}

#[tokio::test]
async fn only_the_thing_is_unknown_where_its_repository_is_known() {
    let registry = registry().await;
    registry.blob("mine", "x").await;
    for (path, expected) in [
        ("mine/manifests/1", "404 MANIFEST_UNKNOWN"),
        (&format!("mine/blobs/{NOWHERE}"), "404 BLOB_UNKNOWN"),
        ("nobody/manifests/1", "404 NAME_UNKNOWN"),
    ] {
        assert_eq!(code(&registry.ask(&format!("GET /v2/{path}")).await), expected, "{path}");
    }
    let body: Value = serde_json::from_slice(&registry.ask("GET /v2/mine/tags/list").await.body).unwrap();
    assert_eq!(body["tags"], json!([]));
    assert_eq!(registry.ask(&format!("GET /v2/mine/blobs/{}", Digest::of(b"x"))).await.body(), "x");
}
