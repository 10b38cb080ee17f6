//! What the client is told from outside. Nothing here is read from the environment.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use thiserror::Error;

use crate::source;

/// How the client waits between two attempts; a test hands in one that only takes notes.
pub type Wait = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// What the client is told from outside.
#[derive(Clone)]
pub struct Options {
    /// A mirror of Docker Hub as `http://` or `https://` URL without path. Asked first, for `docker.io` only, and
    /// never with Docker Hub's credentials; whatever it cannot give is fetched from Docker Hub.
    pub mirror: Option<String>,
    /// Registries (`host` or `host:port`, as in image names, or a range of addresses as in `10.0.0.0/8`) whose
    /// certificates are not checked and that may speak plain HTTP. Loopback registries always may. Names are not looked
    /// up: a range is for registries that are named by their address.
    pub insecure: Vec<String>,
    /// Files in the format of Docker's `config.json` (`auths`, `credHelpers`, `credsStore`), the first one first.
    /// Only read; need not exist.
    pub credential_files: Vec<PathBuf>,
    /// Where Docker Hub's registry is, `host` or `host:port`.
    pub hub: String,
    /// Where Docker Hub's search is, `host` or `host:port`.
    pub search: String,
    /// Where Docker Hub's pages are, `host` or `host:port`.
    pub pages: String,
    /// The `User-Agent` of every request.
    pub user_agent: String,
    /// The longest that making a connection may take, TLS included.
    pub connect_timeout: Duration,
    /// The longest that a server may send nothing, before its answer and within.
    pub idle_timeout: Duration,
    /// How to wait between attempts.
    pub wait: Wait,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mirror: None,
            insecure: Vec::new(),
            credential_files: Vec::new(),
            hub: "registry-1.docker.io".to_owned(),
            search: "index.docker.io".to_owned(),
            pages: "hub.docker.com".to_owned(),
            user_agent: concat!("layerbook/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(30),
            wait: Arc::new(|time| Box::pin(tokio::time::sleep(time))),
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("mirror", &self.mirror)
            .field("insecure", &self.insecure)
            .finish_non_exhaustive()
    }
}

/// Why a client cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OptionsError {
    /// The mirror is no URL, or one with a scheme other than `http` and `https`.
    #[error("invalid mirror: `{0}` is not an http or https URL")]
    MirrorUrl(String),
    /// The mirror's URL has more than scheme, host and port.
    #[error("invalid mirror: `{0}` has more than a host and a port")]
    MirrorExtra(String),
    /// The user agent cannot be sent as a header.
    #[error("invalid user agent `{0}`")]
    UserAgent(String),
}

impl From<OptionsError> for source::Error {
    fn from(error: OptionsError) -> Self {
        Self::Local { what: "cannot ask registries".to_owned(), cause: Box::new(error) }
    }
}
