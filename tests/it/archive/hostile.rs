//! Archives that are broken or mean harm: refused, and nothing is left of them.

use layerbook::oci::{Digest, MediaType};
use serde_json::{Value, json};

use super::{Docker, Parts, Tar, item};
use crate::support::memory::{gzip, tar_of};

/// Loads an archive that must be refused: Docker's sentence, no image, no file.
#[track_caller]
fn refuse(archive: &[u8], expected: &str) {
    let docker = Docker::empty();
    assert_eq!(docker.feed("load", archive), format!("{expected}\n[1]\n"));
    assert_eq!(docker.images(), "");
    assert_eq!(docker.files(), Vec::<String>::new());
}

/// An image whose `manifest.json` is this.
fn listed(manifest: &str) -> Vec<u8> {
    let parts = Parts::one();
    Tar::new().file("l.tar", &parts.layers[0]).file("c.json", &parts.config).file("manifest.json", manifest).bytes()
}

fn list(config: &str, tags: &[&str], layers: &[&str]) -> String {
    let layers: Vec<String> = layers.iter().map(|&name| name.to_owned()).collect();
    json!([item(config, tags, &layers)]).to_string()
}

#[test]
fn lists_that_are_none_are_refused() {
    refuse(&listed("null"), "invalid manifest, manifest cannot be null (but can be [])");
    refuse(&listed(""), "EOF");
    refuse(&listed("[{"), "unexpected EOF");
    refuse(&listed("hello"), "invalid character 'h' looking for beginning of value");
    refuse(&listed("{}"), "json: cannot unmarshal object into Go value of type []tarexport.manifestItem");
    let number = "json: cannot unmarshal number into Go struct field manifestItem";
    refuse(&listed(r#"[{"Config":5}]"#), &format!("{number}.Config of type string"));
    refuse(&listed(r#"[{"Config":"c.json","Layers":[5]}]"#), &format!("{number}.Layers of type string"));
    refuse(&Tar::new().file("x", "y").bytes(), "invalid archive: does not contain a manifest.json");
    refuse(b"", "invalid archive: does not contain a manifest.json");
}

#[test]
fn what_is_listed_must_be_there() {
    refuse(&listed(&list("nope.json", &["x:1"], &["l.tar"])), "open nope.json: no such file or directory");
    refuse(&listed(&list("c.json", &["x:1"], &["nope.tar"])), "open nope.tar: no such file or directory");
    refuse(&listed(&list("c.json", &["x:1"], &["."])), "read .: is a directory");
    let mismatch = "invalid manifest, layers length mismatch: expected";
    refuse(&listed(&list("c.json", &["x:1"], &["l.tar", "l.tar"])), &format!("{mismatch} 2, got 1"));
    refuse(&listed(&list("c.json", &["x:1"], &[])), &format!("{mismatch} 0, got 1"));
}

#[test]
fn names_must_be_names_with_tags() {
    let named = |tag: &str| listed(&list("c.json", &["good:1", tag], &["l.tar"]));
    refuse(&named("UPPER:1"), "invalid reference format: repository name (library/UPPER) must be lowercase");
    refuse(&named("a"), "invalid tag \"a\"");
    refuse(&named(""), "invalid reference format");
    let digest = Digest::of(b"");
    refuse(&named(&format!("a@{digest}")), &format!("invalid tag \"a@{digest}\""));
    refuse(&named(&format!("a:1@{digest}")), &format!("invalid tag \"a:1@{digest}\""));
}

#[test]
fn configs_must_be_configs_of_linux() {
    let config = |text: &str| {
        let layer = tar_of([("a", "1")]);
        let list = list("c.json", &["x:1"], &["l.tar"]);
        Tar::new().file("l.tar", layer).file("c.json", text).file("manifest.json", list).bytes()
    };
    refuse(&config("null"), "invalid image JSON, no RootFS key");
    refuse(&config(r#"{"os":"linux"}"#), "invalid image JSON, no RootFS key");
    refuse(&config(r#"{"os":"windows","rootfs":{"type":"layers"}}"#), "cannot load windows image on linux");
    refuse(&config("[]"), "json: cannot unmarshal array into Go value of type image.Image");
    refuse(&config("not json"), "invalid character 'o' in literal null (expecting 'u')");
    refuse(&config("{"), "unexpected end of JSON input");
    refuse(
        &config(r#"{"rootfs":{"diff_ids":["sha256:../../etc/passwd"]}}"#),
        "layers from manifest don't match image configuration",
    );
}

#[test]
fn every_layer_must_have_its_diff_id() {
    let mut parts = Parts::two();
    let (actual, expected) = (Digest::of(&parts.layers[0]), Digest::of(&parts.layers[1]));
    parts.layers[1] = parts.layers[0].clone();
    let sentence = format!("invalid diffID for layer 1: expected \"{expected}\", got \"{actual}\"");
    refuse(&Parts::archive(&[(&parts, &["x:1"])]).bytes(), &sentence);
    // Where Docker keeps the first image, nothing is kept here.
    refuse(&Parts::archive(&[(&Parts::one(), &["good:1"]), (&parts, &["x:1"])]).bytes(), &sentence);
}

#[test]
fn every_layer_must_be_a_layer() {
    let of = |layer: Vec<u8>| Parts::archive(&[(&Parts::of(vec![layer]), &["x:1"])]).bytes();
    refuse(&of(vec![b'x'; 1024]), "archive/tar: invalid tar header");
    refuse(&of(b"short".to_vec()), "unexpected EOF");
    let evil = Tar::new().file("../evil", "x").bytes();
    refuse(&of(evil), "invalid entry name \"../evil\"");
}

#[test]
fn nothing_is_read_from_outside() {
    refuse(&listed(&list("../../etc/passwd", &["x:1"], &["l.tar"])), "`../../etc/passwd` leads out of the archive");
    refuse(&listed(&list("/etc/passwd", &["x:1"], &["l.tar"])), "open /etc/passwd: no such file or directory");
    let parts = Parts::one();
    let linked = |tar: Tar| {
        tar.file("c.json", &parts.config).file("manifest.json", list("c.json", &["x:1"], &["l.tar"])).bytes()
    };
    refuse(&linked(Tar::new().symlink("l.tar", "../../etc/passwd")), "`l.tar` leads out of the archive");
    refuse(&linked(Tar::new().symlink("l.tar", "/etc/passwd")), "open l.tar: no such file or directory");
    refuse(&linked(Tar::new().hard_link("l.tar", "../etc/passwd")), "`l.tar` leads out of the archive");
    refuse(&linked(Tar::new().symlink("l.tar", "l.tar")), "`l.tar` leads through too many links");
    refuse(&linked(Tar::new().entry(tar::EntryType::Char, "l.tar", "", &[])), "read l.tar: is a directory");
}

#[test]
fn nothing_is_written_outside() {
    let archive = |name: &str| {
        let good = Parts::one();
        let tar = Tar::new().file(name, "x").file("l.tar", &good.layers[0]).file("c.json", &good.config);
        tar.file("manifest.json", list("c.json", &["x:1"], &["l.tar"])).bytes()
    };
    refuse(&archive("../evil"), "`../evil` leads out of the archive");
    refuse(&archive("a/../../evil"), "`a/../../evil` leads out of the archive");
    assert_eq!(Docker::empty().feed("load", &archive("/etc/evil")), "Loaded image: x:1\n");
}

#[test]
fn a_name_is_one_file() {
    let parts = Parts::one();
    let tar = Tar::new().file("l.tar", "first").file("./l.tar", &parts.layers[0]).file("c.json", &parts.config);
    refuse(
        &tar.file("manifest.json", list("c.json", &["x:1"], &["l.tar"])).bytes(),
        "the archive has two files `./l.tar`",
    );
}

#[test]
fn archives_that_end_too_early_are_refused() {
    let archive = Parts::archive(&[(&Parts::two(), &["x:1"])]).bytes();
    for end in [100, 700, archive.len() / 2] {
        refuse(&archive[..end], "unexpected EOF");
    }
    let packed = gzip(&archive);
    refuse(&packed[..packed.len() - 4], "unexpected EOF");
    let mut broken = packed.to_vec();
    let at = broken.len() - 6;
    broken[at] ^= 1;
    refuse(&broken, "gzip: invalid checksum");
    refuse(&[b'x'; 1024], "archive/tar: invalid tar header");
}

#[test]
fn types_that_are_none_are_refused() {
    refuse(&Tar::new().entry(tar::EntryType::new(b'Z'), "z", "", &[]).bytes(), "unhandled tar header type 90");
    refuse(&Tar::new().entry(tar::EntryType::GNUSparse, "s", "", &[]).bytes(), "unhandled tar header type 83");
}

#[test]
fn documents_are_bounded() {
    let large = " ".repeat((4 << 20) + 1);
    refuse(&listed(&large), "`manifest.json` has 4194305 bytes, more than 4194304");
    let index = Tar::new().file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#).file("index.json", &large);
    refuse(&index.bytes(), "`index.json` has 4194305 bytes, more than 4194304");
}

#[test]
fn a_size_that_is_only_claimed_takes_no_room() {
    let mut header = tar::Header::new_gnu();
    header.set_path("zeros").unwrap();
    header.set_size(300 << 30);
    header.set_cksum();
    refuse(&gzip(header.as_bytes()), "unexpected EOF");
}

fn layout(entries: &Value, blobs: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = Tar::new().file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
    for (digest, content) in blobs {
        tar = tar.file(&format!("blobs/{}", digest.replace(':', "/")), content);
    }
    tar.file("index.json", json!({ "schemaVersion": 2, "manifests": entries }).to_string()).bytes()
}

#[test]
fn blobs_must_have_the_digests_that_they_are_called_by() {
    let (named, actual) = (Digest::of(b"one"), Digest::of(b"other"));
    let sentence = format!(
        "failed to ingest \"blobs/sha256/{}\": unexpected commit digest {actual}, expected {named}: failed precondition",
        named.encoded()
    );
    refuse(&layout(&json!([]), &[(&named.to_string(), b"other")]), &sentence);
    // Also where a link makes one blob out of another.
    let entry = json!({ "mediaType": MediaType::OCI_MANIFEST, "digest": named, "size": 5 });
    let tar = Tar::new()
        .file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#)
        .file("x", "other")
        .symlink(&format!("blobs/sha256/{}", named.encoded()), "../../x")
        .file("index.json", json!({ "schemaVersion": 2, "manifests": [entry] }).to_string());
    refuse(&tar.bytes(), &sentence);
}

#[test]
fn descriptors_must_be_right() {
    let manifest = b"{}";
    let digest = Digest::of(manifest).to_string();
    let entry =
        |digest: &str, size: usize| json!([{ "mediaType": MediaType::OCI_MANIFEST, "digest": digest, "size": size }]);
    refuse(
        &layout(&entry(&digest, 1), &[(&digest, manifest)]),
        &format!(
            "failed commit on ref \"layer-{digest}\": commit failed: \"layer-{digest}\" failed size validation: 2 != 1: failed precondition"
        ),
    );
    let missing = Digest::of(b"missing");
    let name = format!("blobs/sha256/{}", missing.encoded());
    refuse(&layout(&entry(&missing.to_string(), 1), &[]), &format!("open {name}: no such file or directory"));
    let escaping = layout(&entry("sha256:../../../../etc/passwd", 1), &[]);
    refuse(
        &escaping,
        "could not validate manifest digest \"sha256:../../../../etc/passwd\": invalid checksum digest format",
    );
}

#[test]
fn a_document_that_is_two_things_is_refused() {
    let both = json!({ "schemaVersion": 2, "manifests": [], "layers": [], "config": {} }).to_string();
    let digest = Digest::of(both.as_bytes()).to_string();
    let entry = json!([{ "mediaType": MediaType::OCI_MANIFEST, "digest": digest, "size": both.len() }]);
    refuse(&layout(&entry, &[(&digest, both.as_bytes())]), "ocimanifest: expected manifest but found index");
    let lie = json!({ "mediaType": MediaType::DOCKER_MANIFEST, "schemaVersion": 2 }).to_string();
    let digest = Digest::of(lie.as_bytes()).to_string();
    let entry = json!([{ "mediaType": MediaType::OCI_MANIFEST, "digest": digest, "size": lie.len() }]);
    let sentence = "if present, mediaType in manifest should be 'application/vnd.oci.image.manifest.v1+json' not 'application/vnd.docker.distribution.manifest.v2+json'";
    refuse(&layout(&entry, &[(&digest, lie.as_bytes())]), sentence);
}

#[test]
fn indexes_in_indexes_end() {
    let mut child = json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": [] }).to_string();
    let mut blobs = Vec::new();
    for _ in 0..12 {
        let digest = Digest::of(child.as_bytes());
        let entry = json!({ "mediaType": MediaType::OCI_INDEX, "digest": digest, "size": child.len(),
            "platform": { "os": "linux", "architecture": "amd64" } });
        blobs.push((digest.to_string(), child.clone()));
        child =
            json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": vec![entry; 50] }).to_string();
    }
    let (digest, top) = blobs.last().unwrap().clone();
    let entry = json!([{ "mediaType": MediaType::OCI_INDEX, "digest": digest, "size": top.len() }]);
    let blobs: Vec<(&str, &[u8])> = blobs.iter().map(|(digest, text)| (digest.as_str(), text.as_bytes())).collect();
    refuse(&layout(&entry, &blobs), "no matching manifest for linux/amd64 in the manifest list entries");
}

#[test]
fn a_layout_of_an_unknown_version_is_refused() {
    let index = r#"{"schemaVersion":2,"manifests":[]}"#;
    refuse(&Tar::new().file("index.json", index).bytes(), "open oci-layout: no such file or directory");
    let newer = Tar::new().file("oci-layout", r#"{"imageLayoutVersion":"2.0.0"}"#).file("index.json", index);
    refuse(&newer.bytes(), "unrecognized image format");
}

#[test]
fn an_archive_with_any_byte_changed_is_loaded_whole_or_not_at_all() {
    let parts = Parts::two();
    let archive = Parts::archive(&[(&parts, &["x:1"])]).bytes();
    let packed = gzip(&archive).to_vec();
    for bytes in [archive, packed] {
        let step = bytes.len() / 40;
        for at in (0..bytes.len()).step_by(step) {
            let docker = Docker::empty();
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            let said = docker.feed("load", &changed);
            let is_whole = docker.images() != "";
            assert_eq!(is_whole, !said.ends_with("[1]\n"), "byte {at}: {said}");
            assert_eq!(docker.files().is_empty(), !is_whole, "byte {at}: {said}");
            if is_whole {
                assert_eq!(docker.run("images --format {{.Size}}"), "10B\n", "byte {at}: {said}");
            }
        }
    }
}
