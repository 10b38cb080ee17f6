//! `docker export` (docker/cli, cli/command/container/export.go).

use std::path::PathBuf;

use super::{Done, find};
use crate::docker::failure::Failure;
use crate::docker::flags::Parsed;
use crate::docker::{Output, error, save};
use crate::engine::Engine;

/// What to export, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The container as typed.
    pub name: String,
    /// `-o`; without it, standard output.
    pub output: Option<PathBuf>,
}

impl Export {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        Self { name: parsed.arguments[0].clone(), output: parsed.non_empty("output").map(PathBuf::from) }
    }
}

pub(super) fn run(export: &Export, engine: &Engine, output: &mut Output<'_>) -> Done {
    let failed = |reason: String| Failure::new(1, format!("failed to export container: {reason}"));
    if export.output.is_none() && output.terminals.output {
        let refused = "cowardly refusing to save to a terminal. Use the -o flag or redirect";
        return Ok(Err(Failure::new(1, refused)));
    }
    if let Some(Err(reason)) = export.output.as_deref().map(save::check_path) {
        return Ok(Err(failed(reason)));
    }
    let opened = find(engine, &export.name).and_then(|r| engine.open_container(r).map_err(|e| error::from_daemon(&e)));
    let container = match opened {
        Ok(container) => container,
        Err(failure) => return Ok(Err(failure)),
    };
    let Some(path) = &export.output else {
        container.export(output.out)?;
        return Ok(Ok(()));
    };
    Ok(engine.export_file(&container, path).map_err(|error| failed(error::sentence(&error))))
}
