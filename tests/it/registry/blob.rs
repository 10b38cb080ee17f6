//! Blobs, whole and in parts.

use std::time::Duration;

use layerbook::registry::Options;

use super::World;
use crate::support::server::{Answer, Reply, Server, ok, status};

#[test]
fn a_blob_is_read_from_where_one_was() {
    let server = Server::start(|seen, _| match seen.header("range") {
        Some("bytes=4-") => status(206).header("Content-Range", "bytes 4-9/10").body("456789").into(),
        _ => ok("application/octet-stream", "0123456789").into(),
    });
    let name = format!("{}/x/y", server.host());
    assert_eq!(World::new().blob(&name, 0), "0/10: 0123456789");
    assert_eq!(World::new().blob(&name, 4), "4/10: 456789");
}

#[test]
fn a_registry_without_ranges_begins_at_the_beginning() {
    let check = |reply: fn() -> Answer| {
        let server = Server::start(move |seen, _| match seen.header("range") {
            Some(_) => reply().into(),
            None => ok("application/octet-stream", "0123456789").into(),
        });
        assert_eq!(World::new().blob(&format!("{}/x/y", server.host()), 4), "0/10: 0123456789");
    };
    check(|| ok("application/octet-stream", "0123456789"));
    check(|| status(416).header("Content-Range", "bytes */10"));
    check(|| status(206).header("Content-Range", "bytes 0-9/10").body("0123456789"));
    check(|| status(206).body("456789"));
}

#[test]
fn a_blob_that_breaks_off_ends_with_the_error() {
    let cut = ok("application/octet-stream", "01234").header("Content-Length", 10).bytes(true);
    let server = Server::start(move |_, _| Reply::Raw(cut.clone()));
    let text = World::new().blob(&format!("{}/x/y", server.host()), 0);
    assert!(text.starts_with("0/10: 01234 [Get \"http://HOST/v2/x/y/blobs/sha256:"), "{text}");
    assert!(text.ends_with("\": unexpected EOF]"), "{text}");
}

#[test]
fn a_blob_that_falls_silent_is_given_up() {
    let cut = ok("application/octet-stream", "01234").header("Content-Length", 10).bytes(true);
    let server = Server::start(move |_, _| Reply::HangAfter(cut.clone()));
    let world = World::with(Options { idle_timeout: Duration::from_millis(50), ..Options::default() });
    let text = world.blob(&format!("{}/x/y", server.host()), 0);
    assert!(text.starts_with("0/10: 01234 [") && text.ends_with(": i/o timeout]"), "{text}");
}

#[test]
fn a_blob_that_is_not_there_is_unknown() {
    let server = Server::start(|_, _| status(404).body("<html>").into());
    assert_eq!(World::new().blob(&format!("{}/x/y", server.host()), 0), "blob unknown");
}
