//! Tutor words: they start with a colon, so that they never collide with answers.

use super::say::{info, say, the_answer};
use super::{Effect, Input, Outcome, Session, Stage, Tone};
use crate::lesson::{Answer, GAP, Hint, StepKind, World, is_picture, right_value};
use crate::tutor::Portion;

/// The words with what they do, in the order in which help lists them.
const WORDS: &[(&str, &str)] = &[
    (":hint", "helps on, a little more each time"),
    (":task", "says again what is asked"),
    (":why", "says again why the last answer was right or wrong"),
    (":skip", "shows the answer and goes on"),
    (":back", "goes back one step, the store with it"),
    (":undo", "takes back what the last command did to the store"),
    (":reset", "begins this step anew; `:reset all` begins everything anew"),
    (":again", "begins with other values"),
    (":sandbox", "a place to try anything out; the lesson waits"),
    (":layers", "draws the layers of images, or of a container: `:layers redis httpd`"),
    (":name", "takes a name apart: `:name redis`"),
    (":tags", "lists the tags that a repository offers: `:tags redis`"),
    (":hub", "shows a repository's page on Docker Hub: `:hub redis`"),
    (":sizes", "draws the sizes of images as bars: `:sizes redis httpd`"),
    (":more", "shows the next part of an output that was cut; `:more all` shows the rest"),
    (":notes", "what you have learned and typed; `:notes FILE` writes it down as Markdown"),
    (":lessons", "leaves to the menu; what is done is saved"),
    (":quit", "leaves; what is done is saved"),
    (":help", "lists these words"),
];

/// Tells whether a line is a word to the workbook.
pub(super) fn is_word_like(line: &str) -> bool {
    line.starts_with(':') || matches!(line, "quit" | "exit")
}

/// A word that is never an answer, typed without its colon.
pub(super) fn without_colon(line: &str) -> Option<&'static str> {
    match line {
        "help" | "?" => Some("help"),
        "hint" => Some("hint"),
        "skip" | "next" => Some("skip"),
        "back" => Some("back"),
        _ => None,
    }
}

impl Session {
    /// Words that mean something at this step.
    pub(super) fn valid_words(&self) -> Vec<(&'static str, &'static str)> {
        if self.sandbox.is_some() {
            const HERE: &[&str] = &[":back", ":undo", ":quit", ":help"];
            return WORDS.iter().copied().filter(|(word, _)| HERE.contains(word) || is_picture(word)).collect();
        }
        let means_something = |word: &str| match word {
            ":hint" => !self.current().hints.is_empty() && !self.state().done,
            ":why" => self.last_reason.is_some(),
            ":back" => self.at > 0 || self.sandbox.is_some(),
            ":undo" => !self.undo.is_empty(),
            ":again" => self.activity.varies(),
            // Over a pipe nothing is cut.
            ":more" => self.input == Input::Terminal,
            ":skip" | ":task" => self.sandbox.is_none(),
            _ => true,
        };
        WORDS.iter().copied().filter(|(word, _)| means_something(word)).collect()
    }

    pub(super) fn word(&mut self, line: &str, world: &dyn World) -> Vec<Effect> {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let stays = matches!(word, ":again" | ":more" | ":notes" | ":why" | ":undo" | ":" | ":help" | ":?");
        if self.stage == Stage::Solved && !stays && !is_picture(line) {
            return if word == ":lessons" { self.menu() } else { self.leave() };
        }
        if self.sandbox.is_some() && matches!(word, ":hint" | ":task" | ":skip" | ":why") {
            return self.sandbox_answer();
        }
        let mut effects = match word {
            ":" | ":help" | ":?" => vec![self.help()],
            ":task" => self.task(world),
            ":hint" => self.hint(world),
            ":why" => vec![self.why()],
            ":skip" => return self.skip(world),
            ":back" => return self.back(),
            ":undo" => return self.undo(),
            ":reset" => return self.reset(rest.trim(), world),
            ":again" => return self.again(world),
            ":sandbox" => return self.toggle_sandbox(),
            ":notes" => self.notes_effects(rest.trim(), world),
            _ if is_picture(line) => vec![Effect::Draw(line.to_owned())],
            ":more" => vec![more(rest.trim())],
            ":lessons" | ":menu" => return self.menu(),
            ":quit" | ":exit" | "quit" | "exit" => return self.leave(),
            other => vec![unknown(other)],
        };
        effects.push(self.ask());
        effects
    }

    fn help(&self) -> Effect {
        let line = |(word, does): (&str, &str)| format!("- `{word}` {does}");
        let words = self.valid_words().into_iter().map(line).collect::<Vec<_>>().join("\n");
        info(format!(
            "{words}\n- every `docker` command runs at this prompt\n- a `?` after an answer means: I am not sure"
        ))
    }

    fn why(&self) -> Effect {
        match &self.last_reason {
            Some(reason) => say(Tone::Explain, reason.clone()),
            None => info("There is nothing to explain yet: answer first, or take a `:hint`."),
        }
    }

    /// The next hint of the ladder; the last one stays.
    fn hint(&mut self, world: &dyn World) -> Vec<Effect> {
        if self.state().done {
            return vec![info("This step is done. Enter goes on.")];
        }
        if self.enter_goes_on() {
            return vec![info("Nothing is asked here. Enter goes on.")];
        }
        let hints = self.current().hints.clone();
        if let (StepKind::Predict { .. }, true) = (&self.current().kind, hints.is_empty()) {
            return vec![info("Answer as you think: a prediction costs nothing, and what is so follows at once.")];
        }
        let taken = usize::try_from(self.state().hints).unwrap_or(usize::MAX);
        let Some(hint) = hints.get(taken) else {
            let text = if hints.is_empty() { "There is no hint for this step." } else { "That was the last hint." };
            return vec![info(format!("{text} `:skip` shows the answer and goes on."))];
        };
        let said = match hint {
            Hint::Text(text) => self.text(Tone::Hint, text, world),
            Hint::WorkedSibling => self.worked_sibling(world),
        };
        self.state_mut().hints += 1;
        let mut effects = vec![self.hint_record(), said];
        if taken + 1 < hints.len() {
            effects.push(info("`:hint` again says more."));
        }
        effects
    }

    /// Shows the answer or the way, and goes on.
    fn skip(&mut self, world: &dyn World) -> Vec<Effect> {
        if self.state().done {
            return self.go_on(world);
        }
        let scope = self.scope(world);
        let step = self.current().clone();
        let way: Vec<String> = step.solve.iter().filter_map(|line| scope.expand(line).ok()).collect();
        match &step.kind {
            StepKind::Say(_) | StepKind::Show { .. } | StepKind::Recap(_) => self.done(Outcome::Skipped, world),
            StepKind::Predict { reveal, .. } => self.reveal(reveal.clone(), Outcome::Skipped, world),
            StepKind::Ask { answer: Answer::Reflect(model), .. } => {
                let mut effects = vec![self.text(Tone::Explain, model, world)];
                effects.extend(self.run_way(way, world));
                effects
            }
            StepKind::Ask { answer: Answer::Command { line, .. }, .. } => {
                let line = scope.expand(line).unwrap_or_else(|_| line.clone());
                let mut effects = vec![info("This prints the answer:")];
                effects.extend(self.run_way([vec![line], way].concat(), world));
                effects
            }
            StepKind::Ask { answer, .. } => {
                let shown = match right_value(answer, &scope, &self.draw, self.first_draw()) {
                    Ok(right) => info(the_answer(&right)),
                    Err(trouble) => say(Tone::CannotCheck, format!("The answer is not known now: {trouble}.")),
                };
                let mut effects = vec![shown];
                effects.extend(self.run_way(way, world));
                effects
            }
            StepKind::Fill { command, gap } => {
                let whole = command.replace(GAP, gap.first().map_or("", String::as_str));
                let whole = scope.expand(&whole).unwrap_or(whole);
                let mut effects = vec![info("The whole command is:")];
                effects.extend(self.run_way(vec![whole], world));
                effects
            }
            StepKind::Do { .. } | StepKind::Explore { .. } => {
                let mut effects = Vec::new();
                if !way.is_empty() {
                    effects.push(info(format!("This leads there:\n\n```\n{}\n```", way.join("\n"))));
                }
                effects.extend(self.run_way(way, world));
                effects
            }
        }
    }
}

/// More of an output that was cut.
fn more(portion: &str) -> Effect {
    match portion {
        "" => Effect::More(Portion::Screenful),
        "all" => Effect::More(Portion::All),
        other => {
            info(format!("`:more {other}` means nothing. `:more` shows the next part, `:more all` all that is left."))
        }
    }
}

/// A word that the workbook does not know, with the nearest that it does.
fn unknown(word: &str) -> Effect {
    let distance = |known: &&(&str, &str)| strsim::damerau_levenshtein(word, known.0);
    match WORDS.iter().min_by_key(distance) {
        Some((near, _)) if strsim::damerau_levenshtein(word, near) <= 2 => {
            info(format!("`{word}` means nothing here. Did you mean `{near}`?"))
        }
        Some(_) | None => info(format!("`{word}` means nothing here. A bare `:` lists the words that do.")),
    }
}
