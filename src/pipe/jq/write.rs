//! How jq prints values: two spaces an indent, numbers as short as they can be.

use jaq_json::{Num, Val};

/// The look of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "six independent flags of the command line")]
pub(super) struct Style {
    /// Texts without quotes.
    pub(super) raw: bool,
    /// No newline behind values.
    pub(super) joined: bool,
    /// On one line.
    pub(super) compact: bool,
    /// Keys in order.
    pub(super) sorted: bool,
    /// A tab an indent.
    pub(super) tabs: bool,
    /// Non-ASCII characters escaped.
    pub(super) ascii: bool,
}

/// On one line, as in error messages.
pub(super) const COMPACT: Style =
    Style { raw: false, joined: false, compact: true, sorted: false, tabs: false, ascii: false };

/// Appends a value; the error is an object's key that is no text.
pub(super) fn write(out: &mut Vec<u8>, value: &Val, style: Style, level: usize) -> Result<(), Val> {
    match value {
        Val::Null => out.extend_from_slice(b"null"),
        Val::Bool(true) => out.extend_from_slice(b"true"),
        Val::Bool(false) => out.extend_from_slice(b"false"),
        Val::Num(number) => out.extend(number_text(number).into_bytes()),
        Val::TStr(text) | Val::BStr(text) => string(out, &String::from_utf8_lossy(text), style),
        Val::Arr(items) => {
            container(out, style, level, [b'[', b']'], items.iter(), |out, item| write(out, item, style, level + 1))?;
        }
        Val::Obj(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            if style.sorted {
                entries.sort_by_key(|(key, _)| *key);
            }
            container(out, style, level, [b'{', b'}'], entries.into_iter(), |out, (key, value)| {
                let Val::TStr(text) = key else { return Err(key.clone()) };
                string(out, &String::from_utf8_lossy(text), style);
                out.extend_from_slice(if style.compact { b":" } else { b": " });
                write(out, value, style, level + 1)
            })?;
        }
    }
    Ok(())
}

fn container<T>(
    out: &mut Vec<u8>,
    style: Style,
    level: usize,
    [open, close]: [u8; 2],
    items: impl ExactSizeIterator<Item = T>,
    mut each: impl FnMut(&mut Vec<u8>, T) -> Result<(), Val>,
) -> Result<(), Val> {
    let empty = items.len() == 0;
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        newline(out, style, level + 1);
        each(out, item)?;
    }
    if !empty {
        newline(out, style, level);
    }
    out.push(close);
    Ok(())
}

fn newline(out: &mut Vec<u8>, style: Style, level: usize) {
    if !style.compact {
        out.push(b'\n');
        let (fill, width) = if style.tabs { (b'\t', 1) } else { (b' ', 2) };
        out.extend(std::iter::repeat_n(fill, level * width));
    }
}

fn string(out: &mut Vec<u8>, text: &str, style: Style) {
    out.push(b'"');
    for c in text.chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\x08' => out.extend_from_slice(b"\\b"),
            '\x0c' => out.extend_from_slice(b"\\f"),
            '\0'..='\x1f' | '\x7f' => escaped(out, c),
            _ if style.ascii && !c.is_ascii() => escaped(out, c),
            _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

fn escaped(out: &mut Vec<u8>, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        out.extend(format!("\\u{unit:04x}").into_bytes());
    }
}

/// Writes a number: what is no finite number becomes null or the largest one.
fn number_text(number: &Num) -> String {
    match number {
        Num::Int(number) if number.unsigned_abs() < 1 << 53 => number.to_string(),
        #[expect(clippy::cast_precision_loss, reason = "jq's numbers are doubles")]
        Num::Int(number) => double(*number as f64),
        Num::BigInt(number) => number.to_string().parse().map_or_else(|_| "null".into(), double),
        Num::Float(number) => double(*number),
        Num::Dec(text) => text.parse().map_or_else(|_| "null".into(), double),
    }
}

/// Writes a double with 17 significant digits at most, in the shortest form that reads back the same.
pub(super) fn double(number: f64) -> String {
    if number.is_nan() {
        return "null".into();
    }
    let number = number.clamp(f64::MIN, f64::MAX);
    let text = format!("{number:e}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits = mantissa.replace('.', "");
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    if exponent < -4 || exponent >= count + 15 {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{first}{point}{rest}e{exponent_sign}{:02}", exponent.abs());
    }
    format!("{number}")
}
