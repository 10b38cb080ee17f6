//! `trap`, `kill` and `wait`: what a shell does at its end and at signals. No other process runs in a container of a workbook.

use super::state::Leaves;
use super::{Dialect, Session, Written};
use crate::container::programs::{failed, said};
use crate::pipe::Outcome;

/// Signals by number (signal(7), x86 and ARM); 0 is the shell's end.
const NAMES: &[&str] = &[
    "EXIT", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
    "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH",
    "IO", "PWR", "SYS",
];
/// What bash takes as signals besides.
const OF_BASH: &[&str] = &["ERR", "DEBUG", "RETURN"];

/// Finds a signal by number or name.
fn signal(text: &str) -> Option<&'static str> {
    if let Ok(number) = text.parse::<usize>() {
        return NAMES.get(number).copied();
    }
    let name = text.to_ascii_uppercase();
    let name = name.strip_prefix("SIG").unwrap_or(&name);
    NAMES.iter().find(|known| **known == name).copied()
}

fn number(name: &str) -> i32 {
    NAMES.iter().position(|known| *known == name).and_then(|at| i32::try_from(at).ok()).unwrap_or(0)
}

impl Session<'_> {
    /// Runs what the shell was told to do at its end.
    pub(super) fn run_exit_trap(&mut self, written: &mut Written) {
        if self.reading.starved {
            return;
        }
        if let Some(line) = self.own.traps.remove("EXIT") {
            let status = self.status;
            (self.leaves, self.jump) = (Leaves::Nothing, None);
            self.line(&line, &[], written);
            self.status = if self.leaves == Leaves::Shell { self.status } else { status };
            self.leaves = Leaves::Shell;
        }
    }

    /// `trap [LINE SIGNAL...]`, `trap - SIGNAL...`.
    pub(super) fn trap(&mut self, words: &[String]) -> Outcome {
        let words = words.strip_prefix(&["--".to_owned()]).unwrap_or(words);
        let (line, signals) = match words {
            [] => return self.list_traps(),
            [flag, ..] if flag == "-p" => return self.list_traps(),
            [flag] if flag == "-l" => return self.list_signals(),
            [only] => (None, std::slice::from_ref(only)),
            [first, ..] if first.parse::<u8>().is_ok() => (None, words),
            [line, signals @ ..] => (Some(line.as_str()).filter(|line| *line != "-"), signals),
        };
        let mut outcome = Outcome::default();
        for text in signals {
            let known = OF_BASH.iter().find(|name| self.dialect == Dialect::Bash && *name == text).copied();
            match (signal(text).or(known), line) {
                (Some(name), Some(line)) => drop(self.own.traps.insert(name.to_owned(), line.to_owned())),
                (Some(name), None) => drop(self.own.traps.remove(name)),
                (None, _) => {
                    let sentence = match self.dialect {
                        Dialect::Dash => format!("trap: {text}: bad trap"),
                        Dialect::Bash | Dialect::Busybox => {
                            format!("{}: {text}: invalid signal specification", self.speaker_of("trap"))
                        }
                    };
                    outcome.stderr += &(sentence + "\n");
                    outcome.status = 1;
                }
            }
        }
        outcome
    }

    fn list_traps(&self) -> Outcome {
        let mut all: Vec<_> = self.own.traps.iter().collect();
        all.sort_by_key(|(name, _)| number(name));
        let prefix = |name: &str| if self.dialect == Dialect::Bash && number(name) > 0 { "SIG" } else { "" };
        let line = |(name, line): (&String, &String)| {
            format!("trap -- '{}' {}{name}\n", line.replace('\'', "'\\''"), prefix(name))
        };
        said(all.into_iter().map(line).collect::<String>())
    }

    fn list_signals(&self) -> Outcome {
        let named = NAMES.iter().enumerate().skip(1);
        said(match self.dialect {
            Dialect::Dash => "0\n".to_owned() + &named.map(|(_, name)| format!("{name}\n")).collect::<String>(),
            Dialect::Busybox => named
                .map(|(number, name)| format!("{number:2}) {}\n", if *name == "IO" { "POLL" } else { name }))
                .collect::<String>(),
            Dialect::Bash => {
                let end =
                    |number: usize| if number.is_multiple_of(5) || number + 1 == NAMES.len() { "\n" } else { "\t" };
                named.map(|(number, name)| format!("{number:2}) SIG{name}{}", end(number))).collect()
            }
        })
    }

    /// `kill [-SIGNAL] PROCESS...`: the shell can end itself; process 1 of a container takes no signal that it does not know.
    pub(super) fn kill(&mut self, words: &[String], written: &mut Written) -> Outcome {
        let mut name = "TERM";
        let mut rest = words;
        while let Some((flag, behind)) = rest.split_first().filter(|(word, _)| word.starts_with('-') && word.len() > 1)
        {
            rest = behind;
            let text = match flag.as_str() {
                "-l" | "-L" => return self.list_signals(),
                "--" => break,
                "-s" | "-n" => {
                    let text = rest.first().map(String::as_str).unwrap_or_default();
                    rest = rest.get(1..).unwrap_or_default();
                    text
                }
                flag => &flag[1..],
            };
            match signal(text) {
                Some(found) => name = found,
                None if self.dialect == Dialect::Busybox => {
                    return failed(&format!("{}: bad signal name '{text}'", self.speaker()), 1);
                }
                None => return self.complain("kill", &format!("{text}: invalid signal specification"), 1),
            }
        }
        if rest.is_empty() {
            return match self.dialect {
                Dialect::Busybox => failed(&format!("{}: you need to specify whom to kill", self.speaker()), 1),
                Dialect::Bash => failed(
                    "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]",
                    2,
                ),
                Dialect::Dash => self.complain(
                    "kill",
                    "Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]",
                    2,
                ),
            };
        }
        let mut outcome = Outcome::default();
        for process in rest {
            if process == "1" || process == "0" {
                self.receive(name, written);
            } else {
                outcome.status = 1;
                outcome.stderr += &(self.no_process(process) + "\n");
            }
        }
        outcome
    }

    fn receive(&mut self, name: &str, written: &mut Written) {
        if let Some(line) = self.own.traps.get(name).filter(|_| name != "EXIT").cloned() {
            self.line(&line, &[], written);
        }
    }

    fn no_process(&self, process: &str) -> String {
        let is_number = process.parse::<i64>().is_ok();
        match self.dialect {
            Dialect::Bash if is_number => format!("{}: ({process}) - No such process", self.speaker_of("kill")),
            Dialect::Bash => format!("{}: {process}: arguments must be process or job IDs", self.speaker_of("kill")),
            Dialect::Dash if is_number => format!("{}: No such process\n", self.speaker_of("kill")),
            Dialect::Dash => format!("{}: Illegal number: {process}", self.speaker_of("kill")),
            Dialect::Busybox if is_number => format!("{}: can't kill pid {process}: No such process", self.speaker()),
            Dialect::Busybox => format!("{}: invalid number '{process}'", self.speaker()),
        }
    }

    /// `wait [PROCESS]`: what `&` began has ended already.
    pub(super) fn wait(&self, words: &[String]) -> Outcome {
        let own = self.own.last_background.map(|process| process.to_string());
        match words.first() {
            None => Outcome::default(),
            Some(process) if Some(process) == own.as_ref() || process.starts_with('%') => Outcome::default(),
            Some(process) if self.dialect == Dialect::Bash => {
                self.complain("wait", &format!("pid {process} is not a child of this shell"), 127)
            }
            Some(_) => Outcome { status: 127, ..Outcome::default() },
        }
    }
}
