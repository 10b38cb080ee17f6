//! Manifests and indexes.

use layerbook::oci::Digest;

use super::{MANIFEST, MANIFEST_TYPE, World, manifest, manifest_digest};
use crate::support::server::{Answer, Reply, Server, ok, status};

#[test]
fn head_resolves_without_transferring() {
    let server = Server::start(|_, _| manifest().header("Docker-Content-Digest", manifest_digest()).into());
    let line = World::new().resolve(&format!("{}/x/y:1", server.host()));
    let digest: Digest = manifest_digest().parse().unwrap();
    assert_eq!(line, format!("{MANIFEST_TYPE} {} {}", digest.short(), MANIFEST.len()));
    assert_eq!(server.lines(), ["HEAD /v2/x/y/manifests/1"]);
}

#[test]
fn a_head_that_says_too_little_is_followed_by_get() {
    let heads: [fn() -> Reply; 6] = [
        || manifest().into(),
        || manifest().header("Docker-Content-Digest", "sha256:no").into(),
        || manifest().header("Docker-Content-Digest", manifest_digest()).header("Content-Length", "").into(),
        || ok("text/plain", MANIFEST).header("Docker-Content-Digest", manifest_digest()).into(),
        || status(405).into(),
        || Reply::Close,
    ];
    for head in heads {
        let server = Server::start(move |seen, _| if seen.method == "HEAD" { head() } else { manifest().into() });
        let line = World::new().resolve(&format!("{}/x/y:1", server.host()));
        assert!(line.ends_with(&format!(" {}", MANIFEST.len())), "{line}");
        assert_eq!(server.lines(), ["HEAD /v2/x/y/manifests/1", "GET /v2/x/y/manifests/1"]);
    }
}

#[test]
fn an_error_of_head_is_read_by_get() {
    let body = r#"{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{}}]}"#;
    let server = Server::start(move |_, _| status(404).body(body).into());
    assert_eq!(
        World::new().resolve(&format!("{}/x/y", server.host())),
        "name unknown: repository name not known to registry"
    );
    assert_eq!(server.lines().len(), 2);
}

#[test]
fn a_head_that_is_forbidden_is_followed_by_get_whose_error_has_a_body() {
    let body = r#"{"errors":[{"code":"DENIED","message":"ask the owner"}]}"#;
    let server = Server::start(
        move |seen, _| {
            if seen.method == "HEAD" { status(403).into() } else { status(403).body(body).into() }
        },
    );
    assert_eq!(World::new().resolve(&format!("{}/x/y", server.host())), "denied: ask the owner");
    assert_eq!(server.lines(), ["HEAD /v2/x/y/manifests/latest", "GET /v2/x/y/manifests/latest"]);
}

#[test]
fn a_document_has_the_digest_that_was_asked_for() {
    let server = Server::start(|_, _| manifest().into());
    let host = server.host();
    assert_eq!(World::new().document(&format!("{host}/x/y@{}", manifest_digest())), manifest_digest());
    let other = Digest::of(b"other");
    let lying = manifest().header("Docker-Content-Digest", &other);
    let server = Server::start(move |_, _| lying.clone().into());
    assert_eq!(
        World::new().document(&format!("{}/x/y@{other}", server.host())),
        format!("manifest verification failed for digest {other}")
    );
}

#[test]
fn what_is_no_manifest_is_refused() {
    let check = |answer: Answer, expected: &str| {
        let server = Server::start(move |_, _| answer.clone().into());
        assert_eq!(World::new().document(&format!("{}/x/y", server.host())), expected);
    };
    check(ok("text/html", "<html>"), "unsupported manifest media type `text/html`");
    check(ok(MANIFEST_TYPE, vec![b' '; (4 << 20) + 1]), "the answer is larger than 4194304 bytes");
    check(
        ok("application/vnd.docker.distribution.manifest.v2+json", MANIFEST),
        "mediaType in manifest should be 'application/vnd.docker.distribution.manifest.v2+json' not \
         'application/vnd.oci.image.manifest.v1+json'",
    );
    check(ok("text/plain; charset=utf-8", MANIFEST), &manifest_digest());
    check(manifest().header("Content-Type", "").header("Content-Type", ""), &manifest_digest());
}
