//! What a shell has besides variables, and under which name it speaks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Session;
use super::syntax::Command;

/// What `IFS` begins with, and means where it is unset.
pub(super) const SEPARATORS: &str = " \t\n";

/// Whose words the shell uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::container) enum Dialect {
    /// Busybox's ash.
    Busybox,
    /// Debian's sh.
    Dash,
    /// Bash under its own name.
    Bash,
}

/// A variable of the shell.
#[derive(Debug, Clone)]
pub(in crate::container) struct Variable {
    pub(in crate::container) name: String,
    pub(in crate::container) value: String,
    pub(in crate::container) exported: bool,
}

/// What a shell has of its own. One inside of it begins with the same, and changes nothing outside.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    pub(super) options: Options,
    pub(super) functions: BTreeMap<String, Arc<Command>>,
    pub(super) aliases: BTreeMap<String, String>,
    /// What runs at the end (`EXIT`) and at signals, by their names.
    pub(super) traps: BTreeMap<String, String>,
    pub(super) read_only: BTreeSet<String>,
    /// Variables that are exported once they have a value.
    pub(super) will_export: BTreeSet<String>,
    /// The variables that each running function has hidden, the innermost function last.
    pub(super) hidden: Vec<Vec<(String, Option<Variable>)>>,
    /// How many letters of a word `getopts` has read.
    pub(super) letters_read: usize,
    /// How many substitutions run, one in the other.
    pub(super) substitutions: usize,
    /// Permissions that new files do not get, where they were changed.
    pub(super) umask: Option<u16>,
    /// The process that `$!` names.
    pub(super) last_background: Option<u32>,
}

/// What `set` changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Options {
    /// `-e`: a failed command ends the shell.
    pub(super) errexit: bool,
    /// `-u`: a variable that is not there ends the shell.
    pub(super) nounset: bool,
    /// `-x`: each command is shown before it runs.
    pub(super) xtrace: bool,
    /// `-f`: patterns are text.
    pub(super) noglob: bool,
    /// `-a`: variables that get a value are exported.
    pub(super) allexport: bool,
    /// A pipeline fails where one of its commands does.
    pub(super) pipefail: bool,
}

/// What has ended before its last command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaves {
    Nothing,
    /// A function, or a script that was read in.
    Function,
    /// The line that was typed: it is given up.
    Line,
    Shell,
}

/// Where the lines of a shell come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Someone types them on a terminal.
    Typed,
    /// They stand behind `-c`.
    Words,
    /// They come from a pipe.
    Input,
    /// They are a file's.
    File,
}

/// The line that runs, and the name under which the shell speaks about it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) origin: Origin,
    /// `$0`.
    pub(super) name: String,
    /// How many lines stand before the text that runs.
    pub(super) before: usize,
    /// The line's number; the first is 1.
    pub(super) line: usize,
}

impl Session<'_> {
    /// Tells whose words the shell uses.
    pub(in crate::container) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Returns what stands before a sentence of the shell.
    pub(super) fn speaker(&self) -> String {
        let Place { origin, name, line, .. } = &self.place;
        match (self.dialect, origin) {
            (Dialect::Dash, _) => format!("{name}: {line}"),
            (Dialect::Bash, Origin::Words | Origin::File) | (Dialect::Busybox, Origin::File) => {
                format!("{name}: line {line}")
            }
            (Dialect::Bash, Origin::Typed | Origin::Input)
            | (Dialect::Busybox, Origin::Typed | Origin::Words | Origin::Input) => name.clone(),
        }
    }

    /// Returns what stands before a sentence of one of the shell's own words.
    pub(in crate::container) fn speaker_of(&self, word: &str) -> String {
        let Place { origin, name, line, .. } = &self.place;
        match (self.dialect, origin) {
            (Dialect::Busybox, Origin::Words) => format!("{name}: {word}: line {}", line.saturating_sub(1)),
            (Dialect::Busybox, Origin::Input | Origin::File) => format!("{name}: {word}: line {line}"),
            (Dialect::Busybox, Origin::Typed) | (Dialect::Bash | Dialect::Dash, _) => {
                format!("{}: {word}", self.speaker())
            }
        }
    }

    /// Returns the name under which a shell speaks that reads from someone or from a pipe.
    pub(super) fn own_name(&self) -> &'static str {
        match self.dialect {
            Dialect::Bash => "bash",
            Dialect::Dash | Dialect::Busybox => "sh",
        }
    }

    /// Ends what runs with a status: the shell, or only the line where someone types.
    pub(super) fn give_up(&mut self, status: i32) {
        self.status = status;
        match self.place.origin {
            Origin::Typed => self.leaves = Leaves::Line,
            Origin::Words | Origin::Input | Origin::File => self.leaves = Leaves::Shell,
        }
    }

    /// Returns the permissions of a new file or directory that asks for these.
    pub(in crate::container) fn masked(&self, mode: u16) -> u16 {
        mode & !self.umask()
    }

    pub(super) fn umask(&self) -> u16 {
        self.own.umask.unwrap_or(0o022)
    }

    /// Goes on behind what has ended.
    pub(super) fn come_to_end(&mut self, of: Leaves) {
        if self.leaves == of {
            self.leaves = Leaves::Nothing;
        }
    }

    /// Tells whether no further command of the line runs.
    pub(super) fn stops(&self) -> bool {
        self.leaves != Leaves::Nothing || self.reading.starved || self.jump.is_some()
    }
}
