//! Lines that are typed into a shell: each runs once it is whole, and its programs may read the lines behind it.
//!
//! A program takes its input as a whole. Where it has read all that was typed, it stops there; with the next line everything runs again
//! from the same beginning, to the same point and beyond, and what was written by then is not written again.

use std::sync::Arc;

use super::read::Reading;
use super::state::{Dialect, Leaves, Own, Variable};
use super::{Ended, Session, Stream, Written};
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

/// What waits for more input.
pub(super) struct Waiting {
    work: Work,
    /// What was typed into it.
    input: Vec<u8>,
    /// How much its programs have written, in bytes.
    written: usize,
    /// The session as the line found it; nothing where no more may come.
    before: Option<Before>,
}

/// What runs again with each line that is typed into it.
enum Work {
    /// A line of the shell.
    Line(String),
    /// A program that nobody's shell started, with its arguments.
    Program(Vec<String>),
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
        let before = reads.then(|| self.before());
        self.attempt(Waiting { work: Work::Line(text), input: Vec::new(), written: 0, before }, write)
    }

    /// Runs a program that reads what is typed.
    pub(super) fn start_typed(
        &mut self,
        words: &[String],
        write: &mut dyn FnMut(Stream, &[u8]),
    ) -> Result<Option<Ended>, Error> {
        let work = Work::Program(words.to_vec());
        let before = Some(self.before());
        self.attempt_work(Waiting { work, input: Vec::new(), written: 0, before }, write)
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

    /// Forgets what was typed and not ended, and ends what waits for input: Ctrl-C. `false` where that is all that ran.
    pub fn interrupt(&mut self) -> Result<bool, Error> {
        self.pending.clear();
        self.status = INTERRUPTED;
        let Some(waiting) = self.waiting.take() else { return Ok(true) };
        self.container.save()?;
        Ok(matches!(waiting.work, Work::Line(_)))
    }

    /// Runs what waits on what was typed into it by now; `false` when the shell has ended, or the program that is no shell.
    fn attempt(&mut self, waiting: Waiting, write: &mut dyn FnMut(Stream, &[u8])) -> Result<bool, Error> {
        let is_line = matches!(waiting.work, Work::Line(_));
        match self.attempt_work(waiting, write)? {
            None => Ok(true),
            Some(Ended::Exited(status)) if !is_line => {
                self.status = status;
                Ok(false)
            }
            Some(_) => Ok(is_line && self.leaves != Leaves::Shell),
        }
    }

    /// Tells how it ended; `None` where it waits for more.
    fn attempt_work(
        &mut self,
        mut waiting: Waiting,
        write: &mut dyn FnMut(Stream, &[u8]),
    ) -> Result<Option<Ended>, Error> {
        self.reading = Reading { open: waiting.before.is_some(), ..Reading::default() };
        let mut written = Written::default();
        let ended = match &waiting.work {
            Work::Program(words) => self.main_program(words, &waiting.input, &mut written),
            Work::Line(line) => {
                self.line(line, &waiting.input, &mut written);
                if self.leaves == Leaves::Shell {
                    self.run_exit_trap(&mut written);
                }
                self.come_to_end(Leaves::Line);
                Ended::Exited(self.status)
            }
        };
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
            return Ok(None);
        }
        if let Work::Line(line) = waiting.work {
            let line_breaks = line.bytes().chain(waiting.input).filter(|byte| *byte == b'\n').count();
            self.place.before += 1 + line_breaks;
            if self.leaves == Leaves::Shell {
                self.keep_history();
            }
        }
        self.container.save()?;
        Ok(Some(ended))
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
