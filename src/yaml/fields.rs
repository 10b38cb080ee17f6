//! Reading a mapping key by key: unknown keys and missing ones are found, not fatal.

use super::{Content, Entry, Findings, Node, Position};

/// A mapping whose keys are all known.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'n> {
    at: Position,
    entries: &'n [Entry],
}

impl<'n> Fields<'n> {
    /// Takes a mapping; `None` where the value is none. A key that is not in `known` is a finding, with the nearest one.
    pub fn of(node: &'n Node, known: &[&str], findings: &mut Findings<'_>) -> Option<Self> {
        let Content::Map(entries) = &node.content else {
            return node.refuse("a mapping", findings);
        };
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            if entry.is_torn_off() {
                let message =
                    format!("`{}` was torn off a text: in `{{...}}` and `[...]` a bare text ends at `, `", entry.key);
                findings.add_with(entry.at, message, "Put the whole text in quotes.");
                continue;
            }
            findings.add_unknown(entry.at, format!("unknown key `{}`", entry.key), &entry.key, known);
        }
        Some(Self { at: node.at, entries })
    }

    /// Returns where the mapping starts.
    pub fn at(&self) -> Position {
        self.at
    }

    /// Returns the entries in the file's order.
    pub fn entries(&self) -> &'n [Entry] {
        self.entries
    }

    /// Returns a key's value.
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Returns a key's value; its absence is a finding.
    pub fn required(&self, key: &str, findings: &mut Findings<'_>) -> Option<&'n Node> {
        let value = self.get(key);
        if value.is_none() {
            findings.add(self.at, format!("the key `{key}` is missing"));
        }
        value
    }

    /// Reads a text that must be there; empty where it is not.
    pub fn required_text(&self, key: &str, findings: &mut Findings<'_>) -> String {
        self.required(key, findings).and_then(|node| node.text(findings)).unwrap_or_default()
    }

    /// Reads a text that may be there.
    pub fn text(&self, key: &str, findings: &mut Findings<'_>) -> Option<String> {
        self.get(key).and_then(|node| node.text(findings))
    }

    /// Reads a list of texts, or one text; empty where the key is absent.
    pub fn texts(&self, key: &str, findings: &mut Findings<'_>) -> Vec<String> {
        self.get(key).map(|node| node.texts(findings)).unwrap_or_default()
    }

    /// Reads a whole number that may be there.
    pub fn integer(&self, key: &str, findings: &mut Findings<'_>) -> Option<u64> {
        self.get(key).and_then(|node| node.integer(findings))
    }
}
