//! Which hosts a repository is asked at, and how.

use crate::oci::Repository;
use crate::source::Error;

/// Docker Hub by its name in references.
const HUB: &str = "docker.io";
/// Where Docker Hub's registry is.
const HUB_HOST: &str = "registry-1.docker.io";
/// Under which Docker keeps the credentials of Docker Hub.
const HUB_CREDENTIALS: &str = "https://index.docker.io/v1/";

/// A place to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    /// Host and port.
    pub(super) address: String,
    /// The scheme if it was given; else https, and for loopback http where https does not answer.
    pub(super) scheme: Option<String>,
    /// A mirror of Docker Hub: gets no credentials of its origin, and its failures are not the last word.
    pub(super) is_mirror: bool,
}

impl Host {
    /// Lists where to ask for a repository, first choice first.
    pub(super) fn of(repository: &Repository, mirror: Option<&str>) -> Result<Vec<Self>, Error> {
        let domain = repository.domain();
        if domain.is_empty() {
            let first = repository.path().split('/').next().unwrap_or_default();
            return Err(Error::NoAddress(first.to_owned()));
        }
        if domain != HUB {
            return Ok(vec![Self { address: domain.to_owned(), scheme: None, is_mirror: false }]);
        }
        let hub = Self { address: HUB_HOST.to_owned(), scheme: None, is_mirror: false };
        Ok(mirror.map(Self::mirror).into_iter().chain([hub]).collect())
    }

    fn mirror(url: &str) -> Self {
        let (scheme, address) = match url.split_once("://") {
            Some((scheme, address)) => (Some(scheme.to_owned()), address),
            None => (None, url),
        };
        Self { address: address.trim_end_matches('/').to_owned(), scheme, is_mirror: true }
    }

    /// Lists the schemes to try, in order.
    pub(super) fn schemes(&self, insecure: &[String]) -> Vec<&str> {
        match &self.scheme {
            Some(scheme) => vec![scheme.as_str()],
            None if is_loopback(&self.address) || insecure.contains(&self.address) => vec!["https", "http"],
            None => vec!["https"],
        }
    }

    /// Returns the key of its credentials in Docker's configuration.
    pub(super) fn credentials_key(&self) -> &str {
        if self.address == HUB_HOST { HUB_CREDENTIALS } else { &self.address }
    }
}

/// Tells whether an address (with or without port) is this machine: 127.0.0.0/8, `::1`, `localhost`.
pub(super) fn is_loopback(address: &str) -> bool {
    let host = match address.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => address.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::Reference;

    #[track_caller]
    fn check(name: &str, mirror: Option<&str>, expected: &[(&str, &[&str])]) {
        let reference: Reference = name.parse().unwrap();
        let hosts = Host::of(reference.repository(), mirror).unwrap();
        let found: Vec<(&str, Vec<&str>)> = hosts.iter().map(|h| (h.address.as_str(), h.schemes(&[]))).collect();
        let expected: Vec<(&str, Vec<&str>)> = expected.iter().map(|(a, s)| (*a, s.to_vec())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn docker_hub_lives_elsewhere_than_its_name() {
        check("redis", None, &[("registry-1.docker.io", &["https"])]);
        check(
            "redis",
            Some("http://127.0.0.1:5001/"),
            &[("127.0.0.1:5001", &["http"]), ("registry-1.docker.io", &["https"])],
        );
        check("ghcr.io/a/b", Some("http://127.0.0.1:5001"), &[("ghcr.io", &["https"])]);
    }

    #[test]
    fn only_loopback_may_speak_plain_http() {
        check("localhost:5000/a", None, &[("localhost:5000", &["https", "http"])]);
        check("127.8.9.1/a", None, &[("127.8.9.1", &["https", "http"])]);
        check("[::1]:5000/a", None, &[("[::1]:5000", &["https", "http"])]);
        check("10.0.0.1:5000/a", None, &[("10.0.0.1:5000", &["https"])]);
        check("localhost.example.com/a", None, &[("localhost.example.com", &["https"])]);
    }

    #[test]
    fn a_name_that_is_no_address_is_not_connected_to() {
        let reference: Reference = "a_b.com/c".parse().unwrap();
        assert!(matches!(Host::of(reference.repository(), None), Err(Error::NoAddress(name)) if name == "a_b.com"));
    }
}
