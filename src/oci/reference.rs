//! Image references: Docker's grammar, its defaults and its error sentences
//! (distribution/reference; the rules stand in the order in which its parser applies them).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::{Digest, DigestError};

const DEFAULT_DOMAIN: &str = "docker.io";
const OFFICIAL_NAMESPACE: &str = "library/";
const MAX_PATH: usize = 255;
const MAX_TAG: usize = 128;

/// A repository: a registry's domain and the path below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Repository {
    domain: String,
    path: String,
}

/// A name of an image in its normal form: repository, tag and digest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    repository: Repository,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// What a list shows of a full name, as text of that name: of ten thousand of them none need be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Familiar<'a> {
    /// The short form of the repository.
    pub repository: &'a str,
    /// The tag.
    pub tag: Option<&'a str>,
    /// The digest with its algorithm.
    pub digest: Option<&'a str>,
}

/// What commands that take names and IDs accept: `docker inspect`, `rmi`, `tag`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnyReference {
    /// A whole digest, written with or without `sha256:`.
    Digest(Digest),
    /// A name.
    Named(Reference),
}

/// Why a text is not a reference, in Docker's words.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReferenceError {
    /// Anything that the grammar does not know.
    #[error("invalid reference format")]
    Format,
    /// Capital letters in the path; the path as understood is named.
    #[error("invalid reference format: repository name ({0}) must be lowercase")]
    Uppercase(String),
    /// The reference would be valid in lower case.
    #[error("repository name must be lowercase")]
    ContainsUppercase,
    /// 64 hexadecimal digits, which would be taken for an ID.
    #[error("invalid repository name ({0}), cannot specify 64-byte hexadecimal strings")]
    LooksLikeId(String),
    /// The path is too long.
    #[error("repository name must not be more than 255 characters")]
    TooLong,
    /// The part after `@` is no digest.
    #[error(transparent)]
    Digest(#[from] DigestError),
}

impl Repository {
    /// Returns the registry's domain with its port, `docker.io` for Docker Hub. Empty for names such as
    /// `a_b.com/c`, which Docker's grammar lets through although the first part is no domain.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Returns the path below the domain, `library/redis` for example.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Tells by its spelling whether the registry is on this machine.
    pub fn is_on_this_machine(&self) -> bool {
        let host = self.domain.rsplit_once(':').map_or(self.domain.as_str(), |(host, _)| host);
        let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// Returns the short form that Docker shows: without `docker.io/` and `library/`.
    pub fn familiar(&self) -> String {
        if self.domain != DEFAULT_DOMAIN {
            return self.to_string();
        }
        familiar_path(&self.path).to_owned()
    }

    /// Names an image of this repository by tag. The tag is taken as it is: it comes from a parsed reference
    /// or from a registry's list.
    pub fn with_tag(&self, tag: &str) -> Reference {
        Reference { repository: self.clone(), tag: Some(tag.to_owned()), digest: None }
    }

    /// Names an image of this repository by digest.
    pub fn with_digest(&self, digest: Digest) -> Reference {
        Reference { repository: self.clone(), tag: None, digest: Some(digest) }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.domain.is_empty() { f.write_str(&self.path) } else { write!(f, "{}/{}", self.domain, self.path) }
    }
}

impl Reference {
    /// Reads a full form, as [`Reference::normalized`] writes it: nothing is filled in.
    ///
    /// # Errors
    /// [`ReferenceError::Format`] and its like where the text is none.
    pub fn of_normalized(text: &str) -> Result<Self, ReferenceError> {
        parse_grammar(text)
    }

    /// Returns the repository.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// Returns the tag, if one was given.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Returns the digest, if one was given.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// Tells whether neither tag nor digest was given.
    pub fn is_name_only(&self) -> bool {
        self.tag.is_none() && self.digest.is_none()
    }

    /// Adds `:latest` where neither tag nor digest was given.
    #[must_use]
    pub fn or_latest(mut self) -> Self {
        if self.is_name_only() {
            self.tag = Some("latest".to_owned());
        }
        self
    }

    /// Returns the short form that Docker shows, `redis:latest`.
    pub fn familiar(&self) -> String {
        self.with_suffixes(self.repository.familiar())
    }

    /// Returns the full form, `docker.io/library/redis:latest`.
    pub fn normalized(&self) -> String {
        self.to_string()
    }

    fn with_suffixes(&self, mut text: String) -> String {
        if let Some(tag) = &self.tag {
            text.push(':');
            text.push_str(tag);
        }
        if let Some(digest) = &self.digest {
            text.push('@');
            text.push_str(&digest.to_string());
        }
        text
    }
}

impl<'a> Familiar<'a> {
    /// Takes a name apart that [`Reference::normalized`] wrote. Whether it is one is not looked at.
    pub fn of_normalized(text: &'a str) -> Self {
        let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
        let (name, tag) = split_tag(rest);
        let on_hub = name.strip_prefix(DEFAULT_DOMAIN).and_then(|path| path.strip_prefix('/'));
        Self { repository: on_hub.map_or(name, familiar_path), tag, digest }
    }
}

/// Shortens a path on Docker Hub.
fn familiar_path(path: &str) -> &str {
    path.strip_prefix(OFFICIAL_NAMESPACE).filter(|name| !name.contains('/')).unwrap_or(path)
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_suffixes(self.repository.to_string()))
    }
}

impl FromStr for AnyReference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if is_full_id(text) {
            return Ok(Self::Digest(format!("sha256:{text}").parse()?));
        }
        match text.parse() {
            Ok(digest) => Ok(Self::Digest(digest)),
            Err(_) => text.parse().map(Self::Named),
        }
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if is_full_id(text) {
            return Err(ReferenceError::LooksLikeId(text.to_owned()));
        }
        let (domain, rest) = split_domain(text);
        let path = rest.split(':').next().unwrap_or_default();
        if path.chars().any(char::is_uppercase) {
            return Err(ReferenceError::Uppercase(path.to_owned()));
        }
        let reference = parse_grammar(&format!("{domain}/{rest}"))?;
        if reference.repository.path.len() > MAX_PATH {
            return Err(ReferenceError::TooLong);
        }
        Ok(reference)
    }
}

fn is_full_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Splits at the first `/` where what stands before it can only be a registry, and fills in Docker Hub.
fn split_domain(text: &str) -> (String, String) {
    let is_domain =
        |first: &str| first == "localhost" || first.contains(['.', ':']) || first.chars().any(char::is_uppercase);
    let (domain, rest) = match text.split_once('/') {
        Some((first, rest)) if is_domain(first) => (first, rest),
        _ => (DEFAULT_DOMAIN, text),
    };
    let domain = if domain == "index.docker.io" { DEFAULT_DOMAIN } else { domain };
    let namespace = if domain == DEFAULT_DOMAIN && !rest.contains('/') { OFFICIAL_NAMESPACE } else { "" };
    (domain.to_owned(), format!("{namespace}{rest}"))
}

/// Matches the anchored grammar: `[domain/]path[:tag][@digest]`.
fn parse_grammar(text: &str) -> Result<Reference, ReferenceError> {
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) if has_digest_form(digest) => (rest, Some(digest)),
        Some(_) => return Err(ReferenceError::Format),
        None => (text, None),
    };
    let (name, tag) = split_tag(rest);
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Err(ReferenceError::Format);
    }
    let repository = match parse_repository(name) {
        Some(repository) => repository,
        None if parse_repository(&name.to_lowercase()).is_some() => return Err(ReferenceError::ContainsUppercase),
        None => return Err(ReferenceError::Format),
    };
    let digest = digest.map(str::parse).transpose()?;
    Ok(Reference { repository, tag: tag.map(str::to_owned), digest })
}

/// The tag stands after the last colon, unless a `/` follows it: then the colon belongs to a port.
fn split_tag(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (text, None),
    }
}

fn parse_repository(name: &str) -> Option<Repository> {
    let (first, rest) = name.split_once('/')?;
    let (domain, path) = if is_domain(first) { (first, rest) } else { ("", name) };
    let well_formed = path.split('/').all(is_path_component);
    well_formed.then(|| Repository { domain: domain.to_owned(), path: path.to_owned() })
}

fn is_domain(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    if port.is_some_and(|port| port.is_empty() || !port.bytes().all(|b| b.is_ascii_digit())) {
        return false;
    }
    if let Some(address) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.split('.').all(label)
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn is_path_component(text: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    if !text.bytes().all(|b| is_word(b) || matches!(b, b'.' | b'_' | b'-')) {
        return false;
    }
    let (Some(first), Some(last)) = (text.bytes().next(), text.bytes().last()) else { return false };
    let separators = text.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()).filter(|s| !s.is_empty());
    let well_separated = |s: &str| matches!(s, "." | "_" | "__") || s.bytes().all(|b| b == b'-');
    is_word(first) && is_word(last) && separators.into_iter().all(well_separated)
}

fn is_tag(text: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let mut bytes = text.bytes();
    bytes.next().is_some_and(is_word) && bytes.all(|b| is_word(b) || matches!(b, b'.' | b'-')) && text.len() <= MAX_TAG
}

/// `alg([+._-]alg)*:hex{32,}`; whether it is a digest that Docker knows is checked afterwards.
fn has_digest_form(text: &str) -> bool {
    let Some((algorithm, encoded)) = text.split_once(':') else { return false };
    let part = |part: &str| {
        part.bytes().next().is_some_and(|b| b.is_ascii_alphabetic()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    algorithm.split(['+', '.', '_', '-']).all(part)
        && encoded.len() >= 32
        && encoded.bytes().all(|b| b.is_ascii_hexdigit())
}
