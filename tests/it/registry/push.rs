//! Pushing: blobs there, mounted or sent; what breaks off; documents.

use std::io::{self, Cursor, Read};
use std::sync::{Arc, Mutex};

use layerbook::oci::{Descriptor, Document, MediaType, Repository};
use layerbook::registry::Options;
use layerbook::source::{Content, Delivery, Greeting, Sending, Sink, Stored, Target};

use super::{DENIED, MANIFEST, MANIFEST_TYPE, World, challenged, grant, manifest_digest, name_of, told};
use crate::support::server::{Answer, Reply, Seen, Server, status};

struct Text(String);

impl Content for Text {
    fn open(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut cursor = Cursor::new(self.0.clone().into_bytes());
        cursor.set_position(offset);
        Ok(Box::new(cursor))
    }
}

fn small() -> String {
    "0123456789".to_owned()
}

/// More than is sent by one request.
fn large() -> String {
    "0123456789abcdef".repeat(100_000)
}

impl World {
    /// Puts a blob into a repository and tells how it came there, with what was reported besides progress.
    fn put_blob(&self, name: &str, text: String, from: &[&str]) -> String {
        let (repository, _) = name_of(name);
        let host = repository.domain();
        let from = from.iter().map(|path| name_of(&format!("{host}/{path}")).0).collect();
        let blob = Descriptor::of(MediaType::OCI_LAYER_GZIP, text.as_bytes());
        let delivery = Delivery { blob, content: Arc::new(Text(text)), from };
        let told_of = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&told_of);
        let report = Arc::new(move |sending| noted.lock().unwrap().push(sending));
        let stored = self.runtime.block_on(self.client.put_blob(&repository, &delivery, report));
        let stored = stored.map(|stored| match stored {
            Stored::AlreadyThere => "there".to_owned(),
            Stored::Mounted(from) => format!("mounted from {}", from.path()),
            Stored::Sent => "sent".to_owned(),
        });
        let retries: Vec<String> = told_of.lock().unwrap().iter().filter_map(retrying).collect();
        format!("{}{}", retries.concat(), told(stored, &repository))
    }

    fn put_document(&self, name: &str) -> String {
        let (repository, target) = name_of(name);
        let document = Document::read(Some(&MediaType::new(MANIFEST_TYPE)), MANIFEST.into()).unwrap();
        let put = self.runtime.block_on(self.client.put_document(&repository, &target, &document));
        told(put.map(|()| "put".to_owned()), &repository)
    }
}

/// A manifest about another one, of a type and with an annotation.
fn about() -> String {
    let subject =
        format!(r#"{{"mediaType":"{MANIFEST_TYPE}","digest":"{}","size":{}}}"#, manifest_digest(), MANIFEST.len());
    let more = format!(r#""subject":{subject},"artifactType":"a/signature","annotations":{{"by":"Ada"}},"layers""#);
    MANIFEST.replacen("\"layers\"", &more, 1)
}

fn push_about(answers: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> (String, Server) {
    let server = Server::start(answers);
    let world = World::new();
    let (repository, _) = name_of(&format!("{}/x/y", server.host()));
    let document = Document::read(Some(&MediaType::new(MANIFEST_TYPE)), about().into()).unwrap();
    let target = Target::Digest(document.digest().clone());
    let put = world.runtime.block_on(world.client.put_document(&repository, &target, &document));
    (told(put.map(|()| "put".to_owned()), &repository), server)
}

fn list_of(entries: &str) -> String {
    format!(r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{entries}]}}"#)
}

fn described() -> String {
    let digest = layerbook::oci::Digest::of(about().as_bytes());
    format!(
        r#"{{"mediaType":"{MANIFEST_TYPE}","digest":"{digest}","size":{},"annotations":{{"by":"Ada"}},"artifactType":"a/signature"}}"#,
        about().len()
    )
}

fn retrying(sending: &Sending) -> Option<String> {
    match sending {
        Sending::Sent(_) => None,
        Sending::Retrying(seconds) => Some(format!("{seconds} ")),
    }
}

fn digest(text: &str) -> String {
    layerbook::oci::Digest::of(text.as_bytes()).to_string()
}

/// A registry that has nothing and takes everything, at places that are relative and have a query.
fn taking(seen: &Seen) -> Reply {
    match seen.method.as_str() {
        "HEAD" => status(404).into(),
        "POST" => begun("/v2/x/y/blobs/uploads/1?state=a%2Fb").into(),
        "PATCH" => begun("/v2/x/y/blobs/uploads/1?state=c").into(),
        _ => status(201).into(),
    }
}

fn begun(location: &str) -> Answer {
    status(202).header("Location", location)
}

/// Shows requests as lines; digests shortened.
fn lines(server: &Server) -> String {
    let encoded = |digest: &str| digest.replace(':', "%3A");
    let (small, large) = (digest(&small()), digest(&large()));
    let short = |line: String| {
        let line = line.replace(&small, "SMAL").replace(&encoded(&small), "SMAL");
        line.replace(&large, "LARG").replace(&encoded(&large), "LARG")
    };
    server.lines().into_iter().map(short).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_small_blob_goes_by_one_request_to_where_the_registry_says() {
    let server = Server::start(|seen, _| taking(seen));
    assert_eq!(World::new().put_blob(&format!("{}/x/y", server.host()), small(), &[]), "sent");
    insta::assert_snapshot!(lines(&server), @r"
    HEAD /v2/x/y/blobs/SMAL
    POST /v2/x/y/blobs/uploads/
    PUT /v2/x/y/blobs/uploads/1?state=a%2Fb&digest=SMAL
    ");
    let put = &server.log()[2];
    assert_eq!((put.body.as_str(), put.header("content-length")), ("0123456789", Some("10")));
    assert_eq!(server.log()[1].header("content-length"), Some("0"));
}

#[test]
fn a_large_blob_is_sent_and_then_named() {
    let server = Server::start(|seen, _| taking(seen));
    assert_eq!(World::new().put_blob(&format!("{}/x/y", server.host()), large(), &[]), "sent");
    insta::assert_snapshot!(lines(&server), @r"
    HEAD /v2/x/y/blobs/LARG
    POST /v2/x/y/blobs/uploads/
    PATCH /v2/x/y/blobs/uploads/1?state=a%2Fb
    PUT /v2/x/y/blobs/uploads/1?state=c&digest=LARG
    ");
    assert_eq!(server.log()[2].body, large());
    assert_eq!(server.log()[2].header("content-range"), None);
    assert_eq!(server.log()[3].body, "");
}

#[test]
fn what_is_there_is_not_sent() {
    let server = Server::start(|_, _| status(200).into());
    assert_eq!(World::new().put_blob(&format!("{}/x/y", server.host()), small(), &["a/b"]), "there");
    assert_eq!(lines(&server), "HEAD /v2/x/y/blobs/SMAL");
}

#[test]
fn a_blob_is_taken_from_another_repository_by_a_token_for_both() {
    let server = Server::start(|seen, _| match (seen.path(), seen.header("authorization")) {
        ("/token", _) if seen.target.contains("a%2Fb") => grant("both"),
        ("/token", _) => grant("one"),
        (_, None) => challenged(r#"Bearer realm="/token",scope="repository:x/y:pull""#).into(),
        _ if seen.method == "HEAD" => status(404).into(),
        (_, Some("Bearer both")) => status(201).into(),
        _ => status(403).into(),
    });
    let world = World::new();
    assert_eq!(world.put_blob(&format!("{}/x/y", server.host()), small(), &["a/b"]), "mounted from a/b");
    insta::assert_snapshot!(lines(&server), @r"
    HEAD /v2/x/y/blobs/SMAL
    GET /token?scope=repository%3Ax%2Fy%3Apull%2Cpush
    HEAD /v2/x/y/blobs/SMAL
    POST /v2/x/y/blobs/uploads/?mount=SMAL&from=a/b
    GET /token?scope=repository%3Ax%2Fy%3Apull%2Cpush&scope=repository%3Aa%2Fb%3Apull
    POST /v2/x/y/blobs/uploads/?mount=SMAL&from=a/b
    ");
}

#[test]
fn a_mount_that_is_refused_becomes_an_upload() {
    let server = Server::start(|seen, _| taking(seen));
    assert_eq!(World::new().put_blob(&format!("{}/x/y", server.host()), small(), &["a/b", "c"]), "sent");
    insta::assert_snapshot!(lines(&server), @r"
    HEAD /v2/x/y/blobs/SMAL
    POST /v2/x/y/blobs/uploads/?mount=SMAL&from=a/b
    POST /v2/x/y/blobs/uploads/?mount=SMAL&from=c
    DELETE /v2/x/y/blobs/uploads/1?state=a%2Fb
    PUT /v2/x/y/blobs/uploads/1?state=a%2Fb&digest=SMAL
    ");
    let forbidden = Server::start(|seen, _| match (seen.method.as_str(), seen.target.contains("mount")) {
        ("POST", true) => status(403).into(),
        _ => taking(seen),
    });
    assert_eq!(World::new().put_blob(&format!("{}/x/y", forbidden.host()), small(), &["a/b"]), "sent");
}

#[test]
fn a_token_that_ends_on_the_way_is_replaced_and_the_bytes_sent_again() {
    let server = Server::start(|seen, before| match (seen.path(), seen.header("authorization")) {
        ("/token", _) => grant(if before > 4 { "new" } else { "old" }),
        (_, Some("Bearer old")) if seen.method == "PUT" => {
            challenged(r#"Bearer realm="/token",error="invalid_token""#).into()
        }
        (_, Some(_)) => taking(seen),
        (_, None) => challenged(r#"Bearer realm="/token""#).into(),
    });
    assert_eq!(World::new().put_blob(&format!("{}/x/y", server.host()), small(), &[]), "sent");
    let last = server.log().pop().unwrap();
    assert_eq!((last.header("authorization"), last.body.as_str()), (Some("Bearer new"), "0123456789"));
}

#[test]
fn a_broken_upload_goes_on_where_the_registry_lost_it() {
    let server = Server::start(|seen, before| match (seen.method.as_str(), before) {
        ("PATCH", 2) => Reply::Close,
        ("GET", _) => status(204).header("Location", "/v2/x/y/blobs/uploads/2").header("Range", "0-1048575").into(),
        _ => taking(seen),
    });
    let world = World::new();
    assert_eq!(world.put_blob(&format!("{}/x/y", server.host()), large(), &[]), "sent");
    insta::assert_snapshot!(lines(&server), @r"
    HEAD /v2/x/y/blobs/LARG
    POST /v2/x/y/blobs/uploads/
    PATCH /v2/x/y/blobs/uploads/1?state=a%2Fb
    GET /v2/x/y/blobs/uploads/1?state=a%2Fb
    PATCH /v2/x/y/blobs/uploads/2
    PUT /v2/x/y/blobs/uploads/1?state=c&digest=LARG
    ");
    let rest = &server.log()[4];
    assert_eq!(rest.header("content-range"), Some("1048576-1599999"));
    assert_eq!(rest.body, large()[1_048_576..]);
    assert_eq!(world.waits(), 0);
}

#[test]
fn a_registry_that_forgot_the_upload_gets_it_from_the_beginning_after_a_wait() {
    let server = Server::start(|seen, before| match (seen.method.as_str(), before) {
        ("PATCH", 2) => status(503).into(),
        ("GET", _) => status(404).into(),
        _ => taking(seen),
    });
    let world = World::new();
    assert_eq!(world.put_blob(&format!("{}/x/y", server.host()), large(), &[]), "5 4 3 2 1 sent");
    assert_eq!(server.lines().iter().filter(|line| line.starts_with("POST")).count(), 2);
    assert_eq!(world.waits(), 5);
}

#[test]
fn an_upload_that_never_succeeds_ends_after_five_attempts() {
    let server = Server::start(|seen, _| if seen.method == "PUT" { status(500).into() } else { taking(seen) });
    let outcome = World::new().put_blob(&format!("{}/x/y", server.host()), small(), &[]);
    assert!(outcome.ends_with(" 1 received unexpected HTTP status: 500 Internal Server Error"), "{outcome}");
    assert!(outcome.starts_with("5 4 3 2 1 10 9 "), "{outcome}");
    assert_eq!(server.lines().iter().filter(|line| line.starts_with("PUT")).count(), 5);
}

#[test]
fn a_refusal_is_told_at_once_in_the_registry_s_words() {
    let check = |post: fn() -> Answer, expected: &str| {
        let server = Server::start(move |seen, _| match (seen.path(), seen.header("authorization")) {
            ("/token", _) => grant("anonymous"),
            (_, None) => challenged(r#"Bearer realm="/token",scope="repository:x/y:pull""#).into(),
            _ if seen.method == "POST" => post().into(),
            _ => status(404).into(),
        });
        assert_eq!(World::new().put_blob(&format!("{}/x/y", server.host()), small(), &[]), expected);
    };
    let hub = || challenged(r#"Bearer realm="/token",scope="repository:x/y:pull,push",error="insufficient_scope""#);
    check(hub, "denied: requested access to the resource is denied");
    check(
        || status(403).body(r#"{"errors":[{"code":"DENIED","message":"only for members"}]}"#),
        "denied: only for members",
    );
    check(|| status(401).body(DENIED), "unauthorized: authentication required");
    check(|| status(405).body("<html>no</html>"), "received unexpected HTTP status: 405 Method Not Allowed");
    check(|| status(202), "received unexpected HTTP status: 202 Accepted (no place to upload to)");
}

#[test]
fn credentials_do_not_go_along_to_another_host() {
    let elsewhere = Arc::new(Server::start(|_, _| status(201).into()));
    let place = format!("{}/upload?signature=s", elsewhere.url());
    let server = Server::start(move |seen, _| match (seen.method.as_str(), seen.header("authorization")) {
        (_, None) => challenged(r#"Basic realm="x""#).into(),
        ("POST", _) => begun(&place).into(),
        _ => taking(seen),
    });
    let world = World::with_docker_config(&format!(r#"{{"auths":{{"{}":{{"auth":"YTpi"}}}}}}"#, server.host()));
    assert_eq!(world.put_blob(&format!("{}/x/y", server.host()), small(), &[]), "sent");
    let put = elsewhere.log().pop().unwrap();
    assert_eq!((put.header("authorization"), put.body.as_str()), (None, "0123456789"));
}

#[test]
fn an_upload_is_sent_on_where_the_registry_says_that_it_moved() {
    let server = Server::start(|seen, _| match (seen.method.as_str(), seen.path()) {
        ("PUT", "/moved") => status(201).into(),
        ("PUT", _) => status(307).header("Location", "/moved").into(),
        _ => taking(seen),
    });
    assert_eq!(World::new().put_blob(&format!("{}/x/y", server.host()), small(), &[]), "sent");
    assert_eq!(server.log().pop().unwrap().body, "0123456789");
}

#[test]
fn a_document_is_put_byte_for_byte() {
    let server = Server::start(|_, _| status(201).into());
    assert_eq!(World::new().put_document(&format!("{}/x/y:1", server.host())), "put");
    assert_eq!(World::new().put_document(&format!("{}/x/y@{}", server.host(), manifest_digest())), "put");
    let log = server.log();
    assert_eq!(server.lines()[0], "PUT /v2/x/y/manifests/1");
    assert_eq!((log[0].body.as_str(), log[0].header("content-type")), (MANIFEST, Some(MANIFEST_TYPE)));
    assert!(server.lines()[1].ends_with(&manifest_digest()));
}

#[test]
fn a_document_that_is_refused_says_why() {
    let body = r#"{"errors":[{"code":"MANIFEST_INVALID","message":"manifest invalid","detail":{}}]}"#;
    let server = Server::start(move |_, _| status(400).body(body).into());
    let outcome = World::new().put_document(&format!("{}/x/y:1", server.host()));
    assert_eq!(outcome, "manifest invalid: manifest invalid");
}

#[test]
fn nothing_is_pushed_to_a_mirror() {
    let hub = Server::start(|_, _| status(201).into());
    let mirror = Server::start(|_, _| status(500).into());
    let options = Options { mirror: Some(mirror.url()), hub: hub.host(), ..Options::default() };
    assert_eq!(World::with(options).put_document("me/app:1"), "put");
    assert_eq!((hub.lines().len(), mirror.lines().len()), (1, 0));
}

#[test]
fn a_greeting_needs_no_login_and_tells_how_the_registry_is_spoken_to() {
    let server = Server::start(|_, _| status(401).into());
    let world = World::new();
    let (repository, _): (Repository, Target) = name_of(&format!("{}/x/y", server.host()));
    assert_eq!(world.runtime.block_on(world.client.greet(&repository)).unwrap(), Greeting::Plain);
    assert_eq!(server.lines(), ["GET /v2/"]);
}

#[test]
fn a_registry_that_knows_subjects_lists_referrers_itself() {
    let (told, server) = push_about(|_, _| status(201).header("OCI-Subject", manifest_digest()).into());
    assert_eq!((told.as_str(), server.lines().len()), ("put", 1));
}

#[test]
fn for_a_registry_that_does_not_the_list_under_the_subject_s_tag_is_made() {
    let (told, server) = push_about(|seen, _| status(if seen.method == "GET" { 404 } else { 201 }).into());
    assert_eq!(told, "put");
    let tag = manifest_digest().replace(':', "-");
    assert_eq!(server.lines()[1..], [format!("GET /v2/x/y/manifests/{tag}"), format!("PUT /v2/x/y/manifests/{tag}")]);
    assert_eq!(server.log()[2].body, list_of(&described()));
    assert_eq!(server.log()[2].header("content-type"), Some("application/vnd.oci.image.index.v1+json"));
}

#[test]
fn a_list_that_is_there_is_added_to_and_not_written_over() {
    let other = format!(r#"{{"mediaType":"{MANIFEST_TYPE}","digest":"sha256:{}","size":1}}"#, "0".repeat(64));
    let held = list_of(&other);
    let (told, server) = push_about(move |seen, before| match (seen.method.as_str(), before) {
        ("GET", _) => status(200).header("ETag", format!("\"{before}\"")).body(held.clone()).into(),
        // Someone else was faster.
        ("PUT", 2) => status(412).into(),
        _ => status(201).into(),
    });
    assert_eq!(told, "put");
    let last = server.log().pop().unwrap();
    assert_eq!((last.method.as_str(), last.header("if-match")), ("PUT", Some("\"3\"")));
    assert_eq!(last.body, list_of(&format!("{other},{}", described())));
}

#[test]
fn a_list_that_has_it_is_left_alone() {
    let (told, server) = push_about(|seen, _| match seen.method.as_str() {
        "GET" => status(200).body(list_of(&described())).into(),
        _ => status(201).into(),
    });
    assert_eq!((told.as_str(), server.lines().len()), ("put", 2));
}

#[test]
fn what_stands_in_the_list_s_place_is_not_written_over() {
    for wrong in [MANIFEST, "<html>"] {
        let (told, server) = push_about(move |seen, _| match seen.method.as_str() {
            "GET" => status(200).body(wrong).into(),
            _ => status(201).into(),
        });
        assert_ne!(told, "put");
        assert_eq!(server.lines().len(), 2);
    }
}
