//! `docker ps` (docker/cli, cli/command/container/list.go and cli/command/formatter/container.go; moby, daemon/list.go).

use super::{Done, failure};
use crate::container::{self, Record, State};
use crate::docker::failure::Failure;
use crate::docker::filter::{self, Pair};
use crate::docker::flags::Parsed;
use crate::docker::format::{Format, Row, object};
use crate::docker::image_rows::Ids;
use crate::docker::{Output, View, error, ports, units};
use crate::engine::{Engine, ImageSummary};
use crate::template::{self, Template};

/// Which containers to list, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one a switch of the command line")]
pub struct List {
    /// `-a`.
    pub all: bool,
    /// `-f`.
    pub filters: Vec<(String, String)>,
    /// `--format`.
    pub format: Option<String>,
    /// `-n`: the last so many; nothing for all.
    pub last: Option<usize>,
    /// `--no-trunc`.
    pub no_trunc: bool,
    /// `-q`.
    pub quiet: bool,
    /// `-s`.
    pub size: bool,
}

const FILTERS: &[&str] = &[
    "ancestor",
    "before",
    "exited",
    "expose",
    "health",
    "id",
    "is-task",
    "isolation",
    "label",
    "name",
    "network",
    "publish",
    "since",
    "status",
    "volume",
];
const COLUMNS: &[&str] = &["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"];
const SIZE_COLUMNS: &[&str] = &["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names", "Size"];
const HEADERS: &[(&str, &str)] = &[
    ("Command", "COMMAND"),
    ("CreatedAt", "CREATED AT"),
    ("ID", "CONTAINER ID"),
    ("Image", "IMAGE"),
    ("Labels", "LABELS"),
    ("LocalVolumes", "LOCAL VOLUMES"),
    ("Mounts", "MOUNTS"),
    ("Names", "NAMES"),
    ("Networks", "NETWORKS"),
    ("Platform", "PLATFORM"),
    ("Ports", "PORTS"),
    ("RunningFor", "CREATED"),
    ("Size", "SIZE"),
    ("State", "STATE"),
    ("Status", "STATUS"),
];
const RAW: &str = "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\n\
                   state: {{- pad .State 1 0}}\nstatus: {{- pad .Status 1 0}}\nnames: {{.Names}}\n\
                   labels: {{- pad .Labels 1 0}}\nports: {{- pad .Ports 1 0}}\n";
const RAW_SIZES: &str = "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\n\
                         state: {{- pad .State 1 0}}\nstatus: {{- pad .Status 1 0}}\nnames: {{.Names}}\n\
                         labels: {{- pad .Labels 1 0}}\nports: {{- pad .Ports 1 0}}\nsize: {{.Size}}\n";
/// The Go type of a row.
const GO_TYPE: &str = "*formatter.ContainerContext";
/// Columns that a command takes.
const COMMAND_WIDTH: usize = 20;

impl List {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        let asked = parsed.number("last").filter(|count| *count != -1);
        let last = asked.and_then(|count| usize::try_from(count).ok()).filter(|count| *count > 0);
        Self {
            all: parsed.is("all"),
            filters: parsed.pairs("filter"),
            format: parsed.non_empty("format"),
            last: if parsed.is("latest") && asked.is_none() { Some(1) } else { last },
            no_trunc: parsed.is("no-trunc"),
            quiet: parsed.is("quiet"),
            size: parsed.is("size"),
        }
    }
}

/// Docker's client tries a template on a container that is none, to see whether sizes must be asked for: what cannot be
/// carried out is told even where there is no container, and with the word `table` counted in.
fn try_template(format: &str) -> Result<(), Failure> {
    let told = |what: &str, error: template::Error| {
        let error = error.to_string();
        Failure::new(1, format!("failed to {what} template: {}", error.trim_start_matches("template parsing error: ")))
    };
    let template = Template::parse(format).map_err(|error| told("parse", error))?;
    let nothing: Row = HEADERS.iter().map(|(name, _)| (*name, String::new())).collect();
    template.row(&object(&nothing), GO_TYPE).map(drop).map_err(|error| told("execute", error))
}

pub(super) fn run(list: &List, engine: &Engine, view: &View, output: &mut Output<'_>) -> Done {
    if let Some(format) = &list.format {
        if let Err(failure) = try_template(format) {
            return Ok(Err(failure));
        }
        if list.quiet {
            writeln!(output.err, "WARNING: Ignoring custom format, because both --format and --quiet are set.")?;
        }
    }
    let chosen = match chosen(list, engine) {
        Ok(chosen) => chosen,
        Err(failure) => return Ok(Err(failure)),
    };
    // A container shows a name of its image.
    let images = if chosen.is_empty() { Vec::new() } else { engine.images().unwrap_or_default() };
    let ids = if list.no_trunc { Ids::Whole } else { Ids::Short };
    let rows: Vec<Row> = chosen.iter().map(|record| cells(record, &images, ids, view)).collect();
    let columns = if list.size { SIZE_COLUMNS } else { COLUMNS };
    let format = match list.format.as_deref().filter(|_| !list.quiet) {
        Some("raw") if list.size => Format::template(RAW_SIZES),
        Some("raw") => Format::template(RAW),
        format => Format::list(format, list.quiet, columns),
    };
    format.write(&rows, HEADERS, GO_TYPE, output.out)
}

fn chosen(list: &List, engine: &Engine) -> Result<Vec<Record>, Failure> {
    let pairs: &[Pair] = &list.filters;
    filter::check_names(pairs, FILTERS)?;
    let all = engine.shelf().list().map_err(failure)?;
    let states = filter::values(pairs, "status");
    if let Some(bad) = states.iter().find(|state| !is_state(state)) {
        return Err(Failure::new(1, error::daemon(error::invalid_filter(&format!("status={bad}")))));
    }
    let mut exited: Vec<i32> = Vec::new();
    for code in filter::values(pairs, "exited") {
        let bad = |_| Failure::new(1, error::daemon(format!("strconv.Atoi: parsing {code:?}: invalid syntax")));
        exited.push(code.parse().map_err(bad)?);
    }
    check_others(pairs)?;
    let find = |name: &str| {
        let found = filter::values(pairs, name).last().map(|name| match engine.shelf().find(name) {
            Err(container::Error::NoSuchContainer(name)) => {
                Err(Failure::new(1, error::daemon(format!("no such container {name}"))))
            }
            found => found.map_err(failure),
        });
        found.transpose()
    };
    let (before, since) = (find("before")?, find("since")?);
    let any = list.all || list.last.is_some() || !states.is_empty();
    let fits = |record: &Record| {
        (any || record.is_running())
            && any_of(&states, |state| *state == record.state.word())
            && any_of(&exited, |code| record.state == State::Exited(*code))
            && any_of(&filter::values(pairs, "id"), |id| !id.is_empty() && record.id.starts_with(*id))
            && any_of(&filter::values(pairs, "name"), |name| named(record, name))
            && filter::values(pairs, "label").iter().all(|label| has_label(record, label))
            && any_of(&filter::values(pairs, "ancestor"), |image| made_of(record, image, engine))
            && has_nothing_else(pairs)
            && before.as_ref().is_none_or(|other| record.created < other.created)
            && since.as_ref().is_none_or(|other| record.created > other.created)
    };
    Ok(all.into_iter().filter(fits).take(list.last.unwrap_or(usize::MAX)).collect())
}

/// Refuses values that mean nothing, of filters that no container here passes or all of them do.
fn check_others(pairs: &[Pair]) -> Result<(), Failure> {
    let refuse = |sentence: String| Err(Failure::new(1, error::daemon(sentence)));
    filter::truth(pairs, "is-task")?;
    let healths = ["none", "starting", "healthy", "unhealthy"];
    if let Some(bad) = filter::values(pairs, "health").iter().find(|health| !healths.contains(health)) {
        return refuse(format!("Unrecognised filter value for health: {bad}"));
    }
    for name in ["publish", "expose"] {
        for value in filter::values(pairs, name) {
            if let Err(reason) = ports::range(ports::protocol(value).0) {
                return refuse(format!("error while looking up for {name} {value}: {reason}"));
            }
        }
    }
    Ok(())
}

/// What no container here has: ports, volumes, a network but none, a health that is watched, a swarm that it serves.
fn has_nothing_else(pairs: &[Pair]) -> bool {
    let only = |name: &str, held: &[&str]| any_of(&filter::values(pairs, name), |value| held.contains(value));
    ["expose", "publish", "volume"].iter().all(|name| only(name, &[]))
        && only("health", &["none"])
        && only("network", &["none"])
        && only("is-task", &["false", "0"])
}

fn any_of<T>(values: &[T], fits: impl Fn(&T) -> bool) -> bool {
    values.is_empty() || values.iter().any(fits)
}

fn is_state(text: &str) -> bool {
    ["created", "running", "paused", "restarting", "removing", "exited", "dead"].contains(&text)
}

/// A name filter is a regular expression in Docker; what is none is compared as text.
fn named(record: &Record, pattern: &str) -> bool {
    match regex::Regex::new(pattern) {
        Ok(regex) => regex.is_match(&record.name) || regex.is_match(&format!("/{}", record.name)),
        Err(_) => record.name.contains(pattern),
    }
}

fn has_label(record: &Record, label: &str) -> bool {
    let labels = record.config.labels.iter().flatten();
    let (name, value) = label.split_once('=').map_or((label, None), |(name, value)| (name, Some(value)));
    labels.into_iter().any(|(known, held)| known == name && value.is_none_or(|value| value == held))
}

fn made_of(record: &Record, image: &str, engine: &Engine) -> bool {
    engine.inspect(image).is_ok_and(|details| details.summary.id == record.image)
}

/// All that a template can ask of a container, by name of the field.
pub(in crate::docker) fn cells(record: &Record, images: &[ImageSummary], ids: Ids, view: &View) -> Row {
    let cut = |text: String, columns: usize| match ids {
        Ids::Whole => text,
        Ids::Short => units::ellipsis(&text, columns),
    };
    let labels: Vec<String> =
        record.config.labels.iter().flatten().map(|(name, value)| format!("{name}={value}")).collect();
    let image = images.iter().find(|image| image.id == record.image);
    let virtual_size = image.map_or(0, |image| image.on_disk) + record.own_bytes;
    let size = format!("{} (virtual {})", units::size(record.own_bytes), units::size(virtual_size));
    vec![
        ("Command", format!("{:?}", cut(command(record), COMMAND_WIDTH))),
        ("CreatedAt", view.local(record.created, "%Y-%m-%d %H:%M:%S %z %Z")),
        ("ID", if ids == Ids::Whole { record.id.clone() } else { record.short_id().to_owned() }),
        ("Image", image_name(record, image, ids)),
        ("Labels", labels.join(",")),
        ("LocalVolumes", "0".to_owned()),
        ("Mounts", String::new()),
        ("Names", record.name.clone()),
        ("Networks", "none".to_owned()),
        ("Platform", String::new()),
        ("Ports", String::new()),
        ("RunningFor", view.ago(record.created)),
        ("Size", size),
        ("State", record.state.word().to_owned()),
        ("Status", status(record, view)),
    ]
}

/// The image as it was asked for, or its ID where that name means something else by now.
fn image_name(record: &Record, image: Option<&ImageSummary>, ids: Ids) -> String {
    let typed = record.image_name.parse::<crate::oci::Reference>().ok().map(crate::oci::Reference::or_latest);
    let holds = |image: &ImageSummary| {
        typed.as_ref().is_some_and(|name| image.tags.contains(name) || image.digests.contains(name))
    };
    let by_id = record.image.to_string().contains(&record.image_name);
    match image {
        Some(image) if holds(image) || by_id => record.image_name.clone(),
        Some(_) | None => match ids {
            Ids::Whole => record.image.to_string(),
            Ids::Short => record.image.0.short().to_owned(),
        },
    }
}

/// The program and its arguments as the daemon joins them: what has a blank in it stands in quotes.
fn command(record: &Record) -> String {
    let quoted = |word: &String| if word.contains(' ') { format!("'{word}'") } else { word.clone() };
    let words = record.command();
    let mut words = words.iter();
    let first = words.next().cloned().unwrap_or_default();
    std::iter::once(first).chain(words.map(quoted)).collect::<Vec<_>>().join(" ")
}

fn status(record: &Record, view: &View) -> String {
    match record.state {
        State::Created => "Created".to_owned(),
        State::Running | State::Paused => {
            let since = record.started.unwrap_or(record.created);
            let paused = if record.state == State::Paused { " (Paused)" } else { "" };
            format!("Up {}{paused}", units::age(view.now.duration_since(since).as_secs()))
        }
        State::Exited(code) => format!("Exited ({code}) {}", view.ago(record.finished.unwrap_or(record.created))),
    }
}
