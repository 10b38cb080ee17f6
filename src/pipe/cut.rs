//! `cut`.

use super::args::{Arg, Spec};
use super::{Outcome, join, lines_of, no_file};

const SPEC: Spec = Spec {
    program: "cut",
    flags: "s",
    values: "dfcb",
    long: &[("delimiter", 'd'), ("fields", 'f'), ("characters", 'c'), ("bytes", 'b'), ("only-delimited", 's')],
    usage_status: 1,
};

pub(super) fn run(arguments: &[String], input: &[u8]) -> Result<Outcome, Outcome> {
    let (mut delimiter, mut list, mut only) = ("\t".to_owned(), None, false);
    for arg in SPEC.parse(arguments)? {
        match arg {
            Arg::Value('d', text) if text.chars().count() != 1 => {
                return Err(SPEC.wrong("the delimiter must be a single character"));
            }
            Arg::Value('d', text) => delimiter = text,
            Arg::Value(letter, text) => list = Some((letter, ranges(&text)?)),
            Arg::Flag(_) => only = true,
            Arg::Operand(name) if name != "-" => return Err(no_file("cut", &name, 1)),
            Arg::Operand(_) => {}
        }
    }
    let missing = || SPEC.wrong("you must specify a list of bytes, characters, or fields");
    let (kind, ranges) = list.ok_or_else(missing)?;
    let cut = |line: &[u8]| -> Option<Vec<u8>> {
        if kind != 'f' {
            return Some(pick(line.iter().map(std::slice::from_ref), &ranges).concat());
        }
        let delimiter = delimiter.as_bytes()[0];
        if !line.contains(&delimiter) {
            return (!only).then(|| line.to_vec());
        }
        Some(pick(line.split(|byte| *byte == delimiter), &ranges).join(&delimiter))
    };
    let lines: Vec<Vec<u8>> = lines_of(input).filter_map(cut).collect();
    Ok(Outcome::ok(join(lines.iter().map(Vec::as_slice))))
}

fn pick<'a>(parts: impl Iterator<Item = &'a [u8]>, ranges: &[(usize, usize)]) -> Vec<&'a [u8]> {
    let wanted = |at: usize| ranges.iter().any(|(from, to)| (*from..=*to).contains(&(at + 1)));
    parts.enumerate().filter(|(at, _)| wanted(*at)).map(|(_, part)| part).collect()
}

/// Reads `1,3-5,7-`.
fn ranges(text: &str) -> Result<Vec<(usize, usize)>, Outcome> {
    let wrong = || SPEC.wrong("invalid field range");
    let number = |text: &str, absent: usize| match text {
        "" => Ok(absent),
        digits => digits.parse().ok().filter(|n| *n > 0).ok_or_else(wrong),
    };
    text.split([',', ' '])
        .map(|part| match part.split_once('-') {
            Some(("", "")) => Err(wrong()),
            Some((from, to)) => Ok((number(from, 1)?, number(to, usize::MAX)?)),
            None if part.is_empty() => Err(wrong()),
            None => number(part, 1).map(|n| (n, n)),
        })
        .collect()
}
