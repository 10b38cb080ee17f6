//! What judging needs to know of an engine: facts and what is held. A test builds one by hand.

use crate::engine::{Engine, Error, ImageFacts, ImageSummary};
use crate::oci::Reference;

/// The engine as a judge sees it: read only, no network.
pub trait World {
    /// Tells what is known about an image that is held or frozen.
    fn facts(&self, reference: &Reference) -> Result<ImageFacts, Error>;

    /// Lists the images of the workspace.
    fn images(&self) -> Result<Vec<ImageSummary>, Error>;
}

impl World for Engine {
    fn facts(&self, reference: &Reference) -> Result<ImageFacts, Error> {
        Self::facts(self, reference)
    }

    fn images(&self) -> Result<Vec<ImageSummary>, Error> {
        Self::images(self)
    }
}
