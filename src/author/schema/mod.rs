//! JSON Schemas of a pack's files (draft 2020-12), for editors: they complete keys and mark mistakes while one writes. The
//! readers themselves are stricter, and say more.

#![expect(
    clippy::needless_pass_by_value,
    reason = "schemas are built inside out, and what is put in is not needed again"
)]

mod activity;
mod answer;
mod recipe;

use serde_json::{Value, json};

/// A kind of file in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `pack.yaml`.
    Pack,
    /// `lessons/*.yaml`.
    Lesson,
    /// `exercises/*.yaml`.
    Exercise,
    /// `lessons/images/*.yaml`.
    Recipe,
}

impl Shape {
    /// All of them, with the word for each.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("pack", Self::Pack), ("lesson", Self::Lesson), ("exercise", Self::Exercise), ("recipe", Self::Recipe)];
}

/// Returns the schema of a kind of file.
pub fn schema(shape: Shape) -> Value {
    match shape {
        Shape::Pack => pack(),
        Shape::Lesson => activity::lesson(),
        Shape::Exercise => activity::exercise(),
        Shape::Recipe => recipe::recipe(),
    }
}

fn pack() -> Value {
    let properties = json!({
        "schema": {"const": 1, "description": "Version of this format."},
        "id": described(id(), "The pack's id. Progress is kept under it."),
        "version": text("The pack's version, in quotes: \"1.0\"."),
        "title": text("What the menu calls it."),
        "authors": texts("Who wrote it."),
        "license": text("Under which license."),
        "lessons": texts("The lessons in their order: names of files in lessons/, without .yaml."),
        "exercises": texts("The problems in their order: names of files in exercises/, without .yaml."),
        "misconceptions": map(text("What is true."), "What is true, by the id of the misconception that it answers."),
        "moments": map(text("A day: \"2026-07-31\"."), "Days of the registry, by name."),
    });
    file("A lesson pack", properties, &["schema", "id", "version", "title"])
}

/// A whole file: a mapping with these keys and no others.
fn file(title: &str, properties: Value, required: &[&str]) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// A mapping with these keys and no others.
fn object(description: &str, properties: Value, required: &[&str]) -> Value {
    json!({
        "description": description,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

/// A text, number or truth: what a learner may type.
fn word(description: &str) -> Value {
    json!({"type": ["string", "number", "boolean"], "description": description})
}

/// A text, or a list of texts.
fn texts(description: &str) -> Value {
    json!({"type": ["string", "array"], "items": {"type": "string"}, "description": description})
}

/// A word, or a list of words.
fn words(description: &str) -> Value {
    json!({"type": ["string", "number", "boolean", "array"], "items": word(""), "description": description})
}

fn whole(description: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": description})
}

fn list(items: Value, description: &str) -> Value {
    json!({"type": "array", "items": items, "description": description})
}

/// One of these, or a list of them.
fn one_or_more(item: Value, description: &str) -> Value {
    json!({"description": description, "anyOf": [item.clone(), {"type": "array", "items": item}]})
}

fn map(values: Value, description: &str) -> Value {
    json!({"type": "object", "additionalProperties": values, "description": description})
}

fn id() -> Value {
    json!({"type": "string", "pattern": "^[a-z0-9-]{1,64}$"})
}

fn described(mut schema: Value, description: &str) -> Value {
    schema["description"] = description.into();
    schema
}
