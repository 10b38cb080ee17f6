//! `html`, `js`, `urlquery`, `lower`, `upper` and `title`.

use std::fmt::Write;

use super::quote::is_printable;

/// Escapes a text for HTML.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\0' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

/// Escapes a text for a JavaScript string.
pub(super) fn js(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '\'' | '"' => out.extend(['\\', c]),
            '<' | '>' | '&' | '=' | '\0'..='\x1f' => unicode(&mut out, c),
            _ if c.is_ascii() || is_printable(c) => out.push(c),
            _ => unicode(&mut out, c),
        }
    }
    out
}

fn unicode(out: &mut String, c: char) {
    write!(out, "\\u{:04X}", c as u32).expect("writing to a string does not fail");
}

/// Escapes a text for a URL's query.
pub(super) fn url_query(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => write!(out, "%{byte:02X}").expect("writing to a string does not fail"),
        }
    }
    out
}

/// Writes a text in lower case, character by character.
pub(super) fn lower(text: &str) -> String {
    text.chars().map(|c| only(c, c.to_lowercase())).collect()
}

/// Writes a text in upper case, character by character: `ß` stays.
pub(super) fn upper(text: &str) -> String {
    text.chars().map(|c| only(c, c.to_uppercase())).collect()
}

/// Takes a mapping to one character; Go's case mappings know no others.
fn only(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(other), None) => other,
        _ => c,
    }
}

/// Writes the first letter of each word in upper case, as Go's `strings.Title`.
pub(super) fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    for c in text.chars() {
        if separates(previous) {
            out.push(only(c, c.to_uppercase()));
        } else {
            out.push(c);
        }
        previous = c;
    }
    out
}

fn separates(c: char) -> bool {
    if c.is_ascii() { !(c.is_ascii_alphanumeric() || c == '_') } else { c.is_whitespace() }
}
