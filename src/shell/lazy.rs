//! Two sources around others: one that is made when it is first asked, and one that tells whether it gave anything.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;

use crate::oci::{Descriptor, Digest, Document, Repository};
use crate::source::{
    self, Blob, Delivery, Greeting, Page, Registry, Relay, Report, Search, SearchHit, Sink, Stored, Target,
};

type Make<T> = dyn Fn() -> Result<Arc<T>, source::Error> + Send + Sync;

/// What is made when it is first asked.
pub(super) struct Lazy<T: ?Sized> {
    make: Box<Make<T>>,
    made: OnceLock<Arc<T>>,
}

impl<T: ?Sized> Lazy<T> {
    /// Makes one; `make` is called again as long as it fails.
    pub(super) fn new(make: impl Fn() -> Result<Arc<T>, source::Error> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { make: Box::new(make), made: OnceLock::new() })
    }

    /// Returns it, made by now.
    pub(super) fn get(&self) -> Result<&T, source::Error> {
        if self.made.get().is_none() {
            let _ = self.made.set((self.make)()?);
        }
        Ok(&**self.made.get().expect("it was set above, here or by another thread"))
    }
}

impl<T: Registry + ?Sized> Relay for Lazy<T> {
    type Chosen<'a>
        = &'a T
    where
        Self: 'a;

    fn choose(&self, _: &Repository) -> Result<&T, source::Error> {
        self.get()
    }
}

impl<T: Search + ?Sized> Search for Lazy<T> {
    fn search<'a>(&'a self, term: &'a str, limit: usize) -> BoxFuture<'a, Result<Vec<SearchHit>, source::Error>> {
        Box::pin(async move { self.get()?.search(term, limit).await })
    }

    fn page<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Page>, source::Error>> {
        Box::pin(async move { self.get()?.page(name).await })
    }
}

impl<T: Sink + ?Sized> Sink for Lazy<T> {
    fn greet<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Greeting, source::Error>> {
        Box::pin(async move { self.get()?.greet(repository).await })
    }

    fn put_blob<'a>(
        &'a self,
        repository: &'a Repository,
        delivery: &'a Delivery,
        report: Report,
    ) -> BoxFuture<'a, Result<Stored, source::Error>> {
        Box::pin(async move { self.get()?.put_blob(repository, delivery, report).await })
    }

    fn put_document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
        document: &'a Document,
    ) -> BoxFuture<'a, Result<(), source::Error>> {
        Box::pin(async move { self.get()?.put_document(repository, target, document).await })
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
