//! Manifests and indexes, by tag or digest (distribution-spec, pulling manifests).
//!
//! What is stored is sent, byte for byte. `Accept` is heeded as the reference registry does it: a client that
//! names types and no fitting one is told so, and Docker's manifest list is resolved to linux/amd64 for one that
//! knows only image manifests. Clients that take anything (curl) get what is there, which that registry refuses.

use bytes::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderName, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};
use serde_json::json;

use super::asked::{Asked, Verb, set_length};
use super::body::{Answer, whole};
use super::failure::{Code, Failure};
use super::path::Name;
use crate::oci::{Descriptor, Digest, Document, DocumentError, MediaType};
use crate::source::{Error, Registry, Target};

/// The header that names the digest of what is sent.
pub(super) const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// Answers GET and HEAD.
pub(super) async fn read(
    source: &dyn Registry,
    name: &Name,
    target: &Target,
    asked: Asked<'_>,
) -> Result<Answer, Failure> {
    let failed = |error: Error| Failure::of_source(&error, unknown(name, target));
    let conditional = asked.headers.contains_key(hyper::header::IF_NONE_MATCH);
    if asked.method == Verb::Head || conditional {
        let descriptor = source.resolve(&name.repository, target).await.map_err(failed)?;
        if asked.has(&descriptor.digest.to_string()) {
            return Ok(unchanged(&descriptor.digest));
        }
        if asked.method == Verb::Head && choose(asked.headers, &descriptor.media_type, target)? == Choice::Stored {
            return Ok(head(&descriptor, Bytes::new()));
        }
    }
    let document = source.document(&name.repository, target).await.map_err(failed)?;
    let document = match choose(asked.headers, document.media_type(), target)? {
        Choice::Stored => document,
        Choice::DefaultPlatform => {
            let child = Target::Digest(default_platform(&document).map_err(|error| failed(error.into()))?);
            source.document(&name.repository, &child).await.map_err(failed)?
        }
    };
    Ok(head(&document.descriptor(), document.bytes().clone()))
}

/// Says that a manifest is not there.
pub(super) fn unknown(name: &Name, target: &Target) -> Failure {
    let detail = match target {
        Target::Tag(tag) => json!({ "name": name.given, "tag": tag }),
        Target::Digest(digest) => json!({ "name": name.given, "digest": digest }),
    };
    Failure::new(Code::ManifestUnknown, detail)
}

fn head(descriptor: &Descriptor, bytes: Bytes) -> Answer {
    let mut answer = Response::new(whole(bytes));
    let headers = answer.headers_mut();
    // A type that no header can carry was not read from a header either; the document names it itself.
    if let Ok(media_type) = HeaderValue::from_str(descriptor.media_type.as_str()) {
        headers.insert(CONTENT_TYPE, media_type);
    }
    set_length(headers, descriptor.size);
    set_digest(headers, &descriptor.digest);
    answer
}

/// Answers that the client has it already.
pub(super) fn unchanged(digest: &Digest) -> Answer {
    let mut answer = Response::new(whole(Bytes::new()));
    *answer.status_mut() = StatusCode::NOT_MODIFIED;
    set_digest(answer.headers_mut(), digest);
    answer
}

/// Sets `Docker-Content-Digest` and the entity tag, which is the digest in quotes.
pub(super) fn set_digest(headers: &mut HeaderMap, digest: &Digest) {
    let plain = digest.to_string();
    let quoted = format!("\"{plain}\"");
    for (name, value) in [(CONTENT_DIGEST, plain), (ETAG, quoted)] {
        headers.insert(name, HeaderValue::try_from(value).expect("digests are letters, digits and a colon"));
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Stored,
    DefaultPlatform,
}

/// Decides what a client gets that is sent the type `stored`.
fn choose(headers: &HeaderMap, stored: &MediaType, target: &Target) -> Result<Choice, Failure> {
    if accepts(headers, stored) {
        return Ok(Choice::Stored);
    }
    if *stored == MediaType::OCI_INDEX {
        return Err(Failure::not_acceptable("OCI index found, but accept header does not support OCI indexes"));
    }
    if *stored == MediaType::OCI_MANIFEST {
        return Err(Failure::not_acceptable("OCI manifest found, but accept header does not support OCI manifests"));
    }
    // What is asked for by digest has that digest.
    match target {
        Target::Tag(_) if *stored == MediaType::DOCKER_INDEX => Ok(Choice::DefaultPlatform),
        Target::Tag(_) | Target::Digest(_) => Ok(Choice::Stored),
    }
}

/// Docker's classic client sends one `Accept` line a type, others all types in one line.
fn accepts(headers: &HeaderMap, stored: &MediaType) -> bool {
    let lines = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut ranges = lines.flat_map(|line| line.split(',')).map(MediaType::new).peekable();
    let fits = |range: MediaType| matches!(range.as_str(), "*/*" | "application/*") || range == *stored;
    ranges.peek().is_none() || ranges.any(fits)
}

fn default_platform(list: &Document) -> Result<Digest, DocumentError> {
    let is_default = |entry: &Descriptor| {
        entry.platform.as_ref().is_some_and(|platform| platform.normalized().to_string() == "linux/amd64")
    };
    let found = list.index()?.manifests.into_iter().find(is_default);
    found.map(|entry| entry.digest).ok_or_else(|| DocumentError::UnsupportedType(list.media_type().clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA2: &str = "application/vnd.docker.distribution.manifest.v2+json";

    #[track_caller]
    fn check(accept: &[&str], stored: &MediaType, expected: Option<Choice>) {
        let mut headers = HeaderMap::new();
        for line in accept {
            headers.append(ACCEPT, line.parse().unwrap());
        }
        assert_eq!(choose(&headers, stored, &Target::Tag("latest".to_owned())).ok(), expected, "{accept:?}");
    }

    #[test]
    fn every_accept_line_counts() {
        let index = MediaType::OCI_INDEX.to_string();
        check(&[SCHEMA2, &index], &MediaType::OCI_INDEX, Some(Choice::Stored));
        check(&[&format!("{SCHEMA2}, {index};q=0.5")], &MediaType::OCI_INDEX, Some(Choice::Stored));
        check(&[SCHEMA2], &MediaType::OCI_INDEX, None);
        check(&["text/html"], &MediaType::OCI_MANIFEST, None);
    }

    #[test]
    fn a_client_that_takes_anything_gets_what_is_stored() {
        check(&[], &MediaType::OCI_INDEX, Some(Choice::Stored));
        check(&["*/*"], &MediaType::OCI_MANIFEST, Some(Choice::Stored));
        check(&["text/html, application/*"], &MediaType::DOCKER_INDEX, Some(Choice::Stored));
    }

    #[test]
    fn a_manifest_list_is_resolved_for_a_client_that_knows_none() {
        check(&[SCHEMA2], &MediaType::DOCKER_INDEX, Some(Choice::DefaultPlatform));
        check(&["text/html"], &MediaType::DOCKER_MANIFEST, Some(Choice::Stored));
    }
}
