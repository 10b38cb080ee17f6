//! One lesson or problem being worked through.

use serde_json::{Map, Value};

use super::{Effect, Event, Report};
use crate::lesson::{Course, Kind, World};

/// Who learns, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The learner's name; part of each draw.
    pub learner: String,
    /// The seed of each draw, below 2^53.
    pub seed: u64,
    /// Where lines come from.
    pub input: Input,
}

/// Where lines come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// A person at a terminal, for whom Enter goes on.
    Terminal,
    /// A pipe: texts read nothing and blank lines are ignored.
    Pipe,
}

/// A lesson or problem being worked through. Each list of effects ends with the one that brings the next event:
/// `Run`, `RunQuietly`, `Resolve`, `Reset`, `Ask`; or with `Finish` or `Leave`, which end the session.
#[derive(Debug)]
pub struct Session {
    report: Report,
}

impl Session {
    /// Opens the lesson or problem `id`; `None` where the course has none. `records` are the journal's records, of
    /// which it takes those of this pack and id: it goes on where they end, or begins anew after a completed run.
    pub fn open(course: &Course, kind: Kind, id: &str, options: Options, records: &[Value]) -> Option<Self> {
        let _ = records;
        let activity = course.find(kind, id)?;
        Some(Self {
            report: Report {
                schema: 1,
                pack: course.pack.manifest.id.clone(),
                pack_version: course.pack.manifest.version.clone(),
                id: activity.id.clone(),
                completed: false,
                seed: options.seed,
                variant: Map::new(),
                steps: Vec::new(),
            },
        })
    }

    /// Hears what happened and says what is to be done, in order. The engine is the usual `world`.
    pub fn step(&mut self, event: Event, world: &dyn World) -> Vec<Effect> {
        let _ = (event, world);
        vec![Effect::Leave]
    }

    /// Tells how it went so far.
    pub fn report(&self) -> Report {
        self.report.clone()
    }

    /// Tells whether every step is right or skipped.
    pub fn completed(&self) -> bool {
        self.report.completed
    }
}
