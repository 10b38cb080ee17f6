//! Answers that are not compared at once: those that a command computes, and free texts.

use super::say::{info, say};
use super::{Effect, Outcome, Ran, Session, Stage, Tone};
use crate::lesson::{self, Answer, StepKind, Typed, World, judge, value_of_output};

impl Session {
    /// The author's command computes what is right; judging follows when it has run.
    pub(super) fn compute(&mut self, command: &str, typed: &str, world: &dyn World) -> Vec<Effect> {
        match self.scope(world).expand(command) {
            Ok(command) => {
                self.stage = Stage::Computing(typed.to_owned());
                vec![Effect::RunQuietly(command)]
            }
            Err(trouble) => {
                let outcome = lesson::Outcome::CannotCheck(trouble.to_string());
                self.judged(outcome, None, Typed::new(typed), world)
            }
        }
    }

    pub(super) fn after_computing(&mut self, typed: &str, ran: &Ran, world: &dyn World) -> Vec<Effect> {
        let typed = Typed::new(typed);
        let Some(answer @ Answer::Command { as_type, .. }) = self.current().answer().cloned() else {
            return vec![self.ask()];
        };
        if ran.status != 0 {
            let message = ran.stderr.trim().lines().last().unwrap_or("it was stopped").trim_end_matches('.');
            let outcome = lesson::Outcome::CannotCheck(format!("`{}` fails: {message}", ran.line));
            return self.judged(outcome, None, typed, world);
        }
        match value_of_output(&ran.stdout, as_type) {
            Ok(right) => {
                let outcome = judge(&answer, &right, &self.current().wrong, typed.text, &self.scope(world));
                self.judged(outcome, Some(&right), typed, world)
            }
            Err(trouble) => self.judged(lesson::Outcome::CannotCheck(trouble.to_string()), None, typed, world),
        }
    }

    /// A free text: the model answer stands beside it, and the learner rates it.
    pub(super) fn reflect(&mut self, model: &str, typed: &str, world: &dyn World) -> Vec<Effect> {
        self.rating = true;
        let mut effects = vec![
            self.reflection_record(typed),
            self.text(Tone::Explain, &format!("One way to say it:\n\n> {}", model.trim().replace('\n', "\n> ")), world),
        ];
        effects.push(info("How near is yours? `1` far off, `2` in part, `3` it has all of that."));
        effects.push(self.ask());
        effects
    }

    /// The learner's own rating. Nobody counts it right or wrong.
    pub(super) fn rate(&mut self, line: &str, world: &dyn World) -> Vec<Effect> {
        let rating = match line.trim().to_lowercase().as_str() {
            "1" | "one" | "far off" => 1,
            "2" | "two" | "in part" => 2,
            "3" | "three" | "all" => 3,
            _ => return vec![say(Tone::Unreadable, "Rate your own text: `1`, `2` or `3`."), self.ask()],
        };
        self.rating = false;
        let record = self.rating_record(rating);
        let mut effects = vec![record];
        if let StepKind::Predict { reveal, .. } = self.current().kind.clone() {
            effects.extend(self.reveal(reveal, Outcome::Right, world));
            return effects;
        }
        effects.extend(self.explain(world));
        effects.extend(self.done(Outcome::Right, world));
        effects
    }
}
