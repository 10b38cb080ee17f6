//! What can go wrong on disk.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why the store could not do what it was asked for.
#[derive(Debug, Error)]
pub enum Error {
    /// The system refused: a full disk, missing rights, a path that is something else.
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
    /// The folder was written by a newer layerbook.
    #[error("`{}` has version {version}; this layerbook reads version {known}", path.display())]
    Newer {
        /// The file that says so.
        path: PathBuf,
        /// Version found.
        version: u64,
        /// Newest version that is understood.
        known: u64,
    },
    /// A file does not hold what it should.
    #[error("`{}` is damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// Another process writes there.
    #[error("`{}` is in use by another process", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds something else, which must not be touched.
    #[error("`{}` is not empty and was not written by a registry", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
    },
}

impl Error {
    /// Makes a closure for `map_err`.
    pub(super) fn io<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |cause| Self::Io { action, path: path.to_owned(), cause }
    }
}
