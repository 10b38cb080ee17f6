//! The commands about containers: words to commands, what the engine and its containers return to Docker's exact text.

mod attach;
pub(super) mod change;
mod commit;
mod copy;
mod create;
mod exec;
mod export;
mod host;
mod limits;
mod list;
mod logs;
mod pause;
mod play;
mod port;
mod remove;
mod rename;
mod run;
mod start;
mod stats;
mod top;
mod variables;
mod words;

pub use attach::Attach;
pub use commit::Commit;
pub use copy::{Copy, Way};
pub use create::{Create, PullPolicy};
pub use exec::Exec;
pub use export::Export;
pub use host::Host;
pub use list::List;
pub(super) use list::cells;
pub use logs::Logs;
pub use port::Port;
pub(super) use remove::prune_containers;
pub use remove::{PruneContainers, RemoveContainers};
pub use rename::Rename;
pub use run::Run;
pub use start::{Kill, Start};
pub use stats::Stats;
pub use top::Top;

use std::io;

use super::failure::Failure;
use super::flags::Parsed;
use super::{Output, View, error};
use crate::container::Record;
use crate::engine::{Engine, Error};

/// A command about containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContainerCommand {
    /// `docker run`.
    Run(Box<Run>),
    /// `docker create`.
    Create(Box<Create>),
    /// `docker start`.
    Start(Start),
    /// `docker stop`.
    Stop(Names),
    /// `docker kill`.
    Kill(Kill),
    /// `docker restart`.
    Restart(Names),
    /// `docker wait`.
    Wait(Names),
    /// `docker exec`.
    Exec(Exec),
    /// `docker ps`.
    List(List),
    /// `docker rm`.
    Remove(RemoveContainers),
    /// `docker container prune`.
    Prune(PruneContainers),
    /// `docker rename`.
    Rename(Rename),
    /// `docker diff`.
    Diff(String),
    /// `docker commit`.
    Commit(Commit),
    /// `docker cp`.
    Copy(Copy),
    /// `docker logs`.
    Logs(Logs),
    /// `docker pause`.
    Pause(Names),
    /// `docker unpause`.
    Unpause(Names),
    /// `docker attach`.
    Attach(Attach),
    /// `docker export`.
    Export(Export),
    /// `docker port`.
    Port(Port),
    /// `docker stats`.
    Stats(Stats),
    /// `docker top`.
    Top(Top),
}

impl ContainerCommand {
    /// Gives variables that were typed without a value the client's.
    pub(super) fn hand_on(&mut self, variable: variables::Lookup<'_>) {
        match self {
            Self::Run(run) => run.create.hand_on(variable),
            Self::Create(create) => create.hand_on(variable),
            Self::Exec(exec) => variables::hand_on(&mut exec.env, variable),
            _ => {}
        }
    }
}

/// Containers by name or ID, as typed, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl Names {
    pub(super) fn read(parsed: &Parsed) -> Self {
        Self(parsed.arguments.clone())
    }
}

/// What a command came to: the outer error is a writer that failed.
type Done = io::Result<Result<(), Failure>>;

/// Carries out a command about containers.
pub(super) async fn run(command: &ContainerCommand, engine: &Engine, view: &View, output: &mut Output<'_>) -> Done {
    match command {
        ContainerCommand::Run(run) => run::run(run, engine, view, output).await,
        ContainerCommand::Create(create) => create::run(create, engine, view, output).await,
        ContainerCommand::Start(start) => start::start(start, engine, view, output),
        ContainerCommand::Stop(names) => start::stop(names, engine, output),
        ContainerCommand::Kill(kill) => start::kill(kill, engine, output),
        ContainerCommand::Restart(names) => start::restart(names, engine, view, output),
        ContainerCommand::Wait(names) => start::wait(names, engine, output),
        ContainerCommand::Exec(exec) => exec::run(exec, engine, view, output),
        ContainerCommand::List(list) => list::run(list, engine, view, output),
        ContainerCommand::Remove(remove) => remove::remove(remove, engine, output),
        ContainerCommand::Prune(prune) => remove::prune(prune, engine, view, output),
        ContainerCommand::Rename(rename) => Ok(rename::run(rename, engine)),
        ContainerCommand::Diff(name) => diff(name, engine, output),
        ContainerCommand::Commit(commit) => commit::run(commit, engine, output),
        ContainerCommand::Copy(copy) => copy::run(copy, engine, view, output),
        ContainerCommand::Logs(logs) => logs::run(logs, engine, view, output),
        ContainerCommand::Pause(names) => pause::pause(names, engine, output),
        ContainerCommand::Unpause(names) => pause::unpause(names, engine, output),
        ContainerCommand::Attach(attach) => attach::run(attach, engine, output),
        ContainerCommand::Export(export) => export::run(export, engine, output),
        ContainerCommand::Port(port) => Ok(port::run(port, engine)),
        ContainerCommand::Stats(stats) => stats::run(stats, engine, output),
        ContainerCommand::Top(top) => top::run(top, engine, view, output),
    }
}

/// What Docker's client says before it asks for a container without a name.
const NO_NAME: &str = "invalid container name or ID: value is empty";

/// Finds a container.
fn find(engine: &Engine, name: &str) -> Result<Record, Failure> {
    if name.is_empty() {
        return Err(Failure::new(1, NO_NAME));
    }
    engine.shelf().find(name).map_err(|error| error::from_daemon(&Error::Container(error)))
}

/// A failure of the container module.
fn failure(error: crate::container::Error) -> Failure {
    error::from_daemon(&Error::Container(error))
}

/// `docker diff` (docker/cli, cli/command/container/diff.go). Docker lists a directory's names as the disk has them,
/// here they are sorted.
fn diff(name: &str, engine: &Engine, output: &mut Output<'_>) -> Done {
    if name.is_empty() {
        return Ok(Err(Failure::new(1, "Container name cannot be empty")));
    }
    let container = match find(engine, name).and_then(|r| engine.open_container(r).map_err(|e| error::from_daemon(&e)))
    {
        Ok(container) => container,
        Err(failure) => return Ok(Err(failure)),
    };
    for change in container.changes() {
        writeln!(output.out, "{} {}", change.kind.letter(), change.path)?;
    }
    Ok(Ok(()))
}

/// Does something to each of several containers; those that it worked for are printed as typed, the others told at the
/// end.
fn each(names: &Names, output: &mut Output<'_>, mut act: impl FnMut(&str) -> Result<(), String>) -> Done {
    let mut sentences = Vec::new();
    for name in &names.0 {
        match act(name) {
            Ok(()) => writeln!(output.out, "{name}")?,
            Err(sentence) => sentences.push(sentence),
        }
    }
    Ok(if sentences.is_empty() { Ok(()) } else { Err(Failure::all(1, &sentences)) })
}
