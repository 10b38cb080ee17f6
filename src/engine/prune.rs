//! Removing many images at once.

use super::{Engine, Error, ImageSummary, Removal, images};
use crate::oci::{ChainId, Digest, ImageId};

impl Engine {
    /// Removes dangling images, or with `all` every image that no container uses, of those that `chosen` lets through.
    /// Returns what went and the bytes on disk that it freed, as the classic store counts them.
    pub fn prune(&self, all: bool, chosen: &dyn Fn(&ImageSummary) -> bool) -> Result<(Vec<Removal>, u64), Error> {
        let held = self.workspace.images()?;
        let mut sizes: Vec<(ChainId, u64)> = Vec::new();
        let mut removals = Vec::new();
        let used: Vec<ImageId> = self.shelf().list()?.into_iter().map(|container| container.image).collect();
        let is_parent = |id: &ImageId| held.iter().any(|image| image.parent.as_ref() == Some(id));
        for image in held.iter().filter(|image| all || image.is_dangling()) {
            let needed = used.contains(&image.id) || (image.is_dangling() && is_parent(&image.id));
            if needed || !chosen(&images::summary(image.clone())) {
                continue;
            }
            sizes.extend(self.details(image)?.layers.into_iter().map(|layer| (layer.chain_id, layer.on_disk)));
            let references = image.references();
            let names: Vec<String> = match references.as_slice() {
                [] => vec![image.id.0.encoded().to_owned()],
                names => names.iter().map(ToString::to_string).collect(),
            };
            for name in names {
                // A digest that went with its repository's last tag is no longer there.
                match self.remove_names(&name, false) {
                    Ok(more) => removals.extend(more),
                    Err(Error::NoSuchImage(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        self.store().sweep()?;
        let freed = |digest: &Digest| sizes.iter().find(|(chain, _)| chain.0 == *digest).map_or(0, |(_, size)| *size);
        let bytes = removals.iter().map(|removal| if let Removal::Deleted(d) = removal { freed(d) } else { 0 }).sum();
        Ok((removals, bytes))
    }
}
