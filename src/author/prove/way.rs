//! The way through one variant: each step is proved, then done as a learner does it.

use crate::lesson::{Step, StepKind, Test};
use crate::tutor::{Event, Tone};
use crate::yaml::Severity;

use super::place::Page;
use super::rehearsal::{Heard, Rehearsal, Stop, Verdict};
use super::variant::named;
use super::{Tally, answer, goal};

/// Plays a variant from its opening to its end.
pub(super) async fn walk(rehearsal: &mut Rehearsal<'_>, page: &mut Page<'_>, tally: &mut Tally) {
    let (mut stop, heard) = rehearsal.play(Event::Opened).await;
    if !is_drawn(rehearsal) {
        return;
    }
    tally.variants += 1;
    let first = rehearsal.activity.steps.first().map(|step| step.id.clone()).unwrap_or_default();
    texts(&heard, &first, rehearsal, page);
    // Each step is done or skipped once; more rounds would mean that the session stands still.
    for _ in 0..=rehearsal.activity.steps.len() {
        if stop != Stop::Asks {
            break;
        }
        stop = step(rehearsal, page, tally).await;
    }
    if stop != Stop::Finished {
        let here = rehearsal.session.here().id.clone();
        let message = format!("it cannot be played to its end{}", named(rehearsal.variant));
        page.at_step(Severity::Error, "no-end", &here, "id", message, "");
    }
}

/// Whether the values are among those that are ever drawn.
fn is_drawn(rehearsal: &Rehearsal<'_>) -> bool {
    let holds = |source: &String| rehearsal.expand(&format!("${{{source}}}")).is_some_and(|truth| truth == "true");
    rehearsal.activity.conditions.iter().all(holds)
}

async fn step(rehearsal: &mut Rehearsal<'_>, page: &mut Page<'_>, tally: &mut Tally) -> Stop {
    let step = rehearsal.session.here().clone();
    last_hint(&step, rehearsal, page);
    let heard = match &step.kind {
        StepKind::Predict { .. } | StepKind::Ask { .. } | StepKind::Fill { .. } => {
            answer::prove(&step, rehearsal, page, tally).await
        }
        StepKind::Do { goal, .. } => goal::prove(&step, std::slice::from_ref(goal), rehearsal, page, tally).await,
        StepKind::Explore { find, .. } => goal::prove(&step, find, rehearsal, page, tally).await,
        StepKind::Say(_) | StepKind::Show { .. } | StepKind::Recap(_) => {
            rehearsal.play(Event::Line(":skip".to_owned())).await
        }
    };
    texts(&heard.1, &step.id, rehearsal, page);
    heard.0
}

/// A hint that shows the way on another variant must find such a one.
fn last_hint(step: &Step, rehearsal: &Rehearsal<'_>, page: &mut Page<'_>) {
    if rehearsal.session.shows_own_way(&rehearsal.engine) {
        let message = format!(
            "`worked: sibling` shows the way of this very variant: of no other one is it known{}",
            named(rehearsal.variant)
        );
        let advice = "Let `solve` use what was drawn, and nothing that follows from an image.";
        page.at_step(Severity::Warning, "sibling-is-itself", &step.id, "hints", message, advice);
    }
}

/// What was said on the way: a text that could not be filled in, a note beside a row that is not there.
fn texts(heard: &Heard, step: &str, rehearsal: &Rehearsal<'_>, page: &mut Page<'_>) {
    for (_, text) in heard.said.iter().filter(|(tone, _)| *tone == Tone::CannotCheck) {
        let message = format!("{}{}", text.trim_end_matches('.'), named(rehearsal.variant));
        page.at_step(Severity::Error, "cannot-check", step, "id", message, "");
    }
    for shown in &rehearsal.activity.steps {
        let StepKind::Show { notes, .. } = &shown.kind else { continue };
        let alone =
            |say: &str| heard.said.iter().any(|(tone, text)| *tone == Tone::Note && text.trim_end() == say.trim_end());
        for note in notes.iter().filter(|note| rehearsal.expand(&note.say).is_some_and(|say| alone(&say))) {
            let message = format!("the output has no row for the note `{}`", clip(&note.say));
            page.at_step(Severity::Error, "note-without-row", &shown.id, "notes", message, "");
        }
    }
}

/// Types the tests of a step and compares what comes with what is expected.
pub(super) async fn tests(step: &Step, rehearsal: &mut Rehearsal<'_>, page: &mut Page<'_>, tally: &mut Tally) {
    let tests: Vec<(usize, Test)> = rehearsal.activity.tests.iter().cloned().enumerate().collect();
    for (number, test) in tests {
        let holds = test.when.iter().all(|(name, value)| rehearsal.variant.get(name) == Some(value));
        for (_, line) in test.typed.iter().filter(|(id, _)| holds && *id == step.id) {
            tally.tested.insert(number);
            let line = rehearsal.expand(line).unwrap_or_else(|| line.clone());
            let verdict = rehearsal.try_line(&line).await;
            spoke(step, &verdict, tally);
            if !is_expected(&test.expect, &verdict) {
                let message = format!(
                    "`{}` is to be {}, and it is {}{}",
                    clip(&line),
                    test.expect,
                    told(&verdict),
                    named(rehearsal.variant)
                );
                page.at_test(Severity::Error, "test-fails", number, message, "");
            }
        }
    }
}

/// Notes the first rule of that id: it works.
pub(super) fn spoke(step: &Step, verdict: &Verdict, tally: &mut Tally) {
    let number = step.wrong.iter().position(|rule| Some(&rule.id) == verdict.rule.as_ref());
    tally.spoke.extend(number.map(|number| (step.id.clone(), number)));
}

fn is_expected(expected: &str, verdict: &Verdict) -> bool {
    match expected {
        "right" | "unreadable" => verdict.outcome == expected,
        // A command that does not lead to the goal is judged without a word.
        "wrong" => matches!(verdict.outcome.as_str(), "wrong" | "none"),
        rule => verdict.outcome == "wrong" && verdict.rule.as_deref() == Some(rule),
    }
}

/// What a line came to, for a sentence.
pub(super) fn told(verdict: &Verdict) -> String {
    match &verdict.rule {
        Some(rule) => format!("wrong by the rule `{rule}`"),
        None if verdict.outcome == "none" => "not judged".to_owned(),
        None => verdict.outcome.clone(),
    }
}

/// The beginning of a text, for a sentence.
pub(super) fn clip(text: &str) -> String {
    const LONGEST: usize = 48;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST).chain(['…']).collect() }
}
