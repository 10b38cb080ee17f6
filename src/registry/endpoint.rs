//! Which hosts serve a repository, and how each is spoken to.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Url;

use super::options::OptionsError;
use super::place;
use super::transport::Transport;
use crate::oci::Repository;
use crate::source::{Error, NetworkError};

const HUB: &str = "docker.io";
/// How long a mirror that gave no answer is left alone: a pull has many requests, each would wait for it again.
const MIRROR_REST: Duration = Duration::from_secs(60);

/// How a host is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Https,
    Http,
}

/// Whether a host is the registry of the name or stands in for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Origin,
    Mirror,
}

/// A host that serves a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// `host` or `host:port`, as in the image's name and in errors.
    pub(super) host: String,
    /// Under which name its credentials are kept; `docker.io` for Docker Hub.
    pub(super) account: String,
    pub(super) role: Role,
    /// Ways to speak to it, in the order in which to try them.
    pub(super) schemes: Vec<Scheme>,
}

/// Knows the mirror and what earlier requests found out.
#[derive(Debug)]
pub(super) struct Hosts {
    hub: String,
    mirror: Option<Endpoint>,
    mirror_rests_until: Mutex<Option<Instant>>,
    answered: Mutex<HashMap<String, Scheme>>,
}

impl Scheme {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }
}

impl Endpoint {
    /// Returns the root of the distribution API, `https://host/v2/`.
    pub(super) fn root(&self, scheme: Scheme) -> Result<Url, Error> {
        self.root_text(scheme).parse().map_err(|_| self.no_address())
    }

    /// Returns the root with the host as it was typed.
    pub(super) fn root_text(&self, scheme: Scheme) -> String {
        format!("{}://{}/v2/", scheme.word(), self.host)
    }

    /// Docker's grammar lets through what nobody can connect to, a port above 65535 for example.
    fn no_address(&self) -> Error {
        let (name, port) = self.host.rsplit_once(':').unwrap_or((&self.host, ""));
        let is_local = format!("http://{name}").parse().is_ok_and(|url| place::is_loopback(&url));
        let scheme = if is_local { Scheme::Http } else { Scheme::Https };
        let reason = if port.is_empty() || port.parse::<u16>().is_ok() {
            format!("dial tcp: lookup {name}: no such host")
        } else {
            format!("dial tcp: address {port}: invalid port")
        };
        Error::Network(NetworkError { method: "Get", url: self.root_text(scheme), reason })
    }
}

/// What Docker says about names such as `a_b.com/c`, whose first part looks like a host and is none.
fn no_host() -> Error {
    let reason = "http: no Host in request URL".to_owned();
    Error::Network(NetworkError { method: "Get", url: "https:/v2/".to_owned(), reason })
}

impl Hosts {
    /// Takes the mirror's URL and the address of Docker Hub's registry.
    pub(super) fn new(mirror: Option<&str>, hub: &str) -> Result<Self, OptionsError> {
        let mirror = mirror.map(read_mirror).transpose()?;
        Ok(Self { hub: hub.to_owned(), mirror, mirror_rests_until: Mutex::default(), answered: Mutex::default() })
    }

    /// Lists the hosts that may serve the repository, in the order in which to ask them; the origin is last.
    pub(super) fn endpoints(&self, repository: &Repository, transport: &Transport) -> Result<Vec<Endpoint>, Error> {
        let domain = repository.domain();
        let origin = self.origin(domain, transport)?;
        let mirror = self.mirror.clone().filter(|_| domain == HUB && !self.mirror_rests());
        Ok(mirror.into_iter().chain([origin]).collect())
    }

    /// Returns the host that a domain stands for in image names.
    pub(super) fn origin(&self, domain: &str, transport: &Transport) -> Result<Endpoint, Error> {
        if domain.is_empty() {
            return Err(no_host());
        }
        let host = if domain == HUB { &self.hub } else { domain };
        let mut origin = Endpoint {
            host: host.to_owned(),
            account: domain.to_owned(),
            role: Role::Origin,
            schemes: vec![Scheme::Https],
        };
        origin.schemes = self.schemes(&origin, transport)?;
        Ok(origin)
    }

    fn schemes(&self, endpoint: &Endpoint, transport: &Transport) -> Result<Vec<Scheme>, Error> {
        let root = endpoint.root(Scheme::Https)?;
        if !place::is_loopback(&root) && !transport.is_insecure(&root) {
            return Ok(vec![Scheme::Https]);
        }
        Ok(self.known(endpoint).map_or_else(|| vec![Scheme::Https, Scheme::Http], |scheme| vec![scheme]))
    }

    /// Returns how the host answered before, if it did.
    pub(super) fn known(&self, endpoint: &Endpoint) -> Option<Scheme> {
        self.lock_answered().get(&endpoint.host).copied()
    }

    /// Remembers that the host answered.
    pub(super) fn note_answer(&self, endpoint: &Endpoint, scheme: Scheme) {
        self.lock_answered().insert(endpoint.host.clone(), scheme);
    }

    /// Forgets how the host answered: it cannot be connected to now and may come back otherwise.
    pub(super) fn note_absence(&self, endpoint: &Endpoint) {
        self.lock_answered().remove(&endpoint.host);
        self.note_silence(endpoint);
    }

    /// Leaves a mirror that gave no answer alone for a while.
    pub(super) fn note_silence(&self, endpoint: &Endpoint) {
        if endpoint.role == Role::Mirror {
            let mut until = self.mirror_rests_until.lock().unwrap_or_else(PoisonError::into_inner);
            *until = Some(Instant::now() + MIRROR_REST);
        }
    }

    fn mirror_rests(&self) -> bool {
        let until = self.mirror_rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn lock_answered(&self) -> std::sync::MutexGuard<'_, HashMap<String, Scheme>> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_mirror(text: &str) -> Result<Endpoint, OptionsError> {
    let url: Url = text.parse().map_err(|_| OptionsError::MirrorUrl(text.to_owned()))?;
    let scheme = match url.scheme() {
        "https" => Scheme::Https,
        "http" => Scheme::Http,
        _ => return Err(OptionsError::MirrorUrl(text.to_owned())),
    };
    let has_more = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
    if has_more || !url.username().is_empty() || url.password().is_some() {
        return Err(OptionsError::MirrorExtra(text.to_owned()));
    }
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    Ok(Endpoint { account: host.clone(), host, role: Role::Mirror, schemes: vec![scheme] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::Reference;
    use crate::registry::Options;

    #[track_caller]
    fn check(mirror: Option<&str>, name: &str, expected: &str) {
        let options = Options { insecure: vec!["lab.example".to_owned()], ..Options::default() };
        let reference: Reference = name.parse().unwrap();
        let found =
            Hosts::new(mirror, &options.hub).unwrap().endpoints(reference.repository(), &Transport::new(options));
        let line = |endpoint: Endpoint| {
            let schemes: Vec<_> = endpoint.schemes.iter().map(|scheme| scheme.word()).collect();
            format!("{}://{} as {}", schemes.join("|"), endpoint.host, endpoint.account)
        };
        let found = match found {
            Ok(found) => found.into_iter().map(line).collect::<Vec<_>>().join(", "),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn a_name_leads_to_its_hosts() {
        check(None, "redis", "https://registry-1.docker.io as docker.io");
        check(None, "quay.io/a/b", "https://quay.io as quay.io");
        check(None, "localhost:5000/a", "https|http://localhost:5000 as localhost:5000");
        check(None, "127.0.0.9/a", "https|http://127.0.0.9 as 127.0.0.9");
        check(None, "lab.example/a", "https|http://lab.example as lab.example");
    }

    #[test]
    fn a_mirror_stands_in_for_docker_hub_alone() {
        let mirror = Some("http://mirror.example:5000");
        check(
            mirror,
            "redis",
            "http://mirror.example:5000 as mirror.example:5000, https://registry-1.docker.io as docker.io",
        );
        check(mirror, "quay.io/a/b", "https://quay.io as quay.io");
    }

    #[test]
    fn what_nobody_can_connect_to_is_said_so() {
        check(None, "localhost:99999/a", r#"Get "http://localhost:99999/v2/": dial tcp: address 99999: invalid port"#);
        check(None, "r.example:99999/a", r#"Get "https://r.example:99999/v2/": dial tcp: address 99999: invalid port"#);
        check(None, "1.2.3.4.5/a", r#"Get "https://1.2.3.4.5/v2/": dial tcp: lookup 1.2.3.4.5: no such host"#);
        check(None, "a_b.com/c", r#"Get "https:/v2/": http: no Host in request URL"#);
    }

    #[test]
    fn a_mirror_is_a_host_and_nothing_more() {
        let refused = |text: &str| Hosts::new(Some(text), "").unwrap_err().to_string();
        assert_eq!(refused("mirror.example"), "invalid mirror: `mirror.example` is not an http or https URL");
        assert_eq!(
            refused("ftp://mirror.example"),
            "invalid mirror: `ftp://mirror.example` is not an http or https URL"
        );
        assert_eq!(
            refused("https://m.example/v2"),
            "invalid mirror: `https://m.example/v2` has more than a host and a port"
        );
        assert_eq!(
            refused("https://u:p@m.example"),
            "invalid mirror: `https://u:p@m.example` has more than a host and a port"
        );
    }
}
