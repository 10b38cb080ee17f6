//! `docker commit` (docker/cli, cli/command/container/commit.go; moby, daemon/commit.go).

use super::change;
use super::{Done, find};
use crate::container;
use crate::docker::failure::Failure;
use crate::docker::flags::Parsed;
use crate::docker::{Output, error};
use crate::engine::{CommitRequest, Engine};
use crate::oci::Reference;

/// What to make of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The container as typed.
    pub name: String,
    /// The new image's name, with a tag.
    pub reference: Option<Reference>,
    /// `-a`.
    pub author: String,
    /// `-m`.
    pub message: String,
    /// `-c`, in order.
    pub changes: Vec<String>,
}

impl Commit {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        let text = |long: &str| parsed.text(long).unwrap_or_default().to_owned();
        let reference = parsed.arguments.get(1).filter(|name| !name.is_empty());
        let reference = reference.map(|name| name.parse::<Reference>()).transpose();
        let reference = reference.map_err(|error| Failure::new(1, error))?;
        if reference.as_ref().is_some_and(|reference| reference.digest().is_some()) {
            return Err(Failure::new(1, "refusing to create a tag with a digest reference"));
        }
        Ok(Self {
            name: parsed.arguments[0].clone(),
            reference: reference.map(Reference::or_latest),
            author: text("author"),
            message: text("message"),
            changes: parsed.list("change"),
        })
    }
}

pub(super) fn run(commit: &Commit, engine: &Engine, output: &mut Output<'_>) -> Done {
    let found = find(engine, &commit.name).map_err(|failure| match engine.shelf().find(&commit.name) {
        // This name is no part of the address that is asked for: a slash before it stays.
        Err(container::Error::NoSuchContainer(name)) if !name.is_empty() => {
            Failure::new(1, error::daemon(format!("No such container: {name}")))
        }
        _ => failure,
    });
    let made = found.and_then(|record| {
        let mut config = record.config.clone();
        change::apply(&mut config, &commit.changes).map_err(|sentence| Failure::new(1, error::daemon(sentence)))?;
        let request = CommitRequest {
            reference: commit.reference.clone(),
            author: commit.author.clone(),
            message: commit.message.clone(),
            config,
        };
        engine.commit(&record, &request).map_err(|error| error::from_daemon(&error))
    });
    match made {
        Ok(id) => writeln!(output.out, "{id}").map(Ok),
        Err(failure) => Ok(Err(failure)),
    }
}
