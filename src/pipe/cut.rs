//! `cut`: picks fields or bytes of each line. As in GNU cut, `-c` counts bytes.

use super::Outcome;
use super::input::{Input, Sources};
use super::lines::{lines, push};
use super::options::{Flag, Takes, parse, switch, valued};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    Fields,
    Bytes,
    Delimiter,
    OnlyDelimited,
    Complement,
    OutputDelimiter,
    Whole,
}

const FLAGS: &[Flag<Setting>] = &[
    valued(Setting::Fields, 'f', "fields"),
    valued(Setting::Bytes, 'c', "characters"),
    valued(Setting::Bytes, 'b', "bytes"),
    valued(Setting::Delimiter, 'd', "delimiter"),
    switch(Setting::OnlyDelimited, 's', "only-delimited"),
    switch(Setting::Whole, 'n', ""),
    Flag { id: Setting::Complement, short: None, long: "complement", takes: Takes::Nothing },
    Flag { id: Setting::OutputDelimiter, short: None, long: "output-delimiter", takes: Takes::Value },
];

/// What the positions of the list count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Fields,
    Bytes,
}

/// What to pick.
#[derive(Debug)]
struct Plan {
    unit: Unit,
    /// Sorted, disjoint, counted from 1, both ends included.
    ranges: Vec<(usize, usize)>,
    delimiter: Vec<u8>,
    joint: Option<Vec<u8>>,
    only_delimited: bool,
}

pub(super) fn run(arguments: &[String], sources: Sources<'_>) -> Outcome {
    let parsed = match parse(FLAGS, arguments) {
        Ok(parsed) => parsed,
        Err(problem) => return Outcome::usage("cut", &problem, 1),
    };
    let plan = match plan(&parsed.options) {
        Ok(plan) => plan,
        Err(problem) => return Outcome::usage("cut", &problem, 1),
    };
    let mut outcome = Outcome::default();
    for input in Input::of(&parsed.operands, sources.files) {
        match input {
            Input::Stdin { .. } => lines(sources.stdin).for_each(|line| plan.write(&mut outcome.stdout, line)),
            Input::File(_, bytes) => lines(&bytes).for_each(|line| plan.write(&mut outcome.stdout, line)),
            Input::Missing(name, why) => outcome.complain(&format!("cut: {name}: {why}"), 1),
        }
    }
    outcome
}

fn plan(options: &[(Setting, String)]) -> Result<Plan, String> {
    let all = |wanted| options.iter().filter(move |(setting, _)| *setting == wanted).map(|(_, value)| value);
    let has = |wanted| all(wanted).next().is_some();
    if all(Setting::Delimiter).any(|value| value.len() > 1) {
        return Err("the delimiter must be a single character".into());
    }
    let mut lists = options.iter().filter(|(setting, _)| matches!(setting, Setting::Fields | Setting::Bytes));
    let (setting, list) = lists.next().ok_or("you must specify a list of bytes, characters, or fields")?;
    if lists.next().is_some() {
        return Err("only one list may be specified".into());
    }
    let unit = if *setting == Setting::Fields { Unit::Fields } else { Unit::Bytes };
    if unit == Unit::Bytes && has(Setting::Delimiter) {
        return Err("an input delimiter may be specified only when operating on fields".into());
    }
    if unit == Unit::Bytes && has(Setting::OnlyDelimited) {
        return Err("suppressing non-delimited lines makes sense\n\tonly when operating on fields".into());
    }
    let ranges = merged(ranges(list, unit)?);
    let delimiter = all(Setting::Delimiter).next_back().map_or("\t", String::as_str);
    Ok(Plan {
        unit,
        ranges: if has(Setting::Complement) { complement(&ranges) } else { ranges },
        delimiter: if delimiter.is_empty() { vec![0] } else { delimiter.as_bytes().to_vec() },
        joint: all(Setting::OutputDelimiter).next_back().map(|joint| joint.as_bytes().to_vec()),
        only_delimited: has(Setting::OnlyDelimited),
    })
}

fn ranges(list: &str, unit: Unit) -> Result<Vec<(usize, usize)>, String> {
    list.split([',', ' ']).map(|range| read(range, unit)).collect()
}

fn read(range: &str, unit: Unit) -> Result<(usize, usize), String> {
    if range.matches('-').count() > 1 {
        return Err(match unit {
            Unit::Fields => "invalid field range".into(),
            Unit::Bytes => "invalid byte or character range".into(),
        });
    }
    let (from, to) = match range.split_once('-') {
        None => {
            let at = position(range, unit)?;
            return Ok((at, at));
        }
        Some(("", "")) => return Err("invalid range with no endpoint: -".into()),
        Some(ends) => ends,
    };
    let from = if from.is_empty() { 1 } else { position(from, unit)? };
    let to = if to.is_empty() { usize::MAX } else { position_or_zero(to, unit)? };
    if to < from { Err("invalid decreasing range".into()) } else { Ok((from, to)) }
}

fn position(number: &str, unit: Unit) -> Result<usize, String> {
    match (position_or_zero(number, unit)?, unit) {
        (0, Unit::Fields) => Err("fields are numbered from 1".into()),
        (0, Unit::Bytes) => Err("byte/character positions are numbered from 1".into()),
        (at, _) => Ok(at),
    }
}

fn position_or_zero(number: &str, unit: Unit) -> Result<usize, String> {
    if number.is_empty() {
        return Ok(0);
    }
    let digits = number.len() - number.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match (number.parse(), unit) {
        (Ok(at), _) => Ok(at),
        (Err(_), Unit::Fields) if digits == number.len() => Err(format!("field number ‘{number}’ is too large")),
        (Err(_), Unit::Bytes) if digits == number.len() => {
            Err(format!("byte/character offset ‘{number}’ is too large"))
        }
        (Err(_), Unit::Fields) => Err(format!("invalid field value ‘{}’", &number[digits..])),
        (Err(_), Unit::Bytes) => Err(format!("invalid byte/character position ‘{}’", &number[digits..])),
    }
}

/// Sorts ranges and joins those that overlap; neighbours stay apart, since an output delimiter stands between them.
fn merged(mut ranges: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    ranges.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (from, to) in ranges {
        match merged.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => merged.push((from, to)),
        }
    }
    merged
}

fn complement(ranges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut gaps = Vec::new();
    let mut next = 1;
    for (from, to) in ranges {
        if next < *from {
            gaps.push((next, from - 1));
        }
        next = to.saturating_add(1);
    }
    if next < usize::MAX {
        gaps.push((next, usize::MAX));
    }
    gaps
}

impl Plan {
    fn write(&self, out: &mut Vec<u8>, line: &[u8]) {
        match self.unit {
            Unit::Bytes => self.bytes(out, line),
            Unit::Fields => self.fields(out, line),
        }
    }

    fn bytes(&self, out: &mut Vec<u8>, line: &[u8]) {
        let within = self.ranges.iter().filter(|(from, _)| *from <= line.len());
        let pieces: Vec<&[u8]> = within.map(|(from, to)| &line[from - 1..(*to).min(line.len())]).collect();
        push(out, &pieces.join(self.joint.as_deref().unwrap_or_default()));
    }

    fn fields(&self, out: &mut Vec<u8>, line: &[u8]) {
        let fields = split(line, &self.delimiter);
        if fields.len() == 1 {
            if !self.only_delimited {
                push(out, line);
            }
            return;
        }
        let within = self.ranges.iter().filter(|(from, _)| *from <= fields.len());
        let picked: Vec<&[u8]> =
            within.flat_map(|(from, to)| &fields[from - 1..(*to).min(fields.len())]).copied().collect();
        push(out, &picked.join(self.joint.as_deref().unwrap_or(&self.delimiter)));
    }
}

fn split<'a>(line: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut fields = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < line.len() {
        if line[at..].starts_with(delimiter) {
            fields.push(&line[start..at]);
            at += delimiter.len();
            start = at;
        } else {
            at += 1;
        }
    }
    fields.push(&line[start..]);
    fields
}
