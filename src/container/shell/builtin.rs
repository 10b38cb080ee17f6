//! Words that a shell has itself, whatever the image has.

use super::compound::Jump;
use super::state::{Leaves, Origin};
use super::{Dialect, Found, Session, Written};
use crate::container::files::{Errno, Follow, Want};
use crate::container::programs::{self, failed, said};
use crate::pipe::Outcome;

/// Words that every shell has.
const NAMES: &[&str] = &[
    ".", ":", "[", "alias", "bg", "break", "cd", "command", "continue", "echo", "eval", "exec", "exit", "export",
    "false", "fg", "getopts", "hash", "jobs", "kill", "local", "printf", "pwd", "read", "readonly", "return", "set",
    "shift", "test", "times", "trap", "true", "type", "ulimit", "umask", "unalias", "unset", "wait",
];
const OF_BASH: &[&str] = &["declare", "dirs", "help", "history", "let", "logout", "shopt", "source", "time", "typeset"];
const OF_BUSYBOX: &[&str] = &["chdir", "help", "history", "let", "source", "time"];
/// Those that POSIX calls special.
const SPECIAL: &[&str] = &[
    ".", ":", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times",
    "trap", "unset",
];
/// Words of the shell's own syntax.
const KEYWORDS: &[&str] =
    &["!", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "then", "until", "while", "{", "}"];
const KEYWORDS_OF_BASH: &[&str] = &["[[", "]]", "function", "in", "select", "time"];

/// What a name means to a shell.
enum Meaning {
    Keyword,
    Alias(String),
    Function,
    Builtin,
    Program(String),
    Nothing,
}

impl Session<'_> {
    /// Runs a word of the shell's own; nothing where the name is none.
    pub(super) fn builtin(&mut self, words: &[String], input: &[u8], written: &mut Written) -> Option<Outcome> {
        let (name, arguments) = words.split_first()?;
        if !self.is_builtin(name) {
            return None;
        }
        Some(match name.as_str() {
            "false" => Outcome { status: 1, ..Outcome::default() },
            "cd" | "chdir" => self.change_folder(arguments),
            "pwd" | "dirs" => said(format!("{}\n", self.files().path(self.at))),
            "exit" | "logout" => self.leave(arguments),
            "return" => self.come_back(arguments),
            "export" => self.export_words(arguments, written),
            "readonly" => self.readonly(arguments, written),
            "local" => self.local(arguments, written),
            "declare" | "typeset" => self.declare(arguments, written),
            "unset" => self.unset_words(arguments),
            "alias" => self.alias(arguments),
            "unalias" => self.unalias(arguments),
            "set" if arguments.is_empty() => self.list_variables(),
            "set" => self.set_options(arguments),
            "shift" => self.shift(arguments),
            "break" | "continue" => self.jump(name, arguments),
            "read" => self.read_line(arguments, input),
            "getopts" => self.getopts(arguments),
            "let" => self.calculate(arguments, written),
            "umask" => self.mask(arguments),
            "ulimit" => {
                said(if arguments.first().is_some_and(|flag| flag == "-n") { "1048576\n" } else { "unlimited\n" })
            }
            "times" => said("0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n"),
            "type" => self.types(arguments),
            "command" => self.command_word(arguments, input, written),
            "history" => self.list_history(),
            "trap" => self.trap(arguments),
            "kill" => self.kill(arguments, written),
            "wait" => self.wait(arguments),
            "bg" | "fg" => self.no_job(name),
            "eval" => self.eval(arguments, input, written),
            "exec" if !arguments.is_empty() => self.replace(arguments, input, written),
            "hash" if self.dialect == Dialect::Bash && arguments.is_empty() => said("hash: hash table empty\n"),
            ":" | "true" | "exec" | "hash" | "jobs" | "shopt" => Outcome::default(),
            "help" => self.help(),
            "time" => self.timed(arguments, input, written),
            "." | "source" => self.source(name, arguments, written),
            "echo" if self.dialect == Dialect::Dash => programs::dash_echo(arguments),
            "printf" => self.printf(arguments, written),
            "test" | "[" | "echo" => programs::find(name)?(self, words, input),
            _ => return None,
        })
    }

    fn is_builtin(&self, name: &str) -> bool {
        let own: &[&str] = match self.dialect {
            Dialect::Bash => OF_BASH,
            Dialect::Busybox => OF_BUSYBOX,
            Dialect::Dash => &[],
        };
        NAMES.contains(&name) || own.contains(&name)
    }

    fn change_folder(&mut self, arguments: &[String]) -> Outcome {
        let home = self.value("HOME").unwrap_or("/").to_owned();
        let arguments: Vec<&str> =
            arguments.iter().map(String::as_str).filter(|word| !matches!(*word, "-P" | "-L" | "--")).collect();
        let (target, tell) = match arguments.first().copied() {
            None => (home, false),
            Some(_) if arguments.len() > 1 && self.dialect == Dialect::Bash => {
                return self.complain("cd", "too many arguments", 1);
            }
            Some("") => (".".to_owned(), false),
            Some("-") if !self.previous.is_empty() => (self.previous.clone(), true),
            Some("-") if self.dialect == Dialect::Bash => return self.complain("cd", "OLDPWD not set", 1),
            Some("-") => (".".to_owned(), true),
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
                let (new, old) = (self.files().path(id), self.previous.clone());
                self.export("PWD", &new);
                self.export("OLDPWD", &old);
                said(if tell { format!("{}\n", self.files().path(id)) } else { String::new() })
            }
            Err(error) => match self.dialect {
                Dialect::Bash => self.complain("cd", &format!("{target}: {error}"), 1),
                Dialect::Dash => self.complain("cd", &format!("can't cd to {target}"), 2),
                Dialect::Busybox => self.complain("cd", &format!("can't cd to {target}: {error}"), 2),
            },
        }
    }

    fn leave(&mut self, arguments: &[String]) -> Outcome {
        self.leaves = Leaves::Shell;
        match arguments.first().map_or(Ok(self.status), |word| word.parse::<i32>()) {
            Ok(_) if arguments.len() > 1 && self.dialect == Dialect::Bash => {
                self.leaves = Leaves::Nothing;
                self.complain("exit", "too many arguments", 1)
            }
            Ok(status) => Outcome { status: status & 0xff, ..Outcome::default() },
            Err(_) => self.illegal_number("exit", &arguments[0]),
        }
    }

    /// `return [N]`: ends a function or a script that was read in.
    fn come_back(&mut self, arguments: &[String]) -> Outcome {
        if self.own.hidden.is_empty() && self.sourcing == 0 {
            if self.dialect == Dialect::Bash {
                return self.complain("return", "can only `return' from a function or sourced script", 2);
            }
            return self.leave(arguments);
        }
        self.leaves = Leaves::Function;
        match arguments.first().map_or(Ok(self.status), |word| word.parse::<i32>()) {
            Ok(status) => Outcome { status: status & 0xff, ..Outcome::default() },
            Err(_) => self.illegal_number("return", &arguments[0]),
        }
    }

    fn illegal_number(&mut self, word: &str, text: &str) -> Outcome {
        match self.dialect {
            Dialect::Bash => {
                self.complain(word, &format!("{text}: numeric argument required"), if word == "shift" { 1 } else { 2 })
            }
            Dialect::Dash | Dialect::Busybox => self.end_by(word, &format!("Illegal number: {text}"), 2),
        }
    }

    /// `break [N]`, `continue [N]`; outside of loops they do nothing.
    fn jump(&mut self, name: &str, words: &[String]) -> Outcome {
        match words.first().map_or(Ok(1), |word| word.parse::<usize>()) {
            Ok(level) if level > 0 && self.loops > 0 => {
                self.jump = Some(Jump { again: name == "continue", level: level.min(self.loops) });
                Outcome::default()
            }
            Ok(level) if level > 0 && self.dialect == Dialect::Bash => {
                self.complain(name, "only meaningful in a `for', `while', or `until' loop", 0)
            }
            Ok(level) if level > 0 => Outcome::default(),
            Ok(_) | Err(_) => self.illegal_number(name, &words[0]),
        }
    }

    fn shift(&mut self, words: &[String]) -> Outcome {
        match (words.first().map_or(Ok(1), |word| word.parse::<usize>()), self.dialect) {
            (Ok(count), _) if count <= self.arguments.len() => {
                self.arguments.drain(..count);
                Outcome::default()
            }
            (Ok(_), Dialect::Dash) => self.end_by("shift", "can't shift that many", 2),
            (Ok(_), Dialect::Bash | Dialect::Busybox) => Outcome { status: 1, ..Outcome::default() },
            (Err(_), _) => self.illegal_number("shift", &words[0]),
        }
    }

    /// `umask [MODE]`.
    fn mask(&mut self, words: &[String]) -> Outcome {
        let Some(word) = words.iter().find(|word| !word.starts_with('-')) else {
            return said(format!("{:04o}\n", self.umask()));
        };
        match u16::from_str_radix(word, 8) {
            Ok(mask) => {
                self.own.umask = Some(mask & 0o777);
                Outcome::default()
            }
            Err(_) => self.complain("umask", &format!("Illegal mode: {word}"), 2),
        }
    }

    fn help(&self) -> Outcome {
        let own: &[&str] = if self.dialect == Dialect::Bash { OF_BASH } else { OF_BUSYBOX };
        let mut names: Vec<&str> = NAMES.iter().chain(own).copied().collect();
        names.sort_unstable();
        let head = match self.dialect {
            Dialect::Bash => "These shell commands are defined internally.  Type `help' to see this list.\n\n",
            Dialect::Dash | Dialect::Busybox => "Built-in commands:\n------------------\n",
        };
        let lines: String = names.chunks(12).map(|names| format!("\t{}\n", names.join(" "))).collect();
        said(head.to_owned() + &lines)
    }

    /// `time COMMAND`: everything takes no time here.
    fn timed(&mut self, arguments: &[String], input: &[u8], written: &mut Written) -> Outcome {
        self.status = 0;
        self.named_command(arguments, input, written);
        let stderr = match self.dialect {
            Dialect::Bash => "\nreal\t0m0.000s\nuser\t0m0.000s\nsys\t0m0.000s\n",
            Dialect::Dash | Dialect::Busybox => "real\t0m 0.00s\nuser\t0m 0.00s\nsys\t0m 0.00s\n",
        };
        Outcome { stdout: Vec::new(), stderr: stderr.to_owned(), status: self.status }
    }

    fn calculate(&mut self, words: &[String], written: &mut Written) -> Outcome {
        let mut last = None;
        for word in words {
            last = self.calculated(word, written);
        }
        match last {
            Some(number) => Outcome { status: i32::from(number == 0), ..Outcome::default() },
            None if words.is_empty() => {
                self.complain("let", "expression expected", if self.dialect == Dialect::Bash { 1 } else { 2 })
            }
            None => Outcome { status: 1, ..Outcome::default() },
        }
    }

    fn printf(&mut self, arguments: &[String], written: &mut Written) -> Outcome {
        match arguments {
            [flag, name, rest @ ..] if flag == "-v" && self.dialect == Dialect::Bash => {
                let outcome = programs::formatted(self, rest);
                self.assign(name, &String::from_utf8_lossy(&outcome.stdout), written);
                Outcome { stdout: Vec::new(), ..outcome }
            }
            arguments => programs::formatted(self, arguments),
        }
    }

    fn list_history(&self) -> Outcome {
        let lines = self.history.iter().enumerate();
        said(match self.dialect {
            Dialect::Busybox => lines.map(|(at, line)| format!("{at:4} {line}\n")).collect::<String>(),
            Dialect::Dash | Dialect::Bash => lines.map(|(at, line)| format!("{:5}  {line}\n", at + 1)).collect(),
        })
    }

    fn meaning(&self, name: &str) -> Meaning {
        let is_keyword = KEYWORDS.contains(&name)
            || (self.dialect == Dialect::Bash && KEYWORDS_OF_BASH.contains(&name))
            || (self.dialect == Dialect::Busybox && matches!(name, "[[" | "function" | "in"));
        match self.own.aliases.get(name) {
            Some(text) => Meaning::Alias(text.clone()),
            None if is_keyword => Meaning::Keyword,
            None if self.own.functions.contains_key(name) => Meaning::Function,
            None if self.is_builtin(name) => Meaning::Builtin,
            None if self.is_own_applet(name) => Meaning::Program(name.to_owned()),
            None => self.which(name).map_or(Meaning::Nothing, Meaning::Program),
        }
    }

    fn types(&self, names: &[String]) -> Outcome {
        self.described(if self.dialect == Dialect::Bash { "type" } else { "" }, names)
    }

    fn described(&self, speaker: &str, names: &[String]) -> Outcome {
        let mut outcome = Outcome::default();
        let is_bash = self.dialect == Dialect::Bash;
        for name in names {
            let line = match self.meaning(name) {
                Meaning::Alias(text) if is_bash => format!("{name} is aliased to `{text}'\n"),
                Meaning::Alias(text) => format!("{name} is an alias for {text}\n"),
                Meaning::Keyword => format!("{name} is a shell keyword\n"),
                Meaning::Function if self.dialect == Dialect::Dash => format!("{name} is a shell function\n"),
                Meaning::Function => format!("{name} is a function\n"),
                Meaning::Builtin if !is_bash && SPECIAL.contains(&name.as_str()) => {
                    format!("{name} is a special shell builtin\n")
                }
                Meaning::Builtin => format!("{name} is a shell builtin\n"),
                Meaning::Program(path) => format!("{name} is {path}\n"),
                Meaning::Nothing if is_bash => {
                    outcome.stderr += &format!("{}: {name}: not found\n", self.speaker_of(speaker));
                    outcome.status = 1;
                    continue;
                }
                Meaning::Nothing => {
                    outcome.status = 127;
                    format!("{name}: not found\n")
                }
            };
            outcome.stdout.extend(line.into_bytes());
        }
        outcome
    }

    fn command_word(&mut self, arguments: &[String], input: &[u8], written: &mut Written) -> Outcome {
        let Some((flag, names)) = arguments.split_first() else { return Outcome::default() };
        // Only bash tells about more than one.
        let names = if self.dialect == Dialect::Bash { names } else { &names[..names.len().min(1)] };
        match flag.as_str() {
            "-v" => {
                let mut found = Vec::new();
                for name in names {
                    match self.meaning(name) {
                        Meaning::Alias(text) => found.push(format!("alias {name}='{text}'\n")),
                        Meaning::Keyword | Meaning::Function | Meaning::Builtin => found.push(format!("{name}\n")),
                        Meaning::Program(path) => found.push(format!("{path}\n")),
                        Meaning::Nothing => {}
                    }
                }
                let not_found = if self.dialect == Dialect::Bash { 1 } else { 127 };
                let status = if found.is_empty() && !names.is_empty() { not_found } else { 0 };
                Outcome { status, ..said(found.concat()) }
            }
            "-V" => {
                let told = self.described("command", names);
                Outcome {
                    status: if self.dialect == Dialect::Bash && !told.stdout.is_empty() { 0 } else { told.status },
                    ..told
                }
            }
            "-p" | "--" => self.command_word(&arguments[1..], input, written),
            _ => {
                self.builtin_or_program(arguments, input, written);
                Outcome { status: self.status, ..Outcome::default() }
            }
        }
    }

    fn eval(&mut self, arguments: &[String], input: &[u8], written: &mut Written) -> Outcome {
        self.status = 0;
        let before = std::mem::replace(&mut self.place.before, self.place.line.saturating_sub(1));
        self.line(&arguments.join(" "), input, written);
        self.place.before = before;
        Outcome { status: self.status, ..Outcome::default() }
    }

    /// `exec PROGRAM`: the program takes the shell's place.
    fn replace(&mut self, arguments: &[String], input: &[u8], written: &mut Written) -> Outcome {
        if !matches!(self.look_up(&arguments[0]), Found::Program(_)) {
            let status = if self.look_up(&arguments[0]) == Found::Nothing { 127 } else { 126 };
            let reason = if status == 127 { "not found" } else { "Permission denied" };
            return self.end_by("exec", &format!("{}: {reason}", arguments[0]), status);
        }
        self.program(arguments, input, written);
        self.leaves = Leaves::Shell;
        Outcome { status: self.status, ..Outcome::default() }
    }

    fn source(&mut self, name: &str, arguments: &[String], written: &mut Written) -> Outcome {
        let Some(path) = arguments.first() else {
            return match self.dialect {
                Dialect::Bash => self.complain(
                    name,
                    &format!("filename argument required\n{name}: usage: {name} filename [arguments]"),
                    2,
                ),
                Dialect::Dash => Outcome::default(),
                Dialect::Busybox => Outcome { status: 2, ..Outcome::default() },
            };
        };
        let found = if path.contains('/') || self.find(path, Follow::Last).is_ok() {
            Some(path.clone())
        } else {
            self.which(path)
        };
        match self.read(found.as_deref().unwrap_or(path)) {
            Ok(text) => {
                let place = self.place.clone();
                self.place.before = 0;
                // Only bash passes arguments on.
                let passes = self.dialect == Dialect::Bash && arguments.len() > 1;
                let outer = passes.then(|| std::mem::replace(&mut self.arguments, arguments[1..].to_vec()));
                self.sourcing += 1;
                self.status = 0;
                self.line(&String::from_utf8_lossy(&text), &[], written);
                self.sourcing -= 1;
                self.come_to_end(Leaves::Function);
                self.place = place;
                self.arguments = outer.unwrap_or_else(|| std::mem::take(&mut self.arguments));
                Outcome { status: self.status, ..Outcome::default() }
            }
            Err(error) => match (self.dialect, error) {
                (Dialect::Bash, error) => failed(&format!("{}: {path}: {error}", self.speaker()), 1),
                (Dialect::Dash, Errno::NoEntry) => self.end_by(name, &format!("cannot open {path}: No such file"), 2),
                (Dialect::Dash, error) => self.end_by(name, &format!("cannot open {path}: {error}"), 2),
                (Dialect::Busybox, error) => self.end_by(name, &format!("can't open '{path}': {error}"), 2),
            },
        }
    }

    fn no_job(&self, name: &str) -> Outcome {
        match (self.dialect, self.place.origin) {
            (Dialect::Bash, Origin::Typed) => self.complain(name, "current: no such job", 1),
            (Dialect::Bash, _) => self.complain(name, "no job control", 1),
            (Dialect::Dash | Dialect::Busybox, _) => self.complain(name, "No current job", 2),
        }
    }

    /// A complaint of one of the shell's own words.
    pub(super) fn complain(&self, word: &str, sentence: &str, status: i32) -> Outcome {
        failed(&format!("{}: {sentence}", self.speaker_of(word)), status)
    }

    /// A complaint that ends the shell, or the line where someone types.
    pub(super) fn end_by(&mut self, word: &str, sentence: &str, status: i32) -> Outcome {
        let outcome = self.complain(word, sentence, status);
        self.give_up(status);
        outcome
    }

    /// Tells what a name finds, for programs that need it.
    pub(in crate::container) fn is_there(&self, name: &str) -> bool {
        matches!(self.look_up(name), Found::Program(_))
    }
}
