//! Moving about: back, undo, reset, the sandbox, again. All of it is a choice of snapshot.

use super::say::{info, say};
use super::{Effect, Input, Outcome, Session, Stage, StepState, Tone, Whole};
use crate::engine::ImageSummary;
use crate::lesson::{StepKind, World};

/// Commands that can be undone, the last ones.
const UNDOABLE: usize = 50;
/// The lesson as it stands, for whoever resumes it. The sandbox never writes here.
pub(super) const NOW: &str = "now";
const BEFORE_SANDBOX: &str = "before-sandbox";

/// A command that can be undone.
#[derive(Debug, Clone)]
pub(super) struct Undo {
    /// The snapshot from before it.
    snapshot: String,
    line: String,
    /// What was held before it.
    held: Vec<ImageSummary>,
    /// The containers before it.
    containers: String,
    /// Commands of the step before it.
    ran: usize,
}

/// What follows when a snapshot was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The step at this place begins.
    Enter(usize),
    /// The step at hand is asked for again.
    Task,
    /// The learner goes on typing.
    Ask,
    /// The command of a prediction runs, after what was answered.
    Reveal(Outcome),
    /// A resumed session goes on; where there is no snapshot, from the names that the journal holds.
    Resume,
}

impl Session {
    /// Snapshot of the beginning of a step.
    pub(super) fn snapshot_of(&self, at: usize) -> String {
        format!("step-{}", self.activity.steps[at].id)
    }

    pub(super) fn restore_snapshot(&mut self, name: impl Into<String>, then: Then) -> Vec<Effect> {
        self.stage = Stage::Restoring(then);
        vec![Effect::Restore(name.into())]
    }

    /// A snapshot was restored, or there is none of that name.
    pub(super) fn after_restoring(&mut self, found: bool, then: Then, world: &dyn World) -> Vec<Effect> {
        let mut effects = match then {
            Then::Enter(at) => {
                // What came after that step's beginning has not happened any more.
                self.undo.truncate(self.progress[at].undoable);
                if at < self.at {
                    self.at = at;
                    self.explain_earlier(world);
                }
                return self.enter(at, world);
            }
            Then::Resume => return if found { self.resume(world) } else { vec![self.lay_out(world)] },
            Then::Reveal(outcome) => return self.reveal_as_it_was(outcome, world),
            Then::Task => self.task(world),
            Then::Ask => Vec::new(),
        };
        if self.sandbox.is_none() {
            effects.push(Effect::Keep(NOW.to_owned()));
        }
        effects.push(self.ask());
        effects
    }

    /// What was typed at this step has not happened any more: its command runs on what was here when it began.
    fn reveal_as_it_was(&mut self, outcome: Outcome, world: &dyn World) -> Vec<Effect> {
        let StepKind::Predict { reveal, .. } = self.current().kind.clone() else { return vec![self.ask()] };
        self.undo.truncate(self.state().undoable);
        self.ran.clear();
        self.before.set_ran(&self.ran);
        self.reveal(reveal, outcome, world)
    }

    /// Goes back to the step before, with store and registry as they were when it began; what is done stays done.
    pub(super) fn back(&mut self) -> Vec<Effect> {
        if self.sandbox.is_some() {
            return self.leave_sandbox();
        }
        let before = (0..self.at).rev().find(|at| !self.progress[*at].absent);
        match before {
            Some(at) => self.restore_snapshot(self.snapshot_of(at), Then::Enter(at)),
            None => vec![info("This is the first step."), self.ask()],
        }
    }

    /// Begins the step anew, or with `all` the whole lesson.
    pub(super) fn reset(&mut self, what: &str, world: &dyn World) -> Vec<Effect> {
        match what {
            "" => {
                self.sandbox = None;
                let mut effects = vec![info("The store is as it was when this step began.")];
                effects.extend(self.restore_snapshot(self.snapshot_of(self.at), Then::Enter(self.at)));
                effects
            }
            "all" => self.start_over("reset", world),
            other => {
                let text = format!("`:reset` begins this step anew, `:reset all` everything; `{other}` is neither.");
                vec![info(text), self.ask()]
            }
        }
    }

    /// Draws other values, and begins with them.
    pub(super) fn again(&mut self, world: &dyn World) -> Vec<Effect> {
        self.draw.attempt += 1;
        self.variables = self.activity.variant(&self.draw);
        self.start_over("again", world)
    }

    fn start_over(&mut self, kind: &str, world: &dyn World) -> Vec<Effect> {
        self.progress.iter_mut().for_each(|state| *state = StepState::new());
        (self.held, self.sandbox, self.last_reason, self.whole) = (None, None, None, Whole::Open);
        self.undo.clear();
        self.log.clear();
        let varied = |name: &String| self.activity.vary.iter().any(|(known, _)| known == name);
        self.variables.retain(|name, _| varied(name));
        let mut effects = vec![self.start_over_record(kind), Effect::Publish(self.moment_at(0))];
        effects.extend(self.begin(world));
        effects
    }

    /// Runs the learner's line; a snapshot from before it lets it be undone.
    pub(super) fn run(&mut self, line: &str, world: &dyn World) -> Vec<Effect> {
        self.stage = Stage::Running;
        let snapshot = format!("undo-{}", self.undone % UNDOABLE);
        self.undone += 1;
        let held = world.images().unwrap_or_default();
        if self.undo.len() == UNDOABLE {
            self.undo.remove(0);
            self.progress.iter_mut().for_each(|state| state.undoable = state.undoable.saturating_sub(1));
        }
        let (line, containers) = (line.to_owned(), world.containers_state());
        self.undo.push(Undo { snapshot: snapshot.clone(), line: line.clone(), held, containers, ran: self.ran.len() });
        vec![Effect::Keep(snapshot), Effect::Run(line)]
    }

    /// Whether the workspace is another one than before the last command.
    pub(super) fn has_changed(&self, world: &dyn World) -> bool {
        let same = |undo: &Undo| {
            world.containers_state() == undo.containers && world.images().is_ok_and(|images| images == undo.held)
        };
        !self.undo.last().is_some_and(same)
    }

    /// Images that were here before the last command that can be undone.
    pub(super) fn held_before(&self) -> &[ImageSummary] {
        self.undo.last().map_or(&[], |undo| &undo.held)
    }

    /// A command that changed nothing needs no undoing.
    pub(super) fn settle_undo(&mut self, world: &dyn World) {
        if !self.undo.is_empty() && !self.has_changed(world) {
            self.undo.pop();
            self.undone = self.undone.saturating_sub(1);
        }
    }

    /// Takes the last command's effect on the store back, if it was typed at this step: what a step needs may have come with it.
    pub(super) fn undo(&mut self) -> Vec<Effect> {
        let floor = self.sandbox.unwrap_or(self.progress[self.at].undoable);
        let last = if self.undo.len() > floor { self.undo.pop() } else { None };
        let Some(last) = last else {
            let text = if self.undo.is_empty() || self.sandbox.is_some() {
                "No command has changed anything here that could be undone."
            } else {
                "No command of this step has changed anything. `:back` returns to the step before, as it was."
            };
            return vec![info(text), self.ask()];
        };
        self.undone = self.undone.saturating_sub(1);
        self.ran.truncate(last.ran);
        self.standing = None;
        self.before.set_ran(&self.ran);
        let mut effects = vec![info(format!("Undone: `{}`.", last.line))];
        effects.extend(self.restore_snapshot(last.snapshot, Then::Ask));
        effects
    }

    /// Goes into the sandbox, or out of it.
    pub(super) fn toggle_sandbox(&mut self) -> Vec<Effect> {
        if self.sandbox.is_some() {
            return self.leave_sandbox();
        }
        self.sandbox = Some(self.undo.len());
        let text = "In the sandbox anything goes: nothing is asked, and nothing is judged. `:back` returns to the lesson, \
                    which stays as it is.";
        vec![Effect::Keep(BEFORE_SANDBOX.to_owned()), info(text), self.ask()]
    }

    fn leave_sandbox(&mut self) -> Vec<Effect> {
        if let Some(undo) = self.sandbox.take() {
            self.undo.truncate(undo);
        }
        let mut effects = vec![info("Back in the lesson; the sandbox is gone.")];
        effects.extend(self.restore_snapshot(BEFORE_SANDBOX, Then::Task));
        effects
    }

    /// The registry's day at a step: the last that a step up to there moved it to.
    pub(super) fn moment_at(&self, at: usize) -> Option<String> {
        let moved = self.activity.steps[..=at].iter().rev().find_map(|step| step.registry.clone());
        moved.or_else(|| self.activity.registry.clone())
    }

    /// The steps that see the registry on the same day as the step at this place, one after the other.
    pub(super) fn same_day(&self, at: usize) -> std::ops::Range<usize> {
        let steps = &self.activity.steps;
        let first = (1..=at).rev().find(|at| steps[*at].registry.is_some()).unwrap_or_default();
        let end = (at + 1..steps.len()).find(|at| steps[*at].registry.is_some()).unwrap_or(steps.len());
        first..end
    }

    /// The registry moves on: names mean from now on what they mean there.
    pub(super) fn publish(&mut self, at: usize, world: &dyn World) -> Vec<Effect> {
        self.moment = self.moment_at(at);
        self.frozen = self.activity.images_of(self.same_day(at), &self.scope(world));
        self.stage = Stage::Publishing(at);
        let mut effects = vec![Effect::Publish(self.moment.clone())];
        effects.extend(self.gather(at, world));
        effects.push(Effect::Resolve(self.frozen.clone()));
        effects
    }

    /// In the sandbox nothing is asked.
    pub(super) fn sandbox_answer(&mut self) -> Vec<Effect> {
        let text = "Nothing is asked in the sandbox. Type `docker` commands; `:back` returns to the lesson.";
        vec![say(Tone::Unreadable, text), self.ask()]
    }

    /// A solved problem can be practised again at once, by a person.
    pub(super) fn offers_again(&self) -> bool {
        self.input == Input::Terminal && self.activity.varies()
    }
}
