//! What is known about a container, as it is kept on disk.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::oci::{ContainerConfig, Descriptor, ImageId};

/// The version of the format.
pub(super) const VERSION: u64 = 1;

/// A container: what it was made of, and how it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Version of the format.
    pub(super) version: u64,
    /// 64 hexadecimal digits.
    pub id: String,
    /// The name, without a slash.
    pub name: String,
    /// The image's ID.
    pub image: ImageId,
    /// The image as it was asked for.
    pub image_name: String,
    /// The image's manifest, under the name that an index has for it: the sweep of the store looks there for what is
    /// in use.
    pub(super) manifests: Vec<Descriptor>,
    /// What it starts with, after all options.
    pub config: ContainerConfig,
    /// Options that are no part of an image.
    pub options: RunOptions,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last started.
    pub started: Option<Timestamp>,
    /// When it last ended.
    pub finished: Option<Timestamp>,
    /// How it is.
    pub state: State,
    /// Bytes in its writable layer.
    pub own_bytes: u64,
}

/// Options of a container that are no part of an image.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent flags of Docker's command line")]
pub struct RunOptions {
    /// Its name for itself; empty for the beginning of its ID.
    pub hostname: String,
    /// `--domainname`.
    #[serde(default)]
    pub domain: String,
    /// What was asked of the host, under the keys of Docker's `HostConfig`: nothing of it is given, all of it is shown.
    #[serde(default)]
    pub host: Map<String, Value>,
    /// `-t`.
    pub tty: bool,
    /// `-i`.
    pub open_stdin: bool,
    /// `-d`.
    pub detached: bool,
    /// `--rm`.
    pub auto_remove: bool,
}

/// How a container is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Never started.
    Created,
    /// Its program runs.
    Running,
    /// Its program is held up.
    Paused,
    /// Its program has ended with this status.
    Exited(i32),
}

impl State {
    /// Returns Docker's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Exited(_) => "exited",
        }
    }
}

impl Record {
    /// Returns the program and its arguments.
    pub fn command(&self) -> Vec<String> {
        let entrypoint = self.config.entrypoint.iter().flatten();
        entrypoint.chain(self.config.cmd.iter().flatten()).cloned().collect()
    }

    /// Returns the first twelve digits of the ID.
    pub fn short_id(&self) -> &str {
        &self.id[..12]
    }

    /// Returns its name for itself.
    pub fn hostname(&self) -> &str {
        if self.options.hostname.is_empty() { self.short_id() } else { &self.options.hostname }
    }

    /// Returns the image's manifest.
    pub fn manifest(&self) -> Option<&Descriptor> {
        self.manifests.first()
    }

    /// Tells whether its program runs, held up or not.
    pub fn is_running(&self) -> bool {
        matches!(self.state, State::Running | State::Paused)
    }
}
