//! Sources that only choose another one, anew for each question.

use std::ops::Deref;

use futures_util::future::BoxFuture;

use super::{Blob, Error, Registry, Target};
use crate::oci::{Descriptor, Digest, Document, Repository};

/// A source that passes every question on to another one.
pub trait Relay: Send + Sync {
    /// How it holds the other one while a question is answered.
    type Chosen<'a>: Deref<Target: Registry> + Send
    where
        Self: 'a;

    /// Chooses who answers what is asked about this repository.
    fn choose(&self, repository: &Repository) -> Result<Self::Chosen<'_>, Error>;
}

impl<T: Relay + ?Sized> Registry for T {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, Error>> {
        Box::pin(async move { self.choose(repository)?.resolve(repository, target).await })
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, Error>> {
        Box::pin(async move { self.choose(repository)?.document(repository, target).await })
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, Error>> {
        Box::pin(async move { self.choose(repository)?.blob(repository, digest, offset).await })
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        Box::pin(async move { self.choose(repository)?.tags(repository).await })
    }
}
