//! How Go writes points in time and durations, and the few methods on them that a template may call.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Writes a time as `time.Time`'s `String` does, in UTC.
pub(super) fn long(time: Option<Timestamp>) -> String {
    format(time, "2006-01-02 15:04:05.999999999 -0700 MST")
}

/// Writes a time as `time.RFC3339Nano` does.
pub(super) fn rfc3339(time: Option<Timestamp>) -> String {
    format(time, "2006-01-02T15:04:05.999999999Z07:00")
}

/// Pieces of a Go layout, longest first where one starts another.
const PIECES: &[&str] = &[
    "January", "Jan", "Monday", "Mon", "MST", "2006", "-07:00", "-0700", "-07", "Z07:00", "Z0700", "01", "02", "03",
    "04", "05", "06", "002", "15", "PM", "pm", "_2", "1", "2", "3", "4", "5",
];

/// Writes a time by a Go layout (`2006-01-02`), in UTC.
pub(super) fn format(time: Option<Timestamp>, layout: &str) -> String {
    let zero = DateTime::constant(1, 1, 1, 0, 0, 0, 0);
    let time = time.map_or(zero, |time| TimeZone::UTC.to_datetime(time));
    let mut out = String::new();
    let mut rest = layout;
    while let Some(c) = rest.chars().next() {
        if let Some((digits, length)) = fraction(rest, time.subsec_nanosecond()) {
            out.push_str(&digits);
            rest = &rest[length..];
        } else if let Some(piece) = PIECES.iter().find(|piece| rest.starts_with(**piece)) {
            out.push_str(&written(time, piece));
            rest = &rest[piece.len()..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// Reads `.000` or `.999` at the front of a layout: the digits to write and the layout's length.
fn fraction(layout: &str, nanoseconds: i32) -> Option<(String, usize)> {
    let digits = layout.strip_prefix('.')?;
    let kind = digits.chars().next().filter(|c| matches!(c, '0' | '9'))?;
    let count = digits.len() - digits.trim_start_matches(kind).len();
    let all = format!("{nanoseconds:09}");
    let kept = &all[..count.min(9)];
    let kept = if kind == '9' { kept.trim_end_matches('0') } else { kept };
    let point = if kept.is_empty() { "" } else { "." };
    Some((format!("{point}{kept}"), count + 1))
}

fn written(time: DateTime, piece: &str) -> String {
    let directive = match piece {
        "January" => "%B",
        "Jan" => "%b",
        "Monday" => "%A",
        "Mon" => "%a",
        "MST" => return "UTC".into(),
        "2006" => "%Y",
        "-07:00" => return "+00:00".into(),
        "-0700" => return "+0000".into(),
        "-07" => return "+00".into(),
        "Z07:00" | "Z0700" => return "Z".into(),
        "01" => "%m",
        "02" => "%d",
        "03" => "%I",
        "04" => "%M",
        "05" => "%S",
        "06" => "%y",
        "002" => "%j",
        "15" => "%H",
        "PM" => "%p",
        "pm" => "%P",
        "_2" => "%e",
        "1" => "%-m",
        "2" => "%-d",
        "3" => "%-I",
        "4" => "%-M",
        _ => "%-S",
    };
    time.strftime(directive).to_string()
}

/// Writes a duration of nanoseconds as `time.Duration` does: `1h0m30s`, `1.5s`, `300ms`, `0s`.
pub(super) fn duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let n = nanoseconds.unsigned_abs();
    let text = match n {
        0 => "0s".into(),
        1..1_000 => format!("{n}ns"),
        1_000..1_000_000 => format!("{}µs", decimal(n, 1_000)),
        1_000_000..1_000_000_000 => format!("{}ms", decimal(n, 1_000_000)),
        _ => clock(n),
    };
    format!("{sign}{text}")
}

fn clock(n: u64) -> String {
    const MINUTE: u64 = 60_000_000_000;
    let (hours, minutes, seconds) = (n / (60 * MINUTE), n / MINUTE % 60, decimal(n % MINUTE, 1_000_000_000));
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}

fn decimal(n: u64, unit: u64) -> String {
    let digits = unit.ilog10() as usize;
    let fraction = format!("{:0digits$}", n % unit);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction}", n / unit)
}
