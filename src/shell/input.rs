//! Where lines come from: a terminal or a pipe.

use std::io::{self, BufRead, Write};

use super::complete::Known;
use crate::docker::Console;

/// Where lines come from.
pub(super) trait LineSource {
    /// Waits for the next line; `prompt` stands before it, with its final space.
    fn next_line(&mut self, prompt: &str) -> io::Result<Heard>;

    /// Returns what docker reads from while a command runs.
    fn hands(&mut self) -> Hands<'_>;

    /// Learns what can be completed at the next prompt. `known` is only called where it is of use.
    fn offer(&mut self, known: &mut dyn FnMut() -> Known) {
        let _ = known;
    }
}

/// What docker reads from while a command runs.
pub(super) struct Hands<'a> {
    /// Where it reads the answer to a question of its own.
    pub(super) answers: &'a mut (dyn BufRead + Send),
    /// Where lines for a container are typed; a pipe's come from the answers.
    pub(super) console: Option<&'a mut dyn Console>,
}

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// A line without its newline.
    Line(String),
    /// Ctrl-C: the line is void.
    Interrupted,
    /// Ctrl-D, or the end of the pipe.
    Ended,
}

/// Lines of a pipe or a file; blank ones are passed over. Prints the prompt and what was read, so that the output is a
/// whole transcript.
pub(super) struct Pipe<R, W> {
    input: R,
    echo: W,
}

/// The longest line that is read from a pipe, in bytes; nobody types more.
const LONGEST: u64 = 1024 * 1024;

impl<R: BufRead + Send, W: Write> Pipe<R, W> {
    /// Reads from `input` and writes prompts and lines to `echo`.
    pub(super) fn new(input: R, echo: W) -> Self {
        Self { input, echo }
    }
}

impl<R: BufRead + Send, W: Write> LineSource for Pipe<R, W> {
    fn hands(&mut self) -> Hands<'_> {
        Hands { answers: &mut self.input, console: None }
    }

    fn next_line(&mut self, prompt: &str) -> io::Result<Heard> {
        loop {
            let mut bytes = Vec::new();
            let mut limited = io::Read::take(&mut self.input, LONGEST);
            if limited.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(Heard::Ended);
            }
            let line = String::from_utf8_lossy(&bytes);
            let line = line.trim_start_matches('\u{feff}').trim_end_matches(['\n', '\r']).to_owned();
            if !line.trim().is_empty() {
                // Who does not read the transcript still has the answers judged.
                let _ = writeln!(self.echo, "{prompt}{}", super::paint::neutral(&line));
                return Ok(Heard::Line(line));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &[&str], echo: &str) {
        let mut written = Vec::new();
        let mut pipe = Pipe::new(input.as_bytes(), &mut written);
        for line in expected {
            assert_eq!(pipe.next_line("a > ").unwrap(), Heard::Line((*line).to_owned()));
        }
        assert_eq!(pipe.next_line("a > ").unwrap(), Heard::Ended);
        assert_eq!(String::from_utf8(written).unwrap(), echo);
    }

    #[test]
    fn lines_end_with_a_newline_a_carriage_return_or_the_pipe() {
        check("7\n", &["7"], "a > 7\n");
        check("\u{feff}7\r\nredis", &["7", "redis"], "a > 7\na > redis\n");
        check("", &[], "");
    }

    #[test]
    fn blank_lines_are_passed_over() {
        check("\n \n7\n\n", &["7"], "a > 7\n");
    }

    #[test]
    fn an_echoed_line_cannot_move_the_cursor() {
        check("\u{1b}[2J\n", &["\u{1b}[2J"], "a > ␛[2J\n");
    }
}
