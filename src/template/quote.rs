//! Go's quoted strings, written and read (`strconv.Quote`, `strconv.Unquote`).

use std::fmt::Write;

/// Writes a text as a Go string literal in double quotes.
pub(super) fn quoted(text: &str) -> String {
    quoted_with(text, '"', Charset::Unicode)
}

/// Which characters may stand unescaped in a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// Every printable character.
    Unicode,
    /// Printable ASCII only.
    Ascii,
}

/// Writes a text as a Go literal between the given quotes.
pub(super) fn quoted_with(text: &str, quote: char, charset: Charset) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    text.chars().for_each(|c| escape(&mut out, c, quote, charset));
    out.push(quote);
    out
}

fn escape(out: &mut String, c: char, quote: char, charset: Charset) {
    match c {
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        '\\' => out.push_str("\\\\"),
        _ if c == quote => out.extend(['\\', c]),
        _ if is_printable(c) && (c.is_ascii() || charset == Charset::Unicode) => out.push(c),
        _ => escape_by_number(out, c as u32),
    }
}

fn escape_by_number(out: &mut String, code: u32) {
    let written = match code {
        0..0x80 => write!(out, "\\x{code:02x}"),
        0x80..0x1_0000 => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
    written.expect("writing to a string does not fail");
}

/// Whether Go would print the character as it is.
pub(super) fn is_printable(c: char) -> bool {
    c == ' ' || matches!(c, '"' | '\'' | '\\') || (!c.is_whitespace() && c.escape_debug().count() == 1)
}

/// Reads a Go literal with its quotes: `"…"`, `` `…` ``, or the `'c'` of a character constant.
pub(super) fn unquoted(literal: &str) -> Option<String> {
    let quote = literal.chars().next()?;
    let inner = literal.strip_prefix(quote)?.strip_suffix(quote)?;
    if quote == '`' {
        return Some(inner.replace('\r', ""));
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => unescape(&mut rest, quote, &mut bytes)?,
            _ if c == quote => return None,
            _ => push(&mut bytes, c),
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn unescape(rest: &mut std::str::Chars<'_>, quote: char, bytes: &mut Vec<u8>) -> Option<()> {
    match rest.next()? {
        'a' => bytes.push(7),
        'b' => bytes.push(8),
        'f' => bytes.push(12),
        'n' => bytes.push(b'\n'),
        'r' => bytes.push(b'\r'),
        't' => bytes.push(b'\t'),
        'v' => bytes.push(11),
        '\\' => bytes.push(b'\\'),
        'x' => bytes.push(u8::try_from(digits(rest, 0, 2, 16)?).ok()?),
        'u' => push(bytes, char::from_u32(digits(rest, 0, 4, 16)?)?),
        'U' => push(bytes, char::from_u32(digits(rest, 0, 8, 16)?)?),
        c @ '0'..='7' => bytes.push(u8::try_from(digits(rest, c.to_digit(8)?, 2, 8)?).ok()?),
        c if c == quote => push(bytes, c),
        _ => return None,
    }
    Some(())
}

fn digits(rest: &mut std::str::Chars<'_>, start: u32, count: usize, radix: u32) -> Option<u32> {
    (0..count).try_fold(start, |sum, _| sum.checked_mul(radix)?.checked_add(rest.next()?.to_digit(radix)?))
}

fn push(bytes: &mut Vec<u8>, c: char) {
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}
