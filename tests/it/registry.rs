//! The HTTP client against a server that misbehaves: one test a rule of docker.md, 4.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use layerbook::oci::{Digest, Reference, Repository};
use layerbook::registry::{Client, Options};
use layerbook::source::{Error, Registry, Target};

use crate::support::server::{Answer, Reply, Seen, Server, ok, status};

const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
const MANIFEST: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}"#;
const DENIED: &str = r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":[]}]}"#;

/// A client whose waits are written down instead of waited for.
struct World {
    client: Client,
    waits: Arc<Mutex<Vec<Duration>>>,
    runtime: tokio::runtime::Runtime,
    _folder: Option<tempfile::TempDir>,
}

impl World {
    fn new() -> Self {
        Self::with(Options::default())
    }

    fn with(mut options: Options) -> Self {
        let waits = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&waits);
        options.wait = Arc::new(move |time| {
            noted.lock().unwrap().push(time);
            Box::pin(std::future::ready(()))
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { client: Client::new(options).unwrap(), waits, runtime, _folder: None }
    }

    fn with_docker_config(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, config).unwrap();
        let missing: PathBuf = folder.path().join("none.json");
        let options = Options { credential_files: vec![missing, path], ..Options::default() };
        Self { _folder: Some(folder), ..Self::with(options) }
    }

    /// Fetches a document by tag or digest and tells its digest or the error, port and address taken out.
    fn document(&self, name: &str) -> String {
        let (repository, target) = name_of(name);
        let found = self.runtime.block_on(self.client.document(&repository, &target));
        told(found.map(|document| document.digest().to_string()), &repository)
    }

    fn resolve(&self, name: &str) -> String {
        let (repository, target) = name_of(name);
        let found = self.runtime.block_on(self.client.resolve(&repository, &target));
        told(found.map(|d| format!("{} {} {}", d.media_type, d.digest.short(), d.size)), &repository)
    }

    fn tags(&self, name: &str) -> String {
        let (repository, _) = name_of(name);
        let found = self.runtime.block_on(self.client.tags(&repository));
        told(found.map(|tags| tags.join(" ")), &repository)
    }

    /// Reads a blob from an offset on: `OFFSET/SIZE: BYTES`, with what ended it early.
    fn blob(&self, name: &str, offset: u64) -> String {
        let (repository, _) = name_of(name);
        let digest = Digest::of(b"0123456789");
        let read = async {
            let mut blob = self.client.blob(&repository, &digest, offset).await?;
            let size = blob.size.map_or_else(|| "?".to_owned(), |size| size.to_string());
            let mut text = format!("{}/{size}: ", blob.offset);
            while let Some(chunk) = blob.stream.next().await {
                match chunk {
                    Ok(chunk) => text += &String::from_utf8_lossy(&chunk),
                    Err(error) => text += &format!(" [{error}]"),
                }
            }
            Ok(text)
        };
        told(self.runtime.block_on(read), &repository)
    }

    fn waits(&self) -> usize {
        self.waits.lock().unwrap().len()
    }
}

fn name_of(name: &str) -> (Repository, Target) {
    let reference = name.parse::<Reference>().unwrap().or_latest();
    let tag = reference.tag().map(|tag| Target::Tag(tag.to_owned()));
    let target = reference.digest().map_or_else(|| tag.unwrap(), |digest| Target::Digest(digest.clone()));
    (reference.repository().clone(), target)
}

fn told(outcome: Result<String, Error>, repository: &Repository) -> String {
    outcome.unwrap_or_else(|error| error.to_string()).replace(repository.domain(), "HOST")
}

fn manifest() -> Answer {
    ok(MANIFEST_TYPE, MANIFEST)
}

fn manifest_digest() -> String {
    Digest::of(MANIFEST.as_bytes()).to_string()
}

/// A registry that wants a token; `/token` is answered by `token`, all else wants `Bearer good`.
fn guarded(token: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |seen, _| match (seen.path(), seen.header("authorization")) {
        ("/token", _) => token(seen),
        (_, Some("Bearer good")) => manifest().into(),
        _ => challenged(r#"Bearer realm="/token",service="test",scope="repository:x/y:pull""#).into(),
    })
}

fn challenged(challenge: &str) -> Answer {
    status(401).header("WWW-Authenticate", challenge).header("Content-Type", "application/json").body(DENIED)
}

fn grant(token: &str) -> Reply {
    ok("application/json", format!(r#"{{"token":"{token}","expires_in":300}}"#)).into()
}

// --- finding the way ---

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

// --- logging in ---

#[test]
fn an_anonymous_token_is_fetched_once_and_kept() {
    let server = guarded(|_| grant("good"));
    let world = World::new();
    let name = format!("{}/x/y", server.host());
    assert_eq!(world.document(&name), manifest_digest());
    assert_eq!(world.document(&name), manifest_digest());
    insta::assert_snapshot!(server.lines().join("\n"), @r"
    GET /v2/x/y/manifests/latest
    GET /token?service=test&scope=repository%3Ax%2Fy%3Apull
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

// --- redirects ---

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

// --- manifests ---

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
        "the document calls itself `application/vnd.oci.image.manifest.v1+json` and was sent as \
         `application/vnd.docker.distribution.manifest.v2+json`",
    );
    check(ok("text/plain; charset=utf-8", MANIFEST), &manifest_digest());
    check(manifest().header("Content-Type", "").header("Content-Type", ""), &manifest_digest());
}

// --- answers that are no success ---

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

// --- blobs ---

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

// --- tags ---

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

// --- mirrors ---

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
