//! Running lines and programs.

use super::compound::{Fault, Program};
use super::document::{HereDocument, here_document};
use super::session::OnFailure;
use super::{Dialect, Found, Session, Stream, Written};
use crate::container::Ended;
use crate::container::binary::{self, Form};
use crate::container::files::{Errno, Follow, NodeId};
use crate::container::programs;
use crate::pipe::{self, Outcome, Script, SyntaxError, Word};

/// How deep scripts and substitutions may call one another.
const DEEPEST: usize = 32;
const NOT_FOUND: i32 = 127;
const CANNOT_RUN: i32 = 126;
const SYNTAX: i32 = 2;

/// Words of a shell that this one has not.
const KEYWORDS: &[&str] = &["case", "esac", "function", "select", "{", "}", "[[", "!", "if", "for", "while", "until"];

impl Session<'_> {
    /// Tells whether more is to come before a line can run: the end of a construct, of a quoted text, or of a here-document.
    pub(super) fn is_incomplete(text: &str) -> bool {
        match here_document(text) {
            Some((_, document)) if !document.ended => true,
            Some((before, document)) if !Self::is_incomplete(before) => Self::is_incomplete(&document.after),
            _ if Self::goes_on(text) => true,
            _ => match Script::parse_with_variables(text) {
                Ok(script) => matches!(Program::of(&script), Err(Fault::Incomplete(_))),
                Err(SyntaxError::Quote { .. } | SyntaxError::Substitution { .. }) => true,
                Err(SyntaxError::Unfinished { token }) => matches!(token.as_str(), "|" | "&&" | "||"),
                Err(_) => false,
            },
        }
    }

    /// Tells whether a text ends with a backslash that takes the line break behind it away: one that is none of a pair, and stands
    /// neither in single quotes nor in a comment nor in a here-document.
    pub(super) fn goes_on(text: &str) -> bool {
        let backslashes = text.bytes().rev().take_while(|byte| *byte == b'\\').count();
        let last = text.lines().next_back().unwrap_or_default().trim_start();
        let is_quoted = || matches!(Script::parse_with_variables(text), Err(SyntaxError::Quote { quote: '\'', .. }));
        backslashes % 2 == 1 && !last.starts_with('#') && here_document(text).is_none() && !is_quoted()
    }

    /// Runs a line, or several.
    pub(super) fn line(&mut self, line: &str, input: &[u8], written: &mut Written) {
        if let Some((before, document)) = here_document(line) {
            return self.with_document(before, &document, input, written);
        }
        match Script::parse_with_variables(line) {
            Ok(script) => self.script(&script, input, written),
            Err(error) => {
                written.complain(&format!("{}: syntax error: {error}", self.own_name()));
                self.status = SYNTAX;
            }
        }
    }

    /// Runs the lines before a here-document, its own with it, and those behind.
    fn with_document(&mut self, before: &str, document: &HereDocument, input: &[u8], written: &mut Written) {
        if Self::is_incomplete(before) {
            // Its lines must not run as commands.
            written.complain(&format!("{}: this small shell knows no << inside of a construct", self.own_name()));
            self.status = SYNTAX;
            return;
        }
        if !before.is_empty() {
            self.line(before, input, written);
        }
        if !self.leaving {
            let body = self.document_text(document, written);
            self.with_input(|session| session.line(&document.line, body.as_bytes(), written));
        }
        if !self.leaving && !document.after.is_empty() {
            self.line(&document.after, input, written);
        }
    }

    fn script(&mut self, script: &Script, input: &[u8], written: &mut Written) {
        if self.depth >= DEEPEST {
            written.complain(&format!("{}: nested deeper than {DEEPEST} levels", self.own_name()));
            self.status = SYNTAX;
            return;
        }
        match Program::of(script) {
            Ok(program) => {
                self.depth += 1;
                self.program(&program, input, written);
                self.depth -= 1;
            }
            Err(fault) => {
                let what = match fault {
                    Fault::Incomplete(end) => format!("unexpected end of file (expecting \"{end}\")"),
                    Fault::Unexpected(word) => format!("unexpected \"{word}\""),
                };
                written.complain(&format!("{}: syntax error: {what}", self.own_name()));
                self.status = SYNTAX;
            }
        }
    }

    /// Runs commands from left to right, each on the whole output of the one before it.
    pub(super) fn pipeline(&mut self, commands: &[pipe::Command], input: &[u8], written: &mut Written) {
        if let Some(positive) = negated(commands) {
            self.pipeline(&positive, input, written);
            self.status = i32::from(self.status == 0);
            return;
        }
        let (last, feeding) = match commands {
            [] => return,
            [only] => return self.command(only, input, written),
            [feeding @ .., last] => (last, feeding),
        };
        let mut passed: Option<Vec<u8>> = None;
        let piped = std::mem::replace(&mut self.piped, true);
        for command in feeding {
            let mut here = Written::default();
            self.apart(|session| session.fed(command, passed.as_deref(), input, &mut here));
            let (out, rest) = here.part();
            written.pieces.extend(rest);
            passed = Some(out);
            if self.reading.starved {
                break;
            }
        }
        self.piped = piped;
        if !self.reading.starved {
            self.apart(|session| session.fed(last, passed.as_deref(), input, written));
        }
    }

    /// Does some work as a shell of its own: it cannot end this one, and its variables go with it.
    pub(super) fn apart<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let (variables, arguments, at) = (self.variables.clone(), self.arguments.clone(), self.at);
        let on_failure = self.on_failure;
        let done = work(self);
        (self.variables, self.arguments, self.at, self.leaving) = (variables, arguments, at, false);
        self.on_failure = on_failure;
        done
    }

    /// Runs a command on what the one before it passed on, or else on the input of all.
    fn fed(&mut self, command: &pipe::Command, passed: Option<&[u8]>, input: &[u8], written: &mut Written) {
        match passed {
            Some(passed) => self.with_input(|session| session.command(command, passed, written)),
            None => self.command(command, input, written),
        }
    }

    fn command(&mut self, command: &pipe::Command, input: &[u8], written: &mut Written) {
        let assigned = command.words.iter().take_while(|word| assignment(word).is_some()).count();
        let (assignments, words) = command.words.split_at(assigned);
        self.status = if words.is_empty() { 0 } else { self.status };
        let mut expanded = Vec::new();
        for word in words {
            expanded.extend(self.expand(word, written));
        }
        let mut pairs = Vec::new();
        for word in assignments {
            let text = self.expand_to_one(word, written);
            pairs.extend(text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        self.redirected(&command.redirections, input, written, |session, input, here| {
            if expanded.is_empty() {
                for (name, value) in &pairs {
                    session.set(name, value);
                }
            } else {
                session.with_variables(&pairs, &expanded, input, here);
            }
        });
    }

    /// `NAME=VALUE COMMAND`: the variables are there for this command alone.
    fn with_variables(&mut self, pairs: &[(String, String)], words: &[String], input: &[u8], written: &mut Written) {
        let before: Vec<_> = pairs.iter().map(|(name, _)| (name, self.variable(name).cloned())).collect();
        for (name, value) in pairs {
            self.export(name, value);
        }
        self.simple(words, input, written);
        for (name, variable) in before {
            self.variables.retain(|known| known.name != *name);
            self.variables.extend(variable);
        }
    }

    /// Runs a command by name: a word of the shell, or a program.
    pub(super) fn simple(&mut self, words: &[String], input: &[u8], written: &mut Written) {
        let name = words[0].as_str();
        if KEYWORDS.contains(&name) {
            written.complain(&format!(
                "{}: `{name}`: this small shell has loops and conditions at the beginning of a command only, and no functions",
                self.own_name()
            ));
            self.status = SYNTAX;
            return;
        }
        if let Some(outcome) = self.builtin(words, input, written) {
            self.status = outcome.status;
            written.add(Stream::Out, outcome.stdout);
            written.add(Stream::Err, outcome.stderr);
            return;
        }
        let input = self.unread(input);
        match self.look_up(name) {
            Found::Program(id) => match self.with_rest(|session| session.execute(id, words, input, written)) {
                Ended::Exited(status) => self.status = status,
                Ended::Shell => self.inner_shell(input, written),
                Ended::CannotRun(sentence) => {
                    written.complain(&sentence);
                    self.status = CANNOT_RUN;
                }
                Ended::NotStarted { reason: _, status } => {
                    written.complain(&self.not_found(name));
                    self.status = status;
                }
            },
            Found::Directory => self.refuse(name, "Is a directory", "Permission denied", written),
            Found::NotExecutable => self.refuse(name, "Permission denied", "Permission denied", written),
            Found::Nothing => {
                if let Some(program) = programs::find(name).filter(|_| self.stands_alone()) {
                    self.status = self.imitate(program, words, input, written);
                } else {
                    written.complain(&self.not_found(name));
                    self.status = NOT_FOUND;
                }
            }
        }
    }

    /// A busybox that nothing links to is built to find its own parts by name.
    fn stands_alone(&self) -> bool {
        let has = |path| self.find(path, Follow::Last).is_ok();
        self.dialect == Dialect::Busybox && has("/bin/busybox") && !has("/bin/sh")
    }

    fn refuse(&mut self, name: &str, bash: &str, others: &str, written: &mut Written) {
        let sentence = match self.dialect {
            Dialect::Bash => format!("bash: {name}: {bash}"),
            Dialect::Dash => format!("sh: 1: {name}: {others}"),
            Dialect::Busybox => format!("sh: {name}: {others}"),
        };
        written.complain(&sentence);
        self.status = CANNOT_RUN;
    }

    fn not_found(&self, name: &str) -> String {
        match self.dialect {
            Dialect::Bash if name.contains('/') => format!("bash: {name}: No such file or directory"),
            Dialect::Bash => format!("bash: {name}: command not found"),
            Dialect::Dash => format!("sh: 1: {name}: not found"),
            Dialect::Busybox => format!("sh: {name}: not found"),
        }
    }

    /// A shell in a shell: what is passed to it is its script.
    fn inner_shell(&mut self, input: &[u8], written: &mut Written) {
        if input.is_empty() {
            written.complain(&format!(
                "{}: you are in a shell already; a second one inside it would look the same",
                self.own_name()
            ));
            self.status = 0;
            return;
        }
        let text = String::from_utf8_lossy(input).into_owned();
        self.nested(&text, &[], written);
    }

    /// Runs lines as a shell of their own: variables and place are as before afterwards.
    pub(super) fn nested(&mut self, text: &str, arguments: &[String], written: &mut Written) {
        self.nested_with(text, arguments, &[], OnFailure::default(), written);
    }

    /// Runs a program that was found.
    pub(super) fn execute(&mut self, id: NodeId, words: &[String], input: &[u8], written: &mut Written) -> Ended {
        if let Some(text) = self.settings.prints.get(&words.join(" ")) {
            let end = if text.ends_with('\n') { "" } else { "\n" };
            written.add(Stream::Out, format!("{text}{end}"));
            return Ended::Exited(0);
        }
        let name = words[0].rsplit('/').next().unwrap_or_default();
        if let Some(dialect) = self.shell_of(id, name) {
            return self.shell(dialect, &words[1..], input, written);
        }
        if name == "busybox" && self.is_busybox(id) {
            return self.applet(&words[1..], input, written);
        }
        if let Some(program) = programs::find(name) {
            return Ended::Exited(self.imitate(program, words, input, written));
        }
        match binary::form(self, id) {
            Form::Script { interpreter, text } => self.run_script(&interpreter, &text, words, input, written),
            Form::NoLoader => Ended::NotStarted { reason: "no such file or directory", status: NOT_FOUND },
            Form::Other(what) => Ended::CannotRun(binary::cannot_run(&words[0], &what)),
        }
    }

    fn imitate(&mut self, program: programs::Program, words: &[String], input: &[u8], written: &mut Written) -> i32 {
        let outcome: Outcome = program(self, words, input);
        written.add(Stream::Out, outcome.stdout);
        written.add(Stream::Err, outcome.stderr);
        outcome.status
    }

    /// `busybox APPLET ...`.
    fn applet(&mut self, words: &[String], input: &[u8], written: &mut Written) -> Ended {
        let Some(name) = words.first() else {
            written.add(Stream::Out, "BusyBox multi-call binary.\n\nUsage: busybox [function [arguments]...]\n");
            return Ended::Exited(0);
        };
        self.dialect = Dialect::Busybox;
        if matches!(name.as_str(), "sh" | "ash") {
            return self.shell(Dialect::Busybox, &words[1..], input, written);
        }
        match programs::find(name) {
            Some(program) => Ended::Exited(self.imitate(program, words, input, written)),
            None if self.is_there(name) => {
                Ended::CannotRun(binary::cannot_run(name, "a part of busybox, a program in machine code"))
            }
            None => {
                written.complain(&format!("{name}: applet not found"));
                Ended::Exited(NOT_FOUND)
            }
        }
    }

    /// `sh`, `sh -c LINE`, `sh FILE`.
    fn shell(&mut self, dialect: Dialect, words: &[String], input: &[u8], written: &mut Written) -> Ended {
        let outer = self.dialect;
        self.dialect = dialect;
        let flags = words.iter().take_while(|word| word.starts_with('-') && word.len() > 1).count();
        let (flags, rest) = words.split_at(flags);
        let inner = self.depth > 0;
        let ends = flags.iter().any(|flag| !flag.starts_with("--") && flag.contains('e'));
        let on_failure = OnFailure { ends, conditions: 0 };
        if flags.iter().any(|flag| !flag.starts_with("--") && flag.contains('c')) {
            let Some((line, arguments)) = rest.split_first() else {
                written.complain(&format!("{}: -c requires an argument", self.own_name()));
                return Ended::Exited(SYNTAX);
            };
            let arguments = arguments.get(1..).unwrap_or_default().to_vec();
            self.nested_with(line, &arguments, input, on_failure, written);
        } else if let Some((file, arguments)) = rest.split_first() {
            match self.read(file) {
                Ok(text) => {
                    let text = String::from_utf8_lossy(&text);
                    self.nested_with(&text, arguments, &[], on_failure, written);
                }
                Err(error) => {
                    let error = if error == Errno::NoEntry {
                        "No such file or directory".to_owned()
                    } else {
                        error.to_string()
                    };
                    written.complain(&format!("{}: {file}: {error}", self.own_name()));
                    self.status = NOT_FOUND;
                }
            }
        } else {
            if inner {
                self.dialect = outer;
            } else {
                self.on_failure = on_failure;
            }
            return Ended::Shell;
        }
        if inner {
            self.dialect = outer;
        }
        Ended::Exited(self.status)
    }

    fn nested_with(
        &mut self,
        text: &str,
        arguments: &[String],
        input: &[u8],
        on_failure: OnFailure,
        written: &mut Written,
    ) {
        self.apart(|session| {
            (session.arguments, session.on_failure, session.status) = (arguments.to_vec(), on_failure, 0);
            session.line(text, input, written);
        });
    }

    /// A script of an image: one that ends by running its arguments is taken as a door to them; one of plain commands
    /// runs; any other says what it is.
    fn run_script(
        &mut self,
        interpreter: &str,
        text: &str,
        words: &[String],
        input: &[u8],
        written: &mut Written,
    ) -> Ended {
        let by = interpreter.split_whitespace().find(|word| !word.ends_with("/env")).unwrap_or("/bin/sh");
        if self.find(by, Follow::Last).is_err() && by.contains('/') {
            return Ended::NotStarted { reason: "no such file or directory", status: NOT_FOUND };
        }
        let is_shell = matches!(by.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash"));
        let passes_on = text.lines().any(|line| line.trim() == r#"exec "$@""#);
        if is_shell && passes_on && words.len() > 1 {
            let rest = &words[1..];
            return match self.look_up(&rest[0]) {
                Found::Program(id) => self.execute(id, rest, input, written),
                Found::Directory | Found::NotExecutable => {
                    Ended::NotStarted { reason: "permission denied", status: CANNOT_RUN }
                }
                Found::Nothing => {
                    written.complain(&format!("{}: exec: {}: not found", words[0], rest[0]));
                    Ended::Exited(NOT_FOUND)
                }
            };
        }
        let script = Script::parse_with_variables(text).ok().filter(|script| is_shell && is_plain(script));
        match script {
            Some(_) => {
                self.nested_with(text, &words[1..], input, OnFailure::default(), written);
                Ended::Exited(self.status)
            }
            None => Ended::CannotRun(binary::cannot_run(&words[0], &format!("a script for {by}"))),
        }
    }

    /// Returns the name under which the shell speaks.
    pub(super) fn own_name(&self) -> &'static str {
        match self.dialect {
            Dialect::Bash => "bash",
            Dialect::Dash | Dialect::Busybox => "sh",
        }
    }

    /// Runs the line of a substitution and returns what it wrote.
    pub(super) fn substitute(&mut self, script: &Script, written: &mut Written) -> String {
        let mut here = Written::default();
        let piped = std::mem::replace(&mut self.piped, true);
        self.apart(|session| session.with_input(|session| session.script(script, &[], &mut here)));
        self.piped = piped;
        let (out, rest) = here.part();
        written.pieces.extend(rest);
        String::from_utf8_lossy(&out).trim_end_matches('\n').to_owned()
    }
}

/// Returns the commands behind `!`.
pub(super) fn negated(commands: &[pipe::Command]) -> Option<Vec<pipe::Command>> {
    let word = commands.first()?.words.first().filter(|word| word.parts.iter().all(|part| !part.quoted))?;
    (word.literal()? == "!" && commands[0].words.len() > 1).then(|| {
        let mut positive = commands.to_vec();
        positive[0].words.remove(0);
        positive
    })
}

/// Tells whether a script has nothing that this shell has not.
fn is_plain(script: &Script) -> bool {
    let first = |command: &pipe::Command| command.words.first().and_then(Word::literal);
    let mut commands = script.steps.iter().flat_map(|step| &step.commands);
    commands
        .all(|command| first(command).is_none_or(|name| !KEYWORDS.contains(&name.as_str()) && !name.ends_with("()")))
}

/// Returns the variable's name where a word is an assignment.
fn assignment(word: &Word) -> Option<&str> {
    let pipe::Part { piece: pipe::Piece::Literal(text), quoted: false } = word.parts.first()? else { return None };
    let (name, _) = text.split_once('=')?;
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    (begins && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')).then_some(name)
}
