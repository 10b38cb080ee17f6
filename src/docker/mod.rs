//! The docker command line inside the workbook: words in, Docker's exact text and exit status out.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::engine::Engine;

/// What rendering needs from outside.
#[derive(Debug, Clone)]
pub struct View {
    /// The time that ages are counted from.
    pub now: Timestamp,
    /// The zone for times in full.
    pub zone: TimeZone,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether standard output is a terminal: pull then redraws its lines.
    pub terminal: bool,
}

/// Where a command writes.
pub struct Output<'a> {
    /// Standard output.
    pub out: &'a mut (dyn Write + Send),
    /// Standard error.
    pub err: &'a mut (dyn Write + Send),
}

/// Runs one docker command; `words` are its arguments without `docker` itself. Returns the exit status.
pub async fn execute(words: &[String], engine: &Engine, view: &View, output: &mut Output<'_>) -> i32 {
    let _ = (words, engine, view, output);
    unimplemented!()
}

/// Runs a line of docker commands and pipes. Returns the exit status.
pub async fn run_line(line: &str, engine: &Engine, view: &View, output: &mut Output<'_>) -> i32 {
    let _ = (line, engine, view, output);
    unimplemented!()
}
