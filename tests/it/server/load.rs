//! Many at once.

use std::sync::Arc;

use layerbook::oci::Digest;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::registry::{OCI_MANIFEST, Registry};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_clients_push_and_pull_at_once_without_an_error() {
    let registry = Arc::new(Registry::new().await);
    let mut clients = JoinSet::new();
    for n in 0..200 {
        let registry = Arc::clone(&registry);
        clients.spawn(async move {
            let name = format!("class/{}", n % 20);
            let bytes = registry.manifest(&name, json!({ "annotations": { "n": n.to_string() } })).await;
            let tag = format!("t{n}");
            assert_eq!(registry.put(&name, &tag, OCI_MANIFEST, &bytes).await.status(), "201");
            assert_eq!(registry.ask(&format!("GET /v2/{name}/manifests/{tag}")).await.body, bytes);
        });
    }
    while let Some(done) = clients.join_next().await {
        done.unwrap();
    }
    for n in 0..20 {
        let reply = registry.ask(&format!("GET /v2/class/{n}/tags/list")).await;
        let list: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(list["tags"].as_array().unwrap().len(), 10);
    }
    assert_eq!(registry.depot.upload_count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_blob_may_arrive_many_times_at_once() {
    let registry = Arc::new(Registry::new().await);
    let bytes = Arc::new(vec![7_u8; 500_000]);
    let mut clients = JoinSet::new();
    for _ in 0..20 {
        let (registry, bytes) = (Arc::clone(&registry), Arc::clone(&bytes));
        clients.spawn(async move { registry.blob("x", bytes.as_slice()).await });
    }
    while let Some(done) = clients.join_next().await {
        assert_eq!(done.unwrap(), Digest::of(&bytes));
    }
    let reply = registry.ask(&format!("GET /v2/x/blobs/{}", Digest::of(&bytes))).await;
    assert_eq!(reply.body, *bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_clients_at_one_upload_cannot_spoil_it() {
    let registry = Arc::new(Registry::new().await);
    let upload = registry.open("x").await;
    let (one, two) = (vec![1_u8; 400_000], vec![2_u8; 400_000]);
    let piece = format!("PATCH {upload}\nContent-Range: 0-399999");
    let (first, second) = tokio::join!(registry.give(&piece, &one), registry.give(&piece, &two));
    let statuses = [first.status(), second.status()];
    assert!(statuses.contains(&"416"), "{statuses:?}");
    // Whoever won, the upload says where it stands and can be finished or begun again.
    assert_eq!(registry.ask(&format!("GET {upload}")).await.status(), "204");
}
