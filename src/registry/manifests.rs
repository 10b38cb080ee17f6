//! Manifests and indexes: `HEAD` and `GET /v2/NAME/manifests/TARGET`.

use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};

use super::answer::error_of;
use super::endpoint::Endpoint;
use super::exchange::{Exchange, Patience, Question, Trouble};
use super::failure::Kind;
use super::payload::Payload;
use super::referrers;
use super::transport::{Answer, Method};
use super::upload::push_scope;
use crate::oci::{Descriptor, Digest, Document, DocumentError, MAX_DOCUMENT_BYTES, MediaType, Repository};
use crate::source::{Error, Target};

/// The four types that are read; a registry that has another one says which, so anything is taken.
const ACCEPTED: &str = "application/vnd.docker.distribution.manifest.v2+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, */*";

/// Resolves without transferring. A registry whose `HEAD` says too little, or fails in whatever way, is asked by
/// `GET`, whose errors have a body.
pub(super) async fn resolve(
    exchange: &Exchange,
    endpoint: &Endpoint,
    repository: &Repository,
    target: &Target,
) -> Result<Descriptor, Error> {
    let head = question(Method::Head, repository, target);
    match exchange.ask(endpoint, &head, Patience::Once).await {
        Ok(answer) => {
            if let Some(descriptor) = described(&answer, target) {
                return Ok(descriptor);
            }
        }
        Err(Trouble::Failure(failure)) if failure.kind == Kind::Broken => {}
        Err(trouble) => return Err(exchange.error(trouble, endpoint, &head)),
    }
    Ok(document(exchange, endpoint, repository, target).await?.descriptor())
}

/// Fetches a document; where it was asked by digest, it has that digest.
pub(super) async fn document(
    exchange: &Exchange,
    endpoint: &Endpoint,
    repository: &Repository,
    target: &Target,
) -> Result<Document, Error> {
    let get = question(Method::Get, repository, target);
    let answer = exchange.ask(endpoint, &get, Patience::Full).await;
    let answer = answer.map_err(|trouble| exchange.error(trouble, endpoint, &as_docker_asks(get, target)))?;
    if answer.status() != 200 {
        return Err(error_of(answer).await);
    }
    let sent = answer.header(CONTENT_TYPE.as_str()).map(MediaType::new);
    let bytes = answer.read(MAX_DOCUMENT_BYTES).await?;
    // What was sent in place of the asked one is named before anyone reads it.
    let actual = match target {
        Target::Digest(asked) => Some((asked, Digest::by(asked.algorithm(), &bytes))),
        Target::Tag(_) => None,
    };
    let document = Document::read(sent.as_ref(), bytes).map_err(|error| match error {
        DocumentError::UnsupportedType(media_type) => Error::UnsupportedType(media_type),
        other => Error::Document(other),
    })?;
    match actual {
        Some((asked, actual)) if *asked != actual => Err(Error::DigestMismatch { expected: asked.clone(), actual }),
        Some((asked, _)) => Ok(document.named_by(asked.algorithm())),
        None => Ok(document),
    }
}

/// Puts a document under a tag or its digest, byte for byte. Where it is about another one and the registry does not say that
/// it understood, the list of what is about that one is brought up to date too.
pub(super) async fn put(
    exchange: &Exchange,
    endpoint: &Endpoint,
    repository: &Repository,
    target: &Target,
    document: &Document,
) -> Result<(), Error> {
    let path = format!("{}/manifests/{target}", repository.path());
    let payload = Payload::Document(document.media_type().to_string(), document.bytes().clone());
    let put = Question { method: Method::Put, path, headers: HeaderMap::new(), scope: push_scope(repository), payload };
    let answer = exchange.ask(endpoint, &put, Patience::Full).await;
    let answer = answer.map_err(|trouble| exchange.error(trouble, endpoint, &put))?;
    if !answer.response.status().is_success() {
        return Err(error_of(answer).await);
    }
    match document.subject()? {
        Some(subject) if answer.header("oci-subject").is_none() => {
            referrers::add(exchange, endpoint, repository, document, &subject.digest).await
        }
        Some(_) | None => Ok(()),
    }
}

/// Classic Docker asks for a tag by `HEAD` first, so that is what its users see in errors.
fn as_docker_asks(question: Question, target: &Target) -> Question {
    match target {
        Target::Tag(_) => Question { method: Method::Head, ..question },
        Target::Digest(_) => question,
    }
}

fn question(method: Method, repository: &Repository, target: &Target) -> Question {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
    let path = format!("{}/manifests/{target}", repository.path());
    Question { method, path, headers, scope: pull_scope(repository), payload: Payload::None }
}

/// Returns the scope of a token that lets one pull.
pub(super) fn pull_scope(repository: &Repository) -> String {
    format!("repository:{}:pull", repository.path())
}

/// Reads a descriptor off the headers of `HEAD`, if they say all of it and nothing odd.
fn described(answer: &Answer, target: &Target) -> Option<Descriptor> {
    if answer.status() != 200 {
        return None;
    }
    let digest: Digest = answer.header("docker-content-digest")?.parse().ok()?;
    let size: u64 = answer.header(CONTENT_LENGTH.as_str())?.parse().ok()?;
    let media_type = MediaType::new(answer.header(CONTENT_TYPE.as_str())?);
    let is_document = media_type.is_index() || media_type.is_manifest();
    let is_asked = match target {
        Target::Digest(asked) => *asked == digest,
        Target::Tag(_) => true,
    };
    (is_document && is_asked && size > 0 && size <= MAX_DOCUMENT_BYTES)
        .then(|| Descriptor::new(media_type, digest, size))
}
