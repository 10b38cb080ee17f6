//! The person who has typed a single docker command: `Username: ` and `Password: ` are asked of them, and lines for a container.
//! What is typed ahead of the program's end belongs to the shell that it came from, so no more is read than is asked for, where that
//! can be helped.

use std::io::{self, Write};

use super::Options;
use super::input::Heard;
use super::paint::Painter;
use super::row::Row;
use super::screen::Sink;
use super::typing::{Purpose, Typing};
use crate::docker::{Completer, Console, Person};

/// A line editor that is opened when the first line is asked for: few docker commands ask for any.
#[derive(Clone)]
pub(super) struct OnDemand {
    painter: Painter,
    columns: fn() -> usize,
    row: Row,
    out: Sink,
    typing: Option<Typing>,
}

impl OnDemand {
    /// Returns a person where there is one whose typing can be edited and hidden.
    pub(super) fn of(options: &Options, painter: Painter, row: &Row, out: Sink) -> Option<Self> {
        let edits = options.console.is_interactive() && !options.console.dumb;
        edits.then(|| Self { painter, columns: options.columns, row: row.clone(), out, typing: None })
    }

    fn read(&mut self, prompt: &str, purpose: Purpose<'_>) -> io::Result<Heard> {
        let typing = match self.typing.take() {
            Some(typing) => typing,
            None => Typing::open(self.painter, Some(self.columns))?.on(self.row.clone()),
        };
        self.typing.insert(typing).read(prompt, purpose)
    }
}

impl Console for OnDemand {
    fn line(&mut self, prompt: &str, completer: Completer, before: &[String]) -> io::Result<Heard> {
        self.read(prompt, Purpose::Container(completer, before))
    }
}

impl Person for OnDemand {
    /// The terminal's own editing reads one line and no more.
    fn ask(&mut self, prompt: &str) -> io::Result<Option<String>> {
        self.out.write_all(prompt.as_bytes()).and_then(|()| self.out.flush())?;
        let mut line = String::new();
        let length = io::stdin().read_line(&mut line)?;
        Ok((length > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned()))
    }

    /// A line editor asks, since it leaves the terminal as it was also after Ctrl-C.
    fn ask_secretly(&mut self, prompt: &str) -> io::Result<Option<String>> {
        self.read(prompt, Purpose::Secret).map(Heard::into_line)
    }
}
