//! One lesson or problem being worked through: a machine that hears events and answers with effects.
//!
//! Each list of effects ends with the one that brings the next event: `Run`, `RunQuietly`, `Resolve`, `Reset`, `Restore`
//! or `Ask`; or with `Finish`, `Leave` or `Menu`, which end the session.

mod answer;
mod command;
mod flow;
mod gap;
mod moving;
mod notes;
mod probe;
mod records;
mod say;
mod sibling;
mod since;
mod special;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use self::moving::{Then, Undo};
use self::notes::Logged;
use self::since::{Before, Since};
use super::report::{Outcome, Report, StepReport};
use super::{Effect, Event, Ran, Tone};
use crate::lesson::{Activity, Course, Draw, Kind, RanLine, Scope, Step, World};
use crate::oci::Reference;

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

/// A lesson or problem being worked through.
#[derive(Debug, Clone)]
pub struct Session {
    activity: Arc<Activity>,
    pack: String,
    pack_version: String,
    ideas: BTreeMap<String, String>,
    input: Input,
    draw: Draw,
    variables: BTreeMap<String, String>,
    frozen: Vec<Reference>,
    progress: Vec<StepState>,
    at: usize,
    /// The step at hand was done before it was entered: the learner went back to it.
    revisited: bool,
    /// The step whose answer was shown since it was entered: it is not asked any more.
    revealed: Option<usize>,
    /// The step of which it was said, since it was entered, what is still asked.
    reminded: Option<usize>,
    /// Number of the rule that held after the last command of the step.
    standing: Option<usize>,
    /// The step at which it was said that Enter goes on.
    told_enter: Option<usize>,
    stage: Stage,
    /// Commands that ran since the step began.
    ran: Vec<RanLine>,
    /// What the workspace held when the last step was done, by name; what a resumed session starts from.
    held: Option<Vec<String>>,
    /// What was held when the step began.
    before: Before,
    /// The registry's day.
    moment: Option<String>,
    /// In the sandbox; and how many commands could be undone when it was entered.
    sandbox: Option<usize>,
    undo: Vec<Undo>,
    /// Commands that can be undone, counted on; names their snapshots.
    undone: usize,
    /// A free text was given, and its own rating is awaited.
    rating: bool,
    log: Vec<Logged>,
    last_reason: Option<String>,
    whole: Whole,
    /// Whether whoever goes on is welcomed back.
    welcomes: bool,
}

/// How one step stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct StepState {
    outcome: Outcome,
    attempts: u32,
    rule: Option<String>,
    hints: u32,
    done: bool,
    /// Begun in this session, so that there is a snapshot of its beginning.
    begun: bool,
    /// Commands that could be undone when it began.
    undoable: usize,
    /// Left out, because its condition does not hold.
    absent: bool,
}

/// How the whole stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    /// Steps are left.
    Open,
    /// Nothing is asked any more; it may be practised again.
    Solved,
}

/// What the session waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// To be opened.
    New,
    /// The images to be resolved.
    Resolving,
    /// The images to be resolved anew, since the registry moved on before this step.
    Publishing(usize),
    /// A snapshot to be restored.
    Restoring(Then),
    /// The workspace to be put into its start state.
    Resetting,
    /// Images that a step needs to be pulled; these are left.
    Fetching(Vec<String>),
    /// A line.
    Asking,
    /// The learner's own command.
    Running,
    /// The command that computes what is right; this was typed.
    Computing(String),
    /// The step's command: shown, revealed, or with its gap filled; then the step is done with this outcome.
    Showing(Outcome),
    /// The commands that lead past a skipped step; these are left.
    Skipping(Vec<String>),
    /// Commands of the start state run; these are left.
    Preparing(Vec<String>),
    /// Nothing but whether a solved problem is to be practised again.
    Solved,
    /// Nothing more.
    Ended,
}

impl Session {
    /// Opens the lesson or problem `id`; `None` where the course has none. `records` are the journal's records, of
    /// which it takes those of this pack and id: it goes on where they end, or begins anew after a completed run.
    pub fn open(course: &Course, kind: Kind, id: &str, options: Options, records: &[Value]) -> Option<Self> {
        let activity = Arc::new(course.find(kind, id)?.clone());
        let manifest = &course.pack.manifest;
        let draw = Draw {
            seed: options.seed,
            learner: options.learner,
            pack: manifest.id.clone(),
            activity: activity.id.clone(),
            attempt: 0,
        };
        let progress = activity.steps.iter().map(|_| StepState::new()).collect();
        let mut session = Self {
            pack: manifest.id.clone(),
            pack_version: manifest.version.clone(),
            ideas: manifest.misconceptions.iter().cloned().collect(),
            activity,
            input: options.input,
            draw,
            variables: BTreeMap::new(),
            frozen: Vec::new(),
            progress,
            at: 0,
            revisited: false,
            revealed: None,
            reminded: None,
            standing: None,
            told_enter: None,
            stage: Stage::New,
            ran: Vec::new(),
            held: None,
            before: Before::default(),
            moment: None,
            sandbox: None,
            undo: Vec::new(),
            undone: 0,
            rating: false,
            log: Vec::new(),
            last_reason: None,
            whole: Whole::Open,
            welcomes: true,
        };
        session.restore(records);
        Some(session)
    }

    /// Goes on from where the records end without a word about it: nobody has been here before.
    #[must_use]
    pub fn without_welcome(self) -> Self {
        Self { welcomes: false, ..self }
    }

    /// Tells whether it goes on from a recorded step. One that begins anew resolves its names anew too.
    pub fn is_resumed(&self) -> bool {
        self.progress.iter().any(|step| step.done || step.attempts > 0)
    }

    /// Hears what happened and says what is to be done, in order. The engine is the usual `world`.
    pub fn step(&mut self, event: Event, world: &dyn World) -> Vec<Effect> {
        let world = &Since { world, before: self.before.clone() };
        match event {
            Event::Opened => self.begin(world),
            Event::Line(line) => self.line(&line, world),
            Event::Ran(ran) => self.after_run(&ran, world),
            Event::Resolved(Ok(())) => match self.stage {
                Stage::Publishing(at) => self.after_publishing(at, world),
                _ => self.after_resolving(world),
            },
            Event::Resolved(Err(reason)) => self.give_up(&reason),
            Event::Interrupted => self.interrupted(world),
            Event::Left => self.leave(),
        }
    }

    /// Tells how it went so far.
    pub fn report(&self) -> Report {
        let listed = self.activity.steps.iter().zip(&self.progress);
        let listed = listed.filter(|(step, state)| self.activity.is_counted(step) && !state.absent);
        Report {
            schema: 1,
            pack: self.pack.clone(),
            pack_version: self.pack_version.clone(),
            id: self.activity.id.clone(),
            completed: self.completed(),
            seed: self.draw.seed,
            variant: self.variant(),
            steps: listed.map(|(step, state)| state.report(step)).collect(),
        }
    }

    /// Tells whether every step is right or skipped; a prediction counts when it was made.
    pub fn completed(&self) -> bool {
        self.progress.iter().all(|state| state.done || state.absent)
    }

    /// The lesson's or problem's title.
    pub fn title(&self) -> &str {
        &self.activity.title
    }

    fn variant(&self) -> Map<String, Value> {
        let drawn = self.activity.vary.iter().filter_map(|(name, _)| self.variables.get_key_value(name));
        drawn.map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect()
    }

    fn scope<'w>(&'w self, world: &'w dyn World) -> Scope<'w> {
        Scope { variables: &self.variables, world }
    }

    /// The step at hand.
    fn current(&self) -> &Step {
        &self.activity.steps[self.at]
    }

    fn state(&self) -> &StepState {
        &self.progress[self.at]
    }

    fn state_mut(&mut self) -> &mut StepState {
        &mut self.progress[self.at]
    }

    /// Number of the step's first draw: each step has a thousand of its own.
    fn first_draw(&self) -> u64 {
        Self::first_draw_of(self.at)
    }

    fn first_draw_of(at: usize) -> u64 {
        (at as u64 + 1) * 1000
    }

    fn interrupted(&mut self, world: &dyn World) -> Vec<Effect> {
        match &self.stage {
            Stage::Asking | Stage::Solved => {
                vec![say::info("`:quit` leaves; what is done is saved."), self.ask()]
            }
            Stage::Fetching(_)
            | Stage::Running
            | Stage::Computing(_)
            | Stage::Showing(_)
            | Stage::Skipping(_)
            | Stage::Preparing(_) => {
                const STOPPED: i32 = 130;
                let mut effects = vec![say::info("Stopped.")];
                effects.extend(self.after_run(&Ran { status: STOPPED, ..Ran::default() }, world));
                effects
            }
            Stage::New
            | Stage::Resolving
            | Stage::Publishing(_)
            | Stage::Restoring(_)
            | Stage::Resetting
            | Stage::Ended => self.leave(),
        }
    }

    /// Leaves to the menu.
    fn menu(&mut self) -> Vec<Effect> {
        self.stage = Stage::Ended;
        vec![Effect::Menu]
    }

    /// Without its images nothing can be taught or checked; that is never the learner's fault.
    pub(super) fn give_up(&mut self, reason: &str) -> Vec<Effect> {
        self.stage = Stage::Ended;
        let text = format!("This cannot begin now: {reason}. That is not your doing, and nothing is lost.");
        vec![say::say(Tone::CannotCheck, text), Effect::Leave]
    }

    fn leave(&mut self) -> Vec<Effect> {
        let began = !matches!(self.stage, Stage::New | Stage::Solved | Stage::Ended);
        self.stage = Stage::Ended;
        let mut effects = Vec::new();
        if began && self.input == Input::Terminal {
            effects.push(self.goodbye());
        }
        effects.push(Effect::Leave);
        effects
    }
}

impl StepState {
    fn new() -> Self {
        Self {
            outcome: Outcome::Open,
            attempts: 0,
            rule: None,
            hints: 0,
            done: false,
            begun: false,
            undoable: 0,
            absent: false,
        }
    }

    fn report(&self, step: &Step) -> StepReport {
        StepReport {
            id: step.id.clone(),
            outcome: self.outcome,
            attempts: self.attempts,
            rule: self.rule.clone(),
            hints: self.hints,
        }
    }
}
