//! The distribution API over any source, on an address: the pull side of distribution-spec 1.1.
//!
//! Knows no store and no command; it sends what a source gives and never more bytes than it announced.
//! It does not verify content (clients do), keeps no blob in memory, and refuses what it cannot do with the
//! error body of the spec. Uploads and deletes have their routes and are answered with 405 until there is
//! something to write to.

mod failure;
mod listen;
mod path;
mod site;

mod blob;
mod manifest;
mod referrers;
mod tags;

mod body;
mod query;
mod range;
mod stall;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use listen::serve;

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
    /// How long a client may take no byte at all of an answer before its connection is closed.
    pub stall_timeout: Duration,
    /// How long running answers may take to end once the server shuts down.
    pub grace: Duration,
    /// Told of every answer, from the connection's task; it must not block.
    pub observer: Option<Observer>,
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
            .finish_non_exhaustive()
    }
}
