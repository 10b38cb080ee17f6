//! Characters that a text may not hold: those that steer a terminal, reorder a line, or cannot be seen.

use crate::pack::File;
use crate::yaml::{Content, Finding, Findings, Node, Position, Severity, parse};

/// The rule's name.
const UNSAFE: &str = "unsafe-character";

/// Finds unsafe characters in a file: as they stand in it, and as YAML's escapes in double quotes make them.
pub(super) fn characters(file: &File) -> Vec<Finding> {
    let mut found = Findings::new(&file.path, &file.text);
    for (number, line) in file.text.lines().enumerate() {
        for (column, character) in line.chars().enumerate() {
            let first = number == 0 && column == 0;
            if let Some(name) = name(character).filter(|_| !(first && character == '\u{feff}')) {
                refuse(character, name, Position { line: number + 1, column: column + 1 }, &mut found);
            }
        }
    }
    if found.is_empty()
        && let Ok(root) = parse(&file.path, &file.text)
    {
        escaped(&root, &mut found);
    }
    found.into_list()
}

fn escaped(node: &Node, found: &mut Findings<'_>) {
    match &node.content {
        Content::Scalar(scalar) => {
            let unsafe_one = scalar.text.chars().find_map(|character| Some((character, name(character)?)));
            if let Some((character, name)) = unsafe_one {
                refuse(character, name, node.at, found);
            }
        }
        Content::List(items) => items.iter().for_each(|item| escaped(item, found)),
        Content::Map(entries) => {
            for entry in entries {
                if let Some((character, name)) = entry.key.chars().find_map(|c| Some((c, name(c)?))) {
                    refuse(character, name, entry.at, found);
                }
                escaped(&entry.value, found);
            }
        }
    }
}

fn refuse(character: char, name: &str, at: Position, found: &mut Findings<'_>) {
    let message = format!("this text holds U+{:04X}, {name}", u32::from(character));
    let advice = "Leave it out: a text is letters, and only the workbook decides how it looks.";
    found.breach(Severity::Error, UNSAFE, at, message, advice);
}

/// What an unsafe character is; `None` for all others.
fn name(character: char) -> Option<&'static str> {
    match character {
        '\n' | '\r' | '\t' => None,
        '\u{1b}' => Some("the escape that steers terminals"),
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Some("a control character"),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some("which reorders what stands on a line"),
        '\u{200e}' | '\u{200f}' | '\u{61c}' => Some("an invisible mark of direction"),
        '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' => {
            Some("which cannot be seen")
        }
        '\u{2028}' | '\u{2029}' => Some("a line break that few programs know"),
        '\u{e0000}'..='\u{e007f}' => Some("an invisible tag"),
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => {
            Some("for private use, which each font shows otherwise")
        }
        _ => None,
    }
}
