//! What handlers read of a request that reads.

use hyper::HeaderMap;
use hyper::header::{CONTENT_LENGTH, HeaderValue, IF_NONE_MATCH};

/// The parts of a request that handlers read.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// Whether only the head of the answer is wanted.
    pub(super) method: Verb,
    /// The headers.
    pub(super) headers: &'a HeaderMap,
    /// The query, not decoded; empty where there is none.
    pub(super) query: &'a str,
}

/// A method that reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// Head and body.
    Get,
    /// The head alone.
    Head,
}

impl Asked<'_> {
    /// Tells whether the client already has what carries `tag` (RFC 9110, 13.1.2). Tags without quotes are taken too,
    /// as the reference registry takes them.
    pub(super) fn has(&self, tag: &str) -> bool {
        let held = self.headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        held.flat_map(|line| line.split(','))
            .map(str::trim)
            .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one).trim_matches('"') == tag)
    }
}

/// Sets `Content-Length`, which an answer to HEAD has without having a body.
pub(super) fn set_length(headers: &mut HeaderMap, length: u64) {
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
}
