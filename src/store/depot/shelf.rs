//! What each repository holds, as the journal tells it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::record::Record;
use crate::oci::{Digest, MediaType, Repository};

/// All repositories.
#[derive(Debug, Default)]
pub(super) struct Shelves {
    shelves: BTreeMap<Repository, Shelf>,
    /// How many repositories have a digest, as a blob or as a manifest.
    uses: HashMap<Digest, usize>,
}

/// One repository.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) blobs: BTreeSet<Digest>,
    pub(super) manifests: BTreeMap<Digest, HeldManifest>,
    pub(super) tags: BTreeMap<String, Digest>,
}

/// What is known of a manifest without reading it.
#[derive(Debug)]
pub(super) struct HeldManifest {
    pub(super) media_type: MediaType,
    pub(super) size: u64,
    pub(super) subject: Option<Digest>,
}

impl Shelves {
    /// Returns what a repository holds; `None` where nothing was put into it.
    pub(super) fn of(&self, repository: &Repository) -> Option<&Shelf> {
        self.shelves.get(repository)
    }

    /// Tells whether some repository has the blob.
    pub(super) fn any_has_blob(&self, digest: &Digest) -> bool {
        self.is_used(digest) && self.shelves.values().any(|shelf| shelf.blobs.contains(digest))
    }

    /// Tells whether some repository has the digest, as whatever.
    pub(super) fn is_used(&self, digest: &Digest) -> bool {
        self.uses.contains_key(digest)
    }

    /// Follows a change. Returns the digest that no repository has any more because of it.
    pub(super) fn apply(&mut self, record: Record) -> Option<Digest> {
        match record {
            Record::Blob { repository, digest } => {
                if self.shelves.entry(repository).or_default().blobs.insert(digest.clone()) {
                    *self.uses.entry(digest).or_default() += 1;
                }
                None
            }
            Record::Manifest { repository, digest, media_type, size, subject } => {
                let held = HeldManifest { media_type, size, subject };
                if self.shelves.entry(repository).or_default().manifests.insert(digest.clone(), held).is_none() {
                    *self.uses.entry(digest).or_default() += 1;
                }
                None
            }
            Record::Tag { repository, tag, digest } => {
                self.shelves.entry(repository).or_default().tags.insert(tag, digest);
                None
            }
            Record::NoTag { repository, tag } => {
                self.shelves.entry(repository).or_default().tags.remove(&tag);
                None
            }
            Record::NoBlob { repository, digest } => {
                let had = self.shelves.entry(repository).or_default().blobs.remove(&digest);
                if had { self.forget(digest) } else { None }
            }
            Record::NoManifest { repository, digest } => {
                let shelf = self.shelves.entry(repository).or_default();
                shelf.tags.retain(|_, target| *target != digest);
                let had = shelf.manifests.remove(&digest).is_some();
                if had { self.forget(digest) } else { None }
            }
        }
    }

    /// Forgets everything whose file is not there.
    pub(super) fn keep_only(&mut self, mut is_there: impl FnMut(&Digest) -> bool) {
        self.uses.retain(|digest, _| is_there(digest));
        for shelf in self.shelves.values_mut() {
            shelf.blobs.retain(|digest| self.uses.contains_key(digest));
            shelf.manifests.retain(|digest, _| self.uses.contains_key(digest));
            shelf.tags.retain(|_, digest| shelf.manifests.contains_key(digest));
        }
    }

    /// Tells everything there is as the fewest records.
    pub(super) fn records(&self) -> impl Iterator<Item = Record> {
        self.shelves.iter().flat_map(|(repository, shelf)| {
            let blobs = shelf
                .blobs
                .iter()
                .map(|digest| Record::Blob { repository: repository.clone(), digest: digest.clone() });
            let manifests = shelf.manifests.iter().map(|(digest, held)| Record::Manifest {
                repository: repository.clone(),
                digest: digest.clone(),
                media_type: held.media_type.clone(),
                size: held.size,
                subject: held.subject.clone(),
            });
            let tags = shelf.tags.iter().map(|(tag, digest)| Record::Tag {
                repository: repository.clone(),
                tag: tag.clone(),
                digest: digest.clone(),
            });
            blobs.chain(manifests).chain(tags)
        })
    }

    fn forget(&mut self, digest: Digest) -> Option<Digest> {
        let uses = self.uses.get_mut(&digest)?;
        *uses -= 1;
        if *uses > 0 {
            return None;
        }
        self.uses.remove(&digest);
        Some(digest)
    }
}
