//! How a pull fails, from the registry's bytes to Docker's sentence: the whole way through the HTTP client and the engine.

use std::sync::Arc;

use bytes::Bytes;
use layerbook::oci::{Digest, MediaType};
use layerbook::registry::{Client, Options};
use serde_json::{Value, json};

use super::Terminal;
use crate::support::server::{Answer, Reply, Seen, Server, ok, status};

const OCI: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// Pulls `HOST/x/app:1` from a registry and returns what is printed; the host is shown as `HOST`.
fn pull(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> String {
    pull_name("x/app:1", script)
}

fn pull_name(name: &str, script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> String {
    let server = Server::start(move |seen, _| script(seen));
    let wait = Arc::new(|_| -> futures_util::future::BoxFuture<'static, ()> { Box::pin(std::future::ready(())) });
    let client = Client::new(Options { wait, ..Options::default() }).unwrap();
    let printed = Terminal::on(Arc::new(client)).run(&format!("pull {}/{name}", server.host()));
    let printed = printed.replace(&server.host(), "HOST");
    printed.split_once('\n').map_or(printed.clone(), |(_, rest)| rest.to_owned())
}

#[track_caller]
fn check(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static, expected: &str) {
    assert_eq!(pull(script), format!("Error response from daemon: {expected}\n[1]\n"));
}

/// Errors that come when Docker's stream has begun have no words of the client before them.
#[track_caller]
fn check_late(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static, expected: &str) {
    let printed = pull(script);
    assert!(printed.starts_with("1: Pulling from x/app\n"), "{printed}");
    assert!(printed.ends_with(&format!("\n{expected}\n[1]\n")), "{printed}");
    assert!(!printed.contains("Error response"), "{printed}");
}

fn error(code: u16, name: &str, message: &str) -> Answer {
    let body = json!({ "errors": [{ "code": name, "message": message, "detail": { "name": "x/app" } }] });
    status(code).header("Content-Type", "application/json").body(body.to_string())
}

/// An image with one layer, and what a registry says of it.
struct Image {
    manifest: Value,
    config: Vec<u8>,
    layer: Vec<u8>,
}

fn image() -> Image {
    let layer = super::tar("a", "1");
    let config = json!({
        "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": { "type": "layers", "diff_ids": [Digest::of(&layer)] },
    });
    let config = config.to_string().into_bytes();
    let manifest = json!({
        "schemaVersion": 2, "mediaType": OCI,
        "config": super::descriptor(MediaType::OCI_CONFIG.as_str(), &config),
        "layers": [super::descriptor(MediaType::OCI_LAYER.as_str(), &layer)],
    });
    Image { manifest, config, layer }
}

impl Image {
    /// Serves the image; `blob` may answer for a layer in its place.
    fn serve(self, layer: impl Fn(&[u8]) -> Reply + Send + Sync + 'static) -> impl Fn(&Seen) -> Reply + Send + Sync {
        let manifest = self.manifest.to_string();
        let config = format!("/v2/x/app/blobs/{}", Digest::of(&self.config));
        move |seen| match seen.path() {
            path if path.contains("/manifests/") => ok(OCI, manifest.clone()).into(),
            path if path == config => ok("application/octet-stream", self.config.clone()).into(),
            _ => layer(&self.layer),
        }
    }
}

fn whole(bytes: &[u8]) -> Reply {
    ok("application/octet-stream", bytes.to_vec()).into()
}

#[test]
fn a_sound_image_is_pulled() {
    let printed = pull(image().serve(whole));
    assert!(printed.ends_with("Status: Downloaded newer image for HOST/x/app:1\nHOST/x/app:1\n"), "{printed}");
}

#[test]
fn what_the_registry_does_not_have_is_named() {
    check(
        |_| error(404, "MANIFEST_UNKNOWN", "manifest unknown").into(),
        "manifest for HOST/x/app:1 not found: manifest unknown: manifest unknown",
    );
    check(
        |_| error(404, "NAME_UNKNOWN", "repository name not known to registry").into(),
        "repository HOST/x/app not found: name unknown: repository name not known to registry",
    );
    let name = format!("x/app@{}", Digest::of(b"a"));
    let printed = pull_name(&name, |_| error(404, "MANIFEST_UNKNOWN", "manifest unknown").into());
    assert_eq!(
        printed,
        format!(
            "Error response from daemon: manifest for HOST/{name} not found: manifest unknown: manifest unknown\n[1]\n"
        )
    );
    check_late(image().serve(|_| error(404, "BLOB_UNKNOWN", "blob unknown to registry").into()), "unknown blob");
}

#[test]
fn who_may_not_read_is_told_so() {
    let private = r#"Bearer realm="/token",scope="repository:x/app:pull",error="insufficient_scope""#;
    let hub = move |seen: &Seen| match seen.path() {
        "/token" => ok("application/json", r#"{"token":"anonymous"}"#).into(),
        _ => status(401).header("WWW-Authenticate", private).into(),
    };
    check(
        hub,
        "pull access denied for HOST/x/app, repository does not exist or may require 'docker login': denied: requested access \
         to the resource is denied",
    );
    check(
        |_| status(401).header("WWW-Authenticate", r#"Basic realm="x""#).into(),
        r#"Head "http://HOST/v2/x/app/manifests/1": no basic auth credentials"#,
    );
    check(|_| status(403).body(r#"{"errors":[{"code":"DENIED","message":""}]}"#).into(), "denied");
}

#[test]
fn limits_and_outages_are_told() {
    check(
        |_| error(429, "TOOMANYREQUESTS", "You have reached your pull rate limit.").into(),
        "toomanyrequests: You have reached your pull rate limit.",
    );
    for (code, words) in [(500, "500 Internal Server Error"), (503, "503 Service Unavailable")] {
        check(move |_| status(code).into(), &format!("received unexpected HTTP status: {words}"));
    }
}

#[test]
fn what_is_no_image_is_refused() {
    check(
        |_| ok("text/html", "<html></html>").into(),
        "unsupported manifest media type and no default available: text/html",
    );
    let schema1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    check(
        move |_| ok(schema1, r#"{"schemaVersion":1}"#).into(),
        &format!("unsupported manifest media type and no default available: {schema1}"),
    );
    let mut chart = image();
    chart.manifest["config"]["mediaType"] = json!("application/vnd.cncf.helm.config.v1+json");
    check_late(chart.serve(whole), "unsupported media type application/vnd.cncf.helm.config.v1+json");
}

#[test]
fn a_manifest_that_is_no_json_is_refused_in_go_s_words() {
    check(|_| ok(OCI, "").into(), "unexpected end of JSON input");
    check(|_| ok(OCI, "not json").into(), "invalid character 'o' in literal null (expecting 'u')");
    check(|_| ok(OCI, "<html></html>").into(), "invalid character '<' looking for beginning of value");
    check(|_| ok(OCI, "{not json}").into(), "invalid character 'n' looking for beginning of object key string");
    check(|_| ok(OCI, "{}{}").into(), "invalid character '{' after top-level value");
    check(|_| ok(OCI, "[]").into(), "json: cannot unmarshal array into Go value of type ocischema.Manifest");
    check(
        |_| ok(OCI, r#"{"layers":[{"size":"1"}]}"#).into(),
        "json: cannot unmarshal string into Go struct field Descriptor.layers.size of type int64",
    );
    check(|_| ok(OCI, "{}").into(), "could not validate config digest \"\": invalid checksum digest format");
    check(
        |_| ok(OCI, r#"{"mediaType":"a/b"}"#).into(),
        &format!("if present, mediaType in manifest should be '{OCI}' not 'a/b'"),
    );
    check_late(|_| ok(INDEX, "null").into(), "no matching manifest for linux/amd64 in the manifest list entries");
}

#[test]
fn a_config_that_is_none_is_refused_in_go_s_words() {
    let check_config = |config: &str, expected: &str| {
        let mut image = image();
        image.config = config.as_bytes().to_vec();
        image.manifest["config"] = super::descriptor(MediaType::OCI_CONFIG.as_str(), &image.config);
        check_late(image.serve(whole), expected);
    };
    check_config("", "unexpected end of JSON input");
    check_config("not json", "invalid character 'o' in literal null (expecting 'u')");
    check_config("null", "invalid rootfs in image configuration");
    check_config("{}", "invalid rootfs in image configuration");
    check_config("[]", "json: cannot unmarshal array into Go value of type image.Image");
    check_config(r#"{"rootfs":{"diff_ids":["x"]}}"#, "layers from manifest don't match image configuration");
    check_config(
        r#"{"config":{"Env":"A=1"}}"#,
        "json: cannot unmarshal string into Go struct field Config.config.Env of type []string",
    );
    check_config(
        r#"{"created":"yesterday"}"#,
        "parsing time \"yesterday\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"yesterday\" as \"2006\"",
    );
}

#[test]
fn an_image_of_another_system_is_not_for_this_one() {
    let mut windows = image();
    windows.config = String::from_utf8(windows.config).unwrap().replace("linux", "windows").into_bytes();
    windows.manifest["config"] = super::descriptor(MediaType::OCI_CONFIG.as_str(), &windows.config);
    check_late(windows.serve(whole), "image operating system \"windows\" cannot be used on this platform");
}

#[test]
fn an_index_without_the_platform_has_nothing_to_give() {
    let index = |entries: Value| {
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries }).to_string();
        move |_: &Seen| -> Reply { ok(INDEX, index.clone()).into() }
    };
    let entry = |platform: Value| {
        let mut entry = super::descriptor(OCI, b"{}");
        entry["platform"] = platform;
        entry
    };
    let none = "no matching manifest for linux/amd64 in the manifest list entries";
    check_late(index(json!([])), none);
    check_late(index(json!([entry(json!({ "architecture": "s390x", "os": "linux" }))])), none);
    let mut attestation = entry(json!({ "architecture": "amd64", "os": "linux" }));
    attestation["annotations"] = json!({ "vnd.docker.reference.type": "attestation-manifest" });
    check_late(index(json!([attestation])), none);
}

#[test]
fn an_index_in_an_index_is_followed() {
    let image = image();
    let platform = json!({ "architecture": "amd64", "os": "linux" });
    let index = |media_type: &str, bytes: &[u8]| {
        let mut entry = super::descriptor(media_type, bytes);
        entry["platform"] = platform.clone();
        Bytes::from(json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [entry] }).to_string())
    };
    let inner = index(OCI, image.manifest.to_string().as_bytes());
    let outer = index(INDEX, &inner);
    let inner_path = format!("/v2/x/app/manifests/{}", Digest::of(&inner));
    let outer_path = format!("/v2/x/app/manifests/{}", Digest::of(&outer));
    let rest = image.serve(whole);
    let printed = pull(move |seen| match seen.path() {
        path if path == inner_path => ok(INDEX, inner.clone()).into(),
        path if path == outer_path || path.ends_with("/1") => ok(INDEX, outer.clone()).into(),
        _ => rest(seen),
    });
    assert!(printed.ends_with("\nHOST/x/app:1\n"), "{printed}");
}

#[test]
fn indexes_in_indexes_end() {
    let entry = |digest: Digest, bytes: &str| {
        let platform = json!({ "architecture": "amd64", "os": "linux" });
        json!({ "mediaType": INDEX, "digest": digest, "size": bytes.len(), "platform": platform })
    };
    let mut levels = vec![json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [] }).to_string()];
    for level in 0..20 {
        let inner = entry(Digest::of(levels[level].as_bytes()), &levels[level]);
        levels.push(json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [inner] }).to_string());
    }
    let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let none = "no matching manifest for linux/amd64 in the manifest list entries";
    let answer = move |seen: &Seen| {
        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let named = |level: &&String| seen.path().ends_with(Digest::of(level.as_bytes()).encoded());
        let level = levels.iter().find(named).unwrap_or(&levels[20]);
        ok(INDEX, level.clone()).into()
    };
    check_late(answer, none);
    assert!(asked.load(std::sync::atomic::Ordering::SeqCst) < 12, "the twenty are not all asked for");
}

#[test]
fn a_config_is_as_long_as_its_descriptor_says_and_no_longer_than_any_config_is() {
    let sized = |size: u64| {
        let mut image = image();
        image.manifest["config"]["size"] = json!(size);
        image
    };
    let actual = image().config.len() as u64;
    check_late(
        sized(actual + 1).serve(whole),
        &format!("short read: expected {} bytes but got {actual}: unexpected EOF", actual + 1),
    );
    let digest = Digest::of(&image().config);
    check_late(
        sized(1).serve(whole),
        &format!(
            "failed commit on ref \"layer-{digest}\": commit failed: \"layer-{digest}\" failed size validation: {actual} != \
             1: failed precondition"
        ),
    );
    check_late(sized(5 << 20).serve(whole), "the answer is larger than 4194304 bytes");
}

#[test]
fn layers_that_are_not_what_they_should_be_are_refused() {
    let digest = Digest::of(&image().layer);
    let altered = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[600] ^= 1;
        whole(&bytes)
    };
    check_late(image().serve(altered), &format!("filesystem layer verification failed for digest {digest}"));
    let mut other = image();
    let config =
        String::from_utf8(other.config.clone()).unwrap().replace(&digest.to_string(), &Digest::of(b"x").to_string());
    other.manifest["config"] = super::descriptor(MediaType::OCI_CONFIG.as_str(), config.as_bytes());
    other.config = config.into_bytes();
    check_late(other.serve(whole), "layers from manifest don't match image configuration");
}

/// The classic store looks at the content alone; the newer one refuses, and so does this.
#[test]
fn a_digest_in_a_header_that_the_content_does_not_have_is_refused() {
    let rest = image().serve(whole);
    let lying = move |seen: &Seen| match rest(seen) {
        Reply::Answer(answer) => answer.header("Docker-Content-Digest", Digest::of(b"other")).into(),
        reply => reply,
    };
    check(lying, &format!("manifest verification failed for digest {}", Digest::of(b"other")));
}
