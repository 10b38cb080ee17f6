//! Removing names and images, by the rules of the classic store (moby, `daemon/images/image_delete.go`).

use std::collections::{HashMap, HashSet};

use super::{Engine, Error, Removal, find};
use crate::container::Record;
use crate::oci::{Descriptor, ImageId, Reference};
use crate::store::HeldImage;

impl Engine {
    /// Removes a name, or an image by its ID. Returns what Docker reports, in its order.
    ///
    /// # Errors
    /// [`Error::ReferencedInSeveral`] for an ID with several names, unless forced. Then nothing is changed.
    pub fn remove(&self, name: &str, force: bool) -> Result<Vec<Removal>, Error> {
        self.remove_each(&[name], force)?.pop().unwrap_or_else(|| Ok(Vec::new()))
    }

    /// Removes several names and IDs, one after the other, in one change of the workspace. What cannot be removed does not keep the
    /// others.
    pub fn remove_each(&self, names: &[&str], force: bool) -> Result<Vec<Result<Vec<Removal>, Error>>, Error> {
        let results =
            self.removing(|images| names.iter().map(|name| images.remove(name, force)).collect::<Vec<_>>())?;
        if results.iter().flatten().flatten().any(|removal| matches!(removal, Removal::Deleted(_))) {
            self.store().sweep()?;
        }
        Ok(results)
    }

    /// Changes the workspace by removing. What was deleted stays in the pool until it is swept.
    pub(super) fn removing<T>(&self, remove: impl FnOnce(&mut Removing<'_>) -> T) -> Result<T, Error> {
        let containers = self.shelf().list()?;
        Ok(self.workspace.update(|images| {
            remove(&mut Removing { engine: self, images, containers: &containers, standing: None, freed: Vec::new() })
        })?)
    }
}

/// The images of a workspace while some of them are removed.
pub(super) struct Removing<'a> {
    engine: &'a Engine,
    /// Those that are left.
    pub(super) images: &'a mut Vec<HeldImage>,
    containers: &'a [Record],
    /// How many images stand on each chain; counted when the first image is deleted.
    standing: Option<HashMap<String, usize>>,
    /// The layers that went.
    pub(super) freed: Vec<Descriptor>,
}

impl Removing<'_> {
    /// Removes what one argument of `docker rmi` names; where that is refused, nothing.
    fn remove(&mut self, name: &str, force: bool) -> Result<Vec<Removal>, Error> {
        let image = find::find(self.images, name)?;
        let (id, users) = (image.id.clone(), self.users(&image.id));
        if !find::is_id_prefix(image, name) {
            if let (Some(user), false, true) = (users.first(), force, is_single_reference(&image.references())) {
                return Err(Error::NameInUse { name: name.to_owned(), container: user.id.clone(), id });
            }
            return self.remove_name(&id, &name.parse::<Reference>()?.or_latest(), force);
        }
        in_use(self.images, &id, &users, force)?;
        if !is_single_reference(&image.references()) && !force {
            return Err(Error::ReferencedInSeveral(id));
        }
        self.delete_with_parents(&id)
    }

    /// Removes a name of an image, and the image where it was the last one and nothing needs it.
    pub(super) fn remove_name(&mut self, id: &ImageId, name: &Reference, force: bool) -> Result<Vec<Removal>, Error> {
        let mut removals = Vec::new();
        untag(self.images, id, name, &mut removals);
        let is_named = self.find(id).is_some_and(|image| !image.references().is_empty());
        // What is still in use stays without a name.
        if !is_named && in_use(self.images, id, &self.users(id), force).is_ok() {
            removals.extend(self.delete_with_parents(id)?);
        }
        Ok(removals)
    }

    /// Deletes an image, and the images that it was made of as far as nobody names or uses them.
    pub(super) fn delete_with_parents(&mut self, id: &ImageId) -> Result<Vec<Removal>, Error> {
        let mut removals = Vec::new();
        let mut next = self.delete(id, &mut removals)?;
        while let Some(id) = next.take() {
            let Some(image) = self.find(&id) else { break };
            if !image.references().is_empty() || in_use(self.images, &id, &self.users(&id), false).is_err() {
                break;
            }
            next = self.delete(&id, &mut removals)?;
        }
        Ok(removals)
    }

    /// Deletes an image with all names that are left, and reports the layers that nobody else stands on, top first. Returns the image
    /// that it was made of.
    fn delete(&mut self, id: &ImageId, removals: &mut Vec<Removal>) -> Result<Option<ImageId>, Error> {
        let Some(at) = self.images.iter().position(|image| image.id == *id) else { return Ok(None) };
        if self.standing.is_none() {
            self.standing = Some(self.engine.standing()?);
        }
        let image = self.images.remove(at);
        removals.extend(image.references().into_iter().map(Removal::Untagged));
        removals.push(Removal::Deleted(image.id.0.clone()));
        let mut unused = Vec::new();
        for (number, chain) in self.engine.chains(id).into_iter().enumerate() {
            let users = self.standing.as_mut().and_then(|standing| standing.get_mut(&chain.to_string()));
            let Some(users) = users else { continue };
            *users = users.saturating_sub(1);
            if *users == 0 {
                unused.push((number, chain));
            }
        }
        if !unused.is_empty()
            && let Ok(manifest) = self.engine.manifest(&image)
        {
            self.freed.extend(unused.iter().filter_map(|(number, _)| manifest.layers.get(*number).cloned()));
        }
        removals.extend(unused.into_iter().rev().map(|(_, chain)| Removal::Deleted(chain.0)));
        Ok(image.parent)
    }

    /// Tells whether an image still has a name, with a tag or a digest.
    pub(super) fn has_name(&self, id: &ImageId, name: &Reference) -> bool {
        self.find(id).is_some_and(|image| find::is_named(image, name))
    }

    /// Tells whether an image has no name beside one, or beside one and its digests.
    pub(super) fn is_last_name(&self, id: &ImageId) -> bool {
        self.find(id).is_some_and(|image| is_single_reference(&image.references()))
    }

    fn find(&self, id: &ImageId) -> Option<&HeldImage> {
        self.images.iter().find(|image| image.id == *id)
    }

    fn users(&self, id: &ImageId) -> Vec<&'_ Record> {
        self.containers.iter().filter(|container| container.image == *id).collect()
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
