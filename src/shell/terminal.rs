//! Lines of a person: editing, history, completion, hints.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, BufReader, Stdin};
use std::path::{Path, PathBuf};

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{ColorMode, CompletionType, Config, Context, Editor, ExternalPrinter as _, Helper};

use super::complete::{Known, complete};
use super::input::{Hands, Heard, LineSource};
use super::paint::{Form, Ink, Painter};
use crate::docker::{Completer as Inside, Console};

/// How many lines are remembered.
const REMEMBERED: usize = 1000;

/// A terminal with a line editor.
pub(super) struct Terminal {
    typing: Typing,
    history: PathBuf,
    plain: BufReader<Stdin>,
}

/// Writes above a line that is being typed, and leaves the line as it is.
pub(super) type Above = Box<dyn FnMut(String) + Send>;

/// The line editor.
struct Typing(Editor<Assistant, FileHistory>);

/// A line editor that is opened when the first line is asked for: few docker commands ask for any.
pub(super) struct OnDemand {
    painter: Painter,
    typing: Option<Typing>,
}

impl OnDemand {
    pub(super) fn new(painter: Painter) -> Self {
        Self { painter, typing: None }
    }
}

impl Console for OnDemand {
    fn line(&mut self, prompt: &str, completer: Inside) -> io::Result<Option<String>> {
        let typing = match self.typing.take() {
            Some(typing) => typing,
            None => Typing::new(self.painter)?,
        };
        self.typing.insert(typing).line(prompt, completer)
    }
}

impl Typing {
    fn new(painter: Painter) -> io::Result<Self> {
        let colours = match painter.style().ink {
            Ink::Colour => ColorMode::Forced,
            Ink::None => ColorMode::Disabled,
        };
        let config = Config::builder()
            .max_history_size(REMEMBERED)
            .map_err(failure)?
            .history_ignore_space(true)
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .color_mode(colours)
            .build();
        let mut editor = Editor::with_config(config).map_err(failure)?;
        editor.set_helper(Some(Assistant { painter, known: RefCell::default(), inside: RefCell::default() }));
        Ok(Self(editor))
    }
}

impl Terminal {
    /// Opens the terminal; lines are remembered in the home's `history`.
    pub(super) fn open(home: &Path, painter: Painter) -> io::Result<Self> {
        let mut typing = Typing::new(painter)?;
        let history = home.join("history");
        // A history that cannot be read is a history that is empty.
        let _ = typing.0.load_history(&history);
        Ok(Self { typing, history, plain: BufReader::new(io::stdin()) })
    }

    /// Returns what writes above the line while another thread waits for it; `None` where the terminal cannot.
    pub(super) fn above(&mut self) -> Option<Above> {
        let mut printer = self.typing.0.create_external_printer().ok()?;
        // Whoever cannot be written to cannot be told so either.
        Some(Box::new(move |text| drop(printer.print(text))))
    }
}

impl LineSource for Terminal {
    fn hands(&mut self) -> Hands<'_> {
        Hands { answers: &mut self.plain, console: Some(&mut self.typing) }
    }

    fn next_line(&mut self, prompt: &str) -> io::Result<Heard> {
        match self.typing.0.readline(prompt) {
            Ok(line) => {
                self.remember(&line);
                Ok(Heard::Line(line))
            }
            Err(ReadlineError::Interrupted) => Ok(Heard::Interrupted),
            Err(ReadlineError::Eof) => Ok(Heard::Ended),
            Err(error) => Err(failure(error)),
        }
    }

    fn offer(&mut self, known: &mut dyn FnMut() -> Known) {
        if let Some(assistant) = self.typing.0.helper() {
            assistant.known.replace(known());
        }
    }
}

impl Console for Typing {
    /// Lines of a container are remembered as long as the program runs, and in no file.
    fn line(&mut self, prompt: &str, completer: Inside) -> io::Result<Option<String>> {
        if let Some(assistant) = self.0.helper() {
            assistant.inside.replace(Some(completer));
        }
        let read = self.0.readline(prompt);
        if let Some(assistant) = self.0.helper() {
            assistant.inside.replace(None);
        }
        match read {
            Ok(line) => {
                // A history that cannot grow is no reason to stop.
                let _ = self.0.add_history_entry(&line);
                Ok(Some(line))
            }
            Err(ReadlineError::Interrupted) => Ok(Some(String::new())),
            Err(ReadlineError::Eof) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }
}

impl Terminal {
    /// Keeps a line for the next time. A full disk is no reason to stop learning.
    fn remember(&mut self, line: &str) {
        if !line.trim().is_empty() && self.typing.0.add_history_entry(line).unwrap_or(false) {
            let _ = self.typing.0.append_history(&self.history);
        }
    }
}

fn failure(error: ReadlineError) -> io::Error {
    match error {
        ReadlineError::Io(error) => error,
        other => io::Error::other(other),
    }
}

/// What the line editor asks while a line is typed.
struct Assistant {
    painter: Painter,
    known: RefCell<Known>,
    /// What completes words while lines are typed into a container.
    inside: RefCell<Option<Inside>>,
}

impl Assistant {
    fn candidates(&self, line: &str, at: usize) -> (usize, Vec<String>) {
        match &*self.inside.borrow() {
            Some(completer) => completer(line, at),
            None => complete(line, at, &self.known.borrow()),
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
            && !self.known.borrow().has_tags(only)
        {
            only.push(' ');
        }
        Ok((begin, found))
    }
}

impl Hinter for Assistant {
    type Hint = String;

    /// Shows the rest of the word where only one fits; not in the linear form, where it would be read out.
    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<String> {
        if at < line.len() || line.is_empty() || line.ends_with(' ') || self.painter.style().form == Form::Linear {
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
        match prompt.strip_suffix(" > ") {
            Some(place) => Cow::Owned(self.painter.prompt(place)),
            None => Cow::Borrowed(prompt),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(self.painter.quiet(hint))
    }

    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        Cow::Owned(self.painter.typed(line))
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}
