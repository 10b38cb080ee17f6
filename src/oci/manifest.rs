//! Manifests and indexes, and the bytes they were read from.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::descriptor::null_is_empty;
use super::{Algorithm, Descriptor, Digest, MediaType};

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
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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

/// Why bytes are not a manifest or index that can be used.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// Not JSON, or a field of a wrong type; the text is the parser's.
    #[error("the manifest is not readable: {0}")]
    Json(#[source] serde_json::Error),
    /// A document that is a manifest and an index at once (CVE-2021-41190).
    #[error("the document has the fields of a manifest and of an index")]
    Ambiguous,
    /// `mediaType` in the document differs from the type it was sent with (CVE-2021-41190).
    #[error("the document calls itself `{inside}` and was sent as `{sent}`")]
    TypeMismatch {
        /// Value of `mediaType` in the document.
        inside: MediaType,
        /// Type from the header or the descriptor.
        sent: MediaType,
    },
    /// Docker's schema 1.
    #[error("schema 1 is not supported")]
    Schema1(MediaType),
    /// Neither a manifest nor an index.
    #[error("unsupported manifest media type `{0}`")]
    UnsupportedType(MediaType),
}

/// The fields that tell what a document is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Probe {
    #[serde(default)]
    schema_version: Option<i64>,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    manifests: Option<Value>,
    #[serde(default)]
    layers: Option<Value>,
    #[serde(default)]
    config: Option<Value>,
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
        let probe: Probe = serde_json::from_slice(&bytes).map_err(DocumentError::Json)?;
        let media_type = probe.media_type(sent)?;
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

    /// Decodes the bytes as a manifest.
    pub fn manifest(&self) -> Result<Manifest, DocumentError> {
        serde_json::from_slice(&self.bytes).map_err(DocumentError::Json)
    }

    /// Decodes the bytes as an index.
    pub fn index(&self) -> Result<Index, DocumentError> {
        serde_json::from_slice(&self.bytes).map_err(DocumentError::Json)
    }
}

impl Probe {
    fn media_type(&self, sent: Option<&MediaType>) -> Result<MediaType, DocumentError> {
        if self.manifests.is_some() && (self.layers.is_some() || self.config.is_some()) {
            return Err(DocumentError::Ambiguous);
        }
        let inside = self.media_type.as_deref().filter(|t| !t.is_empty()).map(MediaType::new);
        match (inside, sent) {
            (Some(inside), Some(sent)) if inside != *sent => {
                Err(DocumentError::TypeMismatch { inside, sent: sent.clone() })
            }
            (Some(inside), _) if inside.is_schema1() => Err(DocumentError::Schema1(inside)),
            (Some(inside), _) if inside.is_index() || inside.is_manifest() => Ok(inside),
            (Some(inside), _) => Err(DocumentError::UnsupportedType(inside)),
            (None, _) if self.schema_version == Some(1) => {
                Err(DocumentError::Schema1(MediaType::new("application/vnd.docker.distribution.manifest.v1+json")))
            }
            (None, Some(sent)) => Ok(sent.clone()),
            (None, None) if self.manifests.is_some() => Ok(MediaType::OCI_INDEX),
            (None, None) if self.config.is_some() => Ok(MediaType::OCI_MANIFEST),
            (None, None) => Err(DocumentError::UnsupportedType(MediaType::new(""))),
        }
    }
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
        assert_eq!(read("", &both).unwrap_err(), "the document has the fields of a manifest and of an index");
        let other = format!(r#"{{"mediaType":"{}","manifests":[]}}"#, MediaType::DOCKER_INDEX);
        assert!(read(MediaType::OCI_INDEX.as_str(), &other).unwrap_err().contains("was sent as"));
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
        let bad = CONFIG
            .replace("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "sha256:../../etc");
        assert!(read("", &format!(r#"{{"config":{bad}}}"#)).is_err());
    }
}
