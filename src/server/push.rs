//! What pushing handlers share: where things are put, and how much of them.

use std::sync::Arc;

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue, LOCATION};
use hyper::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};

use super::body::{Answer, whole};
use super::failure::{Code, Failure, chain};
use super::manifest::set_digest;
use super::path::Name;
use super::query;
use super::written::{Disk, Interrupted, Written};
use super::{Options, Sparse};
use crate::oci::{Digest, DocumentError};
use crate::store::{self, Depot};

/// A registry that can be written to.
pub(super) struct Writing {
    pub(super) depot: Depot,
    pub(super) disk: Disk,
    /// The depot and the source behind it, as whoever pulls sees them.
    pub(super) written: Arc<Written>,
    pub(super) max_blob: u64,
    pub(super) max_uploads: usize,
    pub(super) sparse: Sparse,
}

/// A request that writes to a repository.
#[derive(Clone, Copy)]
pub(super) struct Push<'a> {
    pub(super) writing: &'a Writing,
    pub(super) name: &'a Name,
    pub(super) headers: &'a HeaderMap,
    pub(super) query: &'a str,
}

impl Writing {
    /// Puts a depot before a source.
    pub(super) fn new(depot: Depot, written: Arc<Written>, options: &Options) -> Self {
        Self {
            depot,
            disk: written.disk.clone(),
            written,
            max_blob: options.max_blob,
            max_uploads: options.max_uploads,
            sparse: options.sparse,
        }
    }
}

impl Push<'_> {
    /// Reads a digest of the query; `None` where there is none.
    pub(super) fn digest(&self, key: &str) -> Result<Option<Digest>, Failure> {
        let Some(text) = query::value(self.query, key) else { return Ok(None) };
        let digest = text.parse().map_err(|_| Failure::new(Code::DigestInvalid, Value::String(text.into_owned())))?;
        Ok(Some(digest))
    }

    /// Does work in the depot that waits for the disk.
    pub(super) async fn in_depot<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Depot) -> Result<T, store::Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let depot = self.writing.depot.clone();
        self.writing.disk.run(move || work(&depot).map_err(Failure::from)).await
    }

    /// Says that a blob is there now.
    pub(super) fn has_blob(&self, digest: &Digest) -> Answer {
        created(&format!("/v2/{}/blobs/{digest}", self.name.given), digest)
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::inside(chain(&error))
    }
}

impl From<Interrupted> for Failure {
    fn from(_: Interrupted) -> Self {
        Self::new(Code::Unavailable, Value::Null)
    }
}

impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Self {
        Self::new(Code::ManifestInvalid, json!({ "reason": chain(&error) }))
    }
}

/// Says that something is there now, and where.
pub(super) fn created(location: &str, digest: &Digest) -> Answer {
    let mut answer = empty(StatusCode::CREATED);
    answer.headers_mut().insert(LOCATION, header(location));
    set_digest(answer.headers_mut(), digest);
    answer
}

/// Makes an answer of a status alone.
pub(super) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(whole(Bytes::new()));
    *answer.status_mut() = status;
    answer
}

/// Makes a header value of what consists of names, digests and numbers.
pub(super) fn header(text: &str) -> HeaderValue {
    HeaderValue::try_from(text).expect("names, digests and numbers are fine in a header")
}

/// Name of the upload, by which Docker's own clients know it.
pub(super) const UPLOAD_ID: HeaderName = HeaderName::from_static("docker-upload-uuid");
