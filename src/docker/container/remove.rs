//! `docker rm` and `docker container prune` (docker/cli, cli/command/container/rm.go, prune.go).

use std::io;

use super::{Done, Names, failure};
use crate::container::{Record, State};
use crate::docker::failure::Failure;
use crate::docker::filter::{self, Pair};
use crate::docker::flags::Parsed;
use crate::docker::{Output, View, error, prune, units};
use crate::engine::Engine;

/// Which containers to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveContainers {
    /// Names and IDs as typed.
    pub names: Names,
    /// `-f`.
    pub force: bool,
}

/// Which stopped containers to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PruneContainers {
    /// `-f`.
    pub force: bool,
    /// `--filter`.
    pub filters: Vec<(String, String)>,
}

const WARNING: &str = "WARNING! This will remove all stopped containers.";
const FILTERS: &[&str] = &["label", "label!", "until"];

impl RemoveContainers {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        Self { names: Names::read(parsed), force: parsed.is("force") }
    }
}

impl PruneContainers {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        Self { force: parsed.is("force"), filters: parsed.pairs("filter") }
    }
}

pub(super) fn remove(remove: &RemoveContainers, engine: &Engine, output: &mut Output<'_>) -> Done {
    let (mut sentences, mut status) = (Vec::new(), 0);
    for name in &remove.names.0 {
        if name.is_empty() {
            status = 1;
            sentences.push("container name cannot be empty".to_owned());
            continue;
        }
        match engine.shelf().find(name) {
            Ok(record) if record.is_running() && !remove.force => {
                status = 1;
                let (state, first) = match record.state {
                    State::Paused => ("paused", "unpause and then stop"),
                    State::Running | State::Created | State::Exited(_) => ("running", "stop"),
                };
                sentences.push(error::daemon(format!(
                    "cannot remove container {name:?}: container is {state}: {first} the container before removing or force remove"
                )));
            }
            Ok(record) => match engine.shelf().remove(&record) {
                Ok(()) => writeln!(output.out, "{name}")?,
                Err(error) => {
                    status = 1;
                    sentences.push(error::daemon(error::container(&error)));
                }
            },
            Err(error) => {
                // Forced, a name that is not there is told and forgiven.
                status = if remove.force { status } else { 1 };
                sentences.push(error::daemon(error::container(&error)));
            }
        }
    }
    Ok(if sentences.is_empty() { Ok(()) } else { Err(Failure::all(status, &sentences)) })
}

pub(super) fn prune(prune: &PruneContainers, engine: &Engine, view: &View, output: &mut Output<'_>) -> Done {
    if !prune.force && !prune::confirm(WARNING, output)? {
        return Ok(Ok(()));
    }
    match prune_containers(prune, engine, view, output)? {
        Ok(bytes) => writeln!(output.out, "Total reclaimed space: {}", units::long_size(bytes)).map(Ok),
        Err(failure) => Ok(Err(failure)),
    }
}

/// Removes stopped containers, lists them and returns the bytes that they had.
pub(in crate::docker) fn prune_containers(
    prune: &PruneContainers,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<u64, Failure>> {
    let gone = match prune_all(prune, engine, view) {
        Ok(gone) => gone,
        Err(failure) => return Ok(Err(failure)),
    };
    if !gone.is_empty() {
        writeln!(output.out, "Deleted Containers:")?;
        for record in &gone {
            writeln!(output.out, "{}", record.id)?;
        }
        writeln!(output.out)?;
    }
    Ok(Ok(gone.iter().map(|record| record.own_bytes).sum()))
}

fn prune_all(prune: &PruneContainers, engine: &Engine, view: &View) -> Result<Vec<Record>, Failure> {
    let pairs: &[Pair] = &prune.filters;
    filter::check_names(pairs, FILTERS)?;
    let until = filter::until(pairs, view)?;
    let has = |record: &Record, label: &str| {
        let (name, value) = label.split_once('=').map_or((label, None), |(name, value)| (name, Some(value)));
        let labels = record.config.labels.iter().flatten();
        labels.into_iter().any(|(known, held)| known == name && value.is_none_or(|value| value == held))
    };
    let mut gone = engine.shelf().list().map_err(failure)?;
    gone.retain(|record| {
        !record.is_running()
            && until.is_none_or(|until| record.created < until)
            && filter::values(pairs, "label").iter().all(|label| has(record, label))
            && !filter::values(pairs, "label!").iter().any(|label| has(record, label))
    });
    gone.iter().try_for_each(|record| engine.shelf().remove(record)).map_err(failure)?;
    Ok(gone)
}
