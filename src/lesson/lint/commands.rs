//! Answers that a command computes although the workbook knows the fact, its spellings and its misconceptions; and
//! answers typed by hand; commands that stand where an answer is wanted.

use std::sync::LazyLock;

use regex::Regex;

use crate::yaml::{Findings, Node, Position, Severity};

use super::super::model::{Answer, Step, StepKind};
use super::Sheet;

/// A shape of a command, the fact that it computes, and where the two differ.
static COMPUTED: LazyLock<Vec<(Regex, &str, &str)>> = LazyLock::new(|| {
    let shape = |pattern: &str| Regex::new(pattern).expect("the pattern is sound");
    vec![
        (shape(r"len \.RootFS\.Layers"), "layers_of", ""),
        (
            shape(r"docker (image )?history (?P<image>[^ |]+) *\| *wc -l"),
            "history_lines_of",
            "; the command counts the header too",
        ),
        (shape(r"docker (image )?history -q (?P<image>[^ |]+) *\| *wc -l"), "history_lines_of", ""),
        (shape(r"\.Config\.Cmd\b"), "cmd_of", ""),
        (shape(r"\.Config\.Entrypoint\b"), "entrypoint_of", ""),
        (shape(r"\.Config\.ExposedPorts\b"), "ports_of", ""),
        (shape(r"\.Config\.Env\b"), "env_of", ""),
        (shape(r"\{\{ *\.Id *\}\}|docker images? (ls )?-q\b"), "id_of", ""),
        (shape(r"\.Size\b"), "size_of", ""),
        (shape(r"\.RepoDigests\b"), "digest_of", ""),
    ]
});

/// Words of a question about something that the workbook knows.
const KNOWN: &[(&str, &str)] = &[
    ("how many layers", "layers_of"),
    ("how many lines", "history_lines_of"),
    ("which digest", "digest_of"),
    ("what digest", "digest_of"),
    ("how large", "size_of"),
    ("full name", "full_name_of"),
    ("default command", "cmd_of"),
    ("entrypoint", "entrypoint_of"),
    ("which ports", "ports_of"),
];

/// Looks at the answers of all steps.
pub(super) fn commands(sheet: &Sheet<'_>, found: &mut Findings<'_>) {
    for step in &sheet.activity.steps {
        let node = sheet.node(&step.id);
        let at = node.get("answer").map_or(node.at, |answer| answer.at);
        match step.answer() {
            Some(Answer::Command { line, .. }) => command(line, at, found),
            Some(Answer::Number(text)) => by_hand(step, text, at, found),
            Some(Answer::Text(texts)) => {
                for text in texts {
                    by_hand(step, text, at, found);
                }
                as_text(node, found);
            }
            Some(
                Answer::Fact(_)
                | Answer::Choice(_)
                | Answer::Choices(_)
                | Answer::YesNo(_)
                | Answer::Order(_)
                | Answer::Match(_)
                | Answer::Reflect(_)
                | Answer::Cel { .. },
            )
            | None => {}
        }
    }
}

fn command(line: &str, at: Position, found: &mut Findings<'_>) {
    let Some((shape, fact, but)) = COMPUTED.iter().find(|(shape, _, _)| shape.is_match(line)) else { return };
    let image = shape.captures(line).and_then(|parts| Some(parts.name("image")?.as_str().to_owned()));
    let image = image.or_else(|| line.split_whitespace().last().map(str::to_owned)).unwrap_or_default();
    let message = format!("the workbook knows this as `{fact}`, with its spellings and misconceptions{but}");
    found.breach(Severity::Warning, "command-for-fact", at, message, format!("Write `answer: {{{fact}: {image}}}`."));
}

/// A right answer that nobody can give: a line that begins with `docker` runs, and is never read as an answer.
fn as_text(step: &Node, found: &mut Findings<'_>) {
    let Some(texts) = step.get("answer").and_then(|answer| answer.get("text")) else { return };
    for node in texts.items() {
        let Some(line) = node.as_written().map(str::trim).filter(|line| line.starts_with("docker ")) else { continue };
        let message = format!(
            "`{line}` runs when it is typed, as every line that begins with `docker`, and is never read as an answer"
        );
        let advice = format!(
            "If what it prints is the answer, write `answer: {{command: {line}}}`; if the command itself is, write a `do` with \
             `goal: {{ran: {}}}`.",
            line.trim_start_matches("docker ")
        );
        found.breach(Severity::Warning, "command-as-text", node.at, message, advice);
    }
}

/// An answer that no name is in, to a question whose answer the workbook knows.
fn by_hand(step: &Step, text: &str, at: Position, found: &mut Findings<'_>) {
    let question = match &step.kind {
        StepKind::Ask { question, .. } | StepKind::Predict { question, .. } => question.to_lowercase(),
        StepKind::Say(_)
        | StepKind::Show { .. }
        | StepKind::Fill { .. }
        | StepKind::Do { .. }
        | StepKind::Explore { .. }
        | StepKind::Recap(_) => return,
    };
    let Some((_, fact)) = KNOWN.iter().find(|(words, _)| question.contains(words)) else { return };
    if !text.contains('$') {
        let message = format!("`{text}` was typed by hand, and the workbook knows this fact");
        found.breach(Severity::Warning, "fact-by-hand", at, message, format!("Write `answer: {{{fact}: IMAGE}}`."));
    }
}
