//! A person at a terminal: types lines, answers docker's questions, types into containers.

use std::io;
use std::path::{Path, PathBuf};

use rustyline::history::History as _;

use super::complete::Known;
use super::input::{Answers, CONTINUED, Hands, Heard, LineSource, goes_on};
use super::paint::Painter;
use super::row::Row;
use super::typing::{Above, Purpose, Typing};
use crate::docker::{Completer, Console, Person};

/// A terminal with a line editor.
pub(super) struct Terminal {
    typing: Typing,
    history: PathBuf,
    answers: Answers,
    console: Typing,
    /// Nobody where what is typed cannot be hidden.
    person: Option<Typing>,
}

impl Terminal {
    /// Opens the terminal; lines are remembered in the home's `history`. `columns` is `None` where the terminal cannot draw a row again.
    pub(super) fn open(home: &Path, painter: Painter, columns: Option<fn() -> usize>) -> io::Result<Self> {
        let typing = Typing::open(painter, columns)?;
        let history = home.join("history");
        // A history that cannot be read is a history that is empty.
        let _ = typing.with_history(|lines| lines.load(&history));
        let answering = typing.clone();
        let answers = Answers::new(move || answering.read("", Purpose::Answer));
        let (console, person) = (typing.clone(), columns.map(|_| typing.clone()));
        Ok(Self { typing, history, answers, console, person })
    }

    /// Returns what writes above the line while another thread waits for it; `None` where the terminal cannot.
    pub(super) fn above(&mut self) -> Option<Above> {
        self.typing.above()
    }

    /// Waits for a line at the workbook's prompt. A blank line within pasted text is passed over, as a pipe's are.
    fn line(&mut self, prompt: &str) -> io::Result<Heard> {
        loop {
            match self.typing.read(prompt, Purpose::Workbook)? {
                Heard::Line(line) if line.trim().is_empty() && self.typing.is_pasting() => {}
                heard => return Ok(heard),
            }
        }
    }

    /// Keeps a line for the next time. A full disk is no reason to stop learning.
    fn remember(&mut self, line: &str) {
        let path = &self.history;
        self.typing.with_history(|lines| {
            if !line.trim().is_empty() && lines.add(line).unwrap_or(false) {
                let _ = lines.append(path);
            }
        });
    }
}

impl LineSource for Terminal {
    fn hands(&mut self) -> Hands<'_> {
        self.answers.begin();
        let person = self.person.as_mut().map(|person| person as &mut dyn Person);
        Hands { answers: &mut self.answers, console: Some(&mut self.console), person }
    }

    fn next_line(&mut self, prompt: &str) -> io::Result<Heard> {
        let mut heard = self.line(prompt)?;
        while let Heard::Line(line) = &mut heard
            && goes_on(line)
        {
            match self.line(CONTINUED)? {
                Heard::Line(more) => line.replace_range(line.len() - 1.., &more),
                Heard::Interrupted => return Ok(Heard::Interrupted),
                Heard::Ended => break,
            }
        }
        if let Heard::Line(line) = &heard {
            self.remember(line);
        }
        Ok(heard)
    }

    fn row(&self) -> Row {
        self.typing.row()
    }

    fn was_interrupted(&mut self) -> bool {
        self.answers.was_interrupted()
    }

    fn offer(&mut self, known: &mut dyn FnMut() -> Known) {
        self.typing.offer(known());
    }
}

impl Console for Typing {
    fn line(&mut self, prompt: &str, completer: Completer, before: &[String]) -> io::Result<Heard> {
        self.read(prompt, Purpose::Container(completer, before))
    }
}

impl Person for Typing {
    fn ask(&mut self, prompt: &str) -> io::Result<Option<String>> {
        self.read(prompt, Purpose::Answer).map(Heard::into_line)
    }

    fn ask_secretly(&mut self, prompt: &str) -> io::Result<Option<String>> {
        self.read(prompt, Purpose::Secret).map(Heard::into_line)
    }
}
