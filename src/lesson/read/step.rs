//! Reading a step: exactly one kind key, and the keys that any step may have.

use crate::pack::Manifest;
use crate::yaml::{Content, Fields, Findings, Node, ScalarKind};

use super::super::expression::Expression;
use super::super::model::{GAP, Note, Row, Rule, Step, StepKind, When};
use super::super::way::{PICTURES, is_picture};
use super::{answer, goal, hints, moment};

const KINDS: &[&str] = &["say", "show", "predict", "fill", "do", "ask", "explore", "recap"];
const KEYS: &[&str] = &[
    "say", "show", "predict", "fill", "do", "ask", "explore", "recap", "id", "if", "hints", "explain", "teaches",
    "wrong", "solve", "start", "registry", "notes", "answer", "reveal", "goal", "find", "further", "was",
];

/// Reads one step.
pub(super) fn step(node: &Node, manifest: &Manifest, findings: &mut Findings<'_>) -> Option<Step> {
    let fields = Fields::of(node, KEYS, findings)?;
    let mut kinds = fields.entries().iter().filter(|entry| KINDS.contains(&entry.key.as_str()));
    let Some(kind) = kinds.next() else {
        findings.add_with(node.at, "this step has no kind", format!("A step is one of {}.", KINDS.join(", ")));
        return None;
    };
    if let Some(other) = kinds.next() {
        findings.add(other.at, format!("a step has one kind, and this one is `{}` already", kind.key));
        return None;
    }
    let read = match kind.key.as_str() {
        "say" => StepKind::Say(kind.value.text(findings)?),
        "show" => StepKind::Show { command: kind.value.text(findings)?, notes: notes(&fields, findings) },
        "predict" => StepKind::Predict {
            question: kind.value.text(findings)?,
            answer: answer::answer(fields.required("answer", findings)?, findings)?,
            reveal: fields.text("reveal", findings),
        },
        "fill" => fill(&kind.value, &fields, findings)?,
        "do" => StepKind::Do {
            task: kind.value.text(findings)?,
            goal: goal::goal(fields.required("goal", findings)?, findings)?,
        },
        "ask" => StepKind::Ask {
            question: kind.value.text(findings)?,
            answer: answer::answer(fields.required("answer", findings)?, findings)?,
        },
        "explore" => StepKind::Explore {
            task: kind.value.text(findings)?,
            find: fields
                .required("find", findings)?
                .items()
                .iter()
                .filter_map(|node| goal::goal(node, findings))
                .collect(),
        },
        _ => StepKind::Recap(kind.value.texts(findings)),
    };
    let id = fields.required_text("id", findings);
    let registry = fields.get("registry").and_then(|node| moment(node, manifest, findings));
    let step = Step { registry, ..common(&fields, id, read, findings) };
    if let Some(node) = fields.get("wrong") {
        senseless_rules(&step, &kind.key, node, findings);
    }
    Some(step)
}

/// Rules that could never speak: where nothing is judged, and about an answer where none is given.
fn senseless_rules(step: &Step, kind: &str, node: &Node, findings: &mut Findings<'_>) {
    match &step.kind {
        StepKind::Say(_) | StepKind::Show { .. } | StepKind::Recap(_) => {
            findings.add(node.at, format!("a `{kind}` judges nothing, so no rule of it ever speaks"));
        }
        StepKind::Do { .. } | StepKind::Explore { .. } => {
            for (at, rule) in node.items().iter().zip(&step.wrong) {
                let about_answer = match &rule.when {
                    When::Is(_) => true,
                    When::Expression(source) => {
                        Expression::parse(source).is_ok_and(|known| known.names().iter().any(|name| name == "answer"))
                    }
                    When::State(_) => false,
                };
                if about_answer {
                    let message = format!("a `{kind}` has no answer, so the rule `{}` never speaks", rule.id);
                    let advice =
                        "Write `if:` with a goal, or with an expression about the state: `if: {pulled: nginx}`.";
                    findings.add_with(at.at, message, advice);
                }
            }
        }
        StepKind::Predict { .. } | StepKind::Fill { .. } | StepKind::Ask { .. } => {}
    }
}

/// Reads what any step may have.
pub(super) fn common(fields: &Fields<'_>, id: String, kind: StepKind, findings: &mut Findings<'_>) -> Step {
    let have = fields.get("start").and_then(|node| match &kind {
        StepKind::Recap(ideas) if ideas.is_empty() => None,
        _ => Fields::of(node, &["have"], findings)?.get("have"),
    });
    Step {
        id,
        kind,
        condition: fields.text("if", findings),
        hints: fields.get("hints").map(|node| hints(node, findings)).unwrap_or_default(),
        explain: fields.text("explain", findings),
        teaches: fields.texts("teaches", findings),
        wrong: fields.get("wrong").map(|node| rules(node, findings)).unwrap_or_default(),
        solve: fields.get("solve").map(|node| way(node, findings)).unwrap_or_default(),
        have: have.map(|node| node.texts(findings)).unwrap_or_default(),
        registry: None,
        was: fields.texts("was", findings),
    }
}

/// Reads the lines of a way.
fn way(node: &Node, findings: &mut Findings<'_>) -> Vec<String> {
    for line in node.items() {
        let Some(word) = line.as_written().filter(|text| text.starts_with(':') && !is_picture(text)) else { continue };
        let advice = format!("Write docker commands, and pictures: {}.", PICTURES.join(", "));
        findings.add_with(line.at, format!("`{word}` leads nowhere"), advice);
    }
    node.texts(findings)
}

fn fill(node: &Node, fields: &Fields<'_>, findings: &mut Findings<'_>) -> Option<StepKind> {
    let command = node.text(findings)?;
    if command.matches(GAP).count() != 1 {
        findings.add(node.at, format!("the command needs one gap, written `{GAP}`"));
    }
    let gap = fields.required("answer", findings)?.words(findings);
    Some(StepKind::Fill { command, gap })
}

fn notes(fields: &Fields<'_>, findings: &mut Findings<'_>) -> Vec<Note> {
    let nodes = fields.get("notes").map(Node::items).unwrap_or_default();
    nodes.iter().filter_map(|node| note(node, findings)).collect()
}

fn note(node: &Node, findings: &mut Findings<'_>) -> Option<Note> {
    let fields = Fields::of(node, &["row", "column", "say"], findings)?;
    let column = fields.text("column", findings);
    let row = match fields.get("row") {
        None if column.is_some() => Row::Number(1),
        None => {
            findings.add(node.at, "a note stands beside a `row` or a `column`");
            return None;
        }
        Some(row) => match &row.content {
            Content::Scalar(scalar) if scalar.kind == ScalarKind::Int => {
                Row::Number(usize::try_from(row.integer(findings)?).unwrap_or(usize::MAX))
            }
            _ => Row::With(row.text(findings)?),
        },
    };
    Some(Note { row, column, say: fields.required_text("say", findings) })
}

fn rules(node: &Node, findings: &mut Findings<'_>) -> Vec<Rule> {
    node.items().iter().filter_map(|node| rule(node, findings)).collect()
}

fn rule(node: &Node, findings: &mut Findings<'_>) -> Option<Rule> {
    let fields = Fields::of(node, &["id", "is", "if", "say"], findings)?;
    let when = match (fields.get("is"), fields.get("if")) {
        (Some(values), None) => When::Is(values.words(findings)),
        (None, Some(node)) => match &node.content {
            Content::Scalar(_) => When::Expression(node.text(findings)?),
            Content::List(_) | Content::Map(_) => When::State(goal::goal(node, findings)?),
        },
        (None, None) | (Some(_), Some(_)) => {
            findings.add(node.at, "a rule has either `is` or `if`");
            return None;
        }
    };
    Some(Rule { id: fields.required_text("id", findings), when, say: fields.required_text("say", findings) })
}
