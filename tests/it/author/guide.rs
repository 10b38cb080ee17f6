//! The author's guide: each command in it runs well, each file in it is written and used.

use std::path::Path;
use std::process::{Command, Stdio};

const GUIDE: &str = include_str!("../../../lessons/AUTHORS.md");

/// The fenced blocks of a page: language and text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), open.as_mut()) {
            (Some(language), None) => open = Some((language.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, text))) => text.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    blocks
}

fn run(folder: &Path, line: &str) {
    let words = line.split_whitespace().skip(1);
    let mut command = Command::new(env!("CARGO_BIN_EXE_layerbook"));
    command.args(words).current_dir(folder).env_clear().env("LAYERBOOK_HOME", folder.join("home")).stdin(Stdio::null());
    let output = command.output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.trim().is_empty(), "`{line}`: {said}");
}

#[test]
fn everything_in_the_guide_works() {
    let folder = tempfile::tempdir().expect("there is room");
    let (mut ran, mut written) = (0, 0);
    for (language, text) in blocks(GUIDE) {
        if language == "sh" {
            for line in text.lines() {
                run(folder.path(), line);
                ran += 1;
            }
        } else {
            let path = text.lines().next().and_then(|line| line.strip_prefix("# ")).expect("it begins with its path");
            std::fs::write(folder.path().join(path), &text).expect("its folder is there");
            written += 1;
        }
    }
    assert!(ran > 10 && written == 2);
}

#[test]
fn the_guide_names_every_rule_of_the_proof() {
    let sources = [
        include_str!("../../../src/author/prove/mod.rs"),
        include_str!("../../../src/author/prove/way.rs"),
        include_str!("../../../src/author/prove/answer.rs"),
        include_str!("../../../src/author/prove/goal.rs"),
    ]
    .concat();
    let rules = regex::Regex::new(r#"(?:Severity::\w+|severity), "([a-z-]+)""#).expect("the pattern is sound");
    let named: Vec<String> = rules.captures_iter(&sources).map(|rule| rule[1].to_owned()).collect();
    assert!(named.len() > 15);
    for rule in named {
        assert!(
            GUIDE.contains(&format!("`{rule}`")) || rule == "hint-gives-answer",
            "the guide does not explain `{rule}`"
        );
    }
}
