//! Where images go to: the trait [`Sink`], the write side of the distribution API.

use std::io::{self, Read};
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Error, Target};
use crate::oci::{Descriptor, Document, Repository};

/// A place that takes images, addressed as the distribution API addresses them.
///
/// Whoever pushes keeps the order: blobs first, then the document that points at them, a tag last of all. Bytes are
/// passed on as they are; nothing is ever written anew on the way.
pub trait Sink: Send + Sync {
    /// Finds out whether the repository's registry answers at all, without logging in.
    fn greet<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Greeting, Error>>;

    /// Brings a blob into a repository, in the cheapest way there is: it may be there, another repository may have it,
    /// or it is sent. A transfer that breaks off goes on where the registry lost it.
    fn put_blob<'a>(
        &'a self,
        repository: &'a Repository,
        delivery: &'a Delivery,
        report: Report,
    ) -> BoxFuture<'a, Result<Stored, Error>>;

    /// Puts a manifest or index. All that it points at must be there.
    fn put_document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
        document: &'a Document,
    ) -> BoxFuture<'a, Result<(), Error>>;
}

/// How a registry answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Greeting {
    /// Over TLS, or without a network in between.
    Secure,
    /// Over plain HTTP.
    Plain,
}

/// A blob that is to be brought.
pub struct Delivery {
    /// What it is; who takes it verifies digest and size.
    pub blob: Descriptor,
    /// Its bytes.
    pub content: Arc<dyn Content>,
    /// Repositories of the same registry that may have it, the likeliest first.
    pub from: Vec<Repository>,
}

/// Bytes that can be read as often as necessary, from any byte on. Reading may block.
pub trait Content: Send + Sync {
    /// Opens them at byte `offset`.
    fn open(&self, offset: u64) -> io::Result<Box<dyn Read + Send>>;
}

/// Hears how a transfer goes, from any thread.
pub type Report = Arc<dyn Fn(Sending) + Send + Sync>;

/// A moment of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// So many bytes are on their way, counted from the beginning of the blob.
    Sent(u64),
    /// It broke off, and is taken up again after so many seconds.
    Retrying(u64),
}

/// How a blob came to be where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// It was there.
    AlreadyThere,
    /// The registry took it from another repository.
    Mounted(Repository),
    /// It was sent.
    Sent,
}
