//! Sizes, ages and cut texts as Docker prints them (docker/go-units and the CLI's formatter package).
//! Knows no clock: an age is a duration that somebody else measured.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

/// Writes into a `String`, which takes whatever there is room for.
macro_rules! put {
    ($out:expr, $($text:tt)*) => {{
        let _ = write!($out, $($text)*);
    }};
}

const DECIMAL: &[&str] = &["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const DAY: i64 = 24;

/// Writes a number of bytes with three digits, as `docker images` and `docker history` do.
pub(super) fn size(bytes: u64) -> String {
    let mut text = String::new();
    put_size(bytes, &mut text);
    text
}

/// Appends what [`size`] writes.
pub(super) fn put_size(bytes: u64, out: &mut String) {
    put_human_size(as_float(bytes), 3, out);
}

/// Writes a number of bytes with four digits, as everything else does.
pub(super) fn long_size(bytes: u64) -> String {
    let mut text = String::new();
    put_human_size(as_float(bytes), 4, &mut text);
    text
}

#[expect(clippy::cast_precision_loss, reason = "four digits are printed")]
fn as_float(bytes: u64) -> f64 {
    bytes as f64
}

/// go-units `HumanSizeWithPrecision`: thousands, and Go's `%.*g` with its quirk (999500 is `1e+03kB` with 3 digits).
fn put_human_size(bytes: f64, digits: usize, out: &mut String) {
    let (mut size, mut unit) = (bytes, 0);
    while size >= 1000.0 && unit < DECIMAL.len() - 1 {
        size /= 1000.0;
        unit += 1;
    }
    put_general(size, digits, out);
    out.push_str(DECIMAL[unit]);
}

/// Go's (and C's) `%.*g` for numbers that are zero or at least 1.
fn put_general(number: f64, digits: usize, out: &mut String) {
    if number < 999.0 {
        // Where rounding brings one more digit before the point, the digits behind it are zeros, which go.
        let before_point = 1 + [10.0, 100.0].iter().filter(|power| number >= **power).count();
        let start = out.len();
        put!(out, "{number:.*}", digits - before_point);
        out.truncate(start + without_zeros(&out[start..]).len());
        return;
    }
    let scientific = format!("{number:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: usize = exponent.parse().unwrap_or(0);
    if exponent >= digits {
        put!(out, "{}e+{exponent:02}", without_zeros(mantissa));
    } else {
        out.push_str(without_zeros(&format!("{number:.*}", digits - 1 - exponent)));
    }
}

fn without_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// Writes an age given in seconds (go-units `HumanDuration`), without ` ago`.
pub(super) fn age(seconds: i64) -> String {
    let mut text = String::new();
    put_age(seconds, &mut text);
    text
}

/// Appends what [`age`] writes.
pub(super) fn put_age(seconds: i64, out: &mut String) {
    let minutes = seconds / 60;
    // Hours are rounded up to weeks, and cut for years: 63,071,999 seconds are `1 years`.
    let hours = (seconds + 1800) / 3600;
    match seconds {
        ..1 => out.push_str("Less than a second"),
        1 => out.push_str("1 second"),
        2..60 => put!(out, "{seconds} seconds"),
        _ if minutes == 1 => out.push_str("About a minute"),
        _ if minutes < 60 => put!(out, "{minutes} minutes"),
        _ if hours == 1 => out.push_str("About an hour"),
        _ if hours < 2 * DAY => put!(out, "{hours} hours"),
        _ if hours < 14 * DAY => put!(out, "{} days", hours / DAY),
        _ if hours < 60 * DAY => put!(out, "{} weeks", hours / DAY / 7),
        _ if hours < 730 * DAY => put!(out, "{} months", hours / DAY / 30),
        _ => put!(out, "{} years", seconds / 3600 / DAY / 365),
    }
}

/// Cuts a text to so many columns, the last one an ellipsis.
pub(super) fn ellipsis(text: &str, columns: usize) -> String {
    if columns <= 1 {
        return text.chars().take(columns).collect();
    }
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut used = 0;
    let kept = text.chars().take_while(|c| {
        used += char_width(*c);
        used < columns
    });
    kept.chain(['…']).collect()
}

/// Counts the columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char_width).sum() }
}

/// Docker counts East Asian wide characters double and everything else once, combining marks too.
fn char_width(c: char) -> usize {
    if c.width() == Some(2) { 2 } else { 1 }
}

/// Cuts an ID or digest to twelve characters after its algorithm.
pub(super) fn short_id(id: &str) -> &str {
    let encoded = id.split_once(':').map_or(id, |(_, encoded)| encoded);
    encoded.get(..12).unwrap_or(encoded)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn recorded(file: &str) -> Vec<Value> {
        file.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn sizes_are_what_docker_prints() {
        for case in recorded(include_str!("../../tests/it/recorded/human_size.jsonl")) {
            let bytes = case["n"].as_f64().unwrap();
            for (digits, expected) in [(3, &case["size3"]), (4, &case["size4"])] {
                let mut text = String::new();
                put_human_size(bytes, digits, &mut text);
                assert_eq!(text, *expected, "{case}");
            }
        }
    }

    #[test]
    fn ages_are_what_docker_prints() {
        for case in recorded(include_str!("../../tests/it/recorded/human_duration.jsonl")) {
            assert_eq!(age(case["secs"].as_i64().unwrap()), case["dur"], "{case}");
        }
    }

    #[test]
    fn cut_texts_are_what_docker_prints() {
        for case in recorded(include_str!("../../tests/it/recorded/ellipsis.jsonl")) {
            let text = case["in"].as_str().unwrap();
            assert_eq!(ellipsis(text, 45), case["e45"], "{case}");
            assert_eq!(ellipsis(text, 10), case["e10"], "{case}");
            if !text.is_empty() {
                assert_eq!(ellipsis(text, 1), case["e1"], "{case}");
            }
        }
    }

    #[test]
    fn an_id_is_cut_after_its_algorithm() {
        assert_eq!(short_id("sha256:9b6c79edfafe192a3c5a"), "9b6c79edfafe");
        assert_eq!(short_id("<missing>"), "<missing>");
    }
}
