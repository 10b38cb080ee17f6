//! What refers to a manifest: signatures, attestations (distribution-spec, listing referrers). Only what was pushed can;
//! where nothing did, the list is empty: an answer of 404 would send clients looking for a tag instead.

use std::borrow::Cow;

use hyper::Response;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, LINK};
use serde_json::json;

use super::asked::Asked;
use super::body::{Answer, json_line};
use super::failure::Failure;
use super::path::Name;
use super::push::Writing;
use super::query;
use super::tags::{escape, parse_limit};
use crate::oci::{Descriptor, Digest, MAX_DOCUMENT_BYTES, MediaType};

const FILTERS_APPLIED: HeaderName = HeaderName::from_static("oci-filters-applied");
const INDEX: HeaderValue = HeaderValue::from_static("application/vnd.oci.image.index.v1+json");
/// Bytes of entries in a page; with what stands around them it stays below what clients read of an index.
const PAGE: u64 = MAX_DOCUMENT_BYTES - 1024;

/// Answers GET and HEAD.
pub(super) async fn list(
    writing: Option<&Writing>,
    name: &Name,
    subject: &Digest,
    asked: Asked<'_>,
) -> Result<Answer, Failure> {
    let question = Question::of(asked.query)?;
    let page = match writing {
        Some(writing) => question.page(writing, name, subject).await?,
        None => Page::default(),
    };
    let index = json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": page.entries });
    let mut answer = Response::new(json_line(&index));
    answer.headers_mut().insert(CONTENT_TYPE, INDEX);
    if !question.types.is_empty() {
        answer.headers_mut().insert(FILTERS_APPLIED, HeaderValue::from_static("artifactType"));
    }
    if let Some(link) = page.next.and_then(|last| link(name, subject, &last, asked.query)) {
        answer.headers_mut().insert(LINK, link);
    }
    Ok(answer)
}

/// What the query asks for.
struct Question {
    /// Types that are wanted; empty means all.
    types: Vec<String>,
    limit: usize,
    /// The digest behind which the page begins.
    last: Option<String>,
}

#[derive(Default)]
struct Page {
    entries: Vec<Descriptor>,
    /// Behind which digest the next page begins, where there is one.
    next: Option<Digest>,
}

impl Question {
    fn of(query: &str) -> Result<Self, Failure> {
        let types = query::values(query, "artifactType").into_iter().map(Cow::into_owned).collect();
        let limit = query::value(query, "n").map(|n| parse_limit(&n)).transpose()?.unwrap_or(usize::MAX);
        Ok(Self { types, limit, last: query::value(query, "last").map(Cow::into_owned) })
    }

    /// Collects a page: digests in order, no more entries than are asked for, no more bytes than clients read.
    async fn page(&self, writing: &Writing, name: &Name, subject: &Digest) -> Result<Page, Failure> {
        let (mut page, mut bytes) = (Page::default(), 0);
        for digest in writing.depot.referrers(&name.repository, subject) {
            if self.last.as_ref().is_some_and(|last| digest.to_string() <= *last) {
                continue;
            }
            let Some(entry) = describe(writing, name, digest).await?.filter(|entry| self.wants(entry)) else {
                continue;
            };
            bytes += json!(entry).to_string().len() as u64 + 1;
            if page.entries.len() >= self.limit || (bytes > PAGE && !page.entries.is_empty()) {
                page.next = page.entries.last().map(|entry| entry.digest.clone());
                break;
            }
            page.entries.push(entry);
        }
        Ok(page)
    }

    fn wants(&self, entry: &Descriptor) -> bool {
        let kind = entry.artifact_type.as_deref().unwrap_or_default();
        self.types.is_empty() || self.types.iter().any(|wanted| wanted == kind)
    }
}

/// Describes a referrer: its own descriptor with its type and its annotations. `None` where it was deleted meanwhile.
async fn describe(writing: &Writing, name: &Name, digest: Digest) -> Result<Option<Descriptor>, Failure> {
    let (depot, repository) = (writing.depot.clone(), name.repository.clone());
    let read = move || depot.manifest(&repository, &digest).map_err(Failure::from);
    let document = writing.disk.run::<_, Failure>(read).await?;
    document.map(|document| document.as_referrer()).transpose().map_err(Failure::from)
}

/// Points to the next page: the same question, behind the last answer.
fn link(name: &Name, subject: &Digest, last: &Digest, asked: &str) -> Option<HeaderValue> {
    let kept = asked.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("last="));
    let mut query: Vec<String> = kept.map(str::to_owned).collect();
    query.push(format!("last={}", escape(&last.to_string())));
    let link = format!("</v2/{}/referrers/{subject}?{}>; rel=\"next\"", name.given, query.join("&"));
    HeaderValue::try_from(link).ok()
}
