//! What `docker load` reads, and what it says.

use std::io::Write as _;

use layerbook::docker::{Terminals, View};
use layerbook::oci::{Digest, MediaType};
use serde_json::{Value, json};

use super::{Docker, Parts, Tar, item, with_images};
use crate::support::memory::{Image, ImageBuilder, gzip, index, tar_of};

#[test]
fn an_archive_of_old_is_loaded_and_its_layers_stay_as_they_came() {
    let docker = Docker::empty();
    let parts = Parts::two();
    let archive = Parts::archive(&[(&parts, &["one:1", "docker.io/library/one:2"])]).bytes();
    assert_eq!(docker.feed("load", &archive), "Loaded image: one:1\nLoaded image: one:2\n");
    assert_eq!(docker.run("inspect -f {{.Id}} one:1").trim(), Digest::of(&parts.config).to_string());
    assert_eq!(docker.run("history -q one:2"), "");
    let mut blobs: Vec<String> = parts.layers.iter().map(|layer| Digest::of(layer).encoded().to_owned()).collect();
    blobs.push(Digest::of(&parts.config).encoded().to_owned());
    let files = docker.files();
    assert!(blobs.iter().all(|blob| files.contains(blob)), "{files:?}");
    // The manifest that was made for it, and nothing else: no `manifest.json`.
    assert_eq!(files.len(), blobs.len() + 1);
}

#[test]
fn what_it_makes_can_be_saved_and_loaded_again() {
    let one = Docker::empty();
    one.feed("load", &Parts::archive(&[(&Parts::two(), &["one:1"])]).bytes());
    let archive = one.bytes("save one:1");
    let other = Docker::empty();
    assert_eq!(other.feed("load", &archive), "Loaded image: one:1\n");
    assert_eq!(other.bytes("save one:1"), archive);
}

#[test]
fn any_usual_compression_is_read() {
    let archive = Parts::archive(&[(&Parts::one(), &["one:1"])]).bytes();
    for packed in [gzip(&archive).to_vec(), zstd::encode_all(&archive[..], 1).unwrap()] {
        assert_eq!(Docker::empty().feed("load", &packed), "Loaded image: one:1\n");
    }
    let layer = tar_of([("a", "1")]);
    for packed in [gzip(&layer).to_vec(), zstd::encode_all(&layer[..], 1).unwrap()] {
        let mut parts = Parts::of(vec![layer.clone()]);
        parts.layers = vec![packed];
        let docker = Docker::empty();
        assert_eq!(docker.feed("load", &Parts::archive(&[(&parts, &["one:1"])]).bytes()), "Loaded image: one:1\n");
        assert_eq!(docker.run("images --format {{.Size}}"), "1B\n");
    }
    assert_eq!(
        Docker::empty().feed("load", b"BZh91AY&SY"),
        "the archive is compressed with bzip2, which is not supported; only gzip, zstd and no compression are\n[1]\n"
    );
}

#[test]
fn links_inside_the_archive_are_followed() {
    let parts = Parts::one();
    let tar = || Tar::new().file("x/layer.tar", &parts.layers[0]).file("c.json", &parts.config);
    let list = |layer: &str| json!([item("c.json", &["one:1"], &[layer.to_owned()])]).to_string();
    for tar in [
        tar().symlink("y/layer.tar", "../x/layer.tar").file("manifest.json", list("y/layer.tar")),
        tar().symlink("y", "x").file("manifest.json", list("y/layer.tar")),
        tar().symlink("l", "/x/layer.tar").file("manifest.json", list("./l")),
        tar().hard_link("l", "x/layer.tar").file("./manifest.json", list("l")),
    ] {
        assert_eq!(Docker::empty().feed("load", &tar.bytes()), "Loaded image: one:1\n");
    }
}

#[test]
fn ids_are_told_where_the_last_image_has_no_name() {
    let (one, two) = (Parts::one(), Parts::two());
    let load = |images: &[(&Parts, &[&str])]| Docker::empty().feed("load", &Parts::archive(images).bytes());
    let id = |parts: &Parts| format!("Loaded image ID: {}\n", Digest::of(&parts.config));
    assert_eq!(load(&[(&one, &["one:1"]), (&two, &[])]), format!("Loaded image: one:1\n{}{}", id(&one), id(&two)));
    assert_eq!(load(&[(&one, &[]), (&two, &["two:1"])]), "Loaded image: two:1\n");
    assert_eq!(load(&[]), "\n");
}

#[test]
fn a_name_that_moves_is_told() {
    let docker = Docker::empty();
    let (one, two) = (Parts::one(), Parts::two());
    docker.feed("load", &Parts::archive(&[(&one, &["x:1"])]).bytes());
    let before = Digest::of(&one.config);
    let again = docker.feed("load", &Parts::archive(&[(&one, &["x:1"])]).bytes());
    assert_eq!(again, "Loaded image: x:1\n");
    assert_eq!(
        docker.feed("load", &Parts::archive(&[(&two, &["x:1"])]).bytes()),
        format!(
            "The image x:1 already exists, renaming the old one with ID {before} to empty string\nLoaded image: x:1\n"
        )
    );
    let ids = [Digest::of(&two.config), before];
    let listed = docker.images();
    assert!(ids.iter().all(|id| listed.contains(id.short())) && listed.contains("<none>:<none>"), "{listed}");
}

#[test]
fn two_images_of_one_archive_may_claim_one_name() {
    let (one, two) = (Parts::one(), Parts::two());
    let said = Docker::empty().feed("load", &Parts::archive(&[(&one, &["x:1"]), (&two, &["x:1"])]).bytes());
    assert_eq!(said.lines().filter(|line| *line == "Loaded image: x:1").count(), 2, "{said}");
    assert!(said.contains("already exists, renaming the old one"), "{said}");
}

#[test]
fn an_image_that_is_held_keeps_what_it_is_stored_as() {
    let docker = with_images();
    let before = docker.files();
    let archive = docker.bytes("save demo:2");
    // The same image with unpacked layers, as the classic store would save it.
    let (config, layers) = unpacked(&archive);
    let parts = Parts { config, layers };
    let loaded = docker.feed("load", &Parts::archive(&[(&parts, &["new:1"])]).bytes());
    assert_eq!(loaded, "Loaded image: new:1\n");
    assert_eq!(docker.files(), before);
    assert_eq!(docker.run("images -q new:1"), docker.run("images -q demo:2"));
}

fn unpacked(archive: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let item = super::json_of(archive, "manifest.json")[0].clone();
    let files: std::collections::BTreeMap<_, _> = super::entries(archive).into_iter().collect();
    let layers = item["Layers"].as_array().unwrap().iter().map(|name| {
        let mut tar = Vec::new();
        let mut decoder = flate2::write::GzDecoder::new(&mut tar);
        decoder.write_all(&files[name.as_str().unwrap()]).unwrap();
        decoder.finish().unwrap();
        tar
    });
    (files[item["Config"].as_str().unwrap()].clone(), layers.collect())
}

/// A layout with these entries; every blob of the images is in it.
fn layout(images: &[&Image], entries: &Value) -> Tar {
    let mut tar = Tar::new().file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
    let mut there = std::collections::BTreeSet::new();
    for image in images {
        let blobs = image.blobs.iter().chain([image.document.bytes()]);
        for blob in blobs {
            let digest = Digest::of(blob);
            if there.insert(digest.clone()) {
                tar = tar.file(&format!("blobs/sha256/{}", digest.encoded()), blob);
            }
        }
    }
    tar.file("index.json", json!({ "schemaVersion": 2, "manifests": entries }).to_string())
}

fn entry(image: &Image, annotations: &Value) -> Value {
    let mut entry = serde_json::to_value(image.document.descriptor()).unwrap();
    entry["annotations"] = annotations.clone();
    entry
}

#[test]
fn names_of_a_layout_are_containerds_or_its_own() {
    const CONTAINERD: &str = "io.containerd.image.name";
    const OWN: &str = "org.opencontainers.image.ref.name";
    let image = ImageBuilder::new().layer([("a", "1")]).build();
    let id = format!("Loaded image ID: {}\n", image.config.image_id());
    let check = |annotations: Value, expected: &str| {
        let archive = layout(&[&image], &json!([entry(&image, &annotations)])).bytes();
        assert_eq!(Docker::empty().feed("load", &archive), expected, "{annotations}");
    };
    check(json!({ CONTAINERD: "docker.io/library/one:1", OWN: "1" }), "Loaded image: one:1\n");
    check(json!({ OWN: "ghcr.io/a/b:2" }), "Loaded image: ghcr.io/a/b:2\n");
    check(json!({ OWN: "ghcr.io/a/b" }), "Loaded image: ghcr.io/a/b:latest\n");
    check(json!({ OWN: "latest" }), &id);
    check(json!({}), &id);
    check(json!({ CONTAINERD: format!("x@{}", Digest::of(b"")) }), &id);
    check(json!({ OWN: "Bad/Name:1" }), "invalid reference format: repository name (Name) must be lowercase\n[1]\n");
}

#[test]
fn several_entries_of_one_image_are_several_names() {
    let image = ImageBuilder::new().layer([("a", "1")]).build();
    let named = |name: &str| entry(&image, &json!({ "io.containerd.image.name": name }));
    let archive = layout(&[&image], &json!([named("one:1"), named("two:2")])).bytes();
    assert_eq!(Docker::empty().feed("load", &archive), "Loaded image: one:1\nLoaded image: two:2\n");
}

#[test]
fn of_several_platforms_the_one_that_is_there_and_wanted_is_loaded() {
    let build = |platform: &str| ImageBuilder::new().layer([("a", platform)]).platform(platform).build();
    let (amd, arm) = (build("linux/amd64"), build("linux/arm64"));
    let root = index(&[amd.clone(), arm.clone()]);
    let entries = json!([{ "mediaType": MediaType::OCI_INDEX, "digest": root.digest(), "size": root.bytes().len(),
        "annotations": { "io.containerd.image.name": "docker.io/library/both:1" } }]);
    let with_root = |images: &[&Image]| {
        let name = format!("blobs/sha256/{}", root.digest().encoded());
        layout(images, &entries).file(&name, root.bytes()).bytes()
    };
    let loaded = |archive: &[u8], line: &str| {
        let docker = Docker::empty();
        let said = docker.feed(line, archive);
        said + &docker.run("inspect -f {{.Architecture}} both:1")
    };
    let all = with_root(&[&amd, &arm]);
    assert_eq!(loaded(&all, "load"), "Loaded image: both:1\namd64\n");
    assert_eq!(loaded(&all, "load --platform linux/arm64"), "Loaded image: both:1\narm64\n");
    // A sparse index, as `docker save` of containerd's store writes it.
    assert_eq!(loaded(&with_root(&[&amd]), "load"), "Loaded image: both:1\namd64\n");
    let none = Docker::empty().feed("load", &with_root(&[&arm]));
    assert_eq!(none, "no matching manifest for linux/amd64 in the manifest list entries\n[1]\n");
    let other =
        Docker::empty().feed("load --platform linux/arm64", &Parts::archive(&[(&Parts::one(), &["one:1"])]).bytes());
    assert!(other.starts_with("image with reference one:1 was found but its platform (linux/amd64)"), "{other}");
}

#[test]
fn where_nothing_can_be_read_from_that_is_said() {
    let docker = Docker::empty();
    let (_, err) = docker.raw("load", &[], Terminals { input: true, output: false });
    assert_eq!(err, "requested load from stdin, but stdin is empty\n[1]\n");
    assert_eq!(docker.run("load -i nosuch.tar"), "open nosuch.tar: no such file or directory\n[1]\n");
    assert_eq!(docker.run("load"), "invalid archive: does not contain a manifest.json\n[1]\n");
    assert!(docker.run("load x").starts_with("docker: 'docker load' accepts no arguments\n"));
    if cfg!(unix) {
        assert_eq!(docker.run("load -i /"), "read /: is a directory\n[1]\n");
    }
}

#[test]
fn a_terminal_sees_the_layers_that_are_new() {
    let docker = Docker::empty();
    docker.feed("load", &Parts::archive(&[(&Parts::one(), &["one:1"])]).bytes());
    let view = View { terminal: true, ..super::view() };
    let two = Parts::archive(&[(&Parts::two(), &["two:1"])]).bytes();
    let load = |line: &str| {
        let (out, err) = docker.seen(line, &two, Terminals { input: false, output: true }, &view);
        assert_eq!(err, "");
        String::from_utf8(out).unwrap().replace('\x1b', "ESC").replace('\r', "<CR>")
    };
    insta::assert_snapshot!(load("load"), @r"
    ESC[1AESC[2K<CR>78772f939445: Loading layer  2.048kB/2.048kB<CR>ESC[1BLoaded image: two:1
    ");
    // What is held is not told again, and -q tells nothing but names.
    assert_eq!(load("load"), "Loaded image: two:1\n");
    assert_eq!(load("load -q"), "Loaded image: two:1\n");
}

#[test]
fn a_parent_is_kept_where_it_is_in_the_archive_and_below() {
    let (one, two) = (Parts::one(), Parts::two());
    let id = Digest::of(&one.config);
    let archive = |parent: &Digest| {
        let mut child = item("2.json", &["child:1"], &["a.tar".to_owned(), "b.tar".to_owned()]);
        child["Parent"] = json!(parent);
        let items = json!([item("1.json", &[], &["a.tar".to_owned()]), child]);
        let tar = Tar::new().file("a.tar", &two.layers[0]).file("b.tar", &two.layers[1]);
        tar.file("1.json", &one.config).file("2.json", &two.config).file("manifest.json", items.to_string()).bytes()
    };
    let shown = |archive: &[u8]| {
        let docker = Docker::empty();
        docker.feed("load", archive);
        docker.run("images -q").lines().count()
    };
    // A parent without a name is hidden.
    assert_eq!(shown(&archive(&id)), 1);
    assert_eq!(shown(&archive(&Digest::of(b"unknown"))), 2);
}
