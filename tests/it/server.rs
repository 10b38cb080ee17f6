//! The distribution API over loopback, in the bytes that clients see.

mod behind;
mod blobs;
mod client;
mod connections;
mod faults;
mod load;
mod manage;
mod manifests;
mod referrers;
mod registry;
mod sha512;

use std::fmt::Write as _;

use layerbook::oci::{Descriptor, MediaType};
use layerbook::server::Options;
use serde_json::json;

use crate::support::memory::{Image, ImageBuilder, Memory, document};
use client::Server;

const NOWHERE: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

fn motd() -> Image {
    ImageBuilder::new().layer([("etc/motd", "hi")]).env("A=1").build()
}

async fn motd_server() -> Server {
    Server::of(Memory::new().image("motd:1", &motd()).image("ada/motd:old", &motd())).await
}

#[tokio::test]
async fn the_base_says_that_this_is_a_registry() {
    let server = motd_server().await;
    insta::assert_snapshot!(server.ask("GET /v2/").await.text(), @r#"
    HTTP/1.1 200 OK
    content-type: application/json; charset=utf-8
    docker-distribution-api-version: registry/2.0
    content-length: 2

    {}
    "#);
}

#[tokio::test]
async fn a_manifest_comes_as_it_is_stored() {
    let server = motd_server().await;
    let image = motd();
    let digest = image.document.digest();
    for target in ["1", &digest.to_string(), &digest.to_string().replace(':', "%3A")] {
        for name in ["library/motd", "motd"] {
            let reply = server.ask(&format!("GET /v2/{name}/manifests/{target}")).await;
            assert_eq!(&reply.body, image.document.bytes(), "{name} {target}");
            assert_eq!(reply.header("docker-content-digest"), Some(digest.to_string().as_str()));
        }
    }
    // The digest depends on the version of the compressor.
    let text = server.ask("HEAD /v2/library/motd/manifests/1").await.text().replace(&digest.to_string(), "DIGEST");
    insta::assert_snapshot!(text, @r#"
    HTTP/1.1 200 OK
    content-type: application/vnd.oci.image.manifest.v1+json
    content-length: 400
    docker-content-digest: DIGEST
    etag: "DIGEST"
    docker-distribution-api-version: registry/2.0
    "#);
}

#[tokio::test]
async fn a_manifest_that_the_client_has_is_not_sent_again() {
    let server = motd_server().await;
    let digest = motd().document.digest().clone();
    for tag in [format!("\"{digest}\""), format!("\"x\", W/\"{digest}\""), digest.to_string(), "*".to_owned()] {
        let reply = server.ask(&format!("GET /v2/motd/manifests/1\nIf-None-Match: {tag}")).await;
        assert_eq!((reply.status(), reply.body()), ("304", ""), "{tag}");
        assert_eq!(reply.header("etag"), Some(format!("\"{digest}\"").as_str()));
    }
    let reply = server.ask("GET /v2/motd/manifests/1\nIf-None-Match: \"other\"").await;
    assert_eq!((reply.status(), reply.body.len()), ("200", motd().document.bytes().len()));
    let reply = server.ask("GET /v2/motd/manifests/none\nIf-None-Match: *").await;
    assert_eq!(reply.status(), "404");
}

#[tokio::test]
async fn accept_lines_are_read_together() {
    let server = motd_server().await;
    let schema2 = "Accept: application/vnd.docker.distribution.manifest.v2+json";
    let oci = "Accept: application/vnd.oci.image.manifest.v1+json";
    let reply = server.ask(&format!("HEAD /v2/motd/manifests/1\n{schema2}\n{oci}")).await;
    assert_eq!(reply.status(), "200");
    let reply = server.ask(&format!("GET /v2/motd/manifests/1\n{schema2}")).await;
    insta::assert_snapshot!(reply.text(), @r#"
    HTTP/1.1 404 Not Found
    content-type: application/json; charset=utf-8
    docker-distribution-api-version: registry/2.0
    content-length: 122

    {"errors":[{"code":"MANIFEST_UNKNOWN","message":"OCI manifest found, but accept header does not support OCI manifests"}]}
    "#);
}

#[tokio::test]
async fn a_manifest_list_becomes_amd64_for_a_client_that_knows_no_lists() {
    let (arm, amd) = (ImageBuilder::new().platform("linux/arm64").build(), ImageBuilder::new().build());
    let entry = |image: &Image| {
        let platform = Some(image.config.platform());
        Descriptor { platform, ..image.document.descriptor() }
    };
    let list =
        json!({ "schemaVersion": 2, "mediaType": MediaType::DOCKER_INDEX, "manifests": [entry(&arm), entry(&amd)] });
    let list = document(&MediaType::DOCKER_INDEX, &list);
    let source = Memory::new().image("x:arm", &arm).image("x:amd", &amd).document("x:1", &list);
    let server = Server::of(source).await;
    let accept = "Accept: application/vnd.docker.distribution.manifest.v2+json";
    for method in ["GET", "HEAD"] {
        let reply = server.ask(&format!("{method} /v2/x/manifests/1\n{accept}")).await;
        let digest = amd.document.digest().to_string();
        assert_eq!(reply.header("docker-content-digest"), Some(digest.as_str()));
        let reply = server.ask(&format!("{method} /v2/x/manifests/{}\n{accept}", list.digest())).await;
        assert_eq!(reply.header("docker-content-digest"), Some(list.digest().to_string().as_str()));
    }
}

#[tokio::test]
async fn an_error_has_the_body_of_the_spec() {
    let server = motd_server().await;
    let mut text = String::new();
    for path in [
        "library/motd/manifests/2",
        &format!("library/motd/manifests/{NOWHERE}"),
        &format!("library/motd/blobs/{NOWHERE}"),
        "nobody/manifests/1",
        &format!("nobody/blobs/{NOWHERE}"),
        "nobody/tags/list",
        "Upper/tags/list",
        "motd/manifests/.x",
        "motd/blobs/sha256:00",
        "motd/tags/list?n=-1",
        "_catalog",
    ] {
        let reply = server.ask(&format!("GET /v2/{path}")).await;
        assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));
        write!(text, "{path}: {} {}", reply.status(), reply.body()).unwrap();
    }
    insta::assert_snapshot!(text.replace(NOWHERE, "NOWHERE"), @r#"
    library/motd/manifests/2: 404 {"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"name":"library/motd","tag":"2"}}]}
    library/motd/manifests/NOWHERE: 404 {"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"name":"library/motd","digest":"NOWHERE"}}]}
    library/motd/blobs/NOWHERE: 404 {"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry","detail":{"name":"library/motd","digest":"NOWHERE"}}]}
    nobody/manifests/1: 404 {"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"nobody","tag":"1"}}]}
    nobody/blobs/NOWHERE: 404 {"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"nobody","digest":"NOWHERE"}}]}
    nobody/tags/list: 404 {"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"nobody"}}]}
    Upper/tags/list: 400 {"errors":[{"code":"NAME_INVALID","message":"invalid repository name","detail":{"name":"Upper"}}]}
    motd/manifests/.x: 404 {"errors":[{"code":"TAG_INVALID","message":"invalid tag","detail":{"tag":".x"}}]}
    motd/blobs/sha256:00: 400 {"errors":[{"code":"DIGEST_INVALID","message":"provided digest is not a digest","detail":"sha256:00"}]}
    motd/tags/list?n=-1: 400 {"errors":[{"code":"PAGINATION_NUMBER_INVALID","message":"invalid number of results requested","detail":{"n":"-1"}}]}
    _catalog: 404 {"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported.","detail":{"path":"/v2/_catalog"}}]}
    "#);
    let reply = server.ask("HEAD /v2/nobody/manifests/1").await;
    assert_eq!((reply.status(), reply.body()), ("404", ""));
}

#[tokio::test]
async fn methods_that_write_are_refused() {
    let server = motd_server().await;
    let mut text = String::new();
    for lines in [
        "POST /v2/",
        "PUT /v2/motd/manifests/2",
        "DELETE /v2/motd/manifests/1",
        "POST /v2/motd/blobs/uploads/",
        "GET /v2/motd/blobs/uploads/1",
    ] {
        let reply = server.ask(lines).await;
        write!(text, "{lines}: {} Allow: {}\n{}", reply.status(), reply.header("allow").unwrap(), reply.body())
            .unwrap();
    }
    insta::assert_snapshot!(text, @r#"
    POST /v2/: 405 Allow: GET, HEAD
    {"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}
    PUT /v2/motd/manifests/2: 405 Allow: GET, HEAD
    {"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}
    DELETE /v2/motd/manifests/1: 405 Allow: GET, HEAD
    {"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}
    POST /v2/motd/blobs/uploads/: 405 Allow: 
    {"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}
    GET /v2/motd/blobs/uploads/1: 405 Allow: 
    {"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}
    "#);
}

/// A server with one blob of ten digits, and the blob's path.
async fn digits() -> (Server, String) {
    let source = Memory::new().image("x:1", &motd());
    let path = format!("/v2/x/blobs/{}", source.blob("0123456789"));
    (Server::of(source).await, path)
}

#[tokio::test]
async fn a_blob_comes_whole() {
    let (server, path) = digits().await;
    insta::assert_snapshot!(server.ask(&format!("GET {path}")).await.text(), @r#"
    HTTP/1.1 200 OK
    content-type: application/octet-stream
    accept-ranges: bytes
    content-length: 10
    docker-content-digest: sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882
    etag: "sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"
    cache-control: max-age=31536000
    docker-distribution-api-version: registry/2.0

    0123456789
    "#);
    insta::assert_snapshot!(server.ask(&format!("HEAD {path}\nRange: bytes=0-1")).await.text(), @r#"
    HTTP/1.1 200 OK
    content-type: application/octet-stream
    accept-ranges: bytes
    content-length: 10
    docker-content-digest: sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882
    etag: "sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"
    cache-control: max-age=31536000
    docker-distribution-api-version: registry/2.0
    "#);
}

#[tokio::test]
async fn a_blob_comes_in_parts() {
    let (server, path) = digits().await;
    let mut text = String::new();
    for range in ["0-0", "3-5", "7-", "-4", "-99", "0-99", "10-", "-0", "5-2", "0-1,4-5"] {
        let reply = server.ask(&format!("GET {path}\nRange: bytes={range}")).await;
        let positions = reply.header("content-range").unwrap_or("no range");
        let body = if reply.status() == "416" { "" } else { reply.body() };
        assert_eq!(reply.header("content-length"), Some(reply.body.len().to_string().as_str()));
        writeln!(text, "{range}: {} {positions} {body}", reply.status()).unwrap();
    }
    insta::assert_snapshot!(text, @r#"
    0-0: 206 bytes 0-0/10 0
    3-5: 206 bytes 3-5/10 345
    7-: 206 bytes 7-9/10 789
    -4: 206 bytes 6-9/10 6789
    -99: 206 bytes 0-9/10 0123456789
    0-99: 206 bytes 0-9/10 0123456789
    10-: 416 bytes */10 
    -0: 416 bytes */10 
    5-2: 416 bytes */10 
    0-1,4-5: 200 no range 0123456789
    "#);
}

#[tokio::test]
async fn conditions_on_blobs_are_heeded() {
    let (server, path) = digits().await;
    let digest = path.rsplit('/').next().unwrap();
    let reply = server.ask(&format!("GET {path}\nRange: bytes=0-1\nIf-Range: \"{digest}\"")).await;
    assert_eq!(reply.body(), "01");
    let reply = server.ask(&format!("GET {path}\nRange: bytes=0-1\nIf-Range: \"other\"")).await;
    assert_eq!((reply.status(), reply.body()), ("200", "0123456789"));
    let reply = server.ask(&format!("GET {path}\nIf-None-Match: \"{digest}\"")).await;
    assert_eq!((reply.status(), reply.body()), ("304", ""));
}

#[tokio::test]
async fn an_empty_blob_is_a_blob() {
    let source = Memory::new().image("x:1", &motd());
    let path = format!("/v2/x/blobs/{}", source.blob(""));
    let server = Server::of(source).await;
    let reply = server.ask(&format!("GET {path}")).await;
    assert_eq!((reply.status(), reply.header("content-length"), reply.body()), ("200", Some("0"), ""));
    assert_eq!(server.ask(&format!("GET {path}\nRange: bytes=0-")).await.status(), "416");
}

#[tokio::test]
async fn tags_come_page_by_page() {
    let mut source = Memory::new();
    for tag in ["b", "a", "10", "9", "A"] {
        source = source.image(&format!("ada/x:{tag}"), &motd());
    }
    let server = Server::of(source).await;
    let mut path = "/v2/ada/x/tags/list?n=2&ns=docker.io".to_owned();
    let mut text = String::new();
    loop {
        let reply = server.ask(&format!("GET {path}")).await;
        write!(text, "{path}\n{}", reply.body()).unwrap();
        let Some(link) = reply.header("link") else { break };
        path = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    }
    insta::assert_snapshot!(text, @r#"
    /v2/ada/x/tags/list?n=2&ns=docker.io
    {"name":"ada/x","tags":["10","9"]}
    /v2/ada/x/tags/list?last=9&n=2&ns=docker.io
    {"name":"ada/x","tags":["A","a"]}
    /v2/ada/x/tags/list?last=a&n=2&ns=docker.io
    {"name":"ada/x","tags":["b"]}
    "#);
    assert_eq!(server.ask("GET /v2/ada/x/tags/list?n=0").await.body(), "{\"name\":\"ada/x\",\"tags\":[]}\n");
}

#[tokio::test]
async fn nothing_refers_to_anything_yet() {
    let server = motd_server().await;
    let reply = server.ask(&format!("GET /v2/motd/referrers/{NOWHERE}?artifactType=application%2Fspdx")).await;
    insta::assert_snapshot!(reply.text(), @r#"
    HTTP/1.1 200 OK
    content-type: application/vnd.oci.image.index.v1+json
    oci-filters-applied: artifactType
    docker-distribution-api-version: registry/2.0
    content-length: 89

    {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}
    "#);
}

#[tokio::test]
async fn a_mirror_answers_for_its_own_domain_only() {
    let server = motd_server().await;
    let reply = server.ask("GET /v2/library/motd/manifests/1?ns=docker.io").await;
    assert_eq!((reply.status(), reply.header("oci-namespace")), ("200", Some("docker.io")));
    let reply = server.ask("GET /v2/library/motd/manifests/1?ns=169.254.169.254").await;
    assert_eq!(reply.status(), "404");
    assert!(reply.body().contains("NAME_UNKNOWN"), "{}", reply.body());
}

#[tokio::test]
async fn names_are_looked_up_under_the_domain_of_the_options() {
    let source = Memory::new().image("registry.example.com:5000/motd:1", &motd());
    let options = Options { domain: "registry.example.com:5000".to_owned(), ..Options::default() };
    let server = Server::with(source, options).await;
    assert_eq!(server.ask("GET /v2/motd/manifests/1").await.status(), "200");
    assert_eq!(server.ask("GET /v2/library/motd/manifests/1").await.status(), "404");
}
