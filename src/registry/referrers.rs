//! Referrers at a registry without the referrers API (distribution-spec, pushing manifests with subject): whoever pushes a manifest
//! about another one keeps the list of such manifests himself, as an index under a tag made of the subject's digest.

use reqwest::header::{ACCEPT, ETAG, HeaderMap, HeaderValue, IF_MATCH};
use serde_json::{Value, json};

use super::answer::error_of;
use super::endpoint::Endpoint;
use super::exchange::{Exchange, Patience, Question};
use super::payload::Payload;
use super::transport::Method;
use super::upload::push_scope;
use crate::oci::{Descriptor, Digest, Document, DocumentError, MAX_DOCUMENT_BYTES, MediaType, Repository};
use crate::source::Error;

/// How often the list is written anew where someone else wrote it meanwhile.
const ATTEMPTS: usize = 3;

/// Adds a pushed document to the list of those about its subject. A list that has it is left alone.
pub(super) async fn add(
    exchange: &Exchange,
    endpoint: &Endpoint,
    repository: &Repository,
    document: &Document,
    subject: &Digest,
) -> Result<(), Error> {
    let entry = document.as_referrer()?;
    let path = format!("{}/manifests/{}", repository.path(), tag(subject));
    let mut attempt = 1;
    loop {
        let (mut list, version) = held(exchange, endpoint, repository, &path).await?;
        if !append(&mut list, &entry) {
            return Ok(());
        }
        let payload = Payload::Document(MediaType::OCI_INDEX.to_string(), list.to_string().into());
        let headers = version.map(|version| (IF_MATCH, version)).into_iter().collect();
        let put = Question { method: Method::Put, path: path.clone(), headers, scope: push_scope(repository), payload };
        let answer = exchange.ask(endpoint, &put, Patience::Full).await;
        let answer = answer.map_err(|trouble| exchange.error(trouble, endpoint, &put))?;
        match answer.status() {
            200..=299 => return Ok(()),
            412 if attempt < ATTEMPTS => attempt += 1,
            _ => return Err(error_of(answer).await),
        }
    }
}

/// Fetches the list as it is now, an empty one where there is none, and what the registry calls this version of it.
async fn held(
    exchange: &Exchange,
    endpoint: &Endpoint,
    repository: &Repository,
    path: &str,
) -> Result<(Value, Option<HeaderValue>), Error> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/vnd.oci.image.index.v1+json"));
    let scope = push_scope(repository);
    let get = Question { method: Method::Get, path: path.to_owned(), headers, scope, payload: Payload::None };
    let answer = exchange.ask(endpoint, &get, Patience::Full).await;
    let answer = answer.map_err(|trouble| exchange.error(trouble, endpoint, &get))?;
    match answer.status() {
        200 => {}
        404 => return Ok((empty(), None)),
        _ => return Err(error_of(answer).await),
    }
    let version = answer.headers().get(ETAG).cloned();
    let bytes = answer.read(MAX_DOCUMENT_BYTES).await?;
    let list = Document::read(None, bytes)?;
    if *list.media_type() != MediaType::OCI_INDEX {
        let mismatch = DocumentError::TypeMismatch { inside: list.media_type().clone(), sent: MediaType::OCI_INDEX };
        return Err(mismatch.into());
    }
    let list = crate::oci::json::read(list.bytes()).map_err(DocumentError::from)?;
    Ok((list, version))
}

fn empty() -> Value {
    json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": [] })
}

/// Adds an entry and tells whether it was new. What else the list says stays.
fn append(list: &mut Value, entry: &Descriptor) -> bool {
    let digest = entry.digest.to_string();
    let entries = &mut list["manifests"];
    if entries.is_null() {
        *entries = json!([]);
    }
    let Some(entries) = entries.as_array_mut() else { return false };
    let is_new = !entries.iter().any(|held| held["digest"] == digest.as_str());
    if is_new {
        entries.push(json!(entry));
    }
    is_new
}

/// Makes the tag: algorithm and digest, neither longer than a tag bears.
fn tag(subject: &Digest) -> String {
    format!("{}-{}", subject.algorithm().name(), &subject.encoded()[..64])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::Algorithm;

    #[test]
    fn a_tag_is_cut_where_the_digest_is_long() {
        let short = Digest::of(b"x");
        assert_eq!(tag(&short), short.to_string().replace(':', "-"));
        assert_eq!(tag(&Digest::by(Algorithm::Sha512, b"x")).len(), "sha512-".len() + 64);
    }

    #[test]
    fn an_entry_comes_once() {
        let entry = Descriptor::of(MediaType::OCI_MANIFEST, b"x");
        let mut list = json!({ "annotations": { "by": "Ada" } });
        assert!(append(&mut list, &entry));
        assert!(!append(&mut list, &entry));
        assert_eq!((list["manifests"].as_array().unwrap().len(), &list["annotations"]["by"]), (1, &json!("Ada")));
    }
}
