//! A whole line as a shell would run it: docker commands, filters behind `|`, `$(...)`, `;`, `&&` and `||`.
//! Opens no file, starts no process and knows no other program.

use std::io::BufRead;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::command::{self, Command};
use super::redirect::Streams;
use super::{Output, Terminals, View};
use crate::engine::Engine;
use crate::pipe::{self, Redirection, Script, Step, When};

/// A shell's exit status for a line that it cannot read.
const SYNTAX_STATUS: i32 = 2;

/// What came of a line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LineOutcome {
    /// Exit status of the last pipeline that ran.
    pub status: i32,
    /// The docker commands that ran, in this order; those of a `$(...)` before the command that it stands in.
    pub ran: Vec<RanCommand>,
}

/// A docker command that ran.
#[derive(Debug, Clone, PartialEq)]
pub struct RanCommand {
    /// Its arguments without `docker`, after quotes and substitutions.
    pub words: Vec<String>,
    /// What it asked for; `None` where Docker refused the words.
    pub command: Option<Command>,
    /// Its exit status.
    pub status: i32,
}

/// Tells whether a line begins with a docker command, variables assigned before it or not.
pub fn is_docker_line(line: &str) -> bool {
    let mut rest = line.trim_start();
    while let Some(after) = after_assignment(rest) {
        rest = after;
    }
    rest == "docker" || rest.starts_with("docker ")
}

/// Returns what stands behind `NAME=value`; `None` where the line does not begin so.
fn after_assignment(line: &str) -> Option<&str> {
    let (name, value) = line.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let mut quote = None;
    let ends = |c: char| {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            Some(_) | None => {}
        }
        quote.is_none() && c.is_whitespace()
    };
    let at = value.find(ends)?;
    is_name.then(|| value[at..].trim_start())
}

/// Runs a line. A line that cannot be read, or that redirects to a file, is refused whole: nothing of it runs.
pub async fn run_line(line: &str, engine: &Engine, view: &View, output: &mut Output<'_>) -> LineOutcome {
    let script = match Script::parse(line) {
        Ok(script) => script,
        Err(error) => return refuse(&format!("sh: 1: Syntax error: {error}"), output),
    };
    if let Some(redirection) = redirection(&script) {
        return refuse_file(redirection, output);
    }
    let mut shell = Shell { engine, ran: Vec::new() };
    let status = shell.script(&script, view, output).await;
    LineOutcome { status, ran: shell.ran }
}

fn refuse_file(redirection: &Redirection, output: &mut Output<'_>) -> LineOutcome {
    let typed = format!("{}{}", redirection.operator, redirection.target.literal().unwrap_or_default());
    refuse(&format!("sh: 1: `{typed}`: the workbook has no files to redirect to or from"), output)
}

fn refuse(sentence: &str, output: &mut Output<'_>) -> LineOutcome {
    let told = writeln!(output.err, "{sentence}").and_then(|()| output.err.flush());
    LineOutcome { status: told.map_or(1, |()| SYNTAX_STATUS), ran: Vec::new() }
}

/// Finds the first redirection that needs a file, also inside substitutions.
fn redirection(script: &Script) -> Option<&Redirection> {
    let mut commands = script.steps.iter().flat_map(|step| &step.commands);
    commands.find_map(|command| {
        let inner = || command.words.iter().flat_map(pipe::Word::substitutions).find_map(redirection);
        Streams::read(&command.redirections).err().or_else(inner)
    })
}

/// A command's words with all substitutions in their places.
#[derive(Default)]
struct Expanded {
    /// `NAME=value` before the command.
    assignments: Vec<(String, String)>,
    words: Vec<String>,
    status: i32,
}

/// A line that is running.
struct Shell<'e> {
    engine: &'e Engine,
    ran: Vec<RanCommand>,
}

impl Shell<'_> {
    /// Runs pipelines one after the other and returns the status of the last that ran. Boxed, since substitutions hold
    /// scripts of their own.
    fn script<'a>(&'a mut self, script: &'a Script, view: &'a View, output: &'a mut Output<'_>) -> BoxFuture<'a, i32> {
        async move {
            let mut status = 0;
            for Step { when, commands } in &script.steps {
                let runs = match when {
                    When::Always => true,
                    When::Succeeded => status == 0,
                    When::Failed => status != 0,
                };
                if runs {
                    status = self.pipeline(commands, view, output).await;
                }
            }
            status
        }
        .boxed()
    }

    /// Runs commands from left to right, each on the whole output of the one before it. What stands before a pipe
    /// does not write to a terminal; standard error of all goes through.
    async fn pipeline(&mut self, commands: &[pipe::Command], view: &View, output: &mut Output<'_>) -> i32 {
        let Some((last, feeding)) = commands.split_last() else { return 0 };
        let piped = View { terminal: false, ..view.clone() };
        let mut passed: Option<Vec<u8>> = None;
        for command in feeding {
            let mut bytes = Vec::new();
            let mut into = Output::new(&mut bytes, &mut *output.err);
            self.command(command, passed.as_deref(), &piped, &mut into).await;
            passed = Some(bytes);
        }
        self.command(last, passed.as_deref(), view, output).await
    }

    async fn command(
        &mut self,
        command: &pipe::Command,
        passed: Option<&[u8]>,
        view: &View,
        output: &mut Output<'_>,
    ) -> i32 {
        let Expanded { assignments, words, status: substituted } = self.words(command, view, output).await;
        let Some((name, rest)) = words.split_first() else { return substituted };
        let streams = match Streams::read(&command.redirections) {
            Ok(streams) => streams,
            Err(refused) => return refuse_file(refused, output).status,
        };
        let view = &View { terminal: view.terminal && streams.keeps_out(), ..view.clone() };
        let run = async |output: &mut Output<'_>| match (name.as_str(), passed) {
            ("docker", None) => self.docker(rest, &assignments, view, output).await,
            ("docker", Some(mut passed)) => {
                let input: Option<&mut (dyn BufRead + Send)> = Some(&mut passed);
                let terminals = Terminals { input: false, ..output.terminals };
                let (out, err) = (&mut *output.out, &mut *output.err);
                let columns = output.columns;
                let mut output = Output { out, err, input, terminals, person: None, console: None, columns };
                self.docker(rest, &assignments, view, &mut output).await
            }
            (name, passed) => filter(name, rest, passed.unwrap_or_default(), output),
        };
        streams.apply(output, run).await
    }

    /// Expands a command's words; the status is that of its last substitution.
    async fn words(&mut self, command: &pipe::Command, view: &View, output: &mut Output<'_>) -> Expanded {
        let piped = View { terminal: false, ..view.clone() };
        let mut expanded = Expanded::default();
        for word in &command.words {
            let mut outputs = Vec::new();
            for script in word.substitutions() {
                let mut bytes = Vec::new();
                let mut into = Output::new(&mut bytes, &mut *output.err);
                expanded.status = self.script(script, &piped, &mut into).await;
                outputs.push(String::from_utf8_lossy(&bytes).into_owned());
            }
            let fields = word.expand(&outputs);
            if expanded.words.is_empty() && word.is_assignment() {
                let pair = fields.join(" ");
                expanded
                    .assignments
                    .extend(pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())));
            } else {
                expanded.words.extend(fields);
            }
        }
        expanded
    }

    /// Runs a docker command; what is assigned before it is its environment.
    async fn docker(
        &mut self,
        words: &[String],
        assignments: &[(String, String)],
        view: &View,
        output: &mut Output<'_>,
    ) -> i32 {
        let assigned =
            |name: &str| assignments.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let (command, status) = match command::parse(words) {
            Ok(mut command) => {
                command.hand_on(&|name| assigned(name).or_else(|| (view.variable)(name)));
                let status = super::run(&command, self.engine, view, output).await;
                (Some(command), status)
            }
            Err(failure) => (None, super::report(&failure, output)),
        };
        self.ran.push(RanCommand { words: words.to_vec(), command, status });
        status
    }
}

/// Runs a filter; a name that is none gives the shell's sentence.
fn filter(name: &str, arguments: &[String], input: &[u8], output: &mut Output<'_>) -> i32 {
    let outcome = pipe::run(name, arguments, input);
    let said = output.out.write_all(&outcome.stdout).and_then(|()| output.out.flush());
    let told = output.err.write_all(outcome.stderr.as_bytes()).and_then(|()| output.err.flush());
    said.and(told).map_or(1, |()| outcome.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_docker_line_may_assign_variables_first() {
        for line in ["docker", "docker ps", "A=1 docker ps", "A=1 B='x y' docker ps", "A= docker run -e A x"] {
            assert!(is_docker_line(line), "{line}");
        }
        for line in
            ["", "dockerx", "A=1", "A=docker ps", "1=2 docker ps", "a b=c docker ps", "A='docker ps", "see docker ps"]
        {
            assert!(!is_docker_line(line), "{line}");
        }
    }
}
