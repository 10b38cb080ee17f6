//! Running a script of `sed` over lines.

use super::script::{Action, Address, Command, Jump};
use crate::pipe::Outcome;

/// Commands that run for one line; a script that goes round for ever ends here.
const MOST_COMMANDS: usize = 100_000;

/// Lines under work.
pub(super) struct Editor<'s> {
    commands: &'s [Command],
    is_quiet: bool,
    lines: Vec<String>,
    /// Whether the last line ends with a line break.
    is_ended: bool,
    /// How many lines were read.
    number: usize,
    pattern: String,
    hold: String,
    /// What comes behind the line: `a`.
    behind: String,
    has_replaced: bool,
    /// For each command the line with which its range ends, where it has begun; 0 where that is not known yet.
    ranges: Vec<Option<usize>>,
    out: String,
    /// The status with which the script has ended.
    ended: Option<i32>,
}

/// How a line's commands ended.
enum End {
    Line,
    /// Nothing is printed.
    Deleted,
    /// The commands begin again, with what is left of the line.
    Again,
}

impl<'s> Editor<'s> {
    pub(super) fn new(commands: &'s [Command], is_quiet: bool) -> Self {
        Self {
            commands,
            is_quiet,
            lines: Vec::new(),
            is_ended: true,
            number: 0,
            pattern: String::new(),
            hold: String::new(),
            behind: String::new(),
            has_replaced: false,
            ranges: commands.iter().map(|_| None).collect(),
            out: String::new(),
            ended: None,
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        Outcome { stdout: self.out.clone().into_bytes(), status: self.ended.unwrap_or(0), ..Outcome::default() }
    }

    /// Edits texts as if they were one.
    pub(super) fn edit(&mut self, texts: &[String]) {
        self.lines = texts.iter().flat_map(|text| text.lines().map(str::to_owned)).collect();
        self.is_ended = texts.iter().rev().find(|text| !text.is_empty()).is_none_or(|text| text.ends_with('\n'));
        let mut keeps = false;
        while self.ended.is_none() && (keeps || self.next_line()) {
            let end = self.run();
            if matches!(end, End::Line) && !self.is_quiet {
                let line = self.pattern.clone();
                self.print(&line);
            }
            self.out += &std::mem::take(&mut self.behind);
            keeps = matches!(end, End::Again);
        }
    }

    fn next_line(&mut self) -> bool {
        let Some(line) = self.lines.get(self.number) else { return false };
        self.pattern.clone_from(line);
        self.number += 1;
        self.has_replaced = false;
        true
    }

    fn is_last(&self) -> bool {
        self.number == self.lines.len()
    }

    fn print(&mut self, line: &str) {
        self.out += line;
        if self.is_ended || !self.is_last() {
            self.out.push('\n');
        }
    }

    fn run(&mut self) -> End {
        let commands = self.commands;
        let mut at = 0;
        for _ in 0..MOST_COMMANDS {
            let Some(command) = commands.get(at) else { return End::Line };
            at += 1;
            if self.is_meant(at - 1, command) == command.is_inverted {
                if let Action::Group(end) = command.action {
                    at = end;
                }
                continue;
            }
            match &command.action {
                Action::Branch(jump, name) if self.takes(*jump) => {
                    at = name
                        .as_ref()
                        .map_or(Some(commands.len()), |name| label(commands, name))
                        .unwrap_or(commands.len());
                }
                Action::Change(text) => {
                    if command.to.is_none() || command.is_inverted || self.ranges[at - 1].is_none() {
                        self.out += text;
                    }
                    return End::Deleted;
                }
                Action::Quit { prints, status } => {
                    self.ended = Some(*status);
                    return if *prints { End::Line } else { End::Deleted };
                }
                Action::Plain(letter) => {
                    if let Some(end) = self.plain(*letter) {
                        return end;
                    }
                }
                action => self.act(action),
            }
        }
        self.ended = Some(0);
        End::Line
    }

    fn takes(&mut self, jump: Jump) -> bool {
        match jump {
            Jump::Always => true,
            Jump::Here => false,
            Jump::Replaced => std::mem::take(&mut self.has_replaced),
            Jump::NotReplaced => !std::mem::take(&mut self.has_replaced),
        }
    }

    /// Tells whether a command runs on this line.
    fn is_meant(&mut self, at: usize, command: &Command) -> bool {
        let Some(from) = &command.from else { return true };
        let Some(to) = &command.to else { return self.fits(from) };
        match self.ranges[at] {
            Some(last) => {
                let is_end = match to {
                    Address::Line(_) | Address::More(_) => self.number >= last,
                    to => self.fits(to),
                };
                if is_end {
                    self.ranges[at] = None;
                }
                // A line behind the end that a number names.
                !(is_end && matches!(to, Address::Line(_)) && self.number > last)
            }
            None if self.fits(from) || matches!(from, Address::Line(0)) && self.number == 1 => {
                let last = match to {
                    Address::Line(line) => *line,
                    Address::More(count) => self.number + count,
                    Address::Last | Address::Fits(_) | Address::Every(..) => usize::MAX,
                };
                let is_over = self.number >= last || matches!(to, Address::Last) && self.is_last();
                self.ranges[at] = (!is_over).then_some(last);
                true
            }
            None => false,
        }
    }

    fn fits(&self, address: &Address) -> bool {
        match address {
            Address::Line(line) => self.number == *line,
            Address::Last => self.is_last(),
            Address::Fits(expression) => expression.is_match(&self.pattern),
            Address::Every(first, 0) => self.number == *first,
            Address::Every(first, step) => self.number >= *first && (self.number - first).is_multiple_of(*step),
            Address::More(_) => false,
        }
    }

    fn act(&mut self, action: &Action) {
        match action {
            Action::Replace { pattern, template, number, is_global, prints } => {
                let (mut done, mut end, mut count, mut replaced) = (String::new(), 0, 0, false);
                for captures in pattern.captures_iter(&self.pattern) {
                    let Some(found) = captures.get(0) else { continue };
                    count += 1;
                    if count < *number || (count > *number && !is_global) {
                        continue;
                    }
                    done += &self.pattern[end..found.start()];
                    done += &template.fill(&captures);
                    (end, replaced) = (found.end(), true);
                }
                if replaced {
                    self.pattern = done + &self.pattern[end..];
                    self.has_replaced = true;
                    if *prints {
                        let line = self.pattern.clone();
                        self.print(&line);
                    }
                }
            }
            Action::Letters(pairs) => {
                let change = |c: char| pairs.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to);
                self.pattern = self.pattern.chars().map(change).collect();
            }
            Action::Append(text) => self.behind += text,
            Action::Insert(text) => self.out += text,
            Action::Group(_) | Action::Branch(..) | Action::Change(_) | Action::Quit { .. } | Action::Plain(_) => {}
        }
    }

    fn plain(&mut self, letter: char) -> Option<End> {
        let line = self.pattern.clone();
        match letter {
            '=' => self.out += &format!("{}\n", self.number),
            'd' => return Some(End::Deleted),
            'D' => match line.split_once('\n') {
                Some((_, rest)) => {
                    rest.clone_into(&mut self.pattern);
                    return Some(End::Again);
                }
                None => return Some(End::Deleted),
            },
            'g' => self.pattern.clone_from(&self.hold),
            'G' => self.pattern = format!("{line}\n{}", self.hold),
            'h' => self.hold = line,
            'H' => self.hold = format!("{}\n{line}", self.hold),
            'x' => std::mem::swap(&mut self.pattern, &mut self.hold),
            'z' => self.pattern.clear(),
            'p' => self.print(&line),
            'P' => self.out += &format!("{}\n", line.lines().next().unwrap_or_default()),
            'l' => self.out += &format!("{}$\n", line.escape_default()),
            'n' | 'N' if self.is_last() => {
                self.ended = Some(0);
                return Some(End::Line);
            }
            'n' => {
                if !self.is_quiet {
                    self.print(&line);
                }
                let replaced = self.has_replaced;
                self.next_line();
                self.has_replaced = replaced;
            }
            _ => {
                self.out += &std::mem::take(&mut self.behind);
                let replaced = self.has_replaced;
                self.next_line();
                (self.pattern, self.has_replaced) = (format!("{line}\n{}", self.pattern), replaced);
            }
        }
        None
    }
}

fn label(commands: &[Command], name: &str) -> Option<usize> {
    commands
        .iter()
        .position(|command| matches!(&command.action, Action::Branch(Jump::Here, Some(known)) if known == name))
}
