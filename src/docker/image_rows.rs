//! The rows of `docker images`: one a name of an image (docker/cli, cli/command/formatter/image.go).

use std::collections::BTreeMap;

use super::format::{Format, Row};
use super::images::Images;
use super::{View, units};
use crate::engine::ImageSummary;

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
const FIELDS: &[&str] = &[
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

/// Makes a row of each name. A digest has a row of its own only where its repository has no tag.
pub(super) fn rows(image: &ImageSummary, images: &Images, format: &Format, view: &View) -> Vec<Row> {
    let mut repositories: BTreeMap<String, (Vec<&str>, Vec<String>)> = BTreeMap::new();
    for name in &image.tags {
        repositories.entry(name.repository().familiar()).or_default().0.extend(name.tag());
    }
    for name in &image.digests {
        let digest = name.digest().map(ToString::to_string);
        repositories.entry(name.repository().familiar()).or_default().1.extend(digest);
    }
    let ids = if images.no_trunc { Ids::Whole } else { Ids::Short };
    let row = |repository: &str, tag: &str, digest: &str| cells(image, [repository, tag, digest], ids, view, format);
    if repositories.is_empty() {
        return vec![row(NONE, NONE, NONE)];
    }
    let mut rows = Vec::new();
    for (repository, (tags, digests)) in &repositories {
        let shown = if images.needs_digests() && !digests.is_empty() { digests.as_slice() } else { &[] };
        for tag in tags {
            if shown.is_empty() {
                rows.push(row(repository, tag, NONE));
            }
            rows.extend(shown.iter().map(|digest| row(repository, tag, digest)));
        }
        if tags.is_empty() && images.digests {
            rows.extend(digests.iter().map(|digest| row(repository, NONE, digest)));
        } else if tags.is_empty() {
            rows.push(row(repository, NONE, ""));
        }
    }
    rows
}

/// Makes one row, with the cells that the format may show.
pub(super) fn cells(
    image: &ImageSummary,
    [repository, tag, digest]: [&str; 3],
    ids: Ids,
    view: &View,
    format: &Format,
) -> Row {
    // An image without a time counts as made in 1970, as the daemon has it.
    let created = image.created.unwrap_or_default();
    let cell = |name: &str| match name {
        "CreatedAt" => view.local(created, "%Y-%m-%d %H:%M:%S %z %Z"),
        "CreatedSince" => view.ago(created),
        "Digest" => digest.to_owned(),
        "ID" if ids == Ids::Whole => image.id.to_string(),
        "ID" => image.id.0.short().to_owned(),
        "Repository" => repository.to_owned(),
        "Size" => units::size(image.on_disk),
        "Tag" => tag.to_owned(),
        "VirtualSize" => units::long_size(image.on_disk),
        _ => "N/A".to_owned(),
    };
    FIELDS.iter().filter(|name| format.may_show(name)).map(|name| (*name, cell(name))).collect()
}
