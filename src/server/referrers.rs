//! What refers to a manifest: signatures, attestations (distribution-spec, listing referrers). Sources do not know
//! it yet, so the list is empty; an answer of 404 would send clients looking for a tag instead.

use hyper::Response;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::json;

use super::body::{Answer, json_line};
use super::query;
use super::site::Asked;
use crate::oci::MediaType;

const FILTERS_APPLIED: HeaderName = HeaderName::from_static("oci-filters-applied");
const INDEX: HeaderValue = HeaderValue::from_static("application/vnd.oci.image.index.v1+json");

/// Answers GET and HEAD.
pub(super) fn list(asked: Asked<'_>) -> Answer {
    let index = json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": [] });
    let mut answer = Response::new(json_line(&index));
    answer.headers_mut().insert(CONTENT_TYPE, INDEX);
    if query::value(asked.query, "artifactType").is_some() {
        answer.headers_mut().insert(FILTERS_APPLIED, HeaderValue::from_static("artifactType"));
    }
    answer
}
