//! The query of a request: a few keys, percent-decoded; unknown ones are ignored.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Returns the first value of `key`, decoded; `None` where the key is absent or its value is not UTF-8.
pub(super) fn value<'a>(query: &'a str, key: &str) -> Option<Cow<'a, str>> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let (_, value) = pairs.into_iter().find(|(name, _)| *name == key)?;
    percent_decode_str(value).decode_utf8().ok()
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
}
