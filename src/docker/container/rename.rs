//! `docker rename` (docker/cli, cli/command/container/rename.go; moby, daemon/rename.go).

use crate::docker::error;
use crate::docker::failure::Failure;
use crate::docker::flags::Parsed;
use crate::engine::Engine;

/// Which container gets which name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// The container as typed.
    pub from: String,
    /// The new name.
    pub to: String,
}

impl Rename {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        let [from, to] = [0, 1].map(|at| parsed.arguments[at].trim_matches(' ').to_owned());
        if from.is_empty() || to.is_empty() {
            return Err(Failure::new(1, "Error: Neither old nor new names may be empty"));
        }
        Ok(Self { from, to })
    }
}

pub(super) fn run(rename: &Rename, engine: &Engine) -> Result<(), Failure> {
    let shelf = engine.shelf();
    let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let to = rename.to.strip_prefix('/').unwrap_or(&rename.to);
    let done = shelf.find(&rename.from).map_err(|error| error::container(&error)).and_then(|record| {
        if record.name == to {
            return Err("Renaming a container with the same name as its current name".to_owned());
        }
        let begins_well = to.starts_with(|c: char| c.is_ascii_alphanumeric());
        let refused = if to.chars().all(is_good) && begins_well && to.len() > 1 {
            shelf.rename(&record, to).map_err(|error| error::container(&error))
        } else {
            Err(format!("Invalid container name (/{to}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"))
        };
        refused.map_err(|sentence| format!("Error when allocating new name: {sentence}"))
    });
    done.map_err(|sentence| {
        let told = error::daemon(sentence);
        Failure::new(1, format!("{told}\nError: failed to rename container named {}", rename.from))
    })
}
