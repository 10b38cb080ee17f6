//! A person at the terminal, asked by docker: `Username: `, and `Password: ` without an echo.

use std::borrow::Cow;
use std::io;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{ColorMode, Config, Editor, Helper};

use super::Options;
use crate::docker::Person;

/// Who sits at the terminal. A line editor asks, since it leaves the terminal as it was also after Ctrl-C.
pub(super) struct AtTerminal;

impl AtTerminal {
    /// Returns a person where there is one whose typing can be hidden.
    pub(super) fn of(options: &Options) -> Option<Self> {
        let hides = options.console.is_interactive() && !options.console.dumb;
        hides.then_some(Self)
    }
}

impl Person for AtTerminal {
    fn ask(&mut self, prompt: &str) -> io::Result<Option<String>> {
        read(prompt, Shown::Yes)
    }

    fn ask_secretly(&mut self, prompt: &str) -> io::Result<Option<String>> {
        read(prompt, Shown::No)
    }
}

/// Whether what is typed can be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Yes,
    No,
}

fn read(prompt: &str, shown: Shown) -> io::Result<Option<String>> {
    // Only with colours is the editor's helper asked how the line looks.
    let colours = if shown == Shown::No { ColorMode::Forced } else { ColorMode::Disabled };
    let config = Config::builder().auto_add_history(false).color_mode(colours).build();
    let mut editor: Editor<Blind, DefaultHistory> = Editor::with_config(config).map_err(io::Error::other)?;
    editor.set_helper(Some(Blind));
    match editor.readline(prompt) {
        Ok(line) => Ok(Some(line)),
        Err(ReadlineError::Interrupted | ReadlineError::Eof) => Ok(None),
        Err(ReadlineError::Io(error)) => Err(error),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Shows nothing of a line.
struct Blind;

impl Helper for Blind {}
impl Validator for Blind {}
impl Hinter for Blind {
    type Hint = String;
}
impl Completer for Blind {
    type Candidate = String;
}

impl Highlighter for Blind {
    fn highlight<'l>(&self, _: &'l str, _: usize) -> Cow<'l, str> {
        Cow::Borrowed("")
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        true
    }
}
