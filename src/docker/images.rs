//! `docker images` (docker/cli, cli/command/image/list.go and cli/command/formatter/image.go; moby,
//! `daemon/images/image_list.go`).

use std::io;

use jiff::Timestamp;

use super::failure::Failure;
use super::filter::{self, Pair};
use super::flags::Parsed;
use super::format::{Format, Sheet};
use super::image_rows::{self, Ids, ImageRow, NONE};
use super::{Output, View, error};
use crate::engine::{Engine, ListedImage};
use crate::oci::Familiar;

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

    /// Joins the argument to the filters.
    fn pairs(&self) -> Vec<Pair> {
        let pattern = self.pattern.clone().map(|pattern| ("reference".to_owned(), pattern));
        self.filters.iter().cloned().chain(pattern).collect()
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
    let pairs = images.pairs();
    let chosen = match Chosen::read(&pairs, engine, view) {
        Ok(chosen) => chosen,
        Err(failure) => return Ok(Err(failure)),
    };
    let format = images.format();
    let listed = engine.fold_images(
        || Sheet::of(&format, "*formatter.imageContext"),
        |listed, image| {
            if let Ok(sheet) = listed
                && let Err(failure) = chosen.add(&image, images, sheet)
            {
                *listed = Err(failure);
            }
        },
    );
    match listed.unwrap_or_else(|error| Err(error::from_daemon(&error))) {
        Err(failure) => Ok(Err(failure)),
        Ok(sheet) => {
            let hint = if images.short_name && sheet.is_empty() { hint(images.pattern.as_deref()) } else { Ok(()) };
            Ok(sheet.write(image_rows::HEADERS, output.out)?.and(hint))
        }
    }
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

/// The filters: which images are listed, and under which names.
struct Chosen<'a> {
    engine: &'a Engine,
    view: &'a View,
    before: Option<Timestamp>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    dangling: Option<bool>,
    labels: Vec<&'a str>,
    /// Names must match one of them, where there are any.
    patterns: Vec<&'a str>,
}

impl<'a> Chosen<'a> {
    fn read(pairs: &'a [Pair], engine: &'a Engine, view: &'a View) -> Result<Self, Failure> {
        filter::check_names(pairs, FILTERS)?;
        Ok(Self {
            engine,
            view,
            dangling: filter::truth(pairs, "dangling")?,
            // Of several images, an image must be older, or newer, than each.
            before: created(engine, filter::values(pairs, "before"))?.into_iter().min(),
            since: created(engine, filter::values(pairs, "since"))?.into_iter().max(),
            until: filter::until(pairs, view)?,
            labels: filter::values(pairs, "label"),
            patterns: filter::values(pairs, "reference"),
        })
    }

    /// Adds the rows of an image, where it passes: under the names that pass.
    fn add(&self, image: &ListedImage<'_>, images: &Images, sheet: &mut Sheet<'_>) -> Result<(), Failure> {
        let created = image.created.unwrap_or_default();
        if !self.in_time(created) || !filter::has_labels(self.engine, image.id, &self.labels) {
            return Ok(());
        }
        let mut names = Vec::new();
        self.put_names(image.tags(), &mut names)?;
        let untagged = names.is_empty();
        self.put_names(image.digests(), &mut names)?;
        let is_parent = !images.all && image.is_parent;
        let hidden = names.is_empty() && (!self.patterns.is_empty() || self.dangling == Some(false) || is_parent);
        if hidden || (self.dangling == Some(true) && !untagged) {
            return Ok(());
        }
        let nameless = ImageRow {
            id: image.id,
            created,
            on_disk: image.on_disk,
            repository: NONE,
            tag: NONE,
            digest: NONE,
            ids: if images.no_trunc { Ids::Whole } else { Ids::Short },
            view: self.view,
        };
        each_row(&nameless, &mut names, images, |row| sheet.add(row))
    }

    fn in_time(&self, created: Timestamp) -> bool {
        self.before.is_none_or(|before| created < before)
            && self.since.is_none_or(|since| created > since)
            && self.until.is_none_or(|until| created < until)
    }

    fn put_names<'h>(&self, full: impl Iterator<Item = &'h str>, names: &mut Vec<Familiar<'h>>) -> Result<(), Failure> {
        for name in full {
            if self.patterns.is_empty() || filter::names(&self.patterns, name)? {
                names.push(Familiar::of_normalized(name));
            }
        }
        Ok(())
    }
}

/// Shows a row of each of an image's names, of which some have a tag and the others a digest, until `show` fails. A digest has a row
/// of its own only where its repository has no tag. `nameless` is the image without a name.
fn each_row<'a, E>(
    nameless: &ImageRow<'a>,
    names: &mut [Familiar<'a>],
    images: &Images,
    mut show: impl FnMut(&ImageRow<'a>) -> Result<(), E>,
) -> Result<(), E> {
    names.sort_unstable_by_key(|name| (name.repository, name.tag, name.digest));
    if names.is_empty() {
        show(nameless)?;
    }
    for of_one in names.chunk_by(|one, other| one.repository == other.repository) {
        let repository = of_one[0].repository;
        let tags = || of_one.iter().filter_map(|name| name.tag);
        let digests = || of_one.iter().filter_map(|name| name.digest);
        let mut show = |tag, digest| show(&ImageRow { repository, tag, digest, ..nameless.clone() });
        for tag in tags() {
            if images.needs_digests() && digests().next().is_some() {
                digests().try_for_each(|digest| show(tag, digest))?;
            } else {
                show(tag, NONE)?;
            }
        }
        if tags().next().is_some() {
            continue;
        }
        if images.digests {
            digests().try_for_each(|digest| show(NONE, digest))?;
        } else {
            show(NONE, "")?;
        }
    }
    Ok(())
}

/// Returns when the images that a `before` or `since` names were made.
fn created(engine: &Engine, names: Vec<&str>) -> Result<Vec<Timestamp>, Failure> {
    let created = |name| {
        let details = engine.inspect(name).map_err(|error| error::from_daemon(&error))?;
        Ok(details.summary.created.unwrap_or_default())
    };
    names.into_iter().map(created).collect()
}
