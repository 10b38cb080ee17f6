//! Lines that are typed into a shell: each runs once it is whole, and its programs may read the lines behind it.
//!
//! A program takes its input as a whole. Where it has read all that was typed, it stops there; with the next line everything runs again
//! from the same beginning, to the same point and beyond, and what was written by then is not written again.

use std::sync::Arc;

use super::read::Reading;
use super::session::{Dialect, Variable};
use super::state::{Leaves, Own};
use super::{Session, Stream, Written};
use crate::container::Error;
use crate::container::files::{Files, Follow, NodeId};

/// What a command that Ctrl-C ended leaves in `$?`.
const INTERRUPTED: i32 = 130;

/// Programs that may read what is typed.
const READERS: &[&str] = &[
    "awk",
    "cat",
    "cut",
    "egrep",
    "fgrep",
    "grep",
    "head",
    "nl",
    "read",
    "rev",
    "sed",
    "sha256sum",
    "sha512sum",
    "sort",
    "tac",
    "tail",
    "tee",
    "tr",
    "uniq",
    "wc",
    "xargs",
];

/// A line whose programs wait for more input.
pub(super) struct Waiting {
    line: String,
    /// What was typed into it.
    input: Vec<u8>,
    /// How much its programs have written, in bytes.
    written: usize,
    /// The session as the line found it; nothing where no more may come.
    before: Option<Before>,
}

/// A session as it was before a line ran. As long as it is kept, files that change are copied.
#[derive(Clone)]
struct Before {
    files: Arc<Files>,
    variables: Vec<Variable>,
    arguments: Vec<String>,
    at: NodeId,
    previous: String,
    status: i32,
    dialect: Dialect,
    own: Own,
}

impl Session<'_> {
    /// Runs a line that was typed, or passes it to the programs that wait for one; `false` when the shell has ended.
    pub fn type_line(&mut self, line: &str, write: &mut dyn FnMut(Stream, &[u8])) -> Result<bool, Error> {
        if let Some(mut waiting) = self.waiting.take() {
            waiting.input.extend(line.bytes().chain([b'\n']));
            self.restore(waiting.before.clone());
            return self.attempt(waiting, write);
        }
        let before = std::mem::take(&mut self.pending);
        self.remember(line, &before);
        let text = if before.is_empty() { line.to_owned() } else { format!("{before}\n{line}") };
        if self.is_incomplete(&text) {
            self.pending = text;
            return Ok(true);
        }
        let reads = text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| READERS.contains(&word));
        let waiting = Waiting { line: text, input: Vec::new(), written: 0, before: reads.then(|| self.before()) };
        self.attempt(waiting, write)
    }

    /// Ends the input: of programs that wait for more, or else of the shell, where what was typed and not ended runs. `false` when the
    /// shell has ended.
    pub fn end_input(&mut self, write: &mut dyn FnMut(Stream, &[u8])) -> Result<bool, Error> {
        if let Some(mut waiting) = self.waiting.take() {
            self.restore(waiting.before.take());
            return self.attempt(waiting, write);
        }
        let text = std::mem::take(&mut self.pending);
        let mut written = Written::default();
        if !text.is_empty() {
            self.line(&text, &[], &mut written);
        }
        self.run_exit_trap(&mut written);
        written.pieces.iter().for_each(|(stream, bytes)| write(*stream, bytes));
        self.keep_history();
        self.container.save()?;
        Ok(false)
    }

    /// Forgets what was typed and not ended, and ends what waits for input: Ctrl-C.
    pub fn interrupt(&mut self) -> Result<(), Error> {
        self.pending.clear();
        self.status = INTERRUPTED;
        match self.waiting.take() {
            Some(_) => self.container.save(),
            None => Ok(()),
        }
    }

    /// Runs a line on what was typed into it by now.
    fn attempt(&mut self, mut waiting: Waiting, write: &mut dyn FnMut(Stream, &[u8])) -> Result<bool, Error> {
        self.reading = Reading { open: waiting.before.is_some(), ..Reading::default() };
        let mut written = Written::default();
        self.line(&waiting.line, &waiting.input, &mut written);
        if self.leaves == Leaves::Shell {
            self.run_exit_trap(&mut written);
        }
        self.come_to_end(Leaves::Line);
        self.reading.open = false;
        let mut known = waiting.written;
        for (stream, bytes) in &written.pieces {
            let (_, new) = bytes.split_at(known.min(bytes.len()));
            known -= bytes.len() - new.len();
            if !new.is_empty() {
                write(*stream, new);
            }
        }
        if std::mem::take(&mut self.reading.starved) {
            waiting.written = written.pieces.iter().map(|(_, bytes)| bytes.len()).sum();
            self.waiting = Some(waiting);
            return Ok(true);
        }
        let line_breaks = waiting.line.bytes().chain(waiting.input).filter(|byte| *byte == b'\n').count();
        self.place.before += 1 + line_breaks;
        if self.leaves == Leaves::Shell {
            self.keep_history();
        }
        self.container.save()?;
        Ok(self.leaves != Leaves::Shell)
    }

    fn before(&self) -> Before {
        Before {
            files: Arc::clone(&self.container.files),
            variables: self.variables.clone(),
            arguments: self.arguments.clone(),
            at: self.at,
            previous: self.previous.clone(),
            status: self.status,
            dialect: self.dialect,
            own: self.own.clone(),
        }
    }

    fn restore(&mut self, before: Option<Before>) {
        let Some(Before { files, variables, arguments, at, previous, status, dialect, own }) = before else { return };
        (self.container.files, self.own) = (files, own);
        (self.variables, self.arguments, self.previous) = (variables, arguments, previous);
        (self.at, self.status, self.dialect, self.leaves) = (at, status, dialect, Leaves::Nothing);
    }

    /// Notes that a program has read the whole input; `true` where more may come, and it has to wait.
    pub(in crate::container) fn reads_all(&mut self) -> bool {
        self.reading.starved |= self.reading.open;
        self.reading.open
    }

    /// Returns what stands before a line.
    pub fn prompt(&self) -> String {
        if self.waiting.is_some() {
            return String::new();
        }
        if !self.pending.is_empty() {
            return "> ".to_owned();
        }
        let sign = if self.who.uid == 0 { '#' } else { '$' };
        let path = self.files().path(self.at);
        let home = self.value("HOME").unwrap_or("/");
        let short = match path.strip_prefix(home) {
            Some(rest) if home != "/" && (rest.is_empty() || rest.starts_with('/')) => format!("~{rest}"),
            _ => path,
        };
        match self.dialect {
            Dialect::Busybox => format!("{short} {sign} "),
            Dialect::Dash => format!("{sign} "),
            Dialect::Bash if self.find("/etc/bash.bashrc", Follow::Last).is_ok() => {
                format!("{}@{}:{short}{sign} ", self.user_name(), self.container.record().hostname())
            }
            Dialect::Bash => format!("bash{sign} "),
        }
    }
}
