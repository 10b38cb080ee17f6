//! Why TLS did not come about, in the words of Go's crypto/tls and crypto/x509.

use reqwest::Url;
use rustls::{CertificateError, Error as TlsError};

use super::failure::Kind;

/// Words a failed handshake with the host of `url`.
pub(super) fn in_tls(error: &TlsError, url: &Url) -> (Kind, String) {
    match error {
        // rustls does not tell what came instead of TLS; on a registry's port it is HTTP.
        TlsError::InvalidMessage(_) => (Kind::NotTls, "http: server gave HTTP response to HTTPS client".to_owned()),
        TlsError::InvalidCertificate(cause) => {
            (Kind::Refused, format!("tls: failed to verify certificate: {}", certificate_words(cause, url)))
        }
        TlsError::AlertReceived(alert) => (Kind::Refused, format!("remote error: tls: {}", alert_words(*alert))),
        TlsError::PeerIncompatible(_) => {
            (Kind::Refused, "tls: no supported versions satisfy MinVersion and MaxVersion".to_owned())
        }
        other => (Kind::Refused, format!("tls: {other}")),
    }
}

fn alert_words(alert: rustls::AlertDescription) -> String {
    let mut words = String::new();
    for character in format!("{alert:?}").chars() {
        if character.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(character.to_lowercase());
    }
    words
}

fn certificate_words(cause: &CertificateError, url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match cause {
        CertificateError::UnknownIssuer => "x509: certificate signed by unknown authority".to_owned(),
        CertificateError::ExpiredContext { time, not_after } => format!(
            "x509: certificate has expired or is not yet valid: current time {} is after {}",
            rfc3339(*time),
            rfc3339(*not_after)
        ),
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "x509: certificate has expired or is not yet valid: current time {} is before {}",
            rfc3339(*time),
            rfc3339(*not_before)
        ),
        CertificateError::NotValidForNameContext { presented, .. } => name_words(presented, host),
        CertificateError::Expired | CertificateError::NotValidYet => {
            "x509: certificate has expired or is not yet valid".to_owned()
        }
        CertificateError::NotValidForName => format!("x509: certificate is not valid for {host}"),
        CertificateError::BadEncoding => "x509: malformed certificate".to_owned(),
        other if other.to_string().contains("CaUsedAsEndEntity") => {
            "x509: certificate signed by unknown authority".to_owned()
        }
        other => format!("x509: {other}"),
    }
}

/// `presented` is in rustls' notation: `DnsName("a.example")`, `IpAddress(..)`.
fn name_words(presented: &[String], host: &str) -> String {
    let unwrap = |prefix: &str, entry: &String| {
        Some(entry.strip_prefix(prefix)?.trim_end_matches(')').trim_matches('"').to_owned())
    };
    let of_kind = |prefix: &str| presented.iter().filter_map(|entry| unwrap(prefix, entry)).collect::<Vec<_>>();
    let is_address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    let names = of_kind(if is_address { "IpAddress(" } else { "DnsName(" });
    match (is_address, names.is_empty()) {
        (true, true) => {
            format!("x509: cannot validate certificate for {host} because it doesn't contain any IP SANs")
        }
        (false, true) => format!("x509: certificate is not valid for any names, but wanted to match {host}"),
        (_, false) => format!("x509: certificate is valid for {}, not {host}", names.join(", ")),
    }
}

fn rfc3339(time: rustls::pki_types::UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |stamp| stamp.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &TlsError, url: &str, expected: &str) {
        assert_eq!(in_tls(error, &url.parse().unwrap()).1, expected);
    }

    #[test]
    fn certificates_fail_in_go_s_words() {
        let at = |seconds| rustls::pki_types::UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        let expired = CertificateError::ExpiredContext { time: at(1_700_000_000), not_after: at(1_600_000_000) };
        check(
            &TlsError::InvalidCertificate(expired),
            "https://r.example",
            "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: \
             current time 2023-11-14T22:13:20Z is after 2020-09-13T12:26:40Z",
        );
        check(
            &TlsError::InvalidCertificate(CertificateError::UnknownIssuer),
            "https://r.example",
            "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        );
        check(
            &TlsError::InvalidMessage(rustls::InvalidMessage::InvalidContentType),
            "https://r.example",
            "http: server gave HTTP response to HTTPS client",
        );
        check(
            &TlsError::AlertReceived(rustls::AlertDescription::HandshakeFailure),
            "https://r.example",
            "remote error: tls: handshake failure",
        );
    }

    #[test]
    fn a_certificate_for_other_names_lists_them() {
        let names = ["DnsName(\"a.example\")".to_owned(), "DnsName(\"b.example\")".to_owned()];
        assert_eq!(
            name_words(&names, "r.example"),
            "x509: certificate is valid for a.example, b.example, not r.example"
        );
        assert_eq!(
            name_words(&names, "10.0.0.1"),
            "x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs"
        );
    }
}
