//! `docker history` (docker/cli, `cli/command/image/formatter_history.go`).

use std::io;

use jiff::Timestamp;

use super::failure::Failure;
use super::flags::Parsed;
use super::format::{Format, Row};
use super::{Output, View, error, pull, units};
use crate::engine::{Engine, HistoryRow};
use crate::oci::Platform;

/// Whose history to show, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Name or ID of the image, as typed.
    pub name: String,
    /// `-H`: ages and sizes for people; true unless switched off.
    pub human: bool,
    /// `--no-trunc`.
    pub no_trunc: bool,
    /// `-q`.
    pub quiet: bool,
    /// `--format`.
    pub format: Option<String>,
    /// `--platform`.
    pub platform: Option<Platform>,
}

const COLUMNS: &[&str] = &["ID", "CreatedSince", "CreatedBy", "Size", "Comment"];
/// Docker shows ages only from the year 2000 on: earlier times are marks of reproducible builds.
const FIRST_AGE: i64 = 946_684_800;
const CREATED_BY_COLUMNS: usize = 45;

impl History {
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        Ok(Self {
            name: parsed.arguments[0].clone(),
            human: parsed.is("human"),
            no_trunc: parsed.is("no-trunc"),
            quiet: parsed.is("quiet"),
            format: parsed.non_empty("format"),
            platform: parsed.non_empty("platform").map(|text| pull::platform(&text)).transpose()?,
        })
    }
}

pub(super) fn run(
    history: &History,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    let rows = match rows_of(history, engine) {
        Ok(rows) => rows,
        Err(failure) => return Ok(Err(failure)),
    };
    let rows: Vec<Row> = rows.iter().map(|row| cells(row, history, view)).collect();
    Format::list(history.format.as_deref(), history.quiet, COLUMNS).write(
        &rows,
        &headers(history.human),
        "*image.historyContext",
        output.out,
    )
}

fn rows_of(history: &History, engine: &Engine) -> Result<Vec<HistoryRow>, Failure> {
    if history.name.is_empty() {
        return Err(Failure::new(1, error::daemon(error::NO_PAGE)));
    }
    if let Some(asked) = &history.platform {
        let details = engine.inspect(&history.name).map_err(|error| error::from_daemon(&error))?;
        let held = details.config.platform();
        if !asked.is(&held) {
            let sentence = error::other_platform(&history.name, &held, asked);
            return Err(Failure::new(1, error::daemon(sentence)));
        }
    }
    engine.history(&history.name).map_err(|error| error::from_daemon(&error))
}

fn headers(human: bool) -> Vec<(&'static str, &'static str)> {
    vec![
        ("ID", "IMAGE"),
        ("CreatedSince", if human { "CREATED" } else { "CREATED AT" }),
        ("CreatedAt", "CREATED AT"),
        ("CreatedBy", "CREATED BY"),
        ("Size", "SIZE"),
        ("Comment", "COMMENT"),
    ]
}

fn cells(row: &HistoryRow, history: &History, view: &View) -> Row {
    let id = row.id.as_ref().map_or_else(|| "<missing>".to_owned(), ToString::to_string);
    let created_by = row.created_by.replace('\t', " ");
    let created_at = view.local(row.created.unwrap_or(Timestamp::UNIX_EPOCH), "%Y-%m-%dT%H:%M:%S%:z");
    let created_at = created_at.strip_suffix("+00:00").map_or(created_at.clone(), |utc| format!("{utc}Z"));
    let created_since = match row.created {
        _ if !history.human => created_at.clone(),
        Some(created) if created.as_second() > FIRST_AGE => view.ago(created),
        Some(_) | None => "N/A".to_owned(),
    };
    vec![
        ("Comment", row.comment.clone()),
        ("CreatedAt", created_at),
        ("CreatedBy", if history.no_trunc { created_by } else { units::ellipsis(&created_by, CREATED_BY_COLUMNS) }),
        ("CreatedSince", created_since),
        ("ID", if history.no_trunc { id } else { units::short_id(&id).to_owned() }),
        ("Size", if history.human { units::size(row.on_disk) } else { row.on_disk.to_string() }),
    ]
}
