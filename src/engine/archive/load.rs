//! Loading: everything is read and verified, then all names are set at once.

use std::io::Read;

use super::files::Files;
use super::verify::Found;
use super::{ArchiveError, INDEX, MANIFEST};
use crate::engine::{Engine, Error, tag};
use crate::oci::{DiffId, ImageId, Platform, Reference};
use crate::store::HeldImage;

/// A layer that was not held before is being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadEvent {
    /// The layer.
    pub diff_id: DiffId,
    /// Bytes so far.
    pub current: u64,
    /// Bytes in all.
    pub total: u64,
}

/// An image that was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedImage {
    /// Its ID.
    pub id: ImageId,
    /// The names that it was given, in the archive's order.
    pub names: Vec<LoadedName>,
}

/// A name that was set. Content never chooses a name silently: whoever loads prints them all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedName {
    /// The name.
    pub name: Reference,
    /// The image that was called so before.
    pub taken_from: Option<ImageId>,
}

impl Engine {
    /// Loads all images of an archive, of an index of several platforms the one for `platform` (this engine's own without one).
    ///
    /// All or nothing: an archive that is wrong anywhere leaves no name and no image, where Docker keeps what came before the
    /// fault. Digests below `blobs/`, sizes of descriptors and every layer's diff ID are verified; memory is bounded whatever is
    /// read. Cancel-safe as a pull is.
    ///
    /// # Errors
    /// [`Error::Archive`] where the archive is wrong; `input` is then left anywhere.
    pub async fn load(
        &self,
        input: &mut (dyn Read + Send),
        platform: Option<&Platform>,
        events: &mut (dyn FnMut(LoadEvent) + Send),
    ) -> Result<Vec<LoadedImage>, Error> {
        let loaded = self.load_held(input, platform, events).await;
        // What is in no image goes: all of a refused archive, and of a good one its lists and what the pool had in another form.
        self.store().sweep()?;
        loaded
    }

    async fn load_held(
        &self,
        input: &mut (dyn Read + Send),
        platform: Option<&Platform>,
        events: &mut (dyn FnMut(LoadEvent) + Send),
    ) -> Result<Vec<LoadedImage>, Error> {
        let _hold = self.store().hold()?;
        let files = Files::read(self.store(), input).await?;
        let found = if files.has(MANIFEST) {
            self.listed(&files, events).await?
        } else if files.has(INDEX) {
            self.laid_out(&files, platform.unwrap_or(&self.options.platform), events).await?
        } else {
            return Err(ArchiveError::NoManifest.into());
        };
        if let Some(asked) = platform {
            found.iter().try_for_each(|image| self.check_platform(image, asked))?;
        }
        self.admit_loaded(found)
    }

    fn check_platform(&self, image: &Found, asked: &Platform) -> Result<(), Error> {
        let held = self.config_of(&image.id)?.platform();
        if asked.is(&held) {
            return Ok(());
        }
        let name = image.names.first().map_or_else(|| image.id.to_string(), Reference::familiar);
        Err(ArchiveError::Platform { name, held, asked: asked.clone() }.into())
    }

    /// Puts the images into the workspace and gives them their names, one after the other.
    fn admit_loaded(&self, found: Vec<Found>) -> Result<Vec<LoadedImage>, Error> {
        let at = self.now();
        Ok(self.workspace.update(|images| {
            let parents = parents(&found);
            let mut loaded = Vec::with_capacity(found.len());
            for (image, parent) in found.into_iter().zip(parents) {
                let id = image.id.clone();
                let names = image.names.clone();
                if !images.iter().any(|known| known.id == id) {
                    images.push(held(image, parent));
                }
                let names = names.into_iter().map(|name| set(images, &id, name, &at)).collect();
                loaded.push(LoadedImage { id, names });
            }
            loaded
        })?)
    }
}

/// Names an image; the name may be another one's now.
fn set(images: &mut [HeldImage], id: &ImageId, name: Reference, at: &str) -> LoadedName {
    let before = images.iter().find(|image| image.tags.contains_key(&name)).map(|image| image.id.clone());
    if before.as_ref() != Some(id) {
        tag::set_tag(images, &name, at, |image| image.id == *id);
    }
    LoadedName { name, taken_from: before.filter(|before| before != id) }
}

/// Returns the parent of each image, where that is in the archive too and its layers are the lower ones of the image.
fn parents(found: &[Found]) -> Vec<Option<ImageId>> {
    let stands_on = |image: &Found, id: &ImageId| {
        found
            .iter()
            .any(|parent| parent.id == *id && parent.id != image.id && image.diff_ids.starts_with(&parent.diff_ids))
    };
    found.iter().map(|image| image.parent.clone().filter(|id| stands_on(image, id))).collect()
}

fn held(image: Found, parent: Option<ImageId>) -> HeldImage {
    HeldImage {
        id: image.id,
        manifest: image.manifest,
        tags: std::collections::BTreeMap::new(),
        digests: std::collections::BTreeSet::new(),
        on_disk: image.on_disk,
        created: image.created,
        parent,
    }
}
