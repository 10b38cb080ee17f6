//! YAML that means something else than it looks like, or something else to other programs.

use crate::pack::File;
use crate::yaml::{Content, Finding, Findings, Node, Severity, parse};

/// Words that YAML 1.1 takes for booleans, and YAML 1.2 for texts.
const OLD_BOOLEANS: &[&str] = &["yes", "no", "on", "off", "y", "n"];

/// Finds traps in a file. A file that is no YAML has findings already.
pub(super) fn traps(file: &File) -> Vec<Finding> {
    let mut found = Findings::new(&file.path, &file.text);
    if let Ok(root) = parse(&file.path, &file.text) {
        walk(&root, "", &mut found);
    }
    found.into_list()
}

fn walk(node: &Node, key: &str, found: &mut Findings<'_>) {
    match &node.content {
        Content::Scalar(scalar) => {
            let is_trap = scalar.bare && OLD_BOOLEANS.contains(&scalar.text.to_lowercase().as_str());
            if is_trap && !matches!(key, "yes_no" | "type") {
                let text = &scalar.text;
                let message = format!("`{text}` without quotes is a text here, and true or false to older programs");
                found.breach(Severity::Warning, "yaml-trap", node.at, message, format!("Write \"{text}\"."));
            }
        }
        Content::List(items) => items.iter().for_each(|item| walk(item, key, found)),
        Content::Map(entries) => entries.iter().for_each(|entry| walk(&entry.value, &entry.key, found)),
    }
}
