//! What `--report json` prints at the end.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How a lesson or problem went: one JSON line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Version of this shape, 1.
    pub schema: u32,
    /// Id of the pack.
    pub pack: String,
    /// Version of the pack.
    pub pack_version: String,
    /// Id of the lesson or problem.
    pub id: String,
    /// Whether every step is right or skipped.
    pub completed: bool,
    /// The seed that values were drawn with.
    pub seed: u64,
    /// The drawn values by name.
    pub variant: Map<String, Value>,
    /// The steps in order; a problem's parts are its steps.
    pub steps: Vec<StepReport>,
}

/// How one step went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepReport {
    /// The step's id.
    pub id: String,
    /// The last outcome.
    pub outcome: Outcome,
    /// Answers that counted.
    pub attempts: u32,
    /// The misconception that the last wrong answer showed.
    pub rule: Option<String>,
    /// Hints taken.
    pub hints: u32,
}

/// How a step ended, or stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Not reached, or not answered.
    Open,
    /// Right, read, or shown.
    Right,
    /// The last answer was wrong.
    Wrong,
    /// The last answer could not be read.
    Unreadable,
    /// It could not be checked.
    CannotCheck,
    /// The learner went past it.
    Skipped,
}

impl Outcome {
    /// Says it in a word or two.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Unreadable => "could not be read",
            Self::CannotCheck => "could not be checked",
            Self::Skipped => "skipped",
        }
    }
}

impl Report {
    /// Tells whether all went right at the first attempt, without a hint.
    pub fn is_flawless(&self) -> bool {
        let flawless = |step: &StepReport| step.outcome == Outcome::Right && step.attempts <= 1 && step.hints == 0;
        self.completed && self.steps.iter().all(flawless)
    }

    /// Writes the report as one line of JSON.
    #[expect(clippy::missing_panics_doc, reason = "a report has only strings as keys")]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a report has only strings as keys")
    }
}
