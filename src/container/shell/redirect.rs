//! Where a command's input comes from and where its output goes.

use super::{Session, Stream, Written};
use crate::container::files::Errno;
use crate::pipe::Redirection;

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
}

/// Where a stream goes.
#[derive(Clone, Default, PartialEq)]
enum Target {
    /// Where it would go without a redirection: standard output of the command.
    #[default]
    Out,
    /// Standard error.
    Err,
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
                written.complain(&format!("{}: {sentence}", self.own_name()));
                self.status = 1;
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
            let target = self.expand_to_one(&redirection.target, written);
            let operator = redirection.operator.as_str();
            let digits = operator.len() - operator.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            match (&operator[..digits], &operator[digits..]) {
                ("" | "0", "<") => {
                    opened.input = Some(self.read(&target).map_err(|error| self.cannot_open(&target, error))?);
                }
                ("" | "1", ">" | ">|") => opened.out = self.target(target, Vec::new())?,
                ("" | "1", ">>") => opened.out = self.appending(target)?,
                ("2", ">" | ">|") => opened.err = self.target(target, Vec::new())?,
                ("2", ">>") => opened.err = self.appending(target)?,
                ("2", ">&") if target == "1" => opened.err = opened.out.clone(),
                ("" | "1", ">&") if target == "2" => opened.out = opened.err.clone(),
                ("", "&>") => {
                    opened.out = self.target(target, Vec::new())?;
                    opened.err = opened.out.clone();
                }
                (_, operator) => return Err(format!("`{operator}{target}`: this small shell knows <, >, >> and 2>&1")),
            }
        }
        Ok(opened)
    }

    fn target(&mut self, path: String, kept: Vec<u8>) -> Result<Target, String> {
        match path.as_str() {
            "/dev/stdout" => Ok(Target::Out),
            "/dev/stderr" => Ok(Target::Err),
            _ => {
                self.write(&path, &kept, 0o644).map_err(|error| self.cannot_create(&path, error))?;
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
                Target::File { path, kept } => match files.iter_mut().find(|(known, _)| known == path) {
                    Some((_, text)) => text.extend(bytes),
                    None => files.push((path.clone(), [kept.clone(), bytes].concat())),
                },
            }
        }
        for (path, bytes) in files {
            if let Err(error) = self.write(&path, &bytes, 0o644) {
                written.complain(&self.cannot_create(&path, error));
                self.status = 1;
            }
        }
    }

    fn cannot_open(&self, path: &str, error: Errno) -> String {
        match (self.dialect, error) {
            (super::Dialect::Bash, error) => format!("{path}: {error}"),
            (super::Dialect::Dash, Errno::NoEntry) => format!("1: cannot open {path}: No such file"),
            (super::Dialect::Dash, error) => format!("1: cannot open {path}: {error}"),
            (super::Dialect::Busybox, Errno::NoEntry) => format!("can't open {path}: no such file"),
            (super::Dialect::Busybox, error) => format!("can't open {path}: {error}"),
        }
    }

    fn cannot_create(&self, path: &str, error: Errno) -> String {
        match (self.dialect, error) {
            (super::Dialect::Bash, error) => format!("{path}: {error}"),
            (super::Dialect::Dash, Errno::NoEntry) => format!("1: cannot create {path}: Directory nonexistent"),
            (super::Dialect::Dash, error) => format!("1: cannot create {path}: {error}"),
            (super::Dialect::Busybox, Errno::NoEntry) => format!("can't create {path}: nonexistent directory"),
            (super::Dialect::Busybox, error) => format!("can't create {path}: {error}"),
        }
    }
}
