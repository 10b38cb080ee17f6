//! Listing images and reading one.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Engine, Error, ImageDetails, ImageSummary, LayerDetails, layer};
use crate::oci::{ChainId, Digest, DocumentError, ImageConfig, ImageId, Manifest, Reference, json};
use crate::store::{HeldImage, Listed};

impl Engine {
    /// Lists the images of the workspace, newest first. Reads one file.
    pub fn images(&self) -> Result<Vec<ImageSummary>, Error> {
        let mut images = self.workspace.map_images(|image| Ok(Some(of_listed(image.listed()?))))?;
        images.sort_by_key(|image| std::cmp::Reverse(image.created));
        Ok(images)
    }

    /// Finds an image by name, ID, ID prefix or digest, as Docker does, and reads all about it.
    pub fn inspect(&self, name: &str) -> Result<ImageDetails, Error> {
        self.details(&self.held(name)?)
    }

    pub(super) fn details(&self, image: &HeldImage) -> Result<ImageDetails, Error> {
        let manifest = self.manifest(image)?;
        let config = self.config_of(&image.id)?;
        let diff_ids = &config.rootfs.diff_ids;
        let mut layers = Vec::with_capacity(diff_ids.len());
        for ((diff_id, chain_id), blob) in diff_ids.iter().zip(ChainId::stack(diff_ids)).zip(&manifest.layers) {
            let on_disk = layer::held(self.store(), blob)?.on_disk;
            layers.push(LayerDetails { diff_id: diff_id.clone(), chain_id, blob: blob.clone(), on_disk });
        }
        Ok(ImageDetails { summary: summary(image.clone()), manifest: image.manifest.clone(), config, layers })
    }

    /// Reads the config of an image that is held, or that a container was made from.
    pub fn config_of(&self, id: &ImageId) -> Result<Arc<ImageConfig>, Error> {
        self.store().made_of_blob(&id.0, |raw| Ok(ImageConfig::parse(raw)?))
    }

    pub(super) fn manifest(&self, image: &HeldImage) -> Result<Arc<Manifest>, Error> {
        self.manifest_at(&image.manifest.digest)
    }

    /// Reads the manifest of an image of the pool.
    pub(super) fn manifest_at(&self, digest: &Digest) -> Result<Arc<Manifest>, Error> {
        self.store().made_of_blob(digest, |raw| Ok(json::read(raw).map_err(DocumentError::Json)?))
    }
}

/// Docker lists names by their full text.
fn sorted(names: impl IntoIterator<Item = Reference>) -> Vec<Reference> {
    let mut names: Vec<Reference> = names.into_iter().collect();
    if names.len() > 1 {
        names.sort_by_cached_key(ToString::to_string);
    }
    names
}

pub(super) fn summary(image: HeldImage) -> ImageSummary {
    ImageSummary {
        created: image.created.as_deref().and_then(timestamp),
        tagged_at: image.tags.values().filter_map(|at| timestamp(at)).max(),
        id: image.id,
        tags: sorted(image.tags.into_keys()),
        digests: sorted(image.digests),
        on_disk: image.on_disk,
        parent: image.parent,
    }
}

fn of_listed(image: Listed<'_>) -> ImageSummary {
    ImageSummary {
        created: image.created.and_then(timestamp),
        tagged_at: image.tags.iter().filter_map(|(_, at)| timestamp(at)).max(),
        id: image.id,
        tags: sorted(image.tags.into_iter().map(|(name, _)| name)),
        digests: sorted(image.digests),
        on_disk: image.on_disk,
        parent: image.parent,
    }
}

/// Reads a time of a config; Go's zero time and what is no time are `None`.
pub(super) fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok().filter(|at: &Timestamp| !text.starts_with("0001-01-01") && *at > Timestamp::MIN)
}
