//! From answers and failures of HTTP to [`Error`], in the words that Docker's users know.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::Deserialize;

use crate::source::{Error, NetworkError, RegistryError};

/// The error body of the distribution API; token servers have a form of their own.
#[derive(Deserialize, Default)]
struct Body {
    #[serde(default)]
    errors: Vec<Item>,
    #[serde(default)]
    details: Option<String>,
    #[serde(default)]
    error_description: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

/// Reads an error body; `None` where there is nothing to show (HTML, nothing at all).
pub(super) fn read_body(status: u16, body: &[u8]) -> Option<RegistryError> {
    let body: Body = serde_json::from_slice(body).ok()?;
    let plain = body.details.or(body.error_description).or(body.message);
    match body.errors.into_iter().next() {
        Some(item) => {
            let code = item.code.unwrap_or_default();
            let message = item.message.filter(|text| !text.is_empty()).unwrap_or_else(|| default_message(&code));
            Some(RegistryError { status, code, message: printable(&message) })
        }
        None => plain.map(|message| RegistryError { status, code: String::new(), message: printable(&message) }),
    }
}

/// What Docker fills in where a registry sends only the code.
fn default_message(code: &str) -> String {
    match code {
        "MANIFEST_UNKNOWN" => "manifest unknown",
        "NAME_UNKNOWN" => "repository name not known to registry",
        "BLOB_UNKNOWN" => "blob unknown to registry",
        "UNAUTHORIZED" => "authentication required",
        "DENIED" => "requested access to the resource is denied",
        "TOOMANYREQUESTS" => "too many requests",
        "UNSUPPORTED" => "The operation is unsupported.",
        _ => "",
    }
    .to_owned()
}

/// A registry's words may hold anything: no control characters reach a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Makes an error of an answer that is no success.
pub(super) fn of_answer(method: &'static str, url: &str, status: u16, headers: &HeaderMap, body: &[u8]) -> Error {
    let known = read_body(status, body);
    if status == 429 {
        let answer = known.unwrap_or(RegistryError {
            status,
            code: "TOOMANYREQUESTS".to_owned(),
            message: default_message("TOOMANYREQUESTS"),
        });
        let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
        let limits = text("ratelimit-limit").zip(text("ratelimit-remaining"));
        return Error::TooManyRequests { answer, retry_after: retry_after(headers), limits };
    }
    match known {
        Some(error) => Error::Registry(error),
        None if status == 404 => Error::Registry(RegistryError {
            status,
            code: "MANIFEST_UNKNOWN".to_owned(),
            message: default_message("MANIFEST_UNKNOWN"),
        }),
        None => {
            let reason = reqwest::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
            let status = format!("{status} {}", reason.unwrap_or_default()).trim_end().to_owned();
            Error::Status { status, method, url: url.to_owned() }
        }
    }
}

/// Reads `Retry-After`: seconds, or a date, which is taken as a short wait since there is no clock here.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    Some(text.trim().parse().map_or(Duration::from_secs(5), Duration::from_secs))
}

/// Makes an error of a request that got no answer, as Go's client words it.
pub(super) fn of_transport(method: &'static str, url: &str, error: &reqwest::Error) -> Error {
    NetworkError { method, url: url.to_owned(), reason: reason(url, error) }.into()
}

fn reason(url: &str, error: &reqwest::Error) -> String {
    let mut chain = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        chain.push_str(" / ");
        chain.push_str(&error.to_string());
        cause = error.source();
    }
    let parsed = reqwest::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
    let port = parsed.as_ref().and_then(reqwest::Url::port_or_known_default).unwrap_or_default();
    let address = if host == "localhost" { "127.0.0.1" } else { host };
    if error.is_timeout() {
        return "net/http: request canceled (Client.Timeout exceeded while awaiting headers)".to_owned();
    }
    if chain.contains("Connection refused") {
        return format!("dial tcp {address}:{port}: connect: connection refused");
    }
    if chain.contains("dns error") || chain.contains("failed to lookup address") {
        return format!("dial tcp: lookup {host}: no such host");
    }
    if speaks_no_tls(&chain) {
        return "http: server gave HTTP response to HTTPS client".to_owned();
    }
    if chain.contains("UnknownIssuer") || chain.contains("unknown issuer") {
        return "tls: failed to verify certificate: x509: certificate signed by unknown authority".to_owned();
    }
    if chain.contains("invalid peer certificate") {
        return format!(
            "tls: failed to verify certificate: x509: {}",
            chain.rsplit("certificate: ").next().unwrap_or_default()
        );
    }
    if chain.contains("reset by peer") {
        return format!("read tcp {address}:{port}: read: connection reset by peer");
    }
    if chain.contains("connection closed") || chain.contains("end of file") || chain.contains("unexpected EOF") {
        return "EOF".to_owned();
    }
    chain.rsplit(" / ").next().unwrap_or_default().to_owned()
}

fn speaks_no_tls(chain: &str) -> bool {
    ["InvalidMessage", "CorruptMessage", "corrupt message", "InvalidContentType"]
        .iter()
        .any(|word| chain.contains(word))
}
