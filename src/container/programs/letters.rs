//! `tr`, `rev`, `tac` and `nl`: text changed letter by letter or line by line.

use std::collections::HashSet;

use super::say::{Escapes, unescaped};
use super::{complain, failed, said};
use crate::container::Session;
use crate::container::files::Errno;
use crate::pipe::Outcome;

/// `tr [-cds] SET [SET]`.
pub(super) fn tr(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let flags = words[1..].iter().take_while(|word| word.starts_with('-') && word.len() > 1).count();
    let (flags, sets) = words[1..].split_at(flags);
    let has = |letter: char| flags.iter().any(|flag| flag.contains(letter));
    let (deletes, squeezes, others) = (has('d'), has('s'), has('c') || has('C'));
    let needed = if deletes == squeezes { 2 } else { 1 };
    if sets.len() < needed {
        return missing(session, sets, deletes);
    }
    let from = set(&sets[0]);
    let to = sets.get(1).map(|text| set(text)).unwrap_or_default();
    let known: HashSet<char> = from.iter().copied().collect();
    let is_meant = |c: char| known.contains(&c) != others;
    let squeezed: HashSet<char> =
        if to.is_empty() { from.iter().copied().collect() } else { to.iter().copied().collect() };
    let change = |c: char| match to.last() {
        Some(last) if !deletes && is_meant(c) => {
            let at = if others { None } else { from.iter().rposition(|known| *known == c) };
            at.and_then(|at| to.get(at)).copied().unwrap_or(*last)
        }
        _ => c,
    };
    let mut done = String::new();
    for c in String::from_utf8_lossy(input).chars().filter(|c| !deletes || !is_meant(*c)).map(change) {
        let is_squeezed = squeezed.contains(&c) != (others && to.is_empty());
        if squeezes && is_squeezed && done.ends_with(c) {
            continue;
        }
        done.push(c);
    }
    if session.reads_all() { Outcome::default() } else { said(done) }
}

fn missing(session: &Session<'_>, sets: &[String], deletes: bool) -> Outcome {
    if session.is_applet("tr") {
        return failed("Usage: tr [-cds] STRING1 [STRING2]", 1);
    }
    let problem = match sets.first() {
        None => "missing operand".to_owned(),
        Some(set) => {
            let what = if deletes {
                "Two strings must be given when both deleting and squeezing repeats."
            } else {
                "Two strings must be given when translating."
            };
            format!("missing operand after {}\n{what}", super::quoted(session, set))
        }
    };
    failed(&format!("tr: {problem}\nTry 'tr --help' for more information."), 1)
}

/// The characters of a set: ranges, classes and escapes written out.
fn set(text: &str) -> Vec<char> {
    let mut text = text.to_owned();
    for (class, letters) in [
        ("[:lower:]", "a-z"),
        ("[:upper:]", "A-Z"),
        ("[:digit:]", "0-9"),
        ("[:alpha:]", "A-Za-z"),
        ("[:alnum:]", "0-9A-Za-z"),
        ("[:space:]", "\\t\\n\\v\\f\\r "),
        ("[:blank:]", "\\t "),
        ("[:punct:]", "!-/:-@[-`{-~"),
        ("[:xdigit:]", "0-9A-Fa-f"),
        ("[:cntrl:]", "\\000-\\037\\177"),
        ("[:print:]", " -~"),
        ("[:graph:]", "!-~"),
    ] {
        text = text.replace(class, letters);
    }
    let letters: Vec<char> = unescaped(&text, Escapes::OfDash).chars().collect();
    let (mut all, mut rest) = (Vec::new(), letters.as_slice());
    while let [from, more @ ..] = rest {
        rest = match more {
            ['-', to, more @ ..] if from <= to => {
                all.extend(*from..=*to);
                more
            }
            more => {
                all.push(*from);
                more
            }
        };
    }
    all
}

/// Reads the files that are named, or the input where none is.
pub(super) fn texts(
    session: &mut Session<'_>,
    words: &[String],
    input: &[u8],
) -> Result<(Vec<String>, Outcome), Outcome> {
    let name = words[0].rsplit('/').next().unwrap_or_default();
    let paths: Vec<&String> = words[1..].iter().filter(|word| !word.starts_with('-') || *word == "-").collect();
    let mut outcome = Outcome::default();
    if paths.is_empty() {
        return if session.reads_all() {
            Err(Outcome::default())
        } else {
            Ok((vec![String::from_utf8_lossy(input).into_owned()], outcome))
        };
    }
    let mut texts = Vec::new();
    for path in paths {
        match if path == "-" { Ok(input.to_vec()) } else { session.read(path) } {
            Ok(bytes) => texts.push(String::from_utf8_lossy(&bytes).into_owned()),
            Err(Errno::NoEntry) if name == "rev" => {
                complain(&mut outcome, &format!("rev: cannot open {path}: {}", Errno::NoEntry));
            }
            Err(error) if name == "tac" && !session.is_applet(name) => {
                complain(&mut outcome, &format!("tac: failed to open '{path}' for reading: {error}"));
            }
            Err(error) => complain(&mut outcome, &format!("{name}: {path}: {error}")),
        }
    }
    Ok((texts, outcome))
}

fn by_text(session: &mut Session<'_>, words: &[String], input: &[u8], work: impl Fn(&str) -> String) -> Outcome {
    match texts(session, words, input) {
        Ok((texts, outcome)) => {
            Outcome { stdout: texts.iter().map(|text| work(text)).collect::<String>().into_bytes(), ..outcome }
        }
        Err(outcome) => outcome,
    }
}

pub(super) fn rev(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    by_text(session, words, input, |text| {
        text.split_inclusive('\n')
            .map(|line| {
                let body = line.trim_end_matches('\n');
                body.chars().rev().collect::<String>() + &line[body.len()..]
            })
            .collect()
    })
}

pub(super) fn tac(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    by_text(session, words, input, |text| text.split_inclusive('\n').rev().collect())
}

/// Numbers lines; empty ones have none unless `-ba` says so.
pub(super) fn nl(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let all = words.iter().any(|word| word == "-ba");
    match texts(session, words, input) {
        Ok((texts, outcome)) => {
            let mut number = 0;
            let mut done = String::new();
            for line in texts.concat().lines() {
                if line.is_empty() && !all {
                    done += "       \n";
                } else {
                    number += 1;
                    done += &format!("{number:6}\t{line}\n");
                }
            }
            Outcome { stdout: done.into_bytes(), ..outcome }
        }
        Err(outcome) => outcome,
    }
}
