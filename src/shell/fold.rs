//! An output that is longer than the screen: its beginning is let through as it comes, the rest is kept.
//!
//! Where a command draws, asks, or has lines typed into it, nothing may be kept back: the fold opens.

use std::io::{self, BufRead, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::rows::rows;
use super::screen::Sink;
use crate::docker::{Completer, Console, Person, Typed};
use crate::pipe::{Script, Word};

/// Lets so many rows through, of all that is written to its sinks.
#[derive(Clone)]
pub(super) struct Fold(Arc<Mutex<Flow>>);

struct Flow {
    columns: usize,
    /// Rows that are still to be let through.
    room: usize,
    /// Whether nothing was let through yet: a first line is, however long it is.
    fresh: bool,
    /// The row that is being written: its text so far.
    begun: String,
    /// What was kept back, and where it belongs.
    kept: Vec<(Sink, Vec<u8>)>,
    state: State,
}

/// What becomes of what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It goes through while there is room.
    Counting,
    /// It is kept back.
    Keeping,
    /// It goes through.
    Open,
}

impl Fold {
    /// Lets `room` rows of a terminal of so many columns through.
    pub(super) fn new(room: usize, columns: usize) -> Self {
        let flow = Flow { columns, room, fresh: true, begun: String::new(), kept: Vec::new(), state: State::Counting };
        Self(Arc::new(Mutex::new(flow)))
    }

    /// Returns a sink that leads to `live`.
    pub(super) fn sink(&self, live: Sink) -> Sink {
        Sink::new(Folding { fold: self.clone(), live })
    }

    /// Lets all through, what was kept back first.
    pub(super) fn open(&self) {
        let mut flow = self.lock();
        flow.state = State::Open;
        for (mut sink, bytes) in std::mem::take(&mut flow.kept) {
            // Whoever cannot be written to cannot be told so either.
            let _ = sink.write_all(&bytes).and_then(|()| sink.flush());
        }
    }

    /// Returns what was kept back. Where it takes no more room than a word about it, it is let through.
    pub(super) fn rest(&self) -> String {
        let text = |flow: &Flow| {
            let bytes: Vec<u8> = flow.kept.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let (rest, columns) = {
            let flow = self.lock();
            (text(&flow), flow.columns)
        };
        if rows(&rest, columns) > 1 {
            return rest;
        }
        self.open();
        String::new()
    }

    fn lock(&self) -> MutexGuard<'_, Flow> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flow {
    /// Returns how many of the bytes go through.
    fn passes(&mut self, bytes: &[u8]) -> usize {
        let mut passed = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let text = format!("{}{}", self.begun, String::from_utf8_lossy(line));
            let height = rows(&text, self.columns);
            // A line that has begun to be seen is seen to its end.
            if height > self.room && self.begun.is_empty() && !self.fresh {
                self.state = State::Keeping;
                break;
            }
            self.fresh = false;
            passed += line.len();
            if text.ends_with('\n') {
                self.room = self.room.saturating_sub(height);
                self.begun.clear();
            } else {
                self.begun = text;
            }
        }
        passed
    }
}

/// Whether a text moves the cursor: what is drawn over cannot be cut.
fn is_drawn(bytes: &[u8]) -> bool {
    let returns = |pair: &[u8]| pair[0] == b'\r' && pair[1] != b'\n';
    bytes.contains(&0x1b) || bytes.windows(2).any(returns)
}

/// Whether a line asks for what a container writes from now on, `docker logs -f web`: it is shown as it comes.
pub(super) fn follows_a_log(line: &str) -> bool {
    let Ok(script) = Script::parse(line) else { return false };
    let mut commands = script.steps.iter().flat_map(|step| &step.commands);
    commands.any(|command| {
        let words: Vec<String> = command.words.iter().filter_map(Word::literal).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let follows = |word: &&str| {
            *word == "--follow" || (word.starts_with('-') && !word.starts_with("--") && word.contains('f'))
        };
        match words.as_slice() {
            ["docker", "logs", rest @ ..] | ["docker", "container", "logs", rest @ ..] => rest.iter().any(follows),
            _ => false,
        }
    })
}

/// One of a fold's sinks.
struct Folding {
    fold: Fold,
    live: Sink,
}

impl Write for Folding {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if is_drawn(bytes) {
            self.fold.open();
        }
        let mut flow = self.fold.lock();
        let passed = match flow.state {
            State::Counting => flow.passes(bytes),
            State::Keeping => 0,
            State::Open => bytes.len(),
        };
        let (now, later) = bytes.split_at(passed);
        self.live.write_all(now)?;
        if !later.is_empty() {
            flow.kept.push((self.live.clone(), later.to_vec()));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.live.flush()
    }
}

/// What a command reads from: before it does, all that it has written is seen.
pub(super) struct Opening<T> {
    pub(super) fold: Option<Fold>,
    pub(super) inner: T,
}

impl<T> Opening<T> {
    fn opened(&mut self) -> &mut T {
        if let Some(fold) = self.fold.take() {
            fold.open();
        }
        &mut self.inner
    }
}

impl<T: BufRead> Read for Opening<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.opened().read(buffer)
    }
}

impl<T: BufRead> BufRead for Opening<T> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.opened().fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
    }
}

impl Console for Opening<&mut dyn Console> {
    fn line(&mut self, prompt: &str, completer: Completer, before: &[String]) -> io::Result<Typed> {
        self.opened().line(prompt, completer, before)
    }
}

impl Person for Opening<&mut dyn Person> {
    fn ask(&mut self, prompt: &str) -> io::Result<Option<String>> {
        self.opened().ask(prompt)
    }

    fn ask_secretly(&mut self, prompt: &str) -> io::Result<Option<String>> {
        self.opened().ask_secretly(prompt)
    }
}

#[cfg(test)]
mod tests;
