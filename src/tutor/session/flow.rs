//! From step to step: opening, showing a step, going on, ending.

use super::moving::{NOW, Then};
use super::say::{info, say, with_options};
use super::{Effect, Input, Outcome, Ran, Session, Stage, Tone, Whole};
use crate::lesson::{Kind, Note, Row, StepKind, World, right_value};
use crate::oci::Reference;

/// Stands before a command of the lesson's own.
const RUNS: &str = "The workbook runs:";

impl Session {
    /// The title, and the images to freeze.
    pub(super) fn begin(&mut self, world: &dyn World) -> Vec<Effect> {
        let title = match (self.activity.kind, self.activity.minutes) {
            (Kind::Lesson, minutes @ 1..) => format!("{} (about {minutes} minutes)", self.activity.title),
            (Kind::Lesson | Kind::Problem, _) => self.activity.title.clone(),
        };
        self.at = self.first_open();
        self.moment = self.moment_at(self.at);
        self.frozen = self.activity.images_of(self.same_day(self.at), &self.scope(world));
        self.stage = Stage::Resolving;
        let mut effects = vec![say(Tone::Title, title), Effect::Registry(self.moment.clone())];
        effects.extend(self.gather(self.at, world));
        effects.push(Effect::Resolve(self.frozen.clone()));
        effects
    }

    /// What expressions of the steps of one day look at beside frozen images; nothing where they look at nothing.
    pub(super) fn gather(&self, at: usize, world: &dyn World) -> Option<Effect> {
        let needs = self.activity.needs_of(self.same_day(at), &self.scope(world));
        (!needs.is_empty()).then_some(Effect::Gather(needs))
    }

    /// The first step that is not done.
    fn first_open(&self) -> usize {
        self.progress.iter().position(|state| !state.done).unwrap_or_default()
    }

    /// Everything named is known: the opening is recorded, and the workspace put into its start state.
    pub(super) fn after_resolving(&mut self, world: &dyn World) -> Vec<Effect> {
        for (name, source) in self.activity.freeze.clone() {
            // What was frozen once stays as the journal has it.
            if self.variables.contains_key(&name) {
                continue;
            }
            let mut unknown = self.activity.images_of_frozen(&name, &self.scope(world));
            unknown.retain(|image| !self.frozen.contains(image));
            if !unknown.is_empty() {
                // Named by values that were frozen a moment ago.
                self.frozen.extend(unknown.iter().cloned());
                return vec![Effect::Resolve(unknown)];
            }
            match self.scope(world).expand(&format!("${{{source}}}")) {
                Ok(value) => drop(self.variables.insert(name, value)),
                Err(trouble) => return self.give_up(&trouble.to_string()),
            }
        }
        let mut effects = vec![self.opening_record(world)];
        if self.is_resumed() {
            effects.extend(self.restore_snapshot(NOW, Then::Resume));
        } else {
            effects.push(self.lay_out(world));
        }
        effects
    }

    /// Puts the workspace into its start state, or into what the journal says that it held.
    pub(super) fn lay_out(&mut self, world: &dyn World) -> Effect {
        let names = self.held.as_ref().unwrap_or(&self.activity.start);
        let start: Vec<Reference> = names.iter().filter_map(|name| self.scope(world).reference(name).ok()).collect();
        self.stage = Stage::Resetting;
        Effect::Reset(start)
    }

    /// The registry has moved on, and all names that are needed are known as they are now.
    pub(super) fn after_publishing(&mut self, at: usize, world: &dyn World) -> Vec<Effect> {
        let mut effects = vec![self.moment_record(world)];
        effects.extend(self.enter(at, world));
        effects
    }

    /// Begins with the first step that is not done.
    pub(super) fn after_reset(&mut self, ran: &Ran, world: &dyn World) -> Vec<Effect> {
        if ran.status != 0 {
            return self.give_up(ran.stderr.trim().trim_end_matches('.'));
        }
        // What a journal knows is names of images; containers are made where it begins.
        let commands = if self.held.is_none() { self.activity.start_commands.clone() } else { Vec::new() };
        self.prepare(commands, world)
    }

    /// Runs the commands of the start state, one after the other, then begins.
    pub(super) fn prepare(&mut self, mut commands: Vec<String>, world: &dyn World) -> Vec<Effect> {
        if commands.is_empty() {
            return self.resume(world);
        }
        match self.scope(world).expand(&commands.remove(0)) {
            Ok(line) => {
                self.stage = Stage::Preparing(commands);
                vec![Effect::RunQuietly(line)]
            }
            Err(trouble) => self.give_up(&trouble.to_string()),
        }
    }

    /// Begins with the first step that is not done.
    pub(super) fn resume(&mut self, world: &dyn World) -> Vec<Effect> {
        let done = self.progress.iter().filter(|state| state.done).count();
        let mut effects = Vec::new();
        if done > 0 && self.welcomes {
            effects.push(info(format!("Welcome back. {done} of {} are done; here is the next.", self.progress.len())));
        }
        effects.extend(self.go_to(0, world));
        effects
    }

    /// Goes to the first step from `from` on that is not done, or ends.
    pub(super) fn go_to(&mut self, from: usize, world: &dyn World) -> Vec<Effect> {
        for at in from..self.activity.steps.len() {
            let holds = self.condition_holds(at, world);
            self.progress[at].absent = !holds;
            if holds && !self.progress[at].done {
                return self.proceed(at, world);
            }
        }
        if self.completed() { self.finish() } else { self.go_to(0, world) }
    }

    /// Enters a step. Whoever went back finds there what was there before.
    fn proceed(&mut self, at: usize, world: &dyn World) -> Vec<Effect> {
        if self.revisited && self.progress[at].begun {
            return self.restore_snapshot(self.snapshot_of(at), Then::Enter(at));
        }
        self.enter(at, world)
    }

    fn condition_holds(&self, at: usize, world: &dyn World) -> bool {
        match &self.activity.steps[at].condition {
            None => true,
            Some(source) => self.scope(world).expand(&format!("${{{source}}}")).is_ok_and(|truth| truth == "true"),
        }
    }

    /// Enters a step: fetches what it needs, then shows it.
    pub(super) fn enter(&mut self, at: usize, world: &dyn World) -> Vec<Effect> {
        self.at = at;
        self.ran.clear();
        self.rating = false;
        self.revisited = self.state().done;
        self.revealed = None;
        self.reminded = None;
        self.standing = None;
        if self.moment != self.moment_at(at) {
            return self.publish(at, world);
        }
        let held: Vec<Reference> =
            world.images().map(|images| images.into_iter().flat_map(|i| i.tags).collect()).unwrap_or_default();
        let needed = self.current().have.iter().filter_map(|name| self.scope(world).reference(name).ok());
        let missing = needed.filter(|name| !held.contains(name)).map(|name| name.familiar()).collect();
        self.fetch(missing, world)
    }

    /// Pulls what a step needs, one after the other, without a word.
    pub(super) fn fetch(&mut self, mut missing: Vec<String>, world: &dyn World) -> Vec<Effect> {
        if missing.is_empty() {
            return self.show_step(world);
        }
        let next = missing.remove(0);
        self.stage = Stage::Fetching(missing);
        vec![Effect::RunQuietly(format!("docker pull -q {next}"))]
    }

    /// Shows the step and waits, or runs its command.
    pub(super) fn show_step(&mut self, world: &dyn World) -> Vec<Effect> {
        self.before.take(world);
        self.state_mut().begun = true;
        self.state_mut().undoable = self.undo.len();
        let mut effects = vec![Effect::Keep(self.snapshot_of(self.at)), Effect::Keep(NOW.to_owned())];
        match &self.current().kind {
            StepKind::Show { command, .. } => match self.scope(world).expand(command) {
                Ok(command) => {
                    self.stage = Stage::Showing(Outcome::Right);
                    // What is run is shown as it is run.
                    effects.extend([say(Tone::Prose, RUNS), Effect::Run(command)]);
                }
                Err(trouble) => effects.extend(self.give_up(&trouble.to_string())),
            },
            StepKind::Say(_) | StepKind::Recap(_) => {
                effects.extend(self.task(world));
                effects.extend(self.read(world));
            }
            StepKind::Predict { .. }
            | StepKind::Fill { .. }
            | StepKind::Do { .. }
            | StepKind::Ask { .. }
            | StepKind::Explore { .. } => {
                effects.extend(self.task(world));
                effects.extend(self.is_so_already(world));
                effects.push(self.ask());
            }
        }
        effects
    }

    /// What the step says or asks for.
    pub(super) fn task(&self, world: &dyn World) -> Vec<Effect> {
        let step = self.current();
        match &step.kind {
            StepKind::Say(text) => vec![self.text(Tone::Prose, text, world)],
            StepKind::Show { command, .. } => {
                vec![self.text(Tone::Prose, &format!("{RUNS}\n\n```\n$$ {command}\n```"), world)]
            }
            StepKind::Predict { question, answer, .. } | StepKind::Ask { question, answer } => {
                match right_value(answer, &self.scope(world), &self.draw, self.first_draw()) {
                    Ok(right) => vec![self.text(Tone::Task, &with_options(question, &right), world)],
                    // Not known yet, the size before a pull for example: the question itself can stand.
                    Err(_) => vec![self.text(Tone::Task, question, world)],
                }
            }
            StepKind::Fill { command, .. } => {
                vec![self.text(Tone::Task, &format!("Fill the gap:\n\n```\n{command}\n```"), world)]
            }
            StepKind::Do { task, .. } | StepKind::Explore { task, .. } => vec![self.text(Tone::Task, task, world)],
            StepKind::Recap(ideas) => {
                let idea = |idea: &String| format!("- {}", self.ideas.get(idea).unwrap_or(idea).trim_end());
                let list = ideas.iter().map(idea).collect::<Vec<_>>().join("\n");
                vec![self.text(Tone::Explain, &format!("What to keep:\n\n{list}"), world)]
            }
        }
    }

    /// A text was said: a person reads it and presses Enter, a pipe goes on at once.
    fn read(&mut self, world: &dyn World) -> Vec<Effect> {
        match self.input {
            Input::Terminal => self.wait_for_enter(),
            Input::Pipe => self.done(Outcome::Right, world),
        }
    }

    /// Waits where Enter goes on, and says so the first time.
    fn wait_for_enter(&mut self) -> Vec<Effect> {
        let is_first = self.told_enter.is_none();
        self.told_enter.get_or_insert(self.at);
        let told = is_first.then(|| info("Enter goes on."));
        told.into_iter().chain([self.ask()]).collect()
    }

    /// The step's command has run: notes and the reason why. A person reads them and presses Enter.
    pub(super) fn after_showing(&mut self, ran: &Ran, outcome: Outcome, world: &dyn World) -> Vec<Effect> {
        let mut effects = self.notes(ran, world);
        effects.extend(self.explain(world));
        effects.extend(self.mark_done(outcome, world));
        // Whoever leaves before Enter comes back to what the command left.
        effects.push(Effect::Keep(NOW.to_owned()));
        effects.extend(match self.input {
            Input::Terminal => self.wait_for_enter(),
            Input::Pipe => self.go_on(world),
        });
        effects
    }

    fn notes(&self, ran: &Ran, world: &dyn World) -> Vec<Effect> {
        let StepKind::Show { notes, .. } = &self.current().kind else { return Vec::new() };
        let output = plain_lines(&format!("{}{}", ran.stdout, ran.stderr));
        let said = |note: &Note| match beside(note, &output) {
            // The row has a line of its own, and its text follows at once.
            Some(row) => self.text(Tone::Note, &format!("`{}`\\\n{}", dollars_kept(&clip(&row)), note.say), world),
            None => self.text(Tone::Note, &note.say, world),
        };
        notes.iter().map(said).collect()
    }

    /// Why it is so, where the lesson says.
    pub(super) fn explain(&mut self, world: &dyn World) -> Vec<Effect> {
        let effect = self.explanation(world);
        if let Some(Effect::Say { text, .. }) = &effect {
            self.last_reason = Some(text.clone());
        }
        effect.into_iter().collect()
    }

    fn explanation(&self, world: &dyn World) -> Option<Effect> {
        self.current().explain.as_ref().map(|explain| self.text(Tone::Explain, explain, world))
    }

    /// Whoever went back to a step asks why it is so there, and not where they came from.
    pub(super) fn explain_earlier(&mut self, world: &dyn World) {
        self.last_reason = match self.explanation(world) {
            Some(Effect::Say { text, .. }) if self.state().done => Some(text),
            _ => None,
        };
    }

    /// The step is done: recorded, then the next.
    pub(super) fn done(&mut self, outcome: Outcome, world: &dyn World) -> Vec<Effect> {
        let mut effects: Vec<Effect> = self.mark_done(outcome, world).into_iter().collect();
        effects.extend(self.go_on(world));
        effects
    }

    /// Records that the step is done, once: what it came to then stays.
    fn mark_done(&mut self, outcome: Outcome, world: &dyn World) -> Option<Effect> {
        if self.state().done {
            return None;
        }
        let state = self.state_mut();
        (state.outcome, state.done) = (outcome, true);
        self.held = held(world);
        Some(self.step_record())
    }

    /// Goes on from a step that is done.
    pub(super) fn go_on(&mut self, world: &dyn World) -> Vec<Effect> {
        self.go_to(self.at + 1, world)
    }

    fn finish(&mut self) -> Vec<Effect> {
        let text = match self.activity.kind {
            Kind::Lesson => format!("That was **{}**, to the end.", self.activity.title),
            Kind::Problem => format!("**{}**: solved.", self.activity.title),
        };
        let mut effects = vec![self.finish_record(), say(Tone::Info, text)];
        if self.offers_again() {
            effects.push(info("`:again` gives another like this; Enter goes on."));
            self.whole = Whole::Solved;
            effects.push(self.ask());
        } else {
            self.stage = Stage::Ended;
            effects.push(Effect::Finish);
        }
        effects
    }
}

/// What of the output a note stands beside: a row, or a cell of it with its heading.
fn beside(note: &Note, output: &[String]) -> Option<String> {
    let row = match &note.row {
        Row::Number(number) => output.get(number.wrapping_sub(1)),
        Row::With(text) => output.iter().rev().find(|line| line.contains(text.as_str())),
    }?;
    let Some(column) = &note.column else { return Some(row.clone()) };
    let heading = output.first()?;
    if std::ptr::eq(heading, row) {
        return heading.contains(column.as_str()).then(|| column.clone());
    }
    Some(format!("{column}: {}", cell(heading, row, column)?))
}

/// The cell of a row under a heading. Docker's tables part columns by two blanks or more.
fn cell(heading: &str, row: &str, column: &str) -> Option<String> {
    let start = heading[..heading.find(column)?].chars().count();
    let behind = heading.chars().skip(start).collect::<String>();
    let end = behind.find("  ").map(|gap| {
        let blanks = behind[gap..].chars().take_while(|c| *c == ' ').count();
        start + behind[..gap].chars().count() + blanks
    });
    let cell: String = match end {
        Some(end) => row.chars().skip(start).take(end - start).collect(),
        None => row.chars().skip(start).collect(),
    };
    Some(cell.trim().to_owned())
}

/// Names that the workspace holds; `None` where it cannot be read.
fn held(world: &dyn World) -> Option<Vec<String>> {
    let images = world.images().ok()?;
    Some(images.iter().flat_map(|image| &image.tags).map(Reference::familiar).collect())
}

/// Lines as they stood at last: what a terminal redraws is taken out.
fn plain_lines(output: &str) -> Vec<String> {
    let mut plain = String::with_capacity(output.len());
    let mut characters = output.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '\u{1b}' {
            plain.push(character);
        } else if characters.next_if_eq(&'[').is_some() {
            characters.find(char::is_ascii_alphabetic);
        }
    }
    let last_state = |line: &str| line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default().to_owned();
    plain.lines().map(last_state).collect()
}

fn clip(line: &str) -> String {
    const LONGEST: usize = 72;
    let line = line.trim();
    if line.chars().count() <= LONGEST {
        line.to_owned()
    } else {
        line.chars().take(LONGEST - 1).chain(['…']).collect()
    }
}

/// A row of output is no template.
fn dollars_kept(row: &str) -> String {
    row.replace('$', "$$").replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_stands_beside_a_cell() {
        let heading = "REPOSITORY   TAG       IMAGE ID       SIZE";
        let row = "redis        latest    9a3d642383dd   146MB";
        assert_eq!(cell(heading, row, "IMAGE ID").as_deref(), Some("9a3d642383dd"));
        assert_eq!(cell(heading, row, "SIZE").as_deref(), Some("146MB"));
        assert_eq!(cell(heading, row, "STATE"), None);
    }

    #[test]
    fn a_redrawn_line_counts_as_it_ended() {
        let output = "\u{1b}[2K\r1f2e: Downloading\r1f2e: Pull complete\r\n\u{1b}[1BDigest: sha256:00\n";
        assert_eq!(plain_lines(output), ["1f2e: Pull complete", "Digest: sha256:00"]);
    }
}
