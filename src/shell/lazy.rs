//! Two sources around others: one that is made when it is first asked, and one that tells whether it gave anything.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;

use crate::oci::{Descriptor, Digest, Document, Repository};
use crate::source::{self, Blob, Registry, Target};

type Make = dyn Fn() -> Result<Arc<dyn Registry>, source::Error> + Send + Sync;

/// A source that is made when it is first asked.
pub(super) struct Lazy {
    make: Box<Make>,
    made: OnceLock<Arc<dyn Registry>>,
}

impl Lazy {
    /// Makes one; `make` is called again as long as it fails.
    pub(super) fn source(
        make: impl Fn() -> Result<Arc<dyn Registry>, source::Error> + Send + Sync + 'static,
    ) -> Arc<dyn Registry> {
        Arc::new(Self { make: Box::new(make), made: OnceLock::new() })
    }

    fn get(&self) -> Result<&dyn Registry, source::Error> {
        if self.made.get().is_none() {
            let _ = self.made.set((self.make)()?);
        }
        Ok(&**self.made.get().expect("it was set above, here or by another thread"))
    }
}

impl Registry for Lazy {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, source::Error>> {
        Box::pin(async move { self.get()?.resolve(repository, target).await })
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, source::Error>> {
        Box::pin(async move { self.get()?.document(repository, target).await })
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, source::Error>> {
        Box::pin(async move { self.get()?.blob(repository, digest, offset).await })
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, source::Error>> {
        Box::pin(async move { self.get()?.tags(repository).await })
    }
}

/// A source that leaves a mark when bytes are taken from it.
pub(super) struct Watched {
    inner: Arc<dyn Registry>,
    played: Arc<AtomicBool>,
}

impl Watched {
    /// Watches a source; `played` is set when a blob is asked for, and never cleared here.
    pub(super) fn new(inner: Arc<dyn Registry>, played: Arc<AtomicBool>) -> Self {
        Self { inner, played }
    }
}

impl Registry for Watched {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, source::Error>> {
        self.inner.resolve(repository, target)
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, source::Error>> {
        self.inner.document(repository, target)
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, source::Error>> {
        self.played.store(true, Ordering::Relaxed);
        self.inner.blob(repository, digest, offset)
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, source::Error>> {
        self.inner.tags(repository)
    }
}
