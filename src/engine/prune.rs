//! Removing many images at once.

use std::collections::HashSet;
use std::mem;

use super::{Engine, Error, ImageSummary, Removal, images, layer};
use crate::container::Record;
use crate::oci::{ImageId, Reference};

impl Engine {
    /// Removes dangling images, or with `all` every image that no container uses, of those that `chosen` lets through. An image that
    /// a container uses keeps the last of its names, and of several the one that the container was made by.
    /// Returns what went and the bytes on disk that it freed, as the classic store counts them.
    pub fn prune(&self, all: bool, chosen: &dyn Fn(&ImageSummary) -> bool) -> Result<(Vec<Removal>, u64), Error> {
        let containers = self.shelf().list()?;
        let used: HashSet<&ImageId> = containers.iter().map(|container| &container.image).collect();
        let pruned: Result<_, Error> = self.removing(|removing| {
            let held = removing.images.clone();
            let parents: HashSet<&ImageId> = held.iter().filter_map(|image| image.parent.as_ref()).collect();
            let mut removals = Vec::new();
            for image in held.iter().filter(|image| all || image.is_dangling()) {
                let mut names = image.references();
                let is_used = used.contains(&image.id);
                let needed = names.is_empty() && is_used || image.is_dangling() && parents.contains(&image.id);
                if needed || !chosen(&images::summary(image.clone())) {
                    continue;
                }
                if is_used {
                    names.sort_by_key(|name| containers.iter().any(|container| is_made_by(container, name)));
                }
                if names.is_empty() {
                    removals.extend(removing.delete_with_parents(&image.id)?);
                }
                for name in names {
                    // A digest goes with its repository's last tag.
                    if removing.has_name(&image.id, &name) && !(is_used && removing.is_last_name(&image.id)) {
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

/// Tells whether a container was made by that name of its image.
fn is_made_by(container: &Record, name: &Reference) -> bool {
    container.image_name.parse::<Reference>().is_ok_and(|asked| asked.or_latest() == *name)
}
