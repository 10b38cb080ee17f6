//! `docker exec` (docker/cli, cli/command/container/exec.go).

use super::play::{Keep, Play, Played};
use super::{Done, find, variables};
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
    /// `--env-file`, in order.
    pub env_files: Vec<String>,
    /// `-i`.
    pub interactive: bool,
    /// `-t`.
    pub tty: bool,
    /// `-u`.
    pub user: String,
    /// `-w`.
    pub working_dir: String,
}

const EXEC_FAILED: &str = "OCI runtime exec failed: exec failed: unable to start container process: ";

impl Exec {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        let text = |long: &str| parsed.text(long).unwrap_or_default().to_owned();
        Self {
            name: parsed.arguments[0].clone(),
            command: parsed.arguments[1..].to_vec(),
            detach: parsed.is("detach"),
            env: parsed.list("env"),
            env_files: parsed.list("env-file"),
            interactive: parsed.is("interactive"),
            tty: parsed.is("tty"),
            user: text("user"),
            working_dir: text("workdir"),
        }
    }
}

pub(super) fn run(exec: &Exec, engine: &Engine, view: &View, output: &mut Output<'_>) -> Done {
    let mut env = match variables::read_env(&exec.env_files, &|name| (view.variable)(name)) {
        Ok(env) => env,
        Err(sentence) => return Ok(Err(Failure::new(1, sentence))),
    };
    env.extend(exec.env.iter().cloned());
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
    if !exec.working_dir.is_empty() && !exec.working_dir.starts_with('/') {
        return Ok(Err(refused(exec, 126, "OCI runtime exec failed: exec failed: Cwd must be an absolute path")));
    }
    if let Some(reason) = container.no_folder(&exec.working_dir) {
        let sentence =
            format!("{EXEC_FAILED}chdir to cwd ({:?}) set in config.json failed: {reason}", exec.working_dir);
        return Ok(Err(refused(exec, 126, &sentence)));
    }
    let play = Play {
        command: exec.command.clone(),
        user: exec.user.clone(),
        working_dir: exec.working_dir.clone(),
        env,
        tty: exec.tty,
        input: exec.interactive && !exec.detach,
        output: !exec.detach,
    };
    Ok(match play.run(engine, &mut container, output, Keep::Nothing)? {
        Ok(Played::Running | Played::Exited(0)) => Ok(()),
        Ok(Played::Exited(_)) if exec.detach => Ok(()),
        Ok(Played::Exited(status)) => Err(Failure::verbatim(status, String::new())),
        Ok(Played::NotStarted(sentence, 125)) => Err(refused(exec, 126, &sentence)),
        Ok(Played::NotStarted(sentence, status)) => Err(refused(exec, status, &format!("{EXEC_FAILED}{sentence}"))),
        Err(sentence) => Err(Failure::new(1, error::daemon(sentence))),
    })
}

/// The daemon tells of a program that did not start on the program's own output; where nobody sees that, the client tells it.
fn refused(exec: &Exec, status: i32, sentence: &str) -> Failure {
    if exec.detach {
        return Failure::new(1, error::daemon(sentence));
    }
    Failure::verbatim(status, String::new()).after(format!("{sentence}\n"))
}
