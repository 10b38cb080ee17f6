//! Words that a shell has itself, whatever the image has.

use super::compound::Jump;
use super::{Dialect, Found, Session, Written};
use crate::container::files::{Errno, Follow, Want};
use crate::container::programs::{self, failed, said};
use crate::pipe::Outcome;

/// Names of the shell's own words; `history` only where someone types.
const NAMES: &[&str] = &[
    ".", ":", "[", "break", "cd", "command", "continue", "echo", "eval", "exec", "exit", "export", "false", "history",
    "logout", "printf", "pwd", "read", "set", "shift", "test", "true", "type", "umask", "unset",
];

impl Session<'_> {
    /// Runs a word of the shell's own; nothing where the name is none.
    pub(super) fn builtin(&mut self, words: &[String], input: &[u8], written: &mut Written) -> Option<Outcome> {
        let (name, arguments) = words.split_first()?;
        Some(match name.as_str() {
            "false" => Outcome { status: 1, ..Outcome::default() },
            "cd" => self.change_folder(arguments),
            "pwd" => said(format!("{}\n", self.files().path(self.at))),
            "exit" | "logout" => self.leave(arguments),
            "export" => self.export_words(arguments),
            "unset" => {
                self.variables.retain(|variable| !arguments.contains(&variable.name));
                Outcome::default()
            }
            "set" if arguments.is_empty() => self.list_variables(),
            "set" => self.set_arguments(arguments),
            "shift" => self.shift(arguments),
            "break" | "continue" => self.jump(name, arguments),
            "read" => self.read_line(arguments, input),
            "umask" => said("0022\n"),
            "type" => self.types(arguments),
            "command" => self.command_word(arguments, input, written),
            "history" if self.dialect != Dialect::Dash => self.list_history(),
            "eval" => {
                self.line(&arguments.join(" "), input, written);
                Outcome { status: self.status, ..Outcome::default() }
            }
            "exec" if !arguments.is_empty() => {
                self.simple(arguments, input, written);
                self.leaving = true;
                Outcome { status: self.status, ..Outcome::default() }
            }
            ":" | "true" | "exec" => Outcome::default(),
            "." | "source" => self.source(name, arguments, written),
            "echo" if self.dialect == Dialect::Dash => programs::dash_echo(arguments),
            "test" | "[" | "echo" | "printf" => programs::find(name)?(self, words, input),
            _ => return None,
        })
    }

    fn change_folder(&mut self, arguments: &[String]) -> Outcome {
        let home = self.value("HOME").unwrap_or("/").to_owned();
        let (target, tell) = match arguments.first().map(String::as_str) {
            None | Some("~") => (home, false),
            Some("-") if self.previous.is_empty() => return self.complain("cd: OLDPWD not set", 1),
            Some("-") => (self.previous.clone(), true),
            Some(target) => (target.to_owned(), false),
        };
        let found = self.find(&target, Follow::Last).and_then(|id| match self.files().node(id) {
            node if !node.is_directory() => Err(Errno::NotDirectory),
            node if !self.who.may(Want::Pass, node) => Err(Errno::Access),
            _ => Ok(id),
        });
        match found {
            Ok(id) => {
                self.previous = self.files().path(self.at);
                self.at = id;
                said(if tell { format!("{}\n", self.files().path(id)) } else { String::new() })
            }
            Err(error) => match self.dialect {
                Dialect::Bash => self.complain(&format!("cd: {target}: {error}"), 1),
                Dialect::Dash => self.complain(&format!("cd: can't cd to {target}"), 2),
                Dialect::Busybox => self.complain(&format!("cd: can't cd to {target}: {error}"), 2),
            },
        }
    }

    fn leave(&mut self, arguments: &[String]) -> Outcome {
        let status = arguments.first().map_or(Ok(self.status), |word| word.parse::<i32>());
        match status {
            Ok(status) => {
                self.leaving = true;
                Outcome { status: status & 0xff, ..Outcome::default() }
            }
            Err(_) => self.complain(&format!("exit: Illegal number: {}", arguments[0]), 2),
        }
    }

    fn export_words(&mut self, arguments: &[String]) -> Outcome {
        if arguments.is_empty() || arguments == ["-p"] {
            let mut exported: Vec<_> = self.variables.iter().filter(|variable| variable.exported).collect();
            exported.sort_by(|a, b| a.name.cmp(&b.name));
            let word = if self.dialect == Dialect::Bash { "declare -x" } else { "export" };
            let quote = if self.dialect == Dialect::Bash { '"' } else { '\'' };
            return said(
                exported.iter().map(|v| format!("{word} {}={quote}{}{quote}\n", v.name, v.value)).collect::<String>(),
            );
        }
        for word in arguments {
            match word.split_once('=') {
                Some((name, value)) => self.export(name, value),
                None => self.mark(word),
            }
        }
        Outcome::default()
    }

    /// `set -- WORD...`; options of the shell itself change nothing here.
    fn set_arguments(&mut self, words: &[String]) -> Outcome {
        let mut rest = words;
        while let Some((word, behind)) = rest.split_first() {
            match word.as_str() {
                "--" => {
                    self.arguments = behind.to_vec();
                    return Outcome::default();
                }
                sign @ ("-o" | "+o") => {
                    if behind.first().is_some_and(|name| name == "errexit") {
                        self.on_failure.ends = sign == "-o";
                    }
                    rest = behind.get(1..).unwrap_or_default();
                }
                word if word.starts_with(['-', '+']) => {
                    if word.contains('e') {
                        self.on_failure.ends = word.starts_with('-');
                    }
                    // `-euo pipefail`: the name of an option stands behind its letters.
                    rest = if word.ends_with('o') { behind.get(1..).unwrap_or_default() } else { behind };
                }
                _ => {
                    self.arguments = rest.to_vec();
                    return Outcome::default();
                }
            }
        }
        Outcome::default()
    }

    /// `break [N]`, `continue [N]`; outside of loops they do nothing.
    fn jump(&mut self, name: &str, words: &[String]) -> Outcome {
        let level = words.first().map_or(Ok(1), |word| word.parse::<usize>());
        match level {
            Ok(level) if level > 0 => {
                let level = level.min(self.loops);
                self.jump = (level > 0).then_some(Jump { again: name == "continue", level });
                Outcome::default()
            }
            Ok(_) | Err(_) => self.complain(&format!("{name}: Illegal number: {}", words[0]), 2),
        }
    }

    fn shift(&mut self, words: &[String]) -> Outcome {
        let count = words.first().map_or(Ok(1), |word| word.parse::<usize>());
        match (count, self.dialect) {
            (Ok(count), _) if count <= self.arguments.len() => {
                self.arguments.drain(..count);
                Outcome::default()
            }
            (Ok(_), Dialect::Dash) => self.complain("shift: can't shift that many", 2),
            (Ok(_), Dialect::Bash | Dialect::Busybox) => Outcome { status: 1, ..Outcome::default() },
            (Err(_), _) => self.complain(&format!("shift: Illegal number: {}", words[0]), 2),
        }
    }

    fn list_variables(&self) -> Outcome {
        let mut all: Vec<_> = self.variables.iter().map(|v| format!("{}='{}'\n", v.name, v.value)).collect();
        all.sort();
        said(all.concat())
    }

    fn list_history(&self) -> Outcome {
        let lines = self.history.iter().enumerate();
        said(match self.dialect {
            Dialect::Busybox => lines.map(|(at, line)| format!("{at:4} {line}\n")).collect::<String>(),
            Dialect::Dash | Dialect::Bash => lines.map(|(at, line)| format!("{:5}  {line}\n", at + 1)).collect(),
        })
    }

    fn types(&self, names: &[String]) -> Outcome {
        let mut outcome = Outcome::default();
        for name in names {
            let line = if NAMES.contains(&name.as_str()) {
                format!("{name} is a shell builtin\n")
            } else if let Some(path) = self.which(name) {
                format!("{name} is {path}\n")
            } else {
                outcome.status = 127;
                format!("{name}: not found\n")
            };
            outcome.stdout.extend(line.into_bytes());
        }
        outcome
    }

    fn command_word(&mut self, arguments: &[String], input: &[u8], written: &mut Written) -> Outcome {
        match arguments.split_first() {
            Some((flag, names)) if flag == "-v" => {
                let mut outcome = Outcome::default();
                for name in names {
                    match (NAMES.contains(&name.as_str()), self.which(name)) {
                        (true, _) => outcome.stdout.extend(format!("{name}\n").into_bytes()),
                        (false, Some(path)) => outcome.stdout.extend(format!("{path}\n").into_bytes()),
                        (false, None) => outcome.status = if self.dialect == Dialect::Bash { 1 } else { 127 },
                    }
                }
                outcome
            }
            Some(_) => {
                self.simple(arguments, input, written);
                Outcome { status: self.status, ..Outcome::default() }
            }
            None => Outcome::default(),
        }
    }

    fn source(&mut self, name: &str, arguments: &[String], written: &mut Written) -> Outcome {
        if name == "source" && self.dialect == Dialect::Dash {
            return self.complain("1: source: not found", 127);
        }
        let Some(path) = arguments.first() else { return Outcome::default() };
        match self.read(path) {
            Ok(text) => {
                self.line(&String::from_utf8_lossy(&text), &[], written);
                Outcome { status: self.status, ..Outcome::default() }
            }
            Err(error) => self.complain(&format!("{name}: {path}: {error}"), 2),
        }
    }

    fn complain(&self, sentence: &str, status: i32) -> Outcome {
        let place = if self.dialect == Dialect::Dash { " 1:" } else { "" };
        failed(&format!("{}:{place} {sentence}", self.own_name()), status)
    }

    /// Tells what a name finds, for programs that need it.
    pub(in crate::container) fn is_there(&self, name: &str) -> bool {
        matches!(self.look_up(name), Found::Program(_))
    }
}
