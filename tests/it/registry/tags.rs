//! Lists of tags.

use super::World;
use crate::support::server::{Server, ok};

#[test]
fn tags_come_page_after_page_in_the_registry_s_order() {
    let server = Server::start(|seen, _| match seen.target.as_str() {
        "/v2/x/y/tags/list" => ok("application/json", r#"{"tags":["b","a"]}"#)
            .header("Link", r#"</v2/x/y/tags/list?last=a&n=2>; rel="next""#)
            .into(),
        _ => ok("application/json", r#"{"tags":["c"]}"#).into(),
    });
    assert_eq!(World::new().tags(&format!("{}/x/y", server.host())), "b a c");
}

#[test]
fn a_list_that_links_to_itself_ends() {
    let server = Server::start(|seen, _| {
        let next = format!(r#"<{}>; rel="next""#, seen.target);
        ok("application/json", r#"{"tags":["a"]}"#).header("Link", next).into()
    });
    assert_eq!(World::new().tags(&format!("{}/x/y", server.host())), "a");
}

#[test]
fn no_tags_are_an_empty_list() {
    let server = Server::start(|_, _| ok("application/json", r#"{"tags":null}"#).into());
    assert_eq!(World::new().tags(&format!("{}/x/y", server.host())), "");
}
