//! Why a layer cannot be read, in the words of Docker's classic store where it has some.

use std::io;

use thiserror::Error;

/// Why a layer cannot be read.
#[derive(Debug, Error)]
pub enum Error {
    /// The compressed stream ends in the middle.
    #[error("unexpected EOF")]
    Truncated,
    /// The compressed stream is damaged.
    #[error("{0}")]
    Corrupt(String),
    /// A zstd frame wants a larger window than is allowed.
    #[error("a zstd window of this layer is larger than {} MiB", .0 >> 20)]
    Window(u64),
    /// A block that should be a header is none.
    #[error("archive/tar: invalid tar header")]
    Header,
    /// A header of a type that no layer has.
    #[error("unhandled tar header type {0}")]
    Type(u8),
    /// A name that would leave the root.
    #[error("invalid entry name {0:?}")]
    Name(String),
    /// A whiteout of nothing, of `.` or of `..`.
    #[error("invalid whiteout entry {0:?}")]
    Whiteout(String),
    /// A whiteout after the file of that name in the same layer.
    #[error("failed to mknod('{0}', S_IFCHR, 0): file exists")]
    WhiteoutOfOwnFile(String),
    /// The same path twice.
    #[error("duplicates of file paths not supported")]
    Duplicate,
    /// A hard link out of the root.
    #[error("invalid hardlink target {0:?}")]
    LinkTarget(String),
    /// A hard link to what the layer does not hold before it.
    #[error("linkat {target} {path}: no such file or directory")]
    LinkMissing {
        /// Where it points.
        target: String,
        /// The link.
        path: String,
    },
    /// More than is sensible; a bomb, most likely.
    #[error("the layer has more than {limit} {what}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: u64,
    },
    /// The bytes could not be had.
    #[error("{0}")]
    Io(io::Error),
    /// An encoded tree is not one.
    #[error("the cached tree is damaged")]
    Encoding,
}
