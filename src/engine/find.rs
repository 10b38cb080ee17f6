//! Finding a held image by what a user typed, as the classic store does.

use super::{Engine, Error};
use crate::oci::{AnyReference, Reference};
use crate::store::HeldImage;

impl Engine {
    /// Finds one image; see [`find`].
    pub(super) fn held(&self, name: &str) -> Result<HeldImage, Error> {
        let images = match name.parse::<AnyReference>()? {
            AnyReference::Digest(digest) => {
                let id = digest.to_string();
                self.workspace.images_where(|image| image.id == id)
            }
            AnyReference::Named(reference) => {
                let full = sought(&reference.or_latest()).normalized();
                self.workspace.images_where(|image| image.is_named(&full) || is_beginning(image.id, name))
            }
        };
        find(&images?, name).cloned()
    }
}

/// Finds an image by whole digest of its config, by name, or by the beginning of its ID, in this order.
///
/// # Errors
/// [`Error::Reference`] where the text is no reference; [`Error::NoSuchImage`] with the name as Docker prints it,
/// also where several IDs begin so.
pub(super) fn find<'a>(images: &'a [HeldImage], name: &str) -> Result<&'a HeldImage, Error> {
    match name.parse::<AnyReference>()? {
        AnyReference::Digest(digest) => {
            images.iter().find(|image| image.id.0 == digest).ok_or_else(|| Error::NoSuchImage(digest.to_string()))
        }
        AnyReference::Named(reference) => {
            let reference = reference.or_latest();
            let sought = sought(&reference);
            let by_name = images.iter().find(|image| has(image, &sought));
            by_name.or_else(|| by_id_prefix(images, name)).ok_or_else(|| Error::NoSuchImage(reference.familiar()))
        }
    }
}

/// A digest in the name decides; the tag beside it then says nothing.
fn sought(reference: &Reference) -> Reference {
    match reference.digest() {
        Some(digest) => reference.repository().with_digest(digest.clone()),
        None => reference.clone(),
    }
}

/// Tells whether an image has a name with a tag or a digest.
pub(super) fn is_named(image: &HeldImage, reference: &Reference) -> bool {
    has(image, &sought(reference))
}

fn has(image: &HeldImage, sought: &Reference) -> bool {
    if sought.digest().is_some() { image.digests.contains(sought) } else { image.tags.contains_key(sought) }
}

/// Tells whether what a user typed is the beginning of an image's ID, with `sha256:` or without. The word `sha256` alone is none.
pub(super) fn is_id_prefix(image: &HeldImage, name: &str) -> bool {
    is_beginning(&image.id.to_string(), name)
}

fn is_beginning(id: &str, name: &str) -> bool {
    let Some((algorithm, encoded)) = id.split_once(':') else { return false };
    let digits = match name.split_once(':') {
        Some((typed, digits)) if typed == algorithm => digits,
        Some(_) => return false,
        None => name,
    };
    !digits.is_empty() && encoded.starts_with(digits)
}

fn by_id_prefix<'a>(images: &'a [HeldImage], name: &str) -> Option<&'a HeldImage> {
    let mut matching = images.iter().filter(|image| is_id_prefix(image, name));
    matching.next().filter(|_| matching.next().is_none())
}
