//! What a step does to an image's settings, and the line of history that BuildKit writes for it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::error::Problem;
use super::pairs::Pairs;
use super::recipe::Step;

/// BuildKit's mark on each line of history.
const BUILDKIT: &str = "buildkit.dockerfile.v0";

/// Execution parameters as BuildKit writes them: empty ones are left out.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Settings {
    #[serde(skip_serializing_if = "String::is_empty")]
    user: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    exposed_ports: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    env: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entrypoint: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cmd: Option<Vec<String>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    volumes: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "String::is_empty")]
    working_dir: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    stop_signal: String,
}

/// One line of an image's history (image-spec, config.md).
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    pub(super) created: String,
    pub(super) created_by: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) comment: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) empty_layer: bool,
}

/// A step's one instruction.
#[derive(Debug, Clone, Copy)]
pub(super) enum Instruction<'a> {
    Run(&'a str),
    Copy(&'a str),
    Add(&'a str),
    Workdir(&'a str),
    Verbatim(&'a str),
    Env(&'a Pairs),
    Arg(&'a str),
    Label(&'a Pairs),
    Entrypoint(&'a [String]),
    Cmd(&'a [String]),
    Expose(&'a [String]),
    Volume(&'a [String]),
    User(&'a str),
    Stopsignal(&'a str),
}

impl<'a> Instruction<'a> {
    /// Finds the one instruction of a step.
    pub(super) fn of(step: &'a Step) -> Result<Self, Problem> {
        let all = [
            step.run.as_deref().map(Self::Run),
            step.copy.as_deref().map(Self::Copy),
            step.add.as_deref().map(Self::Add),
            step.workdir.as_deref().map(Self::Workdir),
            step.verbatim.as_deref().map(Self::Verbatim),
            step.env.as_ref().map(Self::Env),
            step.arg.as_deref().map(Self::Arg),
            step.label.as_ref().map(Self::Label),
            step.entrypoint.as_deref().map(Self::Entrypoint),
            step.cmd.as_deref().map(Self::Cmd),
            step.expose.as_deref().map(Self::Expose),
            step.volume.as_deref().map(Self::Volume),
            step.user.as_deref().map(Self::User),
            step.stopsignal.as_deref().map(Self::Stopsignal),
        ];
        let found: Vec<Self> = all.into_iter().flatten().collect();
        match found[..] {
            [one] => Ok(one),
            _ => Err(Problem::Instructions(found.len())),
        }
    }

    /// Returns the key in the recipe where the step makes no layer.
    pub(super) fn without_layer(self) -> Option<&'static str> {
        match self {
            Self::Run(_) | Self::Copy(_) | Self::Add(_) | Self::Workdir(_) | Self::Verbatim(_) => None,
            Self::Env(_) => Some("env"),
            Self::Arg(_) => Some("arg"),
            Self::Label(_) => Some("label"),
            Self::Entrypoint(_) => Some("entrypoint"),
            Self::Cmd(_) => Some("cmd"),
            Self::Expose(_) => Some("expose"),
            Self::Volume(_) => Some("volume"),
            Self::User(_) => Some("user"),
            Self::Stopsignal(_) => Some("stopsignal"),
        }
    }

    /// Writes the line of history as BuildKit does. `arguments` are the `ARG`s in force.
    pub(super) fn created_by(self, arguments: &[String]) -> String {
        match self {
            Self::Run(script) if arguments.is_empty() => format!("RUN /bin/sh -c {script} # buildkit"),
            Self::Run(script) => {
                format!("RUN |{} {} /bin/sh -c {script} # buildkit", arguments.len(), arguments.join(" "))
            }
            Self::Copy(what) => format!("COPY {what} # buildkit"),
            Self::Add(what) => format!("ADD {what} # buildkit"),
            Self::Workdir(path) => format!("WORKDIR {path}"),
            Self::Verbatim(text) => text.to_owned(),
            Self::Env(pairs) => format!("ENV {}", pairs.joined()),
            Self::Arg(pair) => format!("ARG {pair}"),
            Self::Label(pairs) => format!("LABEL {}", pairs.joined()),
            Self::Entrypoint(words) => format!("ENTRYPOINT {}", quoted(words)),
            Self::Cmd(words) => format!("CMD {}", quoted(words)),
            Self::Expose(ports) => {
                let ports: Vec<String> = ports.iter().map(|port| format!("{port}:{{}}")).collect();
                format!("EXPOSE map[{}]", ports.join(" "))
            }
            Self::Volume(paths) => format!("VOLUME [{}]", paths.join(" ")),
            Self::User(user) => format!("USER {user}"),
            Self::Stopsignal(signal) => format!("STOPSIGNAL {signal}"),
        }
    }

    /// Returns the comment of the line of history.
    pub(super) fn comment(self, given: Option<&str>) -> String {
        let default = if matches!(self, Self::Verbatim(_)) { "" } else { BUILDKIT };
        given.unwrap_or(default).to_owned()
    }
}

/// Writes words as Go's `%q` does for a list of strings: quoted, parted by spaces.
fn quoted(words: &[String]) -> String {
    format!("[{}]", words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(" "))
}

impl Settings {
    /// Sets a variable: in place where it was set before, else at the end.
    pub(super) fn set_env(&mut self, name: &str, value: &str) {
        let pair = format!("{name}={value}");
        let same = |held: &String| held.split('=').next() == Some(name);
        match self.env.iter().position(same) {
            Some(at) => self.env[at] = pair,
            None => self.env.push(pair),
        }
    }

    /// Sets the default command.
    pub(super) fn set_cmd(&mut self, words: &[String]) {
        self.cmd = Some(words.to_vec());
    }

    /// Applies a step.
    pub(super) fn apply(&mut self, instruction: Instruction<'_>) {
        match instruction {
            Instruction::Env(pairs) => pairs.0.iter().for_each(|(name, value)| self.set_env(name, value)),
            Instruction::Label(pairs) => self.labels.extend(pairs.0.clone()),
            Instruction::Entrypoint(words) => {
                // A new entrypoint drops the command of the base, which was meant for the old one.
                self.cmd = None;
                self.entrypoint = Some(words.to_vec());
            }
            Instruction::Cmd(words) => self.set_cmd(words),
            Instruction::Expose(ports) => self.exposed_ports.extend(ports.iter().map(|port| (port.clone(), json!({})))),
            Instruction::Volume(paths) => self.volumes.extend(paths.iter().map(|path| (path.clone(), json!({})))),
            Instruction::User(user) => user.clone_into(&mut self.user),
            Instruction::Stopsignal(signal) => signal.clone_into(&mut self.stop_signal),
            Instruction::Workdir(path) => path.clone_into(&mut self.working_dir),
            Instruction::Run(_)
            | Instruction::Copy(_)
            | Instruction::Add(_)
            | Instruction::Verbatim(_)
            | Instruction::Arg(_) => {}
        }
    }
}
