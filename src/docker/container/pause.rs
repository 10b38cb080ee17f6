//! `docker pause` and `docker unpause` (docker/cli, cli/command/container/pause.go, unpause.go; moby, daemon/pause.go).

use super::{Done, Names, each};
use crate::container::{Record, State};
use crate::docker::{Output, error};
use crate::engine::Engine;

pub(super) fn pause(names: &Names, engine: &Engine, output: &mut Output<'_>) -> Done {
    change(names, engine, output, |record| match record.state {
        State::Running => Ok(State::Paused),
        State::Paused => Err(format!("container {} is already paused", record.id)),
        State::Created | State::Exited(_) => Err(format!("container {} is not running", record.id)),
    })
}

pub(super) fn unpause(names: &Names, engine: &Engine, output: &mut Output<'_>) -> Done {
    change(names, engine, output, |record| match record.state {
        State::Paused => Ok(State::Running),
        State::Running | State::Created | State::Exited(_) => Err(format!("container {} is not paused", record.id)),
    })
}

fn change(
    names: &Names,
    engine: &Engine,
    output: &mut Output<'_>,
    next: impl Fn(&Record) -> Result<State, String>,
) -> Done {
    let shelf = engine.shelf();
    each(names, output, |name| {
        let changed = || {
            let mut record = shelf.find(name).map_err(|error| error::container(&error))?;
            record.state = next(&record)?;
            shelf.save(&record).map_err(|error| error::container(&error))
        };
        changed().map_err(error::daemon)
    })
}
