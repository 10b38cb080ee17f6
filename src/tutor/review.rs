//! What is due again, read from the journal's records: a problem comes back after 1, 3, 7, 21, then 60 days, each time
//! with other values; whoever was sure and wrong meets it first. Knows no clock: now is an argument.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::report::Outcome;
use crate::lesson::{Activity, Course, Kind};

/// Days until a problem comes back, by how often in a row it went well.
const DAYS: &[i64] = &[1, 3, 7, 21, 60];
const HOURS_A_DAY: i64 = 24;

/// All problems that come back, the first due first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// In the order in which they are due.
    pub items: Vec<Item>,
}

/// A problem that comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The problem's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub concepts: Vec<String>,
    /// When it is due.
    pub due: Timestamp,
    /// How often in a row it went well, from 0; at most 4 counts.
    pub level: usize,
    /// The learner was sure of an answer that was wrong.
    pub sure_but_wrong: bool,
}

/// How a lesson or problem went, as far as the records tell.
#[derive(Debug, Clone, Default)]
struct Past {
    finished: Option<Timestamp>,
    level: usize,
    sure_but_wrong: bool,
    /// Of the run that is not finished.
    run: Run,
}

#[derive(Debug, Clone, Default)]
struct Run {
    slipped: bool,
    sure_but_wrong: bool,
}

impl Review {
    /// Reads the queue. A problem is in it once it was solved, or a day after a lesson on the same concepts was completed.
    pub fn read(course: &Course, records: &[Value]) -> Self {
        let pasts = pasts(course, records);
        let problems = course.activities.iter().filter(|activity| activity.kind == Kind::Problem);
        let mut items: Vec<Item> = problems.filter_map(|problem| item(problem, course, &pasts)).collect();
        items.sort_by(|a, b| (a.due, &a.id).cmp(&(b.due, &b.id)));
        Self { items }
    }

    /// Lists what is due: sure but wrong first, then the longest due; neighbours are about different things where
    /// that can be.
    pub fn due(&self, now: Timestamp) -> Vec<&Item> {
        let mut left: Vec<&Item> = self.items.iter().filter(|item| item.due <= now).collect();
        left.sort_by_key(|item| !item.sure_but_wrong);
        let mut ordered: Vec<&Item> = Vec::new();
        while !left.is_empty() {
            let other = |item: &&Item| {
                let last = ordered.last();
                last.is_none_or(|last| !item.concepts.iter().any(|concept| last.concepts.contains(concept)))
            };
            let urgent = left[0].sure_but_wrong;
            let next = left.iter().position(|item| item.sure_but_wrong == urgent && other(item)).unwrap_or_default();
            ordered.push(left.remove(next));
        }
        ordered
    }

    /// Finds a problem in the queue.
    pub fn find(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }
}

/// Problems on which a lesson can be tested: those that need it, or share a concept with it.
pub fn problems_of<'c>(lesson: &Activity, course: &'c Course) -> Vec<&'c Activity> {
    let problems = course.activities.iter().filter(|activity| activity.kind == Kind::Problem);
    problems.filter(|problem| is_about(problem, lesson)).collect()
}

fn is_about(problem: &Activity, lesson: &Activity) -> bool {
    problem.needs.contains(&lesson.id) || problem.concepts.iter().any(|concept| lesson.concepts.contains(concept))
}

fn item(problem: &Activity, course: &Course, pasts: &BTreeMap<&str, Past>) -> Option<Item> {
    let past = pasts.get(problem.id.as_str()).cloned().unwrap_or_default();
    let (since, level, sure_but_wrong) = match past.finished {
        Some(at) => (at, past.level, past.sure_but_wrong),
        None => {
            let lessons =
                course.activities.iter().filter(|lesson| lesson.kind == Kind::Lesson && is_about(problem, lesson));
            let done =
                lessons.filter_map(|lesson| pasts.get(lesson.id.as_str()).filter(|past| past.finished.is_some()));
            let first = done.min_by_key(|past| past.finished)?;
            (first.finished?, 0, first.sure_but_wrong)
        }
    };
    let hours = DAYS[level.min(DAYS.len() - 1)] * HOURS_A_DAY;
    let due = since.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX);
    let (id, title, concepts) = (problem.id.clone(), problem.title.clone(), problem.concepts.clone());
    Some(Item { id, title, concepts, due, level, sure_but_wrong })
}

fn pasts<'c>(course: &'c Course, records: &[Value]) -> BTreeMap<&'c str, Past> {
    let mut pasts: BTreeMap<&str, Past> = BTreeMap::new();
    for record in records {
        let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
        if text("pack") != course.pack.manifest.id {
            continue;
        }
        let Some(activity) = course.activities.iter().find(|activity| activity.id == text("lesson")) else { continue };
        pasts.entry(&activity.id).or_default().take(record);
    }
    pasts
}

impl Past {
    fn take(&mut self, record: &Value) {
        let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
        let outcome = record.get("outcome").cloned().and_then(|outcome| serde_json::from_value(outcome).ok());
        let unsure = record.get("unsure").and_then(Value::as_bool).unwrap_or_default();
        match (text("kind"), outcome) {
            ("attempt", Some(Outcome::Wrong)) => {
                self.run.slipped = true;
                self.run.sure_but_wrong |= !unsure;
            }
            ("hint", _) | ("step", Some(Outcome::Skipped)) => self.run.slipped = true,
            ("rating", _) => self.run.slipped |= record.get("rating").and_then(Value::as_u64) == Some(1),
            ("again" | "reset", _) => self.run = Run::default(),
            ("finish" | "tested-out", _) => {
                let run = std::mem::take(&mut self.run);
                self.level = if run.slipped || self.finished.is_none() { 0 } else { self.level + 1 };
                self.sure_but_wrong = run.sure_but_wrong;
                self.finished = text("at").parse().ok().or(self.finished);
            }
            _ => {}
        }
    }
}
