//! `docker images` (docker/cli, cli/command/image/list.go and cli/command/formatter/image.go; moby,
//! `daemon/images/image_list.go`).

use std::collections::HashSet;
use std::io;

use jiff::Timestamp;

use super::failure::Failure;
use super::filter::{self, Pair};
use super::flags::Parsed;
use super::format::{Format, Row};
use super::{Output, View, error, image_rows};
use crate::engine::{Engine, ImageSummary};
use crate::oci::{ImageId, Reference};

/// Which images to list, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one a switch of the command line")]
pub struct Images {
    /// The argument: a name, or a pattern of names.
    pub pattern: Option<String>,
    /// `-a`: untagged parents too.
    pub all: bool,
    /// `--digests`.
    pub digests: bool,
    /// `-f`.
    pub filters: Vec<(String, String)>,
    /// `--format`.
    pub format: Option<String>,
    /// `--no-trunc`.
    pub no_trunc: bool,
    /// `-q`.
    pub quiet: bool,
    /// Typed as `docker images`, not as `docker image ls`: only then a word like `ls` behind it is hinted at.
    pub short_name: bool,
}

const FILTERS: &[&str] = &["dangling", "label", "before", "since", "reference", "until"];
const COLUMNS: &[&str] = &["Repository", "Tag", "ID", "CreatedSince", "Size"];
const DIGEST_COLUMNS: &[&str] = &["Repository", "Tag", "Digest", "ID", "CreatedSince", "Size"];
const RAW: &str = "repository: {{.Repository}}\ntag: {{.Tag}}\nimage_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\n\
                   virtual_size: {{.Size}}\n";
const RAW_DIGESTS: &str = "repository: {{.Repository}}\ntag: {{.Tag}}\ndigest: {{.Digest}}\nimage_id: {{.ID}}\n\
                           created_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n";
const RAW_QUIET: &str = "image_id: {{.ID}}";
/// Words behind `docker images` that are commands of `docker image`.
const AMBIGUOUS: &[&str] =
    &["build", "history", "import", "inspect", "list", "load", "ls", "prune", "pull", "push", "rm", "save", "tag"];

impl Images {
    pub(super) fn read(parsed: &Parsed, name: &str) -> Self {
        Self {
            pattern: parsed.arguments.first().filter(|pattern| !pattern.is_empty()).cloned(),
            all: parsed.is("all"),
            digests: parsed.is("digests"),
            filters: parsed.pairs("filter"),
            format: parsed.non_empty("format"),
            no_trunc: parsed.is("no-trunc"),
            quiet: parsed.is("quiet"),
            short_name: name == "images",
        }
    }

    fn format(&self) -> Format {
        let raw = match (self.quiet, self.digests) {
            (true, _) => RAW_QUIET,
            (false, true) => RAW_DIGESTS,
            (false, false) => RAW,
        };
        match self.format.as_deref() {
            Some("raw") => Format::template(raw),
            Some(table) if table.starts_with("table") && table != "table" && self.digests => {
                let digest = if table.contains("{{.Digest}}") { "" } else { "\t{{.Digest}}" };
                Format::list(Some(&format!("{table}{digest}")), self.quiet, DIGEST_COLUMNS)
            }
            format => Format::list(format, self.quiet, if self.digests { DIGEST_COLUMNS } else { COLUMNS }),
        }
    }

    /// Tells whether digests are to be shown beside tags.
    pub(super) fn needs_digests(&self) -> bool {
        self.digests || self.format.as_ref().is_some_and(|format| format.contains("{{.Digest}}"))
    }
}

pub(super) fn run(
    images: &Images,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    let listed = match listed(images, engine, view) {
        Ok(listed) => listed,
        Err(failure) => return Ok(Err(failure)),
    };
    if let (true, Err(failure)) = (images.short_name && listed.is_empty(), hint(images.pattern.as_deref())) {
        let written = write(images, &listed, view, output)?;
        return Ok(written.and(Err(failure)));
    }
    write(images, &listed, view, output)
}

/// Docker's warning, with status 0, about a word that was meant as a command.
fn hint(pattern: Option<&str>) -> Result<(), Failure> {
    match pattern.filter(|pattern| AMBIGUOUS.contains(pattern)) {
        None => Ok(()),
        Some(word) => Err(Failure::verbatim(
            0,
            format!("\nNo images found matching {word:?}: did you mean \"docker image {word}\"?\n"),
        )),
    }
}

fn write(
    images: &Images,
    listed: &[ImageSummary],
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    let format = images.format();
    let rows: Vec<Row> = listed.iter().flat_map(|image| image_rows::rows(image, images, &format, view)).collect();
    format.write(&rows, image_rows::HEADERS, "*formatter.imageContext", output.out)
}

/// Lists the images that pass the filters, each with the names that pass.
fn listed(images: &Images, engine: &Engine, view: &View) -> Result<Vec<ImageSummary>, Failure> {
    let mut pairs: Vec<Pair> = images.filters.clone();
    pairs.extend(images.pattern.clone().map(|pattern| ("reference".to_owned(), pattern)));
    filter::check_names(&pairs, FILTERS)?;
    let dangling = filter::truth(&pairs, "dangling")?;
    // Of several images, an image must be older, or newer, than each.
    let before = created(engine, filter::values(&pairs, "before"))?.into_iter().min();
    let since = created(engine, filter::values(&pairs, "since"))?.into_iter().max();
    let until = filter::until(&pairs, view)?;
    let labels = filter::values(&pairs, "label");
    let patterns = filter::values(&pairs, "reference");

    let held = engine.images().map_err(|error| error::from_daemon(&error))?;
    let parents: HashSet<ImageId> = held.iter().filter_map(|image| image.parent.clone()).collect();
    let mut listed = Vec::new();
    for image in held {
        let at = image.created.unwrap_or_default();
        let in_time = before.is_none_or(|before| at < before)
            && since.is_none_or(|since| at > since)
            && until.is_none_or(|until| at < until);
        if !in_time || !(labels.is_empty() || filter::has_labels(engine, &image.id.to_string(), &labels)) {
            continue;
        }
        let image = with_names(image, &patterns)?;
        let untagged = image.tags.is_empty();
        let nameless = untagged && image.digests.is_empty();
        let hidden = nameless
            && (!patterns.is_empty() || dangling == Some(false) || (!images.all && parents.contains(&image.id)));
        if !hidden && (dangling != Some(true) || untagged) {
            listed.push(image);
        }
    }
    Ok(listed)
}

/// Returns when the images that a `before` or `since` names were made.
fn created(engine: &Engine, names: Vec<&str>) -> Result<Vec<Timestamp>, Failure> {
    let created = |name| {
        let details = engine.inspect(name).map_err(|error| error::from_daemon(&error))?;
        Ok(details.summary.created.unwrap_or_default())
    };
    names.into_iter().map(created).collect()
}

fn with_names(image: ImageSummary, patterns: &[&str]) -> Result<ImageSummary, Failure> {
    if patterns.is_empty() {
        return Ok(image);
    }
    let keep = |names: &[Reference]| {
        let mut kept = Vec::new();
        for name in names {
            if filter::names(patterns, name)? {
                kept.push(name.clone());
            }
        }
        Ok(kept)
    };
    Ok(ImageSummary { tags: keep(&image.tags)?, digests: keep(&image.digests)?, ..image })
}
