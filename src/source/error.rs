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
    #[error("{0}")]
    TokenRefused(RegistryError),
    /// The registry wants to know who asks, and that could not be settled. Docker names the request before the cause.
    #[error("{method} \"{url}\": {cause}")]
    Login {
        /// Go's form of the method in errors.
        method: &'static str,
        /// URL of the request that the registry did not answer, without query.
        url: String,
        /// Why: [`Error::NoCredentials`], [`Error::TokenRefused`], [`Error::Challenge`], or what the token server
        /// otherwise did.
        cause: Box<Error>,
    },
    /// The registry does not take a login.
    #[error("login attempt to {url} failed with status: {status}")]
    LoginFailed {
        /// What was asked for.
        url: String,
        /// Status code with its reason.
        status: String,
    },
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
    /// The message as sent. Empty where there was none, and where it was the code's standard sentence without
    /// detail: Docker's classic client keeps the code alone then, prints `denied` for it, and puts no sentence of
    /// its own (`manifest for .. not found:`, `pull access denied for ..:`) in front.
    pub message: String,
}

/// The codes that Docker's classic client knows, each with its standard sentence (distribution, errcode and v2).
const CODES: &[(&str, &str)] = &[
    ("UNKNOWN", "unknown error"),
    ("UNSUPPORTED", "The operation is unsupported."),
    ("UNAUTHORIZED", "authentication required"),
    ("DENIED", "requested access to the resource is denied"),
    ("UNAVAILABLE", "service unavailable"),
    ("TOOMANYREQUESTS", "too many requests"),
    ("DIGEST_INVALID", "provided digest did not match uploaded content"),
    ("SIZE_INVALID", "provided length did not match content length"),
    ("NAME_INVALID", "invalid repository name"),
    ("TAG_INVALID", "manifest tag did not match URI"),
    ("NAME_UNKNOWN", "repository name not known to registry"),
    ("MANIFEST_UNKNOWN", "manifest unknown"),
    ("MANIFEST_INVALID", "manifest invalid"),
    ("MANIFEST_UNVERIFIED", "manifest failed signature verification"),
    ("MANIFEST_BLOB_UNKNOWN", "blob unknown to registry"),
    ("BLOB_UNKNOWN", "blob unknown to registry"),
    ("BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry"),
    ("BLOB_UPLOAD_INVALID", "blob upload invalid"),
];

impl RegistryError {
    /// Makes an error of a code alone.
    pub fn bare(status: u16, code: &str) -> Self {
        Self { status, code: code.to_owned(), message: String::new() }
    }

    /// Returns the sentence that the specification has for a code, `unknown error` for one it does not have.
    pub fn standard_message(code: &str) -> &'static str {
        CODES.iter().find(|(known, _)| *known == code).map_or("unknown error", |(_, message)| message)
    }
}

impl std::fmt::Display for RegistryError {
    /// Writes what Docker's classic client prints: the code in lower-case words, a colon, the message.
    /// A code that it does not know is `unknown`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known = CODES.iter().any(|(code, _)| *code == self.code);
        let code = if known { self.code.to_lowercase().replace('_', " ") } else { "unknown".to_owned() };
        if self.message.is_empty() { f.write_str(&code) } else { write!(f, "{code}: {}", self.message) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, message: &str, expected: &str) {
        let error = RegistryError { status: 400, code: code.to_owned(), message: message.to_owned() };
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn errors_read_as_docker_prints_them() {
        check("MANIFEST_UNKNOWN", "manifest unknown", "manifest unknown: manifest unknown");
        check("NAME_UNKNOWN", "a", "name unknown: a");
        check("DENIED", "", "denied");
        check("FOO_BAR", "nope", "unknown: nope");
        check("", "nope", "unknown: nope");
        check("", "", "unknown");
    }
}
