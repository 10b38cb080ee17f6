//! What `--filter` of `docker images` and `docker image prune` means: which filters there are, and which images pass.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::failure::Failure;
use super::{View, error, glob};
use crate::engine::Engine;
use crate::oci::Familiar;

/// `name=value`, as typed; names in lower case.
pub(super) type Pair = (String, String);

/// Refuses names that a command does not have.
pub(super) fn check_names(pairs: &[Pair], known: &[&str]) -> Result<(), Failure> {
    match pairs.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        Some((name, _)) => Err(Failure::new(1, error::daemon(error::invalid_filter(name)))),
        None => Ok(()),
    }
}

/// Returns the values of one filter in order.
pub(super) fn values<'a>(pairs: &'a [Pair], name: &str) -> Vec<&'a str> {
    pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
}

/// Reads a filter that is true or false; `None` where it was not given.
pub(super) fn truth(pairs: &[Pair], name: &str) -> Result<Option<bool>, Failure> {
    let values = values(pairs, name);
    let has = |words: [&str; 2]| values.iter().any(|value| words.contains(value));
    match (has(["1", "true"]), has(["0", "false"])) {
        _ if values.is_empty() => Ok(None),
        (true, false) => Ok(Some(true)),
        (false, true) => Ok(Some(false)),
        (true, true) | (false, false) => {
            Err(Failure::new(1, error::daemon(error::invalid_filter_value(name, &values))))
        }
    }
}

/// Returns the earliest time of the `until` filters.
pub(super) fn until(pairs: &[Pair], view: &View) -> Result<Option<Timestamp>, Failure> {
    let mut earliest = None;
    for value in values(pairs, "until") {
        let at = time(value, view).map_err(|sentence| Failure::new(1, error::daemon(sentence)))?;
        earliest = Some(earliest.map_or(at, |before: Timestamp| before.min(at)));
    }
    Ok(earliest)
}

/// Reads a time as the daemon does: a Go duration counts back from now, then dates, then seconds since 1970.
pub(super) fn time(text: &str, view: &View) -> Result<Timestamp, String> {
    if let Some(back) = go_duration(text).filter(|_| text != "0") {
        return view.now.checked_sub(back).map_err(|_| not_a_time(text));
    }
    let local = |civil: DateTime| civil.to_zoned((view.zone)()).ok().map(|zoned| zoned.timestamp());
    let date = || text.parse::<jiff::civil::Date>().ok().map(|date| date.at(0, 0, 0, 0)).and_then(local);
    let at = text.parse().ok().or_else(|| text.parse::<DateTime>().ok().and_then(local)).or_else(date);
    at.or_else(|| unix_seconds(text)).ok_or_else(|| not_a_time(text))
}

fn not_a_time(text: &str) -> String {
    format!(
        "invalid value for 'until' filter: failed to parse value as time or duration: invalid seconds {text:?}: invalid syntax"
    )
}

fn unix_seconds(text: &str) -> Option<Timestamp> {
    let (seconds, nanoseconds) = text.split_once('.').unwrap_or((text, "0"));
    let nanoseconds: i32 = format!("{nanoseconds:0<9}").get(..9)?.parse().ok()?;
    Timestamp::new(seconds.parse().ok()?, nanoseconds).ok()
}

/// Reads a Go duration, `1h30m` for example.
fn go_duration(text: &str) -> Option<jiff::SignedDuration> {
    const UNITS: &[(&str, f64)] =
        &[("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut seconds = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit() && c != '.')?);
        let (unit, after) = after.split_at(after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len()));
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        seconds += number.parse::<f64>().ok()? * factor;
        rest = after;
    }
    jiff::SignedDuration::try_from_secs_f64(sign * seconds).ok()
}

/// Tells whether a full name passes one of the `reference` patterns, short or whole, with its suffixes or without.
pub(super) fn names(patterns: &[&str], full: &str) -> Result<bool, Failure> {
    let familiar = Familiar::of_normalized(full);
    let suffixes = [familiar.tag, familiar.digest].into_iter().flatten().map(|suffix| suffix.len() + 1).sum::<usize>();
    let repository = &full[..full.len() - suffixes];
    let short = &full[full.len() - suffixes - familiar.repository.len()..];
    for pattern in patterns {
        for text in [short, familiar.repository, full, repository] {
            if glob::matches(pattern, text).map_err(|bad| Failure::new(1, error::daemon(bad)))? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Tells whether an image has all labels, `key` or `key=value`. Looks into its config only where labels are asked for.
pub(super) fn has_labels(engine: &Engine, id: &str, labels: &[&str]) -> bool {
    labels.is_empty() || engine.inspect(id).is_ok_and(|details| all_in(labels, details.config.config.labels.as_ref()))
}

/// Tells whether an image has none of the labels, as `label!=` wants it.
pub(super) fn lacks_labels(engine: &Engine, id: &str, labels: &[&str]) -> bool {
    labels.is_empty() || !labels.iter().any(|label| has_labels(engine, id, &[label]))
}

fn all_in(wanted: &[&str], held: Option<&BTreeMap<String, String>>) -> bool {
    let has = |label: &&str| match label.split_once('=') {
        Some((key, value)) => held.and_then(|held| held.get(key)).is_some_and(|held| held == value),
        None => held.is_some_and(|held| held.contains_key(*label)),
    };
    wanted.iter().all(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(line: &str) -> Vec<Pair> {
        line.split(' ').filter_map(|word| word.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
    }

    #[track_caller]
    fn check_time(text: &str, expected: &str) {
        let at = time(text, &View::for_tests("2024-03-02T12:00:00Z"));
        assert_eq!(at.map_or_else(|sentence| sentence, |at| at.to_string()), expected, "{text}");
    }

    #[test]
    fn a_time_is_a_duration_a_date_or_seconds() {
        check_time("24h", "2024-03-01T12:00:00Z");
        check_time("1h30m", "2024-03-02T10:30:00Z");
        check_time("1.5h", "2024-03-02T10:30:00Z");
        check_time("2024-02-01", "2024-02-01T00:00:00Z");
        check_time("2024-02-01T10:00", "2024-02-01T10:00:00Z");
        check_time("2024-02-01T10:00:00+02:00", "2024-02-01T08:00:00Z");
        check_time("1709380800", "2024-03-02T12:00:00Z");
        check_time("1709380800.5", "2024-03-02T12:00:00.5Z");
        check_time(
            "abc",
            "invalid value for 'until' filter: failed to parse value as time or duration: invalid seconds \"abc\": invalid syntax",
        );
    }

    #[test]
    fn a_truth_is_a_word_or_a_digit_and_not_both() {
        assert_eq!(truth(&pairs("dangling=1"), "dangling"), Ok(Some(true)));
        assert_eq!(truth(&pairs("dangling=false"), "dangling"), Ok(Some(false)));
        assert_eq!(truth(&[], "dangling"), Ok(None));
        let maybe = truth(&pairs("dangling=maybe"), "dangling").unwrap_err();
        assert_eq!(maybe.text(), "Error response from daemon: invalid filter 'dangling=[maybe]'\n");
    }

    #[track_caller]
    fn check_name(pattern: &str, expected: bool) {
        assert_eq!(names(&[pattern], "docker.io/library/redis:7"), Ok(expected), "{pattern}");
    }

    #[test]
    fn a_name_is_matched_short_and_whole_with_and_without_its_tag() {
        for pattern in ["redis", "redis:7", "red*", "docker.io/library/redis", "docker.io/*/redis:?"] {
            check_name(pattern, true);
        }
        for pattern in ["redis:8", "library/redis", "*/redis"] {
            check_name(pattern, false);
        }
    }

    #[test]
    fn labels_are_keys_or_pairs_and_all_must_be_there() {
        let held = BTreeMap::from([("team".to_owned(), "red".to_owned()), ("empty".to_owned(), String::new())]);
        assert!(all_in(&["team", "team=red", "empty="], Some(&held)));
        assert!(!all_in(&["team=blue"], Some(&held)));
        assert!(!all_in(&["team", "nope"], Some(&held)));
        assert!(!all_in(&["team"], None));
    }
}
