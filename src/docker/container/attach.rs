//! `docker attach` (docker/cli, cli/command/container/attach.go).

use super::play::{Keep, Play, Played};
use super::{Done, find};
use crate::container::{Record, State};
use crate::docker::failure::Failure;
use crate::docker::flags::Parsed;
use crate::docker::{Output, error};
use crate::engine::Engine;

/// What to attach to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attach {
    /// The container as typed.
    pub name: String,
    /// `--no-stdin`.
    pub no_stdin: bool,
}

impl Attach {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        Self { name: parsed.arguments[0].clone(), no_stdin: parsed.is("no-stdin") }
    }
}

/// A shell that waits for lines goes on with them; any other program that counts as running says nothing more.
pub(super) fn run(attach: &Attach, engine: &Engine, output: &mut Output<'_>) -> Done {
    let record = match find(engine, &attach.name).and_then(attachable) {
        Ok(record) => record,
        Err(failure) => return Ok(Err(failure)),
    };
    let play = Play::of(&record);
    if attach.no_stdin || !play.input || !play.is_shell() {
        let name = &attach.name;
        return Ok(Err(Failure::new(
            1,
            format!(
                "layerbook: the program of {name} waits here and writes nothing more; `docker logs {name}` shows what it \
                 wrote, `docker exec -it {name} sh` looks inside"
            ),
        )));
    }
    let mut container = match engine.open_container(record.clone()) {
        Ok(container) => container,
        Err(error) => return Ok(Err(error::from_daemon(&error))),
    };
    let played = play.run(engine, &mut container, output, Keep::Log)?;
    let status = match played {
        Ok(Played::Exited(status)) => status,
        Ok(Played::Running) => return Ok(Ok(())),
        Ok(Played::NotStarted(sentence, _)) | Err(sentence) => {
            return Ok(Err(Failure::new(1, error::daemon(sentence))));
        }
    };
    let ended = container.update(|record| {
        (record.state, record.finished) = (State::Exited(status), Some((engine.options().clock)()));
    });
    let removed = ended.and_then(|()| if record.options.auto_remove { engine.shelf().remove(&record) } else { Ok(()) });
    Ok(match (removed, status) {
        (Err(error), _) => Err(super::failure(error)),
        (Ok(()), 0) => Ok(()),
        (Ok(()), status) => Err(Failure::verbatim(status, String::new())),
    })
}

fn attachable(record: Record) -> Result<Record, Failure> {
    match record.state {
        State::Running => Ok(record),
        State::Paused => Err(Failure::new(1, "cannot attach to a paused container, unpause it first")),
        State::Created | State::Exited(_) => {
            Err(Failure::new(1, "cannot attach to a stopped container, start it first"))
        }
    }
}
