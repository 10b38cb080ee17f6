//! Values of `awk`: numbers, texts, and texts of the input that look like numbers.

use std::cmp::Ordering;

#[derive(Debug, Clone, Default)]
pub(super) enum Value {
    /// A variable that has no value yet: 0 and the empty text.
    #[default]
    Nothing,
    Number(f64),
    Text(String),
    /// What was read: it is compared as a number where it looks like one.
    Read(String),
}

impl Value {
    pub(super) fn of(condition: bool) -> Self {
        Self::Number(f64::from(u8::from(condition)))
    }

    pub(super) fn number(&self) -> f64 {
        match self {
            Self::Nothing => 0.0,
            Self::Number(number) => *number,
            Self::Text(text) | Self::Read(text) => leading(text).0,
        }
    }

    /// Returns the text; a number that is none whole is written by `format` (`CONVFMT` or `OFMT`).
    pub(super) fn text(&self, format: &dyn Fn(f64) -> String) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) | Self::Read(text) => text.clone(),
            Self::Number(number) => format(*number),
        }
    }

    pub(super) fn holds(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Number(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Read(text) => as_number(text).map_or(!text.is_empty(), |number| number != 0.0),
        }
    }

    pub(super) fn compare(&self, other: &Self, format: &dyn Fn(f64) -> String) -> Ordering {
        match (self.comparable(), other.comparable()) {
            (Some(one), Some(other)) => one.partial_cmp(&other).unwrap_or(Ordering::Equal),
            _ => self.text(format).cmp(&other.text(format)),
        }
    }

    fn comparable(&self) -> Option<f64> {
        match self {
            Self::Nothing => Some(0.0),
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
            Self::Read(text) => as_number(text),
        }
    }
}

fn as_number(text: &str) -> Option<f64> {
    let (number, end) = leading(text);
    (end > 0 && text[end..].trim().is_empty()).then_some(number)
}

/// Reads the number with which a text begins, and tells where it ends.
fn leading(text: &str) -> (f64, usize) {
    let begin = text.len() - text.trim_start().len();
    let rest = &text[begin..];
    let mut end = usize::from(rest.starts_with(['+', '-']));
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(&rest[end..]);
    end += whole;
    let mut fraction = 0;
    if rest[end..].starts_with('.') {
        fraction = digits(&rest[end + 1..]);
        end += if whole + fraction > 0 { 1 + fraction } else { 0 };
    }
    if whole + fraction == 0 {
        return (0.0, 0);
    }
    if rest[end..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[end + 1..].starts_with(['+', '-']));
        let exponent = digits(&rest[end + 1 + sign..]);
        end += if exponent > 0 { 1 + sign + exponent } else { 0 };
    }
    (rest[..end].parse().unwrap_or(0.0), begin + end)
}
