//! `head` and `tail`: the beginning and the end of a text.

use super::Outcome;
use super::input::{Input, Sources};
use super::options::{Flag, parse, switch, valued};

/// Which of the two commands runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Head,
    Tail,
}

impl End {
    fn name(self) -> &'static str {
        match self {
            End::Head => "head",
            End::Tail => "tail",
        }
    }

    /// Refuses `-5x`.
    fn bad_old_form(self, typed: &str, digits: usize) -> Outcome {
        match self {
            End::Head => {
                let letter = typed[digits..].chars().next().unwrap_or_default();
                Outcome::usage("head", &format!("invalid trailing option -- {letter}"), 1)
            }
            End::Tail => Outcome::failed(&format!("tail: option used in invalid context -- {}", &typed[..1]), 1),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    Lines,
    Bytes,
    Quiet,
    Verbose,
    Follow,
}

const HEAD: &[Flag<Setting>] = &[
    valued(Setting::Lines, 'n', "lines"),
    valued(Setting::Bytes, 'c', "bytes"),
    switch(Setting::Quiet, 'q', "quiet"),
    switch(Setting::Quiet, 'q', "silent"),
    switch(Setting::Verbose, 'v', "verbose"),
];

const TAIL: &[Flag<Setting>] = &[
    valued(Setting::Lines, 'n', "lines"),
    valued(Setting::Bytes, 'c', "bytes"),
    switch(Setting::Quiet, 'q', "quiet"),
    switch(Setting::Quiet, 'q', "silent"),
    switch(Setting::Verbose, 'v', "verbose"),
    switch(Setting::Follow, 'f', "follow"),
];

/// What a count counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Lines,
    Bytes,
}

/// How much to keep; the sign is as typed.
#[derive(Debug, Clone, Copy)]
struct Amount {
    unit: Unit,
    sign: Sign,
    count: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    None,
    Plus,
    Minus,
}

pub(super) fn run(end: End, arguments: &[String], sources: Sources<'_>) -> Outcome {
    let arguments = match modern(end, arguments) {
        Ok(arguments) => arguments,
        Err(outcome) => return outcome,
    };
    let flags = if end == End::Head { HEAD } else { TAIL };
    let parsed = match parse(flags, &arguments) {
        Ok(parsed) => parsed,
        Err(problem) => return Outcome::usage(end.name(), &problem, 1),
    };
    let mut amount = Amount { unit: Unit::Lines, sign: Sign::None, count: 10 };
    let mut header = parsed.operands.len() > 1;
    for (option, value) in &parsed.options {
        match option {
            Setting::Lines | Setting::Bytes => {
                let unit = if *option == Setting::Lines { Unit::Lines } else { Unit::Bytes };
                match read(unit, value) {
                    Ok(read) => amount = read,
                    Err(problem) => return Outcome::failed(&format!("{}: {problem}", end.name()), 1),
                }
            }
            Setting::Quiet => header = false,
            Setting::Verbose => header = true,
            Setting::Follow => {}
        }
    }
    write(end, amount, header, &parsed.operands, sources)
}

fn write(end: End, amount: Amount, header: bool, operands: &[String], sources: Sources<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for input in Input::of(operands, sources.files) {
        match input {
            Input::Stdin { .. } => {
                if header {
                    outcome.stdout.extend_from_slice(b"==> standard input <==\n");
                }
                outcome.stdout.extend_from_slice(cut(end, amount, sources.stdin));
            }
            Input::File(name, bytes) => {
                if header {
                    let gap = if outcome.stdout.is_empty() { "" } else { "\n" };
                    outcome.stdout.extend(format!("{gap}==> {name} <==\n").into_bytes());
                }
                outcome.stdout.extend_from_slice(cut(end, amount, &bytes));
            }
            Input::Missing(name, why) if why == "Is a directory" => {
                outcome.complain(&format!("{}: error reading '{name}': {why}", end.name()), 1);
            }
            Input::Missing(name, why) => {
                outcome.complain(&format!("{}: cannot open '{name}' for reading: {why}", end.name()), 1);
            }
        }
    }
    outcome
}

/// Rewrites the old forms `-5`, `-5c`, and `+5` for tail, which are read in the first place only.
fn modern(end: End, arguments: &[String]) -> Result<Vec<String>, Outcome> {
    let Some((first, rest)) = arguments.split_first() else { return Ok(Vec::new()) };
    let (sign, body) = match (first.strip_prefix('-'), first.strip_prefix('+')) {
        (Some(body), _) => ("", body),
        (None, Some(body)) if end == End::Tail => ("+", body),
        _ => return Ok(arguments.to_vec()),
    };
    let digits = body.len() - body.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let flag = match &body[digits..] {
        "" | "l" => "-n",
        "c" => "-c",
        _ if digits > 0 => return Err(end.bad_old_form(body, digits)),
        _ => return Ok(arguments.to_vec()),
    };
    if digits == 0 {
        return Ok(arguments.to_vec());
    }
    let mut modern = vec![format!("{flag}{sign}{}", &body[..digits])];
    modern.extend_from_slice(rest);
    Ok(modern)
}

fn read(unit: Unit, typed: &str) -> Result<Amount, String> {
    let (sign, number) = match typed.chars().next() {
        Some('-') => (Sign::Minus, &typed[1..]),
        Some('+') => (Sign::Plus, &typed[1..]),
        _ => (Sign::None, typed),
    };
    let what = match unit {
        Unit::Lines => "lines",
        Unit::Bytes => "bytes",
    };
    let shown = if sign == Sign::Plus { typed } else { number };
    let count = count(number).map_err(|why| format!("invalid number of {what}: ‘{shown}’{why}"))?;
    Ok(Amount { unit, sign, count })
}

/// Reads a number with GNU's suffixes; the error is what GNU adds to its sentence.
fn count(typed: &str) -> Result<usize, &'static str> {
    let digits = typed.len() - typed.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, suffix) = typed.split_at(digits);
    let factor: u128 = match suffix {
        "" => 1,
        "b" => 512,
        "kB" | "KB" => 1000,
        "k" | "K" | "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "m" | "M" | "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "G" | "GiB" => 1 << 30,
        _ => return Err(""),
    };
    if number.is_empty() {
        return Err("");
    }
    let product = number.parse::<u128>().ok().and_then(|number| number.checked_mul(factor));
    let count = product.and_then(|count| u64::try_from(count).ok()).ok_or(": Value too large for defined data type")?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

fn cut(end: End, amount: Amount, text: &[u8]) -> &[u8] {
    let first = |count| &text[..front(amount.unit, count, text)];
    match (end, amount.sign) {
        (End::Head, Sign::Minus) => &text[..back(amount.unit, amount.count, text)],
        (End::Head, Sign::None | Sign::Plus) => first(amount.count),
        (End::Tail, Sign::Plus) => &text[front(amount.unit, amount.count.saturating_sub(1), text)..],
        (End::Tail, Sign::None | Sign::Minus) => &text[back(amount.unit, amount.count, text)..],
    }
}

/// Finds the byte behind the first units.
fn front(unit: Unit, count: usize, text: &[u8]) -> usize {
    match unit {
        Unit::Bytes => count.min(text.len()),
        Unit::Lines if count == 0 => 0,
        Unit::Lines => {
            let newlines = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            newlines.map(|(at, _)| at + 1).nth(count - 1).unwrap_or(text.len())
        }
    }
}

/// Finds the byte where the last units begin.
fn back(unit: Unit, count: usize, text: &[u8]) -> usize {
    match unit {
        Unit::Bytes => text.len().saturating_sub(count),
        Unit::Lines if count == 0 => text.len(),
        Unit::Lines => {
            let body = text.strip_suffix(b"\n").unwrap_or(text);
            let newlines = body.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n');
            newlines.map(|(at, _)| at + 1).nth(count - 1).unwrap_or(0)
        }
    }
}
