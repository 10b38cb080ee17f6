//! What the line editor asks while a line is typed: candidates for a word, hints, colours.

use std::borrow::Cow;

use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper};

use super::complete::{Known, complete};
use super::paint::{Form, Ink, Painter};
use crate::docker::Completer as Inside;

/// Whom a line is typed for.
pub(super) enum Role {
    Workbook,
    /// A shell in a container, with what completes words there.
    Container(Inside),
    Answer,
    /// Nothing of the line is shown.
    Secret,
}

/// What the line editor asks.
pub(super) struct Assistant {
    painter: Painter,
    /// What can be completed at the workbook's prompt.
    pub(super) known: Known,
    pub(super) role: Role,
}

impl Assistant {
    pub(super) fn new(painter: Painter) -> Self {
        Self { painter, known: Known::default(), role: Role::Workbook }
    }

    fn candidates(&self, line: &str, at: usize) -> (usize, Vec<String>) {
        match &self.role {
            Role::Workbook => complete(line, at, &self.known),
            Role::Container(completer) => completer(line, at),
            Role::Answer | Role::Secret => (at, Vec::new()),
        }
    }
}

impl Helper for Assistant {}

impl Validator for Assistant {}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let (begin, mut found) = self.candidates(line, at);
        if let [only] = found.as_mut_slice()
            && at == line.len()
            && !only.ends_with('/')
            && !self.known.has_tags(only)
        {
            only.push(' ');
        }
        Ok((begin, found))
    }
}

impl Hinter for Assistant {
    type Hint = String;

    /// Shows the rest of the word where only one fits; not in the linear form, where it would be read out, and not without colours, where
    /// it would look as if it were typed.
    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<String> {
        let style = self.painter.style();
        let shows = style.form != Form::Linear && style.ink != Ink::None;
        if !shows || at < line.len() || line.is_empty() || line.ends_with(' ') {
            return None;
        }
        let (begin, found) = self.candidates(line, at);
        match found.as_slice() {
            [only] => only.get(at - begin..).filter(|rest| !rest.is_empty()).map(str::to_owned),
            _ => None,
        }
    }
}

impl Highlighter for Assistant {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        match (&self.role, prompt.strip_suffix(" > ")) {
            (Role::Workbook, Some(place)) => Cow::Owned(self.painter.prompt(place)),
            _ => Cow::Borrowed(prompt),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(self.painter.quiet(hint))
    }

    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        match self.role {
            Role::Workbook | Role::Container(_) => Cow::Owned(self.painter.typed(line)),
            Role::Answer => Cow::Borrowed(line),
            Role::Secret => Cow::Borrowed(""),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        match self.role {
            Role::Secret => true,
            Role::Workbook | Role::Container(_) | Role::Answer => kind != CmdKind::MoveCursor,
        }
    }
}
