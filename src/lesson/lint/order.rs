//! Lessons and problems among each other: what needs what, what is taught where, which misconceptions and rules exist.

use std::collections::BTreeSet;

use crate::yaml::{Finding, Findings, Node, Position, Severity, nearest};

use super::super::model::Kind;
use super::Sheet;
use super::known::IDS;

/// Looks at all of them together.
pub(super) fn order(sheets: &[Sheet<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, sheet) in sheets.iter().enumerate() {
        findings.extend(sheet.findings(&|found| {
            id(sheet, found);
            needs(at, sheets, found);
            concepts(sheet, sheets, found);
            tests(sheet, found);
            rule_ids(sheet, found);
        }));
    }
    findings
}

fn place(sheet: &Sheet<'_>, key: &str, word: &str) -> Position {
    let node = sheet.root.get(key);
    let item = node.and_then(|node| node.items().iter().find(|item| item.as_written() == Some(word)));
    item.or(node).map_or(sheet.root.at, |node| node.at)
}

/// An id is also a file's name on every system, and part of a key in the journal.
fn id(sheet: &Sheet<'_>, found: &mut Findings<'_>) {
    let steps = sheet.activity.steps.iter().map(|step| (step.id.as_str(), sheet.node(&step.id)));
    for (id, node) in steps.chain([(sheet.activity.id.as_str(), sheet.root)]) {
        let fits = (1..=64).contains(&id.len())
            && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !fits {
            let at = node.get("id").map_or(node.at, |node| node.at);
            let advice = "Use small letters, digits and `-`, at most 64.";
            found.breach(Severity::Error, "id", at, format!("`{id}` cannot be an id"), advice);
        }
    }
}

fn find<'s, 'a>(id: &str, sheets: &'s [Sheet<'a>]) -> Option<&'s Sheet<'a>> {
    sheets.iter().find(|sheet| sheet.kind == Kind::Lesson && sheet.activity.id == id)
}

/// Everything that a lesson needs, and what that needs.
fn closure(sheet: &Sheet<'_>, sheets: &[Sheet<'_>]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut open: Vec<String> = sheet.activity.needs.clone();
    while let Some(id) = open.pop() {
        if all.insert(id.clone()) {
            open.extend(find(&id, sheets).into_iter().flat_map(|sheet| sheet.activity.needs.clone()));
        }
    }
    all
}

fn needs(at: usize, sheets: &[Sheet<'_>], found: &mut Findings<'_>) {
    let sheet = &sheets[at];
    let lessons: Vec<&str> =
        sheets.iter().filter(|sheet| sheet.kind == Kind::Lesson).map(|sheet| sheet.activity.id.as_str()).collect();
    for id in &sheet.activity.needs {
        let place = place(sheet, "needs", id);
        let Some(needed) = sheets.iter().position(|other| other.kind == Kind::Lesson && other.activity.id == *id)
        else {
            found.add_unknown(place, format!("there is no lesson `{id}`"), id, &lessons);
            continue;
        };
        if sheet.kind == Kind::Lesson && closure(&sheets[needed], sheets).contains(&sheet.activity.id) || needed == at {
            let message = format!("`{id}` needs `{}` in turn: neither can be begun", sheet.activity.id);
            found.breach(Severity::Error, "needs-cycle", place, message, "Take one of the two out of `needs`.");
        } else if needed > at {
            let message = format!("`{id}` is needed here, and comes later in `pack.yaml`");
            found.breach(Severity::Warning, "needs-order", place, message, "Change the order of `lessons:`.");
        }
    }
}

/// What is practised is taught before: by a lesson that is needed, or by the problem's own parts.
fn concepts(sheet: &Sheet<'_>, sheets: &[Sheet<'_>], found: &mut Findings<'_>) {
    let teaches = |sheet: &Sheet<'_>, concept: &String| {
        let by_step = sheet.activity.steps.iter().any(|step| step.teaches.contains(concept));
        by_step || sheet.kind == Kind::Lesson && sheet.activity.concepts.contains(concept)
    };
    let has_lessons = sheets.iter().any(|sheet| sheet.kind == Kind::Lesson);
    if sheet.kind == Kind::Lesson || !has_lessons {
        return;
    }
    let needed = closure(sheet, sheets);
    for concept in sheet.activity.concepts.iter().filter(|concept| !teaches(sheet, concept)) {
        let place = place(sheet, "concepts", concept);
        let by: Vec<&str> =
            sheets.iter().filter(|other| teaches(other, concept)).map(|other| other.activity.id.as_str()).collect();
        let Some(first) = by.first() else {
            let advice = "Name it in the `concepts` of a lesson, or `teaches: [...]` on the part that explains it.";
            found.breach(Severity::Warning, "not-taught", place, format!("no lesson teaches `{concept}`"), advice);
            continue;
        };
        if !sheet.activity.needs.is_empty() && !by.iter().any(|id| needed.contains(*id)) {
            let message = format!("`{concept}` is practised here, and `needs` has no lesson that teaches it");
            found.breach(Severity::Warning, "not-taught", place, message, format!("Add `{first}` to `needs`."));
        }
    }
}

/// A test names an outcome, a rule, or a misconception that the workbook knows.
fn tests(sheet: &Sheet<'_>, found: &mut Findings<'_>) {
    let nodes = sheet.root.get("tests").map(Node::items).unwrap_or_default();
    let own = sheet.activity.steps.iter().flat_map(|step| &step.wrong).map(|rule| rule.id.as_str());
    let outcomes = ["right", "wrong", "unreadable"].into_iter();
    let known: Vec<&str> = outcomes.chain(own).chain(IDS.iter().copied()).collect();
    let steps: Vec<&str> = sheet.activity.steps.iter().map(|step| step.id.as_str()).collect();
    for (test, node) in sheet.activity.tests.iter().zip(nodes) {
        if !known.contains(&test.expect.as_str()) {
            let at = node.get("expect").map_or(node.at, |node| node.at);
            found.add_unknown(at, format!("no rule is called `{}`", test.expect), &test.expect, &known);
        }
        for (id, _) in test.typed.iter().filter(|(id, _)| !steps.contains(&id.as_str())) {
            let at = node.get("type").and_then(|node| node.entry(id)).map_or(node.at, |entry| entry.at);
            found.add_unknown(at, format!("no part is called `{id}`"), id, &steps);
        }
        for (name, value) in &test.when {
            let at = node.get("if").and_then(|node| node.get(name)).map_or(node.at, |node| node.at);
            match sheet.activity.vary.iter().find(|(varied, _)| varied == name) {
                None => found.add(at, format!("`{name}` is not varied")),
                Some((_, values)) if !values.contains(value) => {
                    let values: Vec<&str> = values.iter().map(String::as_str).collect();
                    found.add_unknown(at, format!("`{name}` is never `{value}`"), value, &values);
                }
                Some(_) => {}
            }
        }
    }
}

/// A rule's id is a misconception of `pack.yaml`, one that the workbook knows, or new; one that is nearly another is a
/// typing error.
fn rule_ids(sheet: &Sheet<'_>, found: &mut Findings<'_>) {
    let own = sheet.manifest.misconceptions.iter().map(|(id, _)| id.as_str());
    let known: Vec<&str> = own.chain(IDS.iter().copied()).collect();
    for step in &sheet.activity.steps {
        let rules = sheet.node(&step.id).get("wrong").map(Node::items).unwrap_or_default();
        for (rule, node) in step.wrong.iter().zip(rules).filter(|(rule, _)| !known.contains(&rule.id.as_str())) {
            let at = node.get("id").map_or(node.at, |node| node.at);
            let near = nearest(&rule.id, &known).filter(|near| strsim::damerau_levenshtein(near, &rule.id) <= 2);
            let advice = match near {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "Add it to `misconceptions:` in pack.yaml, with what is true instead.".to_owned(),
            };
            let message = format!("no misconception is called `{}`", rule.id);
            found.breach(Severity::Warning, "unknown-misconception", at, message, advice);
        }
    }
}
