//! `docker logs` (docker/cli, cli/command/container/logs.go).

use jiff::Timestamp;

use super::{Done, find};
use crate::container::Stream;
use crate::docker::failure::Failure;
use crate::docker::flags::Parsed;
use crate::docker::{Output, View, filter};
use crate::engine::Engine;

/// Whose log to show, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logs {
    /// The container as typed.
    pub name: String,
    /// `-n`: the last so many lines.
    pub tail: Option<usize>,
    /// `-t`.
    pub timestamps: bool,
    /// `--details`: a blank before each line, since no log here has any.
    pub details: bool,
    /// `--since`.
    pub since: Option<String>,
    /// `--until`.
    pub until: Option<String>,
}

impl Logs {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        Self {
            name: parsed.arguments[0].clone(),
            tail: parsed.text("tail").and_then(|count| count.parse().ok()),
            timestamps: parsed.is("timestamps"),
            details: parsed.is("details"),
            since: parsed.non_empty("since"),
            until: parsed.non_empty("until"),
        }
    }
}

/// Reads a time of `--since` or `--until`.
fn time(flag: &str, text: Option<&String>, view: &View) -> Result<Option<Timestamp>, Failure> {
    let bad = |text: &String| {
        Failure::new(1, format!("invalid value for \"{flag}\": failed to parse value as time or duration: {text:?}"))
    };
    text.map(|text| filter::time(text, view).map_err(|_| bad(text))).transpose()
}

pub(super) fn run(logs: &Logs, engine: &Engine, view: &View, output: &mut Output<'_>) -> Done {
    let record = match find(engine, &logs.name) {
        Ok(record) => record,
        Err(failure) => return Ok(Err::<(), Failure>(failure)),
    };
    let bounds = time("since", logs.since.as_ref(), view)
        .and_then(|since| Ok((since, time("until", logs.until.as_ref(), view)?)));
    let (since, until) = match bounds {
        Ok(bounds) => bounds,
        Err(failure) => return Ok(Err(failure)),
    };
    let is_within =
        |time: Timestamp| since.is_none_or(|since| time >= since) && until.is_none_or(|until| time <= until);
    let pieces = engine.shelf().read_log(&record);
    let lines: Vec<(Stream, &str, Timestamp)> = pieces
        .iter()
        .filter(|piece| is_within(piece.time))
        .flat_map(|piece| piece.log.split_inclusive('\n').map(|line| (piece.stream, line, piece.time)))
        .collect();
    let skipped = lines.len().saturating_sub(logs.tail.unwrap_or(usize::MAX));
    for (stream, line, time) in &lines[skipped..] {
        let stamp = if logs.timestamps { format!("{time} ") } else { String::new() };
        let stamp = if logs.details { stamp + " " } else { stamp };
        match stream {
            Stream::Out => write!(output.out, "{stamp}{line}")?,
            Stream::Err => write!(output.err, "{stamp}{line}")?,
        }
    }
    Ok(Ok(()))
}
