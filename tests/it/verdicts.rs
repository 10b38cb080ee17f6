//! Images that are not what they say, pulled: accepted and refused as Docker's classic engine does, in its words. What a layer's
//! tar alone may hold is in `rootfs`.

use std::sync::Arc;

use jiff::tz::TimeZone;
use layerbook::docker::{Mode, Output, View, execute};
use layerbook::engine::{Engine, EngineOptions};
use layerbook::oci::{Descriptor, Digest, MediaType, Platform};
use layerbook::store::{Store, WorkspaceName};
use serde_json::{Value, json};

use crate::support::memory::{Memory, document, gzip, tar_of};

/// An image of one layer whose parts may contradict one another.
struct Odd {
    /// The layer's descriptor.
    layer: Value,
    /// The layer's bytes.
    bytes: Vec<u8>,
    /// What the config says of the layer.
    diff_id: Digest,
    /// Media type of the config.
    config_type: MediaType,
}

fn tar() -> Vec<u8> {
    tar_of([("f", "hello")])
}

impl Odd {
    /// A layer of this media type and these bytes.
    fn new(media_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let layer = json!(Descriptor::of(MediaType::new(media_type), &bytes));
        Self { layer, bytes, diff_id: Digest::of(&tar()), config_type: MediaType::OCI_CONFIG }
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.layer[key] = value;
        self
    }

    /// Pulls the image; shows the last line of what is said, and the image's size.
    fn pull(self) -> String {
        let digest = self.layer["digest"].as_str().unwrap().to_owned();
        let config = json!({ "os": "linux", "architecture": "amd64",
            "rootfs": { "type": "layers", "diff_ids": [self.diff_id] } });
        let config = config.to_string().into_bytes();
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MediaType::OCI_MANIFEST,
            "config": Descriptor::of(self.config_type, &config), "layers": [self.layer],
        });
        let source = Memory::new().document("x", &document(&MediaType::OCI_MANIFEST, &manifest));
        source.blob(config);
        source.plant(&digest.parse().unwrap(), self.bytes);
        let home = tempfile::tempdir().unwrap();
        let workspace = Store::open(home.path()).unwrap().workspace(&WorkspaceName::Shell);
        let options = EngineOptions { platform: Platform::linux("amd64"), clock: now };
        let engine = Engine::new(workspace, Arc::new(source), options);
        let pulled = run(&engine, "pull x");
        let said = pulled.lines().last().unwrap_or_default().replace(&digest, "LAYER");
        format!("{said} {}", run(&engine, "images --format {{.Size}}")).trim().to_owned()
    }
}

fn run(engine: &Engine, line: &str) -> String {
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(execute(&words, engine, &view(), &mut Output::new(&mut out, &mut err)));
    String::from_utf8([out, err].concat()).unwrap()
}

fn view() -> View {
    View { now: now(), zone: || TimeZone::UTC, width: || 80, terminal: false, mode: Mode::Online, variable: |_| None }
}

fn now() -> jiff::Timestamp {
    "2024-03-02T12:00:00Z".parse().unwrap()
}

#[track_caller]
fn check(odd: Odd, expected: &str) {
    assert_eq!(odd.pull(), expected);
}

const PULLED: &str = "docker.io/library/x:latest 5B";
const PLAIN: &str = "application/vnd.oci.image.layer.v1.tar";
const GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

#[test]
fn a_layer_is_what_its_first_bytes_say_and_not_its_media_type() {
    let zstd = || zstd::encode_all(&tar()[..], 1).unwrap();
    check(Odd::new(GZIP, tar()), PULLED);
    check(Odd::new(PLAIN, gzip(&tar())), PULLED);
    check(Odd::new(GZIP, zstd()), PULLED);
    check(Odd::new("application/vnd.oci.image.layer.v1.tar+zstd", zstd()), PULLED);
    check(Odd::new("application/vnd.docker.image.rootfs.diff.tar.zstd", zstd()), PULLED);
}

#[test]
fn a_layer_of_an_unknown_type_is_refused() {
    let odd = "application/vnd.example.layer+gzip";
    check(Odd::new(odd, gzip(&tar())), &format!("unsupported media type {odd}"));
}

#[test]
fn a_foreign_layer_comes_from_the_registry_and_its_urls_are_not_asked() {
    // Who answers there would hear of the pull, and might ask for credentials.
    let urls = json!(["http://127.0.0.1:1/steal"]);
    for media_type in [
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    ] {
        check(Odd::new(media_type, gzip(&tar())).with("urls", urls.clone()), PULLED);
    }
}

#[test]
fn what_a_descriptor_brings_along_is_not_believed() {
    // `data` holds the content itself, or a lie.
    check(Odd::new(GZIP, gzip(&tar())).with("data", json!("bGll")), PULLED);
}

#[test]
fn a_layer_has_the_size_of_its_descriptor() {
    let size = gzip(&tar()).len();
    let sized = |said: u64| Odd::new(GZIP, gzip(&tar())).with("size", json!(said));
    check(sized(999_999), &format!("short read: expected 999999 bytes but got {size}: unexpected EOF"));
    check(
        sized(10),
        &format!(
            "failed commit on ref \"layer-LAYER\": commit failed: \"layer-LAYER\" failed size validation: {size} != 10: failed precondition"
        ),
    );
}

#[test]
fn a_layer_has_the_digest_of_its_descriptor() {
    let other = gzip(&tar_of([("f", "hullo")]));
    let odd = Odd { bytes: other.to_vec(), ..Odd::new(GZIP, gzip(&tar())) };
    check(odd.with("size", json!(other.len())), "filesystem layer verification failed for digest LAYER");
}

#[test]
fn a_layer_has_the_diff_id_that_the_config_says() {
    let odd = Odd { diff_id: Digest::of(b"other"), ..Odd::new(GZIP, gzip(&tar())) };
    check(odd, "layers from manifest don't match image configuration");
}

#[test]
fn a_broken_layer_is_refused_in_the_engine_s_words() {
    let packed = gzip(&tar());
    let corrupted = "failed to register layer: exit status 1: unpigz: skipping: <stdin>: corrupted";
    check(Odd::new(GZIP, &packed[..packed.len() - 8]), &format!("{corrupted} -- missing trailer"));
    let mut flipped = packed.to_vec();
    let at = flipped.len() - 8;
    flipped[at] ^= 1;
    check(Odd::new(GZIP, flipped), &format!("{corrupted} -- crc32 mismatch"));
    let bare = tar_of([("a/.wh.", "")]);
    let odd = Odd { diff_id: Digest::of(&bare), ..Odd::new(GZIP, gzip(&bare)) };
    check(odd, "failed to register layer: invalid whiteout entry \"a/.wh.\"");
    // Bytes behind the stream are passed over: the diff ID still protects.
    check(Odd::new(GZIP, [&packed[..], b"trailing"].concat()), PULLED);
}

#[test]
fn an_artifact_is_no_image() {
    let helm = MediaType::new("application/vnd.cncf.helm.config.v1+json");
    let odd = Odd { config_type: helm, ..Odd::new(GZIP, gzip(&tar())) };
    check(odd, "unsupported media type application/vnd.cncf.helm.config.v1+json");
}

#[test]
fn what_a_manifest_calls_a_digest_must_be_one() {
    for text in ["sha256:../../x", "sha256:", "md5:d41d8cd98f00b204e9800998ecf8427e", "", "sha256:ABCDEF"] {
        let manifest = json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_MANIFEST,
            "config": { "mediaType": MediaType::OCI_CONFIG, "size": 2, "digest": text }, "layers": [] });
        let read = layerbook::oci::Document::read(Some(&MediaType::OCI_MANIFEST), manifest.to_string().into());
        assert!(read.is_err(), "{text}");
    }
}
