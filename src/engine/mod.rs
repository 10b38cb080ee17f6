//! What an image engine can do. Joins the store, the sources and the layers; returns data, prints nothing,
//! makes no sentence for a learner.

mod archive;
mod commit;
mod containers;
mod error;
mod facts;
mod fetch;
mod find;
mod history;
mod images;
mod import;
mod layer;
mod model;
mod platform;
mod prune;
mod pull;
mod push;
mod remove;
mod router;
mod stacks;
mod tag;
mod transfer;
mod usage;

pub use archive::{ArchiveError, LoadEvent, LoadedImage, LoadedName};
pub use commit::CommitRequest;
pub use containers::ContainerFacts;
pub use error::Error;
pub use import::ImportRequest;
pub use model::{
    Clock, EngineOptions, HistoryRow, ImageDetails, ImageFacts, ImageSummary, LayerDetails, LayerState, PlatformFacts,
    PullEvent, PullOutcome, PullRequest, PushEvent, PushOutcome, PushRequest, PushState, Removal,
};
pub use router::{Router, SearchRouter};
pub use usage::{DiskTotals, DiskUsage, ImageUsage, Weight};

pub use crate::store::ListedImage;

use std::collections::HashMap;
use std::fs::File;
use std::sync::{Arc, Mutex};

use crate::oci::{Digest, Platform, Repository};
use crate::source::{Accounts, Page, Registry, Search, SearchHit, Sink, Vouch};
use crate::store::{Store, Workspace};

/// An image engine on one workspace and one source of images.
#[derive(Clone)]
pub struct Engine {
    workspace: Workspace,
    source: Arc<dyn Registry>,
    outside: Outside,
    /// Tags by repository, as they were when somebody had to know them.
    tag_lists: Arc<Mutex<HashMap<Repository, Vec<String>>>>,
    /// Facts by root digest and platform, which decide them. Judging one answer asks for the same ones many times.
    known: Arc<Mutex<HashMap<(Digest, Platform), ImageFacts>>>,
    options: EngineOptions,
}

/// What an engine may be connected to besides its source. What is missing makes [`Error::NotConnected`].
#[derive(Clone, Default)]
pub struct Outside {
    /// Where images are pushed to.
    pub sink: Option<Arc<dyn Sink>>,
    /// Where repositories are searched.
    pub search: Option<Arc<dyn Search>>,
    /// Who one is at registries.
    pub accounts: Option<Arc<dyn Accounts>>,
    /// Who knows layers that need not be fetched before somebody looks into them.
    pub vouch: Option<Arc<dyn Vouch>>,
}

impl Engine {
    /// Opens an engine.
    pub fn new(workspace: Workspace, source: Arc<dyn Registry>, options: EngineOptions) -> Self {
        Self {
            workspace,
            source,
            outside: Outside::default(),
            tag_lists: Arc::default(),
            known: Arc::default(),
            options,
        }
    }

    /// Connects it to more than its source.
    #[must_use]
    pub fn with_outside(self, outside: Outside) -> Self {
        Self { outside, ..self }
    }

    /// Returns the clock, platform and so on that it works with.
    pub fn options(&self) -> &EngineOptions {
        &self.options
    }

    /// Returns the workspace: snapshots and pins are its own business.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Finds at most `limit` repositories for a term.
    pub async fn search(&self, term: &str, limit: usize) -> Result<Vec<SearchHit>, Error> {
        let search = self.outside.search.as_ref().ok_or(Error::NotConnected("search"))?;
        Ok(search.search(term, limit).await?)
    }

    /// Finds a repository's page on the hub; `None` where it has none.
    pub async fn hub_page(&self, name: &str) -> Result<Option<Page>, Error> {
        let search = self.outside.search.as_ref().ok_or(Error::NotConnected("search"))?;
        Ok(search.page(name).await?)
    }

    /// Returns the logins to registries.
    pub fn accounts(&self) -> Result<&dyn Accounts, Error> {
        self.outside.accounts.as_deref().ok_or(Error::NotConnected("log in"))
    }

    fn sink(&self) -> Result<&Arc<dyn Sink>, Error> {
        self.outside.sink.as_ref().ok_or(Error::NotConnected("take images"))
    }

    /// Opens a blob of the pool; a layer that was taken on another's word is brought first.
    fn open_blob(&self, digest: &Digest) -> Result<File, Error> {
        if let Some(vouch) = &self.outside.vouch {
            layer::bring(self.store(), digest, &**vouch)?;
        }
        Ok(self.store().open_blob(digest)?)
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
