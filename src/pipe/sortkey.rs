//! Keys of `sort`: which part of a line is compared (`-k2,3n`), and how.

use std::cmp::Ordering;

/// How a key is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    /// Byte by byte.
    #[default]
    Text,
    /// By a number at the front (`-n`).
    Numeric,
    /// By a number with a unit (`-h`): first by the unit, then by the number.
    Human,
}

/// The letters of a key, or of the whole sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Order {
    pub(super) kind: Kind,
    pub(super) reverse: bool,
    pub(super) fold: bool,
    pub(super) blanks: bool,
}

/// A part of a line. Fields and characters count from 0; a missing end is the line's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Key {
    start: (usize, usize),
    /// The last field, and how many of its characters belong to the key; 0 for all.
    end: Option<(usize, usize)>,
    skip_start: bool,
    skip_end: bool,
    /// The key's own letters; none if it has no letters, and the sort's apply.
    pub(super) order: Option<Order>,
}

impl Key {
    /// Reads a `-k` specification; the error is GNU's sentence without the program's name.
    pub(super) fn parse(spec: &str) -> Result<Key, String> {
        let invalid = |why: &str| format!("{why}: invalid field specification ‘{spec}’");
        let mut key = Key::default();
        let mut letters = Order::default();
        let (field, mut rest) = number(spec, "invalid number at field start")?;
        key.start.0 = field.checked_sub(1).ok_or_else(|| invalid("field number is zero"))?;
        if let Some(offset) = rest.strip_prefix('.') {
            let (offset, after) = number(offset, "invalid number after '.'")?;
            key.start.1 = offset.checked_sub(1).ok_or_else(|| invalid("character offset is zero"))?;
            rest = after;
        }
        let mut any = ordering(&mut rest, &mut letters, &mut key.skip_start);
        if let Some(end) = rest.strip_prefix(',') {
            let (field, after) = number(end, "invalid number after ','")?;
            let field = field.checked_sub(1).ok_or_else(|| invalid("field number is zero"))?;
            rest = after;
            let mut length = 0;
            if let Some(offset) = rest.strip_prefix('.') {
                (length, rest) = number(offset, "invalid number after '.'")?;
            }
            key.end = Some((field, length));
            any |= ordering(&mut rest, &mut letters, &mut key.skip_end);
        }
        if !rest.is_empty() {
            return Err(invalid("stray character in field spec"));
        }
        key.order = any.then_some(letters);
        Ok(key)
    }

    /// Cuts the key out of a line.
    pub(super) fn of<'a>(&self, line: &'a [u8], tab: Option<u8>, order: Order) -> &'a [u8] {
        let own = self.order.is_some();
        let skip_start = if own { self.skip_start } else { order.blanks };
        let skip_end = if own { self.skip_end } else { order.blanks };
        let start = begin(line, tab, self.start, skip_start);
        let end = self.end.map_or(line.len(), |end| limit(line, tab, end, skip_end));
        if start < end { &line[start..end] } else { &[] }
    }
}

/// Reads the letters behind a position; returns whether there were any.
fn ordering(rest: &mut &str, order: &mut Order, blanks: &mut bool) -> bool {
    let mut any = false;
    while let Some(letter) = rest.chars().next() {
        match letter {
            'b' => *blanks = true,
            'n' => order.kind = Kind::Numeric,
            'h' => order.kind = Kind::Human,
            'r' => order.reverse = true,
            'f' => order.fold = true,
            _ => break,
        }
        any = true;
        *rest = &rest[1..];
    }
    any
}

fn number<'a>(text: &'a str, what: &str) -> Result<(usize, &'a str), String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 {
        return Err(format!("{what}: invalid count at start of ‘{text}’"));
    }
    Ok((text[..end].parse().unwrap_or(usize::MAX), &text[end..]))
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn skip(line: &[u8], from: usize, wanted: fn(u8) -> bool) -> usize {
    line[from..].iter().position(|byte| !wanted(*byte)).map_or(line.len(), |at| from + at)
}

fn begin(line: &[u8], tab: Option<u8>, (fields, characters): (usize, usize), blanks: bool) -> usize {
    let mut at = 0;
    for _ in 0..fields {
        if at >= line.len() {
            break;
        }
        at = match tab {
            Some(tab) => line[at..].iter().position(|byte| *byte == tab).map_or(line.len(), |found| at + found + 1),
            None => skip(line, skip(line, at, is_blank), |byte| !is_blank(byte)),
        };
    }
    if blanks {
        at = skip(line, at, is_blank);
    }
    at.saturating_add(characters).min(line.len())
}

fn limit(line: &[u8], tab: Option<u8>, (field, characters): (usize, usize), blanks: bool) -> usize {
    let fields = if characters == 0 { field.saturating_add(1) } else { field };
    let mut at = 0;
    for left in (0..fields).rev() {
        if at >= line.len() {
            break;
        }
        at = match tab {
            Some(tab) => match line[at..].iter().position(|byte| *byte == tab) {
                Some(found) if left > 0 || characters > 0 => at + found + 1,
                Some(found) => at + found,
                None => line.len(),
            },
            None => skip(line, skip(line, at, is_blank), |byte| !is_blank(byte)),
        };
    }
    if characters == 0 {
        return at;
    }
    if blanks {
        at = skip(line, at, is_blank);
    }
    at.saturating_add(characters).min(line.len())
}

/// Compares two keys.
pub(super) fn compare(first: &[u8], second: &[u8], order: Order) -> Ordering {
    let compared = match order.kind {
        Kind::Numeric => numeric(first, second),
        Kind::Human => unit(first).cmp(&unit(second)).then_with(|| numeric(first, second)),
        Kind::Text if order.fold => {
            first.iter().map(u8::to_ascii_uppercase).cmp(second.iter().map(u8::to_ascii_uppercase))
        }
        Kind::Text => first.cmp(second),
    };
    if order.reverse { compared.reverse() } else { compared }
}

/// A number's sign, the digits before the point without leading zeros, and those behind it without trailing ones.
fn parts(text: &[u8]) -> (bool, &[u8], &[u8], &[u8]) {
    let text = &text[skip(text, 0, is_blank)..];
    let (negative, text) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
    let end = skip(text, 0, |byte| byte.is_ascii_digit());
    let start = skip(&text[..end], 0, |byte| byte == b'0');
    let (fraction, rest) = match text[end..].strip_prefix(b".") {
        Some(fraction) => fraction.split_at(skip(fraction, 0, |byte| byte.is_ascii_digit())),
        None => (&text[..0], &text[end..]),
    };
    let kept = fraction.iter().rposition(|byte| *byte != b'0').map_or(0, |at| at + 1);
    (negative, &text[start..end], &fraction[..kept], rest)
}

fn numeric(first: &[u8], second: &[u8]) -> Ordering {
    let (first_negative, first_whole, first_fraction, _) = parts(first);
    let (second_negative, second_whole, second_fraction, _) = parts(second);
    let sign = |negative: bool, whole: &[u8], fraction: &[u8]| match (whole.is_empty() && fraction.is_empty(), negative)
    {
        (true, _) => 0,
        (false, true) => -1,
        (false, false) => 1,
    };
    let signs =
        (sign(first_negative, first_whole, first_fraction), sign(second_negative, second_whole, second_fraction));
    let magnitude = || {
        let lengths = first_whole.len().cmp(&second_whole.len());
        lengths.then_with(|| first_whole.cmp(second_whole)).then_with(|| first_fraction.cmp(second_fraction))
    };
    match signs {
        (-1, -1) => magnitude().reverse(),
        (1, 1) => magnitude(),
        (first, second) => first.cmp(&second),
    }
}

/// Ranks the unit behind a number: none is 0, K 1, M 2; negative numbers the other way; zero has no unit.
fn unit(text: &[u8]) -> i32 {
    let (negative, whole, fraction, rest) = parts(text);
    if whole.is_empty() && fraction.is_empty() {
        return 0;
    }
    let letter = rest.first().copied().unwrap_or_default();
    let rank = match letter {
        b'k' => Some(0),
        _ => b"KMGTPEZY".iter().position(|unit| *unit == letter),
    };
    let rank = rank.map_or(0, |rank| i32::try_from(rank + 1).unwrap_or(0));
    if negative { -rank } else { rank }
}
