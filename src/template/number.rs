//! Numbers as templates write them: Go's integer, float and character constants. Complex numbers are refused.

/// The value of a numeric constant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// An integer, which Go types `int`.
    Int(i64),
    /// An integer that no `int` holds.
    Huge,
    /// A constant with a point or an exponent.
    Float(f64),
}

impl Number {
    /// Reads a numeric constant without its surrounding spaces.
    pub(super) fn parse(text: &str) -> Option<Number> {
        let (negative, digits) = match text.strip_prefix(['+', '-']) {
            Some(digits) => (text.starts_with('-'), digits),
            None => (false, text),
        };
        if let Some((radix, digits)) = radix(digits) {
            return integer(digits, radix, negative);
        }
        let clean = without_underscores(digits)?;
        if clean.bytes().all(|b| b.is_ascii_digit()) {
            let radix = if clean.len() > 1 && clean.starts_with('0') { 8 } else { 10 };
            return integer(&clean, radix, negative);
        }
        float(&clean).map(|value| Number::Float(if negative { -value } else { value }))
    }
}

fn radix(digits: &str) -> Option<(u32, &str)> {
    let prefixes = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)];
    prefixes.iter().find_map(|(prefix, radix)| digits.strip_prefix(prefix).map(|rest| (*radix, rest)))
}

fn integer(digits: &str, radix: u32, negative: bool) -> Option<Number> {
    let digits = without_underscores(digits.strip_prefix('_').unwrap_or(digits))?;
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let value = i128::from_str_radix(&digits, radix).unwrap_or(i128::MAX);
    let value = if negative { -value } else { value };
    Some(i64::try_from(value).map_or(Number::Huge, Number::Int))
}

/// An underscore stands between digits only.
fn without_underscores(digits: &str) -> Option<String> {
    let bad = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
    (!bad).then(|| digits.replace('_', ""))
}

fn float(digits: &str) -> Option<f64> {
    let shaped = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    let value: f64 = shaped.then(|| digits.parse().ok())??;
    value.is_finite().then_some(value)
}
