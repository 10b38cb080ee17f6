//! Where lines come from: a terminal or a pipe.

use std::io::{self, BufRead, Read, Write};

use super::complete::Known;
use super::row::Row;
use crate::docker::{Console, Person};

/// What was heard.
pub(super) use crate::docker::Typed as Heard;

/// Where lines come from.
pub(super) trait LineSource {
    /// Waits for the next line; `prompt` stands before it, with its final space.
    fn next_line(&mut self, prompt: &str) -> io::Result<Heard>;

    /// Returns what docker reads from while a command runs.
    fn hands(&mut self) -> Hands<'_>;

    /// Returns the row of the cursor; whoever writes while a line may be asked for writes through it.
    fn row(&self) -> Row {
        Row::default()
    }

    /// Tells whether Ctrl-C has ended what the last command read.
    fn was_interrupted(&mut self) -> bool {
        false
    }

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
    /// Who is asked for names and passwords; nobody where a pipe answers.
    pub(super) person: Option<&'a mut dyn Person>,
}

/// A command's standard input where lines are typed, each when it is asked for.
pub(super) struct Answers {
    next: Box<dyn FnMut() -> io::Result<Heard> + Send>,
    line: Vec<u8>,
    at: usize,
    interrupted: bool,
}

impl Answers {
    pub(super) fn new(next: impl FnMut() -> io::Result<Heard> + Send + 'static) -> Self {
        Self { next: Box::new(next), line: Vec::new(), at: 0, interrupted: false }
    }

    /// Forgets what the last command left of a line.
    pub(super) fn begin(&mut self) {
        (self.line, self.at, self.interrupted) = (Vec::new(), 0, false);
    }

    /// Tells, once, whether Ctrl-C ended a line.
    pub(super) fn was_interrupted(&mut self) -> bool {
        std::mem::take(&mut self.interrupted)
    }
}

impl Read for Answers {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Answers {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.line.len() {
            let line = match (self.next)()? {
                Heard::Line(line) => line + "\n",
                Heard::Interrupted => {
                    self.interrupted = true;
                    // Of the kind `Interrupted` it would be tried again.
                    return Err(io::Error::other("interrupted"));
                }
                Heard::Ended => String::new(),
            };
            (self.line, self.at) = (line.into_bytes(), 0);
        }
        Ok(&self.line[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

/// What stands before a line that goes on with the one above it.
pub(super) const CONTINUED: &str = "> ";

/// Tells whether a docker command goes on in the next line, as commands of manuals often do: it ends with a backslash.
pub(super) fn goes_on(line: &str) -> bool {
    let backslashes = line.bytes().rev().take_while(|byte| *byte == b'\\').count();
    backslashes % 2 == 1 && line.split_whitespace().next() == Some("docker")
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
        Hands { answers: &mut self.input, console: None, person: None }
    }

    fn next_line(&mut self, prompt: &str) -> io::Result<Heard> {
        loop {
            let Some(mut line) = self.line()? else { return Ok(Heard::Ended) };
            if line.trim().is_empty() {
                continue;
            }
            self.show(prompt, &line);
            while goes_on(&line)
                && let Some(more) = self.line()?
            {
                self.show(CONTINUED, &more);
                line.replace_range(line.len() - 1.., &more);
            }
            return Ok(Heard::Line(line));
        }
    }
}

impl<R: BufRead + Send, W: Write> Pipe<R, W> {
    /// Reads a line; `None` at the end of the input.
    fn line(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        let mut limited = Read::take(&mut self.input, LONGEST);
        if limited.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&bytes);
        Ok(Some(line.trim_start_matches('\u{feff}').trim_end_matches(['\n', '\r']).to_owned()))
    }

    fn show(&mut self, prompt: &str, line: &str) {
        // Who does not read the transcript still has the answers judged.
        let _ = writeln!(self.echo, "{prompt}{}", super::paint::neutral(line));
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
    fn answers_are_read_line_by_line_until_the_input_ends() {
        let mut typed = vec![Heard::Ended, Heard::Line("redis".to_owned()), Heard::Line("y".to_owned())];
        let mut answers = Answers::new(move || Ok(typed.pop().unwrap_or(Heard::Interrupted)));
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        let mut bytes = [0; 2];
        answers.read_exact(&mut bytes).unwrap();
        assert_eq!((line.as_str(), &bytes), ("y\n", b"re"));
        let mut rest = String::new();
        answers.read_to_string(&mut rest).unwrap();
        assert_eq!((rest.as_str(), answers.was_interrupted()), ("dis\n", false));
        assert!(answers.read(&mut bytes).is_err());
        assert_eq!((answers.was_interrupted(), answers.was_interrupted()), (true, false));
    }

    #[test]
    fn a_docker_command_goes_on_behind_a_backslash() {
        check("docker run \\\n  -d \\\nredis\n", &["docker run   -d redis"], "a > docker run \\\n>   -d \\\n> redis\n");
        check("docker ps \\\\\n7 \\\n", &["docker ps \\\\", "7 \\"], "a > docker ps \\\\\na > 7 \\\n");
        check("docker ps \\", &["docker ps \\"], "a > docker ps \\\n");
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
