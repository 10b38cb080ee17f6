//! Giving an image another name.

use super::{Engine, Error, find};
use crate::oci::Reference;
use crate::store::HeldImage;

/// Repositories called so would be taken for digests.
const ALGORITHMS: &[&str] = &["sha256", "sha384", "sha512"];

impl Engine {
    /// Gives the image `source` (name or ID) another name. A name that another image had moves without a word, and
    /// that image dangles if it was its last.
    pub fn tag(&self, source: &str, target: &Reference) -> Result<(), Error> {
        if target.digest().is_some() {
            return Err(Error::TagWithDigest);
        }
        if ALGORITHMS.contains(&target.repository().familiar().as_str()) {
            return Err(Error::AmbiguousTag);
        }
        let at = self.now();
        self.workspace.update(|images| {
            let id = find::find(images, source)?.id.clone();
            set_tag(images, &target.clone().or_latest(), &at, |image| image.id == id);
            Ok(())
        })?
    }

    /// Returns the time as the index writes it.
    pub(super) fn now(&self) -> String {
        (self.options.clock)().to_string()
    }
}

/// Moves a tag to the image that `chosen` tells.
pub(super) fn set_tag(images: &mut [HeldImage], tag: &Reference, at: &str, chosen: impl Fn(&HeldImage) -> bool) {
    for image in images {
        if chosen(image) {
            image.tags.insert(tag.clone(), at.to_owned());
        } else {
            image.tags.remove(tag);
        }
    }
}
