//! What a whole lesson or problem must hold: names that are bound, expressions that can run, ideas that exist.

use crate::pack::Manifest;
use crate::yaml::{Content, Findings, Node, Position};

use super::super::expression::Expression;
use super::super::look::NAMES;
use super::super::model::{Activity, Step, StepKind};
use super::super::template::Template;

/// Checks names and expressions of all texts. Where a text stands otherwise in the file than it reads, escaped for
/// example, what is wrong in it is told at the step's beginning.
pub(super) fn names(activity: &Activity, root: &Node, manifest: &Manifest, findings: &mut Findings<'_>) {
    let varied = activity.vary.iter().map(|(name, _)| name.as_str());
    let bound: Vec<&str> = varied.chain(activity.freeze.iter().map(|(name, _)| name.as_str())).collect();
    for (name, value) in &activity.first {
        match activity.vary.iter().find(|(varied, _)| varied == name) {
            None => findings.add_unknown(root.at, format!("`first` gives `{name}`, which is not varied"), name, &bound),
            Some((_, values)) if !values.contains(value) => {
                findings
                    .add(root.at, format!("`first` gives `{name}` the value `{value}`, which `vary` does not have"));
            }
            Some(_) => {}
        }
    }
    conditions(activity, &bound, root, findings);
    for (number, (name, source)) in activity.freeze.iter().enumerate() {
        expression(source, &bound, &|| place(root, name), findings);
        not_yet_frozen(source, &activity.freeze[number..], &|| place(root, name), findings);
    }
    text(&activity.ask, &bound, &|| root.at, findings);
    for step in &activity.steps {
        // Sought where something is wrong, and hardly anything is.
        let at = || place(root, &step.id);
        step.texts().into_iter().for_each(|part| text(part, &bound, &at, findings));
        step.sources().into_iter().for_each(|source| expression(source, &bound, &at, findings));
        ideas(step, manifest, &at, findings);
    }
}

/// Conditions are about drawn values alone, since values are drawn before anything is known about an image.
fn conditions(activity: &Activity, bound: &[&str], root: &Node, findings: &mut Findings<'_>) {
    let at = || place(root, "where");
    for source in &activity.conditions {
        expression(source, bound, &at, findings);
        if Expression::parse(source).is_ok_and(|expression| !expression.calls().is_empty()) {
            findings.add(at(), format!("`{source}`: `where` compares drawn values and cannot ask for facts"));
        }
    }
    if !activity.has_variants() && findings.is_empty() {
        findings.add(at(), "no drawn values fulfil `where`");
    }
}

/// A recap names ideas of `pack.yaml`, or says sentences.
fn ideas(step: &Step, manifest: &Manifest, at: &dyn Fn() -> Position, findings: &mut Findings<'_>) {
    let StepKind::Recap(ideas) = &step.kind else { return };
    let known: Vec<&str> = manifest.misconceptions.iter().map(|(id, _)| id.as_str()).collect();
    for idea in ideas.iter().filter(|idea| !idea.contains(' ') && !known.contains(&idea.as_str())) {
        findings.add_unknown(at(), format!("`pack.yaml` has no idea `{idea}`"), idea, &known);
    }
}

fn text(text: &str, bound: &[&str], at: &dyn Fn() -> Position, findings: &mut Findings<'_>) {
    match Template::parse(text) {
        Err(error) => findings.add(findings.place_of("${", at()), error.to_string()),
        Ok(template) => {
            for name in template.names().filter(|name| !bound.contains(name)) {
                let at = findings.place_of(&format!("${name}"), at());
                findings.add_unknown(at, format!("nothing is called `${name}`; a dollar is `$$`"), name, bound);
            }
            template.expressions().for_each(|source| expression(source, bound, at, findings));
        }
    }
}

fn expression(source: &str, bound: &[&str], at: &dyn Fn() -> Position, findings: &mut Findings<'_>) {
    match Expression::parse(source) {
        Err(error) => findings.add(findings.place_of(source, at()), format!("`{source}`: {error}")),
        Ok(expression) => {
            let names = expression.names();
            for name in names.iter().filter(|name| !NAMES.contains(&name.as_str()) && !bound.contains(&name.as_str())) {
                let at = findings.place_of(source, at());
                findings.add_unknown(at, format!("`{source}`: nothing is called `{name}`"), name, bound);
            }
        }
    }
}

/// Values are frozen one after the other, so one may use only those before it.
fn not_yet_frozen(source: &str, later: &[(String, String)], at: &dyn Fn() -> Position, findings: &mut Findings<'_>) {
    let Ok(expression) = Expression::parse(source) else { return };
    for (name, _) in later.iter().filter(|(name, _)| expression.uses(&[name])) {
        let message =
            format!("`{source}`: `{name}` is not known there; a frozen value may use those that stand before it");
        findings.add(findings.place_of(source, at()), message);
    }
}

/// Where the mapping with this id stands, or the key itself; else the file's beginning.
fn place(node: &Node, id: &str) -> Position {
    find(node, id).unwrap_or(node.at)
}

fn find(node: &Node, id: &str) -> Option<Position> {
    match &node.content {
        Content::Scalar(_) => None,
        Content::List(items) => items.iter().find_map(|item| find(item, id)),
        Content::Map(entries) => {
            let is_id = |text: &str| {
                matches!(&node.content, Content::Map(all) if all.iter().any(|entry|
                entry.key == "id" && matches!(&entry.value.content, Content::Scalar(scalar) if scalar.text == text)))
            };
            if is_id(id) {
                return Some(node.at);
            }
            entries.iter().find_map(|entry| if entry.key == id { Some(entry.at) } else { find(&entry.value, id) })
        }
    }
}
