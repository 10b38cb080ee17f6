//! What was pushed, before the source behind it: a source again, so that whoever reads asks one.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::Semaphore;

use crate::oci::{Descriptor, Digest, Document, Repository};
use crate::source::{Blob, Error, Registry, RegistryError, Target};
use crate::store::{self, Depot, HeldBlob};

/// Bytes read from the disk at once.
const CHUNK: usize = 128 << 10;

/// A depot before a source.
pub(super) struct Written {
    pub(super) depot: Depot,
    pub(super) behind: Arc<dyn Registry>,
    pub(super) disk: Disk,
}

/// Bounds how many threads wait for the disk at once. Cheap to clone.
#[derive(Clone)]
pub(super) struct Disk(Arc<Semaphore>);

impl Disk {
    /// Allows so many threads.
    pub(super) fn new(threads: usize) -> Self {
        Self(Arc::new(Semaphore::new(threads)))
    }

    /// Does work that waits for the disk, beside the tasks that serve. It is done to its end even if nobody waits for it.
    ///
    /// # Errors
    /// What the work says went wrong.
    pub(super) async fn run<T: Send + 'static, E: From<Interrupted> + Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let Ok(permit) = Arc::clone(&self.0).acquire_owned().await else { return Err(Interrupted.into()) };
        let working = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        working.await.unwrap_or_else(|_| Err(Interrupted.into()))
    }
}

/// The server is ending.
pub(super) struct Interrupted;

impl From<Interrupted> for Error {
    fn from(_: Interrupted) -> Self {
        local(std::io::Error::other("the server is ending"))
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        local(error)
    }
}

fn local(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Local { what: "cannot use what was pushed".to_owned(), cause: Box::new(cause) }
}

impl Registry for Written {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, Error>> {
        async move {
            let held = self.digest(repository, target).and_then(|digest| self.depot.describe(repository, &digest));
            match held {
                Some(descriptor) => Ok(descriptor),
                None => self.named(repository, self.behind.resolve(repository, target).await),
            }
        }
        .boxed()
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, Error>> {
        async move {
            if let Some(digest) = self.digest(repository, target) {
                let (depot, repository) = (self.depot.clone(), repository.clone());
                let read = move || depot.manifest(&repository, &digest).map_err(Error::from);
                if let Some(document) = self.disk.run(read).await? {
                    return Ok(document);
                }
            }
            self.named(repository, self.behind.document(repository, target).await)
        }
        .boxed()
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, Error>> {
        async move {
            match self.depot.blob(repository, digest)? {
                Some(held) => Ok(open(held, offset, self.disk.clone())),
                None => self.named(repository, self.behind.blob(repository, digest, offset).await),
            }
        }
        .boxed()
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        async move {
            let mut tags = self.depot.tags(repository);
            match self.behind.tags(repository).await {
                Ok(more) => tags.extend(more),
                Err(_) if self.depot.holds(repository) => {}
                Err(error) => return Err(error),
            }
            Ok(tags)
        }
        .boxed()
    }
}

impl Written {
    fn digest(&self, repository: &Repository, target: &Target) -> Option<Digest> {
        match target {
            Target::Tag(tag) => self.depot.tagged(repository, tag),
            Target::Digest(digest) => Some(digest.clone()),
        }
    }

    /// The source behind may not know a name that is known here; then only the thing asked for is missing.
    fn named<T>(&self, repository: &Repository, answer: Result<T, Error>) -> Result<T, Error> {
        match answer {
            Err(Error::Registry(RegistryError { status: 404, .. })) if self.depot.holds(repository) => {
                Err(Error::Registry(RegistryError::bare(404, "")))
            }
            answer => answer,
        }
    }
}

/// Streams a blob; the file is opened for each chunk, so that slow readers hold no descriptor.
fn open(held: HeldBlob, offset: u64, disk: Disk) -> Blob {
    let size = held.size();
    let offset = offset.min(size);
    let stream = stream::try_unfold(offset, move |at| {
        let (held, disk) = (held.clone(), disk.clone());
        async move {
            if at >= size {
                return Ok(None);
            }
            let chunk = disk.run(move || held.read(at, CHUNK).map_err(Error::from)).await?;
            let next = at + chunk.len() as u64;
            Ok((!chunk.is_empty()).then(|| (Bytes::from(chunk), next)))
        }
    });
    Blob { offset, size: Some(size), stream: stream.boxed() }
}
