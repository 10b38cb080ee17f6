//! The classroom on the day that a lesson asks for.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use layerbook::model::{Catalogue, Moment};
use layerbook::oci::{Descriptor, Digest, Document, Repository};
use layerbook::source::{Blob, Error, Registry, Target};

/// A catalogue that looks as it did on a day; clones share the day.
#[derive(Clone)]
pub(super) struct Dated {
    catalogue: Arc<Catalogue>,
    day: Arc<Mutex<Option<Moment>>>,
}

impl Dated {
    pub(super) fn new(catalogue: Catalogue) -> Self {
        Self { catalogue: Arc::new(catalogue), day: Arc::default() }
    }

    /// Turns to a day, `2026-07-31`, or to the newest.
    pub(super) fn turn_to(&self, day: Option<&str>) {
        let day = day.map(|day| Moment::parse(day).expect("the pack was checked"));
        *self.day.lock().unwrap_or_else(PoisonError::into_inner) = day;
    }

    fn today(&self) -> Catalogue {
        let day = self.day.lock().unwrap_or_else(PoisonError::into_inner).clone();
        day.map_or_else(|| (*self.catalogue).clone(), |day| self.catalogue.at(day))
    }
}

impl Registry for Dated {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, Error>> {
        Box::pin(async move { self.today().resolve(repository, target).await })
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, Error>> {
        Box::pin(async move { self.today().document(repository, target).await })
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, Error>> {
        Box::pin(async move { self.today().blob(repository, digest, offset).await })
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        Box::pin(async move { self.today().tags(repository).await })
    }
}
