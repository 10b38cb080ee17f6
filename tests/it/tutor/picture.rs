//! Pictures, looked at.

use layerbook::engine::ImageFacts;
use layerbook::oci::{Descriptor, DiffId, Digest, ImageConfig, MediaType};
use layerbook::tutor::picture::{Frame, Look, TagSize, layers, name, sizes, tags};
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
        config: ImageConfig::parse(config.to_string().as_bytes()).unwrap(),
        layers: stack.iter().map(blob).collect(),
        on_disk: Some(stack.iter().map(|(_, bytes)| *bytes).collect()),
        platforms: Vec::new(),
    }
}

fn redis() -> ImageFacts {
    image("redis", &[("debian", 78_800_000), ("useradd", 1_870), ("make redis", 66_900_000)])
}

fn httpd() -> ImageFacts {
    image("httpd", &[("debian", 78_800_000), ("make httpd", 33_100_000)])
}

#[test]
fn shared_layers_are_drawn_once() {
    insta::assert_snapshot!(layers(&[redis(), httpd()], DRAWN), @"");
}

#[test]
fn a_high_stack_is_drawn_closely() {
    let names: Vec<String> = (1..=10).map(|n| format!("step {n}")).collect();
    let high: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1_000_000)).collect();
    insta::assert_snapshot!(layers(&[image("high", &high), image("low", &high[..2])], DRAWN), @"");
}

#[test]
fn a_screen_reader_hears_the_same() {
    insta::assert_snapshot!(layers(&[redis(), httpd()], LINEAR), @"");
    insta::assert_snapshot!(sizes(&[httpd(), redis()], LINEAR), @"");
    insta::assert_snapshot!(name("localhost:5000/tools/backup", LINEAR).unwrap(), @"");
}

#[test]
fn a_name_is_taken_apart() {
    insta::assert_snapshot!(name("redis", DRAWN).unwrap(), @"");
    assert!(name("Redis", DRAWN).unwrap_err().starts_with("`Redis` is no name of an image: "));
}

#[test]
fn bars_compare_sizes() {
    insta::assert_snapshot!(sizes(&[httpd(), redis()], DRAWN), @"");
}

#[test]
fn tags_of_one_image_stand_together() {
    let tag = |tag: &str, image: Option<&str>| TagSize {
        tag: tag.to_owned(),
        image: image.map(|image| (Digest::of(image.as_bytes()), 55_000_000)),
    };
    let offered = [tag("8", Some("a")), tag("8-alpine", Some("b")), tag("latest", Some("a")), tag("8-trixie", None)];
    insta::assert_snapshot!(tags("redis", &offered, DRAWN), @"");
}
