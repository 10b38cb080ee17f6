//! A whole line as one types it: docker commands, `$(...)`, `;`, `&&`, `||`, and pipes into filters.

use std::io::BufRead;

use futures_util::future::BoxFuture;

use super::{Command, Output, View, execute, parse};
use crate::engine::Engine;
use crate::pipe::{self, Connector, Part, Pipeline, Script, Word};

/// What a line came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LineOutcome {
    /// Exit status of the last pipeline that ran; 2 where the line could not be read.
    pub status: i32,
    /// The docker commands that ran, each with its exit status, in order; those that could not be parsed left out.
    pub commands: Vec<(Command, i32)>,
}

/// Runs a line. What a shell would do with files is refused in one sentence on standard error, before anything runs.
///
/// Cancel-safe as the commands are: dropping the future in the middle of a pull leaves no name.
pub async fn run_line(line: &str, engine: &Engine, view: &View, output: &mut Output<'_>) -> LineOutcome {
    let mut runner = Runner { engine, view, outcome: LineOutcome::default() };
    match pipe::parse(line) {
        Ok(script) => runner.script(&script, output).await,
        Err(error) => {
            runner.outcome.status = 2;
            // Nobody is left to tell where standard error is gone.
            let _ = writeln!(output.err, "layerbook: {error}.");
        }
    }
    runner.outcome
}

struct Runner<'a> {
    engine: &'a Engine,
    view: &'a View,
    outcome: LineOutcome,
}

impl Runner<'_> {
    async fn script(&mut self, script: &Script, output: &mut Output<'_>) {
        for (connector, pipeline) in &script.pipelines {
            let runs = match connector {
                Connector::Always => true,
                Connector::IfOk => self.outcome.status == 0,
                Connector::IfFailed => self.outcome.status != 0,
            };
            if runs {
                self.outcome.status = self.pipeline(pipeline, output).await;
            }
        }
    }

    async fn pipeline(&mut self, pipeline: &Pipeline, output: &mut Output<'_>) -> i32 {
        let mut input = Vec::new();
        let mut status = 0;
        let last = pipeline.commands.len().saturating_sub(1);
        for (number, command) in pipeline.commands.iter().enumerate() {
            let words = self.words(command, output).await;
            let Some((name, arguments)) = words.split_first() else { continue };
            if number == last && name == "docker" {
                // What asks reads the pipe, not the terminal.
                let mut piped: &[u8] = &input;
                let terminal = output.input.as_mut().map(|input| &mut **input as &mut (dyn BufRead + Send));
                let input = if number == 0 { terminal } else { Some(&mut piped as &mut (dyn BufRead + Send)) };
                let mut output = Output { out: &mut *output.out, err: &mut *output.err, input };
                return self.docker(arguments, &mut output, true).await;
            }
            let mut captured = Vec::new();
            status = if name == "docker" {
                let mut piped = Output::new(&mut captured, output.err);
                self.docker(arguments, &mut piped, false).await
            } else {
                filter(name, arguments, &input, &mut captured, output)
            };
            input = captured;
        }
        let shown = output.out.write_all(&input).and_then(|()| output.out.flush());
        if shown.is_ok() { status } else { 1 }
    }

    async fn docker(&mut self, arguments: &[String], output: &mut Output<'_>, shown: bool) -> i32 {
        let view = View { terminal: self.view.terminal && shown, ..self.view.clone() };
        let status = execute(arguments, self.engine, &view, output).await;
        self.outcome.commands.extend(parse(arguments).ok().map(|command| (command, status)));
        status
    }

    /// Expands words: what a `$(...)` prints is parted at blanks, unless it is quoted.
    fn words<'a>(&'a mut self, words: &'a [Word], output: &'a mut Output<'_>) -> BoxFuture<'a, Vec<String>> {
        Box::pin(async move {
            let mut expanded = Vec::new();
            for word in words {
                let mut current = None::<String>;
                for part in &word.parts {
                    match part {
                        Part::Text(text) => current.get_or_insert_default().push_str(text),
                        Part::Substitution { script, quoted } => {
                            let text = self.captured(script, output).await;
                            if *quoted {
                                current.get_or_insert_default().push_str(&text);
                            } else {
                                split(&text, &mut current, &mut expanded);
                            }
                        }
                    }
                }
                expanded.extend(current);
            }
            expanded
        })
    }

    /// Runs a script and returns what it printed, without its last newlines.
    async fn captured(&mut self, script: &Script, output: &mut Output<'_>) -> String {
        let mut captured = Vec::new();
        let mut inner = Runner { engine: self.engine, view: self.view, outcome: LineOutcome::default() };
        let view = View { terminal: false, ..self.view.clone() };
        inner.view = &view;
        inner.script(script, &mut Output::new(&mut captured, output.err)).await;
        self.outcome.commands.append(&mut inner.outcome.commands);
        String::from_utf8_lossy(&captured).trim_end_matches('\n').to_owned()
    }
}

/// Parts text into words; the first joins what stands before it, the last may be joined by what follows.
fn split(text: &str, current: &mut Option<String>, expanded: &mut Vec<String>) {
    if text.starts_with(char::is_whitespace) {
        expanded.extend(current.take());
    }
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        current.get_or_insert_default().push_str(word);
        if words.peek().is_some() || text.ends_with(char::is_whitespace) {
            expanded.extend(current.take());
        }
    }
}

fn filter(name: &str, arguments: &[String], input: &[u8], captured: &mut Vec<u8>, output: &mut Output<'_>) -> i32 {
    let outcome = pipe::run(name, arguments, input).unwrap_or_else(|| pipe::Outcome {
        stderr: format!("sh: 1: {name}: not found\n"),
        status: 127,
        ..pipe::Outcome::default()
    });
    captured.extend_from_slice(&outcome.stdout);
    let told = output.err.write_all(outcome.stderr.as_bytes());
    if told.is_ok() { outcome.status } else { 1 }
}
