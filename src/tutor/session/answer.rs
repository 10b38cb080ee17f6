//! Lines: a command, a tutor word, or an answer.

use super::gap;
use super::moving::Then;
use super::say::{info, say};
use super::words::{is_word_like, without_colon};
use super::{Effect, Input, Outcome, Ran, Session, Stage, Tone, Whole};
use crate::docker;
use crate::lesson::{
    self, Answer, GAP, Reached, Scope, StepKind, Typed, Value, When, World, holds_for, judge, reached, right_value,
};

const TRIES: u32 = 3;

impl Session {
    /// Takes a line.
    pub(super) fn line(&mut self, line: &str, world: &dyn World) -> Vec<Effect> {
        let line = line.trim();
        match self.stage {
            Stage::Ended => return vec![Effect::Leave],
            Stage::Solved if line.is_empty() => {
                self.stage = Stage::Ended;
                return vec![Effect::Finish];
            }
            _ => {}
        }
        if line.is_empty() {
            return self.empty_line(world);
        }
        if is_word_like(line) {
            return self.word(line, world);
        }
        if matches!(line, "next" | "skip") && self.enter_goes_on() {
            return vec![info("Enter goes on."), self.ask()];
        }
        if let Some(word) = without_colon(line) {
            return vec![
                info(format!("Did you mean `:{word}`? Words to the workbook start with a colon.")),
                self.ask(),
            ];
        }
        let is_command = docker::is_docker_line(line) && !self.is_spoken(line);
        if self.sandbox.is_some() {
            return if is_command { self.run(line, world) } else { self.sandbox_answer() };
        }
        if self.whole == Whole::Solved {
            return if is_command { self.run(line, world) } else { self.answered() };
        }
        if let StepKind::Fill { command, gap } = self.current().kind.clone() {
            return self.fill(line, is_command, &command, &gap, world);
        }
        if is_command { self.run(line, world) } else { self.answer(line, world) }
    }

    /// Whether a line that begins as a command does is an answer in words: Docker has no command `hub`.
    fn is_spoken(&self, line: &str) -> bool {
        let asks = self.current().answer().is_some() && self.revealed != Some(self.at) && self.whole == Whole::Open;
        asks && self.sandbox.is_none() && line == "docker hub"
    }

    /// Goes on, or says again what is asked.
    fn empty_line(&mut self, world: &dyn World) -> Vec<Effect> {
        if self.enter_goes_on() {
            return self.done(Outcome::Right, world);
        }
        match self.input {
            Input::Pipe => vec![self.ask()],
            Input::Terminal => {
                let mut effects = self.task(world);
                effects.push(self.ask());
                effects
            }
        }
    }

    fn answer(&mut self, line: &str, world: &dyn World) -> Vec<Effect> {
        if self.rating {
            return self.rate(line, world);
        }
        let step = self.current();
        if self.revealed == Some(self.at) {
            return self.answered();
        }
        if let Some(answer) = step.answer().cloned() {
            return self.judge_answer(&answer, line, world);
        }
        let text = match &step.kind {
            StepKind::Do { .. } | StepKind::Explore { .. } => {
                "Here a docker command is wanted; it begins with `docker`. `:task` says what for."
            }
            StepKind::Say(_) | StepKind::Show { .. } | StepKind::Recap(_) => {
                "Nothing is asked here. Enter goes on, and every `docker` command runs."
            }
            StepKind::Predict { .. } | StepKind::Fill { .. } | StepKind::Ask { .. } => "I could not read that.",
        };
        self.note_outcome(Outcome::Unreadable);
        vec![say(Tone::Unreadable, text), self.ask()]
    }

    /// What is so has been shown, and stays so: it is not shown again for another answer.
    fn answered(&mut self) -> Vec<Effect> {
        vec![info("This is answered. Enter goes on, and every `docker` command runs."), self.ask()]
    }

    fn judge_answer(&mut self, answer: &Answer, line: &str, world: &dyn World) -> Vec<Effect> {
        match answer {
            Answer::Command { line: command, .. } => return self.compute(command, line, world),
            Answer::Reflect(model) => return self.reflect(model, line, world),
            _ => {}
        }
        let typed = Typed::new(line);
        let scope = self.scope(world);
        let (outcome, right) = match right_value(answer, &scope, &self.draw, self.first_draw()) {
            Ok(right) => {
                let outcome = judge(answer, &right, &self.current().wrong, typed.text, &scope);
                (outcome, Some(right))
            }
            Err(trouble) => (lesson::Outcome::CannotCheck(trouble.to_string()), None),
        };
        self.judged(outcome, right.as_ref(), typed, world)
    }

    pub(super) fn judged(
        &mut self,
        outcome: lesson::Outcome,
        right: Option<&Value>,
        typed: Typed<'_>,
        world: &dyn World,
    ) -> Vec<Effect> {
        match outcome {
            lesson::Outcome::Right => self.right(right, typed, world),
            lesson::Outcome::Wrong { rule, message } => self.wrong(rule.as_deref(), &message, typed, world),
            lesson::Outcome::Unreadable(wanted) => {
                self.note_outcome(Outcome::Unreadable);
                let record = self.attempted(typed.text, typed.unsure, Outcome::Unreadable, None);
                vec![record, say(Tone::Unreadable, wanted), self.ask()]
            }
            lesson::Outcome::CannotCheck(reason) => {
                self.note_outcome(Outcome::CannotCheck);
                let record = self.attempted(typed.text, typed.unsure, Outcome::CannotCheck, None);
                let text =
                    format!("I cannot check this now: {reason}. That is not your doing, and it costs no attempt.");
                vec![record, say(Tone::CannotCheck, text), self.ask()]
            }
        }
    }

    /// What a step came to stays once it is done.
    fn note_outcome(&mut self, outcome: Outcome) {
        let state = self.state_mut();
        if !state.done {
            state.outcome = outcome;
        }
    }

    fn right(&mut self, right: Option<&Value>, typed: Typed<'_>, world: &dyn World) -> Vec<Effect> {
        self.count_attempt(None);
        let value = match right {
            Some(right @ (Value::Count(_) | Value::Size(_) | Value::Argv(_))) => format!(": `{}`", right.display()),
            // How many digits were asked for, the question alone says.
            Some(Value::Number(_) | Value::Ratio(_)) => format!(": `{}`", typed.text.replace('`', "'")),
            Some(_) | None => String::new(),
        };
        let sure = if typed.unsure { " You can be sure of it now." } else { "" };
        let mut effects = vec![
            self.attempted(typed.text, typed.unsure, Outcome::Right, None),
            say(Tone::Right, format!("Right{value}.{sure}")),
        ];
        if let StepKind::Predict { reveal, .. } = self.current().kind.clone() {
            effects.extend(self.reveal(reveal, Outcome::Right, world));
            return effects;
        }
        effects.extend(self.explain(world));
        effects.extend(self.done(Outcome::Right, world));
        effects
    }

    fn wrong(&mut self, rule: Option<&str>, message: &str, typed: Typed<'_>, world: &dyn World) -> Vec<Effect> {
        self.count_attempt(rule);
        self.last_reason = Some(message.to_owned());
        let record = self.attempted(typed.text, typed.unsure, Outcome::Wrong, rule);
        let mut effects = vec![record, say(Tone::Wrong, message)];
        if let StepKind::Predict { reveal, .. } = self.current().kind.clone() {
            effects.extend(self.reveal(reveal, Outcome::Wrong, world));
            return effects;
        }
        self.note_outcome(Outcome::Wrong);
        if self.state().attempts.is_multiple_of(TRIES) {
            effects.push(info("Take your time. `:hint` helps on, and `:skip` shows the answer and goes on."));
        }
        effects.push(self.ask());
        effects
    }

    fn count_attempt(&mut self, rule: Option<&str>) {
        let state = self.state_mut();
        if !state.done {
            state.attempts += 1;
            state.rule = rule.map(str::to_owned);
        }
    }

    /// A prediction was made, right or not: the command that shows what is so runs, and the step is done. It is about what was here
    /// when the step began, and runs on that.
    pub(super) fn reveal(&mut self, reveal: Option<String>, outcome: Outcome, world: &dyn World) -> Vec<Effect> {
        let command = reveal.map(|command| self.scope(world).expand(&command)).and_then(Result::ok);
        let Some(command) = command else {
            let mut effects = self.explain(world);
            effects.extend(self.done(outcome, world));
            return effects;
        };
        if !self.ran.is_empty() && !self.before.is_now(world) {
            let mut effects =
                vec![info("What you changed at this step is taken back first, so that you see what was asked about.")];
            effects.extend(self.restore_snapshot(self.snapshot_of(self.at), Then::Reveal(outcome)));
            return effects;
        }
        self.show_command(command, outcome)
    }

    /// Runs the step's command; explaining and going on follow when it has run.
    fn show_command(&mut self, command: String, outcome: Outcome) -> Vec<Effect> {
        self.stage = Stage::Showing(outcome);
        self.revealed = Some(self.at);
        vec![Effect::Run(command)]
    }

    /// The gap or the whole command is right. Any other command runs; the gap stays open.
    fn fill(&mut self, line: &str, is_command: bool, command: &str, gap: &[String], world: &dyn World) -> Vec<Effect> {
        if self.revealed == Some(self.at) {
            return if is_command { self.run(line, world) } else { self.answered() };
        }
        let scope = self.scope(world);
        let texts = scope.expand(command).and_then(|command| Ok((command, expand_all(gap, &scope)?)));
        let (command, gap) = match texts {
            Ok(texts) => texts,
            Err(trouble) => {
                let outcome = lesson::Outcome::CannotCheck(trouble.to_string());
                return self.judged(outcome, None, Typed::new(line), world);
            }
        };
        let typed = Typed::new(line);
        let given =
            if is_command { gap::in_gap(typed.text, &command) } else { Some(gap::behind_dashes(typed.text, &command)) };
        let Some(given) = given else { return self.run(line, world) };
        if let Some(right) = gap::right_of(&given, &gap) {
            return self.filled(&command, right, typed);
        }
        let explained = self.rule_of_gap(&given, world);
        let without = gap::without_neighbours(&given, &command);
        if explained.is_none()
            && let Some(right) = without.iter().find_map(|given| gap::right_of(given, &gap))
        {
            return self.filled(&command, right, typed);
        }
        let explained = explained.or_else(|| without.iter().find_map(|given| self.rule_of_gap(given, world)));
        let (rule, message) = explained.unwrap_or_else(|| (None, gap::not_wanted(&given, &command)));
        self.wrong(rule.as_deref(), &message, typed, world)
    }

    fn filled(&mut self, command: &str, right: &str, typed: Typed<'_>) -> Vec<Effect> {
        self.count_attempt(None);
        let mut effects =
            vec![self.attempted(typed.text, typed.unsure, Outcome::Right, None), say(Tone::Right, "Right.")];
        effects.extend(self.show_command(command.replace(GAP, right), Outcome::Right));
        effects
    }

    /// A command that ran in place of one with a gap: its words may be the right ones in another order. What else changed something
    /// is no mistake, and fills no gap; that is said once.
    pub(super) fn about_gap(&mut self, ran: &Ran, changed: bool, world: &dyn World) -> Option<Effect> {
        let StepKind::Fill { command, gap } = &self.current().kind else { return None };
        if self.state().done {
            return None;
        }
        let scope = self.scope(world);
        let command = scope.expand(command).ok()?;
        let gap = expand_all(gap, &scope).ok()?;
        if gap.iter().any(|right| gap::has_same_words(&ran.line, &command.replace(GAP, right))) {
            return Some(info(format!(
                "Those are the right words, in another order. Wanted is what stands in this gap: `{command}`."
            )));
        }
        let is_said = !changed || self.reminded.replace(self.at) == Some(self.at);
        (!is_said).then(|| info(format!("That ran. Still wanted is what stands in this gap: `{command}`.")))
    }

    /// What an author's rule says about what was put into the gap.
    fn rule_of_gap(&self, given: &str, world: &dyn World) -> Option<(Option<String>, String)> {
        let rule = self.current().wrong.iter().find(|rule| match &rule.when {
            When::Is(values) => gap::right_of(given, values).is_some(),
            When::State(goal) => reached(goal, &self.scope(world), &self.ran) == Ok(Reached::Yes),
            When::Expression(source) => holds_for(source, given, &self.scope(world)),
        })?;
        let say = self.scope(world).expand(&rule.say).unwrap_or_else(|_| rule.say.clone());
        Some((Some(rule.id.clone()), say))
    }
}

fn expand_all(texts: &[String], scope: &Scope<'_>) -> Result<Vec<String>, lesson::Trouble> {
    texts.iter().map(|text| scope.expand(text)).collect()
}
