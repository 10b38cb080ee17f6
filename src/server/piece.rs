//! The `Content-Range` of a piece of an upload: `0-1023`, without a unit (distribution-spec, pushing a blob in chunks).

use hyper::HeaderMap;
use hyper::header::CONTENT_RANGE;
use serde_json::json;

use super::failure::{Code, Failure};

/// Where a piece begins, and where what follows it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) first: u64,
    pub(super) end: u64,
}

impl Piece {
    /// Reads the header; `None` where there is none, as in a stream. HTTP's own form, `bytes 0-1023/*`, is understood too.
    pub(super) fn of(headers: &HeaderMap) -> Result<Option<Self>, Failure> {
        let Some(value) = headers.get(CONTENT_RANGE) else { return Ok(None) };
        let parsed = value.to_str().ok().and_then(Self::parse);
        let invalid = || json!({ "content-range": String::from_utf8_lossy(value.as_bytes()) });
        parsed.map(Some).ok_or_else(|| Failure::new(Code::BlobUploadInvalid, invalid()))
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("bytes").map_or(text, |rest| rest.trim_start_matches([' ', '=']));
        let range = text.split('/').next()?.trim();
        let (first, last) = range.split_once('-')?;
        let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
        let (first, last): (u64, u64) = (number(first)?, number(last)?);
        (first <= last).then_some(Self { first, end: last.checked_add(1)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(u64, u64)>) {
        assert_eq!(Piece::parse(text).map(|piece| (piece.first, piece.end)), expected, "{text}");
    }

    #[test]
    fn a_piece_is_understood_with_and_without_a_unit() {
        check("0-1023", Some((0, 1024)));
        check("5-5", Some((5, 6)));
        check("bytes 0-9/*", Some((0, 10)));
        check("bytes=0-9", Some((0, 10)));
    }

    #[test]
    fn what_is_no_piece_is_refused() {
        for text in ["", "-", "5-4", "a-b", "1", "+1-2", "0-18446744073709551615", "0-99999999999999999999999"] {
            check(text, None);
        }
    }
}
