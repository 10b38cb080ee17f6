//! `sort`: orders lines byte by byte (the C locale), by keys, numbers or sizes.

use std::cmp::Ordering;

use super::Outcome;
use super::input::{Input, Sources};
use super::lines::{lines, push};
use super::options::{Flag, parse, switch, valued};
use super::sortkey::{Key, Kind, Order, compare};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    Reverse,
    Numeric,
    Human,
    Unique,
    Fold,
    Blanks,
    Stable,
    Key,
    Separator,
}

const FLAGS: &[Flag<Setting>] = &[
    switch(Setting::Reverse, 'r', "reverse"),
    switch(Setting::Numeric, 'n', "numeric-sort"),
    switch(Setting::Human, 'h', "human-numeric-sort"),
    switch(Setting::Unique, 'u', "unique"),
    switch(Setting::Fold, 'f', "ignore-case"),
    switch(Setting::Blanks, 'b', "ignore-leading-blanks"),
    switch(Setting::Stable, 's', "stable"),
    valued(Setting::Key, 'k', "key"),
    valued(Setting::Separator, 't', "field-separator"),
];

#[derive(Debug, Default)]
struct Plan {
    order: Order,
    keys: Vec<Key>,
    tab: Option<u8>,
    unique: bool,
    stable: bool,
}

pub(super) fn run(arguments: &[String], sources: Sources<'_>) -> Outcome {
    let parsed = match parse(FLAGS, arguments) {
        Ok(parsed) => parsed,
        Err(problem) => return Outcome::usage("sort", &problem, 2),
    };
    let plan = match plan(&parsed.options) {
        Ok(plan) => plan,
        Err(problem) => return Outcome::failed(&format!("sort: {problem}"), 2),
    };
    let mut text = Vec::new();
    for input in Input::of(&parsed.operands, sources.files) {
        match input {
            Input::Stdin { .. } => lines(sources.stdin).for_each(|line| push(&mut text, line)),
            Input::File(_, bytes) => lines(&bytes).for_each(|line| push(&mut text, line)),
            Input::Missing(name, why) => return Outcome::failed(&format!("sort: cannot read: {name}: {why}"), 2),
        }
    }
    let mut sorted: Vec<&[u8]> = lines(&text).collect();
    sorted.sort_by(|first, second| plan.compare(first, second));
    if plan.unique {
        sorted.dedup_by(|second, first| plan.by_keys(first, second) == Ordering::Equal);
    }
    let mut out = Vec::with_capacity(text.len());
    for line in sorted {
        push(&mut out, line);
    }
    Outcome::written(out)
}

fn plan(options: &[(Setting, String)]) -> Result<Plan, String> {
    let mut plan = Plan::default();
    let mut kinds = Vec::new();
    for (setting, value) in options {
        match setting {
            Setting::Reverse => plan.order.reverse = true,
            Setting::Numeric => kinds.push(Kind::Numeric),
            Setting::Human => kinds.push(Kind::Human),
            Setting::Unique => plan.unique = true,
            Setting::Fold => plan.order.fold = true,
            Setting::Blanks => plan.order.blanks = true,
            Setting::Stable => plan.stable = true,
            Setting::Key => plan.keys.push(Key::parse(value)?),
            Setting::Separator => plan.tab = Some(separator(value)?),
        }
    }
    if kinds.contains(&Kind::Human) && kinds.contains(&Kind::Numeric) {
        return Err("options '-hn' are incompatible".into());
    }
    plan.order.kind = kinds.first().copied().unwrap_or_default();
    Ok(plan)
}

fn separator(value: &str) -> Result<u8, String> {
    match value.as_bytes() {
        [] => Err("empty tab".into()),
        [tab] => Ok(*tab),
        b"\\0" => Ok(0),
        _ => Err(format!("multi-character tab ‘{value}’")),
    }
}

impl Plan {
    /// Compares by the keys, then, as a last resort, whole lines.
    fn compare(&self, first: &[u8], second: &[u8]) -> Ordering {
        let compared = self.by_keys(first, second);
        if compared != Ordering::Equal || self.unique || self.stable {
            return compared;
        }
        if self.order.reverse { second.cmp(first) } else { first.cmp(second) }
    }

    fn by_keys(&self, first: &[u8], second: &[u8]) -> Ordering {
        if self.keys.is_empty() {
            return self.by_key(&Key::default(), first, second);
        }
        let compared = self.keys.iter().map(|key| self.by_key(key, first, second));
        compared.into_iter().find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal)
    }

    fn by_key(&self, key: &Key, first: &[u8], second: &[u8]) -> Ordering {
        let cut = |line| key.of(line, self.tab, self.order);
        compare(cut(first), cut(second), key.order.unwrap_or(self.order))
    }
}
