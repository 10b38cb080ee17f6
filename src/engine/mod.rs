//! What an image engine can do. Joins the store, the sources and the layers; returns data, prints nothing,
//! makes no sentence for a learner.

mod archive;
mod error;
mod facts;
mod fetch;
mod find;
mod history;
mod images;
mod layer;
mod model;
mod platform;
mod prune;
mod pull;
mod remove;
mod router;
mod tag;
mod transfer;
mod usage;

pub use archive::{ArchiveError, LoadEvent, LoadedImage, LoadedName};
pub use error::Error;
pub use model::{
    Clock, EngineOptions, HistoryRow, ImageDetails, ImageFacts, ImageSummary, LayerDetails, LayerState, PlatformFacts,
    PullEvent, PullOutcome, PullRequest, Removal,
};
pub use router::Router;
pub use usage::{ContainerUsage, DiskUsage, ImageUsage};

use std::sync::Arc;

use crate::source::Registry;
use crate::store::{Store, Workspace};

/// An image engine on one workspace and one source of images.
#[derive(Clone)]
pub struct Engine {
    workspace: Workspace,
    source: Arc<dyn Registry>,
    options: EngineOptions,
}

impl Engine {
    /// Opens an engine.
    pub fn new(workspace: Workspace, source: Arc<dyn Registry>, options: EngineOptions) -> Self {
        Self { workspace, source, options }
    }

    /// Returns the clock, platform and so on that it works with.
    pub fn options(&self) -> &EngineOptions {
        &self.options
    }

    /// Returns the workspace: snapshots and pins are its own business.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    fn store(&self) -> &Store {
        self.workspace.store()
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("workspace", &self.workspace).finish_non_exhaustive()
    }
}
