//! What a step owes its learner: a reason for right and wrong, hints that only help, a text that is short enough, an
//! example before the first free task.

use crate::yaml::{Findings, Node, Position, Severity};

use super::super::fact::FactKind;
use super::super::model::{Activity, Answer, Hint, Kind, Step, StepKind};
use super::super::value::Choice;
use super::super::way::only_looks;
use super::Sheet;
use super::prose::sentences;

/// Words that a learner reads at most before doing something; about 90 are meant.
const MOST_WORDS: usize = 100;

/// Looks at every step.
pub(super) fn teach(sheet: &Sheet<'_>, found: &mut Findings<'_>) {
    let own_steps = sheet.activity.steps.iter().filter(|step| sheet.kind == Kind::Lesson || step.id != Activity::GOAL);
    for step in own_steps {
        let node = sheet.node(&step.id);
        explain(step, node, found);
        wrong(step, node, found);
        first_hint(step, node, found);
        sibling(step, node, found);
    }
    length(sheet, found);
    example(sheet, found);
}

fn warn(rule: &'static str, at: Position, message: impl Into<String>, advice: &str, found: &mut Findings<'_>) {
    found.breach(Severity::Warning, rule, at, message, advice);
}

/// A right answer is worth its reason. The value of a fact is shown, and that says enough.
fn explain(step: &Step, node: &Node, found: &mut Findings<'_>) {
    let owes = match &step.kind {
        StepKind::Predict { .. } | StepKind::Fill { .. } | StepKind::Do { .. } => true,
        StepKind::Ask { answer, .. } => !matches!(answer, Answer::Fact(_) | Answer::Reflect(_)),
        StepKind::Say(_) | StepKind::Show { .. } | StepKind::Explore { .. } | StepKind::Recap(_) => false,
    };
    if owes && step.explain.is_none() {
        let message = format!("the step `{}` never says why its answer is right", step.id);
        warn("no-explain", node.at, message, "Add `explain:`, one or two sentences.", found);
    }
}

/// A wrong answer that nothing explains teaches nothing.
fn wrong(step: &Step, node: &Node, found: &mut Findings<'_>) {
    let Some(answer) = step.answer() else { return };
    if let Answer::Choice(options) | Answer::Choices(options) = answer {
        options_without_reason(options, node, found);
        return;
    }
    if step.wrong.is_empty() && !explains_itself(answer) {
        let message = format!("no rule of `{}` says why a wrong answer is wrong", step.id);
        let advice = "Add `wrong:` with the answer that is commonest: `{id: ..., is: ..., say: ...}`.";
        warn("no-misconception", node.at, message, advice, found);
    }
}

/// Whether the workbook knows common slips about it.
fn explains_itself(answer: &Answer) -> bool {
    match answer {
        Answer::Fact(fact) => match fact.kind {
            FactKind::Layers
            | FactKind::HistoryLines
            | FactKind::Size
            | FactKind::CompressedSize
            | FactKind::Id
            | FactKind::Digest
            | FactKind::Cmd
            | FactKind::Entrypoint
            | FactKind::FullName
            | FactKind::Part
            | FactKind::SharedBase
            | FactKind::Download
            | FactKind::SizeRatio
            | FactKind::SizeOrder => true,
            FactKind::Env | FactKind::Ports | FactKind::Platforms | FactKind::Tags => false,
        },
        // A free text is never wrong.
        Answer::Choice(_) | Answer::Choices(_) | Answer::Reflect(_) => true,
        Answer::YesNo(_)
        | Answer::Text(_)
        | Answer::Number(_)
        | Answer::Order(_)
        | Answer::Match(_)
        | Answer::Command { .. }
        | Answer::Cel { .. } => false,
    }
}

/// Only a prediction may leave its wrong options without a reason: what it reveals is the reason.
fn options_without_reason(options: &[Choice], node: &Node, found: &mut Findings<'_>) {
    let answer = node.get("answer");
    let nodes = answer.and_then(|answer| answer.get("choice").or_else(|| answer.get("choices")));
    let nodes = nodes.map(Node::items).unwrap_or_default();
    let is_shown = node.get("reveal").is_some() || node.get("predict").is_some();
    for (option, node) in options.iter().zip(nodes) {
        if !option.right && option.say.is_none() && !is_shown {
            let message = format!("nothing says why `{}` is wrong", option.text);
            warn("no-misconception", node.at, message, "Add `say:` to the option.", found);
        }
    }
}

/// The first hint points somewhere; what it gives away cannot be found any more.
fn first_hint(step: &Step, node: &Node, found: &mut Findings<'_>) {
    let Some(Hint::Text(hint)) = step.hints.first() else { return };
    let holds = |word: &str| {
        let (hint, word) = (hint.to_lowercase(), word.trim().to_lowercase());
        let is_part = |c: char| c.is_alphanumeric() || c == '-';
        word.len() > 1
            && hint
                .match_indices(&word)
                .any(|(at, _)| !hint[..at].ends_with(is_part) && !hint[at + word.len()..].starts_with(is_part))
    };
    if answers(step).iter().any(|answer| holds(answer)) {
        let at = node.get("hints").map_or(node.at, |hints| hints.items().first().map_or(hints.at, |hint| hint.at));
        let advice = "The first hint says where to look; the answer may stand in the last.";
        warn("hint-gives-answer", at, "the first hint holds the answer", advice, found);
    }
}

/// A hint that shows the way needs one; another part's would answer another question.
fn sibling(step: &Step, node: &Node, found: &mut Findings<'_>) {
    if step.hints.contains(&Hint::WorkedSibling) && step.solve.is_empty() {
        let at = node.get("hints").map_or(node.at, |hints| hints.at);
        let message = format!("`worked: sibling` has nothing to show: `{}` has no `solve`", step.id);
        warn("sibling-without-way", at, message, "Add `solve:`, or hints of its own.", found);
    }
}

/// Texts that would be the answer.
fn answers(step: &Step) -> Vec<String> {
    let of_answer = |answer: &Answer| match answer {
        Answer::Choice(options) | Answer::Choices(options) => {
            options.iter().filter(|option| option.right).map(|option| option.text.clone()).collect()
        }
        Answer::Text(texts) => texts.clone(),
        Answer::Number(number) => vec![number.clone()],
        Answer::Command { line, .. } => vec![line.clone()],
        Answer::Fact(_)
        | Answer::YesNo(_)
        | Answer::Order(_)
        | Answer::Match(_)
        | Answer::Reflect(_)
        | Answer::Cel { .. } => Vec::new(),
    };
    match &step.kind {
        StepKind::Fill { gap, .. } => gap.clone(),
        StepKind::Do { .. } | StepKind::Explore { .. } => {
            step.solve.iter().filter(|line| !only_looks(line)).cloned().collect()
        }
        StepKind::Predict { answer, .. } | StepKind::Ask { answer, .. } => of_answer(answer),
        StepKind::Say(_) | StepKind::Show { .. } | StepKind::Recap(_) => Vec::new(),
    }
}

/// Texts one after the other, up to the next thing to do.
fn length(sheet: &Sheet<'_>, found: &mut Findings<'_>) {
    let (mut words, mut begin) = (0, None);
    for step in &sheet.activity.steps {
        let (text, acts) = match &step.kind {
            StepKind::Say(text) => (text.as_str(), false),
            StepKind::Predict { question, .. } | StepKind::Ask { question, .. } => (question.as_str(), true),
            StepKind::Do { task, .. } | StepKind::Explore { task, .. } => (task.as_str(), true),
            StepKind::Show { .. } | StepKind::Fill { .. } | StepKind::Recap(_) => ("", true),
        };
        words += sentences(text).split_whitespace().count();
        let at = *begin.get_or_insert(sheet.node(&step.id).at);
        if words > MOST_WORDS {
            let message = format!("{words} words stand here before the learner does anything");
            warn("too-long", at, message, "About 90 are read. Put a prediction or a command between them.", found);
        }
        if acts || words > MOST_WORDS {
            (words, begin) = (0, None);
        }
    }
}

/// Before the first free task something is shown, or done with a gap.
fn example(sheet: &Sheet<'_>, found: &mut Findings<'_>) {
    if sheet.kind == Kind::Problem {
        return;
    }
    for step in &sheet.activity.steps {
        match &step.kind {
            StepKind::Show { .. } | StepKind::Fill { .. } | StepKind::Predict { reveal: Some(_), .. } => return,
            StepKind::Do { .. } => {
                let message = format!("`{}` is a free task, and no example was worked before it", step.id);
                let advice = "Put a `show` or a `fill` before it.";
                warn("no-example", sheet.node(&step.id).at, message, advice, found);
                return;
            }
            StepKind::Say(_)
            | StepKind::Predict { reveal: None, .. }
            | StepKind::Ask { .. }
            | StepKind::Explore { .. }
            | StepKind::Recap(_) => {}
        }
    }
}
