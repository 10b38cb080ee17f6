//! `docker stats` (docker/cli, cli/command/container/stats.go). No program runs, so nothing is used.

use super::{Done, failure, find};
use crate::container::Record;
use crate::docker::Output;
use crate::docker::failure::Failure;
use crate::docker::flags::Parsed;
use crate::docker::format::{Format, Row};
use crate::engine::Engine;

/// Whose numbers to show, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Names and IDs as typed; none for all that run.
    pub names: Vec<String>,
    /// `-a`.
    pub all: bool,
    /// `--format`.
    pub format: Option<String>,
    /// `--no-stream`.
    pub once: bool,
    /// `--no-trunc`.
    pub no_trunc: bool,
}

const COLUMNS: &[&str] = &["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"];
const HEADERS: &[(&str, &str)] = &[
    ("BlockIO", "BLOCK I/O"),
    ("CPUPerc", "CPU %"),
    ("Container", "CONTAINER"),
    ("ID", "CONTAINER ID"),
    ("MemPerc", "MEM %"),
    ("MemUsage", "MEM USAGE / LIMIT"),
    ("Name", "NAME"),
    ("NetIO", "NET I/O"),
    ("PIDs", "PIDS"),
];

impl Stats {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        Self {
            names: parsed.arguments.clone(),
            all: parsed.is("all"),
            format: parsed.non_empty("format"),
            once: parsed.is("no-stream"),
            no_trunc: parsed.is("no-trunc"),
        }
    }
}

pub(super) fn run(stats: &Stats, engine: &Engine, output: &mut Output<'_>) -> Done {
    let chosen = match chosen(stats, engine) {
        Ok(chosen) => chosen,
        Err(failure) => return Ok(Err(failure)),
    };
    let rows: Vec<Row> = chosen.iter().map(|(typed, record)| cells(typed, record, stats.no_trunc)).collect();
    let format = Format::list(stats.format.as_deref(), false, COLUMNS);
    let written = format.write(&rows, HEADERS, "*container.statsContext", output.out)?;
    if !stats.once && written.is_ok() {
        writeln!(output.err, "layerbook: no program runs in a workbook, so the numbers stay as they are")?;
    }
    Ok(written)
}

/// The containers, each with the name that it is shown under.
fn chosen(stats: &Stats, engine: &Engine) -> Result<Vec<(String, Record)>, Failure> {
    if stats.names.is_empty() {
        let all = engine.shelf().list().map_err(failure)?.into_iter();
        let shown = all.filter(|record| stats.all || record.is_running());
        return Ok(shown.map(|record| (record.short_id().to_owned(), record)).collect());
    }
    let mut chosen = Vec::new();
    let mut sentences = Vec::new();
    for name in &stats.names {
        match find(engine, name) {
            Ok(record) => chosen.push((name.clone(), record)),
            Err(failure) => sentences.push(failure.text().trim_end().to_owned()),
        }
    }
    if sentences.is_empty() { Ok(chosen) } else { Err(Failure::all(1, &sentences)) }
}

fn cells(typed: &str, record: &Record, no_trunc: bool) -> Row {
    let id = if no_trunc { record.id.as_str() } else { record.short_id() };
    let nothing = || "0B / 0B".to_owned();
    vec![
        ("BlockIO", nothing()),
        ("CPUPerc", "0.00%".to_owned()),
        ("Container", typed.to_owned()),
        ("ID", id.to_owned()),
        ("MemPerc", "0.00%".to_owned()),
        ("MemUsage", nothing()),
        ("Name", record.name.clone()),
        ("NetIO", nothing()),
        ("PIDs", u8::from(record.is_running()).to_string()),
    ]
}
