//! `wc`: counts lines, words, characters and bytes.

use super::Outcome;
use super::input::Input;
use super::options::{Flag, parse, switch};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Count {
    Lines,
    Words,
    Characters,
    Bytes,
    Longest,
}

const FLAGS: &[Flag<Count>] = &[
    switch(Count::Lines, 'l', "lines"),
    switch(Count::Words, 'w', "words"),
    switch(Count::Characters, 'm', "chars"),
    switch(Count::Bytes, 'c', "bytes"),
    switch(Count::Longest, 'L', "max-line-length"),
];

/// Columns of a count read from a pipe, whose size is not known beforehand.
const WIDTH: usize = 7;

pub(super) fn run(arguments: &[String], stdin: &[u8]) -> Outcome {
    let parsed = match parse(FLAGS, arguments) {
        Ok(parsed) => parsed,
        Err(problem) => return Outcome::usage("wc", &problem, 1),
    };
    let mut counts: Vec<Count> = parsed.options.iter().map(|(count, _)| *count).collect();
    counts.sort();
    counts.dedup();
    if counts.is_empty() {
        counts = vec![Count::Lines, Count::Words, Count::Bytes];
    }
    let inputs = Input::of(&parsed.operands);
    let width = if counts.len() == 1 && inputs.len() == 1 { 1 } else { WIDTH };
    let mut outcome = Outcome::default();
    let mut totals = vec![0; counts.len()];
    for input in &inputs {
        match input {
            Input::Stdin { named } => {
                totals = counts.iter().map(|count| measure(*count, stdin)).collect();
                let name = if *named { " -" } else { "" };
                outcome.stdout.extend(row(&totals, width, name));
            }
            Input::Missing(name) => outcome.complain(&format!("wc: {name}: No such file or directory"), 1),
        }
    }
    if inputs.len() > 1 {
        outcome.stdout.extend(row(&totals, width, " total"));
    }
    outcome
}

fn row(numbers: &[usize], width: usize, name: &str) -> Vec<u8> {
    let columns: Vec<String> = numbers.iter().map(|number| format!("{number:width$}")).collect();
    format!("{}{name}\n", columns.join(" ")).into_bytes()
}

fn measure(count: Count, text: &[u8]) -> usize {
    match count {
        Count::Lines => text.split(|byte| *byte == b'\n').count() - 1,
        Count::Bytes => text.len(),
        Count::Characters => text.utf8_chunks().map(|chunk| chunk.valid().chars().count()).sum(),
        Count::Words => words(text),
        Count::Longest => super::lines::lines(text).map(columns).max().unwrap_or(0),
    }
}

/// Counts words: runs between spaces that hold a printable character.
fn words(text: &[u8]) -> usize {
    let mut count = 0;
    let mut inside = false;
    for c in text.utf8_chunks().flat_map(|chunk| chunk.valid().chars()) {
        if c.is_whitespace() {
            inside = false;
        } else if !c.is_control() {
            count += usize::from(!inside);
            inside = true;
        }
    }
    count
}

/// Measures a line as a terminal shows it, with tab stops at every eighth column.
fn columns(line: &[u8]) -> usize {
    let text = String::from_utf8_lossy(line);
    text.chars().fold(0, |at, c| match c {
        '\t' => at / 8 * 8 + 8,
        _ => at + unicode_width::UnicodeWidthChar::width(c).unwrap_or(0),
    })
}
