//! Redirects: credentials stay at home.

use super::{World, challenged, grant};
use crate::support::server::{Server, ok, status};

#[test]
fn a_redirect_to_another_port_gets_no_authorization() {
    let other = Server::start(|_, _| ok("application/octet-stream", "0123456789").into());
    let target = format!("{}/signed?key=secret", other.url());
    let server = Server::start(move |seen, _| match (seen.path(), seen.header("authorization")) {
        ("/token", _) => grant("good"),
        (_, Some(_)) => status(307).header("Location", &target).into(),
        _ => challenged(r#"Bearer realm="/token""#).into(),
    });
    let world = World::new();
    assert_eq!(world.blob(&format!("{}/x/y", server.host()), 0), "0/10: 0123456789");
    assert_eq!(other.log()[0].header("authorization"), None);
    assert_eq!(other.log()[0].header("cookie"), None);
}

#[test]
fn a_redirect_within_the_host_keeps_authorization_and_range() {
    let server = Server::start(|seen, _| match (seen.path(), seen.header("authorization")) {
        ("/token", _) => grant("good"),
        ("/inner", Some("Bearer good")) => status(206).header("Content-Range", "bytes 4-9/10").body("456789").into(),
        (_, Some("Bearer good")) => status(302).header("Location", "/inner").into(),
        _ => challenged(r#"Bearer realm="/token""#).into(),
    });
    assert_eq!(World::new().blob(&format!("{}/x/y", server.host()), 4), "4/10: 456789");
    assert_eq!(server.log().last().unwrap().header("range"), Some("bytes=4-"));
}

#[test]
fn redirects_end() {
    let server = Server::start(|_, _| status(301).header("Location", "/again").into());
    let error = World::new().blob(&format!("{}/x/y", server.host()), 0);
    assert_eq!(error, r#"Get "http://HOST/again": stopped after 10 redirects"#);
    assert_eq!(server.lines().len(), 11);
}

#[test]
fn a_challenge_from_where_a_redirect_led_is_not_answered() {
    let other = Server::start(|_, _| challenged(r#"Basic realm="x""#).into());
    let target = other.url();
    let server = Server::start(move |_, _| status(307).header("Location", &target).into());
    let config = format!(r#"{{"auths":{{"{}":{{"auth":"YTpi"}}}}}}"#, server.host());
    let world = World::with_docker_config(&config);
    assert_eq!(world.blob(&format!("{}/x/y", server.host()), 0), "unauthorized: authentication required");
    assert_eq!(other.lines().len(), 1);
}

#[test]
fn every_kind_of_redirect_is_followed_and_none_takes_credentials_along() {
    for code in [301, 302, 303, 307, 308] {
        let other = Server::start(|_, _| ok("application/octet-stream", "0123456789").into());
        let target = other.url();
        let server = Server::start(move |seen, _| match seen.header("authorization") {
            Some("Basic YTpi") => status(code).header("Location", &target).into(),
            _ => challenged(r#"Basic realm="x""#).into(),
        });
        let config = format!(r#"{{"auths":{{"{}":{{"auth":"YTpi"}}}}}}"#, server.host());
        let world = World::with_docker_config(&config);
        assert_eq!(world.blob(&format!("{}/x/y", server.host()), 0), "0/10: 0123456789", "{code}");
        assert_eq!(other.log()[0].header("authorization"), None, "{code}");
    }
}

#[test]
fn where_a_redirect_led_is_not_kept() {
    let other =
        Server::start(|_, before| if before == 0 { ok("x/y", "0123456789").into() } else { status(403).into() });
    let target = other.url();
    let server = Server::start(move |_, before| match before {
        0 => status(307).header("Location", &target).into(),
        _ => status(206).header("Content-Range", "bytes 4-9/10").body("456789").into(),
    });
    let world = World::new();
    assert_eq!(world.blob(&format!("{}/x/y", server.host()), 0), "0/10: 0123456789");
    assert_eq!(world.blob(&format!("{}/x/y", server.host()), 4), "4/10: 456789", "the registry itself is asked again");
    assert_eq!(other.lines().len(), 1);
}
