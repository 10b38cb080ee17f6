//! Answers that say no: the error codes of the API with their status, and what a source's error becomes.
//!
//! What a source says about its own insides stays here; the client gets the code's sentence, and
//! [`Failure::cause`] keeps the rest for whoever runs the server.

use std::time::Duration;

use hyper::header::{ALLOW, CONTENT_RANGE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use super::body::{Answer, JSON, json_line};
use crate::source::{Error, RegistryError};

/// An error code (distribution-spec, error codes; the ones that it does not have are the reference registry's).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    BlobUnknown,
    DigestInvalid,
    ManifestUnknown,
    NameInvalid,
    NameUnknown,
    Denied,
    Unsupported,
    TooManyRequests,
    RangeInvalid,
    TagInvalid,
    PaginationNumberInvalid,
    BlobUploadInvalid,
    BlobUploadUnknown,
    ManifestBlobUnknown,
    ManifestInvalid,
    SizeInvalid,
    Unavailable,
    Unknown,
}

impl Code {
    /// Returns the code, its usual status, and the message that the reference registry has for it.
    fn row(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::BlobUnknown => ("BLOB_UNKNOWN", StatusCode::NOT_FOUND, "blob unknown to registry"),
            Self::DigestInvalid => ("DIGEST_INVALID", StatusCode::BAD_REQUEST, "provided digest is not a digest"),
            Self::ManifestUnknown => ("MANIFEST_UNKNOWN", StatusCode::NOT_FOUND, "manifest unknown"),
            Self::NameInvalid => ("NAME_INVALID", StatusCode::BAD_REQUEST, "invalid repository name"),
            Self::NameUnknown => ("NAME_UNKNOWN", StatusCode::NOT_FOUND, "repository name not known to registry"),
            Self::Denied => ("DENIED", StatusCode::FORBIDDEN, "requested access to the resource is denied"),
            Self::Unsupported => ("UNSUPPORTED", StatusCode::NOT_FOUND, "The operation is unsupported."),
            Self::TooManyRequests => ("TOOMANYREQUESTS", StatusCode::TOO_MANY_REQUESTS, "too many requests"),
            Self::RangeInvalid => ("RANGE_INVALID", StatusCode::RANGE_NOT_SATISFIABLE, "invalid content range"),
            // A tag that cannot be is a manifest that is not there: clients expect 404 for it.
            Self::TagInvalid => ("TAG_INVALID", StatusCode::NOT_FOUND, "invalid tag"),
            Self::PaginationNumberInvalid => {
                ("PAGINATION_NUMBER_INVALID", StatusCode::BAD_REQUEST, "invalid number of results requested")
            }
            Self::BlobUploadInvalid => ("BLOB_UPLOAD_INVALID", StatusCode::BAD_REQUEST, "blob upload invalid"),
            Self::BlobUploadUnknown => {
                ("BLOB_UPLOAD_UNKNOWN", StatusCode::NOT_FOUND, "blob upload unknown to registry")
            }
            Self::ManifestBlobUnknown => ("MANIFEST_BLOB_UNKNOWN", StatusCode::NOT_FOUND, "blob unknown to registry"),
            Self::ManifestInvalid => ("MANIFEST_INVALID", StatusCode::BAD_REQUEST, "manifest invalid"),
            Self::SizeInvalid => {
                ("SIZE_INVALID", StatusCode::BAD_REQUEST, "provided length did not match content length")
            }
            Self::Unavailable => ("UNAVAILABLE", StatusCode::SERVICE_UNAVAILABLE, "service unavailable"),
            Self::Unknown => ("UNKNOWN", StatusCode::INTERNAL_SERVER_ERROR, "unknown error"),
        }
    }
}

/// A request that is answered with an error.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    code: Code,
    message: &'static str,
    detail: Value,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<String>,
}

impl Failure {
    /// Makes a failure with the code's own status and message. `detail` is whatever helps the client; may be null.
    pub(super) fn new(code: Code, detail: Value) -> Self {
        let (_, status, message) = code.row();
        Self { status, code, message, detail, headers: Vec::new(), cause: None }
    }

    /// Refuses a method. `allow` lists the others as the `Allow` header does; empty means none (RFC 9110, 10.2.1).
    pub(super) fn method(allow: &'static str) -> Self {
        let failure = Self::new(Code::Unsupported, Value::Null);
        Self { status: StatusCode::METHOD_NOT_ALLOWED, ..failure }.with(ALLOW, HeaderValue::from_static(allow))
    }

    /// Refuses to delete what the source behind the registry has: it would be there again at once.
    pub(super) fn not_ours() -> Self {
        let message = "this was not pushed here: it comes from the source behind this registry and stays";
        Self { message, ..Self::method("GET, HEAD") }
    }

    /// Refuses bytes that are not what their digest says.
    pub(super) fn mismatch(detail: Value) -> Self {
        let message = "provided digest did not match uploaded content";
        Self { message, ..Self::new(Code::DigestInvalid, detail) }
    }

    /// Refuses more bytes than are taken.
    pub(super) fn too_large(code: Code, detail: Value) -> Self {
        let message = "more bytes than this registry takes";
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, message, ..Self::new(code, detail) }
    }

    /// Refuses a tag that cannot be, where one is to be written.
    pub(super) fn of_writing(self) -> Self {
        match self.code {
            Code::TagInvalid => Self { status: StatusCode::BAD_REQUEST, ..self },
            _ => self,
        }
    }

    /// Refuses a range that has no byte of the `size` bytes there are.
    pub(super) fn range(size: u64) -> Self {
        let whole = HeaderValue::try_from(format!("bytes */{size}")).expect("digits are fine in a header");
        Self::new(Code::RangeInvalid, json!({ "size": size })).with(CONTENT_RANGE, whole)
    }

    /// Says that the client does not take the type in which the manifest is there.
    pub(super) fn not_acceptable(message: &'static str) -> Self {
        Self { message, ..Self::new(Code::ManifestUnknown, Value::Null) }
    }

    /// Says no more to the client than that something is wrong with the server.
    pub(super) fn inside(cause: String) -> Self {
        Self { cause: Some(cause), ..Self::new(Code::Unknown, Value::Null) }
    }

    /// Translates a source's error. `missing` is the answer where the source only says that something is not there.
    pub(super) fn of_source(error: &Error, missing: Self) -> Self {
        let failure = match error {
            Error::Registry(RegistryError { status: 404, code, .. }) if code == "NAME_UNKNOWN" => missing.nameless(),
            Error::Registry(answer) => Self::of_status(answer.status, missing),
            Error::Status { status, .. } => Self::of_status(leading_number(status), missing),
            Error::Login { cause, .. } => return Self { cause: Some(chain(error)), ..Self::of_source(cause, missing) },
            Error::NoCredentials | Error::TokenRefused(_) | Error::Challenge(_) | Error::LoginFailed { .. } => {
                Self::new(Code::Denied, Value::Null)
            }
            Error::TooManyRequests { retry_after, .. } => Self::too_many(*retry_after),
            Error::Network(_) => Self::new(Code::Unavailable, Value::Null),
            Error::NoAddress(_) => missing.nameless(),
            Error::Document(_)
            | Error::DigestMismatch { .. }
            | Error::TooLarge { .. }
            | Error::UnsupportedType(_)
            | Error::Local { .. } => Self::new(Code::Unknown, Value::Null),
        };
        // That something is not there is the whole truth already.
        let cause = (failure.status != StatusCode::NOT_FOUND).then(|| chain(error));
        Self { cause, ..failure }
    }

    fn of_status(status: u16, missing: Self) -> Self {
        match status {
            404 => missing,
            401 | 403 => Self::new(Code::Denied, Value::Null),
            429 => Self::too_many(None),
            500..=599 => Self::new(Code::Unavailable, Value::Null),
            _ => Self::new(Code::Unknown, Value::Null),
        }
    }

    fn nameless(self) -> Self {
        let (_, status, message) = Code::NameUnknown.row();
        Self { status, code: Code::NameUnknown, message, ..self }
    }

    fn too_many(retry_after: Option<Duration>) -> Self {
        let failure = Self::new(Code::TooManyRequests, Value::Null);
        match retry_after {
            Some(wait) => failure.with(RETRY_AFTER, HeaderValue::from(wait.as_secs())),
            None => failure,
        }
    }

    /// Adds a header.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Returns what the client is not told: the source's error with its causes.
    pub(super) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// Writes the error body of the spec.
    pub(super) fn into_answer(self) -> Answer {
        let (code, _, _) = self.code.row();
        let mut error = json!({ "code": code, "message": self.message });
        if !self.detail.is_null() {
            error["detail"] = self.detail;
        }
        let mut answer = Response::new(json_line(&json!({ "errors": [error] })));
        *answer.status_mut() = self.status;
        answer.headers_mut().insert(hyper::header::CONTENT_TYPE, JSON);
        answer.headers_mut().extend(self.headers);
        answer
    }
}

fn leading_number(status: &str) -> u16 {
    status.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// Writes an error and what caused it in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &Error, status: u16, code: &str) {
        let failure = Failure::of_source(error, Failure::new(Code::BlobUnknown, Value::Null));
        assert_eq!((failure.status.as_u16(), failure.code.row().0), (status, code));
        assert_eq!(failure.cause().is_some(), status != 404);
    }

    fn registry(status: u16, code: &str) -> Error {
        Error::Registry(RegistryError { status, code: code.to_owned(), message: String::new() })
    }

    #[test]
    fn what_is_not_there_is_named_by_what_was_asked_for() {
        check(&registry(404, ""), 404, "BLOB_UNKNOWN");
        check(&registry(404, "MANIFEST_UNKNOWN"), 404, "BLOB_UNKNOWN");
        check(&registry(404, "NAME_UNKNOWN"), 404, "NAME_UNKNOWN");
        check(&Error::NoAddress("a_b.com".to_owned()), 404, "NAME_UNKNOWN");
    }

    #[test]
    fn a_refusal_needs_no_challenge_that_the_client_could_not_meet() {
        check(&registry(401, "UNAUTHORIZED"), 403, "DENIED");
        check(&Error::NoCredentials, 403, "DENIED");
    }

    #[test]
    fn a_registry_behind_that_does_not_answer_is_unavailable() {
        let status = |text: &str| Error::Status { status: text.to_owned(), method: "GET", url: String::new() };
        check(&status("500 Internal Server Error"), 503, "UNAVAILABLE");
        check(&status("404 Not Found"), 404, "BLOB_UNKNOWN");
        check(&status("418"), 500, "UNKNOWN");
    }

    #[test]
    fn the_insides_of_a_source_are_not_sent() {
        let cause = Box::new(std::io::Error::other("/home/ada/blobs: permission denied"));
        let error = Error::Local { what: "reading a blob".to_owned(), cause };
        check(&error, 500, "UNKNOWN");
        let failure = Failure::of_source(&error, Failure::new(Code::BlobUnknown, Value::Null));
        assert_eq!(failure.cause(), Some("reading a blob: /home/ada/blobs: permission denied"));
        assert_eq!(failure.message, "unknown error");
    }
}
