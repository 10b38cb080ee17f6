//! What can go wrong when a source is asked. Variants carry facts; sentences are made in `docker::error`.

use std::time::Duration;

use thiserror::Error;

use crate::oci::{Digest, DocumentError, MediaType};

/// Why a source did not give what it was asked for.
#[derive(Debug, Error)]
pub enum Error {
    /// The registry answered with an error of the distribution API (HTTP 4xx, most of the time).
    #[error("{0}")]
    Registry(RegistryError),
    /// The registry answered with a status that has no readable error body.
    #[error("received unexpected HTTP status: {status}")]
    Status {
        /// Status code with its reason, `500 Internal Server Error`.
        status: String,
        /// Method of the request.
        method: &'static str,
        /// URL of the request, without query.
        url: String,
    },
    /// The registry wants a user name and a password and none is known (`no basic auth credentials`).
    #[error("no basic auth credentials")]
    NoCredentials,
    /// The token server refused; its own words.
    #[error("the token server refused: {0}")]
    TokenRefused(RegistryError),
    /// The registry's challenge cannot be answered.
    #[error("{0}")]
    Challenge(String),
    /// The registry asked to wait longer than is sensible, or again and again.
    #[error("too many requests")]
    TooManyRequests {
        /// The registry's own words.
        answer: RegistryError,
        /// What `Retry-After` asked for.
        retry_after: Option<Duration>,
        /// `ratelimit-limit` and `ratelimit-remaining` of Docker Hub, where they were sent.
        limits: Option<(String, String)>,
    },
    /// No answer came.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// A manifest or index that cannot be used.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A document other than the one asked for by digest.
    #[error("manifest verification failed for digest {expected}")]
    DigestMismatch {
        /// Digest asked for.
        expected: Digest,
        /// Digest of the bytes that came.
        actual: Digest,
    },
    /// More bytes than are allowed for this kind of answer.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// A manifest type that no image has (an HTML page for example).
    #[error("unsupported manifest media type `{0}`")]
    UnsupportedType(MediaType),
    /// The domain part of the name is not one that can be connected to.
    #[error("`{0}` is not the address of a registry")]
    NoAddress(String),
    /// A source on this machine failed.
    #[error("{what}")]
    Local {
        /// What was being done.
        what: String,
        /// Why it failed.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// An error of the distribution API (distribution-spec, error codes), as the registry worded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryError {
    /// HTTP status code.
    pub status: u16,
    /// The code, `MANIFEST_UNKNOWN` for example; empty where the body had none.
    pub code: String,
    /// The message as sent; empty where there was none.
    pub message: String,
}

impl std::fmt::Display for RegistryError {
    /// Writes what Docker's classic client prints: the code in lower-case words, a colon, the message.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = self.code.to_lowercase().replace('_', " ");
        match (code.as_str(), self.message.as_str()) {
            ("", message) => f.write_str(message),
            ("toomanyrequests" | "denied" | "unauthorized", "") => f.write_str(&code),
            (code, message) => write!(f, "{code}: {message}"),
        }
    }
}

/// Why no answer came, in the words that Go's HTTP client has for it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{method} \"{url}\": {reason}")]
pub struct NetworkError {
    /// Go's form of the method in errors: `Get`, `Head`, `Post`, `Put`, `Patch`, `Delete`.
    pub method: &'static str,
    /// The URL that was asked.
    pub url: String,
    /// The reason, `dial tcp 127.0.0.1:1: connect: connection refused` for example.
    pub reason: String,
}
