//! What `layerbook progress --format json` prints.

use jiff::Timestamp;
use serde::Serialize;

use super::progress::{Progress, State};
use super::review::Review;
use crate::lesson::{Course, Kind};

/// How far a learner is in a pack: one JSON document.
#[derive(Debug, Clone, Serialize)]
pub struct Overview {
    schema: u32,
    pack: String,
    pack_version: String,
    next: Option<String>,
    activities: Vec<Activity>,
    review: Vec<Again>,
}

#[derive(Debug, Clone, Serialize)]
struct Activity {
    id: String,
    kind: &'static str,
    title: String,
    state: &'static str,
    done: usize,
    of: usize,
}

#[derive(Debug, Clone, Serialize)]
struct Again {
    id: String,
    due: String,
    is_due: bool,
    level: usize,
    sure_but_wrong: bool,
}

impl Overview {
    /// Puts progress and review together.
    pub fn new(course: &Course, progress: &Progress, review: &Review, now: Timestamp) -> Self {
        let of = |id: &str| course.activities.iter().find(|activity| activity.id == id).map_or(0, |a| a.steps.len());
        let activity = |entry: &super::Entry| {
            let of = of(&entry.id);
            let (state, done) = match entry.state {
                State::New => ("new", 0),
                State::Started { done, .. } => ("started", done),
                State::Done => ("done", of),
            };
            let kind = match entry.kind {
                Kind::Lesson => "lesson",
                Kind::Problem => "problem",
            };
            Activity { id: entry.id.clone(), kind, title: entry.title.clone(), state, done, of }
        };
        let again = |item: &super::Item| Again {
            id: item.id.clone(),
            due: item.due.to_string(),
            is_due: item.due <= now,
            level: item.level,
            sure_but_wrong: item.sure_but_wrong,
        };
        Self {
            schema: 1,
            pack: course.pack.manifest.id.clone(),
            pack_version: course.pack.manifest.version.clone(),
            next: progress.next().map(|entry| entry.id.clone()),
            activities: progress.entries.iter().map(activity).collect(),
            review: review.items.iter().map(again).collect(),
        }
    }

    /// Writes it as one line of JSON.
    #[expect(clippy::missing_panics_doc, reason = "an overview has only strings as keys")]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an overview has only strings as keys")
    }
}
