//! Lists of tags, a page at a time (distribution-spec, listing tags). Sorted by byte, whatever the source's order.

use hyper::Response;
use hyper::header::{CONTENT_TYPE, HeaderValue, LINK};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::asked::Asked;
use super::body::{Answer, JSON, json_line};
use super::failure::{Code, Failure};
use super::path::Name;
use super::query;
use crate::source::Registry;

/// What need not be escaped in a query (RFC 3986, unreserved).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Answers GET and HEAD.
pub(super) async fn list(source: &dyn Registry, name: &Name, asked: Asked<'_>) -> Result<Answer, Failure> {
    let missing = || Failure::new(Code::NameUnknown, json!({ "name": name.given }));
    let limit = query::value(asked.query, "n").map(|n| parse_limit(&n)).transpose()?;
    let tags = source.tags(&name.repository).await.map_err(|error| Failure::of_source(&error, missing()))?;
    let page = Page::of(tags, query::value(asked.query, "last").as_deref(), limit);
    let mut answer = Response::new(json_line(&json!({ "name": name.given, "tags": page.tags })));
    answer.headers_mut().insert(CONTENT_TYPE, JSON);
    if let Some(link) = page.link(name, query::value(asked.query, "ns").as_deref()) {
        answer.headers_mut().insert(LINK, link);
    }
    Ok(answer)
}

/// Escapes a value for a query.
pub(super) fn escape(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, ESCAPED)
}

/// Reads `n`. A number too large for memory asks for all there are.
pub(super) fn parse_limit(text: &str) -> Result<usize, Failure> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if is_number {
        return Ok(text.parse().unwrap_or(usize::MAX));
    }
    Err(Failure::new(Code::PaginationNumberInvalid, json!({ "n": text })))
}

#[derive(Debug)]
struct Page {
    tags: Vec<String>,
    is_last: bool,
}

impl Page {
    /// Takes at most `limit` tags after `last`, which need not be one of them.
    fn of(mut tags: Vec<String>, last: Option<&str>, limit: Option<usize>) -> Self {
        tags.sort_unstable();
        tags.dedup();
        let start = last.map_or(0, |last| tags.partition_point(|tag| tag.as_str() <= last));
        tags.drain(..start);
        let limit = limit.unwrap_or(usize::MAX);
        // A page of nothing has no next one (n=0 in the spec).
        let is_last = limit == 0 || tags.len() <= limit;
        tags.truncate(limit);
        Self { tags, is_last }
    }

    /// Points to the next page as the reference registry does: a path, no host, keys in alphabetical order.
    fn link(&self, name: &Name, namespace: Option<&str>) -> Option<HeaderValue> {
        let last = self.tags.last().filter(|_| !self.is_last)?;
        let namespace = namespace.map(|ns| format!("&ns={}", escape(ns))).unwrap_or_default();
        let (name, count) = (&name.given, self.tags.len());
        let link = format!("</v2/{name}/tags/list?last={}&n={count}{namespace}>; rel=\"next\"", escape(last));
        HeaderValue::try_from(link).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(last: Option<&str>, limit: Option<usize>, expected: &str) {
        let tags = ["b", "a", "10", "9", "a"].map(str::to_owned).to_vec();
        let page = Page::of(tags, last, limit);
        let text = page.tags.join(" ") + if page.is_last { "" } else { " …" };
        assert_eq!(text, expected);
    }

    #[test]
    fn pages_follow_one_another() {
        check(None, None, "10 9 a b");
        check(None, Some(2), "10 9 …");
        check(Some("9"), Some(2), "a b");
        check(Some("b"), Some(2), "");
        check(Some("aa"), None, "b");
        check(None, Some(0), "");
    }

    #[test]
    fn a_limit_is_a_number() {
        assert!(parse_limit("-1").is_err());
        assert!(parse_limit("").is_err());
        assert_eq!(parse_limit("99999999999999999999999").unwrap(), usize::MAX);
    }
}
