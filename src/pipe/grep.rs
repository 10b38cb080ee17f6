//! `grep`, over the crate regex.

use regex::bytes::{Regex, RegexBuilder};

use super::args::{Arg, Spec};
use super::{Outcome, lines_of, no_file};

const SPEC: Spec = Spec {
    program: "grep",
    flags: "icvnoEFGPwxqhsH",
    values: "ABCem",
    long: &[
        ("ignore-case", 'i'),
        ("count", 'c'),
        ("invert-match", 'v'),
        ("line-number", 'n'),
        ("only-matching", 'o'),
        ("extended-regexp", 'E'),
        ("fixed-strings", 'F'),
        ("word-regexp", 'w'),
        ("line-regexp", 'x'),
        ("quiet", 'q'),
        ("silent", 'q'),
        ("after-context", 'A'),
        ("before-context", 'B'),
        ("context", 'C'),
        ("regexp", 'e'),
        ("max-count", 'm'),
    ],
    usage_status: 2,
};
/// A pattern may not compile to more than that.
const MAX_PATTERN_BYTES: usize = 1 << 20;

#[derive(Default)]
struct Options {
    flags: String,
    patterns: Vec<String>,
    before: usize,
    after: usize,
    most: Option<usize>,
}

impl Options {
    fn has(&self, letter: char) -> bool {
        self.flags.contains(letter)
    }
}

pub(super) fn run(arguments: &[String], input: &[u8]) -> Result<Outcome, Outcome> {
    let options = read(arguments)?;
    let regex = compile(&options)?;
    let lines: Vec<&[u8]> = lines_of(input).collect();
    let mut hits: Vec<usize> = (0..lines.len()).filter(|at| regex.is_match(lines[*at]) != options.has('v')).collect();
    hits.truncate(options.most.unwrap_or(usize::MAX));
    let status = i32::from(hits.is_empty());
    let stdout = if options.has('q') {
        Vec::new()
    } else if options.has('c') {
        format!("{}\n", hits.len()).into_bytes()
    } else if options.has('o') {
        matches(&options, &regex, &lines, &hits)
    } else {
        context(&options, &lines, &hits)
    };
    Ok(Outcome { stdout, stderr: String::new(), status })
}

fn read(arguments: &[String]) -> Result<Options, Outcome> {
    let mut options = Options::default();
    let mut operands = Vec::new();
    for arg in SPEC.parse(&modern(arguments))? {
        match arg {
            Arg::Flag(letter) => options.flags.push(letter),
            Arg::Value('e', pattern) => options.patterns.push(pattern),
            Arg::Value('m', text) => options.most = Some(number(&text, "invalid max count")?),
            Arg::Value(letter, text) => {
                let count = number(&text, &format!("{text}: invalid context length argument"))?;
                if letter != 'A' {
                    options.before = count;
                }
                if letter != 'B' {
                    options.after = count;
                }
            }
            Arg::Operand(text) => operands.push(text),
        }
    }
    let mut operands = operands.into_iter();
    if options.patterns.is_empty() {
        let usage = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n";
        options.patterns.push(operands.next().ok_or_else(|| Outcome::failed(usage, 2))?);
    }
    match operands.find(|name| name != "-") {
        Some(name) => Err(no_file("grep", &name, 2)),
        None => Ok(options),
    }
}

/// `-3` is three lines around.
fn modern(arguments: &[String]) -> Vec<String> {
    let rewrite = |argument: &String| match argument.strip_prefix('-') {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => format!("-C{digits}"),
        _ => argument.clone(),
    };
    arguments.iter().map(rewrite).collect()
}

fn number(text: &str, wrong: &str) -> Result<usize, Outcome> {
    text.parse().map_err(|_| Outcome::failed(format!("grep: {wrong}\n"), 2))
}

fn compile(options: &Options) -> Result<Regex, Outcome> {
    let one = |pattern: &str| match (options.has('F'), options.has('E') || options.has('P')) {
        (true, _) => regex::escape(pattern),
        (false, true) => pattern.to_owned(),
        (false, false) => basic(pattern),
    };
    let alternatives: Vec<String> =
        options.patterns.iter().flat_map(|pattern| pattern.split('\n')).map(|p| format!("(?:{})", one(p))).collect();
    let mut pattern = format!("(?:{})", alternatives.join("|"));
    if options.has('w') {
        pattern = format!(r"(?:^|\b){pattern}(?:\b|$)");
    }
    if options.has('x') {
        pattern = format!("^{pattern}$");
    }
    RegexBuilder::new(&pattern)
        .case_insensitive(options.has('i'))
        .size_limit(MAX_PATTERN_BYTES)
        .build()
        .map_err(|_| Outcome::failed(format!("grep: the pattern cannot be read: {}\n", options.patterns.join(" ")), 2))
}

/// Translates a basic expression: there `\|`, `\(`, `\{`, `\+`, `\?` are operators and the bare characters are not.
fn basic(pattern: &str) -> String {
    let mut out = String::new();
    let mut characters = pattern.chars().peekable();
    let mut in_brackets = false;
    let mut at_start = true;
    while let Some(c) = characters.next() {
        let first = std::mem::take(&mut at_start);
        match c {
            '[' if !in_brackets => {
                in_brackets = true;
                out.push(c);
                // A bracket or a caret right behind the opening one stands for itself or negates.
                for special in ['^', ']'] {
                    if characters.peek() == Some(&special) {
                        characters.next();
                        out.push_str(if special == ']' { r"\]" } else { "^" });
                    }
                }
            }
            ']' if in_brackets => {
                in_brackets = false;
                out.push(c);
            }
            _ if in_brackets => {
                if matches!(c, '\\' | '[' | '&' | '~') && !(c == '[' && characters.peek() == Some(&':')) {
                    out.push('\\');
                }
                out.push(c);
            }
            '\\' => match characters.next() {
                Some(operator @ ('|' | '(' | ')' | '{' | '}' | '+' | '?')) => {
                    at_start = matches!(operator, '|' | '(');
                    out.push(operator);
                }
                Some(other) => out.extend(['\\', other]),
                None => out.push_str(r"\\"),
            },
            '*' if first => out.push_str(r"\*"),
            '|' | '(' | ')' | '{' | '}' | '+' | '?' => out.extend(['\\', c]),
            '^' => {
                at_start = first;
                out.push_str(if first { "^" } else { r"\^" });
            }
            '$' if characters.peek().is_some() && characters.peek() != Some(&'\\') => out.push_str(r"\$"),
            c => out.push(c),
        }
    }
    out
}

fn matches(options: &Options, regex: &Regex, lines: &[&[u8]], hits: &[usize]) -> Vec<u8> {
    let mut out = Vec::new();
    if options.has('v') {
        return out;
    }
    for at in hits {
        for found in regex.find_iter(lines[*at]).filter(|found| !found.is_empty()) {
            if options.has('n') {
                out.extend_from_slice(format!("{}:", at + 1).as_bytes());
            }
            out.extend_from_slice(found.as_bytes());
            out.push(b'\n');
        }
    }
    out
}

/// Writes hits with the lines around them; `--` parts groups that do not touch.
fn context(options: &Options, lines: &[&[u8]], hits: &[usize]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut written = 0;
    let mut any = false;
    for (number, hit) in hits.iter().enumerate() {
        let from = hit.saturating_sub(options.before).max(written);
        let next = hits.get(number + 1).copied().unwrap_or(lines.len());
        let to = (hit + options.after + 1).min(lines.len()).min(next.max(hit + 1));
        if any && from > written && options.before + options.after > 0 {
            out.extend_from_slice(b"--\n");
        }
        for (at, line) in lines.iter().enumerate().take(to).skip(from) {
            if options.has('n') {
                out.extend_from_slice(format!("{}{}", at + 1, if at == *hit { ':' } else { '-' }).as_bytes());
            }
            out.extend_from_slice(line);
            out.push(b'\n');
        }
        written = to.max(written);
        any = true;
    }
    out
}
