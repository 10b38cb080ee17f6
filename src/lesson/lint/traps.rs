//! YAML that means something else than it looks like, or something else to other programs.

use crate::pack::File;
use crate::yaml::{Content, Finding, Findings, Node, Scalar, ScalarKind, Severity, parse};

/// Words that YAML 1.1 takes for booleans, and YAML 1.2 for texts.
const OLD_BOOLEANS: &[&str] = &["yes", "no", "on", "off", "y", "n"];

/// Finds traps in a file. A file that is no YAML has findings already.
pub(super) fn traps(file: &File) -> Vec<Finding> {
    let mut found = Findings::new(&file.path, &file.text);
    if let Ok(root) = parse(&file.path, &file.text) {
        walk(&root, "", &file.text, &mut found);
    }
    found.into_list()
}

fn walk(node: &Node, key: &str, text: &str, found: &mut Findings<'_>) {
    match &node.content {
        Content::Scalar(scalar) => {
            let is_trap = scalar.bare && OLD_BOOLEANS.contains(&scalar.text.to_lowercase().as_str());
            if is_trap && !matches!(key, "yes_no" | "type") {
                let word = &scalar.text;
                let message = format!("`{word}` without quotes is a text here, and true or false to older programs");
                found.breach(Severity::Warning, "yaml-trap", node.at, message, format!("Write \"{word}\"."));
            }
            if let Some(rest) = cut_off(scalar, node, text) {
                let message = format!("`{rest}` is a comment and no part of the text before it");
                let advice = "Put the text in quotes, or the comment on a line of its own.";
                found.breach(Severity::Warning, "yaml-trap", node.at, message, advice);
            }
        }
        Content::List(items) => items.iter().for_each(|item| walk(item, key, text, found)),
        Content::Map(entries) => entries.iter().for_each(|entry| walk(&entry.value, &entry.key, text, found)),
    }
}

/// What behind a text of several words, without quotes, YAML takes for a comment: in `say: Look at layer #7` the `#7`.
fn cut_off<'t>(scalar: &Scalar, node: &Node, file: &'t str) -> Option<&'t str> {
    if !scalar.bare || scalar.kind != ScalarKind::Text || !scalar.text.contains(' ') {
        return None;
    }
    let begin = file.split_inclusive('\n').take(node.at.line.checked_sub(1)?).map(str::len).sum::<usize>();
    let (column, _) = file[begin..].char_indices().nth(node.at.column.checked_sub(1)?)?;
    let mut words = scalar.text.split_whitespace();
    let rest = words.try_fold(&file[begin + column..], |rest, word| rest.trim_start().strip_prefix(word))?;
    let line = rest.lines().next()?;
    let comment = line.trim_start();
    (comment.len() < line.len() && comment.starts_with('#')).then_some(comment)
}
