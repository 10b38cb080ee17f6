//! Which images and which of their names `docker save` writes, by the rules of the classic store
//! (moby, `daemon/internal/image/tarexport/save.go`).

use super::ArchiveError;
use crate::engine::{Error, find};
use crate::oci::{AnyReference, Reference};
use crate::store::HeldImage;

/// An image that is to be saved.
#[derive(Debug)]
pub(super) struct Chosen<'a> {
    /// The image.
    pub(super) image: &'a HeldImage,
    /// The names that it keeps in the archive: those that were asked for, and none where it was asked for by ID.
    pub(super) names: Vec<Reference>,
}

/// Finds the images that are meant, each once, in the order in which they were first named.
pub(super) fn choose<'a>(images: &'a [HeldImage], asked: &[String]) -> Result<Vec<Chosen<'a>>, Error> {
    let mut chosen: Vec<Chosen<'a>> = Vec::new();
    for text in asked {
        for (image, name) in meant(images, text)? {
            let at = chosen.iter().position(|known| known.image.id == image.id).unwrap_or_else(|| {
                chosen.push(Chosen { image, names: Vec::new() });
                chosen.len() - 1
            });
            let names = &mut chosen[at].names;
            if let Some(name) = name.filter(|name| !names.contains(name)) {
                names.push(name);
            }
        }
    }
    Ok(chosen)
}

type Meant<'a> = Vec<(&'a HeldImage, Option<Reference>)>;

/// A name without a tag means all tags of its repository, not `latest`; where it has none, an ID.
fn meant<'a>(images: &'a [HeldImage], text: &str) -> Result<Meant<'a>, Error> {
    let by_id = || match find::find(images, text) {
        Ok(image) => Ok(vec![(image, None)]),
        Err(Error::NoSuchImage(_)) => Err(Error::NoSuchImage(text.to_owned())),
        Err(error) => Err(error),
    };
    let reference = match text.parse::<AnyReference>()? {
        AnyReference::Named(reference) => reference,
        AnyReference::Digest(_) => return by_id(),
    };
    if !reference.is_name_only() {
        let image = images.iter().find(|image| find::is_named(image, &reference));
        let image = image.ok_or_else(|| ArchiveError::NoSuchName(text.to_owned()))?;
        return Ok(vec![(image, Some(reference).filter(|name| name.digest().is_none()))]);
    }
    let mut all: Meant<'a> = Vec::new();
    for image in images {
        let of_repository = |name: &&Reference| name.repository() == reference.repository();
        all.extend(image.tags.keys().filter(of_repository).map(|name| (image, Some(name.clone()))));
        if image.digests.iter().any(|name| of_repository(&name)) {
            all.push((image, None));
        }
    }
    if all.is_empty() { by_id() } else { Ok(all) }
}
