//! What refers to what.

use layerbook::oci::Digest;
use serde_json::{Value, json};

use super::client::Reply;
use super::registry::{OCI_INDEX, OCI_MANIFEST, Registry};

/// Digests and artifact types of a list of referrers.
fn entries(reply: &Reply) -> Vec<(String, String)> {
    assert_eq!((reply.status(), reply.header("content-type")), ("200", Some(OCI_INDEX)));
    let index: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!((&index["schemaVersion"], &index["mediaType"]), (&json!(2), &json!(OCI_INDEX)));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = index["manifests"].as_array().unwrap().iter();
    entries.map(|entry| (text(&entry["digest"]), text(&entry["artifactType"]))).collect()
}

fn subject(digest: &Digest) -> Value {
    json!({ "mediaType": OCI_MANIFEST, "digest": digest, "size": 5 })
}

#[tokio::test]
async fn a_referrer_says_its_subject_and_is_listed_with_type_and_annotations() {
    let registry = Registry::new().await;
    let image = registry.image("x", "image", json!({})).await;
    let about = json!({ "subject": subject(&image), "artifactType": "a/signature", "annotations": { "by": "Ada" } });
    let bytes = registry.manifest("x", about).await;
    let reply = registry.put("x", &Digest::of(&bytes).to_string(), OCI_MANIFEST, &bytes).await;
    assert_eq!((reply.status(), reply.header("oci-subject")), ("201", Some(image.to_string().as_str())));
    let list = registry.ask(&format!("GET /v2/x/referrers/{image}")).await;
    let expected = json!({
        "schemaVersion": 2,
        "mediaType": OCI_INDEX,
        "manifests": [{
            "mediaType": OCI_MANIFEST,
            "digest": Digest::of(&bytes),
            "size": bytes.len(),
            "annotations": { "by": "Ada" },
            "artifactType": "a/signature",
        }],
    });
    assert_eq!(serde_json::from_slice::<Value>(&list.body).unwrap(), expected);
    assert_eq!(registry.ask("HEAD /v2/x/manifests/image").await.header("oci-subject"), None);
}

#[tokio::test]
async fn the_subject_may_be_missing_and_the_list_may_be_empty() {
    let registry = Registry::new().await;
    let missing = Digest::of(b"missing");
    assert!(entries(&registry.ask(&format!("GET /v2/x/referrers/{missing}")).await).is_empty());
    let one = registry.image("x", "one", json!({ "subject": subject(&missing) })).await;
    let list = entries(&registry.ask(&format!("GET /v2/x/referrers/{missing}")).await);
    assert_eq!(list, [(one.to_string(), "application/vnd.oci.image.config.v1+json".to_owned())]);
    assert!(entries(&registry.ask(&format!("GET /v2/y/referrers/{missing}")).await).is_empty());
    assert_eq!(registry.status("GET /v2/x/referrers/sha256:00").await, "400");
}

#[tokio::test]
async fn an_index_can_refer_too_and_a_deleted_referrer_is_listed_no_more() {
    let registry = Registry::new().await;
    let image = Digest::of(b"image");
    let index = json!({
        "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [], "subject": subject(&image), "artifactType": "a/b"
    });
    let bytes = index.to_string();
    let reply = registry.put("x", "1", OCI_INDEX, bytes.as_bytes()).await;
    assert_eq!(reply.header("oci-subject"), Some(image.to_string().as_str()));
    let digest = Digest::of(bytes.as_bytes()).to_string();
    let list = format!("GET /v2/x/referrers/{image}");
    assert_eq!(entries(&registry.ask(&list).await), [(digest.clone(), "a/b".to_owned())]);
    registry.ask(&format!("DELETE /v2/x/manifests/{digest}")).await;
    assert!(entries(&registry.ask(&list).await).is_empty());
}

#[tokio::test]
async fn a_filter_is_applied_and_says_so() {
    let registry = Registry::new().await;
    let image = Digest::of(b"image");
    for (n, kind) in ["a/one", "a/two+x", "a/two+x"].into_iter().enumerate() {
        let about = json!({ "subject": subject(&image), "artifactType": kind, "annotations": { "n": n.to_string() } });
        registry.image("x", "latest", about).await;
    }
    let all = registry.ask(&format!("GET /v2/x/referrers/{image}")).await;
    assert_eq!((entries(&all).len(), all.header("oci-filters-applied")), (3, None));
    for (filter, count) in [("a/one", 1), ("a%2Ftwo%2Bx", 2), ("a/none", 0)] {
        let some = registry.ask(&format!("GET /v2/x/referrers/{image}?artifactType={filter}")).await;
        assert_eq!(
            (entries(&some).len(), some.header("oci-filters-applied")),
            (count, Some("artifactType")),
            "{filter}"
        );
    }
}

#[tokio::test]
async fn a_long_list_comes_page_by_page_and_keeps_its_filter() {
    let registry = Registry::new().await;
    let image = Digest::of(b"image");
    // Three of them do not fit into an index that clients would read.
    for n in 0..3 {
        let fill = n.to_string().repeat(1_700_000);
        let about = json!({ "subject": subject(&image), "artifactType": "a/b", "annotations": { "fill": fill } });
        registry.image("x", "latest", about).await;
    }
    let mut path = format!("/v2/x/referrers/{image}?artifactType=a%2Fb");
    let mut sizes = Vec::new();
    let mut digests = std::collections::BTreeSet::new();
    loop {
        let reply = registry.ask(&format!("GET {path}")).await;
        assert!(reply.body.len() <= 4 << 20);
        assert_eq!(reply.header("oci-filters-applied"), Some("artifactType"));
        sizes.push(entries(&reply).len());
        digests.extend(entries(&reply));
        let Some(link) = reply.header("link") else { break };
        path = link.split(['<', '>']).nth(1).expect("a link has brackets").to_owned();
    }
    assert_eq!((sizes, digests.len()), (vec![2, 1], 3));
}
