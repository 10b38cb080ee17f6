//! Which values of a file are sentences for a learner.

use crate::yaml::{Content, Node, Position, Scalar, ScalarKind};

/// Keys whose texts a learner reads.
const READ: &[&str] = &[
    "title",
    "say",
    "predict",
    "do",
    "ask",
    "explore",
    "recap",
    "explain",
    "hints",
    "right",
    "wrong",
    "further",
    "misconceptions",
];

/// A text that a learner reads.
pub(super) struct Prose<'n> {
    /// Where it begins.
    pub(super) at: Position,
    /// Its key, `say` for example.
    pub(super) key: &'n str,
    /// The text, its names not filled in.
    pub(super) text: &'n str,
}

/// All texts below a node that a learner reads, in the file's order.
pub(super) fn prose(node: &Node) -> Vec<Prose<'_>> {
    let mut found = Vec::new();
    walk(node, "", &mut found);
    found
}

fn walk<'n>(node: &'n Node, key: &'n str, found: &mut Vec<Prose<'n>>) {
    match &node.content {
        Content::Scalar(Scalar { text, kind: ScalarKind::Text, .. }) if READ.contains(&key) => {
            found.push(Prose { at: node.at, key, text });
        }
        Content::Scalar(_) => {}
        Content::List(items) => items.iter().for_each(|item| walk(item, key, found)),
        Content::Map(entries) if key == "misconceptions" => {
            for entry in entries {
                walk(&entry.value, key, found);
            }
        }
        Content::Map(entries) => entries.iter().for_each(|entry| walk(&entry.value, &entry.key, found)),
    }
}

/// The text outside of fences, and what stands between backticks left out: what is read as sentences.
pub(super) fn sentences(text: &str) -> String {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            lines.push(line);
        }
    }
    lines.join("\n").split('`').step_by(2).collect()
}

/// Lines of the fences of a text.
pub(super) fn fenced(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        let is_mark = line.trim_start().starts_with("```");
        inside ^= is_mark;
        inside && !is_mark
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_and_code_are_no_sentences() {
        let text = "One `just` two.\n```\neasy | line\n```\nThree.";
        assert_eq!(sentences(text), "One  two.\nThree.");
        assert_eq!(fenced(text).collect::<Vec<_>>(), ["easy | line"]);
    }

    #[test]
    fn what_a_learner_reads_is_found_with_its_place() {
        let root =
            crate::yaml::parse("a", "steps:\n  - {show: docker images, notes: [{row: 1, say: Look.}]}\n").unwrap();
        let found = prose(&root);
        assert_eq!((found.len(), found[0].text, found[0].at.line), (1, "Look.", 2));
    }
}
