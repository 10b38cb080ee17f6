//! The committed recipes against the public record, and what a catalogue answers.
//!
//! `recorded/model_images.txt` holds the record: for each image its layers' compressed bytes on linux/amd64, the
//! total of each platform, and the settings.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail as tests do")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use futures_util::StreamExt;
use layerbook::model::lock::{self, Extent};
use layerbook::model::{Catalogue, LOCK_FILE, Lock, Moment, Recipes};
use layerbook::oci::{Digest, ImageConfig, Index, Manifest, Platform, Reference, Repository, annotation};
use layerbook::source::{Error, Registry, Target};
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
    let image = Image::read(&CLASSROOM, name, "linux/amd64").await;
    let recorded: u64 = recorded_disk.trim_end_matches(" on disk").parse().unwrap();
    // A record is rounded and often of another build; within 1 % it counts as met.
    let disk = if image.on_disk().abs_diff(recorded) * 100 <= recorded { recorded } else { image.on_disk() };
    let mut text = format!("{name} | {} lines | {disk} on disk\n  layers", image.config.history.len());
    for layer in &image.manifest.layers {
        write!(text, " {}", layer.size).unwrap();
    }
    text += "\n  platforms";
    for platform in record[2].split_whitespace().skip(1).map(|pair| pair.split_once('=').unwrap().0) {
        let compressed = Image::read(&CLASSROOM, name, platform).await.compressed();
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
    for (name, layers, disk) in [("nginx:1.25", 7, 187), ("alpine:3.19", 1, 7), ("node:20", 8, 1120)] {
        let image = Image::read(&CLASSROOM, name, "linux/amd64").await;
        assert_eq!(image.manifest.layers.len(), layers, "{name}");
        let mega_bytes = image.on_disk() / 1_000_000;
        assert!(mega_bytes.abs_diff(disk) * 100 <= disk, "{name}: {mega_bytes}");
    }
}

#[tokio::test]
async fn images_share_their_bases_as_recorded() {
    let debian = Image::read(&CLASSROOM, "debian:trixie-slim", "linux/amd64").await;
    for (name, shared) in
        [("redis", 1), ("postgres:16", 1), ("httpd", 1), ("nginx", 0), ("redis:7", 0), ("memcached", 0)]
    {
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
    lock::check(&recipes, &lock, Extent::Below(20_000)).unwrap();
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
    let lock = lock::build(&Recipes::read([("tiny.yaml", TINY)]).unwrap()).unwrap().to_yaml();
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

#[test]
fn a_size_out_of_reach_names_the_layer() {
    let recipe = TINY.replace("files:", "compressed: 50\n    files:");
    let error = lock::build(&Recipes::read([("tiny.yaml", recipe)]).unwrap()).unwrap_err();
    insta::assert_snapshot!(error, @"tiny.yaml: layer 1 of linux/amd64 (COPY hello / # buildkit): 50 bytes are too few, the content needs 90");
}
