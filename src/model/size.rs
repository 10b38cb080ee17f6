//! Sizes as recipes write them: a number of bytes, or `14.6MB` in Docker's decimal units.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// The most that one layer or file may hold: what a ustar header can say (8 GiB).
pub(super) const MOST: u64 = 8 << 30;

/// A number of bytes, below 8 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Size(pub u64);

/// Reads `839`, `4.3kB`, `66.9MB`, `1.1GB`.
fn parse(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match &text[digits.len()..] {
        "" | "B" => 1,
        "kB" => 1000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || fraction.len() > 9 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let scale = 10_u64.pow(u32::try_from(fraction.len()).ok()?);
    let parts = if fraction.is_empty() { 0 } else { fraction.parse::<u64>().ok()? * unit / scale };
    whole.parse::<u64>().ok()?.checked_mul(unit)?.checked_add(parts)
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl de::Visitor<'_> for Reader {
    type Value = Size;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a size below 8 GiB such as `839` or `14.6MB`")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Size, E> {
        if value < MOST { Ok(Size(value)) } else { Err(E::invalid_value(de::Unexpected::Unsigned(value), &self)) }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Size, E> {
        let size = parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))?;
        self.visit_u64(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(parse(text), expected, "{text}");
    }

    #[test]
    fn units_are_dockers_decimal_ones() {
        check("839", Some(839));
        check("4.31kB", Some(4310));
        check("66.9MB", Some(66_900_000));
        check("1.1GB", Some(1_100_000_000));
        check("0.0004kB", Some(0));
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "MB", "1MiB", "-1", "1e9", "1.2.3MB", "99999999999999999999", "1 MB"] {
            check(text, None);
        }
    }
}
