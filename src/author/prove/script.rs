//! The lines of somebody who knows all: what a proof would type, without its attempts at anything else.

use crate::lesson::{Activity, Answer, Course, Draw, Step, StepKind};
use crate::store::Store;
use crate::tutor::{Event, Input};

use super::rehearsal::{Classroom, LEARNER, Rehearsal, SEED, Stop};
use super::{answer, goal};

/// Plays a lesson or problem to its end and returns the lines that led there, in order: at each step the command whose output is
/// the answer, the lines of `solve`, and the right answer, as far as the step has them. A pipe with these lines leads the learner
/// [`LEARNER`] with the seed [`SEED`] to the end of a first attempt too; others see options in another order.
///
/// # Errors
/// Why the end is not reached.
pub async fn script(
    course: &Course,
    activity: &Activity,
    store: &Store,
    classroom: &Classroom,
) -> Result<Vec<String>, String> {
    let draw = Draw {
        seed: SEED,
        learner: LEARNER.to_owned(),
        pack: course.pack.manifest.id.clone(),
        activity: activity.id.clone(),
        attempt: 0,
    };
    let variant = activity.variant(&draw);
    let mut rehearsal = Rehearsal::new(course, activity, &variant, Input::Pipe, store, classroom);
    let (mut stop, _) = rehearsal.play(Event::Opened).await;
    let mut script = Vec::new();
    // Lines that are not needed for one step are typed at the next: each round brings on by a step at least.
    for _ in 0..=activity.steps.len() {
        if stop != Stop::Asks {
            break;
        }
        let step = rehearsal.session.here().clone();
        for line in finding(&step, &rehearsal).into_iter().chain(goal::way(&step, &rehearsal)) {
            script.push(line.clone());
            (stop, _) = rehearsal.play(Event::Line(line)).await;
        }
        if asks(&step) {
            let right = answer::right(&step, &rehearsal).await;
            let line = right.map_err(|trouble| format!("at the step `{}`: {trouble}", step.id))?.typed;
            script.push(line.clone());
            (stop, _) = rehearsal.play(Event::Line(line)).await;
        }
    }
    match stop {
        Stop::Finished => Ok(script),
        Stop::Asks | Stop::Left => Err(format!("the step `{}` is not got past", rehearsal.session.here().id)),
    }
}

/// The command whose output is the answer: whoever knows all looks at it first.
fn finding(step: &Step, rehearsal: &Rehearsal<'_>) -> Option<String> {
    match step.answer() {
        Some(Answer::Command { line, .. }) => rehearsal.expand(line),
        Some(_) | None => None,
    }
}

/// Tells whether a step wants an answer; a pipe reads texts on by itself.
fn asks(step: &Step) -> bool {
    match &step.kind {
        StepKind::Predict { .. } | StepKind::Ask { .. } | StepKind::Fill { .. } => true,
        StepKind::Do { .. }
        | StepKind::Explore { .. }
        | StepKind::Say(_)
        | StepKind::Show { .. }
        | StepKind::Recap(_) => false,
    }
}
