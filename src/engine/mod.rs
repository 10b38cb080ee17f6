//! What an image engine can do. Joins the store, the sources and the layers; returns data, prints nothing,
//! makes no sentence for a learner.

mod error;
mod model;

pub use error::Error;
pub use model::{
    Clock, EngineOptions, HistoryRow, ImageDetails, ImageFacts, ImageSummary, LayerDetails, LayerState, PlatformFacts,
    PullEvent, PullOutcome, PullRequest, Removal,
};

use std::sync::Arc;

use crate::oci::Reference;
use crate::source::Registry;

/// An image engine on one workspace and one source of images.
pub struct Engine {
    #[expect(dead_code)]
    source: Arc<dyn Registry>,
    options: EngineOptions,
}

impl Engine {
    /// Returns the clock, platform and so on that it works with.
    pub fn options(&self) -> &EngineOptions {
        &self.options
    }

    /// Pulls one image: index, platform, config, layers; names it last. `events` hears what happens, in order.
    /// Cancel-safe: dropping the future leaves partial blobs that the next pull resumes, and no name.
    pub async fn pull(
        &self,
        request: &PullRequest,
        events: &mut (dyn FnMut(PullEvent) + Send),
    ) -> Result<PullOutcome, Error> {
        let _ = (request, events);
        unimplemented!()
    }

    /// Lists the images of the workspace, newest first. Reads one file.
    pub fn images(&self) -> Result<Vec<ImageSummary>, Error> {
        unimplemented!()
    }

    /// Finds an image by name, ID, ID prefix or digest, as Docker does, and reads all about it.
    pub fn inspect(&self, name: &str) -> Result<ImageDetails, Error> {
        let _ = name;
        unimplemented!()
    }

    /// Lists the build steps of an image, newest first.
    pub fn history(&self, name: &str) -> Result<Vec<HistoryRow>, Error> {
        let _ = name;
        unimplemented!()
    }

    /// Gives the image `source` (name or ID) another name.
    pub fn tag(&self, source: &str, target: &Reference) -> Result<(), Error> {
        let _ = (source, target);
        unimplemented!()
    }

    /// Removes a name, or an image by its ID. Returns what Docker reports, in its order.
    pub fn remove(&self, name: &str, force: bool) -> Result<Vec<Removal>, Error> {
        let _ = (name, force);
        unimplemented!()
    }

    /// Removes dangling images, or with `all` every image that no container uses.
    /// Returns what went and the bytes on disk that it freed.
    pub fn prune(&self, all: bool) -> Result<(Vec<Removal>, u64), Error> {
        let _ = all;
        unimplemented!()
    }

    /// Resolves a name once and holds its index, manifest and config; from then on [`Engine::facts`] knows it and a
    /// pull of its tag gives the same digest in this workspace (a pin).
    pub async fn freeze(&self, reference: &Reference) -> Result<(), Error> {
        let _ = reference;
        unimplemented!()
    }

    /// Tells what is known about an image that is held or frozen, for this engine's platform. No network.
    pub fn facts(&self, reference: &Reference) -> Result<ImageFacts, Error> {
        let _ = reference;
        unimplemented!()
    }

    /// Lists a repository's tags as the source knows them.
    pub async fn registry_tags(&self, reference: &Reference) -> Result<Vec<String>, Error> {
        let _ = reference;
        unimplemented!()
    }
}
