//! The small shell that looks into a container: lines in, what the programs wrote out.
//!
//! It reads the language of a POSIX shell and what is usual of bash's and busybox's, runs it on what a container's files hold, and says
//! what the shell of the image would say. It has no arrays and no jobs: what `&` begins runs at once and whole.

mod alternatives;
mod arithmetic;
mod builtin;
mod complete;
mod compound;
mod expand;
mod faults;
mod getopts;
mod glob;
mod history;
mod invoke;
mod lines;
mod lookup;
mod options;
mod parameter;
mod read;
mod redirect;
mod run;
mod session;
mod signals;
mod state;
mod syntax;
mod variables;

pub use complete::Completer;
pub use session::{Ended, Session, Settings};

pub(super) use glob::Pattern;
pub(super) use lookup::Found;
pub(super) use state::Dialect;

use std::io;

use serde::{Deserialize, Serialize};

/// Where a program writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Standard output.
    #[serde(rename = "stdout")]
    Out,
    /// Standard error.
    #[serde(rename = "stderr")]
    Err,
}

/// Someone who types lines into a container.
pub trait Console: Send {
    /// Waits for a line; the lines before it, the newest last, can be had again.
    fn line(&mut self, prompt: &str, completer: Completer, before: &[String]) -> io::Result<Typed>;
}

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A line without its newline.
    Line(String),
    /// Ctrl-C: what was typed is void.
    Interrupted,
    /// Ctrl-D, or the end of a pipe.
    Ended,
}

impl Typed {
    /// Returns the line, where one was typed.
    pub fn into_line(self) -> Option<String> {
        match self {
            Self::Line(line) => Some(line),
            Self::Interrupted | Self::Ended => None,
        }
    }
}

/// What programs wrote, in order.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) pieces: Vec<(Stream, Vec<u8>)>,
}

impl Written {
    pub(super) fn add(&mut self, stream: Stream, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        if !bytes.is_empty() {
            self.pieces.push((stream, bytes));
        }
    }

    /// Adds a sentence to standard error.
    pub(super) fn complain(&mut self, sentence: &str) {
        self.add(Stream::Err, format!("{sentence}\n"));
    }

    /// Parts what went to standard output from the rest.
    pub(super) fn part(self) -> (Vec<u8>, Vec<(Stream, Vec<u8>)>) {
        let (out, rest): (Vec<_>, Vec<_>) = self.pieces.into_iter().partition(|(stream, _)| *stream == Stream::Out);
        (out.into_iter().flat_map(|(_, bytes)| bytes).collect(), rest)
    }
}
