//! Times as programs print them. A container's clock is in UTC.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const HALF_A_YEAR: i64 = 31_556_952 / 2;

/// Writes a time in UTC (strftime).
pub(super) fn utc(seconds: i64, format: &str) -> String {
    let at = Timestamp::from_second(seconds).unwrap_or_default();
    at.to_zoned(TimeZone::UTC).strftime(format).to_string()
}

/// Writes the time of a file as `ls -l` does: the time of day where it is recent, else the year.
pub(super) fn listed(seconds: i64, now: i64) -> String {
    let recent = seconds <= now && seconds > now - HALF_A_YEAR;
    utc(seconds, if recent { "%b %e %H:%M" } else { "%b %e  %Y" })
}
