//! Times as Go reads them out of JSON (RFC 3339), and its words for what is none.

use super::JsonError;

const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";

/// Tells whether a text is a time.
pub(super) fn check(text: &str) -> Result<(), JsonError> {
    parse(text).map_err(|why| JsonError::Time(format!("parsing time {text:?}{why}")))
}

fn parse(text: &str) -> Result<(), String> {
    let mut rest = text;
    let mut numbers = [0; 6];
    // Each part of the layout: how it is written there, how many digits it has, and what comes before it.
    let parts = [("2006", 4, ""), ("01", 2, "-"), ("02", 2, "-"), ("15", 2, "T"), ("04", 2, ":"), ("05", 2, ":")];
    for (number, (name, digits, before)) in numbers.iter_mut().zip(parts) {
        rest = rest.strip_prefix(before).ok_or_else(|| cannot(rest, before))?;
        let found = rest.get(..digits).filter(|found| found.bytes().all(|byte| byte.is_ascii_digit()));
        *number = found.and_then(|found| found.parse().ok()).ok_or_else(|| cannot(rest, name))?;
        rest = &rest[digits..];
    }
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        let after = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if after.len() < fraction.len() {
            rest = after;
        }
    }
    let [year, month, day, hour, minute, second] = numbers;
    let ranges = [
        ("month", (1..=12).contains(&month)),
        ("hour", hour < 24),
        ("minute", minute < 60),
        ("second", second < 60),
        ("day", day >= 1 && day <= days(year, month)),
    ];
    let zone = zone(rest).map_err(|after| match after {
        Some(after) => format!(": extra text: {after:?}"),
        None => cannot(rest, "Z07:00"),
    });
    match ranges.iter().find(|(_, within)| !within) {
        Some((name, _)) => Err(format!(": {name} out of range")),
        None => zone,
    }
}

/// Reads `Z` or `+07:00`; an error has what stands behind a zone.
fn zone(text: &str) -> Result<(), Option<&str>> {
    let is_offset = |zone: &str| {
        let bytes = zone.as_bytes();
        matches!(bytes[0], b'+' | b'-') && bytes[3] == b':' && [1, 2, 4, 5].iter().all(|at| bytes[*at].is_ascii_digit())
    };
    let rest = if let Some(rest) = text.strip_prefix('Z') {
        rest
    } else {
        text.get(..6).filter(|zone| is_offset(zone)).ok_or(None)?;
        &text[6..]
    };
    if rest.is_empty() { Ok(()) } else { Err(Some(rest)) }
}

fn cannot(rest: &str, part: &str) -> String {
    format!(" as {LAYOUT:?}: cannot parse {rest:?} as {part:?}")
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[track_caller]
    fn refuse(text: &str, expected: &str) {
        assert_eq!(check(text).unwrap_err().to_string(), expected, "{text}");
    }

    #[test]
    fn times_pass() {
        for text in [
            "2024-01-01T00:00:00Z",
            "2024-02-29T23:59:59.123456789Z",
            "2024-01-01T00:00:00+02:00",
            "0001-01-01T00:00:00Z",
            "2024-01-01T00:00:00.5-07:30",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_in_go_s_words() {
        let layout = "as \"2006-01-02T15:04:05Z07:00\"";
        refuse("yesterday", &format!("parsing time \"yesterday\" {layout}: cannot parse \"yesterday\" as \"2006\""));
        refuse("", &format!("parsing time \"\" {layout}: cannot parse \"\" as \"2006\""));
        refuse("2024-01-01", &format!("parsing time \"2024-01-01\" {layout}: cannot parse \"\" as \"T\""));
        refuse("2024-1-01", &format!("parsing time \"2024-1-01\" {layout}: cannot parse \"1-01\" as \"01\""));
        refuse("2024-13-01T00:00:00Z", "parsing time \"2024-13-01T00:00:00Z\": month out of range");
        refuse("2023-02-29T00:00:00Z", "parsing time \"2023-02-29T00:00:00Z\": day out of range");
        refuse("2024-01-01T00:00:00Zx", "parsing time \"2024-01-01T00:00:00Zx\": extra text: \"x\"");
        let zone = format!("parsing time \"2024-01-01T00:00:00 \" {layout}: cannot parse \" \" as \"Z07:00\"");
        refuse("2024-01-01T00:00:00 ", &zone);
        assert!(check("2024-01-01T00:00:00+é:00").is_err(), "bytes and characters are not the same");
    }
}
