//! The tests of a step: lines that are typed, and what each is to come to.

use crate::lesson::{Step, Test};
use crate::yaml::Severity;

use super::Tally;
use super::place::Page;
use super::rehearsal::{Rehearsal, Verdict};
use super::variant::named;

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
