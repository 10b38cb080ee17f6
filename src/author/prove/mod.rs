//! What `pack test` proves: on every variant the way leads to the goal and the right answer is right; the start and a
//! mutated way do not; every rule about a wrong answer speaks where it should, and never about a right one.
//!
//! A rehearsal plays each lesson and problem as a learner would, in a [`Session`](crate::tutor::Session) on a real engine.
//! At each step copies of the session hear wrong answers and other ways; then the real one hears the right answer and goes
//! on. So tests go through the reader that a learner's typing goes through, and new kinds of steps need little here.

mod answer;
mod expected;
mod goal;
mod place;
mod rehearsal;
mod script;
mod spelled;
mod variant;
mod way;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tokio::runtime::Builder;

use crate::lesson::{Activity, Course, on_each_processor};
use crate::pack::File;
use crate::store::Store;
use crate::tutor::{Event, Input};
use crate::yaml::{Finding, Severity};

use place::Page;
use rehearsal::{Rehearsal, Stop};

pub use rehearsal::{Classroom, LEARNER, SEED, SetDay};
pub use script::script;

/// What came of a proof.
#[derive(Debug)]
pub struct Proof {
    /// What was found, sorted by file and place.
    pub findings: Vec<Finding>,
    /// Lessons and problems that were played.
    pub activities: usize,
    /// Variants that were played, all together.
    pub variants: usize,
    /// Lines that were typed, all together.
    pub typed: usize,
}

/// What is known of one lesson or problem, all its variants together.
#[derive(Debug, Default)]
struct Tally {
    /// Right answers by step, one a variant.
    answers: BTreeMap<String, BTreeSet<String>>,
    /// Tests that were typed, by number.
    tested: BTreeSet<usize>,
    /// Rules that spoke, by step and number.
    spoke: BTreeSet<(String, usize)>,
    variants: usize,
    typed: usize,
}

/// Proves all lessons and problems of a course, or the one with this id. `store` is an empty one that may be thrown away.
/// `goes_on` is asked before each variant; where it says no, what was found until then comes back, and is no proof.
pub async fn prove(
    course: &Course,
    only: Option<&str>,
    store: &Store,
    classroom: &Classroom,
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Proof {
    let mut proof = Proof { findings: Vec::new(), activities: 0, variants: 0, typed: 0 };
    let wanted = course.activities.iter().filter(|activity| only.is_none_or(|id| activity.id == id));
    for activity in wanted {
        let Some(file) = file(course, activity) else { continue };
        let Some(mut page) = Page::of(file) else { continue };
        let mut tally = Tally::default();
        for variant in variant::all(activity) {
            if !goes_on() {
                return proof;
            }
            let mut rehearsal = Rehearsal::new(course, activity, &variant, Input::Pipe, store, classroom);
            way::walk(&mut rehearsal, &mut page, &mut tally).await;
            tally.typed += rehearsal.typed;
        }
        together(activity, &tally, &mut page);
        proof.activities += 1;
        proof.variants += tally.variants;
        proof.typed += tally.typed;
        proof.findings.extend(page.into_findings());
    }
    Finding::sort(&mut proof.findings);
    proof
}

/// Proves the same with a thread a processor. Each opens a classroom of its own, since a classroom is on one day at a time; the store
/// they share, since each lesson and problem has a workspace of its own.
///
/// # Panics
/// Where a proof does.
pub fn prove_on_threads(
    course: &Course,
    only: Option<&str>,
    store: &Store,
    open: impl Fn() -> Classroom + Sync,
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Proof {
    let ids: Vec<&str> = course.activities.iter().map(|activity| activity.id.as_str()).collect();
    let wanted: Vec<&str> = ids.into_iter().filter(|id| only.is_none_or(|only| only == *id)).collect();
    let next = AtomicUsize::new(0);
    let work = || -> Vec<Proof> {
        let classroom = open();
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime without threads starts");
        let mut proofs = Vec::new();
        while let Some(id) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
            proofs.push(runtime.block_on(prove(course, Some(id), store, &classroom, goes_on)));
        }
        proofs
    };
    let mut whole = Proof { findings: Vec::new(), activities: 0, variants: 0, typed: 0 };
    for part in on_each_processor(wanted.len().max(1), work) {
        for proof in part.expect("a proof does not panic") {
            whole.findings.extend(proof.findings);
            whole.activities += proof.activities;
            whole.variants += proof.variants;
            whole.typed += proof.typed;
        }
    }
    Finding::sort(&mut whole.findings);
    whole
}

/// Plays a lesson or problem up to a step, skipping all before it, and returns what the journal would hold: a session
/// that is opened with it goes on there.
///
/// # Errors
/// Why the step is not reached.
pub async fn records_before(
    course: &Course,
    activity: &Activity,
    step: &str,
    store: &Store,
    classroom: &Classroom,
) -> Result<Vec<Value>, String> {
    let variant = variant::all(activity).into_iter().next().unwrap_or_default();
    let mut rehearsal = Rehearsal::new(course, activity, &variant, Input::Terminal, store, classroom);
    let (mut stop, mut heard) = rehearsal.play(Event::Opened).await;
    let mut records = Vec::new();
    // A step takes two lines at most: one that skips it, and one that goes on from what was shown then.
    for _ in 0..=2 * activity.steps.len() {
        records.append(&mut heard.records);
        match stop {
            Stop::Asks if rehearsal.session.here().id == step => {
                // A command that is shown has run by now; it is to be shown again.
                records.retain(|record| record["step"] != step);
                return Ok(records);
            }
            Stop::Asks => (stop, heard) = rehearsal.play(Event::Line(":skip".to_owned())).await,
            Stop::Finished | Stop::Left => break,
        }
    }
    let said = heard.said.last().map(|(_, text)| text.clone());
    Err(said.unwrap_or_else(|| "it is over before".to_owned()))
}

fn file<'c>(course: &'c Course, activity: &Activity) -> Option<&'c File> {
    let pack = &course.pack;
    let files = match activity.kind {
        crate::lesson::Kind::Lesson => &pack.lessons,
        crate::lesson::Kind::Problem => &pack.exercises,
    };
    files.iter().find(|file| file.name == activity.id)
}

/// What only shows when all variants were played.
fn together(activity: &Activity, tally: &Tally, page: &mut Page<'_>) {
    const DIFFERENT: usize = 4;
    if !activity.vary.is_empty() {
        let drawn: Vec<&str> = activity
            .vary
            .iter()
            .map(|(name, _)| name)
            .chain(activity.freeze.iter().map(|(name, _)| name))
            .map(String::as_str)
            .collect();
        let may_differ =
            |step: &&crate::lesson::Step| activity.kind == crate::lesson::Kind::Problem || step.asks_with(&drawn);
        for step in activity.steps.iter().filter(|step| step.answer().is_some()).filter(may_differ) {
            let answers = tally.answers.get(&step.id).map_or(0, BTreeSet::len);
            if answers < DIFFERENT.min(tally.variants.max(2)) {
                let message =
                    format!("over all variants this has {answers} different answers, and {DIFFERENT} are wanted");
                let advice = "Vary more, or ask for something that differs.";
                page.at_step(Severity::Warning, "few-answers", &step.id, "answer", message, advice);
            }
        }
    }
    for (number, _) in activity.tests.iter().enumerate().filter(|(number, _)| !tally.tested.contains(number)) {
        page.at_test(Severity::Error, "test-never-runs", number, "no variant reaches this test", "Look at its `if`.");
    }
    for step in &activity.steps {
        for (number, rule) in step.wrong.iter().enumerate() {
            if !tally.spoke.contains(&(step.id.clone(), number)) {
                let message =
                    format!("on no variant does the rule `{}` speak, so nothing shows that it works", rule.id);
                let advice = format!("Add to `tests:` an answer with `expect: {}`, or take the rule out.", rule.id);
                page.at_rule(Severity::Warning, "silent-rule", &step.id, number, message, &advice);
            }
        }
    }
}
