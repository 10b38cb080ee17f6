//! What a path asks for (distribution-spec, endpoints). Names contain slashes, so paths are read from the right.
//!
//! The path is percent-decoded once, as a whole: what comes out is either in the grammars of names, tags and
//! digests, which know no `..`, no `%` and no control characters, or it is refused.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::failure::{Code, Failure};
use crate::oci::{Digest, Reference, Repository};
use crate::source::Target;

/// A resource of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    /// `/v2/`: is this a registry?
    Base,
    /// `/v2/NAME/manifests/REFERENCE`.
    Manifest(Name, Target),
    /// `/v2/NAME/blobs/DIGEST`.
    Blob(Name, Digest),
    /// `/v2/NAME/tags/list`.
    Tags(Name),
    /// `/v2/NAME/referrers/DIGEST`.
    Referrers(Name, Digest),
    /// `/v2/NAME/blobs/uploads/`.
    Uploads(Name),
    /// `/v2/NAME/blobs/uploads/ID`.
    Upload(Name, String),
}

/// Whether there is anything to write to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    ReadOnly,
    Writable,
}

/// A repository's name as the client wrote it, and as it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// As written; what answers repeat.
    pub(super) given: String,
    /// With the domain, and with `library/` where Docker Hub implies it.
    pub(super) repository: Repository,
}

impl Route {
    /// Reads the path of a request; names are completed with `domain`.
    pub(super) fn parse(path: &str, domain: &str) -> Result<Self, Failure> {
        let unknown = || Failure::new(Code::Unsupported, json!({ "path": path }));
        let decoded = percent_decode_str(path).decode_utf8().map_err(|_| unknown())?;
        let rest = match decoded.strip_prefix("/v2") {
            Some("" | "/") => return Ok(Self::Base),
            Some(rest) => rest.strip_prefix('/').ok_or_else(unknown)?,
            None => return Err(unknown()),
        };
        match uploads(rest) {
            Some((name, "")) => return Ok(Self::Uploads(Name::parse(name, domain)?)),
            Some((name, id)) => return Ok(Self::Upload(Name::parse(name, domain)?, id.to_owned())),
            None => {}
        }
        let (front, last) = rest.rsplit_once('/').ok_or_else(unknown)?;
        let (name, kind) = front.rsplit_once('/').ok_or_else(unknown)?;
        match (kind, last) {
            ("tags", "list") => Ok(Self::Tags(Name::parse(name, domain)?)),
            ("manifests", target) => {
                let name = Name::parse(name, domain)?;
                let target = name.target(target)?;
                Ok(Self::Manifest(name, target))
            }
            ("blobs", digest) => Ok(Self::Blob(Name::parse(name, domain)?, parse_digest(digest)?)),
            ("referrers", digest) => Ok(Self::Referrers(Name::parse(name, domain)?, parse_digest(digest)?)),
            _ => Err(unknown()),
        }
    }

    /// Returns the methods that this resource has, as the `Allow` header lists them.
    pub(super) fn allow(&self, access: Access) -> &'static str {
        match (self, access) {
            (Self::Manifest(..), Access::Writable) => "GET, HEAD, PUT, DELETE",
            (Self::Blob(..), Access::Writable) => "GET, HEAD, DELETE",
            (Self::Uploads(_), Access::Writable) => "POST",
            (Self::Upload(..), Access::Writable) => "GET, HEAD, PATCH, PUT, DELETE",
            (Self::Uploads(_) | Self::Upload(..), Access::ReadOnly) => "",
            (Self::Base | Self::Manifest(..) | Self::Blob(..) | Self::Tags(_) | Self::Referrers(..), _) => "GET, HEAD",
        }
    }
}

/// Finds the name before `/blobs/uploads`, `/blobs/uploads/` or `/blobs/uploads/ID`, and the ID.
fn uploads(rest: &str) -> Option<(&str, &str)> {
    if let Some(name) = rest.strip_suffix("/blobs/uploads") {
        return Some((name, ""));
    }
    let (front, id) = rest.rsplit_once('/')?;
    Some((front.strip_suffix("/blobs/uploads")?, id))
}

impl Name {
    /// Reads a name in Docker's grammar.
    pub(super) fn parse(given: &str, domain: &str) -> Result<Self, Failure> {
        let invalid = || Failure::new(Code::NameInvalid, json!({ "name": given }));
        let reference: Reference = format!("{domain}/{given}").parse().map_err(|_| invalid())?;
        // `name:tag` and `name@digest` are references too, and a bare word may be taken for a domain.
        let is_name = reference.is_name_only() && !given.contains([':', '@']);
        if !is_name || reference.repository().domain() != domain {
            return Err(invalid());
        }
        Ok(Self { given: given.to_owned(), repository: reference.repository().clone() })
    }

    /// Reads the last part of a manifest's path: a digest where it has a colon, else a tag.
    pub(super) fn target(&self, text: &str) -> Result<Target, Failure> {
        if text.contains(':') {
            return parse_digest(text).map(Target::Digest);
        }
        let reference: Option<Reference> = format!("{}:{text}", self.repository).parse().ok();
        match reference {
            Some(reference) if reference.tag() == Some(text) && reference.digest().is_none() => {
                Ok(Target::Tag(text.to_owned()))
            }
            _ => Err(Failure::new(Code::TagInvalid, json!({ "tag": text }))),
        }
    }
}

/// Tells whether names can be completed with `domain`.
pub(super) fn is_domain(domain: &str) -> bool {
    Name::parse("library/x", domain).is_ok()
}

fn parse_digest(text: &str) -> Result<Digest, Failure> {
    text.parse().map_err(|_| Failure::new(Code::DigestInvalid, Value::String(text.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    #[track_caller]
    fn check(path: &str, expected: &str) {
        let path = path.replace("HEX", HEX);
        let text = match Route::parse(&path, "docker.io") {
            Ok(Route::Base) => "base".to_owned(),
            Ok(Route::Manifest(name, target)) => format!("manifest {} {target}", name.repository),
            Ok(Route::Blob(name, digest)) => format!("blob {} {digest}", name.repository),
            Ok(Route::Tags(name)) => format!("tags {}", name.repository),
            Ok(Route::Referrers(name, digest)) => format!("referrers {} {digest}", name.repository),
            Ok(Route::Uploads(name)) => format!("uploads {}", name.repository),
            Ok(Route::Upload(name, id)) => format!("upload {} {id}", name.repository),
            Err(failure) => failure.into_answer().status().as_u16().to_string(),
        };
        assert_eq!(text.replace(HEX, "HEX"), expected, "{path}");
    }

    #[test]
    fn every_endpoint_is_read() {
        check("/v2/", "base");
        check("/v2", "base");
        check("/v2/library/redis/manifests/7.2", "manifest docker.io/library/redis 7.2");
        check("/v2/library/redis/manifests/sha256:HEX", "manifest docker.io/library/redis sha256:HEX");
        check("/v2/library/redis/blobs/sha256:HEX", "blob docker.io/library/redis sha256:HEX");
        check("/v2/library/redis/tags/list", "tags docker.io/library/redis");
        check("/v2/library/redis/referrers/sha256:HEX", "referrers docker.io/library/redis sha256:HEX");
        check("/v2/library/redis/blobs/uploads/", "uploads docker.io/library/redis");
        check("/v2/library/redis/blobs/uploads/some-id", "upload docker.io/library/redis some-id");
    }

    #[test]
    fn names_may_be_short_or_deep_or_sound_like_the_api() {
        check("/v2/redis/tags/list", "tags docker.io/library/redis");
        check("/v2/a/b/c/d/tags/list", "tags docker.io/a/b/c/d");
        check("/v2/a/manifests/manifests/list", "manifest docker.io/a/manifests list");
        check("/v2/a/tags/list/tags/list", "tags docker.io/a/tags/list");
        check("/v2/localhost/x/tags/list", "tags docker.io/localhost/x");
    }

    #[test]
    fn escapes_are_undone_once() {
        check("/v2/library%2Fredis/tags/list", "tags docker.io/library/redis");
        check("/v2/library/redis/manifests/sha256%3AHEX", "manifest docker.io/library/redis sha256:HEX");
        check("/v2/library%252Fredis/tags/list", "400");
        check("/v2/%2e%2e/%2e%2e/tags/list", "400");
        check("/v2/a%00b/tags/list", "400");
        check("/v2/%ff/tags/list", "404");
        check("/v2/a%zz/tags/list", "400");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in ["Upper", "..", "a//b", "/a", "a/", "a:5/b", "a@b", "_a", "a..b", ""] {
            check(&format!("/v2/{name}/tags/list"), "400");
        }
        check(&format!("/v2/{}/tags/list", "a".repeat(300)), "400");
    }

    #[test]
    fn what_is_no_tag_is_not_there_and_what_is_no_digest_is_an_error() {
        check("/v2/a/manifests/.tag", "404");
        check("/v2/a/manifests/a@b", "404");
        check("/v2/a/manifests/", "404");
        check(&format!("/v2/a/manifests/{}", "t".repeat(129)), "404");
        check("/v2/a/manifests/sha256:00", "400");
        check("/v2/a/blobs/latest", "400");
    }

    #[test]
    fn everything_else_is_not_there() {
        for path in ["/", "", "*", "/v1/x", "/v2x/", "/v2//", "/v2/_catalog", "/v2/a/b", "/v2/a/tags/list/"] {
            check(path, "404");
        }
    }

    #[test]
    fn a_domain_is_one_that_a_reference_can_have() {
        for domain in ["docker.io", "127.0.0.1:5000", "localhost", "registry.example.com"] {
            assert!(is_domain(domain), "{domain}");
        }
        for domain in ["", "registry", "a/b", "index.docker.io", "-x.io", "docker.io/"] {
            assert!(!is_domain(domain), "{domain}");
        }
    }
}
