//! Running lines: lists, pipelines and simple commands.

use super::invoke::SYNTAX;
use super::state::{Leaves, Origin, Own};
use super::syntax::{Command, Compound, Item, List, Parser, Simple, SyntaxError, When};
use super::{Dialect, Session, Stream, Written};
use crate::container::files::NodeId;

/// How deep scripts, functions and substitutions may call one another.
pub(super) const DEEPEST: usize = 32;
/// The process that the first `&` begins.
const FIRST_PROCESS: u32 = 7;

/// What a shell inside of another one cannot change.
struct Outer {
    variables: Vec<super::state::Variable>,
    arguments: Vec<String>,
    at: NodeId,
    own: Own,
}

impl Session<'_> {
    /// Tells whether more is to come before a line can run: the end of a construct, of a quoted text, or of a here-document.
    pub(super) fn is_incomplete(&self, text: &str) -> bool {
        let mut parser = Parser::new(text, self.dialect);
        parser.set_aliases(&self.own.aliases);
        loop {
            match parser.next_line() {
                Ok(Some(_)) => {}
                Ok(None) => return parser.is_open(),
                Err(error) => return error.is_incomplete(),
            }
        }
    }

    /// Runs a line, or several, one after the other: what stands before a fault runs.
    pub(super) fn line(&mut self, text: &str, input: &[u8], written: &mut Written) {
        if self.depth >= DEEPEST {
            written.complain(&format!("{}: nested deeper than {DEEPEST} levels", self.speaker()));
            return self.give_up(SYNTAX);
        }
        self.depth += 1;
        let has_aliases = self.dialect != Dialect::Bash || self.place.origin == Origin::Typed;
        let mut parser = Parser::new(text, self.dialect);
        while !self.stops() {
            if has_aliases {
                parser.set_aliases(&self.own.aliases);
            }
            match parser.next_line() {
                Ok(Some(list)) => self.list(&list, input, written),
                Ok(None) => break,
                Err(error) => {
                    self.place.line = self.place.before + parser.line();
                    written.complain(&self.fault_in(&error, &parser.line_text()));
                    self.give_up(if matches!(error, SyntaxError::BadName { .. }) && self.dialect == Dialect::Bash {
                        1
                    } else {
                        SYNTAX
                    });
                }
            }
        }
        self.depth -= 1;
    }

    /// Runs pipelines one after the other, as far as `&&` and `||` let them.
    pub(super) fn list(&mut self, list: &List, input: &[u8], written: &mut Written) {
        for (number, item) in list.iter().enumerate() {
            let runs = match item.when {
                When::Always => true,
                When::Succeeded => self.status == 0,
                When::Failed => self.status != 0,
            };
            if !runs || self.stops() {
                continue;
            }
            self.item(item, input, written);
            let is_asked = item.is_negated || list.get(number + 1).is_some_and(|next| next.when != When::Always);
            let is_answer = self.conditions > 0 || is_asked || !fails(item);
            if self.status != 0 && !is_answer && self.own.options.errexit {
                self.leaves = Leaves::Shell;
            }
        }
    }

    /// Runs commands whose status is asked for.
    pub(super) fn asked(&mut self, list: &List, input: &[u8], written: &mut Written) {
        self.conditions += 1;
        self.list(list, input, written);
        self.conditions -= 1;
    }

    fn item(&mut self, item: &Item, input: &[u8], written: &mut Written) {
        if item.is_background {
            // It runs here and now: nothing changes meanwhile.
            self.apart(|session| session.with_input(|session| session.pipeline(&item.commands, &[], written)));
            let last = self.own.last_background;
            self.own.last_background = Some(last.map_or(FIRST_PROCESS, |process| process + 1));
            self.status = 0;
            return;
        }
        if item.is_negated {
            self.conditions += 1;
        }
        self.pipeline(&item.commands, input, written);
        if item.is_negated {
            self.conditions -= 1;
            self.status = i32::from(self.status == 0);
        }
    }

    /// Runs commands from left to right, each on the whole output of the one before it.
    pub(super) fn pipeline(&mut self, commands: &[Command], input: &[u8], written: &mut Written) {
        let (last, feeding) = match commands {
            [] => return,
            [only] => return self.command(only, input, written),
            [feeding @ .., last] => (last, feeding),
        };
        let mut passed: Option<Vec<u8>> = None;
        let mut failed = 0;
        for command in feeding {
            let out = self.captured(written, |session, here| session.fed(command, passed.as_deref(), input, here));
            failed = if self.status == 0 { failed } else { self.status };
            let Some(out) = out else { return };
            passed = Some(out);
        }
        self.apart(|session| session.fed(last, passed.as_deref(), input, written));
        if self.own.options.pipefail && self.status == 0 {
            self.status = failed;
        }
    }

    /// Runs a command on what the one before it passed on, or else on the input of all.
    fn fed(&mut self, command: &Command, passed: Option<&[u8]>, input: &[u8], written: &mut Written) {
        match passed {
            Some(passed) => self.with_input(|session| session.command(command, passed, written)),
            None => self.command(command, input, written),
        }
    }

    /// Does what stands before a pipe and returns its output; nothing where it waits for more input.
    fn captured(&mut self, written: &mut Written, work: impl FnOnce(&mut Self, &mut Written)) -> Option<Vec<u8>> {
        let mut here = Written::default();
        let piped = std::mem::replace(&mut self.piped, true);
        self.apart(|session| work(session, &mut here));
        self.piped = piped;
        let (out, rest) = here.part();
        written.pieces.extend(rest);
        (!self.reading.starved).then_some(out)
    }

    /// Does some work as a shell of its own: it cannot end this one, and its variables go with it.
    pub(super) fn apart<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = Outer {
            variables: self.variables.clone(),
            arguments: self.arguments.clone(),
            at: self.at,
            own: self.own.clone(),
        };
        let (leaves, jump) = (self.leaves, self.jump);
        let done = work(self);
        (self.variables, self.arguments, self.at, self.own) = (outer.variables, outer.arguments, outer.at, outer.own);
        (self.leaves, self.jump) = (leaves, jump);
        done
    }

    /// Runs the commands of a substitution and returns what they wrote.
    pub(super) fn substitute(&mut self, list: &List, written: &mut Written) -> String {
        if self.depth >= DEEPEST {
            self.fail(&format!("nested deeper than {DEEPEST} levels"), SYNTAX, written);
            return String::new();
        }
        self.depth += 1;
        let out = self.captured(written, |session, here| {
            session.own.traps.clear();
            session.own.substitutions += 1;
            session.with_input(|session| session.list(list, &[], here));
            session.run_exit_trap(here);
        });
        self.depth -= 1;
        String::from_utf8_lossy(&out.unwrap_or_default()).trim_end_matches('\n').to_owned()
    }

    pub(super) fn command(&mut self, command: &Command, input: &[u8], written: &mut Written) {
        match command {
            Command::Simple(simple) => self.simple(simple, input, written),
            Command::Compound { compound, redirections } if redirections.is_empty() => {
                self.compound(compound, input, written);
            }
            Command::Compound { compound, redirections } => {
                self.redirected(redirections, input, written, |session, input, here| {
                    session.compound(compound, input, here);
                });
            }
        }
    }

    fn simple(&mut self, simple: &Simple, input: &[u8], written: &mut Written) {
        self.place.line = self.place.before + simple.line;
        let status = self.status;
        // The status of `X=$(...)` is that of the substitution.
        self.status = if simple.words.is_empty() { 0 } else { status };
        let mut words = Vec::new();
        for word in &simple.words {
            words.extend(self.expand(word, written));
        }
        let mut pairs = Vec::new();
        for assignment in &simple.assignments {
            let mut value = self.expand_to_one(&assignment.value, written);
            if assignment.appends {
                value.insert_str(0, self.value(&assignment.name).unwrap_or_default());
            }
            pairs.push((assignment.name.clone(), value));
        }
        if self.stops() {
            return;
        }
        self.trace(&pairs, &words, written);
        if words.first().is_some_and(|word| word == "exec") && words.len() > 1 {
            // What replaces the shell ends it, whatever is redirected.
            self.status = status;
        }
        self.redirected(&simple.redirections, input, written, |session, input, here| {
            if words.is_empty() {
                for (name, value) in &pairs {
                    session.assign(name, value, here);
                }
            } else {
                session.with_variables(&pairs, &words, input, here);
            }
        });
    }

    /// `NAME=VALUE COMMAND`: the variables are there for this command alone.
    fn with_variables(&mut self, pairs: &[(String, String)], words: &[String], input: &[u8], written: &mut Written) {
        let before: Vec<_> = pairs.iter().map(|(name, _)| (name, self.variable(name).cloned())).collect();
        for (name, value) in pairs {
            self.export(name, value);
        }
        self.named_command(words, input, written);
        for (name, variable) in before {
            self.variables.retain(|known| known.name != *name);
            self.variables.extend(variable);
        }
    }

    /// Runs a command by name: a function, a word of the shell, or a program.
    pub(super) fn named_command(&mut self, words: &[String], input: &[u8], written: &mut Written) {
        let Some(name) = words.first() else { return };
        match self.own.functions.get(name).cloned() {
            Some(body) => self.call(&body, &words[1..], input, written),
            None => self.builtin_or_program(words, input, written),
        }
    }

    /// Runs a command by name that is no function.
    pub(super) fn builtin_or_program(&mut self, words: &[String], input: &[u8], written: &mut Written) {
        match self.builtin(words, input, written) {
            Some(outcome) => {
                self.status = outcome.status;
                written.add(Stream::Out, outcome.stdout);
                written.add(Stream::Err, outcome.stderr);
            }
            None => self.program(words, input, written),
        }
    }

    /// Runs a function.
    fn call(&mut self, body: &Command, arguments: &[String], input: &[u8], written: &mut Written) {
        if self.depth >= DEEPEST {
            return self.fail(&format!("nested deeper than {DEEPEST} levels"), SYNTAX, written);
        }
        let outer = std::mem::replace(&mut self.arguments, arguments.to_vec());
        self.depth += 1;
        self.own.hidden.push(Vec::new());
        self.command(body, input, written);
        for (name, variable) in self.own.hidden.pop().unwrap_or_default().into_iter().rev() {
            self.variables.retain(|known| known.name != name);
            self.variables.extend(variable);
        }
        self.depth -= 1;
        self.arguments = outer;
        self.come_to_end(Leaves::Function);
    }
}

/// Tells whether `set -e` looks at a pipeline: what a construct ends with was looked at inside of it.
fn fails(item: &Item) -> bool {
    match item.commands.as_slice() {
        [Command::Compound { compound, .. }] => {
            matches!(compound, Compound::Subshell(_) | Compound::Condition(_) | Compound::Arithmetic(_))
        }
        _ => !item.is_background,
    }
}
