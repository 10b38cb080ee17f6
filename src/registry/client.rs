//! The client as a source.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderValue, RANGE};
use reqwest::{Response, StatusCode};

use super::send::Request;
use super::token::Authorization;
use super::{errors, pages};
use crate::oci::{Descriptor, Digest, Document, MAX_DOCUMENT_BYTES, MediaType, Repository};
use crate::source::{Blob, Error, NetworkError, Registry, Target};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// A body that brings nothing for so long has stalled.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// What we can read of manifests and indexes, in one header.
const ACCEPTED: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json, */*";

/// How to reach registries.
#[derive(Clone)]
pub struct Options {
    /// A mirror of Docker Hub, `http://127.0.0.1:5001` for example; Docker Hub itself is asked where it fails.
    pub mirror: Option<String>,
    /// Hosts (with port) that may speak plain HTTP; loopback may without being listed.
    pub insecure: Vec<String>,
    /// Files in the format of Docker's `config.json`, the first one first.
    pub credential_files: Vec<PathBuf>,
    /// How to wait between attempts; tests do not.
    pub wait: fn(Duration) -> BoxFuture<'static, ()>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mirror: None,
            insecure: Vec::new(),
            credential_files: Vec::new(),
            wait: |time| Box::pin(tokio::time::sleep(time)),
        }
    }
}

/// A client for any number of registries. Connections, tokens and what is known of hosts are kept for its life.
pub struct Client {
    pub(super) http: reqwest::Client,
    pub(super) options: Options,
    pub(super) turn: tokio::sync::Mutex<()>,
    authorizations: Mutex<HashMap<(String, String), Authorization>>,
    schemes: Mutex<HashMap<String, String>>,
    counter: AtomicU32,
}

impl Client {
    /// Makes a client; nothing is connected yet.
    ///
    /// # Errors
    /// [`Error::Local`] where the system's certificates cannot be used.
    pub fn new(options: Options) -> Result<Self, Error> {
        // Another part of the process may have chosen a provider already; any will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("layerbook/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(IDLE_TIMEOUT)
            .build()
            .map_err(|cause| Error::Local { what: "cannot prepare connections".to_owned(), cause: Box::new(cause) })?;
        Ok(Self {
            http,
            options,
            turn: tokio::sync::Mutex::new(()),
            authorizations: Mutex::default(),
            schemes: Mutex::default(),
            counter: AtomicU32::new(std::process::id()),
        })
    }

    /// Returns what to send to a host for a scope, while it is good.
    pub(super) fn cached(&self, host: &str, scope: &str) -> Option<HeaderValue> {
        let known = self.authorizations.lock().ok()?;
        let found = known.get(&(host.to_owned(), scope.to_owned()))?;
        found.until.is_none_or(|until| Instant::now() < until).then(|| found.header.clone())
    }

    pub(super) fn keep(&self, host: &str, scope: &str, authorization: Authorization) {
        if let Ok(mut known) = self.authorizations.lock() {
            known.insert((host.to_owned(), scope.to_owned()), authorization);
        }
    }

    pub(super) fn known_scheme(&self, address: &str) -> Option<String> {
        self.schemes.lock().ok()?.get(address).cloned()
    }

    pub(super) fn remember_scheme(&self, address: &str, scheme: &str) {
        if let Ok(mut known) = self.schemes.lock() {
            known.insert(address.to_owned(), scheme.to_owned());
        }
    }

    /// Returns another number each time, to spread waits.
    pub(super) fn number(&self) -> u32 {
        self.counter.fetch_add(97, Ordering::Relaxed)
    }

    async fn resolve_now(&self, repository: &Repository, target: &Target) -> Result<Descriptor, Error> {
        let request = Request::head(repository, format!("manifests/{target}")).with(ACCEPT, ACCEPTED);
        let response = match self.send(&request).await {
            Ok(response) => response,
            Err(Error::Status { status, .. }) if status.starts_with("405") => {
                return Ok(self.fetch(repository, target).await?.descriptor());
            }
            Err(error) => return Err(error),
        };
        let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let digest = text("docker-content-digest").and_then(|digest| digest.parse::<Digest>().ok());
        let size = text(CONTENT_LENGTH.as_str()).and_then(|size| size.parse().ok());
        match (digest, size, text(CONTENT_TYPE.as_str())) {
            (Some(digest), Some(size), Some(kind)) => Ok(Descriptor::new(MediaType::new(kind), digest, size)),
            _ => Ok(self.fetch(repository, target).await?.descriptor()),
        }
    }

    async fn fetch(&self, repository: &Repository, target: &Target) -> Result<Document, Error> {
        let request = Request::get(repository, format!("manifests/{target}")).with(ACCEPT, ACCEPTED);
        let response = self.send(&request).await?;
        let sent = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(MediaType::new);
        let limit = usize::try_from(MAX_DOCUMENT_BYTES).unwrap_or(usize::MAX);
        let body = pages::read_at_most(response, limit).await?;
        let document = Document::read(sent.as_ref(), body.into())?;
        match target {
            Target::Digest(expected) if expected != document.digest() => {
                Err(Error::DigestMismatch { expected: expected.clone(), actual: document.digest().clone() })
            }
            Target::Digest(_) | Target::Tag(_) => Ok(document),
        }
    }

    async fn open(&self, repository: &Repository, digest: &Digest, offset: u64) -> Result<Blob, Error> {
        let mut request = Request::get(repository, format!("blobs/{digest}"));
        if offset > 0 {
            request = request.with(RANGE, &format!("bytes={offset}-"));
        }
        let response = match self.send(&request).await {
            // The range is beyond what the registry has: from the beginning, and let the digest decide.
            Err(Error::Status { status, .. }) if offset > 0 && status.starts_with("416") => {
                self.send(&Request::get(repository, format!("blobs/{digest}"))).await?
            }
            Err(Error::Registry(error)) if offset > 0 && error.status == 416 => {
                self.send(&Request::get(repository, format!("blobs/{digest}"))).await?
            }
            other => other?,
        };
        let (offset, size) = extent(&response);
        let mut url = response.url().clone();
        url.set_query(None);
        let broken = move |error: reqwest::Error| match errors::of_transport("Get", url.as_str(), &error) {
            Error::Network(NetworkError { method, url, reason }) => {
                let reason = if reason.is_empty() { "unexpected EOF".to_owned() } else { reason };
                Error::Network(NetworkError { method, url, reason })
            }
            other => other,
        };
        let stream = response.bytes_stream().map(move |chunk| chunk.map_err(&broken));
        Ok(Blob { offset, size, stream: stream.boxed() })
    }
}

/// Reads where a body begins and how large the whole is.
fn extent(response: &Response) -> (u64, Option<u64>) {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    if response.status() == StatusCode::PARTIAL_CONTENT
        && let Some((from, size)) = text(CONTENT_RANGE).and_then(content_range)
    {
        return (from, size);
    }
    (0, text(CONTENT_LENGTH).and_then(|size| size.parse().ok()))
}

/// Reads `bytes FROM-TO/SIZE`, where SIZE may be `*`.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, size) = text.strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split('-').next()?.trim().parse().ok()?, size.trim().parse().ok()))
}

impl Registry for Client {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, Error>> {
        Box::pin(self.resolve_now(repository, target))
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, Error>> {
        Box::pin(self.fetch(repository, target))
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, Error>> {
        Box::pin(self.open(repository, digest, offset))
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        Box::pin(self.all_tags(repository))
    }
}
