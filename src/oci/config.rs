//! An image's config: how it runs, its layers' diff IDs, its history (image-spec, config.md).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::descriptor::null_is_empty;
use super::json::{self, JsonError};
use super::{DiffId, Digest, ImageId, Platform};

/// A config and the bytes it was read from, whose digest is the image's ID.
///
/// Only what is read is decoded; unknown fields stay in the raw bytes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ImageConfig {
    /// When the image was made, RFC 3339 as written; absent and empty mean unknown.
    #[serde(default)]
    pub created: Option<String>,
    /// Who made it.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub author: String,
    /// The processor architecture, `amd64` for example.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub architecture: String,
    /// The architecture's variant, `v7` for example.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub variant: String,
    /// The operating system.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub os: String,
    /// Version of the operating system, for Windows.
    #[serde(default, rename = "os.version", deserialize_with = "null_is_empty")]
    pub os_version: String,
    /// What a container starts with.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub config: ContainerConfig,
    /// The layers.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub rootfs: RootFs,
    /// One entry a build step, oldest first.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub history: Vec<History>,
    /// Docker's own comment field.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub comment: String,
    #[serde(skip)]
    raw: Vec<u8>,
}

/// Reads a time of a config; Go's zero time and what is no time are `None`.
pub fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok().filter(|at: &Timestamp| !text.starts_with("0001-01-01") && *at > Timestamp::MIN)
}

/// Execution parameters (image-spec, config.md, `config`). `None` and empty differ, as they do in Docker's output.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContainerConfig {
    /// User, or `user:group`.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub user: String,
    /// Ports as `80/tcp`, each with an empty object.
    #[serde(default)]
    pub exposed_ports: Option<BTreeMap<String, Value>>,
    /// Variables as `NAME=value`, in order.
    #[serde(default)]
    pub env: Option<Vec<String>>,
    /// The program.
    #[serde(default, deserialize_with = "words")]
    pub entrypoint: Option<Vec<String>>,
    /// Its default arguments, or the program where there is no entrypoint.
    #[serde(default, deserialize_with = "words")]
    pub cmd: Option<Vec<String>>,
    /// Paths, each with an empty object.
    #[serde(default)]
    pub volumes: Option<BTreeMap<String, Value>>,
    /// Where the program starts.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub working_dir: String,
    /// Labels.
    #[serde(default)]
    pub labels: Option<BTreeMap<String, String>>,
    /// Signal that stops a container.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub stop_signal: String,
    /// Seconds before the signal is followed by SIGKILL.
    #[serde(default)]
    pub stop_timeout: Option<i64>,
    /// Whether arguments are escaped already (Windows).
    #[serde(default, deserialize_with = "null_is_empty")]
    pub args_escaped: bool,
    /// Steps for images built on this one.
    #[serde(default)]
    pub on_build: Option<Vec<String>>,
    /// Docker's health check; durations in nanoseconds.
    #[serde(default)]
    pub healthcheck: Option<Value>,
    /// The shell of `RUN` and `CMD` in shell form.
    #[serde(default, deserialize_with = "words")]
    pub shell: Option<Vec<String>>,
}

/// The layers by their uncompressed digests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct RootFs {
    /// `layers`, as a rule; nobody looks at it.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Bottom layer first.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub diff_ids: Vec<DiffId>,
}

/// One build step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct History {
    /// When, RFC 3339 as written.
    #[serde(default)]
    pub created: Option<String>,
    /// The instruction, as the builder wrote it.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub created_by: String,
    /// Who built it.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub author: String,
    /// A free comment.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub comment: String,
    /// True where the step made no layer.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub empty_layer: bool,
}

/// Reads a list of words; Docker takes a single text for a list of one.
fn words<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Words {
        One(String),
        Many(Vec<Option<String>>),
    }
    Ok(Option::<Words>::deserialize(deserializer)?.map(|words| match words {
        Words::One(word) => vec![word],
        Words::Many(words) => words.into_iter().map(Option::unwrap_or_default).collect(),
    }))
}

/// Why bytes are not an image config, in the words of Docker's engine.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// Not JSON, or a field of a wrong type.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// There is no `rootfs`.
    #[error("invalid rootfs in image configuration")]
    NoRootFs,
    /// A diff ID that no layer can have.
    #[error("layers from manifest don't match image configuration")]
    DiffId,
}

impl ImageConfig {
    /// Reads a config and keeps its bytes.
    pub fn parse(raw: &[u8]) -> Result<Self, ConfigError> {
        let value: Value = json::read(raw)?;
        json::check_shape(&value, &json::IMAGE)?;
        if value.get("rootfs").is_none_or(Value::is_null) {
            return Err(ConfigError::NoRootFs);
        }
        let mut diff_ids = value["rootfs"]["diff_ids"].as_array().into_iter().flatten();
        if diff_ids.any(|id| id.as_str().is_none_or(|id| id.parse::<Digest>().is_err())) {
            return Err(ConfigError::DiffId);
        }
        let mut config: Self = json::read(raw)?;
        config.raw = raw.to_vec();
        Ok(config)
    }

    /// Returns the bytes as they were read.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Computes the image's ID: the digest of the raw bytes.
    pub fn image_id(&self) -> ImageId {
        ImageId(Digest::of(&self.raw))
    }

    /// Returns the platform that the config names.
    pub fn platform(&self) -> Platform {
        Platform::from_parts(&self.os, &self.architecture, &self.variant, &self.os_version)
    }
}
