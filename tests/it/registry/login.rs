//! Logging in: challenges, tokens, passwords, helpers.

use layerbook::source::Registry;

use super::{World, challenged, grant, guarded, manifest, manifest_digest, name_of};
use crate::support::server::{Answer, Server, ok, status};

#[test]
fn an_anonymous_token_is_fetched_once_and_kept() {
    let server = guarded(|_| grant("good"));
    let world = World::new();
    let name = format!("{}/x/y", server.host());
    assert_eq!(world.document(&name), manifest_digest());
    assert_eq!(world.document(&name), manifest_digest());
    insta::assert_snapshot!(server.lines().join("\n"), @r"
    GET /v2/x/y/manifests/latest
    GET /token?scope=repository%3Ax%2Fy%3Apull&service=test
    GET /v2/x/y/manifests/latest
    GET /v2/x/y/manifests/latest
    ");
    assert_eq!(server.log()[1].header("authorization"), None);
}

#[test]
fn many_at_once_share_one_token() {
    let server = guarded(|_| grant("good"));
    let world = World::new();
    let (repository, target) = name_of(&format!("{}/x/y", server.host()));
    world.runtime.block_on(async {
        let asks = (0..8).map(|_| world.client.document(&repository, &target));
        for outcome in futures_util::future::join_all(asks).await {
            outcome.unwrap();
        }
    });
    assert_eq!(server.lines().iter().filter(|line| line.contains("/token")).count(), 1);
}

#[test]
fn a_token_that_is_no_longer_taken_is_replaced_once() {
    let server = Server::start(|seen, before| match (seen.path(), seen.header("authorization")) {
        ("/token", _) => grant(&format!("t{before}")),
        (_, Some("Bearer t1")) if before < 3 => manifest().into(),
        (_, Some("Bearer t4")) => manifest().into(),
        _ => challenged(r#"Bearer realm="/token",error="invalid_token""#).into(),
    });
    let world = World::new();
    let name = format!("{}/x/y", server.host());
    assert_eq!(world.document(&name), manifest_digest());
    assert_eq!(world.document(&name), manifest_digest());
    assert_eq!(server.lines().len(), 6);
}

#[test]
fn a_registry_that_never_takes_the_token_is_not_asked_for_ever() {
    let server = guarded(|_| grant("bad"));
    let world = World::new();
    assert_eq!(world.document(&format!("{}/x/y", server.host())), "unauthorized: authentication required");
    assert_eq!(server.lines().len(), 3);
}

#[test]
fn a_private_repository_is_denied_as_on_docker_hub() {
    let server = Server::start(|seen, _| match (seen.path(), seen.header("authorization")) {
        ("/token", _) => grant("anonymous"),
        (_, None) => challenged(r#"Bearer realm="/token",scope="repository:x/y:pull""#).into(),
        _ => challenged(r#"Bearer realm="/token",scope="repository:x/y:pull",error="insufficient_scope""#).into(),
    });
    let world = World::new();
    assert_eq!(world.document(&format!("{}/x/y", server.host())), "denied: requested access to the resource is denied");
    assert_eq!(server.lines().len(), 3);
}

#[test]
fn a_wider_scope_is_asked_for_where_the_registry_names_it() {
    let server = Server::start(|seen, _| match (seen.path(), seen.header("authorization")) {
        ("/token", _) if seen.target.contains("wide") => grant("good"),
        ("/token", _) => grant("narrow"),
        (_, Some("Bearer good")) => manifest().into(),
        (_, Some(_)) => challenged(r#"Bearer realm="/token",scope="wide",error="insufficient_scope""#).into(),
        (_, None) => challenged(r#"Bearer realm="/token""#).into(),
    });
    assert_eq!(World::new().document(&format!("{}/x/y", server.host())), manifest_digest());
    assert!(server.lines()[1].contains("scope=repository%3Ax%2Fy%3Apull"), "{:?}", server.lines());
}

#[test]
fn a_password_goes_into_a_form_and_else_into_basic() {
    for refusal in [400, 401, 404, 405] {
        let server = guarded(move |seen| match (seen.method.as_str(), seen.header("authorization")) {
            ("POST", None) => status(refusal).into(),
            ("GET", Some("Basic YTpi")) => grant("good"),
            _ => status(500).into(),
        });
        let config = format!(r#"{{"auths":{{"{}":{{"auth":"YTpi"}}}}}}"#, server.host());
        let world = World::with_docker_config(&config);
        assert_eq!(world.document(&format!("{}/x/y", server.host())), manifest_digest());
        let form = server.log()[1].body.clone();
        assert_eq!(
            form,
            "grant_type=password&username=a&password=b&service=test&scope=repository%3Ax%2Fy%3Apull&client_id=layerbook"
        );
        assert!(server.lines()[2].contains("account=a"));
    }
}

#[test]
fn an_identity_token_is_exchanged() {
    let server = guarded(|seen| {
        let is_refresh = seen.body.starts_with("grant_type=refresh_token&refresh_token=long&");
        let answer = if is_refresh { ok("application/json", r#"{"access_token":"good"}"#) } else { status(401) };
        answer.into()
    });
    let config = format!(r#"{{"auths":{{"{}":{{"identitytoken":"long","auth":"eDo="}}}}}}"#, server.host());
    let world = World::with_docker_config(&config);
    assert_eq!(world.document(&format!("{}/x/y", server.host())), manifest_digest());
}

#[test]
fn a_wrong_password_is_told_in_the_token_server_s_words() {
    let server = guarded(|_| status(401).body(r#"{"details":"incorrect username or password"}"#).into());
    let config = format!(r#"{{"auths":{{"{}":{{"auth":"YTpi"}}}}}}"#, server.host());
    let world = World::with_docker_config(&config);
    assert_eq!(
        world.document(&format!("{}/x/y", server.host())),
        "Head \"http://HOST/v2/x/y/manifests/latest\": unauthorized: incorrect username or password"
    );
}

#[test]
fn basic_without_a_login_says_so() {
    let server = Server::start(|_, _| challenged(r#"Basic realm="x""#).into());
    assert_eq!(
        World::new().document(&format!("{}/x/y", server.host())),
        "Head \"http://HOST/v2/x/y/manifests/latest\": no basic auth credentials"
    );
}

#[test]
fn basic_is_answered_once() {
    let server = Server::start(|seen, _| match seen.header("authorization") {
        Some("Basic YTpi") => manifest().into(),
        _ => challenged(r#"Basic realm="x""#).into(),
    });
    let config = |auth: &str| format!(r#"{{"auths":{{"{}":{{"auth":"{auth}"}}}}}}"#, server.host());
    let name = format!("{}/x/y", server.host());
    assert_eq!(World::with_docker_config(&config("YTpi")).document(&name), manifest_digest());
    let before = server.lines().len();
    assert_eq!(World::with_docker_config(&config("YTpj")).document(&name), "unauthorized: authentication required");
    assert_eq!(server.lines().len() - before, 2);
}

#[test]
fn a_helper_that_is_missing_does_not_stop_a_public_image() {
    let helper = r#"{"credsStore":"layerbook-missing"}"#;
    let server = guarded(|_| grant("good"));
    assert_eq!(World::with_docker_config(helper).document(&format!("{}/x/y", server.host())), manifest_digest());
    let server = guarded(|_| grant("bad"));
    insta::assert_snapshot!(
        World::with_docker_config(helper).document(&format!("{}/x/y", server.host())),
        @r#"Head "http://HOST/v2/x/y/manifests/latest": error getting credentials - err: exec: "docker-credential-layerbook-missing": executable file not found in $PATH, out: ``"#
    );
}

#[test]
fn several_challenges_lead_to_bearer() {
    let server = Server::start(|seen, _| match (seen.path(), seen.header("authorization")) {
        ("/token", _) => grant("good"),
        (_, Some("Bearer good")) => manifest().into(),
        _ => challenged(r#"Basic realm="x""#).header("WWW-Authenticate", r#"Bearer realm="/token""#).into(),
    });
    assert_eq!(World::new().document(&format!("{}/x/y", server.host())), manifest_digest());
}

#[test]
fn a_token_answer_is_checked() {
    let check = |answer: Answer, expected: &str| {
        let server = guarded(move |_| answer.clone().into());
        let error = World::new().document(&format!("{}/x/y", server.host()));
        assert_eq!(error, format!("Head \"http://HOST/v2/x/y/manifests/latest\": {expected}"));
    };
    check(ok("application/json", "{}"), "authorization server did not include a token in the response");
    check(ok("text/html", "<html>"), "unable to decode token response");
    check(ok("application/json", r#"{"token":"a\nb"}"#), "the token server's token cannot be sent");
    check(ok("application/json", vec![b' '; (1 << 20) + 1]), "the answer is larger than 1048576 bytes");
}
