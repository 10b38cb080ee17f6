//! Blobs, whole or in part, streamed from the source to the client (distribution-spec, pulling blobs).

use std::ops::Range;

use bytes::Bytes;
use hyper::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, HeaderValue, IF_RANGE, RANGE};
use hyper::{Response, StatusCode};
use serde_json::json;

use super::asked::{Asked, Verb, set_length};
use super::body::{Answer, Body, Cut, part, whole};
use super::failure::{Code, Failure};
use super::manifest::{set_digest, unchanged};
use super::path::Name;
use super::range::Wanted;
use crate::oci::Digest;
use crate::source::{Blob, Registry};

/// What a digest names never changes: a year, as the reference registry says.
const FOREVER: HeaderValue = HeaderValue::from_static("max-age=31536000");
const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// A blob of a repository, where it comes from.
#[derive(Clone, Copy)]
struct Wares<'a> {
    source: &'a dyn Registry,
    name: &'a Name,
    digest: &'a Digest,
}

/// Answers GET and HEAD.
pub(super) async fn read(
    source: &dyn Registry,
    name: &Name,
    digest: &Digest,
    asked: Asked<'_>,
) -> Result<Answer, Failure> {
    let wares = Wares { source, name, digest };
    let mut answer = if asked.has(&digest.to_string()) {
        wares.open(0).await?;
        unchanged(digest)
    } else {
        match wanted(asked, digest) {
            None => entire(wares.open(0).await?, asked.method),
            Some(wanted) => wares.part(wanted).await?,
        }
    };
    let headers = answer.headers_mut();
    set_digest(headers, digest);
    headers.insert(CACHE_CONTROL, FOREVER);
    Ok(answer)
}

/// Reads `Range`, which only GET has, and `If-Range`.
fn wanted(asked: Asked<'_>, digest: &Digest) -> Option<Wanted> {
    if asked.method == Verb::Head {
        return None;
    }
    if asked.headers.get(IF_RANGE).is_some_and(|tag| tag.as_bytes() != format!("\"{digest}\"").as_bytes()) {
        return None;
    }
    Wanted::parse(asked.headers.get(RANGE)?.to_str().ok()?)
}

impl Wares<'_> {
    async fn open(self, offset: u64) -> Result<Blob, Failure> {
        let missing = || Failure::new(Code::BlobUnknown, json!({ "name": self.name.given, "digest": self.digest }));
        let opened = self.source.blob(&self.name.repository, self.digest, offset).await;
        let opened = opened.map_err(|error| Failure::of_source(&error, missing()))?;
        if opened.offset > offset {
            return Err(Failure::inside(format!("the source began at byte {}, not at {offset}", opened.offset)));
        }
        Ok(opened)
    }

    /// Answers a range. The size is known only once the blob is open, so that a range from the end takes two steps,
    /// and so does one that the source refuses because it begins behind the end.
    async fn part(self, wanted: Wanted) -> Result<Answer, Failure> {
        let guess = wanted.first().unwrap_or(0);
        let (opened, at) = match self.open(guess).await {
            Err(_) if guess > 0 => (self.open(0).await?, 0),
            opened => (opened?, guess),
        };
        let Some(size) = opened.size else {
            // Without a size there is no `Content-Range`; the whole is an answer to every range.
            let opened = if at == 0 { opened } else { self.open(0).await? };
            return Ok(entire(opened, Verb::Get));
        };
        let range = wanted.within(size).ok_or_else(|| Failure::range(size))?;
        let opened = if at == range.start { opened } else { self.open(range.start).await? };
        Ok(partial(opened, &range, size))
    }
}

fn entire(opened: Blob, method: Verb) -> Answer {
    let body = match method {
        Verb::Get => part(opened.stream, Cut { skip: 0, length: opened.size }),
        Verb::Head => whole(Bytes::new()),
    };
    let mut answer = octets(body);
    if let Some(size) = opened.size {
        answer.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        set_length(answer.headers_mut(), size);
    }
    answer
}

fn partial(opened: Blob, range: &Range<u64>, size: u64) -> Answer {
    let length = range.end - range.start;
    let mut answer = octets(part(opened.stream, Cut { skip: range.start - opened.offset, length: Some(length) }));
    *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
    let headers = answer.headers_mut();
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    set_length(headers, length);
    let positions = format!("bytes {}-{}/{size}", range.start, range.end - 1);
    headers.insert(CONTENT_RANGE, HeaderValue::try_from(positions).expect("digits are fine in a header"));
    answer
}

fn octets(body: Body) -> Answer {
    let mut answer = Response::new(body);
    answer.headers_mut().insert(CONTENT_TYPE, OCTETS);
    answer
}
