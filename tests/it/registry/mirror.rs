//! A mirror of Docker Hub.

use layerbook::registry::Options;

use super::{World, challenged, manifest, manifest_digest};
use crate::support::server::{Reply, Server, ok, status};

/// A world in which Docker Hub is at `hub`, with a login there, behind `mirror`.
fn behind(mirror: &Server, hub: &Server) -> World {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    std::fs::write(&path, r#"{"auths":{"https://index.docker.io/v1/":{"auth":"YTpi"}}}"#).unwrap();
    let options =
        Options { mirror: Some(mirror.url()), hub: hub.host(), credential_files: vec![path], ..Options::default() };
    World { _folder: Some(folder), ..World::with(options) }
}

/// Docker Hub's registry, which wants the login that [`behind`] has.
fn hub() -> Server {
    Server::start(|seen, _| match seen.header("authorization") {
        Some("Basic YTpi") => manifest().into(),
        _ => challenged(r#"Basic realm="x""#).into(),
    })
}

#[test]
fn a_mirror_is_asked_for_docker_hub_alone() {
    let (mirror, hub) = (Server::start(|_, _| manifest().into()), hub());
    let other = Server::start(|_, _| manifest().into());
    let world = behind(&mirror, &hub);
    assert_eq!(world.document("redis"), manifest_digest());
    assert_eq!(world.document(&format!("{}/x/y", other.host())), manifest_digest());
    assert_eq!(mirror.lines(), ["GET /v2/library/redis/manifests/latest?ns=docker.io"]);
    assert!(hub.lines().is_empty());
}

#[test]
fn whatever_a_mirror_cannot_give_comes_from_docker_hub() {
    let failures: [fn() -> Reply; 5] = [
        || status(404).into(),
        || status(500).into(),
        || ok("text/html", "<html>").into(),
        || Reply::Close,
        || challenged(r#"Basic realm="x""#).into(),
    ];
    for failure in failures {
        let (mirror, hub) = (Server::start(move |_, _| failure()), hub());
        let world = behind(&mirror, &hub);
        assert_eq!(world.document("redis"), manifest_digest());
        assert_eq!(mirror.lines().len(), 1);
        assert_eq!(mirror.log()[0].header("authorization"), None);
        assert_eq!(hub.lines(), ["GET /v2/library/redis/manifests/latest"; 2]);
    }
}

#[test]
fn a_mirror_that_is_gone_is_left_alone_for_a_while() {
    let (mirror, hub) = (Server::start(|_, _| Reply::Close), hub());
    let world = behind(&mirror, &hub);
    world.document("redis");
    world.document("redis");
    assert_eq!(mirror.lines().len(), 1);
}

#[test]
fn an_error_behind_a_mirror_is_docker_hub_s() {
    let mirror = Server::start(|_, _| status(500).into());
    let hub = Server::start(|_, _| status(404).body(r#"{"errors":[{"code":"NAME_UNKNOWN","message":"gone"}]}"#).into());
    assert_eq!(behind(&mirror, &hub).document("redis"), "name unknown: gone");
}
