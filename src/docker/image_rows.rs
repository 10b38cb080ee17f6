//! The rows of `docker images`: one a name of an image (docker/cli, cli/command/formatter/image.go).

use jiff::Timestamp;

use super::format::Cells;
use super::{View, units};

/// What stands where there is nothing.
pub(super) const NONE: &str = "<none>";
/// Column headers of the fields.
pub(super) const HEADERS: &[(&str, &str)] = &[
    ("ID", "IMAGE ID"),
    ("Repository", "REPOSITORY"),
    ("Tag", "TAG"),
    ("Digest", "DIGEST"),
    ("CreatedSince", "CREATED"),
    ("CreatedAt", "CREATED AT"),
    ("Size", "SIZE"),
    ("Containers", "CONTAINERS"),
    ("VirtualSize", "SIZE"),
    ("SharedSize", "SHARED SIZE"),
    ("UniqueSize", "UNIQUE SIZE"),
];

/// The fields in alphabetical order.
pub(super) const FIELDS: &[&str] = &[
    "Containers",
    "CreatedAt",
    "CreatedSince",
    "Digest",
    "ID",
    "Repository",
    "SharedSize",
    "Size",
    "Tag",
    "UniqueSize",
    "VirtualSize",
];

/// How much of an ID is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ids {
    /// Twelve digits.
    Short,
    /// All of it.
    Whole,
}

/// An image under one of its names.
#[derive(Clone)]
pub(super) struct ImageRow<'a> {
    /// The image's ID with its algorithm.
    pub(super) id: &'a str,
    /// When it was made. An image without a time counts as made in 1970, as the daemon has it.
    pub(super) created: Timestamp,
    /// Bytes on disk of all layers.
    pub(super) on_disk: u64,
    pub(super) repository: &'a str,
    pub(super) tag: &'a str,
    pub(super) digest: &'a str,
    pub(super) ids: Ids,
    pub(super) view: &'a View,
}

impl Cells for ImageRow<'_> {
    fn fields(&self) -> Vec<&'static str> {
        FIELDS.to_vec()
    }

    fn put(&self, field: &str, text: &mut String) {
        match field {
            "CreatedAt" => *text += &self.view.local(self.created, "%Y-%m-%d %H:%M:%S %z %Z"),
            "CreatedSince" => self.view.put_ago(self.created, text),
            "Digest" => *text += self.digest,
            "ID" if self.ids == Ids::Whole => *text += self.id,
            "ID" => *text += units::short_id(self.id),
            "Repository" => *text += self.repository,
            "Size" => units::put_size(self.on_disk, text),
            "Tag" => *text += self.tag,
            "VirtualSize" => *text += &units::long_size(self.on_disk),
            _ => *text += "N/A",
        }
    }
}
