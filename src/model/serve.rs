//! The catalogue as a source: what a registry answers, in the words of CNCF distribution.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, future, stream};

use super::catalogue::{Build, Catalogue};
use super::error::Error as ModelError;
use crate::oci::{Descriptor, Digest, Document, Repository};
use crate::source::{Blob, Error, Registry, RegistryError, Target};

/// Repositories are found by their path alone: whoever asks, asks this registry, whatever domain it has there.
impl Registry for Catalogue {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, Error>> {
        future::ready(self.find(repository.path(), target).map(Document::descriptor)).boxed()
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, Error>> {
        future::ready(self.find(repository.path(), target).cloned()).boxed()
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, Error>> {
        future::ready(self.open(repository.path(), digest, offset)).boxed()
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        let path = repository.path();
        let tags = self.known(path).map(|()| self.tags_of(path));
        future::ready(tags).boxed()
    }
}

impl Catalogue {
    fn known(&self, path: &str) -> Result<(), Error> {
        let unknown = || refusal("NAME_UNKNOWN", "repository name not known to registry");
        if self.holds_path(path) { Ok(()) } else { Err(unknown()) }
    }

    fn find(&self, path: &str, target: &Target) -> Result<&Document, Error> {
        self.known(path)?;
        let found = match target {
            Target::Tag(tag) => self.tagged(path, tag).map_err(local)?.map(|build| &build.documents.index),
            Target::Digest(digest) => {
                self.builds(path).map_err(local)?.into_iter().find_map(|build| document(build, digest))
            }
        };
        found.ok_or_else(|| refusal("MANIFEST_UNKNOWN", "manifest unknown"))
    }

    fn open(&self, path: &str, digest: &Digest, offset: u64) -> Result<Blob, Error> {
        self.known(path)?;
        let builds = self.builds(path).map_err(local)?;
        if let Some(bytes) = builds.iter().find_map(|build| build.documents.blobs.get(digest)) {
            return Ok(held(bytes, offset));
        }
        let layer = builds.iter().find_map(|build| build.layers.get(digest));
        let layer = layer.ok_or_else(|| refusal("BLOB_UNKNOWN", "blob unknown to registry"))?;
        let (size, layer) = (layer.plan.compressed, Arc::clone(layer));
        // Described on the first poll; chunks share their memory, so there is nothing worth a thread of its own.
        let stream = stream::once(async move {
            match layer.plan.bytes() {
                Ok(bytes) => stream::iter(bytes.blob.chunks(offset)).map(Ok).boxed(),
                Err(cause) => stream::once(future::ready(Err(failed(cause)))).boxed(),
            }
        });
        Ok(Blob { offset: offset.min(size), size: Some(size), stream: stream.flatten().boxed() })
    }
}

fn document<'a>(build: &'a Build, digest: &Digest) -> Option<&'a Document> {
    let documents = &build.documents;
    if documents.index.digest() == digest { Some(&documents.index) } else { documents.manifests.get(digest) }
}

fn held(bytes: &Bytes, offset: u64) -> Blob {
    let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
    let rest = bytes.slice(start..);
    Blob { offset: start as u64, size: Some(bytes.len() as u64), stream: stream::iter([Ok(rest)]).boxed() }
}

fn refusal(code: &str, message: &str) -> Error {
    Error::Registry(RegistryError { status: 404, code: code.to_owned(), message: message.to_owned() })
}

fn local(error: ModelError) -> Error {
    failed(error)
}

fn failed(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Local { what: "cannot make the model image".to_owned(), cause: Box::new(cause) }
}
