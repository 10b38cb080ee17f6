//! `encoding/json`: how Go writes a value as JSON.

use std::collections::BTreeMap;

use super::float;
use super::shape::{Place, Record};
use super::value::Value;

/// Whether `<`, `>` and `&` are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Html {
    Kept,
    Escaped,
}

/// Writes a value on one line, keys of maps sorted, fields of structs in their order.
///
/// A list command's line escapes HTML wherever it stands, since Docker marshals it through `MarshalJSON`.
pub(super) fn write(out: &mut String, value: &Value, html: Html) {
    match value {
        Value::Missing | Value::List(None, _) | Value::Map(None, _) | Value::Pointer(None, _) => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(value, _) | Value::Duration(value) => out.push_str(&value.to_string()),
        Value::Float(value) => out.push_str(&number(*value)),
        Value::Text(text, "json.Number") => out.push_str(if text.is_empty() { "0" } else { text }),
        Value::Text(text, _) => string(out, text, html),
        Value::Time(time) => string(out, &super::time::rfc3339(*time), html),
        Value::List(Some(items), _) => {
            separated(out, ['[', ']'], items.iter(), |out, item| write(out, item, html));
        }
        Value::Map(Some(entries), _) => object(out, entries, html),
        Value::Row(row) => object(out, &row.fields, Html::Escaped),
        Value::Struct(values, record) | Value::Pointer(Some(values), record) => {
            let mut members = Vec::new();
            collect(values, record, &mut members);
            separated(out, ['{', '}'], members.into_iter(), |out, (key, value)| member(out, key, value, html));
        }
    }
}

fn object(out: &mut String, entries: &BTreeMap<String, Value>, html: Html) {
    separated(out, ['{', '}'], entries.iter(), |out, (key, value)| member(out, key, value, html));
}

fn member(out: &mut String, key: &str, value: &Value, html: Html) {
    string(out, key, html);
    out.push(':');
    write(out, value, html);
}

fn collect<'a>(values: &'a [Value], record: &'static Record, members: &mut Vec<(&'static str, &'a Value)>) {
    for (field, value) in record.fields.iter().zip(values) {
        match (field.place, value) {
            (Place::Embedded, Value::Struct(inner, record)) => collect(inner, record, members),
            (Place::OmitEmpty, value) if value.is_empty() => {}
            _ => members.push((field.key, value)),
        }
    }
}

fn separated<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl Iterator<Item = T>,
    mut each: impl FnMut(&mut String, T),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        each(out, item);
    }
    out.push(close);
}

fn string(out: &mut String, text: &str, html: Html) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '<' | '>' | '&' if html == Html::Escaped => out.push_str(&format!("\\u{:04x}", c as u32)),
            '\0'..='\x1f' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            _ => out.push(c),
        }
    }
    out.push('"');
}

fn number(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        return float::exponent(value, None, 'e').replace("e-0", "e-");
    }
    format!("{value}")
}
