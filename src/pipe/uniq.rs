//! `uniq`: drops, counts or picks repeated neighbours.

use super::Outcome;
use super::input::{Input, Sources};
use super::lines::{lines, push};
use super::options::{Flag, parse, switch, valued};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    Count,
    Repeated,
    Unique,
    IgnoreCase,
    SkipFields,
    SkipCharacters,
    CheckCharacters,
}

const FLAGS: &[Flag<Setting>] = &[
    switch(Setting::Count, 'c', "count"),
    switch(Setting::Repeated, 'd', "repeated"),
    switch(Setting::Unique, 'u', "unique"),
    switch(Setting::IgnoreCase, 'i', "ignore-case"),
    valued(Setting::SkipFields, 'f', "skip-fields"),
    valued(Setting::SkipCharacters, 's', "skip-chars"),
    valued(Setting::CheckCharacters, 'w', "check-chars"),
];

/// Which part of a line is compared, and how.
#[derive(Debug, Default)]
struct Key {
    ignore_case: bool,
    fields: usize,
    skipped: usize,
    checked: Option<usize>,
}

pub(super) fn run(arguments: &[String], sources: Sources<'_>) -> Outcome {
    let parsed = match parse(FLAGS, arguments) {
        Ok(parsed) => parsed,
        Err(problem) => return Outcome::usage("uniq", &problem, 1),
    };
    let has = |setting| parsed.options.iter().any(|(found, _)| *found == setting);
    let key = match key(&parsed.options) {
        Ok(key) => key,
        Err(problem) => return Outcome::failed(&format!("uniq: {problem}"), 1),
    };
    if let Some(extra) = parsed.operands.get(2) {
        return Outcome::usage("uniq", &format!("extra operand ‘{extra}’"), 1);
    }
    let text = match Input::of(&parsed.operands, sources.files).swap_remove(0) {
        Input::Stdin { .. } => sources.stdin.to_vec(),
        Input::File(_, bytes) => bytes,
        Input::Missing(name, why) => return Outcome::failed(&format!("uniq: {name}: {why}"), 1),
    };
    let mut out = Vec::new();
    for (line, count) in groups(&text, &key) {
        let unwanted = if count > 1 { has(Setting::Unique) } else { has(Setting::Repeated) };
        if unwanted {
            continue;
        }
        if has(Setting::Count) {
            out.extend(format!("{count:7} ").into_bytes());
        }
        push(&mut out, line);
    }
    Outcome::written(out)
}

fn key(options: &[(Setting, String)]) -> Result<Key, String> {
    let mut key = Key::default();
    for (setting, value) in options {
        let number = |what: &str| value.parse::<usize>().map_err(|_| format!("{value}: invalid number of {what}"));
        match setting {
            Setting::IgnoreCase => key.ignore_case = true,
            Setting::SkipFields => key.fields = number("fields to skip")?,
            Setting::SkipCharacters => key.skipped = number("bytes to skip")?,
            Setting::CheckCharacters => key.checked = Some(number("bytes to compare")?),
            Setting::Count | Setting::Repeated | Setting::Unique => {}
        }
    }
    Ok(key)
}

/// Lists the first line of each run of equal neighbours with the run's length.
fn groups<'a>(text: &'a [u8], key: &Key) -> Vec<(&'a [u8], usize)> {
    let mut groups: Vec<(&[u8], usize)> = Vec::new();
    for line in lines(text) {
        match groups.last_mut() {
            Some((first, count)) if key.same(first, line) => *count += 1,
            _ => groups.push((line, 1)),
        }
    }
    groups
}

impl Key {
    fn same(&self, first: &[u8], second: &[u8]) -> bool {
        let (first, second) = (self.of(first), self.of(second));
        if self.ignore_case { first.eq_ignore_ascii_case(second) } else { first == second }
    }

    fn of<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let mut rest = line;
        for _ in 0..self.fields {
            if rest.is_empty() {
                break;
            }
            let start = rest.iter().position(|byte| !blank(byte)).unwrap_or(rest.len());
            let length = rest[start..].iter().position(blank).unwrap_or(rest.len() - start);
            rest = &rest[start + length..];
        }
        rest = &rest[self.skipped.min(rest.len())..];
        &rest[..self.checked.unwrap_or(rest.len()).min(rest.len())]
    }
}
