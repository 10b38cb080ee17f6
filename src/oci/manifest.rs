//! Manifests and indexes, and the bytes they were read from.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::descriptor::null_is_empty;
use super::json::{self, JsonError};
use super::{Algorithm, Descriptor, Digest, DigestError, MediaType};

/// The most that is read of a manifest, an index or a config: what containers/image and containerd allow.
pub const MAX_DOCUMENT_BYTES: u64 = 4 << 20;

/// A manifest or index as raw bytes, with its media type and the digest computed from the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    media_type: MediaType,
    digest: Digest,
    bytes: Bytes,
}

/// An image manifest (image-spec, manifest.md) of the OCI or the Docker kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The config.
    pub config: Descriptor,
    /// The layers, bottom first.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub layers: Vec<Descriptor>,
    /// Annotations.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// What this is about (image-spec 1.1).
    #[serde(default)]
    pub subject: Option<Descriptor>,
    /// Type of an artifact (image-spec 1.1).
    #[serde(default)]
    pub artifact_type: Option<String>,
}

/// An image index (image-spec, image-index.md) or Docker's manifest list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// The entries, in the order of the document; attestations and nested indexes among them.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub manifests: Vec<IndexEntry>,
    /// Annotations.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// What this is about (image-spec 1.1).
    #[serde(default)]
    pub subject: Option<Descriptor>,
    /// Type of an artifact (image-spec 1.1).
    #[serde(default)]
    pub artifact_type: Option<String>,
}

/// One entry of an index: a descriptor, as a rule with a platform.
pub type IndexEntry = Descriptor;

/// Why bytes are not a manifest or index that can be used, in the words of Docker's engine.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// Not JSON, or a field of a wrong type.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A document that is a manifest and an index at once (CVE-2021-41190); the type that it was sent with, or calls itself.
    #[error("{}", mixed(.0))]
    Ambiguous(MediaType),
    /// `mediaType` in the document differs from the type it was sent with (CVE-2021-41190).
    #[error("{} should be '{sent}' not '{inside}'", type_in(.sent))]
    TypeMismatch {
        /// Value of `mediaType` in the document.
        inside: MediaType,
        /// Type from the header or the descriptor.
        sent: MediaType,
    },
    /// A digest that is none: nothing may be asked for, or called, by it (CVE-2024-3727).
    #[error("could not validate {what} digest {text:?}: {cause}")]
    Digest {
        /// `config`, `layer`, `manifest` or `subject`.
        what: &'static str,
        /// What stands there.
        text: String,
        /// What is wrong with it.
        cause: DigestError,
    },
    /// Docker's schema 1.
    #[error("schema 1 is not supported")]
    Schema1(MediaType),
    /// Neither a manifest nor an index.
    #[error("unsupported manifest media type `{0}`")]
    UnsupportedType(MediaType),
}

fn mixed(sent: &MediaType) -> &'static str {
    if sent.is_index() {
        "index: expected index but found manifest"
    } else {
        "ocimanifest: expected manifest but found index"
    }
}

/// The OCI types may leave `mediaType` out, Docker's may not.
fn type_in(sent: &MediaType) -> &'static str {
    if *sent == MediaType::OCI_INDEX {
        "if present, mediaType in image index"
    } else if *sent == MediaType::DOCKER_INDEX {
        "mediaType in manifest list"
    } else if *sent == MediaType::OCI_MANIFEST {
        "if present, mediaType in manifest"
    } else {
        "mediaType in manifest"
    }
}

impl Document {
    /// Takes bytes as a registry sent them. `sent` is the media type of the header or of the descriptor;
    /// where it says nothing useful (missing, `text/plain`, `application/json`), `mediaType` in the document decides.
    ///
    /// # Errors
    /// What cannot be a manifest or index; see [`DocumentError`].
    pub fn read(sent: Option<&MediaType>, bytes: Bytes) -> Result<Self, DocumentError> {
        let sent =
            sent.filter(|t| !matches!(t.as_str(), "" | "text/plain" | "application/json" | "application/octet-stream"));
        if let Some(sent) = sent {
            if sent.is_schema1() {
                return Err(DocumentError::Schema1(sent.clone()));
            }
            if !sent.is_index() && !sent.is_manifest() {
                return Err(DocumentError::UnsupportedType(sent.clone()));
            }
        }
        let value: Value = json::read(&bytes)?;
        let media_type = media_type(&value, sent)?;
        check_digests(&value, &media_type)?;
        let document = Self { digest: Digest::of(&bytes), media_type, bytes };
        // What is taken in can be read: later calls cannot fail on the shape.
        if document.media_type.is_index() {
            document.index().map(drop)?;
        } else {
            document.manifest().map(drop)?;
        }
        Ok(document)
    }

    /// Names the same bytes by another algorithm. SHA-256 is the default; whoever asks for another one asks by digest.
    #[must_use]
    pub fn named_by(self, algorithm: Algorithm) -> Self {
        if self.digest.algorithm() == algorithm {
            return self;
        }
        Self { digest: Digest::by(algorithm, &self.bytes), ..self }
    }

    /// Returns the media type.
    pub fn media_type(&self) -> &MediaType {
        &self.media_type
    }

    /// Returns the digest of the bytes.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Returns the bytes as they were sent.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Describes this document.
    pub fn descriptor(&self) -> Descriptor {
        Descriptor::new(self.media_type.clone(), self.digest.clone(), self.bytes.len() as u64)
    }

    /// Returns what the document is about, if it is about another one.
    pub fn subject(&self) -> Result<Option<Descriptor>, DocumentError> {
        if self.media_type.is_index() {
            return Ok(self.index()?.subject);
        }
        Ok(self.manifest()?.subject)
    }

    /// Describes this document as lists of what is about another one do (distribution-spec, listing referrers): with its
    /// annotations and its type, that of an image manifest being its config's where it has no other.
    pub fn as_referrer(&self) -> Result<Descriptor, DocumentError> {
        let (artifact_type, annotations) = if self.media_type.is_index() {
            let index = self.index()?;
            (index.artifact_type, index.annotations)
        } else {
            let manifest = self.manifest()?;
            let of_config = manifest.config.media_type.to_string();
            (manifest.artifact_type.filter(|kind| !kind.is_empty()).or(Some(of_config)), manifest.annotations)
        };
        Ok(Descriptor { annotations, artifact_type, ..self.descriptor() })
    }

    /// Decodes the bytes as a manifest.
    pub fn manifest(&self) -> Result<Manifest, DocumentError> {
        Ok(json::read(&self.bytes)?)
    }

    /// Decodes the bytes as an index.
    pub fn index(&self) -> Result<Index, DocumentError> {
        let index: Option<Index> = json::read(&self.bytes)?;
        Ok(index.unwrap_or_default())
    }
}

/// Tells what a document is, by what it was sent as and what it calls itself.
fn media_type(value: &Value, sent: Option<&MediaType>) -> Result<MediaType, DocumentError> {
    let has = |field: &str| value.get(field).is_some_and(|value| !value.is_null());
    let (index, manifest) = (has("manifests"), has("layers") || has("config"));
    let inside = value.get("mediaType").and_then(Value::as_str).map_or_else(|| MediaType::new(""), MediaType::new);
    let known = match sent {
        Some(sent) => sent.clone(),
        None if inside.is_schema1() => return Err(DocumentError::Schema1(inside)),
        None if inside.is_index() || inside.is_manifest() => inside.clone(),
        None if !inside.as_str().is_empty() => return Err(DocumentError::UnsupportedType(inside)),
        None if value.get("schemaVersion").and_then(Value::as_i64) == Some(1) => {
            return Err(DocumentError::Schema1(MediaType::new("application/vnd.docker.distribution.manifest.v1+json")));
        }
        None if index => MediaType::OCI_INDEX,
        None if has("config") => MediaType::OCI_MANIFEST,
        None => return Err(DocumentError::UnsupportedType(inside)),
    };
    // Docker looks less closely at its own types, and later.
    let is_mixed = if known.is_index() { manifest } else { index };
    let is_oci = known == MediaType::OCI_INDEX || known == MediaType::OCI_MANIFEST;
    if is_oci && is_mixed {
        return Err(DocumentError::Ambiguous(known));
    }
    json::check_shape(value, shape(&known))?;
    let may_be_left_out = is_oci && inside.as_str().is_empty();
    if inside != known && !may_be_left_out {
        return Err(DocumentError::TypeMismatch { inside, sent: known });
    }
    if is_mixed { Err(DocumentError::Ambiguous(known)) } else { Ok(known) }
}

fn shape(media_type: &MediaType) -> &'static json::Shape {
    if media_type.is_index() {
        &json::INDEX
    } else if *media_type == MediaType::DOCKER_MANIFEST {
        &json::DOCKER_MANIFEST
    } else {
        &json::OCI_MANIFEST
    }
}

/// Checks every digest that a document refers by. A manifest has a config.
fn check_digests(value: &Value, media_type: &MediaType) -> Result<(), DocumentError> {
    let check = |what: &'static str, descriptor: &Value| {
        let text = descriptor.get("digest").and_then(Value::as_str).unwrap_or_default();
        let parsed: Result<Digest, DigestError> = text.parse();
        parsed.map(drop).map_err(|cause| DocumentError::Digest { what, text: text.to_owned(), cause })
    };
    for (what, field) in [("layer", "layers"), ("manifest", "manifests")] {
        for descriptor in value.get(field).and_then(Value::as_array).into_iter().flatten() {
            check(what, descriptor)?;
        }
    }
    if media_type.is_manifest() {
        check("config", value.get("config").unwrap_or(&Value::Null))?;
    }
    value.get("subject").filter(|subject| !subject.is_null()).map_or(Ok(()), |subject| check("subject", subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(sent: &str, text: &str) -> Result<MediaType, String> {
        let sent = (!sent.is_empty()).then(|| MediaType::new(sent));
        Document::read(sent.as_ref(), Bytes::copy_from_slice(text.as_bytes()))
            .map(|document| document.media_type().clone())
            .map_err(|error| error.to_string())
    }

    const CONFIG: &str = r#"{"mediaType":"application/vnd.oci.image.config.v1+json","size":2,"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}"#;

    #[test]
    fn a_document_that_is_two_things_is_refused() {
        let both = format!(r#"{{"schemaVersion":2,"manifests":[],"config":{CONFIG},"layers":[]}}"#);
        let mixed = ["index: expected index but found manifest", "ocimanifest: expected manifest but found index"];
        assert_eq!(read("", &both).unwrap_err(), mixed[0]);
        for (sent, words) in [(MediaType::OCI_INDEX, mixed[0]), (MediaType::OCI_MANIFEST, mixed[1])] {
            assert_eq!(read(sent.as_str(), &both).unwrap_err(), words);
        }
        for sent in [MediaType::DOCKER_INDEX, MediaType::DOCKER_MANIFEST] {
            let both = both.replace('{', "{\"mediaType\":\"KIND\",").replacen("KIND", sent.as_str(), 1);
            assert!(mixed.contains(&read(sent.as_str(), &both).unwrap_err().as_str()), "{both}");
        }
    }

    // As a real engine answered to such documents.
    #[test]
    fn a_document_is_what_it_was_sent_as() {
        let kinds = [
            (MediaType::OCI_INDEX, "if present, mediaType in image index"),
            (MediaType::DOCKER_INDEX, "mediaType in manifest list"),
            (MediaType::OCI_MANIFEST, "if present, mediaType in manifest"),
            (MediaType::DOCKER_MANIFEST, "mediaType in manifest"),
        ];
        for (sent, words) in kinds {
            let error = read(sent.as_str(), r#"{"mediaType":"x/y"}"#).unwrap_err();
            assert_eq!(error, format!("{words} should be '{sent}' not 'x/y'"));
        }
        for sent in [MediaType::DOCKER_MANIFEST, MediaType::DOCKER_INDEX] {
            assert!(read(sent.as_str(), "{}").unwrap_err().ends_with(" not ''"), "Docker's types are not left out");
            assert!(read(sent.as_str(), "null").unwrap_err().ends_with(" not ''"));
        }
        for nothing in ["{}", "null"] {
            assert_eq!(read(MediaType::OCI_INDEX.as_str(), nothing), Ok(MediaType::OCI_INDEX), "an index of nothing");
        }
    }

    #[test]
    fn the_document_says_what_it_is_where_the_header_does_not() {
        let manifest = format!(r#"{{"schemaVersion":2,"config":{CONFIG},"layers":null}}"#);
        assert_eq!(read("", &manifest), Ok(MediaType::OCI_MANIFEST));
        assert_eq!(read("text/plain; charset=utf-8", &manifest), Ok(MediaType::OCI_MANIFEST));
        assert_eq!(read("", r#"{"manifests":[]}"#), Ok(MediaType::OCI_INDEX));
    }

    #[test]
    fn schema_1_is_named() {
        assert_eq!(
            read("application/vnd.docker.distribution.manifest.v1+prettyjws", "{}").unwrap_err(),
            "schema 1 is not supported"
        );
        assert_eq!(read("", r#"{"schemaVersion":1}"#).unwrap_err(), "schema 1 is not supported");
    }

    #[test]
    fn a_digest_in_a_manifest_is_a_digest() {
        let oci = MediaType::OCI_MANIFEST;
        let described = |digest: &str| format!(r#"{{"mediaType":"x","size":2,"digest":"{digest}"}}"#);
        let refuse = |text: String, expected: &str| {
            let error = read(oci.as_str(), &text).unwrap_err();
            assert_eq!(error.strip_prefix("could not validate ").unwrap_or(&error), expected, "{text}");
        };
        let config = |digest| format!(r#"{{"config":{}}}"#, described(digest));
        refuse(config("sha256:../../etc"), "config digest \"sha256:../../etc\": invalid checksum digest format");
        refuse(config(""), "config digest \"\": invalid checksum digest format");
        refuse("{}".to_owned(), "config digest \"\": invalid checksum digest format");
        let layer = |digest| format!(r#"{{"config":{CONFIG},"layers":[{}]}}"#, described(digest));
        refuse(layer("md5:00"), "layer digest \"md5:00\": unsupported digest algorithm");
        refuse(layer("sha256:00"), "layer digest \"sha256:00\": invalid checksum digest length");
        let subject = format!(r#"{{"config":{CONFIG},"subject":{}}}"#, described("x"));
        refuse(subject, "subject digest \"x\": invalid checksum digest format");
        let entry = format!(r#"{{"manifests":[{}]}}"#, described("sha512:00"));
        assert!(read("", &entry).unwrap_err().starts_with("could not validate manifest digest"));
    }
}
