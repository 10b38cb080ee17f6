//! Why no answer came, in the words that Go's HTTP client has for it (docker.md, 2.2).
//!
//! The facts are dug out of the chain of causes; where a dependency keeps its type to itself its text is looked at,
//! and what nothing is known about is passed on as it is worded.

use std::error::Error;
use std::io;
use std::net::SocketAddr;

use reqwest::Url;
use rustls::Error as TlsError;

use super::x509;

/// Why no answer came, or why it broke off.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    /// What a caller can do about it.
    pub(super) kind: Kind,
    /// The URL that was asked; after redirects the last one.
    pub(super) url: Url,
    /// Go's words.
    pub(super) reason: String,
}

/// What a caller can do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The other side does not speak TLS, or not on this port; plain HTTP may work.
    NotTls,
    /// No connection was made (refused, unknown host, no route, timeout): now is no better than in a second.
    Unreachable,
    /// The connection was made and broke, or fell silent; another attempt may succeed.
    Broken,
    /// The certificate or the protocol is not acceptable.
    Refused,
    /// The server points to where the client does not go.
    Misdirected,
}

impl Failure {
    /// Makes a failure that is ours: what the server asks for is not done.
    pub(super) fn misdirected(url: Url, reason: String) -> Self {
        Self { kind: Kind::Misdirected, url, reason }
    }

    /// Reads what went wrong before an answer was there.
    pub(super) async fn before_answer(error: &reqwest::Error, url: Url) -> Self {
        let (kind, reason) = if error.is_connect() {
            while_connecting(error, &url).await
        } else if error.is_timeout() {
            (Kind::Broken, "context deadline exceeded".to_owned())
        } else {
            (Kind::Broken, while_waiting(error))
        };
        Self { kind, url, reason }
    }
}

/// Words a body that broke off.
pub(super) fn in_body(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "i/o timeout".to_owned();
    }
    match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionReset) => "read: connection reset by peer".to_owned(),
        Some(_) | None => "unexpected EOF".to_owned(),
    }
}

fn while_waiting(error: &reqwest::Error) -> String {
    let text = deepest(error).to_string();
    match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionReset) => return "read: connection reset by peer".to_owned(),
        Some(io::ErrorKind::BrokenPipe) => return "write: broken pipe".to_owned(),
        Some(_) | None => {}
    }
    if text.contains("before message completed") || text.contains("channel closed") || text.contains("end of file") {
        return "EOF".to_owned();
    }
    if text.contains("invalid HTTP") {
        return "net/http: HTTP/1.x transport connection broken: malformed HTTP response".to_owned();
    }
    text
}

async fn while_connecting(error: &reqwest::Error, url: &Url) -> (Kind, String) {
    if error.is_timeout() {
        let reason =
            "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)";
        return (Kind::Unreachable, reason.to_owned());
    }
    if let Some(tls) = find_tls(error) {
        return x509::in_tls(tls, url);
    }
    if let Some(cause) = of_lookup(error) {
        return (Kind::Unreachable, lookup_reason(&cause, url));
    }
    match find::<io::Error>(error) {
        Some(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => (Kind::NotTls, "EOF".to_owned()),
        Some(cause) if was_in_tcp_connect(error) => {
            let reason = format!("dial tcp {}: connect: {}", address_of(url).await, system_words(cause));
            (Kind::Unreachable, reason)
        }
        Some(cause) => (Kind::NotTls, format!("read: {}", system_words(cause))),
        None => (Kind::Unreachable, deepest(error).to_string()),
    }
}

fn was_in_tcp_connect(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| cause.to_string().starts_with("tcp connect error"))
}

/// Returns the resolver's own words if the name could not be resolved.
fn of_lookup(error: &reqwest::Error) -> Option<String> {
    chain(error).any(|cause| cause.to_string() == "dns error").then(|| deepest(error).to_string())
}

fn lookup_reason(cause: &str, url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let words = cause.rsplit(": ").next().unwrap_or(cause);
    let unknown = ["not known", "No such host", "nodename nor servname", "No address associated", "not find host"];
    if unknown.iter().any(|known| words.contains(known)) {
        return format!("dial tcp: lookup {host}: no such host");
    }
    format!("dial tcp: lookup {host}: {words}")
}

/// Returns the address that Go would have named: the first one of the host.
async fn address_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse() {
        return SocketAddr::new(address, port).to_string();
    }
    let first = tokio::net::lookup_host((bare, port)).await.ok().and_then(|mut found| found.next());
    first.map_or_else(|| format!("{host}:{port}"), |address| address.to_string())
}

/// Words an error of the operating system as Go prints errno.
fn system_words(cause: &io::Error) -> String {
    let words = match cause.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::ConnectionReset => "connection reset by peer",
        io::ErrorKind::HostUnreachable => "no route to host",
        io::ErrorKind::NetworkUnreachable => "network is unreachable",
        io::ErrorKind::TimedOut => "connection timed out",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::AddrNotAvailable => "cannot assign requested address",
        _ => return cause.to_string(),
    };
    words.to_owned()
}

/// Walks the causes, the error itself first.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(Some(error as &(dyn Error + 'static)), |cause| (*cause).source())
}

fn deepest(error: &reqwest::Error) -> &(dyn Error + 'static) {
    chain(error).last().unwrap_or(error)
}

fn find<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    chain(error).find_map(|cause| cause.downcast_ref::<T>())
}

/// An I/O error's `source` skips the error inside, so each is opened.
fn find_tls(error: &reqwest::Error) -> Option<&TlsError> {
    chain(error).find_map(|cause| match cause.downcast_ref::<TlsError>() {
        Some(tls) => Some(tls),
        None => inside(cause.downcast_ref::<io::Error>()?),
    })
}

fn inside(error: &io::Error) -> Option<&TlsError> {
    let inner = error.get_ref()?;
    inner.downcast_ref::<TlsError>().or_else(|| inside(inner.downcast_ref::<io::Error>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nobody_knows_is_no_such_host() {
        let url = "https://nosuchhost.invalid".parse().unwrap();
        let reason = |cause| lookup_reason(cause, &url);
        assert_eq!(
            reason("failed to lookup address information: Name or service not known"),
            "dial tcp: lookup nosuchhost.invalid: no such host"
        );
        assert_eq!(
            reason("failed to lookup address information: Temporary failure in name resolution"),
            "dial tcp: lookup nosuchhost.invalid: Temporary failure in name resolution"
        );
    }
}
