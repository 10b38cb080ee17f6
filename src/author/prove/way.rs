//! The way through one variant: each step is proved, then done as a learner does it.

use crate::lesson::{Step, StepKind};
use crate::tutor::{Event, Tone};
use crate::yaml::Severity;

use super::expected::clip;
use super::place::Page;
use super::rehearsal::{Heard, Rehearsal, Stop};
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
