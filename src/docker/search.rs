//! `docker search` (docker/cli, `cli/command/registry/formatter_search.go`; moby, daemon/pkg/registry/search.go).

use std::io;

use super::failure::Failure;
use super::filter::{self, Pair};
use super::flags::Parsed;
use super::format::{Format, Row};
use super::{Output, error, units};
use crate::engine::{Engine, Error};
use crate::source::{self, SearchHit};

/// What to search for, and how to show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// A word, or a registry's host and a word behind `/`.
    pub term: String,
    /// `--limit`, from 1 to 100; as typed it may be anything.
    pub limit: i64,
    /// `-f`.
    pub filters: Vec<(String, String)>,
    /// `--format`.
    pub format: Option<String>,
    /// `--no-trunc`.
    pub no_trunc: bool,
}

const FILTERS: &[&str] = &["is-automated", "is-official", "stars"];
const COLUMNS: &[&str] = &["Name", "Description", "StarCount", "IsOfficial"];
const HEADERS: &[(&str, &str)] =
    &[("Name", "NAME"), ("Description", "DESCRIPTION"), ("StarCount", "STARS"), ("IsOfficial", "OFFICIAL")];
const DESCRIPTION_COLUMNS: usize = 45;
const DEFAULT_LIMIT: usize = 25;
const MOST: usize = 100;
const AUTOMATED: &str = "WARNING: the \"is-automated\" filter is deprecated, and searching for \"is-automated=true\" will \
                         not yield any results in future.";

impl Search {
    pub(super) fn read(parsed: &Parsed) -> Self {
        Self {
            term: parsed.arguments[0].clone(),
            limit: parsed.text("limit").and_then(|text| text.parse().ok()).unwrap_or_default(),
            filters: parsed.pairs("filter"),
            format: parsed.non_empty("format"),
            no_trunc: parsed.is("no-trunc"),
        }
    }
}

pub(super) async fn run(search: &Search, engine: &Engine, output: &mut Output<'_>) -> io::Result<Result<(), Failure>> {
    if search.filters.iter().any(|(name, _)| name == "is-automated") {
        writeln!(output.err, "{AUTOMATED}")?;
    }
    let hits = match found(search, engine).await {
        Ok(hits) => hits,
        Err(failure) => return Ok(Err(failure)),
    };
    let format = Format::list(search.format.as_deref(), false, COLUMNS);
    let rows: Vec<Row> = hits.iter().map(|hit| cells(hit, search, &format)).collect();
    format.write(&rows, HEADERS, "*registry.searchContext", output.out)
}

/// Finds what passes the filters, checked in the daemon's order.
async fn found(search: &Search, engine: &Engine) -> Result<Vec<SearchHit>, Failure> {
    filter::check_names(&search.filters, FILTERS)?;
    if filter::truth(&search.filters, "is-automated")? == Some(true) {
        return Ok(Vec::new());
    }
    let official = filter::truth(&search.filters, "is-official")?;
    let stars = stars(&search.filters)?;
    let refused = |sentence: String| Failure::new(1, error::daemon(sentence));
    let term = &search.term;
    if term.starts_with("http://") || term.starts_with("https://") {
        let sentence = format!("invalid repository name: repository name ({term}) should not have a scheme");
        return Err(refused(sentence));
    }
    let limit = usize::try_from(search.limit).ok().filter(|limit| *limit > 0).unwrap_or(DEFAULT_LIMIT);
    if limit > MOST {
        return Err(refused(format!("limit {limit} is outside the range of [1, {MOST}]")));
    }
    let mut hits = engine.search(term, limit).await.map_err(|error| refused(sentence(&error)))?;
    hits.retain(|hit| official.is_none_or(|official| official == hit.official) && hit.stars >= stars);
    Ok(hits)
}

/// Returns the highest number of the `stars` filters.
fn stars(filters: &[Pair]) -> Result<u32, Failure> {
    let mut most = 0;
    for value in filter::values(filters, "stars") {
        let number: i64 = value.parse().map_err(|_| {
            let sentence = format!("invalid filter 'stars={value}': strconv.Atoi: parsing {value:?}: invalid syntax");
            Failure::new(1, error::daemon(sentence))
        })?;
        most = most.max(u32::try_from(number.max(0)).unwrap_or(u32::MAX));
    }
    Ok(most)
}

/// The daemon has words of its own where a registry does not speak the old API that a search needs.
fn sentence(error: &Error) -> String {
    match error {
        Error::Source(source::Error::Network(error)) if error.url.ends_with("/v1/_ping") => no_endpoint(error),
        Error::Source(source::Error::Status { status, .. }) => {
            format!("unexpected status code {}", status.split(' ').next().unwrap_or_default())
        }
        other => error::sentence(other),
    }
}

fn no_endpoint(error: &source::NetworkError) -> String {
    let root = error.url.trim_end_matches("_ping");
    let reason = &error.reason;
    let Some(rest) = error.url.strip_prefix("http://") else {
        let host = error.url.trim_start_matches("https://").split('/').next().unwrap_or_default();
        return format!(
            "invalid registry endpoint {root}: {error}. If this private registry supports only HTTP or HTTPS with an \
             unknown CA certificate, please add `--insecure-registry {host}` to the daemon's arguments. In the case of \
             HTTPS, if you have access to the registry's CA certificate, no need for the flag; simply place the CA \
             certificate at /etc/docker/certs.d/{host}/ca.crt"
        );
    };
    format!(
        "invalid registry endpoint \"{root}\". HTTPS attempt: Get \"https://{rest}\": {reason}. HTTP attempt: {error}"
    )
}

fn cells(hit: &SearchHit, search: &Search, format: &Format) -> Row {
    let description = hit.description.replace(['\n', '\r'], " ");
    let description = if search.no_trunc { description } else { units::ellipsis(&description, DESCRIPTION_COLUMNS) };
    // Where a whole row becomes JSON, Docker writes the truth in words.
    let as_json = match format {
        Format::Json => true,
        Format::Template(text) | Format::Table(text) => text.contains("json .}}"),
        Format::Columns(_) | Format::Ids => false,
    };
    let official = match (as_json, hit.official) {
        (true, true) => "true",
        (true, false) => "false",
        (false, true) => "[OK]",
        (false, false) => "",
    };
    vec![
        ("Description", description),
        ("IsOfficial", official.to_owned()),
        ("Name", hit.name.clone()),
        ("StarCount", hit.stars.to_string()),
    ]
}
