//! Manifests and indexes on their way in (distribution-spec, pushing manifests).
//!
//! A manifest is taken once its config and layers are there: what cannot be pulled is not named. Layers that are fetched from
//! elsewhere need not be, nor need the subject, nor the children of an index. Where [`Sparse::Allowed`] says so, a manifest may
//! be sparse as well, as whoever mirrors only a part pushes it: its config and one layer at least must be there.

use hyper::header::{CONTENT_TYPE, HeaderName};
use serde_json::json;

use super::Sparse;
use super::body::Answer;
use super::failure::{Code, Failure};
use super::incoming::Body;
use super::path::Name;
use super::push::{Push, created, header};
use super::query;
use crate::oci::{Descriptor, Digest, Document, MAX_DOCUMENT_BYTES, MediaType};
use crate::source::{Registry as _, Target};

const SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
const TAG: HeaderName = HeaderName::from_static("oci-tag");

/// Answers `PUT …/manifests/REFERENCE`; each `tag` of the query is pointed at the manifest too.
pub(super) async fn put(push: Push<'_>, target: &Target, body: &mut Body) -> Result<Answer, Failure> {
    let more = tags(push.name, push.query)?;
    let bytes = body.whole(MAX_DOCUMENT_BYTES).await?;
    let sent = push.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(MediaType::new);
    let document = named(Document::read(sent.as_ref(), bytes)?, target)?;
    let subject = check(push, &document).await?;
    let digest = document.digest().clone();
    let mut tags = more.clone();
    match target {
        Target::Tag(tag) if !tags.contains(tag) => tags.push(tag.clone()),
        Target::Tag(_) | Target::Digest(_) => {}
    }
    let (repository, about) = (push.name.repository.clone(), subject.clone());
    push.in_depot(move |depot| depot.put_manifest(&repository, &document, about.as_ref(), &tags)).await?;
    let mut answer = created(&format!("/v2/{}/manifests/{digest}", push.name.given), &digest);
    if let Some(subject) = subject {
        answer.headers_mut().insert(SUBJECT, header(&subject.to_string()));
    }
    for tag in more {
        answer.headers_mut().append(TAG, header(&tag));
    }
    Ok(answer)
}

/// Reads `tag`, which may come several times.
fn tags(name: &Name, query: &str) -> Result<Vec<String>, Failure> {
    let mut tags: Vec<String> = Vec::new();
    for text in query::values(query, "tag") {
        match name.target(&text).map_err(Failure::of_writing)? {
            Target::Tag(tag) if !tags.contains(&tag) => tags.push(tag),
            Target::Tag(_) => {}
            Target::Digest(_) => return Err(Failure::new(Code::TagInvalid, json!({ "tag": text })).of_writing()),
        }
    }
    Ok(tags)
}

/// Names a document by the algorithm of the digest that it is pushed by, and compares the two.
fn named(document: Document, target: &Target) -> Result<Document, Failure> {
    match target {
        Target::Tag(_) => Ok(document),
        Target::Digest(digest) => {
            let document = document.named_by(digest.algorithm());
            if document.digest() == digest {
                return Ok(document);
            }
            Err(Failure::mismatch(json!({ "digest": document.digest() })))
        }
    }
}

/// Checks what a document refers to, and returns its subject.
async fn check(push: Push<'_>, document: &Document) -> Result<Option<Digest>, Failure> {
    if document.media_type().is_index() {
        return Ok(document.subject()?.map(|subject| subject.digest));
    }
    let manifest = document.manifest()?;
    check_blob(push, &manifest.config).await?;
    let (mut missing, mut has_layer) = (None, false);
    for layer in manifest.layers.iter().filter(|layer| !is_elsewhere(layer)) {
        match check_blob(push, layer).await {
            Ok(()) => has_layer = true,
            Err(failure) if failure.is(Code::ManifestBlobUnknown) => missing = missing.or(Some(failure)),
            Err(failure) => return Err(failure),
        }
    }
    match missing {
        Some(failure) if push.writing.sparse == Sparse::Refused || !has_layer => Err(failure),
        Some(_) | None => Ok(manifest.subject.map(|subject| subject.digest)),
    }
}

async fn check_blob(push: Push<'_>, blob: &Descriptor) -> Result<(), Failure> {
    let held = push.writing.written.blob(&push.name.repository, &blob.digest, 0).await;
    // Whether the source behind knows the name or only not the blob makes no difference to who pushes.
    let held = held.map_err(|_| Failure::new(Code::ManifestBlobUnknown, json!({ "digest": blob.digest })))?;
    match held.size {
        Some(size) if size != blob.size => {
            let detail = json!({ "digest": blob.digest, "size": size, "described": blob.size });
            Err(Failure::new(Code::ManifestInvalid, detail))
        }
        Some(_) | None => Ok(()),
    }
}

/// Tells whether a layer is fetched from elsewhere and as a rule not pushed.
fn is_elsewhere(blob: &Descriptor) -> bool {
    let media_type = blob.media_type.as_str();
    !blob.urls.is_empty() || media_type.contains(".nondistributable.") || media_type.contains(".foreign.")
}
