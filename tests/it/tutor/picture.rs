//! Pictures, looked at.

use layerbook::engine::ImageFacts;
use layerbook::oci::{Descriptor, DiffId, Digest, ImageConfig, MediaType};
use layerbook::source::{Badge, Page};
use layerbook::tutor::picture::{Frame, Look, Stack, TagSize, Writable, hub, layers, name, sizes, tags};
use serde_json::json;

use super::reference;

const DRAWN: Frame = Frame { width: 60, look: Look::Drawn };
const LINEAR: Frame = Frame { width: 60, look: Look::Linear };

/// An image of these layers, the lowest first: what they hold, and bytes on disk. The packed size is half of it.
fn image(name: &str, stack: &[(&str, u64)]) -> ImageFacts {
    let ids: Vec<String> = stack.iter().map(|(what, _)| DiffId(Digest::of(what.as_bytes())).to_string()).collect();
    let history: Vec<_> =
        stack.iter().map(|(what, _)| json!({"created_by": format!("RUN /bin/sh -c {what} # buildkit")})).collect();
    let config = json!({
        "os": "linux", "architecture": "amd64", "config": {},
        "rootfs": {"type": "layers", "diff_ids": ids}, "history": history,
    });
    let blob = |(what, bytes): &(&str, u64)| {
        Descriptor::new(MediaType::OCI_LAYER_GZIP, Digest::of(what.as_bytes()), bytes / 2)
    };
    ImageFacts {
        reference: reference(name),
        digest: Digest::of(name.as_bytes()),
        manifest: Digest::of(name.as_bytes()),
        config: ImageConfig::parse(config.to_string().as_bytes()).unwrap().into(),
        layers: stack.iter().map(blob).collect(),
        on_disk: Some(stack.iter().map(|(_, bytes)| *bytes).collect()),
        platforms: [].into(),
    }
}

fn stacks(images: &[ImageFacts]) -> Vec<Stack> {
    images.iter().cloned().map(Stack::from).collect()
}

fn redis() -> ImageFacts {
    image("redis", &[("debian", 78_800_000), ("useradd", 1_870), ("make redis", 66_900_000)])
}

fn httpd() -> ImageFacts {
    image("httpd", &[("debian", 78_800_000), ("make httpd", 33_100_000)])
}

#[test]
fn shared_layers_are_drawn_once() {
    insta::assert_snapshot!(layers(&stacks(&[redis(), httpd()]), DRAWN), @r"
    redis:latest
    ┌───────────────────────────┐
    │  3  66.9MB  RUN make red… │  httpd:latest
    ├───────────────────────────┤  ┌───────────────────────────┐
    │  2  1.87kB  RUN useradd   │  │  2  33.1MB  RUN make htt… │
    ├───────────────────────────┴──┴───────────────────────────┤
    │  1  78.8MB  RUN debian                                   │
    └──────────────────────────────────────────────────────────┘

    redis:latest: 3 layers, 146MB on disk, 72.9MB packed.
    httpd:latest: 2 layers, 112MB on disk, 56MB packed.
    redis:latest and httpd:latest share 1 layer from the
      bottom up, 78.8MB: on disk once.
    ");
}

#[test]
fn a_high_stack_is_drawn_closely() {
    let names: Vec<String> = (1..=10).map(|n| format!("step {n}")).collect();
    let high: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1_000_000)).collect();
    insta::assert_snapshot!(layers(&stacks(&[image("high", &high), image("low", &high[..2])]), DRAWN), @r"
    high:latest
    ┌───────────────────────────┐
    │ 10     1MB  RUN step 10   │
    │  9     1MB  RUN step 9    │
    │  8     1MB  RUN step 8    │
    │  7     1MB  RUN step 7    │
    │  6     1MB  RUN step 6    │
    │  5     1MB  RUN step 5    │
    │  4     1MB  RUN step 4    │
    │  3     1MB  RUN step 3    │  low:latest
    ├───────────────────────────┴──────────────────────────────┐
    │  2     1MB  RUN step 2                                   │
    │  1     1MB  RUN step 1                                   │
    └──────────────────────────────────────────────────────────┘

    high:latest: 10 layers, 10MB on disk, 5MB packed.
    low:latest: 2 layers, 2MB on disk, 1MB packed.
    high:latest and low:latest share 2 layers from the bottom
      up, 2MB: on disk once.
    ");
}

#[test]
fn a_screen_reader_hears_the_same() {
    insta::assert_snapshot!(layers(&stacks(&[redis(), httpd()]), LINEAR), @r"
    redis:latest, 3 layers, from the top down:
       3  66.9MB  RUN make redis
       2  1.87kB  RUN useradd
       1  78.8MB  RUN debian
    httpd:latest, 2 layers, from the top down:
       2  33.1MB  RUN make httpd
      layer 1 is the same as of redis:latest

    redis:latest: 3 layers, 146MB on disk, 72.9MB packed.
    httpd:latest: 2 layers, 112MB on disk, 56MB packed.
    redis:latest and httpd:latest share 1 layer from the
      bottom up, 78.8MB: on disk once.
    ");
    insta::assert_snapshot!(sizes(&[httpd(), redis()], LINEAR), @r"
    redis:latest: on disk 146MB, 100 % of the largest; packed 72.9MB
    httpd:latest: on disk 112MB, 76 % of the largest; packed 56MB
    ");
    insta::assert_snapshot!(name("localhost:5000/tools/backup", LINEAR).unwrap(), @r"
    registry: localhost:5000 (typed)
    namespace: tools (typed)
    repository: backup (typed)
    tag: latest (filled in)

    In full: localhost:5000/tools/backup:latest
    ");
}

#[test]
fn a_name_is_taken_apart() {
    insta::assert_snapshot!(name("redis", DRAWN).unwrap(), @r"
    docker.io / library   / redis      : latest
    ─────────   ───────     ─────        ──────
    registry    namespace   repository   tag
    filled in   filled in   typed        filled in

    In full: docker.io/library/redis:latest
    ");
    assert!(name("Redis", DRAWN).unwrap_err().starts_with("`Redis` is no name of an image: "));
}

#[test]
fn bars_compare_sizes() {
    insta::assert_snapshot!(sizes(&[httpd(), redis()], DRAWN), @r"
    redis:latest  on disk   146MB  ████████████████████████████
                  packed   72.9MB  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒
    httpd:latest  on disk   112MB  █████████████████████
                  packed     56MB  ▒▒▒▒▒▒▒▒▒▒
    ");
}

#[test]
fn tags_of_one_image_stand_together() {
    let tag = |tag: &str, image: Option<&str>| TagSize {
        tag: tag.to_owned(),
        image: image.map(|image| (Digest::of(image.as_bytes()), 55_000_000)),
    };
    let offered = [tag("8", Some("a")), tag("8-alpine", Some("b")), tag("latest", Some("a")), tag("8-trixie", None)];
    insta::assert_snapshot!(tags("redis", &offered, DRAWN), @r"
    redis offers 4 tags.

    versions, on their usual base:
         55MB packed  8 latest

    alpine: on Alpine Linux, with musl in place of glibc:
         55MB packed  8-alpine

    with the base's release in the name:
       not looked at  8-trixie
    ");
}

fn page() -> Page {
    Page {
        name: "redis".to_owned(),
        description: "A store of data in memory.".to_owned(),
        stars: 13_700,
        badge: Some(Badge::Official),
        updated: Some("2026-09-21".to_owned()),
        pulls: None,
        readme: vec!["Redis keeps data in memory and can write it to /data, which is more than one line.".to_owned()],
    }
}

#[test]
fn a_page_shows_who_vouches_for_a_repository() {
    let tags: Vec<String> = (1..=12).map(|tag| tag.to_string()).chain(["latest".to_owned()]).collect();
    insta::assert_snapshot!(hub(&page(), Some(&tags), DRAWN), @r"
    ┌──────────────────────────────────────────────────────────┐
    │ redis                              Docker Official Image │
    │ A store of data in memory.                               │
    │ 13,700 stars, updated 2026-09-21                         │
    ├──────────────────────────────────────────────────────────┤
    │ Redis keeps data in memory and can write it to /data,    │
    │ which is more than one line.                             │
    ├──────────────────────────────────────────────────────────┤
    │ 13 tags: latest, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 3 more:  │
    │ `:tags redis`                                            │
    └──────────────────────────────────────────────────────────┘

    Docker Official Image: Docker reviews it and has it rebuilt.
    Its full name begins with `docker.io/library/`.
    ");
    let unknown = Page {
        name: "someone/redis".to_owned(),
        stars: 1,
        badge: Some(Badge::None),
        updated: None,
        pulls: Some(1_234_567),
        readme: Vec::new(),
        ..page()
    };
    insta::assert_snapshot!(hub(&unknown, None, LINEAR), @r"
    someone/redis: no badge
    A store of data in memory.
    1 star, 1,234,567 pulls
    It has no documentation.
    Tags: not known here.

    No badge: nobody at Docker has checked who publishes it.
    Anyone can push under such a name.
    ");
}

#[test]
fn a_container_stands_on_the_layers_of_its_image() {
    let writable = Writable { container: "cache".to_owned(), changes: 3, bytes: 1_200 };
    let stacks = [Stack { writable: Some(writable), ..redis().into() }, httpd().into()];
    insta::assert_snapshot!(layers(&stacks, DRAWN), @r"
    cache (redis:latest)
    ┌───────────────────────────┐
    │  +   1.2kB  writable: 3 … │
    ├───────────────────────────┤
    │  3  66.9MB  RUN make red… │  httpd:latest
    ├───────────────────────────┤  ┌───────────────────────────┐
    │  2  1.87kB  RUN useradd   │  │  2  33.1MB  RUN make htt… │
    ├───────────────────────────┴──┴───────────────────────────┤
    │  1  78.8MB  RUN debian                                   │
    └──────────────────────────────────────────────────────────┘

    cache: its own layer holds 3 changes, 1.2kB; the 3 layers
      of redis:latest below it are read-only.
    httpd:latest: 2 layers, 112MB on disk, 56MB packed.
    cache and httpd:latest share 1 layer from the bottom up,
      78.8MB: on disk once.
    ");
    insta::assert_snapshot!(layers(&stacks[..1], LINEAR), @r"
    cache (redis:latest), 1 writable layer on 3 layers, from the top down:
       +   1.2kB  writable: 3 changes
       3  66.9MB  RUN make redis
       2  1.87kB  RUN useradd
       1  78.8MB  RUN debian

    cache: its own layer holds 3 changes, 1.2kB; the 3 layers
      of redis:latest below it are read-only.
    ");
}
