//! The schema of answers, goals and rules.

use serde_json::{Map, Value, json};

use super::{described, id, list, map, object, one_or_more, text, texts, word, words};
use crate::lesson::FactKind;

/// Answers: exactly one kind, and for computed ones a type.
pub(super) fn answer() -> Value {
    let mut kinds: Map<String, Value> = FactKind::ALL
        .iter()
        .map(|(key, _)| ((*key).to_owned(), texts("What the workbook knows about this.")))
        .collect();
    let option = json!({
        "type": "object",
        "properties": {
            "right": word("A right option."),
            "wrong": word("A wrong option."),
            "say": text("Why it is wrong."),
        },
        "oneOf": [{"required": ["right"]}, {"required": ["wrong"]}],
        "additionalProperties": false,
    });
    let others = [
        ("choice", list(option.clone(), "One of these options.")),
        ("choices", list(option, "All right ones of these options.")),
        ("yes_no", word("`yes` or `no`.")),
        ("text", words("Each of these texts is right.")),
        ("number", word("A number; to the digits that the learner writes.")),
        ("order", words("These items in this order.")),
        ("match", map(word("Its group."), "Items with the group of each.")),
        ("command", text("A docker pipeline whose output is right.")),
        ("reflect", text("A model answer, after a free text that is never wrong.")),
        ("cel", text("An expression in CEL.")),
    ];
    kinds.extend(others.map(|(key, schema)| (key.to_owned(), schema)));
    let one_of: Vec<Value> = kinds.keys().map(|key| json!({"required": [key]})).collect();
    let types = ["count", "size", "number", "text", "yes_no", "set", "argv", "digest", "ref", "platform"];
    kinds
        .insert("type".to_owned(), json!({"enum": types, "description": "How a computed value is read and compared."}));
    json!({
        "description": "What is right. Facts first: `{layers_of: redis}`.",
        "type": "object",
        "properties": kinds,
        "oneOf": one_of,
        "additionalProperties": false,
    })
}

fn file_in_container() -> Value {
    let keys = json!({
        "container": text("Its name; any container where absent."),
        "path": text("The path, from `/` on."),
        "text": text("A text that the file holds."),
    });
    let description = "A container has something at this path.";
    json!({"description": description, "anyOf": [{"type": "string"}, object("", keys, &["path"])]})
}

fn container_changed() -> Value {
    let keys = json!({
        "container": text("Its name; any container where absent."),
        "path": text("The path that differs, from `/` on."),
        "how": {"enum": ["added", "changed", "deleted"]},
    });
    let description = "A container differs from its image, as `docker diff` shows it.";
    json!({"description": description, "anyOf": [{"type": "string"}, object("", keys, &[])]})
}

/// Goals: exactly one kind.
pub(super) fn goal() -> Value {
    let tagged = json!({
        "description": "A name stands for an image.",
        "anyOf": [
            {"type": "string"},
            object("", json!({"name": text("The new name."), "image": text("The image that it stands for.")}), &["name"]),
        ],
    });
    let properties = json!({
        "pulled": texts("These images are held, as the registry has them."),
        "gone": texts("These names are gone."),
        "tagged": tagged,
        "same_image": list(json!({"type": "string"}), "Two names for one image."),
        "no_dangling": {"const": true, "description": "No image without a name is held."},
        "shares_base_with": text("Another image stands on the same lowest layers as this one."),
        "file_in_container": file_in_container(),
        "container_changed": container_changed(),
        "ran": text("A command with all of these words ran well, its name and those of images written in whatever way."),
        "cel": text("An expression in CEL that is true."),
        "say": text("What is said while it is not reached, in place of the workbook's own words."),
    });
    // All but what is said about it are kinds of goals.
    let kinds = properties.as_object().into_iter().flat_map(|keys| keys.keys()).filter(|key| *key != "say");
    let one_of: Vec<Value> = kinds.map(|kind| json!({"required": [kind]})).collect();
    json!({
        "description": "A state that any commands may reach.",
        "type": "object",
        "properties": properties,
        "oneOf": one_of,
        "additionalProperties": false,
    })
}

/// Rules about wrong answers and states.
pub(super) fn rules() -> Value {
    let rule = json!({
        "type": "object",
        "properties": {
            "id": described(id(), "The misconception that it shows."),
            "is": words("The answer is one of these, read as the answer itself is."),
            "if": {"description": "An expression about `answer`, or a goal.", "anyOf": [{"type": "string"}, goal()]},
            "say": text("Why it is wrong."),
        },
        "required": ["id", "say"],
        "oneOf": [{"required": ["is"]}, {"required": ["if"]}],
        "additionalProperties": false,
    });
    one_or_more(rule, "Rules about wrong answers; the first that fits speaks.")
}
