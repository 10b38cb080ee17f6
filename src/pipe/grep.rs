//! `grep`: picks lines by patterns.

use regex::bytes::{Regex, RegexBuilder};

use super::Outcome;
use super::input::{Input, Sources};
use super::lines::{lines, push};
use super::options::{Flag, Takes, parse, switch, valued};
use super::pattern::{Syntax, translate};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    After,
    Before,
    Context,
    Digit(char),
    Syntax(Syntax),
    Perl,
    Pattern,
    PatternFile,
    IgnoreCase,
    CaseSensitive,
    Invert,
    Word,
    Line,
    Count,
    ListMatching,
    ListOthers,
    Most,
    Only,
    Quiet,
    Number,
    WithName,
    WithoutName,
    Text,
    NoMessages,
    Colour,
}

const fn digit(digit: char) -> Flag<Setting> {
    switch(Setting::Digit(digit), digit, "")
}

const FLAGS: &[Flag<Setting>] = &[
    valued(Setting::After, 'A', "after-context"),
    valued(Setting::Before, 'B', "before-context"),
    valued(Setting::Context, 'C', "context"),
    switch(Setting::Syntax(Syntax::Extended), 'E', "extended-regexp"),
    switch(Setting::Syntax(Syntax::Fixed), 'F', "fixed-strings"),
    switch(Setting::Syntax(Syntax::Basic), 'G', "basic-regexp"),
    switch(Setting::Perl, 'P', "perl-regexp"),
    valued(Setting::Pattern, 'e', "regexp"),
    valued(Setting::PatternFile, 'f', "file"),
    switch(Setting::IgnoreCase, 'i', "ignore-case"),
    switch(Setting::IgnoreCase, 'y', ""),
    Flag { id: Setting::CaseSensitive, short: None, long: "no-ignore-case", takes: Takes::Nothing },
    switch(Setting::Invert, 'v', "invert-match"),
    switch(Setting::Word, 'w', "word-regexp"),
    switch(Setting::Line, 'x', "line-regexp"),
    switch(Setting::Count, 'c', "count"),
    switch(Setting::ListMatching, 'l', "files-with-matches"),
    switch(Setting::ListOthers, 'L', "files-without-match"),
    valued(Setting::Most, 'm', "max-count"),
    switch(Setting::Only, 'o', "only-matching"),
    switch(Setting::Quiet, 'q', "quiet"),
    switch(Setting::Quiet, 'q', "silent"),
    switch(Setting::Number, 'n', "line-number"),
    switch(Setting::WithName, 'H', "with-filename"),
    switch(Setting::WithoutName, 'h', "no-filename"),
    switch(Setting::Text, 'a', "text"),
    switch(Setting::NoMessages, 's', "no-messages"),
    Flag { id: Setting::Colour, short: None, long: "color", takes: Takes::Optional },
    Flag { id: Setting::Colour, short: None, long: "colour", takes: Takes::Optional },
    digit('0'),
    digit('1'),
    digit('2'),
    digit('3'),
    digit('4'),
    digit('5'),
    digit('6'),
    digit('7'),
    digit('8'),
    digit('9'),
];

const USAGE: &str = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.";

/// What is written of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Show {
    Lines,
    Matches,
    Count,
    Nothing,
    Name { matching: bool },
}

/// The name of standard input.
const STDIN: &str = "(standard input)";

#[expect(clippy::struct_excessive_bools, reason = "independent flags of the command line")]
struct Plan {
    regex: Regex,
    /// Whether a line without a match is the one wanted.
    invert: bool,
    show: Show,
    most: usize,
    before: usize,
    after: usize,
    numbers: bool,
    /// Whether lines are shown with the name of their file.
    named: bool,
    text: bool,
    /// Whether complaints about files are left out.
    silent: bool,
}

pub(super) fn run(arguments: &[String], sources: Sources<'_>) -> Outcome {
    let parsed = match parse(FLAGS, arguments) {
        Ok(parsed) => parsed,
        Err(problem) => return Outcome::failed(&format!("grep: {problem}\n{USAGE}"), 2),
    };
    let mut operands = parsed.operands;
    let mut outcome = Outcome::default();
    let plan = match plan(&parsed.options, &mut operands, &mut outcome) {
        Ok(plan) => plan,
        Err(Problem::Usage) => return Outcome::failed(USAGE, 2),
        Err(Problem::Sentence(sentence)) => return Outcome::failed(&format!("grep: {sentence}"), 2),
    };
    outcome.status = 1;
    for input in Input::of(&operands, sources.files) {
        match input {
            Input::Stdin { .. } => plan.read(STDIN, sources.stdin, &mut outcome),
            Input::File(name, bytes) => plan.read(name, &bytes, &mut outcome),
            Input::Missing(_, _) if plan.silent => outcome.status = 2,
            Input::Missing(name, why) => outcome.complain(&format!("grep: {name}: {why}"), 2),
        }
    }
    outcome
}

enum Problem {
    Usage,
    Sentence(String),
}

impl From<String> for Problem {
    fn from(sentence: String) -> Problem {
        Problem::Sentence(sentence)
    }
}

fn plan(options: &[(Setting, String)], operands: &mut Vec<String>, outcome: &mut Outcome) -> Result<Plan, Problem> {
    let last = |wanted: &[Setting]| options.iter().rev().find(|(setting, _)| wanted.contains(setting));
    let has = |setting| last(&[setting]).is_some();
    if has(Setting::Perl) {
        return Err("Perl matching not supported in a --disable-perl-regexp build".to_owned().into());
    }
    if let Some((_, name)) = last(&[Setting::PatternFile]) {
        return Err(format!("{name}: No such file or directory").into());
    }
    let (before, after) = contexts(options)?;
    let most = match last(&[Setting::Most]) {
        Some((_, value)) => value.parse::<i64>().map_err(|_| "invalid max count".to_owned())?,
        None => i64::MAX,
    };
    let regex = regex(options, operands, outcome)?;
    let show = match () {
        () if has(Setting::Quiet) => Show::Nothing,
        () if has(Setting::ListMatching) => Show::Name { matching: true },
        () if has(Setting::ListOthers) => Show::Name { matching: false },
        () if has(Setting::Count) => Show::Count,
        () if has(Setting::Only) => Show::Matches,
        () => Show::Lines,
    };
    let named = last(&[Setting::WithName, Setting::WithoutName]);
    let named = match named {
        Some((setting, _)) => *setting == Setting::WithName,
        None => operands.len() > 1,
    };
    Ok(Plan {
        regex,
        invert: has(Setting::Invert),
        show,
        most: usize::try_from(most).unwrap_or(usize::MAX),
        before,
        after,
        numbers: has(Setting::Number),
        named,
        text: has(Setting::Text),
        silent: has(Setting::NoMessages),
    })
}

/// Reads how many lines to show before and after a match; `-5` is `-C 5`, and the special ones win over it.
fn contexts(options: &[(Setting, String)]) -> Result<(usize, usize), String> {
    let (mut before, mut after, mut both) = (None, None, None);
    let mut digits = String::new();
    for (setting, value) in options {
        let count = || {
            let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            let count = digits.then(|| value.parse().unwrap_or(usize::MAX));
            count.ok_or_else(|| format!("{value}: invalid context length argument"))
        };
        match setting {
            Setting::Before => before = Some(count()?),
            Setting::After => after = Some(count()?),
            Setting::Context => both = Some(count()?),
            Setting::Digit(digit) => {
                digits.push(*digit);
                both = Some(digits.parse().unwrap_or(usize::MAX));
            }
            _ => {}
        }
    }
    Ok((before.or(both).unwrap_or(0), after.or(both).unwrap_or(0)))
}

fn regex(options: &[(Setting, String)], operands: &mut Vec<String>, outcome: &mut Outcome) -> Result<Regex, Problem> {
    let mut patterns: Vec<&str> =
        options.iter().filter(|(setting, _)| *setting == Setting::Pattern).map(|(_, value)| value.as_str()).collect();
    let first;
    if patterns.is_empty() {
        if operands.is_empty() {
            return Err(Problem::Usage);
        }
        first = operands.remove(0);
        patterns.push(&first);
    }
    let has = |wanted| options.iter().any(|(setting, _)| *setting == wanted);
    let mut syntax = Syntax::Basic;
    let mut ignore_case = false;
    for (setting, _) in options {
        match setting {
            Setting::Syntax(chosen) => syntax = *chosen,
            Setting::IgnoreCase => ignore_case = true,
            Setting::CaseSensitive => ignore_case = false,
            _ => {}
        }
    }
    let mut alternatives = Vec::new();
    let mut sources: Vec<&str> = patterns.iter().flat_map(|pattern| pattern.split('\n')).collect();
    // The longest of several texts must win, and the engine takes the first.
    sources.sort_by_key(|source| std::cmp::Reverse(source.len()));
    for source in sources {
        let translated = translate(source, syntax)?;
        for warning in translated.warnings {
            outcome.complain(&format!("grep: warning: {warning}"), 0);
        }
        alternatives.push(format!("(?:{})", translated.pattern));
    }
    let whole = alternatives.join("|");
    let whole = match () {
        () if has(Setting::Line) => format!("^(?:{whole})$"),
        () if has(Setting::Word) => format!(r"\b{{start-half}}(?:{whole})\b{{end-half}}"),
        () => whole,
    };
    let built = RegexBuilder::new(&whole).case_insensitive(ignore_case).build();
    built.map_err(|_| "Regular expression too big".to_owned().into())
}

impl Plan {
    /// Searches one input and remembers whether anything was found.
    fn read(&self, name: &str, text: &[u8], outcome: &mut Outcome) {
        if self.search(name, text, outcome) && outcome.status == 1 {
            outcome.status = 0;
        }
    }

    /// Writes what is wanted; returns whether any line was selected.
    fn search(&self, name: &str, text: &[u8], outcome: &mut Outcome) -> bool {
        let binary = !self.text && text.contains(&0);
        let mut printer = Printer { plan: self, name, out: &mut outcome.stdout, last: None, pending: 0 };
        let all: Vec<&[u8]> = lines(text).collect();
        let mut count = 0;
        for (at, line) in all.iter().enumerate() {
            if count >= self.most {
                if printer.pending == 0 || self.most == 0 {
                    break;
                }
                printer.context(at, line);
                continue;
            }
            if self.regex.is_match(line) == self.invert {
                printer.context(at, line);
                continue;
            }
            count += 1;
            if self.stops_at_first(binary) {
                break;
            }
            printer.selected(at, &all);
        }
        self.conclude(name, count, &mut outcome.stdout);
        if binary && count > 0 && matches!(self.show, Show::Lines | Show::Matches) {
            outcome.stderr.push_str(&format!("grep: {name}: binary file matches\n"));
        }
        count > 0
    }

    fn stops_at_first(&self, binary: bool) -> bool {
        match self.show {
            Show::Nothing | Show::Name { .. } => true,
            Show::Lines | Show::Matches => binary,
            Show::Count => false,
        }
    }

    fn conclude(&self, name: &str, count: usize, out: &mut Vec<u8>) {
        match self.show {
            Show::Count => {
                self.prefix(name, out, ':');
                push(out, count.to_string().as_bytes());
            }
            Show::Name { matching } if matching == (count > 0) => push(out, name.as_bytes()),
            Show::Lines | Show::Matches | Show::Nothing | Show::Name { .. } => {}
        }
    }

    fn prefix(&self, name: &str, out: &mut Vec<u8>, separator: char) {
        if self.named {
            out.extend(format!("{name}{separator}").into_bytes());
        }
    }
}

/// Writes lines with their context.
struct Printer<'a> {
    plan: &'a Plan,
    name: &'a str,
    out: &'a mut Vec<u8>,
    /// The last line written.
    last: Option<usize>,
    /// Lines of context still to write behind the last match.
    pending: usize,
}

impl Printer<'_> {
    fn selected(&mut self, at: usize, all: &[&[u8]]) {
        match self.plan.show {
            Show::Lines => {}
            Show::Matches => {
                self.pending = self.plan.after;
                return self.matches(at, all[at]);
            }
            Show::Count | Show::Nothing | Show::Name { .. } => return,
        }
        let unwritten = self.last.map_or(0, |last| last + 1);
        let start = at.saturating_sub(self.plan.before).max(unwritten);
        self.separate(start);
        for (before, line) in all.iter().enumerate().take(at).skip(start) {
            self.write(before, line, '-');
        }
        self.write(at, all[at], ':');
        self.pending = self.plan.after;
    }

    /// Writes a line that did not match, if it belongs to the match before it.
    fn context(&mut self, at: usize, line: &[u8]) {
        if self.pending > 0 && self.plan.show == Show::Lines {
            self.write(at, line, '-');
        }
        self.pending = self.pending.saturating_sub(1);
    }

    /// Writes `--` where lines were left out between two groups.
    fn separate(&mut self, start: usize) {
        let has_context = self.plan.before > 0 || self.plan.after > 0;
        if has_context && self.last.is_some_and(|last| last + 1 < start) {
            self.out.extend_from_slice(b"--\n");
        }
    }

    fn matches(&mut self, at: usize, line: &[u8]) {
        if self.plan.invert {
            return;
        }
        self.separate(at.saturating_sub(self.plan.before));
        for found in self.plan.regex.find_iter(line).filter(|found| !found.is_empty()) {
            self.write(at, found.as_bytes(), ':');
        }
        self.last = Some(at);
    }

    fn write(&mut self, at: usize, text: &[u8], separator: char) {
        self.plan.prefix(self.name, self.out, separator);
        if self.plan.numbers {
            self.out.extend(format!("{}{separator}", at + 1).into_bytes());
        }
        push(self.out, text);
        self.last = Some(at);
    }
}
