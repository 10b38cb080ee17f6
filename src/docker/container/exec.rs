//! `docker exec` (docker/cli, cli/command/container/exec.go).

use super::play::{Keep, Play, Played};
use super::{Done, find};
use crate::container::State;
use crate::docker::failure::Failure;
use crate::docker::flags::Parsed;
use crate::docker::{Output, View, error};
use crate::engine::Engine;

/// What to run in a container that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exec {
    /// The container as typed.
    pub name: String,
    /// The command.
    pub command: Vec<String>,
    /// `-d`.
    pub detach: bool,
    /// `-e`, in order.
    pub env: Vec<String>,
    /// `-i`.
    pub interactive: bool,
    /// `-t`.
    pub tty: bool,
    /// `-u`.
    pub user: String,
    /// `-w`.
    pub working_dir: String,
}

impl Exec {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        let text = |long: &str| parsed.text(long).unwrap_or_default().to_owned();
        Self {
            name: parsed.arguments[0].clone(),
            command: parsed.arguments[1..].to_vec(),
            detach: parsed.is("detach"),
            env: parsed.list("env"),
            interactive: parsed.is("interactive"),
            tty: parsed.is("tty"),
            user: text("user"),
            working_dir: text("workdir"),
        }
    }
}

pub(super) fn run(exec: &Exec, engine: &Engine, _: &View, output: &mut Output<'_>) -> Done {
    let opened = find(engine, &exec.name).and_then(|record| {
        if !record.is_running() {
            return Err(Failure::new(1, error::daemon(format!("container {} is not running", record.id))));
        }
        if record.state == State::Paused {
            let sentence = format!("container {} is paused, unpause the container before exec", exec.name);
            return Err(Failure::new(1, error::daemon(sentence)));
        }
        engine.open_container(record).map_err(|error| error::from_daemon(&error))
    });
    let mut container = match opened {
        Ok(container) => container,
        Err(failure) => return Ok(Err(failure)),
    };
    if let Some(reason) = container.no_folder(&exec.working_dir) {
        let sentence = format!(
            "OCI runtime exec failed: exec failed: unable to start container process: chdir to cwd ({:?}) set in \
             config.json failed: {reason}",
            exec.working_dir
        );
        return Ok(Err(Failure::new(126, sentence)));
    }
    let play = Play {
        command: exec.command.clone(),
        user: exec.user.clone(),
        working_dir: exec.working_dir.clone(),
        env: exec.env.clone(),
        tty: exec.tty,
        input: exec.interactive && !exec.detach,
        output: !exec.detach,
    };
    Ok(match play.run(engine, &mut container, output, Keep::Nothing)? {
        Ok(Played::Running | Played::Exited(0)) => Ok(()),
        Ok(Played::Exited(_)) if exec.detach => Ok(()),
        Ok(Played::Exited(status)) => Err(Failure::verbatim(status, String::new())),
        Ok(Played::NotStarted(sentence, 125)) => Err(Failure::new(126, sentence)),
        Ok(Played::NotStarted(sentence, status)) => Err(Failure::new(
            status,
            format!("OCI runtime exec failed: exec failed: unable to start container process: {sentence}"),
        )),
        Err(sentence) => Err(Failure::new(1, error::daemon(sentence))),
    })
}
