//! Removing many images at once.

use std::collections::HashSet;
use std::mem;

use super::{Engine, Error, ImageSummary, Removal, images, layer};
use crate::oci::ImageId;

impl Engine {
    /// Removes dangling images, or with `all` every image that no container uses, of those that `chosen` lets through.
    /// Returns what went and the bytes on disk that it freed, as the classic store counts them.
    pub fn prune(&self, all: bool, chosen: &dyn Fn(&ImageSummary) -> bool) -> Result<(Vec<Removal>, u64), Error> {
        let used: HashSet<ImageId> = self.shelf().list()?.into_iter().map(|container| container.image).collect();
        let pruned: Result<_, Error> = self.removing(|removing| {
            let held = removing.images.clone();
            let parents: HashSet<&ImageId> = held.iter().filter_map(|image| image.parent.as_ref()).collect();
            let mut removals = Vec::new();
            for image in held.iter().filter(|image| all || image.is_dangling()) {
                let needed = used.contains(&image.id) || (image.is_dangling() && parents.contains(&image.id));
                if needed || !chosen(&images::summary(image.clone())) {
                    continue;
                }
                let names = image.references();
                if names.is_empty() {
                    removals.extend(removing.delete_with_parents(&image.id)?);
                }
                for name in names {
                    // A digest goes with its repository's last tag.
                    if removing.has_name(&image.id, &name) {
                        removals.extend(removing.remove_name(&image.id, &name, false)?);
                    }
                }
            }
            Ok((removals, mem::take(&mut removing.freed)))
        })?;
        let (removals, freed) = pruned?;
        // Of a layer that cannot be read nobody knows what it took.
        let bytes =
            freed.iter().filter_map(|blob| layer::held(self.store(), blob).ok()).map(|totals| totals.on_disk).sum();
        self.store().sweep()?;
        Ok((removals, bytes))
    }
}
