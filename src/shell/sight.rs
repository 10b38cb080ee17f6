//! What of a task is in sight: how many rows came below it, and how many an output may take beside it.

use super::Options;
use super::paint::{Form, Ink, Painter, Style};
use super::rows::rows;
use crate::tutor::{Prompt, Tone};

/// The least that is seen of an output, in rows, however little room its task leaves.
const LEAST: usize = 6;

/// Rows beside the task and an output: the line that was typed, the word about what was cut, a blank, the prompt.
const AROUND: usize = 4;

/// The task, and what came since it was said.
pub(super) struct Sight {
    /// Paints as the screen does, without colours.
    painter: Painter,
    columns: fn() -> usize,
    rows: fn() -> usize,
    /// Whether a person sits there, before whom lines may be cut: whoever has them read out wants all of them.
    folds: bool,
    interactive: bool,
    task: Option<String>,
    /// Rows that came below it.
    below: usize,
}

impl Sight {
    pub(super) fn new(options: &Options) -> Self {
        let interactive = options.console.is_interactive();
        Self {
            painter: Painter::new(Style { ink: Ink::None, ..options.style }).within(options.columns),
            columns: options.columns,
            rows: options.rows,
            folds: interactive && options.style.form == Form::Drawn,
            interactive,
            task: None,
            below: 0,
        }
    }

    /// Something was said.
    pub(super) fn said(&mut self, tone: Tone, text: &str) {
        let painted = rows(&self.painter.say(tone, text), self.columns());
        if tone == Tone::Task {
            self.task = Some(text.to_owned());
            self.below = 0;
        } else {
            self.below += painted + usize::from(Painter::stands_off(tone));
        }
    }

    /// Tells whether a text is seen at once with so many rows below it. Nobody before a pipe, and nobody who has it read out, minds.
    pub(super) fn has_room_for(&self, text: &str, below: usize) -> bool {
        !self.folds || rows(&self.painter.say(Tone::Prose, text), self.columns()) + below <= (self.rows)()
    }

    /// Something was written: an output, a line that was typed.
    pub(super) fn wrote(&mut self, text: &str) {
        self.below += rows(text, self.columns());
    }

    /// Of what was written this was kept back.
    pub(super) fn kept_back(&mut self, rest: &str) {
        self.below = self.below.saturating_sub(rows(rest, self.columns()));
    }

    /// Returns the task where it is to be said again: a person is asked for it, and it is not whole in sight any more.
    pub(super) fn lost_task(&self, prompt: &Prompt) -> Option<String> {
        // The prompt takes a row too.
        let in_sight = self.task_rows() + self.below < (self.rows)();
        if in_sight || !self.interactive || !awaits_task(prompt) {
            return None;
        }
        self.task.clone()
    }

    /// Returns how many rows of an output may be seen at once; `None` where all are: nothing is asked for, or nobody
    /// would lose sight of it.
    pub(super) fn room(&self, prompt: Option<&Prompt>) -> Option<usize> {
        let awaited = self.task.is_some() && prompt.is_some_and(awaits_task);
        (self.folds && awaited).then(|| self.beside(self.task_rows()))
    }

    /// Returns how many rows of what was cut are seen at once.
    pub(super) fn screenful(&self, prompt: Option<&Prompt>) -> usize {
        self.room(prompt).unwrap_or_else(|| self.beside(0))
    }

    /// Returns the terminal's columns.
    pub(super) fn columns(&self) -> usize {
        (self.columns)()
    }

    /// Returns how many rows the task takes.
    fn task_rows(&self) -> usize {
        self.task.as_ref().map_or(0, |task| rows(&self.painter.say(Tone::Task, task), self.columns()))
    }

    fn beside(&self, task_rows: usize) -> usize {
        (self.rows)().saturating_sub(task_rows + AROUND).max(LEAST)
    }
}

/// Whether something is asked for at this prompt.
fn awaits_task(prompt: &Prompt) -> bool {
    !prompt.enter_goes_on && prompt.place != "sandbox"
}
