//! What judging needs to know of an engine: facts and what is held. A test builds one by hand.

use super::reached::RanLine;
use crate::container::Found;
use crate::engine::{ContainerFacts, Engine, Error, ImageFacts, ImageSummary, Weight};
use crate::oci::{DiffId, Platform, Reference, Repository};

/// The engine as a judge sees it: read only, no network.
pub trait World {
    /// Tells what is known about an image that is held or frozen.
    fn facts(&self, reference: &Reference) -> Result<ImageFacts, Error>;

    /// Lists the images of the workspace.
    fn images(&self) -> Result<Vec<ImageSummary>, Error>;

    /// Tells for which platform a held image was made; `None` where that cannot be read.
    fn platform_of(&self, _image: &ImageSummary) -> Option<Platform> {
        None
    }

    /// Tells the containers' state: equal states, equal containers.
    fn containers_state(&self) -> String {
        String::new()
    }

    /// Lists the images that were held when the step began; none where nobody kept account.
    fn images_before(&self) -> Vec<ImageSummary> {
        Vec::new()
    }

    /// Tells about the containers, the newest first; none where there are none to have.
    fn containers(&self) -> Result<Vec<ContainerFacts>, Error> {
        Ok(Vec::new())
    }

    /// Looks at a path of a container; `None` where nothing is.
    fn file(&self, container: &ContainerFacts, path: &str) -> Result<Option<Found>, Error> {
        let _ = (container, path);
        Ok(None)
    }

    /// Tells what is known about an image for another platform than the engine's.
    fn facts_for(&self, reference: &Reference, platform: &Platform) -> Result<ImageFacts, Error> {
        let _ = platform;
        Err(Error::NotHeld(reference.clone()))
    }

    /// Lists a repository's tags as its registry had them when the step's names were frozen.
    fn registry_tags(&self, repository: &Repository) -> Result<Vec<String>, Error> {
        Err(Error::NotListed(repository.clone()))
    }

    /// Tells what the images are stored in.
    fn weight(&self) -> Result<Weight, Error> {
        Ok(Weight::default())
    }

    /// The same as it was when the step began; as it is now where nobody kept account.
    fn weight_before(&self) -> Result<Weight, Error> {
        self.weight()
    }

    /// Lists the commands that ran since the step began; none where nobody kept account.
    fn commands(&self) -> Vec<RanLine> {
        Vec::new()
    }

    /// Lists the layers of each held image, unpacked, bottom first.
    fn stacks(&self) -> Result<Vec<Vec<DiffId>>, Error> {
        let images = self.images()?;
        let names = images.iter().filter_map(|image| image.tags.iter().chain(&image.digests).next());
        names.map(|name| Ok(self.facts(name)?.config.rootfs.diff_ids.clone())).collect()
    }

    /// Lists the layers of each image that was held when the step began; as held now where nobody kept account.
    fn stacks_before(&self) -> Result<Vec<Vec<DiffId>>, Error> {
        self.stacks()
    }
}

impl World for Engine {
    fn facts(&self, reference: &Reference) -> Result<ImageFacts, Error> {
        Self::facts(self, reference)
    }

    fn images(&self) -> Result<Vec<ImageSummary>, Error> {
        Self::images(self)
    }

    fn platform_of(&self, image: &ImageSummary) -> Option<Platform> {
        Some(self.config_of(&image.id).ok()?.platform())
    }

    fn containers_state(&self) -> String {
        self.workspace().containers_state().unwrap_or_default()
    }

    fn containers(&self) -> Result<Vec<ContainerFacts>, Error> {
        self.shelf().list()?.into_iter().map(|record| self.container_facts(record)).collect()
    }

    fn file(&self, container: &ContainerFacts, path: &str) -> Result<Option<Found>, Error> {
        self.file_in_container(container.record.clone(), path)
    }

    fn facts_for(&self, reference: &Reference, platform: &Platform) -> Result<ImageFacts, Error> {
        Self::facts_for(self, reference, platform)
    }

    fn registry_tags(&self, repository: &Repository) -> Result<Vec<String>, Error> {
        self.frozen_tags(repository)
    }

    fn weight(&self) -> Result<Weight, Error> {
        Self::weight(self)
    }

    /// By the images' own configs: a name may be frozen to another image than the one that is held under it.
    fn stacks(&self) -> Result<Vec<Vec<DiffId>>, Error> {
        let stack = |image: ImageSummary| Ok(self.config_of(&image.id)?.rootfs.diff_ids.clone());
        Self::images(self)?.into_iter().map(stack).collect()
    }
}
