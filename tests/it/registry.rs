//! The client against a registry on loopback that says what each test scripts.

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use layerbook::oci::{Digest, Reference, Repository};
use layerbook::registry::{Client, Options};
use layerbook::source::{Error, Registry, Target};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const MANIFEST: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;
const TYPE: &str = "content-type: application/vnd.oci.image.index.v1+json";

/// Answers connections one by one from a script, and writes down what was asked.
struct Script {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Script {
    /// `{ADDRESS}` in an answer is this server's.
    async fn new(answers: &[String]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut answers: VecDeque<String> = answers.iter().map(|text| text.replace("{ADDRESS}", &address)).collect();
        let seen = asked.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                let mut buffer = [0; 4096];
                while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                    match stream.read(&mut buffer).await {
                        Ok(count) if count > 0 => request.extend_from_slice(&buffer[..count]),
                        _ => break,
                    }
                    if request.first() == Some(&0x16) {
                        break;
                    }
                }
                // A TLS hello: this server speaks plain HTTP, and says so in its own way.
                if request.first() == Some(&0x16) {
                    let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
                    continue;
                }
                seen.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
                let Some(answer) = answers.pop_front() else { break };
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { address, asked }
    }

    /// Lists what was asked: first line, and of the headers those that matter here.
    fn asked(&self) -> Vec<String> {
        let shown = |request: &String| {
            let header = |line: &&str| {
                let line = line.to_lowercase();
                line.starts_with("authorization") || line.starts_with("range")
            };
            let first = request.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1");
            let rest: Vec<&str> = request.lines().skip(1).filter(header).collect();
            [&[first], rest.as_slice()].concat().join(" | ").replace(&self.address, "HOST")
        };
        self.asked.lock().unwrap().iter().map(shown).collect()
    }

    fn repository(&self) -> Repository {
        let reference: Reference = format!("{}/x/y", self.address).parse().unwrap();
        reference.repository().clone()
    }
}

fn answer(status: &str, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn client(options: Options) -> Client {
    Client::new(Options { wait: |_: Duration| Box::pin(async {}), ..options }).unwrap()
}

fn latest() -> Target {
    Target::Tag("latest".to_owned())
}

#[tokio::test]
async fn loopback_speaks_plain_http_where_it_does_not_speak_tls() {
    let script = Script::new(&[answer("200 OK", &[TYPE], MANIFEST)]).await;
    let document = client(Options::default()).document(&script.repository(), &latest()).await.unwrap();
    assert_eq!(document.digest(), &Digest::of(MANIFEST.as_bytes()));
    assert_eq!(script.asked(), ["GET /v2/x/y/manifests/latest"]);
}

#[tokio::test]
async fn a_token_is_fetched_once_and_used_again() {
    let challenge =
        "www-authenticate: Bearer realm=\"http://{ADDRESS}/token\",service=\"s\",scope=\"repository:x/y:pull\"";
    let script = Script::new(&[
        answer("401 Unauthorized", &[challenge], ""),
        answer("200 OK", &[], r#"{"access_token":"abc","expires_in":300}"#),
        answer("200 OK", &[TYPE], MANIFEST),
        answer("200 OK", &[TYPE], MANIFEST),
    ])
    .await;
    let client = client(Options::default());
    client.document(&script.repository(), &latest()).await.unwrap();
    client.document(&script.repository(), &latest()).await.unwrap();
    insta::assert_debug_snapshot!(script.asked(), @r#"
    [
        "GET /v2/x/y/manifests/latest",
        "GET /token?service=s&scope=repository%3Ax%2Fy%3Apull",
        "GET /v2/x/y/manifests/latest | authorization: Bearer abc",
        "GET /v2/x/y/manifests/latest | authorization: Bearer abc",
    ]
    "#);
}

#[tokio::test]
async fn basic_credentials_come_from_dockers_configuration() {
    let script = Script::new(&[
        answer("401 Unauthorized", &["www-authenticate: Basic realm=\"x\""], ""),
        answer("200 OK", &[TYPE], MANIFEST),
    ])
    .await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, r#"{{"auths": {{"{}": {{"auth": "YWRhOnNlY3JldA=="}}}}}}"#, script.address).unwrap();
    let options = Options { credential_files: vec![file.path().to_owned()], ..Options::default() };
    client(options).document(&script.repository(), &latest()).await.unwrap();
    assert_eq!(script.asked()[1], "GET /v2/x/y/manifests/latest | authorization: Basic YWRhOnNlY3JldA==");
}

#[tokio::test]
async fn without_credentials_a_basic_registry_is_told_apart_from_a_refusal() {
    let script = Script::new(&[answer("401 Unauthorized", &["www-authenticate: Basic realm=\"x\""], "")]).await;
    let error = client(Options::default()).document(&script.repository(), &latest()).await.unwrap_err();
    assert!(matches!(error, Error::NoCredentials));
}

#[tokio::test]
async fn a_redirect_to_another_host_gets_no_authorization() {
    let other = Script::new(&[answer("200 OK", &[], "blob")]).await;
    let challenge = "www-authenticate: Bearer realm=\"http://{ADDRESS}/token\"";
    let location = format!("location: http://{}/elsewhere?signature=1", other.address);
    let script = Script::new(&[
        answer("401 Unauthorized", &[challenge], ""),
        answer("200 OK", &[], r#"{"token":"abc"}"#),
        answer("307 Temporary Redirect", &[&location], ""),
    ])
    .await;
    let blob = client(Options::default()).blob(&script.repository(), &Digest::of(b"blob"), 0).await.unwrap();
    let body: Vec<_> = blob.stream.map(|chunk| chunk.unwrap()).collect().await;
    assert_eq!(body.concat(), b"blob");
    assert!(script.asked()[2].ends_with("authorization: Bearer abc"));
    assert_eq!(other.asked(), ["GET /elsewhere?signature=1"]);
}

#[tokio::test]
async fn an_overloaded_registry_is_asked_again() {
    let script = Script::new(&[
        answer("503 Service Unavailable", &[], ""),
        answer("429 Too Many Requests", &["retry-after: 1"], ""),
        answer("200 OK", &[TYPE], MANIFEST),
    ])
    .await;
    client(Options::default()).document(&script.repository(), &latest()).await.unwrap();
    assert_eq!(script.asked().len(), 3);
}

#[tokio::test]
async fn a_registry_that_stays_overloaded_is_believed_and_its_limits_are_read() {
    let body = r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}"#;
    let limits = ["ratelimit-limit: 100;w=21600", "ratelimit-remaining: 0;w=21600", "retry-after: 3600"];
    let script = Script::new(&[answer("429 Too Many Requests", &limits, body)]).await;
    match client(Options::default()).document(&script.repository(), &latest()).await.unwrap_err() {
        Error::TooManyRequests { answer, limits, .. } => {
            assert_eq!(answer.to_string(), "toomanyrequests: You have reached your pull rate limit.");
            assert_eq!(limits.unwrap().1, "0;w=21600");
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_head_that_is_refused_is_asked_for_its_reason() {
    let body = r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{}}]}"#;
    let script = Script::new(&[answer("404 Not Found", &[], ""), answer("404 Not Found", &[], body)]).await;
    let error = client(Options::default()).resolve(&script.repository(), &latest()).await.unwrap_err();
    assert_eq!(error.to_string(), "manifest unknown: manifest unknown");
    assert_eq!(script.asked(), ["HEAD /v2/x/y/manifests/latest", "GET /v2/x/y/manifests/latest"]);
}

#[tokio::test]
async fn a_blob_resumes_by_range_and_begins_again_where_there_are_none() {
    let script = Script::new(&[
        answer("206 Partial Content", &["content-range: bytes 4-7/8"], "5678"),
        answer("200 OK", &[], "12345678"),
    ])
    .await;
    let client = client(Options::default());
    let digest = Digest::of(b"12345678");
    let resumed = client.blob(&script.repository(), &digest, 4).await.unwrap();
    assert_eq!((resumed.offset, resumed.size), (4, Some(8)));
    let whole = client.blob(&script.repository(), &digest, 4).await.unwrap();
    assert_eq!((whole.offset, whole.size), (0, Some(8)));
    assert!(script.asked().iter().all(|line| line.ends_with("range: bytes=4-")), "{:?}", script.asked());
}

#[tokio::test]
async fn a_document_with_another_digest_than_asked_for_is_refused() {
    let script = Script::new(&[answer("200 OK", &[TYPE], MANIFEST)]).await;
    let target = Target::Digest(Digest::of(b"another"));
    let error = client(Options::default()).document(&script.repository(), &target).await.unwrap_err();
    assert!(matches!(error, Error::DigestMismatch { .. }));
}

#[tokio::test]
async fn an_endless_manifest_is_not_read_to_its_end() {
    let script = Script::new(&[answer("200 OK", &[TYPE], &" ".repeat((4 << 20) + 1))]).await;
    let error = client(Options::default()).document(&script.repository(), &latest()).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit } if limit == 4 << 20), "{error}");
}

#[tokio::test]
async fn html_is_never_shown() {
    let page = "<html>\u{1b}[31mgo away</html>";
    let script = Script::new(&[answer("403 Forbidden", &["content-type: text/html"], page)]).await;
    let error = client(Options::default()).document(&script.repository(), &latest()).await.unwrap_err();
    assert_eq!(error.to_string(), "received unexpected HTTP status: 403 Forbidden");
}

#[tokio::test]
async fn tags_come_in_pages() {
    let next = "link: </v2/x/y/tags/list?last=b&n=2>; rel=\"next\"";
    let script = Script::new(&[
        answer("200 OK", &[next], r#"{"name":"x/y","tags":["a","b"]}"#),
        answer("200 OK", &[], r#"{"name":"x/y","tags":["c"]}"#),
    ])
    .await;
    assert_eq!(client(Options::default()).tags(&script.repository()).await.unwrap(), ["a", "b", "c"]);
    assert_eq!(script.asked()[1], "GET /v2/x/y/tags/list?last=b&n=2");
}

#[tokio::test]
async fn a_mirror_stands_in_for_docker_hub_without_its_credentials() {
    let script = Script::new(&[answer("200 OK", &[TYPE], MANIFEST)]).await;
    let options = Options { mirror: Some(format!("http://{}", script.address)), ..Options::default() };
    let redis: Reference = "redis".parse().unwrap();
    client(options).document(redis.repository(), &latest()).await.unwrap();
    assert_eq!(script.asked(), ["GET /v2/library/redis/manifests/latest?ns=docker.io"]);
}

#[tokio::test]
async fn nobody_there_is_said_in_dockers_words() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let name: Reference = format!("{address}/x").parse().unwrap();
    let error = client(Options::default()).resolve(name.repository(), &latest()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("Get \"http://{address}/v2/\": dial tcp {address}: connect: connection refused")
    );
}
