//! `docker logs` (docker/cli, cli/command/container/logs.go).

use super::{Done, find};
use crate::container::Stream;
use crate::docker::Output;
use crate::docker::failure::Failure;
use crate::docker::flags::Parsed;
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
}

impl Logs {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        Self {
            name: parsed.arguments[0].clone(),
            tail: parsed.text("tail").and_then(|count| count.parse().ok()),
            timestamps: parsed.is("timestamps"),
        }
    }
}

pub(super) fn run(logs: &Logs, engine: &Engine, output: &mut Output<'_>) -> Done {
    let record = match find(engine, &logs.name) {
        Ok(record) => record,
        Err(failure) => return Ok(Err::<(), Failure>(failure)),
    };
    let pieces = engine.shelf().read_log(&record);
    let lines: Vec<(Stream, &str, jiff::Timestamp)> = pieces
        .iter()
        .flat_map(|piece| piece.log.split_inclusive('\n').map(|line| (piece.stream, line, piece.time)))
        .collect();
    let skipped = lines.len().saturating_sub(logs.tail.unwrap_or(usize::MAX));
    for (stream, line, time) in &lines[skipped..] {
        let stamp = if logs.timestamps { format!("{time} ") } else { String::new() };
        match stream {
            Stream::Out => write!(output.out, "{stamp}{line}")?,
            Stream::Err => write!(output.err, "{stamp}{line}")?,
        }
    }
    Ok(Ok(()))
}
