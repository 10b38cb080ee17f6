//! Commands: the learner's own, at any prompt, and the session's.

use super::say::{info, say};
use super::{Effect, Outcome, Ran, RanLine, Session, Stage, Tone};
use crate::lesson::{Goal, Reached, StepKind, When, World, reached};

/// Subcommands that change what the workspace holds: after these a goal that is not reached is worth a word.
const CHANGING: &[&str] = &["pull", "rmi", "tag", "image", "load", "import", "commit", "build", "system", "run", "rm"];

impl Session {
    /// Runs a docker command line that the learner typed.
    pub(super) fn run(&mut self, line: &str) -> Vec<Effect> {
        self.stage = Stage::Running;
        vec![Effect::Run(line.to_owned())]
    }

    /// A command has run: whose it was says what comes next.
    pub(super) fn after_run(&mut self, ran: &Ran, world: &dyn World) -> Vec<Effect> {
        match self.stage.clone() {
            Stage::Resetting => self.after_reset(ran, world),
            Stage::Fetching(_) if ran.status != 0 => {
                let trouble = say(
                    Tone::CannotCheck,
                    format!("An image that this step needs cannot be had: {}", ran.stderr.trim()),
                );
                let mut effects = vec![trouble];
                effects.extend(self.show_step(world));
                effects
            }
            Stage::Fetching(missing) => self.fetch(missing, world),
            Stage::Running => self.after_own_command(ran, world),
            Stage::Showing(outcome) => self.after_showing(ran, outcome, world),
            Stage::Skipping(rest) => self.run_way(rest, world),
            Stage::New | Stage::Resolving | Stage::Asking | Stage::Ended => vec![self.ask()],
        }
    }

    fn after_own_command(&mut self, ran: &Ran, world: &dyn World) -> Vec<Effect> {
        self.ran.push(RanLine { line: ran.line.clone(), status: ran.status });
        let goals: Vec<Goal> = match &self.current().kind {
            StepKind::Do { goal, .. } => vec![goal.clone()],
            StepKind::Explore { find, .. } => find.clone(),
            StepKind::Say(_)
            | StepKind::Show { .. }
            | StepKind::Predict { .. }
            | StepKind::Fill { .. }
            | StepKind::Ask { .. }
            | StepKind::Recap(_) => return vec![self.ask()],
        };
        if self.state().done { vec![self.ask()] } else { self.judge_goals(&goals, ran, world) }
    }

    /// Judges the step's goals by the workspace as it is now.
    fn judge_goals(&mut self, goals: &[Goal], ran: &Ran, world: &dyn World) -> Vec<Effect> {
        for goal in goals {
            match reached(goal, &self.scope(world), &self.ran) {
                Ok(Reached::Yes) => {}
                Ok(Reached::No(what_is)) => return self.not_reached(&what_is, ran, world),
                Err(trouble) => {
                    self.state_mut().outcome = Outcome::CannotCheck;
                    let text = format!("I cannot check this now: {trouble}. That is not your doing.");
                    return vec![say(Tone::CannotCheck, text), self.ask()];
                }
            }
        }
        self.state_mut().attempts += 1;
        let record = self.attempt_record(&ran.line, false, Outcome::Right, None);
        let mut effects = vec![record, say(Tone::Right, "Done.")];
        effects.extend(self.explain(world));
        effects.extend(self.done(Outcome::Right, world));
        effects
    }

    /// An author's rule may know this state; else what is and what was asked, after a command that changed something.
    fn not_reached(&mut self, what_is: &str, ran: &Ran, world: &dyn World) -> Vec<Effect> {
        let rule = self.current().wrong.iter().find(|rule| match &rule.when {
            When::State(goal) => reached(goal, &self.scope(world), &self.ran) == Ok(Reached::Yes),
            When::Is(_) | When::Expression(_) => false,
        });
        if let Some(rule) = rule.cloned() {
            let state = self.state_mut();
            state.attempts += 1;
            (state.outcome, state.rule) = (Outcome::Wrong, Some(rule.id.clone()));
            let record = self.attempt_record(&ran.line, false, Outcome::Wrong, Some(&rule.id));
            return vec![record, self.text(Tone::Wrong, &rule.say, world), self.ask()];
        }
        let subcommand = ran.line.split_whitespace().find(|word| *word != "docker").unwrap_or_default();
        if ran.status == 0 && !CHANGING.contains(&subcommand) {
            return vec![self.ask()];
        }
        vec![info(format!("Not there yet. {what_is}")), self.ask()]
    }

    /// Runs what leads past a skipped step, one line after the other, then goes on.
    pub(super) fn run_way(&mut self, mut lines: Vec<String>, world: &dyn World) -> Vec<Effect> {
        if lines.is_empty() {
            let mut effects = self.explain(world);
            effects.extend(self.done(Outcome::Skipped, world));
            return effects;
        }
        let next = lines.remove(0);
        self.stage = Stage::Skipping(lines);
        vec![Effect::RunQuietly(next)]
    }
}
