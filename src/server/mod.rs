//! The distribution API over any source, on an address: distribution-spec 1.1, and what is agreed for the next version.
//!
//! Knows no command. Pulling, it sends what a source gives and never more bytes than it announced; it does not verify
//! content (clients do), keeps no blob in memory, and refuses what it cannot do with the error body of the spec.
//! Pushing needs a [`Depot`]: what was pushed then stands before the source, so that a pushed tag hides the source's tag
//! of that name, and deleting it shows the source's again. What the source has cannot be deleted: it would be back at
//! once. Without a depot everything that writes is answered with 405.

mod failure;
mod listen;
mod path;
mod site;

mod blob;
mod manifest;
mod referrers;
mod tags;

mod delete;
mod piece;
mod push;
mod put;
mod uploads;
mod written;

mod asked;
mod body;
mod incoming;
mod query;
mod range;
mod stall;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use listen::serve;

use crate::store::Depot;

/// How a server behaves; [`Options::default`] suits a class room.
#[derive(Clone)]
pub struct Options {
    /// Domain under which names are looked up in the source: `/v2/library/redis/…` is `docker.io/library/redis`.
    /// With `docker.io`, a Docker Engine can use the server as a registry mirror, and one-word names get `library/`.
    pub domain: String,
    /// The most connections that are open at once; more wait in the listener's queue.
    pub max_connections: usize,
    /// How long a client may take to send a request's head, and how long a connection may idle between requests.
    pub header_timeout: Duration,
    /// How long a client may take no byte at all of an answer, or send none of a body, before it is given up.
    pub stall_timeout: Duration,
    /// How long running answers may take to end once the server shuts down.
    pub grace: Duration,
    /// Where what is pushed goes; without one the server can only be read.
    pub depot: Option<Depot>,
    /// The most bytes of one blob.
    pub max_blob: u64,
    /// The most uploads that are under way at once.
    pub max_uploads: usize,
    /// How long an upload may rest before it is given up.
    pub upload_expiry: Duration,
    /// Whether manifests may be pushed without some of their layers.
    pub sparse: Sparse,
    /// Told of every answer, from the connection's task; it must not block.
    pub observer: Option<Observer>,
}

/// Whether a manifest may name layers that are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sparse {
    /// It may not: what cannot be pulled is not named.
    Refused,
    /// Some of them may be missing, not all, and not the config.
    Allowed,
}

/// A function that is told what a server does.
pub type Observer = Arc<dyn Fn(&Event) + Send + Sync>;

/// What a server did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The head of an answer is on its way.
    Answered {
        /// The request's method.
        method: String,
        /// Path and query as sent.
        target: String,
        /// Status code of the answer.
        status: u16,
        /// Why the source failed, where the answer does not tell the client.
        cause: Option<String>,
    },
    /// A body broke off because the source failed, and the connection was closed.
    Interrupted {
        /// The source's error.
        cause: String,
    },
}

impl Default for Options {
    fn default() -> Self {
        Self {
            domain: "docker.io".to_owned(),
            max_connections: 1024,
            header_timeout: Duration::from_secs(30),
            stall_timeout: Duration::from_secs(60),
            grace: Duration::from_secs(5),
            depot: None,
            max_blob: 64 << 30,
            max_uploads: 10_000,
            upload_expiry: Duration::from_secs(60 * 60),
            sparse: Sparse::Allowed,
            observer: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("domain", &self.domain)
            .field("max_connections", &self.max_connections)
            .field("header_timeout", &self.header_timeout)
            .field("stall_timeout", &self.stall_timeout)
            .field("grace", &self.grace)
            .field("depot", &self.depot)
            .field("max_blob", &self.max_blob)
            .field("max_uploads", &self.max_uploads)
            .field("upload_expiry", &self.upload_expiry)
            .field("sparse", &self.sparse)
            .finish_non_exhaustive()
    }
}
