//! The engine's errors in Docker's sentences: what the classic store says, and what docker/cli puts before it.
//! The only place that knows Docker's wording of errors. Where Docker has no wording (what only this engine can meet),
//! the error's own words stand.

use std::io;

use super::failure::Failure;
use crate::container;
use crate::engine::{ArchiveError, Error};
use crate::oci::{DocumentError, Reference};
use crate::source::{self, RegistryError};

/// What the client puts before every error that the daemon answers with.
const DAEMON: &str = "Error response from daemon: ";

/// What the daemon's web server says where a name is empty: the request's path is then another one.
pub(super) const NO_PAGE: &str = "page not found";

/// A failure that the daemon reports.
pub(super) fn from_daemon(error: &Error) -> Failure {
    Failure::new(1, daemon(sentence(error)))
}

/// Puts the client's words before a sentence of the daemon.
pub(super) fn daemon(sentence: impl std::fmt::Display) -> String {
    format!("{DAEMON}{sentence}")
}

/// The daemon's sentence about a filter that a command does not have.
pub(super) fn invalid_filter(name: &str) -> String {
    format!("invalid filter '{name}'")
}

/// The daemon's sentence about a filter's value.
pub(super) fn invalid_filter_value(name: &str, values: &[&str]) -> String {
    format!("invalid filter '{name}=[{}]'", values.join(" "))
}

/// Returns the sentence about a failed pull of `reference`, without the client's words before it.
pub(super) fn pull_sentence(error: &Error, reference: &Reference) -> String {
    let Error::Source(source::Error::Registry(answer)) = error else { return sentence(error) };
    // Docker's client keeps the code alone where there is nothing else, and explains nothing then.
    if answer.message.is_empty() {
        return sentence(error);
    }
    let name = || reference.repository().familiar();
    match answer.code.as_str() {
        "MANIFEST_UNKNOWN" => format!("manifest for {} not found: {answer}", reference.familiar()),
        "NAME_UNKNOWN" => format!("repository {} not found: {answer}", name()),
        "DENIED" => access_denied(&name(), &answer.to_string()),
        _ => sentence(error),
    }
}

/// Returns the sentence about a failed push. Docker's pusher leaves out the request that needed a login.
pub(super) fn push_sentence(error: &Error) -> String {
    match error {
        Error::Source(source::Error::Login { cause, .. }) => source(cause),
        _ => sentence(error),
    }
}

fn access_denied(name: &str, answer: &str) -> String {
    format!("pull access denied for {name}, repository does not exist or may require 'docker login': {answer}")
}

/// Returns the classic store's sentence.
pub(super) fn sentence(error: &Error) -> String {
    match error {
        Error::NoSuchImage(name) => format!("No such image: {name}"),
        Error::AmbiguousId(prefix) => format!("No such image: {prefix}:latest"),
        Error::Reference(error) => error.to_string(),
        Error::TagWithDigest => "refusing to create a tag with a digest reference".to_owned(),
        Error::AmbiguousTag => "refusing to create an ambiguous tag using digest algorithm as name".to_owned(),
        Error::Scratch => "'scratch' is a reserved name".to_owned(),
        Error::ReferencedInSeveral(id) => format!(
            "conflict: unable to delete {} (must be forced) - image is referenced in multiple repositories",
            id.0.short()
        ),
        Error::NameInUse { name, container, id } => format!(
            "conflict: unable to remove repository reference {name:?} (must force) - container {} is using its referenced \
             image {}",
            &container[..12],
            id.0.short()
        ),
        Error::InUse { id, container, running } => {
            let (force, kind) = if *running { ("cannot be forced", "running") } else { ("must be forced", "stopped") };
            format!(
                "conflict: unable to delete {} ({force}) - image is being used by {kind} container {}",
                id.0.short(),
                &container[..12]
            )
        }
        Error::HasChildren(id) => {
            format!("conflict: unable to delete {} (cannot be forced) - image has dependent child images", id.0.short())
        }
        Error::Container(error) => container(error),
        Error::NoMatchingPlatform(platform) => {
            format!("no matching manifest for {platform} in the manifest list entries")
        }
        Error::OtherPlatform { name, held, asked } => other_platform(&name.familiar(), held, asked),
        Error::LayerDigest(digest) => format!("filesystem layer verification failed for digest {digest}"),
        Error::BlobSize { digest: _, expected, actual } if actual < expected => {
            format!("short read: expected {expected} bytes but got {actual}: unexpected EOF")
        }
        Error::BlobSize { digest, expected, actual } => format!(
            "failed commit on ref \"layer-{digest}\": commit failed: \"layer-{digest}\" failed size validation: \
             {actual} != {expected}: failed precondition"
        ),
        Error::OtherSystem(os) => format!("image operating system {os:?} cannot be used on this platform"),
        Error::LayersMismatch => "layers from manifest don't match image configuration".to_owned(),
        Error::UnsupportedType(media_type) => format!("unsupported media type {media_type}"),
        Error::LayerContent { digest: _, reason } => format!("failed to register layer: {reason}"),
        Error::History => "too many non-empty layers in History section".to_owned(),
        Error::Config(error) => error.to_string(),
        Error::Document(error) => document(error),
        Error::Source(error) => source(error),
        Error::NothingToPush(repository) => {
            format!("An image does not exist locally with the tag: {}", repository.familiar())
        }
        Error::NoTags(repository) => format!("no tags to push for {}", repository.familiar()),
        Error::NoSuchTag(reference) => format!("tag does not exist: {}", reference.familiar()),
        Error::NotConnected(_) | Error::NotListed(_) => error.to_string(),
        Error::NotHeld(reference) => format!("No such image: {}", reference.familiar()),
        Error::Archive(error) => archive(error),
        Error::Store { what, cause } => with_causes(what, Some(&**cause)),
    }
}

/// The classic store's sentence about an image that is there for another platform.
pub(super) fn other_platform(name: &str, held: &crate::oci::Platform, asked: &crate::oci::Platform) -> String {
    format!(
        "image with reference {name} was found but its platform ({held}) does not match the specified platform ({asked})"
    )
}

/// Where the daemon names a file of its own temporary folder, the name in the archive stands.
fn archive(error: &ArchiveError) -> String {
    match error {
        ArchiveError::NoManifest => "invalid archive: does not contain a manifest.json".to_owned(),
        ArchiveError::NullManifest => "invalid manifest, manifest cannot be null (but can be [])".to_owned(),
        ArchiveError::Layout => "unrecognized image format".to_owned(),
        ArchiveError::Json { name: _, cause } => cause.to_string(),
        ArchiveError::NotAFile(name) => format!("read {name}: is a directory"),
        ArchiveError::BlobDigest { name, expected, actual } => format!(
            "failed to ingest {name:?}: unexpected commit digest {actual}, expected {expected}: failed precondition"
        ),
        ArchiveError::NoRootFs => "invalid image JSON, no RootFS key".to_owned(),
        ArchiveError::OtherSystem(os) => format!("cannot load {os} image on linux"),
        ArchiveError::LayerCount { expected, actual } => {
            format!("invalid manifest, layers length mismatch: expected {expected}, got {actual}")
        }
        ArchiveError::DiffId { layer, expected, actual } => {
            format!("invalid diffID for layer {layer}: expected \"{expected}\", got \"{actual}\"")
        }
        ArchiveError::Tag(text) => format!("invalid tag {text:?}"),
        ArchiveError::Platform { name, held, asked } => other_platform(name, held, asked),
        ArchiveError::Layer(reason) | ArchiveError::Tar(reason) => reason.clone(),
        ArchiveError::NoSuchName(_) => "reference does not exist".to_owned(),
        ArchiveError::Empty => "empty export - not implemented".to_owned(),
        ArchiveError::Input(cause) | ArchiveError::Output(cause) => go_words(cause),
        // Only this engine is so careful.
        ArchiveError::TooLarge { .. }
        | ArchiveError::NoFile(_)
        | ArchiveError::Escape(_)
        | ArchiveError::TooManyLinks(_)
        | ArchiveError::Duplicate(_)
        | ArchiveError::Names(_)
        | ArchiveError::Compression(_) => error.to_string(),
    }
}

/// Words an error of the operating system as Go does: no capital, no number.
pub(super) fn go_words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" (os error ").map_or(text.as_str(), |(words, _)| words);
    let mut characters = text.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

/// Returns the classic engine's sentence about a container.
pub(super) fn container(error: &container::Error) -> String {
    use container::Error as E;
    match error {
        // A slash before the name is lost in the address that the client asks for.
        E::NoSuchContainer(name) => format!("No such container: {}", name.trim_start_matches('/')),
        E::AmbiguousId(prefix) => format!("Multiple IDs found with provided prefix: {prefix}"),
        E::NameInUse { name, by } => format!(
            "Conflict. The container name \"/{name}\" is already in use by container \"{by}\". You have to remove (or \
             rename) that container to be able to reuse that name."
        ),
        E::Io { .. } | E::Damaged(_) | E::Newer(_) | E::Files(_) | E::Store(_) => {
            with_causes(&error.to_string(), std::error::Error::source(error))
        }
    }
}

/// Returns the classic store's sentence about what a registry, or the way to it, did.
pub(super) fn source(error: &source::Error) -> String {
    match error {
        source::Error::Registry(answer)
        | source::Error::TokenRefused(answer)
        | source::Error::TooManyRequests { answer, .. } => registry(answer),
        source::Error::Login { method, url, cause } => format!("{method} \"{url}\": {}", source(cause)),
        source::Error::Document(error) => document(error),
        source::Error::UnsupportedType(media_type) => unsupported_manifest(media_type.as_str()),
        source::Error::Local { what, cause } => with_causes(what, Some(&**cause)),
        // These are worded as Go's client words them.
        source::Error::Status { .. }
        | source::Error::NoCredentials
        | source::Error::LoginFailed { .. }
        | source::Error::Challenge(_)
        | source::Error::Network(_)
        | source::Error::DigestMismatch { .. }
        | source::Error::TooLarge { .. }
        | source::Error::NoAddress(_) => error.to_string(),
    }
}

fn registry(answer: &RegistryError) -> String {
    // A missing blob has no message in Docker's client, whatever the registry says.
    if answer.code == "BLOB_UNKNOWN" { "unknown blob".to_owned() } else { answer.to_string() }
}

fn document(error: &DocumentError) -> String {
    match error {
        DocumentError::Schema1(media_type) | DocumentError::UnsupportedType(media_type) => {
            unsupported_manifest(media_type.as_str())
        }
        // These are worded as Docker words them.
        DocumentError::Json(_)
        | DocumentError::Ambiguous(_)
        | DocumentError::TypeMismatch { .. }
        | DocumentError::Digest { .. } => error.to_string(),
    }
}

fn unsupported_manifest(media_type: &str) -> String {
    format!("unsupported manifest media type and no default available: {media_type}")
}

/// Joins an error's words and those of its causes; a cause that the words before it end in is not said twice.
fn with_causes(what: &str, mut cause: Option<&(dyn std::error::Error + 'static)>) -> String {
    let mut text = what.to_owned();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.ends_with(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::oci::{Digest, Document, MediaType};
    use crate::source::NetworkError;

    fn answer(status: u16, code: &str, message: &str) -> RegistryError {
        RegistryError { status, code: code.to_owned(), message: message.to_owned() }
    }

    #[track_caller]
    fn check(error: impl Into<Error>, expected: &str) {
        let reference = "127.0.0.1:5000/demo/app:1".parse().unwrap();
        assert_eq!(pull_sentence(&error.into(), &reference), expected);
    }

    #[test]
    fn what_a_registry_does_not_have_is_named() {
        let registry = |status, code, message| source::Error::Registry(answer(status, code, message));
        check(
            registry(404, "MANIFEST_UNKNOWN", "manifest unknown"),
            "manifest for 127.0.0.1:5000/demo/app:1 not found: manifest unknown: manifest unknown",
        );
        check(
            registry(404, "NAME_UNKNOWN", "repository name not known to registry"),
            "repository 127.0.0.1:5000/demo/app not found: name unknown: repository name not known to registry",
        );
        check(registry(404, "BLOB_UNKNOWN", "blob unknown to registry"), "unknown blob");
    }

    #[test]
    fn a_denial_is_explained_where_the_registry_says_more_than_its_code() {
        let registry = |status, code, message| source::Error::Registry(answer(status, code, message));
        let words = "requested access to the resource is denied";
        let explained = "pull access denied for 127.0.0.1:5000/demo/app, repository does not exist or may require \
                         'docker login': denied: requested access to the resource is denied";
        check(registry(401, "DENIED", words), explained);
        check(registry(403, "DENIED", words), explained);
        check(registry(403, "DENIED", ""), "denied");
        check(registry(404, "MANIFEST_UNKNOWN", ""), "manifest unknown");
        check(registry(401, "UNAUTHORIZED", "authentication required"), "unauthorized: authentication required");
    }

    #[test]
    fn a_login_that_fails_is_told_with_the_request() {
        let login = |cause| source::Error::Login {
            method: "Head",
            url: "https://r/v2/x/manifests/1".to_owned(),
            cause: Box::new(cause),
        };
        check(login(source::Error::NoCredentials), "Head \"https://r/v2/x/manifests/1\": no basic auth credentials");
        check(
            login(source::Error::TokenRefused(answer(401, "UNAUTHORIZED", "bad user"))),
            "Head \"https://r/v2/x/manifests/1\": unauthorized: bad user",
        );
    }

    #[test]
    fn limits_and_outages_keep_the_registry_s_words() {
        let limit = answer(429, "TOOMANYREQUESTS", "You have reached your pull rate limit.");
        check(
            source::Error::TooManyRequests { answer: limit, retry_after: None, limits: None },
            "toomanyrequests: You have reached your pull rate limit.",
        );
        let status = "500 Internal Server Error".to_owned();
        check(
            source::Error::Status { status, method: "Get", url: "https://x/v2/".to_owned() },
            "received unexpected HTTP status: 500 Internal Server Error",
        );
        let reason = "dial tcp 127.0.0.1:1: connect: connection refused".to_owned();
        check(
            source::Error::Network(NetworkError { method: "Get", url: "http://127.0.0.1:1/v2/".to_owned(), reason }),
            "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused",
        );
    }

    #[test]
    fn bad_documents_are_refused_in_docker_s_words() {
        let read = |media_type: &str, bytes: &'static str| {
            Document::read(Some(&MediaType::new(media_type)), Bytes::from_static(bytes.as_bytes())).unwrap_err()
        };
        check(read("text/html", "<html>"), "unsupported manifest media type and no default available: text/html");
        let schema1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";
        check(read(schema1, "{}"), &format!("unsupported manifest media type and no default available: {schema1}"));
        check(read("application/vnd.oci.image.manifest.v1+json", "{"), "unexpected end of JSON input");
        check(
            Error::UnsupportedType(MediaType::new("application/vnd.cncf.helm.config.v1+json")),
            "unsupported media type application/vnd.cncf.helm.config.v1+json",
        );
    }

    #[test]
    fn bad_layers_are_refused_in_docker_s_words() {
        let digest = Digest::of(b"");
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let size = |expected, actual| Error::BlobSize { digest: digest.clone(), expected, actual };
        check(Error::LayerDigest(digest.clone()), &format!("filesystem layer verification failed for digest {empty}"));
        check(size(999_999, 93), "short read: expected 999999 bytes but got 93: unexpected EOF");
        check(
            size(10, 93),
            &format!(
                "failed commit on ref \"layer-{empty}\": commit failed: \"layer-{empty}\" failed size validation: \
                 93 != 10: failed precondition"
            ),
        );
        check(Error::LayersMismatch, "layers from manifest don't match image configuration");
        check(
            Error::LayerContent { digest: digest.clone(), reason: "invalid entry name \"../evil\"".to_owned() },
            "failed to register layer: invalid entry name \"../evil\"",
        );
    }

    #[test]
    fn a_cause_is_told_once() {
        let cause = |text: &str| Box::new(std::io::Error::other(text.to_owned()));
        let store = |what: &str, why: &str| Error::Store { what: what.to_owned(), cause: cause(why) };
        check(store("cannot write a blob", "no space left on device"), "cannot write a blob: no space left on device");
        check(store("no space left on device", "no space left on device"), "no space left on device");
    }
}
