//! Docker's help pages and the tails of its usage errors, laid out as cobra and pflag lay them out.

use super::catalog::GLOBAL_FLAGS;
use super::flags::{Flag, Kind};
use super::known::{Group, Line, SECTIONS};
use super::spec::{Arity, Spec};

/// Width of a page where there is no terminal.
const PLAIN_WIDTH: usize = 80;

/// A help page.
#[derive(Debug, Clone, Copy)]
pub struct Page(Subject);

#[derive(Debug, Clone, Copy)]
enum Subject {
    Docker,
    Help,
    Group(&'static Group),
    Command { spec: &'static Spec, name: &'static str },
}

impl Page {
    /// `docker --help`.
    pub(super) const DOCKER: Self = Self(Subject::Docker);
    /// `docker help --help`.
    pub(super) const HELP: Self = Self(Subject::Help);
    /// `docker GROUP --help`.
    pub(super) fn group(group: &'static Group) -> Self {
        Self(Subject::Group(group))
    }

    /// `docker NAME --help`.
    pub(super) fn command(spec: &'static Spec, name: &str) -> Self {
        Self(Subject::Command { spec, name: spec.canonical(name) })
    }

    /// Returns what stands before the page where it is shown for want of a command: one group prints it by itself.
    pub(super) fn lead(self) -> &'static str {
        match self.0 {
            Subject::Group(group) if group.name == "manifest" => "\n",
            Subject::Docker | Subject::Help | Subject::Group(_) | Subject::Command { .. } => "",
        }
    }

    /// Returns the page's text for a terminal of so many columns; `None` is no terminal.
    pub(super) fn text(self, columns: Option<usize>) -> String {
        let width = columns.unwrap_or(PLAIN_WIDTH).saturating_sub(1);
        match self.0 {
            Subject::Docker => docker(width),
            Subject::Help => "Usage:  docker help [command]\n\nHelp about the command\n".to_owned(),
            Subject::Group(group) => commands_of(group),
            Subject::Command { spec, name } => command(spec, name, width),
        }
    }
}

impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            (Subject::Docker, Subject::Docker) | (Subject::Help, Subject::Help) => true,
            (Subject::Group(one), Subject::Group(other)) => one == other,
            (Subject::Command { name: one, .. }, Subject::Command { name: other, .. }) => one == other,
            (Subject::Docker | Subject::Help | Subject::Group(_) | Subject::Command { .. }, _) => false,
        }
    }
}

fn docker(width: usize) -> String {
    let section = |(title, lines): &(&str, &[Line])| format!("\n{title}:\n{}", listing(lines));
    let sections = SECTIONS.iter().map(section).collect::<Vec<_>>().concat();
    format!(
        "Usage:  docker [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n{sections}\nGlobal Options:\n{}\n\
         Run 'docker COMMAND --help' for more information on a command.\n\n\
         For more help on how to use Docker, head to https://docs.docker.com/go/guides/\n",
        flag_usages(GLOBAL_FLAGS, width)
    )
}

fn commands_of(group: &Group) -> String {
    let Group { name, usage: _, about, commands } = group;
    format!(
        "Usage:  docker {name} COMMAND\n\n{about}\n\nCommands:\n{}\n\
         Run 'docker {name} COMMAND --help' for more information on a command.\n",
        listing(commands)
    )
}

fn listing(lines: &[Line]) -> String {
    lines.iter().map(|(name, short)| format!("  {name:<11} {short}\n")).collect::<Vec<_>>().concat()
}

fn command(spec: &Spec, name: &str, width: usize) -> String {
    let names: Vec<String> = spec.names.iter().map(|name| format!("docker {name}")).collect();
    let aliases = if names.len() > 1 { format!("\nAliases:\n  {}\n", names.join(", ")) } else { String::new() };
    let options = flag_usages(spec.flags, width);
    let options = if options.is_empty() { options } else { format!("\nOptions:\n{options}") };
    let about = if spec.long.is_empty() { spec.short } else { spec.long };
    format!("Usage:  docker {name} {}\n\n{about}\n{aliases}{options}", spec.usage)
}

/// pflag's `FlagUsagesWrapped`.
fn flag_usages(flags: &[Flag], width: usize) -> String {
    let mut shown: Vec<&Flag> = flags.iter().filter(|flag| !flag.usage.is_empty()).collect();
    shown.sort_by_key(|flag| flag.long);
    let indent = shown.iter().map(|flag| left(flag).len()).max().unwrap_or(0) + 3;
    let line = |flag: &Flag| format!("{:<indent$}{}\n", left(flag), wrap(&right(flag), indent, width));
    shown.into_iter().map(line).collect::<Vec<_>>().concat()
}

fn left(flag: &Flag) -> String {
    let names = match flag.short {
        Some(letter) => format!("  -{letter}, --{}", flag.long),
        None => format!("      --{}", flag.long),
    };
    let kind = match flag.kind {
        Kind::Switch(_) => "",
        Kind::Text => " string",
        Kind::Filter => " filter",
        Kind::List | Kind::Variable => " list",
        Kind::Number(_) => " int",
        Kind::Of(value) => return format!("{names} {}", value.word()),
    };
    names + kind
}

fn right(flag: &Flag) -> String {
    let default = match flag.kind {
        Kind::Switch(true) => " (default true)".to_owned(),
        Kind::Number(default) if !default.is_empty() => format!(" (default {default})"),
        Kind::Switch(false)
        | Kind::Number(_)
        | Kind::Of(_)
        | Kind::Text
        | Kind::Filter
        | Kind::List
        | Kind::Variable => String::new(),
    };
    format!("{}{default}", flag.usage)
}

/// pflag's `wrap`: continuation lines are indented; an orphan of up to five columns may stick out.
fn wrap(text: &str, indent: usize, width: usize) -> String {
    const SLOP: usize = 5;
    const NARROWEST: usize = 24;
    let margin = |indent: usize| format!("\n{}", " ".repeat(indent));
    let (indent, mut wrapped) =
        if width.saturating_sub(indent) < NARROWEST { (16, margin(16)) } else { (indent, String::new()) };
    let room = width.saturating_sub(indent);
    if room < NARROWEST {
        return text.replace('\n', &wrapped);
    }
    let (mut line, mut rest) = split_line(text, room - SLOP, SLOP);
    loop {
        wrapped += &line.replace('\n', &margin(indent));
        if rest.is_empty() {
            return wrapped;
        }
        wrapped += &margin(indent);
        (line, rest) = split_line(rest, room - SLOP, SLOP);
    }
}

/// pflag's `wrapN`: splits at the last blank before `room`, or at a line break before that.
fn split_line(text: &str, room: usize, slop: usize) -> (&str, &str) {
    if room + slop > text.len() {
        return (text, "");
    }
    let head = &text[..room];
    let Some(blank) = head.rfind([' ', '\t', '\n']).filter(|at| *at > 0) else { return (text, "") };
    let at = head.rfind('\n').filter(|at| *at > 0 && *at < blank).unwrap_or(blank);
    (&text[..at], &text[at + 1..])
}

/// The end of an error about how a command is used: its usage line and where to read more.
pub(super) fn tail(path: &str, usage: &str, verb: &str) -> String {
    let usage = if usage.is_empty() { String::new() } else { format!(" {usage}") };
    format!("\nUsage:  {path}{usage}\n\n{verb} '{path} --help' for more information\n")
}

/// The sentence about too few or too many arguments; `None` where the number is right.
pub(super) fn arity_error(spec: &Spec, name: &str, count: usize) -> Option<String> {
    let arguments = |n: usize| if n == 1 { "1 argument".to_owned() } else { format!("{n} arguments") };
    let (needs, verb) = match spec.arity {
        Arity::None if count > 0 => ("accepts no arguments".to_owned(), "Run"),
        Arity::Exactly(n) if count != n => (format!("requires {}", arguments(n)), "Run"),
        // This one alone says See.
        Arity::AtLeast(n) if count < n => (format!("requires at least {}", arguments(n)), "See"),
        Arity::AtMost(n) if count > n => (format!("requires at most {}", arguments(n)), "Run"),
        Arity::Between(least, most) if !(least..=most).contains(&count) => {
            (format!("requires at least {least} and at most {}", arguments(most)), "Run")
        }
        Arity::None | Arity::Exactly(_) | Arity::AtLeast(_) | Arity::AtMost(_) | Arity::Between(..) => return None,
    };
    let path = format!("docker {name}");
    Some(format!("docker: '{path}' {needs}\n{}", tail(&path, spec.usage, verb)))
}
