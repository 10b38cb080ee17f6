//! One change, as a line of the journal.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::oci::{Digest, MediaType, Reference, Repository};

/// One change of what repositories hold. Names in the journal are for ever; new kinds need a new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub(super) enum Record {
    /// The repository has a blob.
    Blob {
        #[serde(with = "as_text")]
        repository: Repository,
        digest: Digest,
    },
    /// The repository has a manifest or index.
    Manifest {
        #[serde(with = "as_text")]
        repository: Repository,
        digest: Digest,
        media_type: MediaType,
        size: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<Digest>,
    },
    /// A tag points at a manifest.
    Tag {
        #[serde(with = "as_text")]
        repository: Repository,
        tag: String,
        digest: Digest,
    },
    /// The repository has the blob no more.
    NoBlob {
        #[serde(with = "as_text")]
        repository: Repository,
        digest: Digest,
    },
    /// The repository has the manifest no more, and no tag points at it.
    NoManifest {
        #[serde(with = "as_text")]
        repository: Repository,
        digest: Digest,
    },
    /// The tag is gone.
    NoTag {
        #[serde(with = "as_text")]
        repository: Repository,
        tag: String,
    },
}

/// A repository as its normalised name.
mod as_text {
    use super::{Deserialize, Deserializer, Reference, Repository, Serializer};

    pub(super) fn serialize<S: Serializer>(repository: &Repository, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(repository)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Repository, D::Error> {
        let text = String::deserialize(deserializer)?;
        let reference: Reference = text.parse().map_err(serde::de::Error::custom)?;
        Ok(reference.repository().clone())
    }
}
