//! The query of a request: a few keys, percent-decoded; unknown ones are ignored.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Returns the first value of `key`, decoded; `None` where the key is absent or its value is not UTF-8.
pub(super) fn value<'a>(query: &'a str, key: &str) -> Option<Cow<'a, str>> {
    encoded(query, key).next().and_then(|value| percent_decode_str(value).decode_utf8().ok())
}

/// Returns all values of `key`, decoded.
pub(super) fn values<'a>(query: &'a str, key: &str) -> Vec<Cow<'a, str>> {
    encoded(query, key).filter_map(|value| percent_decode_str(value).decode_utf8().ok()).collect()
}

fn encoded<'a>(query: &'a str, key: &str) -> impl Iterator<Item = &'a str> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.filter(move |(name, _)| *name == key).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, key: &str, expected: Option<&str>) {
        assert_eq!(value(query, key).as_deref(), expected, "{query}");
    }

    #[test]
    fn a_value_is_found_and_decoded() {
        check("n=2&last=v1%2B1", "last", Some("v1+1"));
        check("n=2&n=3", "n", Some("2"));
        check("n", "n", Some(""));
        check("", "n", None);
        check("last=%ff", "last", None);
    }

    #[test]
    fn a_key_may_come_again() {
        assert_eq!(values("tag=a&n=1&tag=b%2Bc", "tag"), ["a", "b+c"]);
        assert!(values("tags=a", "tag").is_empty());
    }
}
