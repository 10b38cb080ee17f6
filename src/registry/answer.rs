//! What an answer that is no success says (distribution-spec, error codes), read as Docker's classic client reads it.
//! What a registry sends as a page is never shown.

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::challenge;
use super::retry;
use super::transport::{Answer, without_query};
use crate::source::{Error, RegistryError};

/// The most that is read of an error's body.
const MAX_ERROR_BYTES: u64 = 1 << 20;

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    details: Option<String>,
    #[serde(default)]
    errors: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    detail: Option<Value>,
}

/// Turns an answer that is no success into the error it stands for.
pub(super) async fn error_of(answer: Answer) -> Error {
    let status = answer.status();
    let plain =
        Error::Status { status: status_line(status), method: answer.method.word(), url: without_query(&answer.url) };
    let retry_after = retry::retry_after(answer.headers());
    let header = |name: &str| answer.header(name).map(str::to_owned);
    let limits = header("ratelimit-limit").zip(header("ratelimit-remaining"));
    let told = told_by_challenge(&answer);
    // What cannot be read says nothing; the status still does.
    let body = answer.read(MAX_ERROR_BYTES).await.unwrap_or_default();
    let read = told.or_else(|| told_by_body(status, &body));
    match (status, read) {
        (429, answer) => {
            let answer = answer.unwrap_or_else(|| RegistryError::bare(status, "TOOMANYREQUESTS"));
            Error::TooManyRequests { answer, retry_after, limits }
        }
        (400..=499, Some(error)) => Error::Registry(error),
        (401, None) => Error::Registry(with_message(status, "UNAUTHORIZED", "authentication required")),
        _ => plain,
    }
}

/// Returns the status as Go prints it, `404 Not Found`.
pub(super) fn status_line(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    reason.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}

/// The `error` parameter of a Bearer challenge (RFC 6750, 3.1) comes before the body.
fn told_by_challenge(answer: &Answer) -> Option<RegistryError> {
    let challenges = challenges_of(answer);
    let bearer = challenges.iter().find(|challenge| challenge.scheme == "bearer")?;
    let code = match bearer.get("error")? {
        "invalid_token" => "UNAUTHORIZED",
        "insufficient_scope" => "DENIED",
        _ => return None,
    };
    let message = bearer.get("error_description").unwrap_or(RegistryError::standard_message(code));
    Some(with_message(answer.status(), code, message))
}

/// Reads all challenges of an answer, in order.
pub(super) fn challenges_of(answer: &Answer) -> Vec<challenge::Challenge> {
    let values = answer.headers().get_all(reqwest::header::WWW_AUTHENTICATE).iter();
    values.flat_map(|value| challenge::read(&String::from_utf8_lossy(value.as_bytes()))).collect()
}

fn told_by_body(status: u16, body: &[u8]) -> Option<RegistryError> {
    let body: Body = serde_json::from_slice(body).ok()?;
    if let Some(details) = body.details.filter(|details| !details.is_empty()) {
        let code = match status {
            401 => "UNAUTHORIZED",
            429 => "TOOMANYREQUESTS",
            _ => "UNKNOWN",
        };
        return Some(with_message(status, code, &details));
    }
    let first = body.errors?.into_iter().next()?;
    let code = first.code.unwrap_or_default();
    let message = first.message.unwrap_or_default();
    let is_bare = first.detail.is_none_or(|detail| detail.is_null())
        && (message.is_empty() || message == RegistryError::standard_message(&code));
    Some(if is_bare { RegistryError::bare(status, &code) } else { with_message(status, &code, &message) })
}

fn with_message(status: u16, code: &str, message: &str) -> RegistryError {
    RegistryError { status, code: code.to_owned(), message: one_line(message) }
}

/// A terminal shows this: no control characters, no endless text.
fn one_line(message: &str) -> String {
    message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(2000).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, expected: &str) {
        let read =
            told_by_body(status, body.as_bytes()).map_or_else(|| "nothing".to_owned(), |error| error.to_string());
        assert_eq!(read, expected, "{body}");
    }

    #[test]
    fn bodies_read_as_in_docker() {
        let detail = r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"x"}}]}"#;
        check(404, detail, "manifest unknown: manifest unknown");
        check(404, r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#, "manifest unknown");
        check(404, r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"nope"}]}"#, "manifest unknown: nope");
        check(
            404,
            r#"{"errors":[{"code":"NAME_UNKNOWN","message":"a"},{"code":"DENIED","message":"b"}]}"#,
            "name unknown: a",
        );
        check(
            403,
            r#"{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}"#,
            "denied",
        );
        check(403, r#"{"errors":[{"message":"nope"}]}"#, "unknown: nope");
        check(401, r#"{"details":"bad token"}"#, "unauthorized: bad token");
        check(401, r#"{"details":"","errors":null}"#, "nothing");
        check(404, "<html>x</html>", "nothing");
        check(404, "", "nothing");
        check(403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"a\\u001b[2Jb\"}]}", "denied: a [2Jb");
    }
}
