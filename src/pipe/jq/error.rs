//! jaq's errors in jq's words.

use jaq_json::Val;
use jaq_json::read::parse_single;

use super::read::Reader;
use super::write::{COMPACT, write};

/// Writes what jq prints behind `jq: error (at ...)`, the colon included.
pub(super) fn sentence(error: &Val) -> String {
    match error {
        Val::TStr(text) | Val::BStr(text) => {
            let text = String::from_utf8_lossy(text);
            format!(": {}", translated(&text).unwrap_or_else(|| text.into_owned()))
        }
        Val::Null => " (not a string): null".into(),
        other => format!(" (not a string): {}", compact(other)),
    }
}

/// Rewrites one of jaq's own messages; none if it is not one.
fn translated(text: &str) -> Option<String> {
    if let Some(rest) = text.strip_prefix("cannot index ") {
        let (value, index) = pair(rest, " with ")?;
        return Some(match &index {
            Val::TStr(_) => format!("Cannot index {} with string {}", kind(&value), compact(&index)),
            _ => format!("Cannot index {} with {}", kind(&value), kind(&index)),
        });
    }
    if let Some(rest) = text.strip_prefix("cannot calculate ") {
        let operations = [
            (" + ", "added"),
            (" - ", "subtracted"),
            (" * ", "multiplied"),
            (" / ", "divided"),
            (" % ", "divided (remainder)"),
        ];
        return operations.iter().find_map(|(operator, done)| {
            let (left, right) = pair(rest, operator)?;
            let numbers = kind(&left) == "number" && kind(&right) == "number";
            let why = if numbers { " because the divisor is zero" } else { "" };
            Some(format!("{} and {} cannot be {done}{why}", shown(&left), shown(&right)))
        });
    }
    if let Some(value) = text.strip_suffix(" has no length") {
        return Some(format!("{} has no length", shown(&parse_single(value.as_bytes()).ok()?)));
    }
    if let Some(rest) = text.strip_prefix("cannot parse ") {
        return unparsable(rest);
    }
    let rest = text.strip_prefix("cannot use ")?;
    let (value, wanted) = rest.rsplit_once(" as ")?;
    let value = parse_single(value.as_bytes()).ok()?;
    Some(match wanted {
        "iterable (array or object)" => format!("Cannot iterate over {}", shown(&value)),
        "rangeable (array or string)" => format!("Cannot index {} with object", kind(&value)),
        "object key" => format!("Cannot use {} as object key", shown(&value)),
        "integer" if kind(&value) == "string" => format!("Cannot index array with string {}", compact(&value)),
        "keys" => format!("{} has no keys", shown(&value)),
        "parsed" => format!("{} cannot be parsed as a number", shown(&value)),
        "row" if kind(&value) == "array" || kind(&value) == "object" => {
            format!("{} is not valid in a csv row", shown(&value))
        }
        "row" => format!("{} cannot be csv-formatted, only an array can be", shown(&value)),
        other => format!("{} cannot be used as {other}", shown(&value)),
    })
}

/// Says what jq says of a text that is no JSON: `"[1" as JSON: ...` is the rest of jaq's message.
fn unparsable(rest: &str) -> Option<String> {
    let (text, _) = rest.split_once(" as JSON: ")?;
    let Val::TStr(text) = parse_single(text.as_bytes()).ok()? else { return None };
    let problem = Reader::new(&text).find_map(Result::err)?;
    Some(format!("{problem} (while parsing '{}')", String::from_utf8_lossy(&text)))
}

/// Splits a message at the separator that has a value on either side.
fn pair(text: &str, separator: &str) -> Option<(Val, Val)> {
    text.match_indices(separator).find_map(|(at, _)| {
        let left = parse_single(&text.as_bytes()[..at]).ok()?;
        let right = parse_single(&text.as_bytes()[at + separator.len()..]).ok()?;
        Some((left, right))
    })
}

/// Names a value's type.
pub(super) fn kind(value: &Val) -> &'static str {
    match value {
        Val::Null => "null",
        Val::Bool(_) => "boolean",
        Val::Num(_) => "number",
        Val::TStr(_) | Val::BStr(_) => "string",
        Val::Arr(_) => "array",
        Val::Obj(_) => "object",
    }
}

/// Shows a value with its type, cut as jq 1.6 cuts it.
pub(super) fn shown(value: &Val) -> String {
    const MOST: usize = 14;
    let text = compact(value);
    if text.len() <= MOST {
        return format!("{} ({text})", kind(value));
    }
    let mut end = MOST - 3;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{} ({}...)", kind(value), &text[..end])
}

/// Writes a value on one line.
pub(super) fn compact(value: &Val) -> String {
    let mut out = Vec::new();
    // A key that is no text is left out: this is for messages only.
    let _ = write(&mut out, value, COMPACT, 0);
    String::from_utf8_lossy(&out).into_owned()
}
