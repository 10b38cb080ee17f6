//! Descriptors: what points at content (image-spec, descriptor.md).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Digest, Platform};

/// Names of annotations that mean something to layerbook.
pub mod annotation {
    /// The name of an entry in a layout's `index.json` (image-spec, annotations.md).
    pub const REF_NAME: &str = "org.opencontainers.image.ref.name";
    /// On an index entry of BuildKit: `attestation-manifest` marks what is no image.
    pub const REFERENCE_TYPE: &str = "vnd.docker.reference.type";
    /// On a layer of a model image, and on the entry of a held image: bytes on disk as Docker's classic store counts them.
    pub const ON_DISK: &str = "layerbook.on-disk";
    /// On a manifest: made from a recipe, not the real image.
    pub const MODEL: &str = "layerbook.model";
    /// On a model image's manifest: what its programs print, a JSON object by command line.
    pub const PRINTS: &str = "layerbook.prints";
}

/// A media type without its parameters, as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MediaType(Cow<'static, str>);

impl MediaType {
    /// OCI image index.
    pub const OCI_INDEX: Self = Self::known("application/vnd.oci.image.index.v1+json");
    /// OCI image manifest.
    pub const OCI_MANIFEST: Self = Self::known("application/vnd.oci.image.manifest.v1+json");
    /// OCI image config.
    pub const OCI_CONFIG: Self = Self::known("application/vnd.oci.image.config.v1+json");
    /// OCI layer, plain tar.
    pub const OCI_LAYER: Self = Self::known("application/vnd.oci.image.layer.v1.tar");
    /// OCI layer, gzip.
    pub const OCI_LAYER_GZIP: Self = Self::known("application/vnd.oci.image.layer.v1.tar+gzip");
    /// OCI layer, zstd.
    pub const OCI_LAYER_ZSTD: Self = Self::known("application/vnd.oci.image.layer.v1.tar+zstd");
    /// Docker's manifest list.
    pub const DOCKER_INDEX: Self = Self::known("application/vnd.docker.distribution.manifest.list.v2+json");
    /// Docker's image manifest, version 2, schema 2.
    pub const DOCKER_MANIFEST: Self = Self::known("application/vnd.docker.distribution.manifest.v2+json");
    /// Docker's image config.
    pub const DOCKER_CONFIG: Self = Self::known("application/vnd.docker.container.image.v1+json");
    /// Docker's layer, gzip.
    pub const DOCKER_LAYER_GZIP: Self = Self::known("application/vnd.docker.image.rootfs.diff.tar.gzip");
    /// An in-toto statement, the layer of an attestation.
    pub const IN_TOTO: Self = Self::known("application/vnd.in-toto+json");

    const fn known(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// Reads a `Content-Type` or `mediaType` value; parameters after `;` are dropped.
    pub fn new(text: &str) -> Self {
        Self(Cow::Owned(text.split(';').next().unwrap_or_default().trim().to_owned()))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether this is an index or a manifest list.
    pub fn is_index(&self) -> bool {
        *self == Self::OCI_INDEX || *self == Self::DOCKER_INDEX
    }

    /// Tells whether this is an image manifest of either kind.
    pub fn is_manifest(&self) -> bool {
        *self == Self::OCI_MANIFEST || *self == Self::DOCKER_MANIFEST
    }

    /// Tells whether this is an image config of either kind.
    pub fn is_image_config(&self) -> bool {
        *self == Self::OCI_CONFIG || *self == Self::DOCKER_CONFIG
    }

    /// Tells whether this is Docker's schema 1, which nobody supports any more.
    pub fn is_schema1(&self) -> bool {
        self.0.starts_with("application/vnd.docker.distribution.manifest.v1+")
    }

    /// Tells whether this names a file system layer in any compression, foreign ones included.
    pub fn is_layer(&self) -> bool {
        ["application/vnd.oci.image.layer.", "application/vnd.docker.image.rootfs."]
            .iter()
            .any(|p| self.0.starts_with(p))
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What points at content: its type, digest and size (image-spec, descriptor.md).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// Media type of the content.
    #[serde(default = "no_type")]
    pub media_type: MediaType,
    /// Digest of the raw content; for layers of the *compressed* bytes.
    pub digest: Digest,
    /// Size of the raw content in bytes; for layers the *compressed* size.
    pub size: u64,
    /// Places to fetch the content from; never asked with credentials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// Annotations, by name.
    #[serde(default, deserialize_with = "null_is_empty", skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// The content itself in base64; trusted only after digest and size were checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// The platform, in the entries of an index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Type of an artifact (image-spec 1.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
}

impl Descriptor {
    /// Describes `bytes`.
    pub fn of(media_type: MediaType, bytes: &[u8]) -> Self {
        Self::new(media_type, Digest::of(bytes), bytes.len() as u64)
    }

    /// Makes a descriptor of the three fields that each has.
    pub fn new(media_type: MediaType, digest: Digest, size: u64) -> Self {
        Self {
            media_type,
            digest,
            size,
            urls: Vec::new(),
            annotations: BTreeMap::new(),
            data: None,
            platform: None,
            artifact_type: None,
        }
    }

    /// Tells whether an index entry is an attestation of BuildKit and so no image.
    pub fn is_attestation(&self) -> bool {
        self.annotations.get(annotation::REFERENCE_TYPE).is_some_and(|kind| kind == "attestation-manifest")
    }
}

fn no_type() -> MediaType {
    MediaType::new("")
}

/// Reads JSON `null` as the empty value, as Go does.
pub(super) fn null_is_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
