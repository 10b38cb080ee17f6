//! A YAML document as a tree in which every value knows its place.

use super::{Findings, Position};

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it starts.
    pub at: Position,
    /// What it is.
    pub content: Content,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A text, number, boolean or null.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the file's order; its keys differ.
    Map(Vec<Entry>),
}

/// A scalar as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text, quotes and folding undone.
    pub text: String,
    /// What YAML 1.2's core schema takes it for.
    pub kind: ScalarKind,
    /// Whether it stands without quotes, on the line of its key: there YAML has its traps.
    pub bare: bool,
}

/// What a scalar is by YAML 1.2's core schema; quoted ones and blocks are texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarKind {
    /// Empty, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// An integer.
    Int,
    /// A number with a point or an exponent.
    Float,
    /// Anything else.
    Text,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key starts.
    pub at: Position,
    /// The value.
    pub value: Node,
}

impl Entry {
    /// Tells whether this is no key, but the rest of a text: several words, and no value.
    pub(super) fn is_torn_off(&self) -> bool {
        let nothing = matches!(&self.value.content, Content::Scalar(scalar) if scalar.kind == ScalarKind::Null);
        nothing && self.key.contains(' ')
    }
}

impl Node {
    /// Looks a key up; `None` where this is no mapping, or has no such key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.content {
            Content::Map(entries) => entries.iter().find(|entry| entry.key == key),
            Content::Scalar(_) | Content::List(_) => None,
        }
    }

    /// Looks a key's value up.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Returns the text as it is written, whatever YAML takes it for; `None` where this is a list or mapping.
    pub fn as_written(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) => Some(&scalar.text),
            Content::List(_) | Content::Map(_) => None,
        }
    }

    /// Names what the value is, for a sentence.
    pub fn kind(&self) -> &'static str {
        match &self.content {
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
            Content::Scalar(scalar) => match scalar.kind {
                ScalarKind::Null => "nothing",
                ScalarKind::Bool => "true or false",
                ScalarKind::Int | ScalarKind::Float => "a number",
                ScalarKind::Text => "a text",
            },
        }
    }

    /// Reads a text. A number or boolean is refused: `1.10` and `yes` rarely mean what they look like.
    pub fn text(&self, findings: &mut Findings<'_>) -> Option<String> {
        match &self.content {
            Content::Scalar(scalar) if scalar.kind == ScalarKind::Text => Some(scalar.text.clone()),
            Content::Scalar(scalar) if scalar.kind != ScalarKind::Null => {
                let message = format!("`{}` without quotes is {}, and a text belongs here", scalar.text, self.kind());
                findings.add_with(self.at, message, format!("Write \"{}\".", scalar.text));
                None
            }
            _ => self.refuse("a text", findings),
        }
    }

    /// Reads a scalar of any kind as it is written: what a learner may type.
    pub fn word(&self, findings: &mut Findings<'_>) -> Option<String> {
        match &self.content {
            Content::Scalar(scalar) if scalar.kind != ScalarKind::Null => Some(scalar.text.clone()),
            _ => self.refuse("a word", findings),
        }
    }

    /// Reads a whole number that is not negative.
    pub fn integer(&self, findings: &mut Findings<'_>) -> Option<u64> {
        match &self.content {
            Content::Scalar(Scalar { text, kind: ScalarKind::Int, .. }) => match text.parse() {
                Ok(number) => Some(number),
                Err(_) => self.refuse("a whole number", findings),
            },
            _ => self.refuse("a whole number", findings),
        }
    }

    /// Reads `true` or `false`.
    pub fn boolean(&self, findings: &mut Findings<'_>) -> Option<bool> {
        match &self.content {
            Content::Scalar(Scalar { text, kind: ScalarKind::Bool, .. }) => Some(text.eq_ignore_ascii_case("true")),
            _ => self.refuse("`true` or `false`", findings),
        }
    }

    /// Reads a list.
    pub fn list(&self, findings: &mut Findings<'_>) -> &[Self] {
        if let Content::List(items) = &self.content {
            return items;
        }
        self.refuse::<()>("a list", findings);
        &[]
    }

    /// Reads a list, or one item in its place.
    pub fn items(&self) -> &[Self] {
        match &self.content {
            Content::List(items) => items,
            Content::Scalar(_) | Content::Map(_) => std::slice::from_ref(self),
        }
    }

    /// Reads a list of texts, or one text in its place.
    pub fn texts(&self, findings: &mut Findings<'_>) -> Vec<String> {
        self.items().iter().filter_map(|item| item.text(findings)).collect()
    }

    /// Reads a list of scalars of any kind, or one in its place.
    pub fn words(&self, findings: &mut Findings<'_>) -> Vec<String> {
        self.items().iter().filter_map(|item| item.word(findings)).collect()
    }

    /// Notes that something else belongs here.
    pub fn refuse<T>(&self, wanted: &str, findings: &mut Findings<'_>) -> Option<T> {
        findings.add(self.at, format!("this is {}, and {wanted} belongs here", self.kind()));
        None
    }
}
