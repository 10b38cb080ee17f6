//! `wc`: counts lines, words, characters and bytes.

use super::Outcome;
use super::input::{Input, Sources};
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

pub(super) fn run(arguments: &[String], sources: Sources<'_>) -> Outcome {
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
    let inputs = Input::of(&parsed.operands, sources.files);
    let width = match inputs.as_slice() {
        [_] if counts.len() == 1 => 1,
        // Sizes of files are known beforehand: the columns are as wide as their sum.
        all if all.iter().any(|input| matches!(input, Input::File(..))) => digits(all),
        _ => WIDTH,
    };
    let mut outcome = Outcome::default();
    let mut totals = vec![0; counts.len()];
    for input in &inputs {
        match input {
            Input::Stdin { named } => {
                let measured = add(&mut totals, &counts, sources.stdin);
                let name = if *named { " -" } else { "" };
                outcome.stdout.extend(row(&measured, width, name));
            }
            Input::File(name, bytes) => {
                let measured = add(&mut totals, &counts, bytes);
                outcome.stdout.extend(row(&measured, width, &format!(" {name}")));
            }
            Input::Missing(name, why) => outcome.complain(&format!("wc: {name}: {why}"), 1),
        }
    }
    if inputs.len() > 1 {
        outcome.stdout.extend(row(&totals, width, " total"));
    }
    outcome
}

fn digits(inputs: &[Input<'_>]) -> usize {
    let sizes = inputs.iter().map(|input| if let Input::File(_, bytes) = input { bytes.len() } else { 0 });
    sizes.sum::<usize>().to_string().len()
}

/// Measures a text and adds it to the totals.
fn add(totals: &mut [usize], counts: &[Count], text: &[u8]) -> Vec<usize> {
    let measured: Vec<usize> = counts.iter().map(|count| measure(*count, text)).collect();
    for (total, number) in totals.iter_mut().zip(&measured) {
        *total += number;
    }
    measured
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
