//! What may stand behind `|` in the workbook: the syntax of a line as a shell reads it, and a few filters over text.
//! Bytes in, bytes out, no process is started, no file is opened. Knows no docker.

mod args;
mod cut;
mod grep;
mod jq;
mod lines;
mod sort;
mod syntax;
mod wc;

pub use syntax::{Connector, Part, Pipeline, Script, SyntaxError, Word, parse};

/// What a filter came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: String,
    /// Exit status.
    pub status: i32,
}

/// The filters, for completion and for messages.
pub const FILTERS: &[&str] = &["grep", "jq", "wc", "head", "tail", "sort", "uniq", "cut"];

/// Runs a filter over its input; `None` where there is none of that name.
pub fn run(name: &str, arguments: &[String], input: &[u8]) -> Option<Outcome> {
    let result = match name {
        "grep" => grep::run(arguments, input),
        "jq" => jq::run(arguments, input),
        "wc" => wc::run(arguments, input),
        "head" => lines::head(arguments, input),
        "tail" => lines::tail(arguments, input),
        "sort" => sort::sort(arguments, input),
        "uniq" => sort::uniq(arguments, input),
        "cut" => cut::run(arguments, input),
        _ => return None,
    };
    Some(result.unwrap_or_else(|failure| failure))
}

impl Outcome {
    fn ok(stdout: Vec<u8>) -> Self {
        Self { stdout, ..Self::default() }
    }

    fn failed(stderr: impl Into<String>, status: i32) -> Self {
        Self { stdout: Vec::new(), stderr: stderr.into(), status }
    }
}

/// Parts input into lines without their newlines.
fn lines_of(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = input.strip_suffix(b"\n").unwrap_or(input);
    let none = input.is_empty();
    body.split(|byte| *byte == b'\n').filter(move |_| !none)
}

fn join<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    for line in lines {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out
}

/// No filter opens files: the workbook has none to open.
fn no_file(program: &str, name: &str, status: i32) -> Outcome {
    Outcome::failed(format!("{program}: {name}: No such file or directory\n"), status)
}
