//! The proof of a step that asks for a state: the way leads there, the start and a mutated way do not, and what is left
//! over from elsewhere does no harm.

use crate::lesson::{Goal, RanLine, Reached, Step, When, only_looks, reached};
use crate::tutor::Event;
use crate::yaml::Severity;

use super::Tally;
use super::expected::{clip, spoke, tests};
use super::place::Page;
use super::rehearsal::{Heard, Rehearsal, Stop};
use super::variant::named;

/// An image that no lesson is about, small and in every classroom; and one in its place where a lesson is.
const OTHERS: [&str; 2] = ["hello-world", "busybox"];
const DELETE_ALL: &str = "docker rmi -f $(docker images -aq)";

/// Proves a step and does it.
pub(super) async fn prove(
    step: &Step,
    goals: &[Goal],
    rehearsal: &mut Rehearsal<'_>,
    page: &mut Page<'_>,
    tally: &mut Tally,
) -> (Stop, Heard) {
    let skip = || Event::Line(":skip".to_owned());
    let way = way(step, rehearsal);
    if rehearsal.try_line("docker version").await.outcome == "right" {
        let message = format!("the goal is reached before anything is done{}", named(rehearsal.variant));
        page.at_step(Severity::Error, "goal-at-start", &step.id, key(goals), message, "Look at `start:`.");
        return rehearsal.play(skip()).await;
    }
    tests(step, rehearsal, page, tally).await;
    rules(step, &way, rehearsal, page, tally).await;
    if way.is_empty() {
        let message = "no `solve` says how the goal is reached, so nobody can prove or show it";
        page.at_step(Severity::Error, "no-solve", &step.id, "goal", message, "Add `solve:` with the commands.");
        return rehearsal.play(skip()).await;
    }
    mutations(step, goals, &way, rehearsal, page).await;
    leftover(step, goals, &way, rehearsal, page).await;
    walk(step, &way, rehearsal, page).await
}

fn key(goals: &[Goal]) -> &'static str {
    if goals.len() == 1 { "goal" } else { "find" }
}

/// Returns the lines that lead to a step's goal.
pub(super) fn way(step: &Step, rehearsal: &Rehearsal<'_>) -> Vec<String> {
    step.solve.iter().filter_map(|line| rehearsal.expand(line)).collect()
}

/// Goes the way for real. The lines behind the one that reaches the goal still run: later parts ask about them.
async fn walk(step: &Step, way: &[String], rehearsal: &mut Rehearsal<'_>, page: &mut Page<'_>) -> (Stop, Heard) {
    let mut last = (Stop::Asks, Heard::default());
    for (number, line) in way.iter().enumerate() {
        rehearsal.typed += 1;
        last = rehearsal.play(Event::Line(line.clone())).await;
        if last.1.verdict().is_some_and(|verdict| verdict.outcome == "right") {
            for line in &way[number + 1..] {
                rehearsal.run(line).await;
            }
            return last;
        }
    }
    let said = last.1.said.last().map(|(_, text)| format!(": {}", clip(text))).unwrap_or_default();
    let message = format!("`solve` does not lead to the goal{}{said}", named(rehearsal.variant));
    page.at_step(Severity::Error, "solve-fails", &step.id, "solve", message, "");
    rehearsal.play(Event::Line(":skip".to_owned())).await
}

/// Ways that are not the way.
async fn mutations(step: &Step, goals: &[Goal], way: &[String], rehearsal: &mut Rehearsal<'_>, page: &mut Page<'_>) {
    let other = OTHERS.into_iter().find(|other| !way.iter().any(|line| line.contains(other))).unwrap_or(OTHERS[0]);
    let wrong_image = |line: &String| replaced(line, other);
    let mutated = [
        ("another image", way.iter().map(wrong_image).collect::<Vec<_>>()),
        ("swapped arguments", way.iter().map(|line| swapped(line)).collect()),
    ];
    for (what, lines) in mutated {
        if lines != way && rehearsal.try_lines(&lines).await.outcome == "right" {
            told(step, goals, what, &lines, rehearsal, page);
        }
    }
    // What only shows something a goal about the state cannot ask for.
    for (number, line) in way.iter().enumerate().filter(|(_, line)| way.len() > 1 && !only_looks(line)) {
        let without: Vec<String> = [&way[..number], &way[number + 1..]].concat();
        if rehearsal.try_lines(&without).await.outcome == "right" {
            let message = format!("without `{}` the goal is reached too{}", clip(line), named(rehearsal.variant));
            let advice = "Ask for what this line brings too, or leave it out of `solve`.";
            page.at_step(Severity::Warning, "goal-too-weak", &step.id, key(goals), message, advice);
        }
    }
    let deleted = vec![DELETE_ALL.to_owned()];
    if !leaves_nothing(way, rehearsal).await && rehearsal.try_lines(&deleted).await.outcome == "right" {
        told(step, goals, "everything deleted", &deleted, rehearsal, page);
    }
}

/// Where a goal is about commands, another image may be meant to do as well; elsewhere it is a mistake.
fn told(step: &Step, goals: &[Goal], what: &str, lines: &[String], rehearsal: &Rehearsal<'_>, page: &mut Page<'_>) {
    let about_commands = |goal: &Goal| match goal.bare() {
        Goal::Ran(_) | Goal::Cel(_) => true,
        Goal::Pulled(_)
        | Goal::Gone(_)
        | Goal::Tagged { .. }
        | Goal::SameImage(..)
        | Goal::NoDangling
        | Goal::SharesBaseWith(_)
        | Goal::FileInContainer { .. }
        | Goal::ContainerChanged { .. }
        | Goal::Said(..) => false,
    };
    let severity = if goals.iter().all(about_commands) { Severity::Warning } else { Severity::Error };
    let message =
        format!("with {what} the goal is reached too: `{}`{}", clip(&lines.join("; ")), named(rehearsal.variant));
    page.at_step(
        severity,
        "goal-too-weak",
        &step.id,
        key(goals),
        message,
        "Ask for what only the right way leaves behind.",
    );
}

/// A pull of another image.
fn replaced(line: &str, other: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        ["docker", "pull", before @ .., _] | ["docker", "image", "pull", before @ .., _] => {
            let command = if words[1] == "image" { "docker image pull" } else { "docker pull" };
            [&[command], before, &[other]].concat().join(" ")
        }
        _ => line.to_owned(),
    }
}

/// The two arguments of a tag, the other way round.
fn swapped(line: &str) -> String {
    match line.split(' ').collect::<Vec<_>>().as_slice() {
        ["docker", "tag", from, to] => format!("docker tag {to} {from}"),
        ["docker", "image", "tag", from, to] => format!("docker image tag {to} {from}"),
        _ => line.to_owned(),
    }
}

/// Whether the way itself ends with an empty workspace.
async fn leaves_nothing(way: &[String], rehearsal: &Rehearsal<'_>) -> bool {
    const BEFORE: &str = "rehearsal-way";
    if rehearsal.engine.workspace().snapshot(BEFORE).is_err() {
        return false;
    }
    for line in way {
        rehearsal.run(line).await;
    }
    let nothing = rehearsal.held().is_empty();
    let _ = rehearsal.engine.workspace().restore(BEFORE);
    nothing
}

/// Another image and another name from earlier must not stand in the way.
async fn leftover(step: &Step, goals: &[Goal], way: &[String], rehearsal: &mut Rehearsal<'_>, page: &mut Page<'_>) {
    let other = OTHERS.into_iter().find(|other| !way.iter().any(|line| line.contains(other))).unwrap_or(OTHERS[0]);
    let mut lines = vec![format!("docker pull {other}"), format!("docker tag {other} leftover:1")];
    lines.extend_from_slice(way);
    let verdict = rehearsal.try_lines(&lines).await;
    let alone = rehearsal.try_lines(way).await;
    if alone.outcome == "right" && verdict.outcome != "right" {
        let message = format!(
            "a harmless leftover, the name `leftover:1`, keeps the goal from being reached{}",
            named(rehearsal.variant)
        );
        let advice = "Ask for what must be there, not for what must not.";
        page.at_step(Severity::Error, "goal-too-strict", &step.id, key(goals), message, advice);
    }
}

/// Rules about a state: commands that lead there are typed, where it is plain which.
async fn rules(step: &Step, way: &[String], rehearsal: &mut Rehearsal<'_>, page: &mut Page<'_>, tally: &mut Tally) {
    for (number, rule) in step.wrong.iter().enumerate() {
        let When::State(state) = &rule.when else { continue };
        let lines: Vec<String> = leading_to(state).iter().filter_map(|line| rehearsal.expand(line)).collect();
        if !lines.is_empty() {
            let verdict = rehearsal.try_lines(&lines).await;
            spoke(step, &verdict, tally);
            match verdict.rule.as_deref() {
                Some(spoken) if spoken == rule.id => drop(tally.spoke.insert((step.id.clone(), number))),
                Some(spoken) => {
                    let message =
                        format!("after `{}` the rule `{spoken}` speaks before `{}`", clip(&lines.join("; ")), rule.id);
                    page.at_rule(
                        Severity::Error,
                        "shadowed-rule",
                        &step.id,
                        number,
                        message,
                        "The first rule that fits speaks.",
                    );
                }
                None if verdict.outcome == "right" => {
                    let message = format!(
                        "after `{}` the goal is reached, and the rule `{}` calls it wrong",
                        clip(&lines.join("; ")),
                        rule.id
                    );
                    page.at_rule(Severity::Error, "rule-on-right", &step.id, number, message, "");
                }
                None => {}
            }
        }
        if holds_after(state, way, rehearsal).await {
            let message = format!(
                "the rule `{}` also holds when `solve` has led to the goal{}",
                rule.id,
                named(rehearsal.variant)
            );
            page.at_rule(Severity::Error, "rule-on-right", &step.id, number, message, "");
        }
    }
}

/// Commands after which a state is so; none where that is not plain.
fn leading_to(state: &Goal) -> Vec<String> {
    let pull = |name: &String| format!("docker pull {name}");
    match state {
        Goal::Said(goal, _) => leading_to(goal),
        Goal::Pulled(names) => names.iter().map(pull).collect(),
        Goal::Tagged { name, image: Some(image) } | Goal::SameImage(image, name) => {
            vec![pull(image), format!("docker tag {image} {name}")]
        }
        Goal::Gone(names) => names.iter().map(|name| format!("docker rmi {name}")).collect(),
        Goal::Ran(words) if words.starts_with("docker ") => vec![words.clone()],
        Goal::Tagged { image: None, .. }
        | Goal::NoDangling
        | Goal::SharesBaseWith(_)
        | Goal::FileInContainer { .. }
        | Goal::ContainerChanged { .. }
        | Goal::Ran(_)
        | Goal::Cel(_) => Vec::new(),
    }
}

/// Whether a state is so after the way, and was not before it.
async fn holds_after(state: &Goal, way: &[String], rehearsal: &Rehearsal<'_>) -> bool {
    const BEFORE: &str = "rehearsal-rule";
    let is_so = |ran: &[RanLine]| rehearsal.names(|scope| reached(state, scope, ran)) == Ok(Reached::Yes);
    if way.is_empty() || is_so(&[]) || rehearsal.engine.workspace().snapshot(BEFORE).is_err() {
        return false;
    }
    let mut ran = Vec::new();
    for line in way {
        let done = rehearsal.run(line).await;
        ran.push(RanLine { line: line.clone(), status: done.status });
    }
    let so = is_so(&ran);
    let _ = rehearsal.engine.workspace().restore(BEFORE);
    so
}
