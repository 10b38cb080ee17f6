//! The methods of Go's types that a template may call as fields: `.Interval.Seconds`, `.LastTagTime.Format "2006"`.

use jiff::tz::TimeZone;

use super::functions::Library;
use super::time;
use super::value::Value;

/// A row of containers can be asked for one of its labels.
const LABEL: &str = "Label";
const LABELS: &str = "Labels";

/// The heading over a label: the last part of its name.
fn heading(name: &str) -> String {
    name.rsplit('.').next().unwrap_or_default().replace(['-', '_'], " ")
}

fn of_labels(labels: Option<&Value>, name: &str) -> Value {
    let Some(Value::Text(labels, _)) = labels else { return Value::text("") };
    let found = labels.split(',').filter_map(|label| label.split_once('=')).find(|(known, _)| *known == name);
    Value::text(found.map_or("", |(_, value)| value))
}

/// How many arguments a method of the value takes; none if it has no such method.
pub(super) fn arity(value: &Value, name: &str, library: Library) -> Option<usize> {
    match value {
        Value::Map(..) if library == Library::Header && name == LABEL => Some(1),
        Value::Row(row) if name == LABEL => row.fields.contains_key(LABELS).then_some(1),
        Value::Row(row) => row.fields.contains_key(name).then_some(0),
        Value::Time(_) if name == "Format" => Some(1),
        Value::Time(_) => {
            const NAMES: &[&str] = &[
                "String",
                "Unix",
                "UnixMilli",
                "UnixNano",
                "Year",
                "Day",
                "Hour",
                "Minute",
                "Second",
                "IsZero",
                "UTC",
            ];
            NAMES.contains(&name).then_some(0)
        }
        Value::Duration(_) => {
            const NAMES: &[&str] =
                &["String", "Hours", "Minutes", "Seconds", "Milliseconds", "Microseconds", "Nanoseconds"];
            NAMES.contains(&name).then_some(0)
        }
        Value::Text(_, "json.Number") => matches!(name, "String" | "Int64" | "Float64").then_some(0),
        Value::Text(_, "digest.Digest") => matches!(name, "String" | "Algorithm" | "Encoded" | "Hex").then_some(0),
        Value::Missing
        | Value::Bool(_)
        | Value::Int(..)
        | Value::Float(_)
        | Value::Text(..)
        | Value::List(..)
        | Value::Map(..)
        | Value::Struct(..)
        | Value::Pointer(..) => None,
    }
}

/// Calls a method that `arity` found, with as many arguments; the error is Go's, without `error calling`.
pub(super) fn call(value: &Value, name: &str, layout: &str) -> Result<Value, String> {
    Ok(match value {
        Value::Map(..) if name == LABEL => Value::text(heading(layout)),
        Value::Row(row) if name == LABEL => of_labels(row.fields.get(LABELS), layout),
        Value::Row(row) => row.fields.get(name).cloned().unwrap_or(Value::Missing),
        Value::Time(moment) => of_time(*moment, name, layout),
        Value::Duration(nanoseconds) => of_duration(*nanoseconds, name),
        Value::Text(text, "json.Number") => of_number(text, name)?,
        Value::Text(text, _) => of_digest(text, name),
        other => other.clone(),
    })
}

fn of_time(moment: Option<jiff::Timestamp>, name: &str, layout: &str) -> Value {
    const ZERO_SECONDS: i64 = -62_135_596_800;
    let seconds = moment.map_or(ZERO_SECONDS, |moment| {
        i64::try_from(moment.as_nanosecond().div_euclid(1_000_000_000)).unwrap_or(ZERO_SECONDS)
    });
    let civil = moment.map(|moment| TimeZone::UTC.to_datetime(moment));
    let part = |number: Option<i64>, zero: i64| Value::Int(number.unwrap_or(zero), "int");
    match name {
        "Format" => Value::text(time::format(moment, layout)),
        "Unix" => Value::Int(seconds, "int64"),
        "UnixMilli" => Value::Int(moment.map_or(ZERO_SECONDS * 1000, jiff::Timestamp::as_millisecond), "int64"),
        "UnixNano" => {
            let nanoseconds = moment.and_then(|moment| i64::try_from(moment.as_nanosecond()).ok());
            Value::Int(nanoseconds.unwrap_or(0), "int64")
        }
        "Year" => part(civil.map(|time| time.year().into()), 1),
        "Day" => part(civil.map(|time| time.day().into()), 1),
        "Hour" => part(civil.map(|time| time.hour().into()), 0),
        "Minute" => part(civil.map(|time| time.minute().into()), 0),
        "Second" => part(civil.map(|time| time.second().into()), 0),
        "IsZero" => Value::Bool(moment.is_none()),
        "UTC" => Value::Time(moment),
        _ => Value::text(time::long(moment)),
    }
}

fn of_duration(nanoseconds: i64, name: &str) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "Go's Duration methods round to float64 likewise")]
    let in_units = |unit: f64| Value::Float(nanoseconds as f64 / unit);
    match name {
        "Hours" => in_units(3.6e12),
        "Minutes" => in_units(6e10),
        "Seconds" => in_units(1e9),
        "Milliseconds" => Value::Int(nanoseconds / 1_000_000, "int64"),
        "Microseconds" => Value::Int(nanoseconds / 1_000, "int64"),
        "Nanoseconds" => Value::Int(nanoseconds, "int64"),
        _ => Value::text(time::duration(nanoseconds)),
    }
}

fn of_number(text: &str, name: &str) -> Result<Value, String> {
    match name {
        "Int64" => text
            .parse()
            .map(|number| Value::Int(number, "int64"))
            .map_err(|_| format!("strconv.ParseInt: parsing {}: invalid syntax", super::quote::quoted(text))),
        "Float64" => text
            .parse()
            .map(Value::Float)
            .map_err(|_| format!("strconv.ParseFloat: parsing {}: invalid syntax", super::quote::quoted(text))),
        _ => Ok(Value::text(text)),
    }
}

fn of_digest(text: &str, name: &str) -> Value {
    let (algorithm, encoded) = text.split_once(':').unwrap_or(("", text));
    Value::text(match name {
        "Algorithm" => algorithm,
        "Encoded" | "Hex" => encoded,
        _ => text,
    })
}
