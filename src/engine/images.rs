//! Listing images and reading one.

use std::sync::Arc;

use super::{Engine, Error, ImageDetails, ImageSummary, LayerDetails, layer};
use crate::oci::{ChainId, Digest, DocumentError, ImageConfig, ImageId, Manifest, Reference, json, timestamp};
use crate::store::{Damage, HeldImage, ListedImage};

impl Engine {
    /// Lists the images of the workspace, newest first. Reads one file.
    pub fn images(&self) -> Result<Vec<ImageSummary>, Error> {
        self.workspace
            .fold_listed(Vec::new, |images, image| {
                images.push(of_listed(&image)?);
                Ok(())
            })
            .map_err(Error::from)
    }

    /// Adds each image of the workspace to what `begin` makes, newest first. Reads one file, and copies nothing of what is in it; where
    /// the file turns out to be damaged, begins anew with what it was made from.
    pub fn fold_images<T>(
        &self,
        begin: impl Fn() -> T,
        mut add: impl FnMut(&mut T, ListedImage<'_>),
    ) -> Result<T, Error> {
        let add = |made: &mut T, image: ListedImage<'_>| {
            add(made, image);
            Ok(())
        };
        Ok(self.workspace.fold_listed(begin, add)?)
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
fn sorted(mut names: Vec<Reference>) -> Vec<Reference> {
    if names.len() > 1 {
        names.sort_by_cached_key(ToString::to_string);
    }
    names
}

pub(super) fn summary(image: HeldImage) -> ImageSummary {
    ImageSummary {
        created: image.created_at(),
        tagged_at: image.tags.values().filter_map(|at| timestamp(at)).max(),
        id: image.id,
        tags: sorted(image.tags.into_keys().collect()),
        digests: sorted(image.digests.into_iter().collect()),
        on_disk: image.on_disk,
        parent: image.parent,
    }
}

fn of_listed(image: &ListedImage<'_>) -> Result<ImageSummary, Damage> {
    let id = |text: &str| text.parse().map(ImageId).map_err(|_| Damage);
    let name = |text: &str| Reference::of_normalized(text).map_err(|_| Damage);
    Ok(ImageSummary {
        id: id(image.id)?,
        tags: sorted(image.tags().map(name).collect::<Result<_, _>>()?),
        digests: sorted(image.digests().map(name).collect::<Result<_, _>>()?),
        created: image.created,
        on_disk: image.on_disk,
        parent: image.parent.map(id).transpose()?,
        tagged_at: image.tagged_at().filter_map(timestamp).max(),
    })
}
