//! What is known about an image without holding its layers: what lessons ask about.

use std::sync::{Arc, PoisonError};

use bytes::Bytes;

use super::{Engine, Error, ImageFacts, PlatformFacts, fetch, find, layer, platform};
use crate::oci::{Descriptor, Digest, Document, ImageConfig, Platform, Reference, Repository, annotation};

/// Images whose facts are kept in memory.
const MOST_KNOWN: usize = 64;

impl Engine {
    /// Resolves a name once and keeps its index, manifest and config; from then on [`Engine::facts`] knows it and a
    /// pull of its tag gives the same digest in this workspace (a pin).
    pub async fn freeze(&self, reference: &Reference) -> Result<(), Error> {
        self.freeze_for(reference, &self.options.platform).await
    }

    /// The same for another platform than this engine's.
    pub async fn freeze_for(&self, reference: &Reference, platform: &Platform) -> Result<(), Error> {
        let reference = reference.clone().or_latest();
        let _hold = self.store().hold()?;
        let root = self.root(&reference).await?;
        let digest = root.digest().clone();
        self.documents(reference.repository(), root, platform).await?;
        self.workspace.set_pin(&reference, &digest)?;
        Ok(())
    }

    /// Tells what is known about an image that is held or frozen, for this engine's platform. No network.
    ///
    /// # Errors
    /// [`Error::NotHeld`] where it is neither.
    pub fn facts(&self, reference: &Reference) -> Result<ImageFacts, Error> {
        self.facts_for(reference, &self.options.platform)
    }

    /// The same for another platform than this engine's.
    pub fn facts_for(&self, reference: &Reference, platform: &Platform) -> Result<ImageFacts, Error> {
        let reference = reference.clone().or_latest();
        let not_held = || Error::NotHeld(reference.clone());
        let images = self.workspace.images()?;
        let held = images.iter().find(|image| find::is_named(image, &reference));
        let of_repository = |image: &crate::store::HeldImage| {
            image.digests.iter().find(|d| d.repository() == reference.repository())?.digest().cloned()
        };
        let root = reference
            .digest()
            .cloned()
            .or_else(|| self.workspace.pin(&reference))
            .or_else(|| of_repository(held?))
            .or_else(|| Some(held?.manifest.digest.clone()))
            .ok_or_else(not_held)?;
        let key = (root, platform.clone());
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(facts) = known().get(&key) {
            return Ok(ImageFacts { reference, ..facts.clone() });
        }
        let root = key.0.clone();
        let document = |digest: &Digest| self.known(digest, |bytes| fetch::read_as(digest, bytes)).ok_or_else(not_held);
        let (manifest_digest, platforms) = Self::choose(&*document(&root)?, platform)?;
        let manifest = document(&manifest_digest)?.manifest()?;
        let config = self.known(&manifest.config.digest, |raw| Ok(ImageConfig::parse(raw)?)).ok_or_else(not_held)?;
        let on_disk = self.sizes_on_disk(&manifest.layers);
        let facts = ImageFacts {
            reference,
            digest: root,
            manifest: manifest_digest,
            config,
            layers: manifest.layers.into(),
            on_disk,
            platforms: platforms.into(),
        };
        // Sizes that are not known yet may be known later.
        if facts.on_disk.is_some() {
            let mut known = known();
            if known.len() == MOST_KNOWN {
                known.clear();
            }
            known.insert(key, facts.clone());
        }
        Ok(facts)
    }

    /// Tells about an image as it is named now, held or not, and keeps no pin: whoever only looks, changes nothing.
    pub async fn look_up(&self, reference: &Reference) -> Result<ImageFacts, Error> {
        let reference = reference.clone().or_latest();
        let _hold = self.store().hold()?;
        let root = self.root(&reference).await?;
        let digest = root.digest().clone();
        self.documents(reference.repository(), root, &self.options.platform).await?;
        let facts = self.facts(&reference.repository().with_digest(digest))?;
        Ok(ImageFacts { reference, ..facts })
    }

    /// Lists a repository's tags and remembers them: for the prompt, the learner and the check alike, as long as this engine is
    /// open. What cannot be listed now is forgotten.
    pub async fn freeze_tags(&self, repository: &Repository) -> Result<(), Error> {
        let listed = self.source.tags(repository).await;
        let mut known = self.tag_lists.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(repository);
        known.insert(repository.clone(), listed?);
        Ok(())
    }

    /// Returns a repository's tags as [`Engine::freeze_tags`] found them. No network.
    pub fn frozen_tags(&self, repository: &Repository) -> Result<Vec<String>, Error> {
        let known = self.tag_lists.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(repository).cloned().ok_or_else(|| Error::NotListed(repository.clone()))
    }

    /// Lists a repository's tags as the source knows them.
    pub async fn registry_tags(&self, reference: &Reference) -> Result<Vec<String>, Error> {
        Ok(self.source.tags(reference.repository()).await?)
    }

    /// Picks a platform from an index, and lists what there is to pick from.
    fn choose(root: &Document, wanted: &Platform) -> Result<(Digest, Vec<PlatformFacts>), Error> {
        if !root.media_type().is_index() {
            let only = PlatformFacts { platform: None, digest: root.digest().clone(), attestation: false };
            return Ok((root.digest().clone(), vec![only]));
        }
        let index = root.index()?;
        let best = platform::candidates(&index, wanted).into_iter().next();
        let best = best.ok_or_else(|| Error::NoMatchingPlatform(wanted.clone()))?;
        let facts = |entry: &Descriptor| PlatformFacts {
            platform: entry.platform.clone(),
            digest: entry.digest.clone(),
            attestation: entry.is_attestation(),
        };
        Ok((best.digest, index.manifests.iter().map(facts).collect()))
    }

    pub(super) fn sizes_on_disk(&self, layers: &[Descriptor]) -> Option<Vec<u64>> {
        let said = |blob: &Descriptor| blob.annotations.get(annotation::ON_DISK)?.parse().ok();
        let held = |blob: &Descriptor| {
            let there = self.store().has_blob(&blob.digest);
            there.then(|| layer::held(self.store(), blob).ok().map(|totals| totals.on_disk)).flatten()
        };
        layers.iter().map(|blob| said(blob).or_else(|| held(blob))).collect()
    }

    /// Makes something of a document that was fetched, or that an image has in the pool.
    fn known<T>(&self, digest: &Digest, make: impl Fn(&Bytes) -> Result<T, Error>) -> Option<Arc<T>>
    where
        T: Send + Sync + 'static,
    {
        let fetched = self.store().made_of_document(digest, &make);
        fetched.or_else(|| self.store().made_of_blob(digest, &make).ok())
    }
}
