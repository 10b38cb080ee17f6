//! Marks inside a line: `code`, *emphasis*, **strong**, `[links](target)`, and backslashes.

use super::theme::Part;

/// A run of text of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) text: String,
    pub(super) part: Part,
}

/// Reads the marks of a text. A mark that is never closed is text.
pub(super) fn parse(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    read(text, Part::Text, &mut spans);
    spans
}

fn read(text: &str, part: Part, spans: &mut Vec<Span>) {
    let mut plain = String::new();
    let mut rest = text;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        if let Some((found, after)) = marked(rest, before) {
            flush(&mut plain, part, spans);
            match found {
                Marked::Code(code) => spans.push(Span { text: code.to_owned(), part: Part::Code }),
                Marked::Strong(inner) => read(inner, Part::Strong, spans),
                Marked::Emphasis(inner) => read(inner, Part::Emphasis, spans),
                Marked::Link(label, target) => link(label, target, part, spans),
            }
            (rest, before) = (after, ')');
            continue;
        }
        let escaped = rest.strip_prefix('\\').and_then(|rest| rest.chars().next()).filter(char::is_ascii_punctuation);
        plain.push(escaped.unwrap_or(c));
        before = c;
        rest = &rest[c.len_utf8() + escaped.map_or(0, char::len_utf8)..];
    }
    flush(&mut plain, part, spans);
}

enum Marked<'a> {
    Code(&'a str),
    Strong(&'a str),
    Emphasis(&'a str),
    Link(&'a str, &'a str),
}

/// Reads a marked piece at the beginning of `text`; `before` is the character before it.
fn marked(text: &str, before: char) -> Option<(Marked<'_>, &str)> {
    match text.as_bytes()[0] {
        b'`' => code(text),
        b'*' => starred(text, before),
        b'[' => linked(text),
        _ => None,
    }
}

/// A run of backticks up to an equal one, so that code may hold backticks.
fn code(text: &str) -> Option<(Marked<'_>, &str)> {
    let fence = &text[..text.len() - text.trim_start_matches('`').len()];
    let inner = &text[fence.len()..];
    let mut from = 0;
    while let Some(at) = inner[from..].find(fence).map(|at| at + from) {
        let run = inner[at..].len() - inner[at..].trim_start_matches('`').len();
        if run == fence.len() {
            let padded = &inner[..at];
            let code = padded.strip_prefix(' ').and_then(|code| code.strip_suffix(' ')).unwrap_or(padded);
            return Some((Marked::Code(code), &inner[at + run..]));
        }
        from = at + run;
    }
    None
}

fn starred(text: &str, before: char) -> Option<(Marked<'_>, &str)> {
    let mark = if text.starts_with("**") { "**" } else { "*" };
    let inner = &text[mark.len()..];
    if before.is_alphanumeric() || inner.starts_with(char::is_whitespace) {
        return None;
    }
    let at = closing(inner, mark)?;
    let (inner, rest) = (&inner[..at], &inner[at + mark.len()..]);
    let marked = if mark == "**" { Marked::Strong(inner) } else { Marked::Emphasis(inner) };
    Some((marked, rest))
}

/// Finds the closing mark: not after a blank, not inside code.
fn closing(inner: &str, mark: &str) -> Option<usize> {
    let mut in_code = false;
    let mut last = ' ';
    for (at, c) in inner.char_indices() {
        in_code ^= c == '`';
        let closes = !in_code && at > 0 && !last.is_whitespace() && last != '\\' && inner[at..].starts_with(mark);
        if closes && (mark == "**" || !inner[at..].starts_with("**")) {
            return Some(at);
        }
        last = c;
    }
    None
}

fn linked(text: &str) -> Option<(Marked<'_>, &str)> {
    let (label, rest) = text[1..].split_once("](")?;
    let (target, rest) = rest.split_once(')')?;
    let fits = !label.is_empty() && !label.contains(['[', '\n']) && !target.contains(char::is_whitespace);
    fits.then_some((Marked::Link(label, target), rest))
}

/// A terminal has no links: the target follows its label.
fn link(label: &str, target: &str, part: Part, spans: &mut Vec<Span>) {
    read(label, part, spans);
    if label != target {
        spans.push(Span { text: format!(" ({target})"), part });
    }
}

fn flush(plain: &mut String, part: Part, spans: &mut Vec<Span>) {
    if !plain.is_empty() {
        spans.push(Span { text: std::mem::take(plain), part });
    }
}
