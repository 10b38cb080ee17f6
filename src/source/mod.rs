//! Where images come from, and where they go to: the traits [`Registry`], [`Search`],
//! [`Sink`] and [`Accounts`], and streams of bytes.
//!
//! The HTTP client, a store and the model images implement it; the server serves any of them; the engine pulls
//! from any of them. No implementor knows another one. What comes out of a source is *not* trusted: whoever
//! takes it in verifies digest and size, also of a source in the same process.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

use crate::oci::{Descriptor, DiffId, Digest, Document, Repository};

mod accounts;
mod error;
mod page;
mod relay;
mod sink;

pub use accounts::{Accounts, Login};
pub use error::{Error, NetworkError, RegistryError};
pub use page::{Badge, Page};
pub use relay::Relay;
pub use sink::{Content, Delivery, Greeting, Report, Sending, Sink, Stored};

/// A source of images, addressed as the distribution API addresses them.
///
/// Methods return boxed futures so that an engine can hold any source as `Arc<dyn Registry>`.
pub trait Registry: Send + Sync {
    /// Resolves a tag or digest to the descriptor of its manifest or index without transferring it
    /// (distribution-spec, HEAD). A source that cannot tell without the content fetches it.
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, Error>>;

    /// Fetches a manifest or index. Where `target` is a digest, the document has that digest.
    fn document<'a>(&'a self, repository: &'a Repository, target: &'a Target)
    -> BoxFuture<'a, Result<Document, Error>>;

    /// Opens a blob for reading from byte `offset` on. The stream may begin earlier than asked
    /// (a registry without ranges begins at 0): [`Blob::offset`] says where it does.
    /// Cheap until the stream is polled.
    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, Error>>;

    /// Lists the repository's tags in the source's order.
    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>>;
}

/// Who knows layers without their bytes, because they were made here and are checked elsewhere. A proof of lessons pulls gigabytes
/// that nobody looks into; a learner's engine is never given one.
pub trait Vouch: Send + Sync {
    /// Tells about the layer with this blob.
    fn layer(&self, blob: &Digest) -> Option<KnownLayer>;

    /// Makes the blob's bytes after all. Whoever keeps them verifies them.
    fn chunks(&self, blob: &Digest) -> Result<Box<dyn Iterator<Item = Bytes> + Send>, Error>;
}

/// What a scan of a layer would find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLayer {
    /// Digest of the uncompressed tar.
    pub diff_id: DiffId,
    /// Bytes on disk as the classic store counts them.
    pub on_disk: u64,
    /// Bytes of the uncompressed tar.
    pub uncompressed: u64,
}

/// A list of repositories that can be searched: Docker Hub's, or a catalogue in the same process.
pub trait Search: Send + Sync {
    /// Finds at most `limit` repositories for a term, the best first, as the list itself orders them.
    fn search<'a>(&'a self, term: &'a str, limit: usize) -> BoxFuture<'a, Result<Vec<SearchHit>, Error>>;

    /// Finds the page of a repository, named as a search prints it; `None` where there is no such page. A list without
    /// pages has none.
    fn page<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Page>, Error>> {
        let _ = name;
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// Splits what is searched for: the registry's host, where the part before the first `/` can only be one, and the word.
pub fn split_term(term: &str) -> (Option<&str>, &str) {
    match term.split_once('/') {
        Some((host, word)) if host == "localhost" || host.contains(['.', ':']) => (Some(host), word),
        Some(_) | None => (None, term),
    }
}

/// A repository that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// Its name as a search prints it: `redis`, `bitnami/redis`.
    pub name: String,
    /// What its owner says about it; may have line breaks.
    pub description: String,
    /// How many users starred it.
    pub stars: u32,
    /// Whether it is one of Docker's Official Images.
    pub official: bool,
}

/// What a manifest is asked by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// A tag, which may point elsewhere tomorrow.
    Tag(String),
    /// A digest, which never does.
    Digest(Digest),
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tag(tag) => f.write_str(tag),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

/// The bytes of a blob, not yet verified.
pub struct Blob {
    /// Where in the blob the stream begins.
    pub offset: u64,
    /// Size of the whole blob in bytes, where the source says; a claim, as all that a source says.
    pub size: Option<u64>,
    /// Chunks in order, of any size. An error ends the stream; what came before it is good.
    pub stream: BoxStream<'static, Result<Bytes, Error>>,
}

impl std::fmt::Debug for Blob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blob").field("offset", &self.offset).finish_non_exhaustive()
    }
}
