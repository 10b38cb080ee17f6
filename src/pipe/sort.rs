//! `sort` and `uniq`.

use std::cmp::Ordering;

use super::args::{Arg, Spec};
use super::{Outcome, join, lines_of, no_file};

const SORT: Spec = Spec {
    program: "sort",
    flags: "rnuhfb",
    values: "kt",
    long: &[
        ("reverse", 'r'),
        ("numeric-sort", 'n'),
        ("unique", 'u'),
        ("human-numeric-sort", 'h'),
        ("ignore-case", 'f'),
        ("key", 'k'),
        ("field-separator", 't'),
    ],
    usage_status: 2,
};
const UNIQ: Spec = Spec {
    program: "uniq",
    flags: "cdui",
    values: "",
    long: &[("count", 'c'), ("repeated", 'd'), ("unique", 'u'), ("ignore-case", 'i')],
    usage_status: 1,
};

#[derive(Default)]
struct Order {
    flags: String,
    keys: Vec<Key>,
    separator: Option<u8>,
}

/// What `-k` asks for.
struct Key {
    /// First and last field, from 1.
    fields: (usize, usize),
    /// Its own flags; those of the whole order where it has none.
    flags: String,
}

pub(super) fn sort(arguments: &[String], input: &[u8]) -> Result<Outcome, Outcome> {
    let mut order = Order::default();
    for arg in SORT.parse(arguments)? {
        match arg {
            Arg::Flag(letter) => order.flags.push(letter),
            Arg::Value('t', text) => order.separator = text.bytes().next(),
            Arg::Value(_, text) => order.read_key(&text)?,
            Arg::Operand(name) if name != "-" => {
                let text = format!("sort: cannot read: {name}: No such file or directory\n");
                return Err(Outcome::failed(text, 2));
            }
            Arg::Operand(_) => {}
        }
    }
    let mut lines: Vec<&[u8]> = lines_of(input).collect();
    let unique = order.flags.contains('u');
    let reverse = order.flags.contains('r');
    lines.sort_by(|a, b| {
        // Lines that are equal by key stand by their bytes, unless only one of them is kept.
        let last_resort = || if reverse { b.cmp(a) } else { a.cmp(b) };
        let by_key = order.compare(a, b);
        if unique { by_key } else { by_key.then_with(last_resort) }
    });
    if unique {
        lines.dedup_by(|a, b| order.compare(a, b) == Ordering::Equal);
    }
    Ok(Outcome::ok(join(lines.into_iter())))
}

impl Order {
    /// Reads `-k 2`, `-k2,2`, `-k2nr`.
    fn read_key(&mut self, text: &str) -> Result<(), Outcome> {
        let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
        let number = |part: &str| part.split('.').next()?.trim_matches(|c: char| c.is_ascii_alphabetic()).parse().ok();
        let (first, last) = text.split_once(',').unwrap_or((text, ""));
        let wrong =
            || Outcome::failed(format!("sort: invalid number at field start: invalid count at start of ‘{text}’\n"), 2);
        let first = number(first).filter(|n| *n > 0).ok_or_else(wrong)?;
        self.keys.push(Key { fields: (first, number(last).unwrap_or(usize::MAX)), flags: letters });
        Ok(())
    }

    /// Compares by each key in turn, or the whole lines; `-r` is part of it.
    fn compare(&self, a: &[u8], b: &[u8]) -> Ordering {
        if self.keys.is_empty() {
            return compare(&self.flags, a, b);
        }
        let by_key = |key: &Key| {
            let flags = if key.flags.is_empty() { &self.flags } else { &key.flags };
            compare(flags, &self.part(a, key.fields, flags), &self.part(b, key.fields, flags))
        };
        self.keys.iter().map(by_key).find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
    }

    fn part(&self, line: &[u8], (first, last): (usize, usize), flags: &str) -> Vec<u8> {
        let fields: Vec<&[u8]> = match self.separator {
            Some(separator) => line.split(|byte| *byte == separator).collect(),
            None => blank_fields(line),
        };
        let joint = self.separator.map_or_else(Vec::new, |separator| vec![separator]);
        let taken: Vec<&[u8]> = fields.into_iter().take(last).skip(first - 1).collect();
        let key = taken.join(&joint[..]);
        if flags.contains('b') { key.trim_ascii_start().to_vec() } else { key }
    }
}

fn compare(flags: &str, a: &[u8], b: &[u8]) -> Ordering {
    let ordering = if flags.contains('h') {
        human(a).total_cmp(&human(b))
    } else if flags.contains('n') {
        number(a).0.total_cmp(&number(b).0)
    } else if flags.contains('f') {
        a.to_ascii_uppercase().cmp(&b.to_ascii_uppercase())
    } else {
        a.cmp(b)
    };
    if flags.contains('r') { ordering.reverse() } else { ordering }
}

/// Without a separator a field begins with the blanks before it.
fn blank_fields(line: &[u8]) -> Vec<&[u8]> {
    let mut fields = Vec::new();
    let mut from = 0;
    for at in 1..line.len() {
        if line[at].is_ascii_whitespace() && !line[at - 1].is_ascii_whitespace() {
            fields.push(&line[from..at]);
            from = at;
        }
    }
    fields.push(&line[from..]);
    fields
}

/// Reads a number at the beginning, and what follows it.
fn number(text: &[u8]) -> (f64, &[u8]) {
    let text = text.trim_ascii_start();
    let end =
        text.iter().enumerate().position(|(at, b)| !(b.is_ascii_digit() || *b == b'.' || (at == 0 && *b == b'-')));
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    (String::from_utf8_lossy(digits).parse().unwrap_or(0.0), rest)
}

/// Reads `1.5K`, `2M`, `63MB`.
fn human(text: &[u8]) -> f64 {
    let (value, unit) = number(text);
    let power = unit.first().and_then(|unit| b"KMGTPE".iter().position(|u| *u == unit.to_ascii_uppercase()));
    value * power.map_or(1.0, |power| 1000_f64.powi(i32::try_from(power).unwrap_or(0) + 1))
}

pub(super) fn uniq(arguments: &[String], input: &[u8]) -> Result<Outcome, Outcome> {
    let mut flags = String::new();
    for arg in UNIQ.parse(arguments)? {
        match arg {
            Arg::Flag(letter) => flags.push(letter),
            Arg::Operand(name) if name != "-" => return Err(no_file("uniq", &name, 1)),
            Arg::Operand(_) | Arg::Value(..) => {}
        }
    }
    let same = |a: &&[u8], b: &&[u8]| if flags.contains('i') { a.eq_ignore_ascii_case(b) } else { a == b };
    let lines: Vec<&[u8]> = lines_of(input).collect();
    let mut out = Vec::new();
    for group in lines.chunk_by(same) {
        let wanted = match (flags.contains('d'), flags.contains('u')) {
            (true, true) => false,
            (true, false) => group.len() > 1,
            (false, true) => group.len() == 1,
            (false, false) => true,
        };
        if wanted {
            if flags.contains('c') {
                out.extend_from_slice(format!("{:7} ", group.len()).as_bytes());
            }
            out.extend_from_slice(group[0]);
            out.push(b'\n');
        }
    }
    Ok(Outcome::ok(out))
}
