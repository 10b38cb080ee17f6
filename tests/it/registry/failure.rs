//! Answers that are no success, and what trying again does about them.

use std::time::Duration;

use layerbook::source::{Error, Registry};

use super::{World, manifest, manifest_digest, name_of};
use crate::support::server::{Server, status};

#[test]
fn a_page_is_never_shown() {
    let server =
        Server::start(|_, _| status(404).header("Content-Type", "text/html").body("<html>secret</html>").into());
    assert_eq!(
        World::new().document(&format!("{}/x/y", server.host())),
        "received unexpected HTTP status: 404 Not Found"
    );
}

#[test]
fn passing_troubles_are_waited_out() {
    for code in [408, 429, 500, 502, 503, 504] {
        let server = Server::start(move |_, before| if before < 2 { status(code).into() } else { manifest().into() });
        let world = World::new();
        assert_eq!(world.document(&format!("{}/x/y", server.host())), manifest_digest(), "{code}");
        let waits = world.waits.lock().unwrap().clone();
        assert!((500..=750).contains(&waits[0].as_millis()), "{waits:?}");
        assert!((1000..=1500).contains(&waits[1].as_millis()), "{waits:?}");
        assert_eq!(waits.len(), 2);
    }
}

#[test]
fn lasting_troubles_are_told_after_four_attempts() {
    let server = Server::start(|_, _| status(500).body("x").into());
    let world = World::new();
    assert_eq!(
        world.document(&format!("{}/x/y", server.host())),
        "received unexpected HTTP status: 500 Internal Server Error"
    );
    assert_eq!(server.lines().len(), 4);
}

#[test]
fn refusals_are_not_tried_again() {
    for code in [400, 403, 404, 410] {
        let server = Server::start(move |_, _| status(code).into());
        let world = World::new();
        world.document(&format!("{}/x/y", server.host()));
        assert_eq!((server.lines().len(), world.waits()), (1, 0), "{code}");
    }
}

#[test]
fn the_registry_says_how_long_to_wait() {
    let server = Server::start(|_, before| match before {
        0 => status(429).header("Retry-After", 7).into(),
        1 => status(503).header("Retry-After", 3600).into(),
        _ => manifest().into(),
    });
    let world = World::new();
    assert_eq!(world.document(&format!("{}/x/y", server.host())), manifest_digest());
    assert_eq!(*world.waits.lock().unwrap(), [Duration::from_secs(7), Duration::from_secs(60)]);
}

#[test]
fn a_rate_limit_that_lasts_is_told_with_its_numbers() {
    let body = r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}"#;
    let server = Server::start(move |_, _| {
        let answer = status(429).header("Retry-After", 21600).header("ratelimit-limit", "100;w=21600");
        answer.header("ratelimit-remaining", "0;w=21600").body(body).into()
    });
    let world = World::new();
    let (repository, target) = name_of(&format!("{}/x/y", server.host()));
    let error = world.runtime.block_on(world.client.document(&repository, &target)).unwrap_err();
    let Error::TooManyRequests { answer, retry_after, limits } = error else { panic!("{error}") };
    assert_eq!(answer.to_string(), "toomanyrequests: You have reached your pull rate limit.");
    assert_eq!(retry_after, Some(Duration::from_secs(21600)));
    assert_eq!(limits, Some(("100;w=21600".to_owned(), "0;w=21600".to_owned())));
    assert_eq!((server.lines().len(), world.waits()), (1, 0));
}

#[test]
fn an_error_s_body_is_not_read_for_ever() {
    let long = format!(r#"{{"errors":[{{"code":"DENIED","message":"{}"}}]}}"#, "x".repeat(2 << 20));
    let server = Server::start(move |_, _| status(403).body(long.clone()).into());
    let error = World::new().document(&format!("{}/x/y", server.host()));
    assert_eq!(error, "received unexpected HTTP status: 403 Forbidden");
}

#[test]
fn what_a_registry_says_is_shown_without_what_steers_a_terminal_and_not_without_end() {
    let server = Server::start(|_, _| {
        let message = format!("a\\u001b[2J{}", "x".repeat(9000));
        status(403).body(format!(r#"{{"errors":[{{"code":"DENIED","message":"{message}"}}]}}"#)).into()
    });
    let error = World::new().document(&format!("{}/x/y", server.host()));
    assert!(error.starts_with("denied: a [2Jxxx") && error.len() < 2100, "{} bytes", error.len());
}
