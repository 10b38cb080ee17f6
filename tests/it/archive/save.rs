//! What `docker save` writes.

use layerbook::docker::Terminals;
use layerbook::oci::Digest;
use serde_json::json;

use super::{Docker, Parts, entries, json_of, with_images};
use crate::support::memory::{ImageBuilder, Memory};

#[test]
fn an_archive_is_a_layout_and_a_docker_archive_at_once() {
    let docker = with_images();
    let archive = docker.bytes("save demo:1");
    let names: Vec<String> = entries(&archive).into_iter().map(|(name, _)| name).collect();
    let config = docker.run("inspect -f {{.Id}} demo:1").trim().replace(':', "/");
    assert_eq!(names[..2], ["blobs/", "blobs/sha256/"]);
    assert_eq!(names[5..], ["index.json", "manifest.json", "oci-layout"]);
    assert!(names[2..5].is_sorted());
    assert!(names.contains(&format!("blobs/{config}")));
    for (name, content) in &entries(&archive)[2..5] {
        assert_eq!(*name, format!("blobs/sha256/{}", Digest::of(content).encoded()));
    }
    assert_eq!(json_of(&archive, "oci-layout"), json!({ "imageLayoutVersion": "1.0.0" }));
    let manifest = json_of(&archive, "manifest.json");
    assert_eq!(manifest[0]["Config"], format!("blobs/{config}"));
    assert_eq!(manifest[0]["RepoTags"], json!(["demo:1"]));
    assert_eq!(manifest[0]["Layers"].as_array().unwrap().len(), 1);
    let index = json_of(&archive, "index.json");
    assert_eq!(
        index["manifests"][0]["annotations"],
        json!({
            "containerd.io/distribution.source.docker.io": "library/demo",
            "io.containerd.image.name": "docker.io/library/demo:1",
            "org.opencontainers.image.ref.name": "1",
        })
    );
}

#[test]
fn its_bytes_depend_on_images_and_names_alone() {
    let (one, other) = (with_images(), with_images());
    assert_eq!(one.bytes("save demo:1 demo:2"), other.bytes("save demo:1 demo:2"));
    assert_ne!(one.bytes("save demo:1"), one.bytes("save demo:2"));
}

#[test]
fn a_shared_layer_is_written_once() {
    let docker = with_images();
    let names = |line: &str| entries(&docker.bytes(line)).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let all = names("save demo:1 demo:2");
    let mut distinct = all.clone();
    distinct.dedup();
    assert_eq!(all, distinct);
    // Two configs, two manifests, two layers of which one is in both images; two folders and three lists.
    assert_eq!(all.len(), 6 + 5);
}

#[track_caller]
fn check_tags(lines: &[&str], save: &str, expected: &serde_json::Value) {
    let docker = with_images();
    for line in lines {
        assert_eq!(docker.run(line), "");
    }
    let id = docker.run("images -q demo:1").trim().to_owned();
    let archive = docker.bytes(&save.replace("ID", &id));
    let items = json_of(&archive, "manifest.json");
    let tags: Vec<_> = items.as_array().unwrap().iter().map(|item| item["RepoTags"].clone()).collect();
    assert_eq!(json!(tags), *expected);
    let named = json_of(&archive, "index.json")["manifests"].as_array().unwrap().len();
    assert_eq!(named, tags.iter().map(|tags| tags.as_array().unwrap().len().max(1)).sum::<usize>());
}

#[test]
fn a_name_without_a_tag_is_all_tags_of_its_repository() {
    check_tags(&[], "save demo", &json!([["demo:1"], ["demo:2"]]));
    check_tags(&["tag demo:1 demo:x", "tag demo:1 other"], "save demo:1", &json!([["demo:1"]]));
    check_tags(&["tag demo:1 demo:x", "tag demo:1 other"], "save demo", &json!([["demo:1", "demo:x"], ["demo:2"]]));
    check_tags(&["tag demo:1 other"], "save demo:1 other", &json!([["demo:1", "other:latest"]]));
}

#[test]
fn an_image_by_id_has_no_name_and_stands_there_once() {
    check_tags(&[], "save ID", &json!([[]]));
    check_tags(&[], "save ID demo:1 demo:1", &json!([["demo:1"]]));
}

#[test]
fn what_is_not_there_is_said_before_the_first_byte() {
    let docker = with_images();
    let zeros = "0".repeat(64);
    insta::assert_snapshot!([
        "save demo:1 nosuch",
        "save nosuch:1",
        "save 000",
        "save UPPER",
        &format!("save sha256:{zeros}"),
        &format!("save demo@sha256:{zeros}"),
        "save --platform linux/arm64 demo:1",
        "save",
    ]
    .map(|line| docker.run(line))
    .concat(), @r"
    Error response from daemon: No such image: nosuch
    [1]
    Error response from daemon: reference does not exist
    [1]
    Error response from daemon: No such image: 000
    [1]
    Error response from daemon: invalid reference format: repository name (library/UPPER) must be lowercase
    [1]
    Error response from daemon: No such image: sha256:0000000000000000000000000000000000000000000000000000000000000000
    [1]
    Error response from daemon: reference does not exist
    [1]
    Error response from daemon: image with reference demo:1 was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)
    [1]
    docker: 'docker save' requires at least 1 argument

    Usage:  docker save [OPTIONS] IMAGE [IMAGE...]

    See 'docker save --help' for more information
    [1]
    ");
}

#[test]
fn an_image_without_layers_is_not_saved() {
    let docker = Docker::empty();
    docker.feed("load", &Parts::archive(&[(&Parts::of(Vec::new()), &["none:1"])]).bytes());
    assert_eq!(docker.run("save none:1"), "Error response from daemon: empty export - not implemented\n[1]\n");
}

#[test]
fn no_archive_is_written_to_a_terminal() {
    let (out, err) = with_images().raw("save demo:1", &[], Terminals { input: true, output: true });
    assert_eq!(out, b"");
    assert_eq!(err, "cowardly refusing to save to a terminal. Use the -o flag or redirect\n[1]\n");
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let docker = with_images();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.tar");
    let save = |names: &str| docker.run(&format!("save -o {} {names}", path.display()));
    assert_eq!(save("nosuch"), "Error response from daemon: No such image: nosuch\n[1]\n");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert_eq!(save("demo:1"), "");
    assert_eq!(std::fs::read(&path).unwrap(), docker.bytes("save demo:1"));
    assert_eq!(save("demo:2"), "");
    assert_eq!(std::fs::read(&path).unwrap(), docker.bytes("save demo:2"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn what_is_no_place_for_a_file_is_refused_first() {
    let docker = with_images();
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().display().to_string();
    std::fs::write(folder.path().join("file"), "").unwrap();
    std::os::unix::fs::symlink("file", folder.path().join("link")).unwrap();
    let tell = |path: &str| docker.run(&format!("save -o {path} nosuch")).replace(&here, "HERE");
    let said = [
        format!("{here}/nodir/x"),
        here.clone(),
        "/dev/null".to_owned(),
        format!("{here}/link"),
        format!("{here}/file/x"),
    ];
    insta::assert_snapshot!(said.map(|path| tell(&path)).concat(), @r"
    failed to save image: invalid output path: stat HERE/nodir: no such file or directory
    [1]
    failed to save image: cannot write to a directory
    [1]
    failed to save image: cannot write to a character device file
    [1]
    failed to save image: cannot write to a symbolic link directly
    [1]
    failed to save image: invalid output path: stat HERE/file: not a directory
    [1]
    ");
}

#[test]
fn a_damaged_blob_is_noticed_and_leaves_no_file() {
    let docker = with_images();
    let folder = tempfile::tempdir().unwrap();
    let archive = docker.bytes("save demo:1");
    let layer = json_of(&archive, "manifest.json")[0]["Layers"][0].as_str().unwrap().to_owned();
    let blob = docker.home.path().join("store").join(&layer);
    let mut content = std::fs::read(&blob).unwrap();
    *content.last_mut().unwrap() ^= 1;
    std::fs::write(&blob, content).unwrap();
    let path = folder.path().join("x.tar");
    let said = docker.run(&format!("save -o {} demo:1", path.display()));
    assert!(said.contains("is damaged") && said.ends_with("[1]\n"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn help_pages_are_dockers() {
    insta::assert_snapshot!(Docker::empty().run("image save --help") + &Docker::empty().run("load --help"), @r"
    Usage:  docker image save [OPTIONS] IMAGE [IMAGE...]

    Save one or more images to a tar archive (streamed to STDOUT by default)

    Aliases:
      docker image save, docker save

    Options:
      -o, --output string   Write to a file, instead of STDOUT
    Usage:  docker load [OPTIONS]

    Load an image from a tar archive or STDIN

    Aliases:
      docker image load, docker load

    Options:
      -i, --input string   Read from tar archive file, instead of STDIN
      -q, --quiet          Suppress the load output
    ");
}

#[test]
fn a_pulled_image_goes_there_and_back_unchanged() {
    let image = ImageBuilder::new().layer([("a", "1")]).env("A=1").layer([("b", "2")]).cmd(&["sh"]).build();
    let docker = Docker::new(Memory::new().image("demo:1", &image));
    docker.run("pull -q demo:1");
    let archive = docker.bytes("save demo:1");
    let other = Docker::empty();
    assert_eq!(other.feed("load", &archive), "Loaded image: demo:1\n");
    for line in ["history --no-trunc demo:1", "images --no-trunc", "inspect -f {{.RootFS.Layers}} demo:1"] {
        assert_eq!(other.run(line), docker.run(line), "{line}");
    }
    // The manifest is the image's own: saved again, only where it was pulled from is no longer known.
    let index = |archive: &[u8]| json_of(archive, "index.json")["manifests"][0]["digest"].clone();
    assert_eq!(index(&other.bytes("save demo:1")), index(&archive));
}
