//! `head` and `tail`.

use super::Outcome;
use super::args::{Arg, Spec};

const LONG: &[(&str, char)] = &[("lines", 'n'), ("bytes", 'c')];
const HEAD: Spec = Spec { program: "head", flags: "qv", values: "nc", long: LONG, usage_status: 1 };
const TAIL: Spec = Spec { program: "tail", flags: "qv", values: "nc", long: LONG, usage_status: 1 };

/// How much of the input.
struct Part {
    count: usize,
    /// `+N` of tail, `-N` of head.
    sign: Option<char>,
    bytes: bool,
}

pub(super) fn head(arguments: &[String], input: &[u8]) -> Result<Outcome, Outcome> {
    let part = part(&HEAD, arguments)?;
    let ends = ends(input, part.bytes);
    let keep = if part.sign == Some('-') { ends.len().saturating_sub(part.count) } else { part.count.min(ends.len()) };
    let end = keep.checked_sub(1).map_or(0, |last| ends[last]);
    Ok(Outcome::ok(input[..end].to_vec()))
}

pub(super) fn tail(arguments: &[String], input: &[u8]) -> Result<Outcome, Outcome> {
    let part = part(&TAIL, arguments)?;
    let ends = ends(input, part.bytes);
    let skip = match part.sign {
        Some('+') => part.count.saturating_sub(1).min(ends.len()),
        _ => ends.len().saturating_sub(part.count),
    };
    let start = skip.checked_sub(1).map_or(0, |last| ends[last]);
    Ok(Outcome::ok(input[start..].to_vec()))
}

/// Lists where each line or byte ends.
fn ends(input: &[u8], bytes: bool) -> Vec<usize> {
    if bytes {
        return (1..=input.len()).collect();
    }
    let mut ends: Vec<usize> = input.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at + 1).collect();
    if ends.last().copied().unwrap_or(0) < input.len() {
        ends.push(input.len());
    }
    ends
}

fn part(spec: &Spec, arguments: &[String]) -> Result<Part, Outcome> {
    let mut part = Part { count: 10, sign: None, bytes: false };
    for arg in spec.parse(&modern(arguments))? {
        match arg {
            Arg::Value(letter, text) => {
                let digits = text.trim_start_matches(['+', '-']);
                let what = if letter == 'c' { "bytes" } else { "lines" };
                let wrong = || Outcome::failed(format!("{}: invalid number of {what}: ‘{text}’\n", spec.program), 1);
                part.count = digits.parse().map_err(|_| wrong())?;
                part.sign = text.chars().next().filter(|c| matches!(c, '+' | '-'));
                part.bytes = letter == 'c';
            }
            Arg::Operand(name) if name != "-" => {
                let text = format!("{}: cannot open '{name}' for reading: No such file or directory\n", spec.program);
                return Err(Outcome::failed(text, 1));
            }
            Arg::Operand(_) | Arg::Flag(_) => {}
        }
    }
    Ok(part)
}

/// `-5` is the old way to write `-n 5`; behind `-n` it is a value.
fn modern(arguments: &[String]) -> Vec<String> {
    let is_old = |text: &str| {
        text.strip_prefix('-').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut is_value = false;
    let rewrite = |argument: &String| {
        let old = is_old(argument) && !is_value;
        is_value = matches!(argument.as_str(), "-n" | "-c" | "--lines" | "--bytes");
        if old { format!("-n{}", &argument[1..]) } else { argument.clone() }
    };
    arguments.iter().map(rewrite).collect()
}
