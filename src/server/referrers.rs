//! What refers to a manifest: signatures, attestations (distribution-spec, listing referrers). Only what was pushed can;
//! where nothing did, the list is empty: an answer of 404 would send clients looking for a tag instead.

use hyper::Response;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, LINK};
use serde_json::{Value, json};

use super::body::{Answer, json_line};
use super::failure::Failure;
use super::path::Name;
use super::push::Writing;
use super::query;
use super::site::Asked;
use super::tags::{escape, parse_limit};
use crate::oci::{Descriptor, Digest, Document, DocumentError, MAX_DOCUMENT_BYTES, MediaType};

const FILTERS_APPLIED: HeaderName = HeaderName::from_static("oci-filters-applied");
const INDEX: HeaderValue = HeaderValue::from_static("application/vnd.oci.image.index.v1+json");
/// Bytes of entries in a page; with what stands around them it stays below what clients read of an index.
const PAGE: usize = MAX_DOCUMENT_BYTES as usize - 1024;

/// Answers GET and HEAD.
pub(super) async fn list(
    writing: Option<&Writing>,
    name: &Name,
    subject: &Digest,
    asked: Asked<'_>,
) -> Result<Answer, Failure> {
    let types = query::values(asked.query, "artifactType");
    let types: Vec<String> = types.into_iter().map(std::borrow::Cow::into_owned).collect();
    let limit = query::value(asked.query, "n").map(|n| parse_limit(&n)).transpose()?.unwrap_or(usize::MAX);
    let last = query::value(asked.query, "last");
    let (mut entries, mut bytes, mut next) = (Vec::new(), 0, None);
    for digest in writing.map(|writing| writing.depot.referrers(&name.repository, subject)).unwrap_or_default() {
        if last.as_deref().is_some_and(|last| digest.to_string().as_str() <= last) {
            continue;
        }
        let Some(entry) = writing.map(|writing| describe(writing, name, digest.clone())) else { break };
        let Some(entry) = entry.await? else { continue };
        let kind = entry.artifact_type.as_deref().unwrap_or_default();
        if !types.is_empty() && !types.iter().any(|wanted| wanted == kind) {
            continue;
        }
        let value = json!(entry);
        bytes += value.to_string().len() + 1;
        if entries.len() >= limit || (bytes > PAGE && !entries.is_empty()) {
            next = entries.last().and_then(|entry: &Value| entry["digest"].as_str()).map(str::to_owned);
            break;
        }
        entries.push(value);
    }
    let index = json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": entries });
    let mut answer = Response::new(json_line(&index));
    answer.headers_mut().insert(CONTENT_TYPE, INDEX);
    if !types.is_empty() {
        answer.headers_mut().insert(FILTERS_APPLIED, HeaderValue::from_static("artifactType"));
    }
    if let Some(link) = next.and_then(|last| link(name, subject, &last, asked.query)) {
        answer.headers_mut().insert(LINK, link);
    }
    Ok(answer)
}

/// Describes a referrer: its own descriptor with its type and its annotations. `None` where it was deleted meanwhile.
async fn describe(writing: &Writing, name: &Name, digest: Digest) -> Result<Option<Descriptor>, Failure> {
    let (depot, repository) = (writing.depot.clone(), name.repository.clone());
    let read = move || depot.manifest(&repository, &digest).map_err(Failure::from);
    let document = writing.disk.run::<_, Failure>(read).await?;
    document.map(|document| described(&document)).transpose().map_err(Failure::from)
}

fn described(document: &Document) -> Result<Descriptor, DocumentError> {
    let (artifact_type, annotations) = if document.media_type().is_index() {
        let index = document.index()?;
        (index.artifact_type, index.annotations)
    } else {
        let manifest = document.manifest()?;
        let of_config = manifest.config.media_type.to_string();
        (manifest.artifact_type.filter(|kind| !kind.is_empty()).or(Some(of_config)), manifest.annotations)
    };
    Ok(Descriptor { artifact_type, annotations, ..document.descriptor() })
}

/// Points to the next page: the same question, behind the last answer.
fn link(name: &Name, subject: &Digest, last: &str, asked: &str) -> Option<HeaderValue> {
    let kept = asked.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("last="));
    let mut query: Vec<String> = kept.map(str::to_owned).collect();
    query.push(format!("last={}", escape(last)));
    let link = format!("</v2/{}/referrers/{subject}?{}>; rel=\"next\"", name.given, query.join("&"));
    HeaderValue::try_from(link).ok()
}
