//! Numbers as templates write them: Go's integer and float constants. Complex numbers and hexadecimal floats are refused.

use super::quote::quoted;

/// The value of a numeric constant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// An integer, which Go types `int`.
    Int(i64),
    /// An integer that fits 64 bits without a sign only.
    Huge,
    /// A constant with a point or an exponent.
    Float(f64),
}

impl Number {
    /// Reads a numeric constant without its surrounding spaces; the error is Go's.
    pub(super) fn parse(text: &str) -> Result<Number, String> {
        let illegal = || format!("illegal number syntax: {}", quoted(text));
        let (negative, digits) = match text.strip_prefix(['+', '-']) {
            Some(digits) => (text.starts_with('-'), digits),
            None => (false, text),
        };
        let digits = without_underscores(digits).ok_or_else(illegal)?;
        if let Some(number) = integer(&digits, negative) {
            return Ok(number);
        }
        let value = float(&digits).ok_or_else(illegal)?;
        if !digits.contains(['.', 'e', 'E']) {
            return Err(format!("integer overflow: {}", quoted(text)));
        }
        Ok(Number::Float(if negative { -value } else { value }))
    }
}

fn integer(digits: &str, negative: bool) -> Option<Number> {
    let (digits, radix) = split_radix(digits);
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let magnitude = i128::from(u64::from_str_radix(digits, radix).ok()?);
    match i64::try_from(if negative { -magnitude } else { magnitude }) {
        Ok(value) => Some(Number::Int(value)),
        Err(_) => (!negative).then_some(Number::Huge),
    }
}

fn split_radix(digits: &str) -> (&str, u32) {
    const PREFIXES: [(&str, u32); 6] = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)];
    let found = PREFIXES.iter().find_map(|(prefix, radix)| digits.strip_prefix(prefix).map(|rest| (rest, *radix)));
    found.unwrap_or((digits, if digits.len() > 1 && digits.starts_with('0') { 8 } else { 10 }))
}

/// Drops underscores, which stand between digits or behind a prefix only.
fn without_underscores(digits: &str) -> Option<String> {
    let bad = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
    (!bad).then(|| digits.replace('_', ""))
}

fn float(digits: &str) -> Option<f64> {
    let shaped = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    let value: f64 = shaped.then(|| digits.parse().ok())??;
    value.is_finite().then_some(value)
}
