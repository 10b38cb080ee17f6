//! `manifest.json`: what a Docker archive holds.

use serde::{Deserialize, Serialize};

/// An image of a Docker archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Item {
    /// The config's file.
    #[serde(default)]
    pub(super) config: String,
    /// Names with tags, in Docker's short form.
    #[serde(default)]
    pub(super) repo_tags: Option<Vec<String>>,
    /// The layers' files, bottom first.
    #[serde(default)]
    pub(super) layers: Option<Vec<String>>,
    /// ID of the image that this one was committed from, where that one is in the archive too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<String>,
}
