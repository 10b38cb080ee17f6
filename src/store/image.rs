//! An image that a workspace holds, and how it is written into `index.json`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::oci::{Descriptor, Digest, ImageId, Reference, annotation, timestamp};

/// The image's ID.
pub(super) const IMAGE_ID: &str = "layerbook.image-id";
const CREATED: &str = "layerbook.created";
const REPO_DIGEST: &str = "layerbook.repo-digest";
const TAGGED_AT: &str = "layerbook.tagged-at";
const PARENT: &str = "layerbook.parent";

/// An image of a workspace with everything that a listing prints.
///
/// In `index.json` it is one entry a tag, each pointing at the platform manifest; the digests of a repository stand on
/// its first tag's entry, or on an entry without a name where the repository has no tag left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldImage {
    /// The image's ID: digest of its config.
    pub id: ImageId,
    /// The platform manifest.
    pub manifest: Descriptor,
    /// Names with tags, each with the time it was set here (RFC 3339).
    pub tags: BTreeMap<Reference, String>,
    /// Names with digests, of what a pull resolved (index or manifest).
    pub digests: BTreeSet<Reference>,
    /// Bytes on disk of all layers, as the classic store counts them.
    pub on_disk: u64,
    /// When it was made, as its config says it.
    pub created: Option<String>,
    /// The image it was committed from.
    pub parent: Option<ImageId>,
}

impl HeldImage {
    /// Reads when it was made; `None` where its config does not say.
    pub fn created_at(&self) -> Option<Timestamp> {
        self.created.as_deref().and_then(timestamp)
    }

    /// Returns all names, tags and digests, in the order in which Docker goes through them: by their full text.
    pub fn references(&self) -> Vec<Reference> {
        let mut all: Vec<Reference> = self.tags.keys().chain(&self.digests).cloned().collect();
        all.sort_by_key(ToString::to_string);
        all
    }

    /// Tells whether it has no tag.
    pub fn is_dangling(&self) -> bool {
        self.tags.is_empty()
    }

    /// Writes the image as entries of an index.
    pub(super) fn entries(&self) -> Vec<Descriptor> {
        let mut digests = self.digests.clone();
        let mut take = |repository: &crate::oci::Repository| {
            let own: Vec<String> =
                digests.iter().filter(|d| d.repository() == repository).map(ToString::to_string).collect();
            digests.retain(|d| d.repository() != repository);
            own
        };
        let mut entries = Vec::new();
        for (tag, at) in &self.tags {
            let mut entry = self.entry(&take(tag.repository()));
            entry.annotations.insert(annotation::REF_NAME.to_owned(), tag.normalized());
            entry.annotations.insert(TAGGED_AT.to_owned(), at.clone());
            entries.push(entry);
        }
        let rest: Vec<String> = digests.iter().map(ToString::to_string).collect();
        if entries.is_empty() || !rest.is_empty() {
            entries.push(self.entry(&rest));
        }
        entries
    }

    fn entry(&self, digests: &[String]) -> Descriptor {
        let mut entry = self.manifest.clone();
        let mut put = |name: &str, value: String| entry.annotations.insert(name.to_owned(), value);
        put(IMAGE_ID, self.id.to_string());
        put(annotation::ON_DISK, self.on_disk.to_string());
        if let Some(created) = &self.created {
            put(CREATED, created.clone());
        }
        if let Some(parent) = &self.parent {
            put(PARENT, parent.to_string());
        }
        if !digests.is_empty() {
            put(REPO_DIGEST, digests.join(" "));
        }
        entry
    }

    /// Reads one entry; `None` where it was not written by layerbook.
    pub(super) fn of_entry(entry: &Descriptor) -> Option<Self> {
        let get = |name: &str| entry.annotations.get(name);
        let id = ImageId(get(IMAGE_ID)?.parse::<Digest>().ok()?);
        let mut tags = BTreeMap::new();
        if let Some(name) = get(annotation::REF_NAME) {
            tags.insert(name.parse().ok()?, get(TAGGED_AT).cloned().unwrap_or_default());
        }
        let digests = get(REPO_DIGEST).map(String::as_str).unwrap_or_default();
        Some(Self {
            id,
            manifest: Descriptor::new(entry.media_type.clone(), entry.digest.clone(), entry.size),
            tags,
            digests: digests.split_whitespace().filter_map(|name| name.parse().ok()).collect(),
            on_disk: get(annotation::ON_DISK)?.parse().ok()?,
            created: get(CREATED).cloned(),
            parent: get(PARENT).and_then(|id| id.parse().ok()).map(ImageId),
        })
    }
}
