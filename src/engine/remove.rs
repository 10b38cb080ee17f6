//! Removing names and images, by the rules of the classic store (moby, `daemon/images/image_delete.go`).

use std::collections::HashSet;

use super::{Engine, Error, Removal, find};
use crate::container::Record;
use crate::oci::{ChainId, DiffId, ImageId, Reference};
use crate::store::HeldImage;

impl Engine {
    /// Removes a name, or an image by its ID. Returns what Docker reports, in its order.
    ///
    /// # Errors
    /// [`Error::ReferencedInSeveral`] for an ID with several names, unless forced. Then nothing is changed.
    pub fn remove(&self, name: &str, force: bool) -> Result<Vec<Removal>, Error> {
        let removals = self.remove_names(name, force)?;
        if removals.iter().any(|removal| matches!(removal, Removal::Deleted(_))) {
            self.store().sweep()?;
        }
        Ok(removals)
    }

    /// Removes without sweeping the pool.
    pub(super) fn remove_names(&self, name: &str, force: bool) -> Result<Vec<Removal>, Error> {
        let containers = self.shelf().list()?;
        self.workspace.update(|images| {
            let image = find::find(images, name)?;
            let id = image.id.clone();
            let by_id = find::is_id_prefix(image, name);
            let mut removals = Vec::new();
            let users: Vec<&Record> = containers.iter().filter(|container| container.image == id).collect();
            if by_id {
                in_use(images, &id, &users, force)?;
                if !is_single_reference(&image.references()) && !force {
                    return Err(Error::ReferencedInSeveral(id));
                }
            } else {
                if let (Some(user), false, true) = (users.first(), force, is_single_reference(&image.references())) {
                    return Err(Error::NameInUse { name: name.to_owned(), container: user.id.clone(), id });
                }
                untag(images, &id, &name.parse::<Reference>()?.or_latest(), &mut removals);
                let named = images.iter().any(|image| image.id == id && !image.references().is_empty());
                // What is still in use stays without a name.
                if named || in_use(images, &id, &users, force).is_err() {
                    return Ok(removals);
                }
            }
            let parent = images.iter().find(|image| image.id == id).and_then(|image| image.parent.clone());
            self.delete(images, &id, &mut removals);
            self.delete_parents(images, parent, &containers, &mut removals);
            Ok(removals)
        })?
    }

    /// Deletes an image with all names that are left, and reports the layers that nobody else stands on, top first.
    fn delete(&self, images: &mut Vec<HeldImage>, id: &ImageId, removals: &mut Vec<Removal>) {
        let Some(at) = images.iter().position(|image| image.id == *id) else { return };
        let image = images.remove(at);
        removals.extend(image.references().into_iter().map(Removal::Untagged));
        removals.push(Removal::Deleted(image.id.0.clone()));
        let held: HashSet<ChainId> = self.chains(images.iter()).collect();
        let mut freed: Vec<ChainId> = self.chains(std::iter::once(&image)).collect();
        freed.retain(|chain| !held.contains(chain));
        removals.extend(freed.into_iter().rev().map(|chain| Removal::Deleted(chain.0)));
    }

    /// Deletes the images that a deleted one was made of, as far as nobody names or uses them.
    fn delete_parents(
        &self,
        images: &mut Vec<HeldImage>,
        parent: Option<ImageId>,
        containers: &[Record],
        removals: &mut Vec<Removal>,
    ) {
        let mut next = parent;
        while let Some(id) = next.take() {
            let Some(image) = images.iter().find(|image| image.id == id) else { return };
            let users: Vec<&Record> = containers.iter().filter(|container| container.image == id).collect();
            if !image.references().is_empty() || in_use(images, &id, &users, false).is_err() {
                return;
            }
            next.clone_from(&image.parent);
            self.delete(images, &id, removals);
        }
    }

    /// Lists the chain IDs of images, each image's bottom up. An image whose config cannot be read has none.
    pub(super) fn chains<'a>(
        &'a self,
        images: impl Iterator<Item = &'a HeldImage> + 'a,
    ) -> impl Iterator<Item = ChainId> + 'a {
        images.flat_map(|image| ChainId::stack(&self.diff_ids(image)))
    }

    fn diff_ids(&self, image: &HeldImage) -> Vec<DiffId> {
        self.config_of(&image.id).map(|config| config.rootfs.diff_ids.clone()).unwrap_or_default()
    }
}

/// Refuses to delete an image that others are made of or that containers use; force overrides only stopped ones.
fn in_use(images: &[HeldImage], id: &ImageId, users: &[&Record], force: bool) -> Result<(), Error> {
    if images.iter().any(|image| image.parent.as_ref() == Some(id)) {
        return Err(Error::HasChildren(id.clone()));
    }
    let running = users.iter().find(|user| user.is_running());
    match running.or(users.first().filter(|_| !force)) {
        Some(user) => Err(Error::InUse { id: id.clone(), container: user.id.clone(), running: user.is_running() }),
        None => Ok(()),
    }
}

/// Removes one name; with the last tag of a repository its digests go too.
fn untag(images: &mut [HeldImage], id: &ImageId, name: &Reference, removals: &mut Vec<Removal>) {
    let Some(image) = images.iter_mut().find(|image| image.id == *id) else { return };
    let repository = name.repository();
    if let Some(digest) = name.digest() {
        let name = repository.with_digest(digest.clone());
        image.digests.remove(&name);
        removals.push(Removal::Untagged(name));
        return;
    }
    image.tags.remove(name);
    removals.push(Removal::Untagged(name.clone()));
    if image.tags.keys().any(|tag| tag.repository() == repository) {
        return;
    }
    let gone: Vec<Reference> = image.digests.iter().filter(|d| d.repository() == repository).cloned().collect();
    image.digests.retain(|digest| digest.repository() != repository);
    removals.extend(gone.into_iter().map(Removal::Untagged));
}

/// Tells whether all names are of one repository, with at most one tag among them.
fn is_single_reference(references: &[Reference]) -> bool {
    let tags = references.iter().filter(|reference| reference.digest().is_none()).count();
    let repositories: HashSet<_> = references.iter().map(Reference::repository).collect();
    tags <= 1 && repositories.len() <= 1
}
