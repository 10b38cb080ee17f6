//! `set`: the shell's switches and arguments, and what `set -x` shows.

use super::state::{Options, Origin};
use super::{Dialect, Session, Stream, Written};
use crate::container::programs::said;
use crate::pipe::Outcome;

/// Letters that every shell takes and that change nothing here.
const WITHOUT_EFFECT: &str = "bhmnvBCEHPTI";
/// Names of `set -o` that change nothing here.
const NAMES_WITHOUT_EFFECT: &[&str] =
    &["monitor", "noclobber", "noexec", "notify", "verbose", "vi", "emacs", "ignoreeof", "nolog", "debug"];
/// Those that bash knows besides.
const NAMES_OF_BASH: &[&str] =
    &["posix", "braceexpand", "errtrace", "functrace", "hashall", "histexpand", "history", "physical"];

impl Options {
    /// Turns the switch of a letter; `false` where there is none.
    pub(super) fn switch(&mut self, letter: char, on: bool) -> bool {
        let switch = match letter {
            'a' => &mut self.allexport,
            'e' => &mut self.errexit,
            'u' => &mut self.nounset,
            'x' => &mut self.xtrace,
            'f' => &mut self.noglob,
            letter => return WITHOUT_EFFECT.contains(letter),
        };
        *switch = on;
        true
    }

    /// Turns the switch of a name; `false` where the shell has none.
    pub(super) fn switch_named(&mut self, name: &str, on: bool, dialect: Dialect) -> bool {
        let letter = match name {
            "allexport" => 'a',
            "errexit" => 'e',
            "nounset" => 'u',
            "xtrace" => 'x',
            "noglob" => 'f',
            "pipefail" if dialect != Dialect::Dash => {
                self.pipefail = on;
                return true;
            }
            name => {
                let is_bash = dialect == Dialect::Bash && NAMES_OF_BASH.contains(&name);
                return is_bash || NAMES_WITHOUT_EFFECT.contains(&name);
            }
        };
        self.switch(letter, on)
    }

    /// Lists the switches by name.
    fn named(self) -> [(&'static str, bool); 6] {
        [
            ("allexport", self.allexport),
            ("errexit", self.errexit),
            ("noglob", self.noglob),
            ("nounset", self.nounset),
            ("pipefail", self.pipefail),
            ("xtrace", self.xtrace),
        ]
    }
}

impl Session<'_> {
    /// Returns `$-`.
    pub(super) fn option_letters(&self) -> String {
        let Options { errexit, nounset, xtrace, noglob, allexport, pipefail: _ } = self.own.options;
        let is_bash = self.dialect == Dialect::Bash;
        let is_line = self.place.origin == Origin::Words && self.dialect != Dialect::Dash;
        let all = [
            ('a', allexport),
            ('e', errexit),
            ('f', noglob),
            ('h', is_bash),
            ('u', nounset),
            ('x', xtrace),
            ('B', is_bash),
            ('c', is_line && is_bash),
        ];
        let set = all.iter().filter(|(_, on)| *on).map(|(letter, _)| *letter);
        if is_bash { set.collect() } else { set.rev().chain(is_line.then_some('c')).collect() }
    }

    /// `set [-eufxa] [-o NAME] [--] [WORD...]`.
    pub(super) fn set_options(&mut self, words: &[String]) -> Outcome {
        let mut rest = words;
        while let Some((word, behind)) = rest.split_first() {
            let on = match word.chars().next() {
                Some('-') if word.len() > 1 => true,
                Some('+') if word.len() > 1 => false,
                _ => break,
            };
            rest = behind;
            if word == "--" {
                self.arguments = rest.to_vec();
                return Outcome::default();
            }
            for letter in word[1..].chars() {
                if letter == 'o' {
                    let Some((name, behind)) = rest.split_first() else { return self.list_options() };
                    rest = behind;
                    if !self.own.options.switch_named(name, on, self.dialect) {
                        return self.no_option(&format!("-o {name}"), name);
                    }
                } else if !self.own.options.switch(letter, on) {
                    return self.no_option(&format!("-{letter}"), "");
                }
            }
        }
        if !rest.is_empty() {
            self.arguments = rest.to_vec();
        }
        Outcome::default()
    }

    fn list_options(&self) -> Outcome {
        let all = self.own.options.named();
        let known = all.iter().filter(|(name, _)| *name != "pipefail" || self.dialect != Dialect::Dash);
        let lines: String = known
            .map(|(name, on)| {
                let on = if *on { "on" } else { "off" };
                if self.dialect == Dialect::Bash { format!("{name:<15}\t{on}\n") } else { format!("{name:<16}{on}\n") }
            })
            .collect();
        said(if self.dialect == Dialect::Bash { lines } else { format!("Current option settings\n{lines}") })
    }

    fn no_option(&mut self, typed: &str, name: &str) -> Outcome {
        match self.dialect {
            Dialect::Bash if name.is_empty() => {
                let usage = "set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]";
                self.complain("set", &format!("{typed}: invalid option\n{usage}"), 2)
            }
            Dialect::Bash => self.complain("set", &format!("{name}: invalid option name"), 2),
            Dialect::Dash => self.end_by("set", &format!("Illegal option {typed}"), 2),
            Dialect::Busybox => {
                self.end_by("set", &format!("illegal option {typed}"), if name.is_empty() { 2 } else { 1 })
            }
        }
    }

    /// Shows a command before it runs, where `set -x` asks for it.
    pub(super) fn trace(&self, pairs: &[(String, String)], words: &[String], written: &mut Written) {
        if !self.own.options.xtrace || (pairs.is_empty() && words.is_empty()) {
            return;
        }
        let sign = self.trace_sign();
        let assigned = pairs.iter().map(|(name, value)| format!("{name}={}", self.quoted_value(value)));
        let words: Vec<String> = words.iter().map(|word| self.quoted(word)).collect();
        let lines: Vec<String> = match self.dialect {
            Dialect::Bash => {
                let words = Some(words.join(" ")).filter(|line| !line.is_empty());
                assigned.chain(words).collect()
            }
            Dialect::Dash | Dialect::Busybox => vec![assigned.chain(words).collect::<Vec<_>>().join(" ")],
        };
        written.add(Stream::Err, lines.iter().map(|line| format!("{sign}{line}\n")).collect::<String>());
    }

    /// Bash shows a loop's words before each round.
    pub(super) fn trace_loop(&self, name: &str, values: &[String], written: &mut Written) {
        if self.own.options.xtrace && self.dialect == Dialect::Bash {
            let sign = self.trace_sign();
            let values: Vec<String> = values.iter().map(|value| self.quoted(value)).collect();
            written.complain(&format!("{sign}for {name} in {}", values.join(" ")));
        }
    }

    /// Returns what stands before a command that is shown; bash begins it with a sign for each substitution around it.
    fn trace_sign(&self) -> String {
        let sign = self.value("PS4").unwrap_or("+ ");
        let first: String = sign.chars().take(1).collect();
        let deeper = if self.dialect == Dialect::Bash { self.own.substitutions } else { 0 };
        first.repeat(deeper) + sign
    }

    fn quoted_value(&self, value: &str) -> String {
        if value.is_empty() { String::new() } else { self.quoted(value) }
    }

    /// Puts quotes around a word where the shell would.
    fn quoted(&self, word: &str) -> String {
        let in_bash = |c: char| " \t\n'\"\\|&;()<>!{}*[]?^$`".contains(c);
        // libbb's `maybe_single_quote`.
        let in_busybox = |c: char| c < '+' || (';'..='?').contains(&c) || "`[\\".contains(c) || c > 'z';
        match self.dialect {
            Dialect::Bash if word.is_empty() || word.contains(in_bash) => format!("'{}'", word.replace('\'', "'\\''")),
            Dialect::Busybox if word.contains(in_busybox) => format!("'{}'", word.replace('\'', "'\"'\"'")),
            Dialect::Bash | Dialect::Busybox | Dialect::Dash => word.to_owned(),
        }
    }
}
