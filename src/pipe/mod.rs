//! What may stand behind a pipe in the workbook: the line's syntax, and small filters over text that print what the
//! GNU tools and jq print. Filters read standard input, and files through [`Files`]; nothing here opens a file of the host, a
//! socket or a terminal.

mod cut;
mod ends;
mod grep;
mod input;
mod jq;
mod lines;
mod options;
mod parse;
mod pattern;
mod plain;
mod script;
mod sort;
mod sortkey;
mod uniq;
mod wc;

pub use input::{Files, NoFiles};
pub use script::{Command, Part, Piece, Redirection, Script, Step, SyntaxError, When, Word};

pub(crate) use pattern::{Syntax, translate};

use ends::End;
use input::Sources;

/// What a filter wrote and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error, in the words of the tool.
    pub stderr: String,
    /// Exit status.
    pub status: i32,
}

impl Outcome {
    fn written(stdout: Vec<u8>) -> Outcome {
        Outcome { stdout, ..Outcome::default() }
    }

    fn failed(sentence: &str, status: i32) -> Outcome {
        Outcome { stdout: Vec::new(), stderr: format!("{sentence}\n"), status }
    }

    /// Makes the answer of a coreutil to options that it has not.
    fn usage(command: &str, problem: &str, status: i32) -> Outcome {
        let hint = format!("Try '{command} --help' for more information.");
        Outcome::failed(&format!("{command}: {problem}\n{hint}"), status)
    }

    /// Adds a sentence to standard error and sets the status.
    fn complain(&mut self, sentence: &str, status: i32) {
        self.stderr.push_str(sentence);
        self.stderr.push('\n');
        self.status = status;
    }
}

const NAMES: &[&str] = &["cat", "cut", "echo", "false", "grep", "head", "jq", "sort", "tail", "true", "uniq", "wc"];

/// Lists the filters by name, sorted.
pub fn names() -> &'static [&'static str] {
    NAMES
}

/// Runs a filter on standard input; `arguments` come without the filter's name.
///
/// A filter that does not exist gives the shell's sentence and status 127.
pub fn run(name: &str, arguments: &[String], stdin: &[u8]) -> Outcome {
    run_among(name, arguments, stdin, &NoFiles)
}

/// Runs a filter where its operands may name files.
pub fn run_among(name: &str, arguments: &[String], stdin: &[u8], files: &dyn Files) -> Outcome {
    let sources = Sources { stdin, files };
    match name {
        "cat" => plain::cat(arguments, sources),
        "cut" => cut::run(arguments, sources),
        "echo" => plain::echo(arguments),
        "false" => Outcome { status: 1, ..Outcome::default() },
        "grep" => grep::run(arguments, sources),
        "head" => ends::run(End::Head, arguments, sources),
        "jq" => jq::run(arguments, stdin),
        "sort" => sort::run(arguments, sources),
        "tail" => ends::run(End::Tail, arguments, sources),
        "true" => Outcome::default(),
        "uniq" => uniq::run(arguments, sources),
        "wc" => wc::run(arguments, sources),
        _ => Outcome::failed(&format!("sh: 1: {name}: not found"), 127),
    }
}
