//! Words of the shell about variables: `export`, `readonly`, `local`, `unset`, `alias` and bash's `declare`.

use super::state::Variable;
use super::syntax::is_name;
use super::{Dialect, Session, Written};
use crate::container::programs::{failed, said};
use crate::pipe::Outcome;

impl Session<'_> {
    /// Gives a variable a value, unless it may not change.
    pub(super) fn assign(&mut self, name: &str, value: &str, written: &mut Written) {
        if self.own.read_only.contains(name) {
            let (words, status) = self.read_only_told();
            return self.fail(&format!("{name}: {words}"), status, written);
        }
        self.set(name, value);
        if self.own.options.allexport {
            self.mark(name);
        }
    }

    fn read_only_told(&self) -> (&'static str, i32) {
        match self.dialect {
            Dialect::Bash => ("readonly variable", 1),
            Dialect::Dash | Dialect::Busybox => ("is read only", 2),
        }
    }

    /// Does something to each `NAME` or `NAME=VALUE`.
    fn each_name(
        &mut self,
        word: &str,
        arguments: &[String],
        written: &mut Written,
        work: impl Fn(&mut Self, &str, Option<&str>, &mut Written),
    ) -> Outcome {
        for argument in arguments {
            let (name, value) = argument.split_once('=').map_or((argument.as_str(), None), |(n, v)| (n, Some(v)));
            if self.dialect == Dialect::Dash && name.starts_with('-') {
                return self.end_by(word, &format!("Illegal option {}", &argument[..argument.len().min(2)]), 2);
            }
            if !is_name(name) {
                return match self.dialect {
                    Dialect::Bash => self.complain(word, &format!("`{argument}': not a valid identifier"), 1),
                    Dialect::Dash | Dialect::Busybox => self.end_by(word, &format!("{name}: bad variable name"), 2),
                };
            }
            work(self, name, value, written);
            if self.stops() {
                return Outcome { status: self.status, ..Outcome::default() };
            }
        }
        Outcome::default()
    }

    pub(super) fn export_words(&mut self, arguments: &[String], written: &mut Written) -> Outcome {
        match arguments {
            [] => self.list_exported(),
            [flag] if flag == "-p" => self.list_exported(),
            [flag, names @ ..] if flag == "-n" && self.dialect != Dialect::Dash => {
                self.variables.iter_mut().filter(|v| names.contains(&v.name)).for_each(|v| v.exported = false);
                Outcome::default()
            }
            words => self.each_name("export", words, written, |session, name, value, written| {
                if let Some(value) = value {
                    session.assign(name, value, written);
                }
                session.will_export(name);
            }),
        }
    }

    /// Exports a variable; one that is not there yet once it gets a value.
    fn will_export(&mut self, name: &str) {
        self.mark(name);
        if self.variable(name).is_none() {
            self.own.will_export.insert(name.to_owned());
        }
    }

    fn list_exported(&self) -> Outcome {
        let mut exported: Vec<_> = self.variables.iter().filter(|variable| variable.exported).collect();
        exported.sort_by(|a, b| a.name.cmp(&b.name));
        let word = if self.dialect == Dialect::Bash { "declare -x" } else { "export" };
        let quote = if self.dialect == Dialect::Bash { '"' } else { '\'' };
        said(exported.iter().map(|v| format!("{word} {}={quote}{}{quote}\n", v.name, v.value)).collect::<String>())
    }

    pub(super) fn readonly(&mut self, arguments: &[String], written: &mut Written) -> Outcome {
        if arguments.is_empty() || arguments == ["-p"] {
            let (word, quote) = if self.dialect == Dialect::Bash { ("declare -r", '"') } else { ("readonly", '\'') };
            let line = |name: &String| {
                let value = self.value(name).map(|value| format!("={quote}{value}{quote}")).unwrap_or_default();
                format!("{word} {name}{value}\n")
            };
            return said(self.own.read_only.iter().map(line).collect::<String>());
        }
        self.each_name("readonly", arguments, written, |session, name, value, written| {
            if let Some(value) = value {
                session.assign(name, value, written);
            }
            session.own.read_only.insert(name.to_owned());
        })
    }

    pub(super) fn local(&mut self, arguments: &[String], written: &mut Written) -> Outcome {
        if self.own.hidden.is_empty() {
            return match self.dialect {
                Dialect::Bash => self.complain("local", "can only be used in a function", 1),
                Dialect::Dash | Dialect::Busybox => self.end_by("local", "not in a function", 2),
            };
        }
        let names = arguments.iter().skip_while(|word| word.starts_with('-')).cloned().collect::<Vec<_>>();
        let dialect = self.dialect;
        self.each_name("local", &names, written, move |session, name, value, written| {
            let before = session.variable(name).cloned();
            if let Some(hidden) = session.own.hidden.last_mut().filter(|all| all.iter().all(|(known, _)| known != name))
            {
                hidden.push((name.to_owned(), before));
            }
            match value {
                Some(value) => session.assign(name, value, written),
                // Bash's own begin without a value, those of the others with the one they hide.
                None if dialect == Dialect::Bash => session.variables.retain(|variable| variable.name != name),
                None => {}
            }
        })
    }

    pub(super) fn unset_words(&mut self, arguments: &[String]) -> Outcome {
        let (functions, names) = match arguments {
            [flag, names @ ..] if flag == "-f" => (true, names),
            [flag, names @ ..] if flag == "-v" => (false, names),
            names => (false, names),
        };
        for name in names {
            if self.own.read_only.contains(name) && !functions {
                return match self.dialect {
                    Dialect::Bash => self.complain("unset", &format!("{name}: cannot unset: readonly variable"), 1),
                    Dialect::Dash | Dialect::Busybox => self.end_by("unset", &format!("{name}: is read only"), 2),
                };
            }
            let is_variable = self.variable(name).is_some();
            self.variables.retain(|variable| functions || variable.name != *name);
            if functions || (self.dialect == Dialect::Bash && !is_variable) {
                self.own.functions.remove(name);
            }
        }
        Outcome::default()
    }

    /// Bash's `declare` and `typeset`.
    pub(super) fn declare(&mut self, arguments: &[String], written: &mut Written) -> Outcome {
        let flags = arguments.iter().take_while(|word| word.starts_with(['-', '+'])).count();
        let (flags, words) = arguments.split_at(flags);
        let has = |letter: char| flags.iter().any(|flag| flag.starts_with('-') && flag.contains(letter));
        if has('a') || has('A') {
            return self.complain("declare", "arrays: this small shell has none", 1);
        }
        if has('p') || words.is_empty() {
            return self.list_declared(words);
        }
        let (exports, freezes, counts) = (has('x'), has('r'), has('i'));
        self.each_name("declare", words, written, move |session, name, value, written| {
            if let Some(value) = value {
                let number = counts.then(|| session.calculated(value, written)).flatten();
                session.assign(name, &number.map_or_else(|| value.to_owned(), |n| n.to_string()), written);
            }
            if exports {
                session.will_export(name);
            }
            if freezes {
                session.own.read_only.insert(name.to_owned());
            }
        })
    }

    fn list_declared(&self, names: &[String]) -> Outcome {
        let line = |variable: &Variable| {
            let flag = if variable.exported { "-x" } else { "--" };
            format!("declare {flag} {}=\"{}\"\n", variable.name, variable.value)
        };
        if names.is_empty() {
            let mut all: Vec<String> = self.variables.iter().map(line).collect();
            all.sort();
            return said(all.concat());
        }
        let mut outcome = Outcome::default();
        for name in names {
            if let Some(variable) = self.variable(name) {
                outcome.stdout.extend(line(variable).into_bytes());
            } else {
                outcome.stderr += &format!("{}: {name}: not found\n", self.speaker_of("declare"));
                outcome.status = 1;
            }
        }
        outcome
    }

    pub(super) fn list_variables(&self) -> Outcome {
        let quote = |value: &str| match self.dialect {
            Dialect::Bash
                if value.bytes().all(|byte| byte.is_ascii_graphic() && !b"'\"\\$`&;|<>()*?[]{}!#~".contains(&byte)) =>
            {
                value.to_owned()
            }
            Dialect::Bash => format!("'{}'", value.replace('\'', "'\\''")),
            Dialect::Dash | Dialect::Busybox => format!("'{}'", value.replace('\'', "'\"'\"'")),
        };
        let mut all: Vec<_> = self.variables.iter().map(|v| format!("{}={}\n", v.name, quote(&v.value))).collect();
        all.sort();
        said(all.concat())
    }

    /// `alias [NAME[=TEXT]...]`.
    pub(super) fn alias(&mut self, words: &[String]) -> Outcome {
        let word = if self.dialect == Dialect::Bash { "alias " } else { "" };
        let line = |name: &str, text: &str| format!("{word}{name}='{}'\n", text.replace('\'', "'\\''"));
        if words.is_empty() {
            return said(self.own.aliases.iter().map(|(name, text)| line(name, text)).collect::<String>());
        }
        let mut outcome = Outcome::default();
        for argument in words {
            match (argument.split_once('='), self.own.aliases.get(argument)) {
                (Some((name, text)), _) => drop(self.own.aliases.insert(name.to_owned(), text.to_owned())),
                (None, Some(text)) => outcome.stdout.extend(line(argument, text).into_bytes()),
                (None, None) => {
                    outcome.stderr += &(self.no_alias("alias", argument) + "\n");
                    outcome.status = 1;
                }
            }
        }
        outcome
    }

    pub(super) fn unalias(&mut self, words: &[String]) -> Outcome {
        if words.first().is_some_and(|flag| flag == "-a") {
            self.own.aliases.clear();
            return Outcome::default();
        }
        match words.iter().find(|name| self.own.aliases.remove(*name).is_none()) {
            Some(name) => failed(&self.no_alias("unalias", name), 1),
            None => Outcome::default(),
        }
    }

    fn no_alias(&self, word: &str, name: &str) -> String {
        match self.dialect {
            Dialect::Bash => format!("{}: {name}: not found", self.speaker_of(word)),
            Dialect::Dash | Dialect::Busybox => format!("{word}: {name} not found"),
        }
    }
}
