//! The committed recipes against the public record, and what a catalogue answers.
//!
//! `recorded/model_images.txt` holds the record: for each image its layers' compressed bytes on linux/amd64, the
//! total of each platform, and the settings. A name may be followed by the day on which its tag meant that build.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail as tests do")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::LazyLock;

use futures_util::StreamExt;
use layerbook::model::locking::{self, Extent};
use layerbook::model::{Catalogue, Hub, LOCK_FILE, Lock, Moment, Recipes, SEARCH_FILE};
use layerbook::oci::{Digest, ImageConfig, Index, Manifest, Platform, Reference, Repository, annotation};
use layerbook::source::{Badge, Error, Registry, Search, Target};
use serde_json::{Value, json};

static FILES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let folder = fs::read_dir("lessons/images").expect("the recipes are there");
    let paths = folder.map(|entry| entry.expect("the folder is readable").path());
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).expect("names are plain").to_owned();
    paths.map(|path| (name(&path), fs::read_to_string(&path).expect("recipes are text"))).collect()
});

static CLASSROOM: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::load(files(), &lock_text()).unwrap());

fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().map(|(name, text)| (name.as_str(), text.as_str()))
}

fn lock_text() -> String {
    FILES.iter().find(|(name, _)| name == LOCK_FILE).unwrap().1.clone()
}

/// An image for one platform, as a client reads it.
struct Image {
    index: Index,
    manifest: Manifest,
    config: ImageConfig,
}

impl Image {
    async fn read(catalogue: &Catalogue, name: &str, platform: &str) -> Self {
        let (repository, target) = named(name);
        let index = catalogue.document(&repository, &target).await.unwrap().index().unwrap();
        let wanted =
            |entry: &&layerbook::oci::Descriptor| entry.platform.as_ref().is_some_and(|p| p.to_string() == platform);
        let entry = index.manifests.iter().find(wanted).unwrap_or_else(|| panic!("{name} has no {platform}"));
        let document = catalogue.document(&repository, &Target::Digest(entry.digest.clone())).await.unwrap();
        assert_eq!(document.descriptor().size, entry.size);
        let manifest = document.manifest().unwrap();
        let config = fetch(catalogue, &repository, &manifest.config.digest, 0).await;
        assert_eq!(Digest::of(&config), manifest.config.digest);
        Self { index, manifest, config: ImageConfig::parse(&config).unwrap() }
    }

    fn compressed(&self) -> u64 {
        self.manifest.layers.iter().map(|layer| layer.size).sum()
    }

    fn on_disk(&self) -> u64 {
        self.manifest.layers.iter().map(|layer| layer.annotations[annotation::ON_DISK].parse::<u64>().unwrap()).sum()
    }

    fn digests(&self) -> Vec<&Digest> {
        self.manifest.layers.iter().map(|layer| &layer.digest).collect()
    }
}

fn named(name: &str) -> (Repository, Target) {
    let reference = name.parse::<Reference>().unwrap().or_latest();
    (reference.repository().clone(), Target::Tag(reference.tag().unwrap().to_owned()))
}

async fn fetch(catalogue: &Catalogue, repository: &Repository, digest: &Digest, offset: u64) -> Vec<u8> {
    let mut blob = catalogue.blob(repository, digest, offset).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(chunk) = blob.stream.next().await {
        bytes.extend_from_slice(&chunk.unwrap());
    }
    assert_eq!(blob.size.unwrap() - blob.offset, bytes.len() as u64);
    bytes
}

/// Writes an image as the record is written, for those platforms that the record names.
async fn as_recorded(record: &[&str]) -> String {
    let mut head = record[0].split(" | ");
    let (name, _, recorded_disk) = (head.next().unwrap(), head.next(), head.next().unwrap());
    let (tag, day) = name.split_once('@').map_or((name, None), |(tag, day)| (tag, Some(day)));
    let catalogue = day.map_or(CLASSROOM.clone(), |day| CLASSROOM.at(Moment::parse(day).unwrap()));
    let image = Image::read(&catalogue, tag, "linux/amd64").await;
    let recorded: u64 = recorded_disk.trim_end_matches(" on disk").parse().unwrap();
    // A record is rounded and often of another build; within 1 % it counts as met. 0: it says nothing.
    let disk =
        if recorded == 0 || image.on_disk().abs_diff(recorded) * 100 <= recorded { recorded } else { image.on_disk() };
    let mut text = format!("{name} | {} lines | {disk} on disk\n  layers", image.config.history.len());
    for layer in &image.manifest.layers {
        write!(text, " {}", layer.size).unwrap();
    }
    text += "\n  platforms";
    for platform in record[2].split_whitespace().skip(1).map(|pair| pair.split_once('=').unwrap().0) {
        let compressed = Image::read(&catalogue, tag, platform).await.compressed();
        write!(text, " {platform}={compressed}").unwrap();
    }
    let config = &image.config.config;
    let keys = |map: &Option<BTreeMap<String, Value>>| map.as_ref().map(|map| map.keys().cloned().collect::<Vec<_>>());
    let (ports, volumes) = (json!(keys(&config.exposed_ports)), json!(keys(&config.volumes)));
    let (entrypoint, cmd, env) = (json!(config.entrypoint), json!(config.cmd), json!(config.env));
    write!(text, "\n  entrypoint {entrypoint}\n  cmd {cmd}\n  env {env}\n  ports {ports}\n  volumes {volumes}")
        .unwrap();
    for (key, value) in [("workdir", &config.working_dir), ("user", &config.user), ("stop", &config.stop_signal)] {
        write!(text, "\n  {}", format!("{key} {value}").trim_end()).unwrap();
    }
    text
}

#[tokio::test]
async fn each_image_is_as_recorded() {
    let records: Vec<&str> = include_str!("recorded/model_images.txt").lines().collect();
    for record in records.chunks(11) {
        assert_eq!(as_recorded(record).await, record.join("\n"));
    }
}

#[tokio::test]
async fn images_that_follow_a_neighbour_have_their_known_size() {
    for (name, layers, disk) in
        [("nginx:1.25", 7, 187), ("alpine:3.19", 1, 7), ("node:20", 8, 1120), ("ubuntu:22.04", 1, 78)]
    {
        let image = Image::read(&CLASSROOM, name, "linux/amd64").await;
        assert_eq!(image.manifest.layers.len(), layers, "{name}");
        let mega_bytes = image.on_disk() / 1_000_000;
        assert!(mega_bytes.abs_diff(disk) * 100 <= disk, "{name}: {mega_bytes}");
    }
}

#[tokio::test]
async fn images_share_their_bases_as_recorded() {
    let debian = Image::read(&CLASSROOM, "debian:trixie-slim", "linux/amd64").await;
    for (name, shared) in [
        ("redis", 1),
        ("postgres:16", 1),
        ("postgres", 1),
        ("httpd", 1),
        ("nginx", 0),
        ("redis:7", 0),
        ("memcached", 0),
    ] {
        let image = Image::read(&CLASSROOM, name, "linux/amd64").await;
        let common = image.digests().into_iter().zip(debian.digests()).take_while(|(a, b)| a == b).count();
        assert_eq!(common, shared, "{name}");
    }
    let [nginx, memcached] = [read("nginx").await, read("memcached").await];
    assert_eq!(nginx.digests()[0], memcached.digests()[0]);
    let [redis, bookworm] = [read("redis:7").await, read("debian:bookworm-slim").await];
    assert_eq!(redis.digests()[0], bookworm.digests()[0]);
    let [python, buildpack] = [read("python:3.11").await, read("buildpack-deps:trixie").await];
    assert_eq!(python.digests()[..4], buildpack.digests());
}

/// Counts the layers that two images have in common, from the bottom up.
async fn check_shared(one: &str, other: &str, expected: usize) {
    let (a, b) = (read(one).await, read(other).await);
    let shared = a.digests().into_iter().zip(b.digests()).take_while(|(a, b)| a == b).count();
    assert_eq!(shared, expected, "{one} and {other}");
}

#[tokio::test]
async fn images_of_one_day_share_what_they_stand_on() {
    check_shared("python:3.11.15", "python:3.10", 4).await;
    check_shared("python:3.11.15", "pypy", 4).await;
    check_shared("python:3.11.15", "golang", 3).await;
    check_shared("python:3.13", "python", 4).await;
    check_shared("python:3.11-slim", "python:3.12-slim", 1).await;
    check_shared("python:3.11-alpine", "node:22-alpine", 1).await;
    check_shared("node:22", "node:20", 5).await;
    check_shared("nginx", "nginx:stable", 1).await;
    check_shared("myuser/myapp", "myuser/myapp:v1.1", 7).await;
    for (one, other) in [
        ("python:3.11", "node:22"),
        ("python:3.11", "python:3.11.15"),
        ("python:3.11", "python:3.11-slim"),
        ("debian:bookworm", "debian:bookworm-slim"),
        ("nginx", "nginx:1.31.3"),
        ("redis:alpine", "alpine"),
    ] {
        check_shared(one, other, 0).await;
    }
}

async fn read(name: &str) -> Image {
    Image::read(&CLASSROOM, name, "linux/amd64").await
}

#[tokio::test]
async fn the_empty_layer_is_the_real_one() {
    let redis = read("redis").await;
    let (repository, _) = named("redis");
    let empty = &redis.manifest.layers[5];
    assert_eq!(empty.digest.to_string(), "sha256:4f4fb700ef54461cfa02571ae0db9a0dc1e0cdb5577484a6d75e68dc38e8acc1");
    let bytes = fetch(&CLASSROOM, &repository, &empty.digest, 0).await;
    assert_eq!(Digest::of(&bytes), empty.digest);
    assert_eq!(
        redis.config.rootfs.diff_ids[5].to_string(),
        "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
    );
}

#[tokio::test]
async fn history_reads_as_dockers() {
    let redis = read("redis").await;
    let mut text = String::new();
    for line in redis.config.history.iter().rev() {
        let by: String = line.created_by.chars().take(72).collect();
        let mark = if line.empty_layer { "-" } else { "layer" };
        writeln!(text, "{} {mark} {} ({by})", line.created.as_deref().unwrap(), line.comment).unwrap();
    }
    insta::assert_snapshot!(text, @r#"
    2026-09-19T00:43:15Z - buildkit.dockerfile.v0 (CMD ["redis-server"])
    2026-09-19T00:43:15Z - buildkit.dockerfile.v0 (EXPOSE map[6379/tcp:{}])
    2026-09-19T00:43:15Z - buildkit.dockerfile.v0 (ENTRYPOINT ["docker-entrypoint.sh"])
    2026-09-19T00:43:15Z layer buildkit.dockerfile.v0 (COPY docker-entrypoint.sh /usr/local/bin/ # buildkit)
    2026-09-19T00:43:15Z layer buildkit.dockerfile.v0 (WORKDIR /data)
    2026-09-19T00:43:15Z layer buildkit.dockerfile.v0 (RUN |2 REDIS_DOWNLOAD_URL=https://github.com/redis/redis/releases/downlo)
    2026-09-19T00:43:14Z layer buildkit.dockerfile.v0 (RUN |2 REDIS_DOWNLOAD_URL=https://github.com/redis/redis/releases/downlo)
    2026-09-19T00:43:14Z - buildkit.dockerfile.v0 (ARG REDIS_DOWNLOAD_SHA=e5cae2686231290bf55ae5cc4da01e646c3424233cae7618e)
    2026-09-19T00:43:14Z - buildkit.dockerfile.v0 (ARG REDIS_DOWNLOAD_URL=https://github.com/redis/redis/releases/download/)
    2026-09-19T00:43:14Z - buildkit.dockerfile.v0 (ENV REDIS_VERSION=8.10.1)
    2026-09-19T00:37:11Z layer buildkit.dockerfile.v0 (RUN /bin/sh -c set -eux; apt-get update; apt-get install -y --no-install)
    2026-09-19T00:37:09Z layer buildkit.dockerfile.v0 (RUN /bin/sh -c set -eux; groupadd -r -g 999 redis; useradd -r -g redis -)
    2026-09-18T00:00:00Z layer debuerreotype 0.17 (# debian.sh --arch 'amd64' out/ 'trixie' '@1789689600')
    "#);
}

#[tokio::test]
async fn attestations_stand_beside_their_platforms() {
    let redis = read("redis").await;
    let (repository, _) = named("redis");
    assert_eq!(redis.index.manifests.len(), 16);
    let [image, attestation] = &redis.index.manifests[..2] else { panic!("an image and its attestation") };
    assert!(attestation.is_attestation());
    assert_eq!(attestation.annotations["vnd.docker.reference.digest"], image.digest.to_string());
    assert_eq!(attestation.platform, Some(Platform::from_parts("unknown", "unknown", "", "")));
    let target = Target::Digest(attestation.digest.clone());
    let manifest = CLASSROOM.document(&repository, &target).await.unwrap().manifest().unwrap();
    assert_eq!(manifest.layers.len(), 2);
    for layer in manifest.layers.iter().chain([&manifest.config]) {
        assert_eq!(Digest::of(&fetch(&CLASSROOM, &repository, &layer.digest, 0).await), layer.digest);
    }
}

#[tokio::test]
async fn a_layer_is_what_its_descriptor_says_from_any_offset() {
    let (repository, _) = named("postgres:16");
    let layers = read("postgres:16").await.manifest.layers;
    for layer in layers.iter().filter(|layer| layer.size < 100_000) {
        let whole = fetch(&CLASSROOM, &repository, &layer.digest, 0).await;
        assert_eq!((Digest::of(&whole), whole.len() as u64), (layer.digest.clone(), layer.size));
        let half = layer.size / 2;
        assert!(fetch(&CLASSROOM, &repository, &layer.digest, half).await == whole[usize::try_from(half).unwrap()..]);
        assert!(fetch(&CLASSROOM, &repository, &layer.digest, layer.size + 9).await.is_empty());
    }
}

#[test]
fn small_layers_come_out_as_locked() {
    let recipes = Recipes::read(files()).unwrap();
    let lock = Lock::parse(&lock_text()).unwrap();
    locking::check(&recipes, &lock, Extent::Below(20_000)).unwrap();
}

#[test]
fn the_lock_is_written_as_it_is_read() {
    assert_eq!(Lock::parse(&lock_text()).unwrap().to_yaml(), lock_text());
}

#[tokio::test]
async fn unknown_names_are_refused_in_distributions_words() {
    async fn refusal(name: &str) -> String {
        let (repository, target) = named(name);
        match CLASSROOM.document(&repository, &target).await.unwrap_err() {
            Error::Registry(error) => format!("{} {} {}", error.status, error.code, error.message),
            other => panic!("{other}"),
        }
    }
    assert_eq!(refusal("redis:nope").await, "404 MANIFEST_UNKNOWN manifest unknown");
    assert_eq!(refusal("nope").await, "404 NAME_UNKNOWN repository name not known to registry");
}

#[tokio::test]
async fn a_registry_is_asked_by_path_whatever_its_domain() {
    let (elsewhere, target) = named("127.0.0.1:5001/library/redis");
    let (here, _) = named("redis");
    let there = CLASSROOM.resolve(&elsewhere, &target).await.unwrap();
    assert_eq!(there, CLASSROOM.resolve(&here, &target).await.unwrap());
    assert!(CLASSROOM.holds(&here) && !CLASSROOM.holds(&elsewhere));
    assert_eq!(CLASSROOM.tags(&elsewhere).await.unwrap(), CLASSROOM.tags_of("library/redis"));
}

#[tokio::test]
async fn a_tag_means_what_it_meant_on_the_day() {
    let (repository, slim) = named("debian:trixie-slim");
    let august = CLASSROOM.at(Moment::parse("2026-08-31").unwrap());
    let then = august.resolve(&repository, &slim).await.unwrap();
    let (_, dated) = named("debian:trixie-20260824-slim");
    assert_eq!(then, CLASSROOM.resolve(&repository, &dated).await.unwrap());
    assert_ne!(then, CLASSROOM.resolve(&repository, &slim).await.unwrap());
    assert!(!august.tags_of("library/debian").contains(&"trixie-20260918-slim".to_owned()));
    // A digest is for ever.
    let september = CLASSROOM.resolve(&repository, &slim).await.unwrap();
    assert!(august.resolve(&repository, &Target::Digest(september.digest)).await.is_ok());
}

#[tokio::test]
async fn a_version_tag_moves_too() {
    async fn env(catalogue: &Catalogue, name: &str, platform: &str, variable: &str) -> String {
        let image = Image::read(catalogue, name, platform).await;
        let all = image.config.config.env.unwrap_or_default();
        all.iter().find_map(|pair| pair.strip_prefix(variable)?.strip_prefix('=')).unwrap().to_owned()
    }
    let july = CLASSROOM.at(Moment::parse("2026-07-20").unwrap());
    assert_eq!(env(&july, "python:3.11", "linux/amd64", "PYTHON_VERSION").await, "3.11.15");
    assert_eq!(env(&CLASSROOM, "python:3.11", "linux/amd64", "PYTHON_VERSION").await, "3.11.16");
    assert_eq!(env(&july, "nginx", "linux/amd64", "NGINX_VERSION").await, "1.31.3");
    assert_eq!(env(&CLASSROOM, "nginx", "linux/amd64", "NGINX_VERSION").await, "1.31.6");
    // Within one tag, a platform may lag behind.
    assert_eq!(env(&CLASSROOM, "nginx", "linux/s390x", "NGINX_VERSION").await, "1.31.5");
}

#[tokio::test]
async fn postgres_has_the_tags_of_its_list() {
    let july = CLASSROOM.at(Moment::parse("2026-07-31").unwrap());
    let tags = july.tags_of("library/postgres");
    assert_eq!(tags.len(), 72, "{tags:?}");
    for (ending, count) in [("-bookworm", 11), ("-trixie", 11), ("-alpine", 11), ("-alpine3.23", 11)] {
        assert_eq!(tags.iter().filter(|tag| tag.ends_with(ending)).count(), count, "{ending}");
    }
    let (repository, _) = named("postgres");
    for tag in CLASSROOM.tags_of("library/postgres") {
        assert!(CLASSROOM.resolve(&repository, &Target::Tag(tag.clone())).await.is_ok(), "{tag}");
    }
}

/// Reads a text in a layer.
async fn text_in(name: &str, layer: usize, path: &str) -> String {
    let image = read(name).await;
    let (repository, _) = named(name);
    let blob = fetch(&CLASSROOM, &repository, image.digests()[layer], 0).await;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(blob.as_slice()));
    let mut entry = archive.entries().unwrap().map(Result::unwrap).find(|entry| entry.path_bytes() == path.as_bytes());
    let mut text = String::new();
    entry.as_mut().unwrap_or_else(|| panic!("{name} has no {path}")).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn package_databases_hold_as_many_packages_as_recorded() {
    async fn check(name: &str, layer: usize, expected: usize) {
        let (path, start) =
            if name.contains("alpine") { ("lib/apk/db/installed", "P:") } else { ("var/lib/dpkg/status", "Package: ") };
        let text = text_in(name, layer, path).await;
        assert_eq!(text.lines().filter(|line| line.starts_with(start)).count(), expected, "{name}");
    }
    check("debian:trixie-slim", 0, 78).await;
    check("debian:bookworm-slim", 0, 88).await;
    check("python:3.11", 4, 469).await;
    check("python:3.11-slim", 2, 87).await;
    check("alpine", 0, 16).await;
    check("alpine:3.21", 0, 15).await;
    check("python:3.11-alpine", 2, 37).await;
}

/// Lists the bottom layer: what each path links to, nothing for a file.
async fn links(name: &str) -> BTreeMap<String, String> {
    let (repository, _) = named(name);
    let blob = fetch(&CLASSROOM, &repository, read(name).await.digests()[0], 0).await;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(blob.as_slice()));
    let entries = archive.entries().unwrap().map(Result::unwrap);
    let text = |path: &[u8]| String::from_utf8(path.to_vec()).unwrap();
    entries.map(|e| (text(&e.path_bytes()), e.link_name_bytes().map(|l| text(&l)).unwrap_or_default())).collect()
}

#[tokio::test]
async fn systems_name_themselves_and_have_their_own_c_library() {
    assert!(text_in("debian:bookworm-slim", 0, "usr/lib/os-release").await.contains("VERSION_CODENAME=bookworm\n"));
    assert!(text_in("ubuntu:22.04", 0, "usr/lib/os-release").await.contains("VERSION_ID=\"22.04\"\n"));
    assert_eq!(text_in("alpine:3.19", 0, "etc/alpine-release").await, "3.19.9\n");
    let debian = links("debian:trixie-slim").await;
    assert_eq!(debian["usr/bin/sh"], "dash");
    assert_eq!(debian["lib64"], "usr/lib64");
    assert_eq!(debian["usr/lib64/ld-linux-x86-64.so.2"], "../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2");
    let alpine = links("alpine").await;
    assert_eq!(alpine["bin/sh"], "/bin/busybox");
    assert!(alpine.contains_key("lib/ld-musl-x86_64.so.1"));
    assert!(!alpine.contains_key("bin/bash") && !alpine.contains_key("lib64"));
}

#[tokio::test]
async fn what_programs_print_travels_with_the_manifest() {
    async fn prints(name: &str) -> Value {
        serde_json::from_str(&read(name).await.manifest.annotations[annotation::PRINTS]).unwrap()
    }
    assert_eq!(prints("python:3.11").await["python3 --version"], "Python 3.11.16\n");
    // An image keeps what those below it print.
    assert_eq!(prints("myuser/myapp").await["python3 --version"], "Python 3.11.15\n");
}

#[tokio::test]
async fn a_search_finds_official_and_other_images() {
    let text = &FILES.iter().find(|(name, _)| name == SEARCH_FILE).unwrap().1;
    let hub = Hub::parse(text).unwrap();
    assert!(hub.pages().len() >= 60);
    for term in ["python", "postgres", "nginx", "redis", "node", "mysql", "mongo", "alpine", "ubuntu"] {
        let hits = hub.search(term, 25).await.unwrap();
        assert!(hits[0].name == term && hits[0].official, "{term}: {:?}", hits[0]);
        assert!(hits.iter().any(|hit| !hit.official), "{term} has official images only");
    }
    // Every official image of the classroom can be found.
    for repository in CLASSROOM.repositories() {
        let name = repository.familiar();
        assert!(name.contains('/') || hub.page(&name).is_some_and(|page| page.badge == Badge::Official), "{name}");
    }
}

const TINY: &str = "name: tiny
tags: [latest]
record: none
publish: \"2026-01-01\"
platforms: [{platform: linux/amd64}]
steps:
  - copy: hello /
    created: 2026-01-01T00:00:00Z
    files: {hello: {text: hi}}
";

/// Opens one changed recipe with the lock of the unchanged one.
fn changed(from: &str, to: &str) -> String {
    assert!(TINY.contains(from));
    let lock = locking::build(&Recipes::read([("tiny.yaml", TINY)]).unwrap(), None).unwrap().to_yaml();
    let catalogue = Catalogue::load([("tiny.yaml", TINY.replace(from, to))], &lock);
    catalogue.and_then(|catalogue| catalogue.check()).map_or_else(|error| error.to_string(), |()| "fine".to_owned())
}

#[test]
fn a_recipe_that_left_its_lock_is_named() {
    assert_eq!(changed("hi", "hi"), "fine");
    insta::assert_snapshot!(changed("{text: hi}", "{text: ho}"), @"tiny.yaml: layer 1 of linux/amd64 (COPY hello / # buildkit) is not the one that the lock knows");
    insta::assert_snapshot!(changed("tags: [latest]", "tags: [latest, more]"), @"tiny.yaml: the names are not those that the lock knows");
    insta::assert_snapshot!(changed("linux/amd64", "linux/arm64"), @"tiny.yaml: the platforms are not those that the lock knows");
    insta::assert_snapshot!(changed("    created", "  - workdir: /\n    created"), @"tiny.yaml: step 1: the first step needs `created`");
}

/// The reader of YAML words these; the file and what is wrong must be in them.
#[track_caller]
fn check_unreadable(from: &str, to: &str, what: &str) {
    let error = changed(from, to);
    assert!(error.starts_with("tiny.yaml:") && error.contains(what), "{error}");
}

#[test]
fn a_bad_recipe_says_what_is_wrong() {
    check_unreadable("text: hi", "txt: hi", "txt");
    insta::assert_snapshot!(changed("text: hi", "text: hi, size: 3"), @"tiny.yaml: step 1: `hello` needs exactly one of `size`, `text`, `link`, `dir` and `gone`");
    insta::assert_snapshot!(changed("hello:", "../hello:"), @"tiny.yaml: step 1: `../hello` is not a path in an image");
    check_unreadable("{text: hi}", "{size: 9GB}", "a size below 8 GiB");
    insta::assert_snapshot!(changed("{hello:", "{hello/there: {size: 1}, hello:"), @"tiny.yaml: step 1: `hello/there` is not a path in an image");
    insta::assert_snapshot!(changed("files:", "pad: 8.5GB\n    compressed: 18446744073709551615\n    files:"), @"tiny.yaml: step 1: a layer has at most 8 GiB");
    insta::assert_snapshot!(changed("64}]", "64}, {platform: linux/386, compressed: 18446744073709551615}]"), @"tiny.yaml: step 1: a layer has at most 8 GiB");
    insta::assert_snapshot!(changed("files:", "compressed: 50\n    files:"), @"tiny.yaml: layer 1 of linux/amd64 (COPY hello / # buildkit) is not the one that the lock knows");
    insta::assert_snapshot!(changed("copy: hello /", "env: {A: b}"), @"tiny.yaml: step 1: `env` makes no layer, so it can have no files and no size");
    insta::assert_snapshot!(changed("copy: hello /", "copy: hello /\n    run: make"), @"tiny.yaml: step 1: a step has exactly one instruction, this one has 2");
    insta::assert_snapshot!(changed("steps:", "base: tiny\nsteps:"), @"tiny.yaml: the base `tiny` stands on this image");
    insta::assert_snapshot!(changed("steps:", "base: nope\nsteps:"), @"tiny.yaml: there is no build of the base `nope` on that day");
    insta::assert_snapshot!(changed("/amd64}", "/amd64, compressed: 5}"), @"tiny.yaml: the layers of linux/amd64 have 90 bytes, the record says 5");
    insta::assert_snapshot!(changed("2026-01-01T00:00:00Z", "yesterday"), @"tiny.yaml: step 1: `yesterday` is not a time written as `2026-09-19T00:43:15Z`");
}

/// Opens the tiny recipe beside another one that says what differs.
fn beside(other: &str) -> String {
    let other = format!("name: other\ntags: [latest]\nrecord: none\npublish: \"2026-01-01\"\n{other}");
    let part = "files: {etc/motd: {text: hello}}\nlinks: {/bin/busybox: [bin/sh]}\nprograms: {bin/busybox: 800}\n";
    let owned = str::to_owned;
    let files = [("tiny.yaml", owned(TINY)), ("other.yaml", other), ("parts-small.yaml", owned(part))];
    let recipes = Recipes::read(files.clone());
    let lock = recipes.and_then(|recipes| locking::build(&recipes, None));
    let catalogue = lock.and_then(|lock| Catalogue::load(files, &lock.to_yaml()));
    catalogue.and_then(|catalogue| catalogue.check()).map_or_else(|error| error.to_string(), |()| "fine".to_owned())
}

#[test]
fn a_recipe_may_be_like_another_one() {
    const ONE: &str = "platforms: [{platform: linux/amd64}]\n";
    assert_eq!(beside(&format!("{ONE}like: tiny.yaml\nchange: {{hi: ho}}\n")), "fine");
    assert_eq!(beside("platforms: [{platform: linux/amd64, change: {hi: ha}}]\nlike: tiny.yaml\n"), "fine");
    let own = "steps: [{copy: x /, created: 2026-01-01T00:00:00Z}]\n";
    insta::assert_snapshot!(beside(&format!("{ONE}like: tiny.yaml\n{own}")), @"other.yaml: `like` takes over all steps, so there can be none here");
    insta::assert_snapshot!(beside(&format!("{ONE}like: tiny.yaml\nchange: {{hu: ho}}\n")), @"other.yaml: `hu` stands nowhere in the steps to be changed");
    insta::assert_snapshot!(beside(&format!("{ONE}like: other.yaml\n")), @"other.yaml: `other.yaml` is no recipe with steps of its own");
    insta::assert_snapshot!(beside(&format!("{ONE}like: nope.yaml\n")), @"other.yaml: `nope.yaml` is no recipe with steps of its own");
}

#[test]
fn files_that_recipes_share_stand_in_parts() {
    let with = |part: &str| {
        beside(&format!(
            "platforms: [{{platform: linux/amd64}}]\nsteps: [{{copy: x /, created: 2026-01-01T00:00:00Z, parts: [{part}]}}]\n"
        ))
    };
    assert_eq!(with("small"), "fine");
    insta::assert_snapshot!(with("large"), @"other.yaml: there is no `parts-large.yaml`");
}

#[test]
fn a_layer_that_the_lock_knows_is_not_made_again() {
    let recipes = Recipes::read([("tiny.yaml", TINY)]).unwrap();
    let whole = locking::build(&recipes, None).unwrap().to_yaml();
    let layer = whole.lines().find(|line| line.ends_with(" 2048")).unwrap();
    let digest = layer.split_whitespace().nth(1).unwrap();
    let known = whole.replace(digest, &"0".repeat(64));
    let before = Lock::parse(&known).unwrap();
    assert_eq!(locking::build(&recipes, Some(&before)).unwrap().to_yaml(), known);
}

#[test]
fn a_size_out_of_reach_names_the_layer() {
    let recipe = TINY.replace("files:", "compressed: 50\n    files:");
    let error = locking::build(&Recipes::read([("tiny.yaml", recipe)]).unwrap(), None).unwrap_err();
    insta::assert_snapshot!(error, @"tiny.yaml: layer 1 of linux/amd64 (COPY hello / # buildkit): 50 bytes are too few, the content needs 90");
}
