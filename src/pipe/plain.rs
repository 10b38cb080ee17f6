//! `true`, `false`, `echo` and `cat`.

use super::Outcome;
use super::input::{Input, Sources};
use super::options::{parse, switch};

/// Writes its arguments with a space between them; `-n` leaves the newline out.
pub(super) fn echo(arguments: &[String]) -> Outcome {
    let (words, end) = match arguments.split_first() {
        Some((first, rest)) if first == "-n" => (rest, ""),
        _ => (arguments, "\n"),
    };
    Outcome::written((words.join(" ") + end).into_bytes())
}

/// Passes its input on.
pub(super) fn cat(arguments: &[String], sources: Sources<'_>) -> Outcome {
    let parsed = match parse(&[switch((), 'u', "")], arguments) {
        Ok(parsed) => parsed,
        Err(problem) => return Outcome::usage("cat", &problem, 1),
    };
    let mut outcome = Outcome::default();
    for input in Input::of(&parsed.operands, sources.files) {
        match input {
            Input::Stdin { .. } => outcome.stdout.extend_from_slice(sources.stdin),
            Input::File(_, bytes) => outcome.stdout.extend(bytes),
            Input::Missing(name, why) => outcome.complain(&format!("cat: {name}: {why}"), 1),
        }
    }
    outcome
}
