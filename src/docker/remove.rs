//! `docker rmi` (docker/cli, cli/command/image/remove.go).

use std::io::{self, Write};

use super::failure::Failure;
use super::flags::Parsed;
use super::{Output, error};
use crate::engine::{Engine, Error, Removal};

/// What to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remove {
    /// Names and IDs as typed, in order.
    pub names: Vec<String>,
    /// `-f`.
    pub force: bool,
    /// `--no-prune`: untagged parents stay.
    pub no_prune: bool,
}

impl Remove {
    pub(super) fn read(parsed: &Parsed) -> Self {
        Self { names: parsed.arguments.clone(), force: parsed.is("force"), no_prune: parsed.is("no-prune") }
    }
}

/// Removes what can be removed; what cannot is told at the end. Pulled images have no parents that `--no-prune` could
/// keep.
pub(super) fn run(remove: &Remove, engine: &Engine, output: &mut Output<'_>) -> io::Result<Result<(), Failure>> {
    let mut sentences = Vec::new();
    let mut status = 0;
    let names: Vec<&str> = remove.names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let mut results = match engine.remove_each(&names, remove.force) {
        Ok(results) => results.into_iter(),
        Err(error) => return Ok(Err(error::from_daemon(&error))),
    };
    for name in &remove.names {
        if name.is_empty() {
            status |= i32::from(!remove.force);
            sentences.push(error::daemon(error::NO_PAGE));
            continue;
        }
        match results.next() {
            None => {}
            Some(Ok(removals)) => write_removals(&removals, output.out)?,
            Some(Err(error)) => {
                // Forced, a name that is not there is told and forgiven.
                if !(remove.force && matches!(error, Error::NoSuchImage(_))) {
                    status = 1;
                }
                sentences.push(error::daemon(error::sentence(&error)));
            }
        }
    }
    Ok(if sentences.is_empty() { Ok(()) } else { Err(Failure::all(status, &sentences)) })
}

fn write_removals(removals: &[Removal], out: &mut (dyn Write + Send)) -> io::Result<()> {
    for removal in removals {
        match removal {
            Removal::Untagged(name) => writeln!(out, "Untagged: {}", name.familiar())?,
            Removal::Deleted(digest) => writeln!(out, "Deleted: {digest}")?,
        }
    }
    Ok(())
}
