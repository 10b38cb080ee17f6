//! Running programs, scripts and shells in shells.

use super::session::Ended;
use super::state::{Options, Origin, Own, Place};
use super::syntax::Parser;
use super::{Dialect, Found, Session, Stream, Written};
use crate::container::binary::{self, Form};
use crate::container::files::{Errno, Follow, NodeId};
use crate::container::programs;
use crate::pipe::Outcome;

pub(super) const NOT_FOUND: i32 = 127;
pub(super) const CANNOT_RUN: i32 = 126;
pub(super) const SYNTAX: i32 = 2;

/// A shell that begins: its lines, and what it knows.
struct Beginning<'b> {
    text: &'b str,
    arguments: &'b [String],
    input: &'b [u8],
    options: Options,
    origin: Origin,
    name: String,
}

impl Session<'_> {
    /// Runs a program by name.
    pub(super) fn program(&mut self, words: &[String], input: &[u8], written: &mut Written) {
        let name = words[0].as_str();
        let input = self.unread(input);
        match self.look_up(name) {
            Found::Program(id) => {
                if self.dialect == Dialect::Bash
                    && let Some(path) = self.which(name)
                {
                    self.export("_", &path);
                }
                let ended = self.with_rest(|session| session.execute(id, words, input, written));
                self.ended(ended, name, input, written);
            }
            Found::Directory => self.refuse(name, "Is a directory", "Permission denied", written),
            Found::NotExecutable => self.refuse(name, "Permission denied", "Permission denied", written),
            Found::Nothing if self.is_own_applet(name) => {
                let ended = self.with_rest(|session| session.applet(words, input, written));
                self.ended(ended, name, input, written);
            }
            Found::Nothing => {
                written.complain(&self.not_found(name));
                self.status = NOT_FOUND;
            }
        }
    }

    /// Runs a program for another one, on an input of its own.
    pub(in crate::container) fn run_program(&mut self, words: &[String], input: &[u8]) -> Outcome {
        let mut here = Written::default();
        if self.depth >= super::run::DEEPEST {
            here.complain(&format!("{}: nested too deep", words[0]));
            self.status = CANNOT_RUN;
        } else {
            self.depth += 1;
            self.with_input(|session| session.program(words, input, &mut here));
            self.depth -= 1;
        }
        let (stdout, rest) = here.part();
        let stderr = rest.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
        Outcome { stdout, stderr, status: self.status }
    }

    fn ended(&mut self, ended: Ended, name: &str, input: &[u8], written: &mut Written) {
        match ended {
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
        }
    }

    /// Tells whether a name is a part of the busybox that is the shell: one that nothing links to is built to find its own parts.
    pub(in crate::container) fn is_own_applet(&self, name: &str) -> bool {
        let has = |path| self.find(path, Follow::Last).is_ok();
        let stands_alone = self.dialect == Dialect::Busybox && has("/bin/busybox") && !has("/bin/sh");
        stands_alone && (programs::find(name).is_some() || matches!(name, "sh" | "ash"))
    }

    fn refuse(&mut self, name: &str, bash: &str, others: &str, written: &mut Written) {
        let reason = if self.dialect == Dialect::Bash { bash } else { others };
        written.complain(&format!("{}: {name}: {reason}", self.speaker()));
        self.status = CANNOT_RUN;
    }

    pub(super) fn not_found(&self, name: &str) -> String {
        let reason = match self.dialect {
            Dialect::Bash if name.contains('/') || self.value("PATH").is_none() => "No such file or directory",
            Dialect::Bash => "command not found",
            Dialect::Dash | Dialect::Busybox => "not found",
        };
        format!("{}: {name}: {reason}", self.speaker())
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
        let name = self.own_name().to_owned();
        let options = Options::default();
        self.begin(
            &Beginning { text: &text, arguments: &[], input: &[], options, origin: Origin::Input, name },
            written,
        );
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
        let told = programs::version(self, words);
        let outcome: Outcome = told.unwrap_or_else(|| program(self, words, input));
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
        let outer = std::mem::replace(&mut self.dialect, dialect);
        let ended = self.shell_here(words, input, written);
        let keeps = ended == Ended::Shell && self.depth == 0;
        if !keeps {
            self.dialect = outer;
        }
        ended
    }

    fn shell_here(&mut self, words: &[String], input: &[u8], written: &mut Written) -> Ended {
        let name = self.own_name().to_owned();
        let mut options = Options::default();
        let (mut rest, mut is_line) = (words, false);
        while let Some((flag, behind)) = rest.split_first().filter(|(word, _)| word.starts_with('-') && word.len() > 1)
        {
            rest = behind;
            if flag == "--version" {
                return self.version(written);
            }
            if flag.starts_with("--") {
                continue;
            }
            is_line |= flag.contains('c');
            for letter in flag[1..].chars() {
                options.switch(letter, true);
            }
            if flag.contains('o')
                && let Some((option, behind)) = rest.split_first()
            {
                options.switch_named(option, true, self.dialect);
                rest = behind;
            }
        }
        match rest.split_first() {
            None if is_line => {
                written.complain(&format!("{name}: {}", self.no_line()));
                return Ended::Exited(SYNTAX);
            }
            None => {
                if self.depth == 0 {
                    self.own.options = options;
                }
                self.place.name = name;
                self.set_up();
                return Ended::Shell;
            }
            Some((line, behind)) if is_line => {
                let (name, arguments) =
                    behind.split_first().map_or((name, behind), |(name, rest)| (name.clone(), rest));
                let beginning = Beginning { text: line, arguments, input, options, origin: Origin::Words, name };
                self.begin(&beginning, written);
            }
            Some((file, arguments)) => match self.read(file) {
                Ok(text) => {
                    let (text, name) = (String::from_utf8_lossy(&text), file.clone());
                    let beginning = Beginning { text: &text, arguments, input, options, origin: Origin::File, name };
                    self.begin(&beginning, written);
                }
                Err(error) => {
                    written.complain(&self.no_script(&name, file, error));
                    self.status = if self.dialect == Dialect::Bash { NOT_FOUND } else { SYNTAX };
                }
            },
        }
        Ended::Exited(self.status)
    }

    /// `--version`: only bash tells it, by the database of the image's packages.
    fn version(&mut self, written: &mut Written) -> Ended {
        match self.dialect {
            Dialect::Dash => {
                written.complain("sh: 0: Illegal option --");
                Ended::Exited(SYNTAX)
            }
            Dialect::Busybox => Ended::Exited(0),
            Dialect::Bash => {
                let version = self.version_of("bash").unwrap_or_default();
                let version = version.split('-').next().unwrap_or_default();
                let machine = self.settings.machine.clone();
                written.add(Stream::Out, format!("GNU bash, version {version}(1)-release ({machine}-pc-linux-gnu)\n"));
                Ended::Exited(0)
            }
        }
    }

    fn no_line(&self) -> &'static str {
        match self.dialect {
            Dialect::Bash => "-c: option requires an argument",
            Dialect::Dash => "0: -c requires an argument",
            Dialect::Busybox => "-c requires an argument",
        }
    }

    fn no_script(&self, name: &str, file: &str, error: Errno) -> String {
        match (self.dialect, error) {
            (Dialect::Bash, error) => format!("{name}: {file}: {error}"),
            (Dialect::Dash, Errno::NoEntry) => format!("{name}: 0: cannot open {file}: No such file"),
            (Dialect::Dash, error) => format!("{name}: 0: cannot open {file}: {error}"),
            (Dialect::Busybox, error) => format!("{name}: can't open '{file}': {error}"),
        }
    }

    /// Sets the variables that a shell sets itself when it begins.
    fn set_up(&mut self) {
        let at = self.files().path(self.at);
        self.export("PWD", &at);
        if self.dialect != Dialect::Dash {
            let level = self.value("SHLVL").and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
            self.export("SHLVL", &(level + 1).to_string());
        }
        if self.dialect == Dialect::Bash && self.value("SHELL").is_none() {
            self.set("SHELL", "/bin/bash");
        }
    }

    /// Runs lines as a shell of their own: it knows what is exported, and changes nothing of the one around it but files.
    fn begin(&mut self, beginning: &Beginning<'_>, written: &mut Written) {
        let Beginning { text, arguments, input, options, origin, name } = beginning;
        let place = Place { origin: *origin, name: name.clone(), before: 0, line: 0 };
        let before = std::mem::replace(&mut self.place, place);
        let (loops, conditions) = (std::mem::take(&mut self.loops), std::mem::take(&mut self.conditions));
        self.apart(|session| {
            session.own = Own { options: *options, ..Own::default() };
            session.variables.retain(|variable| variable.exported || variable.name == "IFS");
            (session.arguments, session.status) = (arguments.to_vec(), 0);
            session.set_up();
            session.line(text, input, written);
            session.run_exit_trap(written);
        });
        (self.loops, self.conditions, self.place) = (loops, conditions, before);
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
        if !is_shell || passes_on || !can_run(text) {
            return Ended::CannotRun(binary::cannot_run(&words[0], &format!("a script for {by}")));
        }
        let dialect = self.find(by, Follow::Last).ok().and_then(|id| self.shell_of(id, by)).unwrap_or(self.dialect);
        let outer = std::mem::replace(&mut self.dialect, dialect);
        let (options, name) = (Options::default(), words[0].clone());
        let beginning = Beginning { text, arguments: &words[1..], input: &[], options, origin: Origin::File, name };
        self.begin(&beginning, written);
        self.dialect = outer;
        Ended::Exited(self.status)
    }
}

/// Tells whether a script has nothing that this shell has not.
fn can_run(text: &str) -> bool {
    let mut parser = Parser::new(text, Dialect::Bash);
    loop {
        match parser.next_line() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}
