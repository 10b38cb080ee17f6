//! The schema of recipes. What a key takes is said where it is plain; sizes and paths are the reader's to judge.

use serde_json::{Value, json};

use super::{file, list, map, object, text, texts};

/// `lessons/images/*.yaml`, lock and parts apart.
pub(super) fn recipe() -> Value {
    let attestations = list(json!({"enum": ["sbom", "provenance"]}), "What BuildKit attested; both where absent.");
    let platform = object(
        "A platform.",
        json!({
            "platform": text("As the index writes it: linux/arm64/v8."),
            "compressed": bytes("Packed bytes of all layers."),
            "base": text("Another base than the recipe's."),
            "attestations": attestations,
            "change": map(text(""), "Texts of the steps that differ here."),
        }),
        &["platform"],
    );
    let properties = json!({
        "name": text("The repository: redis."),
        "tags": texts("Its tags, in quotes where they are numbers."),
        "record": text("What the numbers follow."),
        "publish": text("The day from which on the tags mean this build: \"2026-09-19\"."),
        "platforms": list(platform, "The platforms in the order of the index."),
        "base": text("The image that this one is built on, of a recipe in the same pack."),
        "attestations": attestations,
        "like": text("The recipe file that this one differs little from."),
        "change": map(text(""), "Texts of that recipe that are others here."),
        "config": object("Settings that no line of the history shows.", json!({
            "env": texts("NAME=value."), "cmd": texts("Default command."),
        }), &[]),
        "created": text("When the image was made."),
        "steps": list(step(), "The steps, oldest first; what has files becomes a layer."),
        "prints": map(text(""), "What programs print, by command line."),
    });
    file("An image recipe", properties, &["name", "tags", "record", "publish", "platforms"])
}

fn step() -> Value {
    let kind = object(
        "A file: exactly one of size, text, link, dir and gone.",
        json!({
            "size": bytes("A blank file of this size."),
            "text": text("A file with this text."),
            "link": text("A symbolic link to this path."),
            "dir": {"const": true},
            "gone": {"const": true},
            "mode": text("Octal digits in quotes: \"0755\"."),
            "owner": text("Numeric user and group: \"999:999\"."),
        }),
        &[],
    );
    let instructions = ["run", "copy", "add", "workdir", "verbatim", "arg", "user", "stopsignal"];
    let mut properties = json!({
        "env": map(json!({"type": "string"}), "Environment."),
        "label": map(json!({"type": "string"}), "Labels."),
        "entrypoint": list(json!({"type": "string"}), "In exec form."),
        "cmd": list(json!({"type": "string"}), "In exec form."),
        "expose": list(json!({"type": "string"}), "Ports: 6379/tcp."),
        "volume": list(json!({"type": "string"}), "Paths."),
        "created": text("When; as the step before where absent."),
        "created_by": text("Another line in the history."),
        "comment": text("Comment in the history."),
        "parts": texts("Lists of files that recipes share."),
        "packages": map(json!({"type": "object"}), "Packages by their manager."),
        "files": map(kind, "Files that the step left, by path without a leading `/`."),
        "pad": bytes("Blank files fill the layer up to this size on disk."),
        "under": text("Directory of the blank files."),
        "compressed": bytes("Packed bytes of the layer, on the first platform."),
    });
    for word in instructions {
        properties[word] = text("An instruction of a Dockerfile.");
    }
    object("A step: exactly one instruction, and what it left behind.", properties, &[])
}

/// Bytes, or a size as Docker writes it.
fn bytes(description: &str) -> Value {
    json!({"type": ["integer", "string"], "description": description})
}
