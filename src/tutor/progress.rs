//! What is done and what is next, read from the journal's records.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::lesson::{Activity, Course, Kind};

/// All lessons and problems of a course with how far the learner is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// In the course's order: lessons, then problems.
    pub entries: Vec<Entry>,
}

/// One lesson or problem in the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Lesson or problem.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// Minutes it takes; 0 where unknown.
    pub minutes: u32,
    /// How far the learner is.
    pub state: State,
}

/// How far the learner is in a lesson or problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Not begun.
    New,
    /// Begun and not completed.
    Started {
        /// Steps done.
        done: usize,
        /// Steps in all.
        of: usize,
    },
    /// Completed at least once, and nothing done again since.
    Done,
}

impl Progress {
    /// Reads progress from journal records; unknown kinds and other packs are skipped.
    pub fn read(course: &Course, records: &[Value]) -> Self {
        let pack = course.pack.manifest.id.as_str();
        let entry = |activity: &Activity| Entry {
            id: activity.id.clone(),
            kind: activity.kind,
            title: activity.title.clone(),
            minutes: activity.minutes,
            state: state(activity, pack, records),
        };
        Self { entries: course.activities.iter().map(entry).collect() }
    }

    /// Returns what to go on with: what was begun, else the first that is new, lessons before problems.
    pub fn next(&self) -> Option<&Entry> {
        let begun = self.entries.iter().find(|entry| matches!(entry.state, State::Started { .. }));
        begun.or_else(|| self.entries.iter().find(|entry| entry.state == State::New))
    }
}

fn state(activity: &Activity, pack: &str, records: &[Value]) -> State {
    let text = |record: &Value, key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut done = BTreeSet::new();
    let ours = records.iter().filter(|record| text(record, "pack") == pack && text(record, "lesson") == activity.id);
    for record in ours {
        match text(record, "kind").as_str() {
            // Who goes through it once more has done it all the same.
            "finish" | "tested-out" => return State::Done,
            "again" | "reset" => done.clear(),
            "step" => drop(done.insert(text(record, "step"))),
            _ => {}
        }
    }
    match done.len() {
        0 => State::New,
        done => State::Started { done, of: activity.steps.len() },
    }
}
