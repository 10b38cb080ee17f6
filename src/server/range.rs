//! The `Range` header (RFC 9110, section 14): one range of bytes. Several at once are answered with the whole,
//! which the RFC allows and every client understands.

use std::ops::Range;

/// A range as asked, before the size is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// From the first position to the last one, both included; `u64::MAX` where no last one was given.
    From(u64, u64),
    /// So many bytes from the end.
    Last(u64),
}

impl Wanted {
    /// Reads a header value; `None` is a unit, a list or a form that is to be ignored.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let (unit, set) = value.split_once('=')?;
        let (first, last) = set.trim().split_once('-')?;
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return None;
        }
        match (first, last) {
            ("", length) => number(length).map(Self::Last),
            (first, "") => number(first).map(|first| Self::From(first, u64::MAX)),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                // Backwards is nowhere: refused rather than ignored, either of which the RFC allows (14.2).
                Some(if first <= last { Self::From(first, last) } else { Self::Last(0) })
            }
        }
    }

    /// Returns where the range begins, where that does not depend on the size.
    pub(super) fn first(self) -> Option<u64> {
        match self {
            Self::From(first, _) => Some(first),
            Self::Last(_) => None,
        }
    }

    /// Returns the positions within `size` bytes; `None` where there is not one byte to send.
    pub(super) fn within(self, size: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::From(first, last) => first..last.saturating_add(1).min(size),
            Self::Last(length) => size.saturating_sub(length)..size,
        };
        (!range.is_empty()).then_some(range)
    }
}

/// A number too large for anything there is means the end.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ranges are of 10 bytes.
    #[track_caller]
    fn check(value: &str, expected: &str) {
        let text = match Wanted::parse(value).map(|wanted| wanted.within(10)) {
            None => "ignored".to_owned(),
            Some(None) => "unsatisfiable".to_owned(),
            Some(Some(range)) => format!("{}..{}", range.start, range.end),
        };
        assert_eq!(text, expected, "{value}");
    }

    #[test]
    fn one_range_is_understood() {
        check("bytes=0-0", "0..1");
        check("bytes=3-5", "3..6");
        check("Bytes=3-", "3..10");
        check("bytes=-4", "6..10");
        check("bytes= 9-99", "9..10");
        check("bytes=-99", "0..10");
        check("bytes=2-99999999999999999999999999", "2..10");
    }

    #[test]
    fn a_range_without_a_byte_cannot_be_satisfied() {
        check("bytes=10-", "unsatisfiable");
        check("bytes=-0", "unsatisfiable");
        check("bytes=5-2", "unsatisfiable");
        check("bytes=99999999999999999999999999-", "unsatisfiable");
        assert_eq!(Wanted::Last(5).within(0), None);
    }

    #[test]
    fn what_is_not_one_range_is_ignored() {
        for value in ["bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b", "bytes=+1-2", "bytes", ""] {
            check(value, "ignored");
        }
    }
}
