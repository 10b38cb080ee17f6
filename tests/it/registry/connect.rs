//! Finding the way: https, http, and what it looks like when nobody answers.

use std::time::Duration;

use layerbook::registry::Options;

use super::{World, manifest, manifest_digest};
use crate::support::server::{Reply, Server};

#[test]
fn a_loopback_registry_is_asked_by_https_first_and_then_by_http_for_good() {
    let server = Server::start(|_, _| manifest().into());
    let world = World::new();
    let name = format!("{}/x/y", server.host());
    assert_eq!(world.document(&name), manifest_digest());
    assert_eq!(world.document(&name), manifest_digest());
    assert_eq!(server.lines(), ["GET /v2/x/y/manifests/latest"; 2]);
    let log = server.log();
    let accept = log[0].header("accept").unwrap();
    for kind in
        ["docker.distribution.manifest.v2", "manifest.list.v2", "oci.image.manifest.v1", "oci.image.index.v1", "*/*"]
    {
        assert!(accept.contains(kind), "{accept}");
    }
    assert!(log[0].header("user-agent").unwrap().starts_with("layerbook/"));
}

#[test]
fn a_refused_connection_reads_as_in_docker() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let world = World::new();
    let error = world.document(&format!("127.0.0.1:{port}/x/y")).replace(&port.to_string(), "PORT");
    insta::assert_snapshot!(error, @r#"Get "http://HOST/v2/": dial tcp HOST: connect: connection refused"#);
    assert_eq!(world.waits(), 0);
}

#[test]
fn a_server_that_closes_at_once_is_an_eof() {
    let server = Server::start(|_, _| Reply::Close);
    let world = World::new();
    assert_eq!(world.document(&format!("{}/x/y", server.host())), r#"Get "http://HOST/v2/": EOF"#);
    assert_eq!(server.lines().len(), 4);
    assert_eq!(world.waits(), 3);
}

#[test]
fn a_server_that_closes_later_is_named_with_the_request() {
    let server = Server::start(|_, before| if before == 0 { manifest().into() } else { Reply::Close });
    let world = World::new();
    let name = format!("{}/x/y", server.host());
    world.document(&name);
    assert_eq!(world.document(&name), r#"Head "http://HOST/v2/x/y/manifests/latest": EOF"#);
}

#[test]
fn a_silent_server_is_given_up() {
    let server = Server::start(|_, _| Reply::Hang);
    let world = World::with(Options { idle_timeout: Duration::from_millis(50), ..Options::default() });
    insta::assert_snapshot!(
        world.document(&format!("{}/x/y", server.host())),
        @r#"Get "http://HOST/v2/": context deadline exceeded"#
    );
}

#[test]
fn what_is_no_http_is_malformed() {
    let server = Server::start(|_, _| Reply::Raw(b"SSH-2.0-OpenSSH\r\n\r\n".to_vec()));
    insta::assert_snapshot!(
        World::new().document(&format!("{}/x/y", server.host())),
        @r#"Get "http://HOST/v2/": net/http: HTTP/1.x transport connection broken: malformed HTTP response"#
    );
}
