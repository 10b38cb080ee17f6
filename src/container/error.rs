//! What can go wrong with containers: facts only.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::store;

/// Why a container could not be used.
#[derive(Debug, Error)]
pub enum Error {
    /// No container has that name, ID or prefix.
    #[error("no such container: {0}")]
    NoSuchContainer(String),
    /// Several containers have an ID that begins so.
    #[error("the ID prefix {0} is ambiguous")]
    AmbiguousId(String),
    /// The name is taken.
    #[error("the name `{name}` is in use by container {by}")]
    NameInUse {
        /// The name.
        name: String,
        /// ID of the container that has it.
        by: String,
    },
    /// The system refused.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A file does not hold what it should.
    #[error("`{}` is damaged", .0.display())]
    Damaged(PathBuf),
    /// A newer layerbook wrote it.
    #[error("`{}` was written by a newer layerbook", .0.display())]
    Newer(PathBuf),
    /// A file of the container cannot be read.
    #[error("cannot read the container's files")]
    Files(#[source] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Error {
    pub(super) fn io<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |cause| Self::Io { action, path: path.to_owned(), cause }
    }
}
