//! Where a command's input comes from and where its output goes.

use super::syntax::{self, Redirection};
use super::{Dialect, Session, Stream, Written};
use crate::container::files::Errno;

/// Redirections that were opened.
#[derive(Default)]
struct Redirected {
    input: Option<Vec<u8>>,
    out: Target,
    err: Target,
}

impl Redirected {
    /// Tells whether standard output goes where it would go anyway.
    fn leaves_output(&self) -> bool {
        self.out == Target::Out
    }

    /// `1>&2` and its kin: a stream goes where another one goes now.
    fn copy(&mut self, descriptor: u32, target: &str) -> Result<(), String> {
        let target = match target {
            "1" => self.out.clone(),
            "2" => self.err.clone(),
            "-" => Target::Nowhere,
            other => return Err(format!("{other}: Bad file descriptor")),
        };
        *(if descriptor == 1 { &mut self.out } else { &mut self.err }) = target;
        Ok(())
    }
}

/// Where a stream goes.
#[derive(Clone, Default, PartialEq)]
enum Target {
    /// Where it would go without a redirection: standard output of the command.
    #[default]
    Out,
    /// Standard error.
    Err,
    /// It was closed.
    Nowhere,
    /// A file, and what is in it already.
    File { path: String, kept: Vec<u8> },
}

impl Session<'_> {
    /// Does some work with its input and output redirected; where a redirection fails, says why and leaves the work undone.
    pub(super) fn redirected(
        &mut self,
        redirections: &[Redirection],
        input: &[u8],
        written: &mut Written,
        work: impl FnOnce(&mut Self, &[u8], &mut Written),
    ) {
        let opened = match self.open(redirections, written) {
            Ok(opened) => opened,
            Err(sentence) => {
                if !self.stops() {
                    written.complain(&format!("{}: {sentence}", self.speaker()));
                    self.status = if self.dialect == Dialect::Dash { 2 } else { 1 };
                }
                return;
            }
        };
        let mut here = Written::default();
        let piped = self.piped;
        self.piped |= !opened.leaves_output();
        match &opened.input {
            Some(input) => self.with_input(|session| work(session, input, &mut here)),
            None => work(self, input, &mut here),
        }
        self.piped = piped;
        self.close(opened, here, written);
    }

    /// Opens redirections from left to right; a file to be written to is there, and empty, before the command runs.
    fn open(&mut self, all: &[Redirection], written: &mut Written) -> Result<Redirected, String> {
        let mut opened = Redirected { err: Target::Err, ..Redirected::default() };
        for redirection in all {
            let target = self.target_of(redirection, written);
            if self.stops() {
                return Err(String::new());
            }
            match (redirection.descriptor, redirection.operator) {
                (None | Some(0), "<<" | "<<-") => opened.input = Some(target.into_bytes()),
                (None | Some(0), "<<<") => opened.input = Some((target + "\n").into_bytes()),
                (None | Some(0), "<" | "<>") => {
                    opened.input = Some(self.read(&target).map_err(|error| self.cannot_open(&target, error))?);
                }
                (None | Some(0), "<&") if target == "0" => {}
                (None | Some(0), "<&") if target == "-" => opened.input = Some(Vec::new()),
                (None | Some(1), ">" | ">|") => opened.out = self.target(target, Vec::new())?,
                (None | Some(1), ">>") => opened.out = self.appending(target)?,
                (Some(2), ">" | ">|") => opened.err = self.target(target, Vec::new())?,
                (Some(2), ">>") => opened.err = self.appending(target)?,
                (None, "&>") => {
                    opened.out = self.target(target, Vec::new())?;
                    opened.err = opened.out.clone();
                }
                (None, "&>>") => {
                    opened.out = self.appending(target)?;
                    opened.err = opened.out.clone();
                }
                (descriptor @ (None | Some(1 | 2)), ">&") => opened.copy(descriptor.unwrap_or(1), &target)?,
                (Some(number), _) if number > 2 => {
                    return Err(format!("{number}: this small shell has the descriptors 0, 1 and 2"));
                }
                (_, operator) => return Err(format!("{operator}{target}: Bad file descriptor")),
            }
        }
        Ok(opened)
    }

    fn target_of(&mut self, redirection: &Redirection, written: &mut Written) -> String {
        match &redirection.target {
            syntax::Target::Word(word) => self.expand_to_one(word, written),
            syntax::Target::Document(body) => {
                body.get().map(|word| self.expand_to_one(word, written)).unwrap_or_default()
            }
        }
    }

    fn target(&mut self, path: String, kept: Vec<u8>) -> Result<Target, String> {
        match path.as_str() {
            "/dev/stdout" => Ok(Target::Out),
            "/dev/stderr" => Ok(Target::Err),
            _ => {
                self.write(&path, &kept, self.masked(0o666)).map_err(|error| self.cannot_create(&path, error))?;
                Ok(Target::File { path, kept })
            }
        }
    }

    fn appending(&mut self, path: String) -> Result<Target, String> {
        let kept = match self.read(&path) {
            Ok(kept) => kept,
            Err(Errno::NoEntry | Errno::NoDevice) => Vec::new(),
            Err(error) => return Err(self.cannot_create(&path, error)),
        };
        self.target(path, kept)
    }

    /// Passes on what a command wrote.
    fn close(&mut self, opened: Redirected, here: Written, written: &mut Written) {
        let Redirected { input: _, out, err } = opened;
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for (stream, bytes) in here.pieces {
            match if stream == Stream::Out { &out } else { &err } {
                Target::Out => written.add(Stream::Out, bytes),
                Target::Err => written.add(Stream::Err, bytes),
                Target::Nowhere => {}
                Target::File { path, kept } => match files.iter_mut().find(|(known, _)| known == path) {
                    Some((_, text)) => text.extend(bytes),
                    None => files.push((path.clone(), [kept.clone(), bytes].concat())),
                },
            }
        }
        for (path, bytes) in files {
            if let Err(error) = self.write(&path, &bytes, self.masked(0o666)) {
                written.complain(&format!("{}: {}", self.speaker(), self.cannot_create(&path, error)));
                self.status = 1;
            }
        }
    }

    fn cannot_open(&self, path: &str, error: Errno) -> String {
        match (self.dialect, error) {
            (Dialect::Bash, error) => format!("{path}: {error}"),
            (Dialect::Dash, Errno::NoEntry) => format!("cannot open {path}: No such file"),
            (Dialect::Dash, error) => format!("cannot open {path}: {error}"),
            (Dialect::Busybox, Errno::NoEntry) => format!("can't open {path}: no such file"),
            (Dialect::Busybox, error) => format!("can't open {path}: {error}"),
        }
    }

    fn cannot_create(&self, path: &str, error: Errno) -> String {
        match (self.dialect, error) {
            (Dialect::Bash, error) => format!("{path}: {error}"),
            (Dialect::Dash, Errno::NoEntry) => format!("cannot create {path}: Directory nonexistent"),
            (Dialect::Dash, error) => format!("cannot create {path}: {error}"),
            (Dialect::Busybox, Errno::NoEntry) => format!("can't create {path}: nonexistent directory"),
            (Dialect::Busybox, error) => format!("can't create {path}: {error}"),
        }
    }
}
