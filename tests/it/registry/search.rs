//! Searching, and whether a login is taken: the two questions that are not about an image.

use layerbook::registry::Options;
use layerbook::source::{Badge, Login, Search};

use super::{World, challenged, grant};
use crate::support::server::{Reply, Seen, Server, ok, status};

const FOUND: &str = r#"{"results":[{"name":"nginx","description":"Web server","star_count":7,"is_official":true},{"name":"a/b","description":null}]}"#;

impl World {
    fn search(&self, term: &str, limit: usize) -> String {
        let found = self.runtime.block_on(self.client.search(term, limit));
        let line = |hit: &layerbook::source::SearchHit| {
            format!("{} {} {} {}", hit.name, hit.description, hit.stars, hit.official)
        };
        found.map_or_else(|error| error.to_string(), |hits| hits.iter().map(line).collect::<Vec<_>>().join("\n"))
    }

    fn page(&self, name: &str) -> String {
        match self.runtime.block_on(self.client.page(name)) {
            Ok(Some(page)) => format!(
                "{}, {}, {} stars, {:?}, {:?}, {:?} pulls, {:?}",
                page.name, page.description, page.stars, page.badge, page.updated, page.pulls, page.readme
            ),
            Ok(None) => "none".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    fn log_in(&self, host: &str, password: &str) -> String {
        let login = Login { user: "ada".to_owned(), password: password.to_owned() };
        let checked = self.runtime.block_on(self.client.check_login(host, &login));
        let taken = |identity: Option<String>| {
            identity.map_or_else(|| "taken".to_owned(), |token| format!("taken for {token}"))
        };
        checked.map_or_else(|error| error.to_string(), taken).replace(host, "HOST")
    }
}

fn finding(_: &Seen) -> Reply {
    ok("application/json", FOUND).into()
}

#[test]
fn docker_hub_is_searched_at_a_host_of_its_own() {
    let hub = Server::start(|seen, _| finding(seen));
    let world = World::with(Options { search: hub.host(), ..Options::default() });
    assert_eq!(world.search("library/nginx", 25), "nginx Web server 7 true\na/b  0 false");
    assert_eq!(world.search("bitnami/nginx & more", 5), "nginx Web server 7 true\na/b  0 false");
    assert_eq!(hub.lines(), ["GET /v1/search?q=nginx&n=25", "GET /v1/search?q=bitnami%2Fnginx%20%26%20more&n=5"]);
    assert_eq!(hub.log()[0].header("x-docker-token"), Some("true"));
}

#[test]
fn another_registry_is_asked_first_whether_it_is_there() {
    let server = Server::start(|seen, _| finding(seen));
    let host = server.host();
    assert!(World::new().search(&format!("{host}/nginx"), 25).starts_with("nginx "));
    assert_eq!(server.lines(), ["GET /v1/_ping", "GET /v1/search?q=nginx&n=25"]);
    drop(server);
    let gone = World::new().search(&format!("{host}/nginx"), 25).replace(&host, "HOST");
    assert_eq!(gone, r#"Get "http://HOST/v1/_ping": dial tcp HOST: connect: connection refused"#);
}

#[test]
fn what_is_no_list_of_repositories_is_not_shown() {
    let check = |answer: fn() -> Reply, expected: &str| {
        let hub = Server::start(move |_, _| answer());
        assert_eq!(World::with(Options { search: hub.host(), ..Options::default() }).search("x", 25), expected);
    };
    check(|| status(404).body("<html>secret</html>").into(), "received unexpected HTTP status: 404 Not Found");
    check(
        || ok("text/html", "<html>secret</html>").into(),
        "received unexpected HTTP status: 200 OK (no list of repositories)",
    );
    check(|| ok("application/json", r#"{"results":null}"#).into(), "");
}

#[test]
fn a_password_is_taken_or_not() {
    let server = Server::start(|seen, _| match seen.header("authorization") {
        Some("Basic YWRhOnNlY3JldA==") => status(200).into(),
        _ => challenged(r#"Basic realm="x""#).into(),
    });
    let world = World::new();
    assert_eq!(world.log_in(&server.host(), "secret"), "taken");
    assert_eq!(
        world.log_in(&server.host(), "wrong"),
        "login attempt to http://HOST/v2/ failed with status: 401 Unauthorized"
    );
    assert!(server.lines().iter().all(|line| line == "GET /v2/"), "{:?}", server.lines());
}

#[test]
fn a_token_server_takes_a_password_or_says_why_not() {
    let server = Server::start(|seen, _| match (seen.path(), seen.header("authorization")) {
        ("/token", Some("Basic YWRhOnNlY3JldA==")) => grant("good"),
        ("/token", Some(_)) => status(401).body(r#"{"details":"incorrect username or password"}"#).into(),
        ("/token", None) => status(405).into(),
        (_, Some("Bearer good")) => status(200).into(),
        _ => challenged(r#"Bearer realm="/token",service="test""#).into(),
    });
    let world = World::new();
    assert_eq!(world.log_in(&server.host(), "secret"), "taken");
    assert_eq!(server.lines()[2], "GET /token?account=ada&client_id=layerbook&offline_token=true&service=test");
    assert_eq!(
        world.log_in(&server.host(), "wrong"),
        r#"Get "http://HOST/v2/": unauthorized: incorrect username or password"#
    );
}

#[test]
fn a_registry_without_logins_takes_every_one() {
    let server = Server::start(|_, _| status(200).into());
    assert_eq!(World::new().log_in(&server.host(), "whatever"), "taken");
    assert_eq!(server.lines(), ["GET /v2/"]);
}

#[test]
fn a_page_is_asked_for_at_docker_hubs_own_api() {
    const REDIS: &str = r##"{"name":"redis","namespace":"library","description":"A store.","star_count":7,"pull_count":9000000000,
        "last_updated":"2026-09-21T10:11:12.1Z","full_description":"# Quick reference\n\n- a list\n\n# What is Redis?\n\nA store of data."}"##;
    let hub = Server::start(|seen, _| match seen.path() {
        "/v2/repositories/library/redis/" | "/v2/repositories/vendor/redis/" | "/v2/repositories/person/redis/" => {
            ok("application/json", REDIS).into()
        }
        "/v2/orgs/vendor/" => ok("application/json", r#"{"badge":"verified_publisher"}"#).into(),
        "/v2/repositories/broken/redis/" => ok("text/html", "<html>").into(),
        _ => status(404).body(r#"{"message":"object not found"}"#).into(),
    });
    let world = World::with(Options { pages: hub.host(), ..Options::default() });
    assert_eq!(
        world.page("redis"),
        r#"redis, A store., 7 stars, Some(Official), Some("2026-09-21"), Some(9000000000) pulls, ["A store of data."]"#
    );
    assert_eq!(hub.lines(), ["GET /v2/repositories/library/redis/"]);
    assert!(world.page("vendor/redis").contains(&format!("{:?}", Some(Badge::Verified))));
    assert!(world.page("person/redis").contains(&format!("{:?}", Some(Badge::None))));
    assert_eq!(world.page("nobody/nothing"), "none");
    assert_eq!(world.page("broken/redis"), "received unexpected HTTP status: 200 OK (no page)");
}

#[test]
fn who_logs_in_asks_for_an_identity_token() {
    let server = Server::start(|seen, _| match (seen.path(), seen.header("authorization")) {
        ("/token", None) if seen.body.ends_with("&scope=&client_id=layerbook&access_type=offline") => {
            ok("application/json", r#"{"access_token":"good","refresh_token":"long"}"#).into()
        }
        (_, Some("Bearer good")) => status(200).into(),
        _ => challenged(r#"Bearer realm="/token",service="test""#).into(),
    });
    assert_eq!(World::new().log_in(&server.host(), "secret"), "taken for long");
}

#[test]
fn a_token_server_without_forms_is_asked_for_an_identity_token_too() {
    let server = Server::start(|seen, _| match (seen.path(), seen.method.as_str(), seen.header("authorization")) {
        ("/token", "GET", Some("Basic YWRhOnNlY3JldA==")) => {
            ok("application/json", r#"{"token":"good","refresh_token":"long"}"#).into()
        }
        ("/token", "POST", _) => status(405).into(),
        (_, _, Some("Bearer good")) => status(200).into(),
        _ => challenged(r#"Bearer realm="/token",service="test""#).into(),
    });
    assert_eq!(World::new().log_in(&server.host(), "secret"), "taken for long");
    assert_eq!(server.lines()[2], "GET /token?account=ada&client_id=layerbook&offline_token=true&service=test");
}
