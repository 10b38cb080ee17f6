//! The proof of a step that asks for an answer.

use crate::lesson::{Answer, Hint, Step, StepKind, Trouble, Value, When, common_slips, speaks, value_of_output};
use crate::tutor::Event;
use crate::yaml::Severity;

use super::Tally;
use super::expected::{clip, tests, told};
use super::place::Page;
use super::rehearsal::{Heard, Rehearsal, Stop};
use super::spelled::spelled;
use super::variant::named;

/// What is right at a step.
pub(super) struct Right {
    /// The value; `None` where a gap is filled.
    value: Option<Value>,
    /// How it is typed.
    pub(super) typed: String,
}

/// Proves a step and does it.
pub(super) async fn prove(
    step: &Step,
    rehearsal: &mut Rehearsal<'_>,
    page: &mut Page<'_>,
    tally: &mut Tally,
) -> (Stop, Heard) {
    let right = match right(step, rehearsal).await {
        Ok(right) => right,
        Err(trouble) => {
            let message = format!("what is right cannot be known here: {trouble}{}", named(rehearsal.variant));
            let advice = "Ask for it once the image is there, or pull it in `start:`.";
            page.at_step(Severity::Error, "cannot-check", &step.id, "answer", message, advice);
            return rehearsal.play(Event::Line(":skip".to_owned())).await;
        }
    };
    let shown = right.value.as_ref().map_or_else(|| right.typed.clone(), Value::display);
    tally.answers.entry(step.id.clone()).or_default().insert(shown.clone());
    empty(step, rehearsal, page).await;
    tests(step, rehearsal, page, tally).await;
    rules(step, &right, rehearsal, page, tally).await;
    slip(step, &right, rehearsal, page).await;
    first_hint(step, &shown, rehearsal, page);
    rehearsal.typed += 1;
    let (stop, heard) = rehearsal.play(Event::Line(right.typed.clone())).await;
    let verdict = heard.verdict();
    if verdict.as_ref().is_some_and(|verdict| verdict.outcome == "right") {
        return (stop, heard);
    }
    let came = verdict.as_ref().map_or_else(|| "not judged".to_owned(), told);
    let message = format!("the right answer, `{}`, is {came}{}", clip(&right.typed), named(rehearsal.variant));
    page.at_step(Severity::Error, "right-is-refused", &step.id, "answer", message, "");
    if stop == Stop::Asks && rehearsal.session.here().id == step.id {
        return rehearsal.play(Event::Line(":skip".to_owned())).await;
    }
    (stop, heard)
}

/// Finds out what is right at the step at hand.
pub(super) async fn right(step: &Step, rehearsal: &Rehearsal<'_>) -> Result<Right, Trouble> {
    let expand = |text: &str| rehearsal.names(|scope| scope.expand(text));
    if let StepKind::Fill { gap, .. } = &step.kind {
        let gap = gap.first().ok_or_else(|| Trouble("nothing belongs into the gap".to_owned()))?;
        return Ok(Right { value: None, typed: expand(gap)? });
    }
    let value = if let Some(Answer::Command { line, as_type }) = step.answer() {
        let ran = rehearsal.run(&expand(line)?).await;
        if ran.status != 0 {
            return Err(Trouble(format!("`{}` ends with status {}", ran.line, ran.status)));
        }
        value_of_output(&ran.stdout, *as_type)?
    } else {
        let right = rehearsal.session.right_here(&rehearsal.engine);
        right.ok_or_else(|| Trouble("nothing is asked".to_owned()))??
    };
    Ok(Right { typed: spelled(&value), value: Some(value) })
}

/// Nothing typed is no answer.
async fn empty(step: &Step, rehearsal: &mut Rehearsal<'_>, page: &mut Page<'_>) {
    // Enter alone, and what says nothing when it is quoted.
    for nothing in ["", "''", "``", "."] {
        if rehearsal.try_line(nothing).await.outcome == "right" {
            let message = "an answer that says nothing is right";
            page.at_step(Severity::Error, "empty-is-right", &step.id, "answer", message, "");
            return;
        }
    }
}

/// Each rule speaks about what it is for, and about nothing that is right.
async fn rules(step: &Step, right: &Right, rehearsal: &mut Rehearsal<'_>, page: &mut Page<'_>, tally: &mut Tally) {
    for (number, rule) in step.wrong.iter().enumerate() {
        match &rule.when {
            When::Is(values) => {
                for value in values {
                    is(step, number, value, rehearsal, page, tally).await;
                }
            }
            When::Expression(_) | When::State(_) => condition(step, number, right, rehearsal, page, tally).await,
        }
    }
}

async fn is(
    step: &Step,
    number: usize,
    value: &str,
    rehearsal: &mut Rehearsal<'_>,
    page: &mut Page<'_>,
    tally: &mut Tally,
) {
    let Some(value) = rehearsal.expand(value) else { return };
    let id = &step.wrong[number].id;
    let verdict = rehearsal.try_line(&value).await;
    let with = named(rehearsal.variant);
    match (verdict.outcome.as_str(), verdict.rule.as_deref()) {
        ("right", _) => {
            let message = format!("`{value}` is right{with}, and the rule `{id}` calls it wrong");
            page.at_rule(Severity::Error, "rule-on-right", &step.id, number, message, "");
        }
        (_, Some(rule)) if rule == id => drop(tally.spoke.insert((step.id.clone(), number))),
        (_, Some(rule)) => {
            let message = format!("for `{value}` the rule `{rule}` speaks before `{id}`{with}");
            page.at_rule(
                Severity::Error,
                "shadowed-rule",
                &step.id,
                number,
                message,
                "The first rule that fits speaks.",
            );
        }
        ("unreadable", None) => {
            let message = format!("`{value}` cannot be read as an answer here, so the rule `{id}` never speaks");
            page.at_rule(Severity::Error, "unreachable-rule", &step.id, number, message, "");
        }
        (outcome, None) => {
            let message = format!("`{value}` is {outcome}, and the rule `{id}` does not speak{with}");
            page.at_rule(Severity::Error, "unreachable-rule", &step.id, number, message, "");
        }
    }
}

/// A condition may hold for many answers: those that somebody is likely to give are typed.
async fn condition(
    step: &Step,
    number: usize,
    right: &Right,
    rehearsal: &mut Rehearsal<'_>,
    page: &mut Page<'_>,
    tally: &mut Tally,
) {
    let (Some(value), rule) = (&right.value, &step.wrong[number]) else { return };
    let candidates = candidates(step, right, rehearsal);
    let speaks_about = |typed: &str| rehearsal.names(|scope| speaks(rule, value, typed, scope));
    if speaks_about(&right.typed) {
        let message = format!(
            "the rule `{}` holds for the right answer, `{}`, too{}",
            rule.id,
            clip(&right.typed),
            named(rehearsal.variant)
        );
        page.at_rule(Severity::Error, "rule-on-right", &step.id, number, message, "");
    }
    let speaking: Vec<String> = candidates.into_iter().filter(|typed| speaks_about(typed)).collect();
    let mut first = None;
    for typed in speaking {
        let verdict = rehearsal.try_line(&typed).await;
        if verdict.outcome != "right" && verdict.rule.as_ref() == Some(&rule.id) {
            tally.spoke.insert((step.id.clone(), number));
            return;
        }
        first = first.or(verdict.rule.map(|other| (typed, other)));
    }
    if let Some((typed, other)) = first {
        let message = format!("for `{typed}` the rule `{other}` speaks before `{}`", rule.id);
        page.at_rule(Severity::Error, "shadowed-rule", &step.id, number, message, "The first rule that fits speaks.");
    }
}

/// Answers that are likely: those of tests and rules, the known slips, and numbers that are near.
fn candidates(step: &Step, right: &Right, rehearsal: &Rehearsal<'_>) -> Vec<String> {
    let tests = rehearsal.activity.tests.iter().flat_map(|test| &test.typed);
    let mut typed: Vec<String> =
        tests.filter(|(id, _)| *id == step.id).filter_map(|(_, line)| rehearsal.expand(line)).collect();
    typed.extend(slips(step, right, rehearsal).iter().map(|(_, value)| spelled(value)));
    for rule in &step.wrong {
        if let When::Is(values) = &rule.when {
            typed.extend(values.iter().filter_map(|value| rehearsal.expand(value)));
        }
    }
    if let Some(Value::Count(count)) = right.value {
        typed.extend([0, 1, count.saturating_sub(1), count + 1, count * 2, count * 10].map(|near| near.to_string()));
    }
    typed
}

fn slips(step: &Step, right: &Right, rehearsal: &Rehearsal<'_>) -> Vec<(&'static str, Value)> {
    let (Some(answer), Some(value)) = (step.answer(), &right.value) else { return Vec::new() };
    rehearsal.names(|scope| common_slips(answer, value, scope))
}

/// Who has the commonest misconception gives another answer than the right one; else they learn nothing.
async fn slip(step: &Step, right: &Right, rehearsal: &mut Rehearsal<'_>, page: &mut Page<'_>) {
    // Who gives both where one of them is empty is right, and not by luck.
    const NO_LUCK: &str = "gave-both";
    let slips = slips(step, right, rehearsal);
    let Some((id, value)) = slips.first().filter(|(id, _)| *id != NO_LUCK) else { return };
    let typed = spelled(value);
    if rehearsal.try_line(&typed).await.outcome == "right" {
        let message = format!("`{typed}`, what `{id}` leads to, is right too{}", named(rehearsal.variant));
        let advice = "Take another image, on which the two differ.";
        page.at_step(Severity::Error, "cannot-discriminate", &step.id, "answer", message, advice);
    }
}

/// The first hint, filled in, may hold what the file does not show.
fn first_hint(step: &Step, right: &str, rehearsal: &Rehearsal<'_>, page: &mut Page<'_>) {
    let Some(Hint::Text(hint)) = step.hints.first() else { return };
    let Some(hint) = rehearsal.expand(hint) else { return };
    let words: Vec<&str> = hint.split(|c: char| c.is_whitespace() || "`\"',;:()".contains(c)).collect();
    if words.contains(&right) {
        let advice = "The first hint says where to look; the answer may stand in the last.";
        page.at_step(
            Severity::Warning,
            "hint-gives-answer",
            &step.id,
            "hints",
            "the first hint holds the answer",
            advice,
        );
    }
}
