//! `docker system df` (docker/cli, `cli/command/system/df.go` and `cli/command/formatter/disk_usage.go`).

use std::io;

use serde_json::{Value, json};

use super::failure::Failure;
use super::flags::Parsed;
use super::format::{Cells, Format, Row, object};
use super::image_rows::{self, Ids, ImageRow};
use super::{Output, View, container, error, units};
use crate::container::Record;
use crate::engine::{DiskTotals, DiskUsage as Usage, Engine, ImageSummary, ImageUsage};
use crate::oci::{Familiar, Reference};
use crate::template::Template;

/// How to show what is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskUsage {
    /// `--format`.
    pub format: Option<String>,
    /// `-v`.
    pub verbose: bool,
}

const COLUMNS: &[&str] = &["Type", "TotalCount", "Active", "Size", "Reclaimable"];
const HEADERS: &[(&str, &str)] = &[
    ("Type", "TYPE"),
    ("TotalCount", "TOTAL"),
    ("Active", "ACTIVE"),
    ("Size", "SIZE"),
    ("Reclaimable", "RECLAIMABLE"),
];
const RAW: &str =
    "type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\nreclaimable: {{.Reclaimable}}\n";
const IMAGE_COLUMNS: &[&str] =
    &["Repository", "Tag", "ID", "CreatedSince", "Size", "SharedSize", "UniqueSize", "Containers"];
const CONTAINER_COLUMNS: &[&str] = &["ID", "Image", "Command", "LocalVolumes", "Size", "RunningFor", "Status", "Names"];
const CONTAINER_HEADERS: &[(&str, &str)] = &[
    ("ID", "CONTAINER ID"),
    ("Image", "IMAGE"),
    ("Command", "COMMAND"),
    ("LocalVolumes", "LOCAL VOLUMES"),
    ("Size", "SIZE"),
    ("RunningFor", "CREATED"),
    ("Status", "STATUS"),
    ("Names", "NAMES"),
];
const VOLUME_COLUMNS: &[&str] = &["Name", "Links", "Size"];
const VOLUME_HEADERS: &[(&str, &str)] = &[("Name", "VOLUME NAME"), ("Links", "LINKS"), ("Size", "SIZE")];
const CACHE_COLUMNS: &[&str] = &["ID", "CacheType", "Size", "CreatedSince", "LastUsedSince", "UsageCount", "Shared"];
const CACHE_HEADERS: &[(&str, &str)] = &[
    ("ID", "CACHE ID"),
    ("CacheType", "CACHE TYPE"),
    ("Size", "SIZE"),
    ("CreatedSince", "CREATED"),
    ("LastUsedSince", "LAST USED"),
    ("UsageCount", "USAGE"),
    ("Shared", "SHARED"),
];

impl DiskUsage {
    pub(super) fn read(parsed: &Parsed) -> Self {
        Self { format: parsed.non_empty("format"), verbose: parsed.is("verbose") }
    }
}

pub(super) fn run(
    asked: &DiskUsage,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    let written = if asked.verbose {
        engine.disk_usage().map(|usage| match asked.format.as_deref() {
            None | Some("table") => sections(&usage, view, output),
            Some(format) => templated(format, &usage, view, output),
        })
    } else {
        engine.disk_totals().map(|totals| match asked.format.as_deref() {
            Some("raw") => summary(&Format::template(RAW), &totals, output),
            format => summary(&Format::list(format, false, COLUMNS), &totals, output),
        })
    };
    written.unwrap_or_else(|error| Ok(Err(error::from_daemon(&error))))
}

/// A row a kind of thing.
fn summary(format: &Format, totals: &DiskTotals, output: &mut Output<'_>) -> io::Result<Result<(), Failure>> {
    let row = |kind: &str, total: usize, active: usize, size: u64, reclaimable: String| -> Row {
        vec![
            ("Active", active.to_string()),
            ("Reclaimable", reclaimable),
            ("Size", units::long_size(size)),
            ("TotalCount", total.to_string()),
            ("Type", kind.to_owned()),
        ]
    };
    let DiskTotals { layers, containers, .. } = totals;
    let written: u64 = containers.iter().map(|container| container.own_bytes).sum();
    let running = || containers.iter().filter(|container| container.is_running());
    let stopped = written - running().map(|container| container.own_bytes).sum::<u64>();
    let rows = [
        row("Images", totals.images, totals.active, *layers, share(layers.saturating_sub(totals.used), *layers)),
        row("Containers", containers.len(), running().count(), written, share(stopped, written)),
        row("Local Volumes", 0, 0, 0, share(0, 0)),
        row("Build Cache", 0, 0, 0, units::long_size(0)),
    ];
    format.write(&rows, HEADERS, "*formatter.diskUsageImagesContext", output.out)
}

/// Writes what can be freed, and which part of all it is, in whole percents.
fn share(part: u64, all: u64) -> String {
    let size = units::long_size(part);
    if all == 0 { size } else { format!("{size} ({}%)", u128::from(part) * 100 / u128::from(all)) }
}

fn unique(image: &ImageUsage) -> u64 {
    image.summary.on_disk.saturating_sub(image.shared)
}

/// A table a kind of thing.
fn sections(usage: &Usage, view: &View, output: &mut Output<'_>) -> io::Result<Result<(), Failure>> {
    let images: Vec<UsageRow<'_>> = usage.images.iter().map(|image| UsageRow::of(image, Ids::Short, view)).collect();
    let containers = container_rows(usage, Ids::Short, view);
    let none: &[Row] = &[];
    let mut text = Vec::new();
    section("Images space usage:", IMAGE_COLUMNS, image_rows::HEADERS, &images, &mut text)?;
    section("\nContainers space usage:", CONTAINER_COLUMNS, CONTAINER_HEADERS, &containers, &mut text)?;
    section("\nLocal Volumes space usage:", VOLUME_COLUMNS, VOLUME_HEADERS, none, &mut text)?;
    section("\nBuild cache usage: 0B", CACHE_COLUMNS, CACHE_HEADERS, none, &mut text)?;
    output.out.write_all(&text).map(Ok)
}

fn section(
    title: &str,
    columns: &'static [&'static str],
    headers: &[(&'static str, &'static str)],
    rows: &[impl Cells],
    text: &mut Vec<u8>,
) -> io::Result<()> {
    text.extend_from_slice(format!("{title}\n\n").as_bytes());
    // Columns have no template that could fail.
    Format::Columns(columns).write(rows, headers, "", text).map(drop)
}

/// The Go types of the rows.
const ROW_TYPES: &[(&str, &str)] =
    &[("Images", "*formatter.imageContext"), ("Containers", "*formatter.ContainerContext")];

/// All of it as one value, without a line break at the end.
fn templated(format: &str, usage: &Usage, view: &View, output: &mut Output<'_>) -> io::Result<Result<(), Failure>> {
    let images: Vec<Value> = usage.images.iter().map(|image| object(&UsageRow::of(image, Ids::Whole, view))).collect();
    let containers: Vec<Value> = container_rows(usage, Ids::Whole, view).iter().map(object).collect();
    let value = json!({ "Images": images, "Containers": containers, "Volumes": [], "BuildCache": [] });
    if format == "json" {
        return output.out.write_all(super::format::escaped(value.to_string()).as_bytes()).map(Ok);
    }
    let format = format.strip_prefix("table").unwrap_or(format).trim_matches(' ');
    let template = match Template::parse(&crate::template::unescape(format)) {
        Ok(template) => template,
        Err(error) => return Ok(Err(Failure::new(1, error))),
    };
    let (text, ended) = template.whole(&value, "*formatter.diskUsageContext", ROW_TYPES);
    output.out.write_all(text.as_bytes())?;
    // What fails while it is carried out has no words of the client before it here.
    let bare = |error: String| error.strip_prefix("template parsing error: ").map(str::to_owned).unwrap_or(error);
    Ok(ended.map_err(|error| Failure::new(1, bare(error.to_string()))))
}

/// The rows of `docker ps`, but for the size: what the container has written, with one digit more.
fn container_rows(usage: &Usage, ids: Ids, view: &View) -> Vec<Row> {
    let images: Vec<ImageSummary> = usage.images.iter().map(|image| image.summary.clone()).collect();
    let row = |record: &Record| {
        let mut row = container::cells(record, &images, ids, view);
        for (field, text) in &mut row {
            if *field == "Size" {
                *text = units::long_size(record.own_bytes);
            }
        }
        row
    };
    usage.containers.iter().map(row).collect()
}

/// An image is one row, whatever its names: the first one stands for all.
struct UsageRow<'a> {
    usage: &'a ImageUsage,
    id: String,
    name: Option<String>,
    ids: Ids,
    view: &'a View,
}

impl<'a> UsageRow<'a> {
    fn of(usage: &'a ImageUsage, ids: Ids, view: &'a View) -> Self {
        let name = usage.summary.tags.first().map(Reference::normalized);
        Self { usage, id: usage.summary.id.to_string(), name, ids, view }
    }
}

impl Cells for UsageRow<'_> {
    fn fields(&self) -> Vec<&'static str> {
        image_rows::FIELDS.to_vec()
    }

    fn put(&self, field: &str, text: &mut String) {
        let summary = &self.usage.summary;
        let name = self.name.as_deref().map(Familiar::of_normalized);
        let row = ImageRow {
            id: &self.id,
            created: summary.created.unwrap_or_default(),
            on_disk: summary.on_disk,
            repository: name.map_or(image_rows::NONE, |name| name.repository),
            tag: name.and_then(|name| name.tag).unwrap_or(image_rows::NONE),
            digest: "",
            ids: self.ids,
            view: self.view,
        };
        match field {
            "Containers" => *text += &self.usage.containers.to_string(),
            "SharedSize" => *text += &units::long_size(self.usage.shared),
            "UniqueSize" => *text += &units::long_size(unique(self.usage)),
            _ => row.put(field, text),
        }
    }
}
