//! What can be wrong with an archive of images: facts only.

use std::io;

use thiserror::Error;

use crate::oci::json::JsonError;
use crate::oci::{DiffId, Digest, Platform};
use crate::rootfs::{self, GzipFault};

/// Why an archive cannot be loaded, or an image not be saved.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// Neither a Docker archive nor an OCI layout.
    #[error("the archive has no `manifest.json` and no `index.json`")]
    NoManifest,
    /// `manifest.json` is the word `null`.
    #[error("`manifest.json` is null")]
    NullManifest,
    /// `oci-layout` is missing beside `index.json`, or is of an unknown version.
    #[error("the archive has no OCI layout of version 1.0.0")]
    Layout,
    /// A document of the archive is not readable.
    #[error("`{name}` is not readable")]
    Json {
        /// Name in the archive.
        name: String,
        /// Why.
        #[source]
        cause: JsonError,
    },
    /// A document of the archive is larger than any such document is.
    #[error("`{name}` has {size} bytes, more than {limit}")]
    TooLarge {
        /// Name in the archive.
        name: String,
        /// Its size.
        size: u64,
        /// The most that is read.
        limit: u64,
    },
    /// A file is not there.
    #[error("open {0}: no such file or directory")]
    NoFile(String),
    /// What should be a file is a folder or a device.
    #[error("read {0}: is no file")]
    NotAFile(String),
    /// A name or link leads out of the archive.
    #[error("`{0}` leads out of the archive")]
    Escape(String),
    /// A name leads through more links than Linux follows.
    #[error("`{0}` leads through too many links")]
    TooManyLinks(String),
    /// Two files of one name: readers would disagree about which one counts.
    #[error("the archive has two files `{0}`")]
    Duplicate(String),
    /// The names in the archive take more memory than any such archive needs.
    #[error("the names in the archive take more than {0} bytes")]
    Names(usize),
    /// A file below `blobs/` has another digest than its name says.
    #[error("`{name}` has the digest {actual}")]
    BlobDigest {
        /// Name in the archive.
        name: String,
        /// The digest that the name says.
        expected: Digest,
        /// Digest of its bytes.
        actual: Digest,
    },
    /// The config has no `rootfs`.
    #[error("the image config has no `rootfs`")]
    NoRootFs,
    /// The image is for another operating system than Linux.
    #[error("the image is for {0}")]
    OtherSystem(String),
    /// An image has more or fewer layers than its config.
    #[error("the image has {actual} layers, its config {expected}")]
    LayerCount {
        /// As many as are listed.
        expected: usize,
        /// As many as the config has.
        actual: usize,
    },
    /// A layer has another uncompressed digest than the config says.
    #[error("layer {layer} has the diff ID {actual}, the config says {expected}")]
    DiffId {
        /// Number of the layer, from 0.
        layer: usize,
        /// What the config says.
        expected: DiffId,
        /// What the bytes have.
        actual: DiffId,
    },
    /// A name in the archive that has no tag.
    #[error("`{0}` is no name with a tag")]
    Tag(String),
    /// An image is for another platform than the one asked for.
    #[error("{name} is for {held}, not for {asked}")]
    Platform {
        /// Its first name, or its ID.
        name: String,
        /// Its platform.
        held: Platform,
        /// The platform asked for.
        asked: Platform,
    },
    /// A layer is no readable tar; Docker's words where it has some.
    #[error("a layer cannot be read: {0}")]
    Layer(String),
    /// The archive is no readable tar; Docker's words where it has some.
    #[error("the archive cannot be read: {0}")]
    Tar(String),
    /// The archive is compressed with something that no specification of images has, though the classic engine reads it.
    #[error("the archive is compressed with {0}, which is not supported; only gzip, zstd and no compression are")]
    Compression(&'static str),
    /// The archive could not be read to its end; says nothing about it.
    #[error("the archive could not be read")]
    Input(#[source] io::Error),
    /// A name that is to be saved is not there.
    #[error("no image is called {0}")]
    NoSuchName(String),
    /// An image without layers, which Docker does not save.
    #[error("the image has no layers")]
    Empty,
    /// The archive could not be written.
    #[error("the archive could not be written")]
    Output(#[source] io::Error),
}

impl From<rootfs::Error> for ArchiveError {
    /// What is said of layers and of the program that inflates them is not said of the archive.
    fn from(error: rootfs::Error) -> Self {
        let text = match error {
            rootfs::Error::Input(cause) => return Self::Input(cause),
            rootfs::Error::Compression(name) => return Self::Compression(name),
            rootfs::Error::Beyond(bound) => format!("the archive is refused: {bound}"),
            rootfs::Error::Gzip(GzipFault::Header) => "gzip: invalid header".to_owned(),
            rootfs::Error::Gzip(GzipFault::Checksum | GzipFault::Length) => "gzip: invalid checksum".to_owned(),
            rootfs::Error::Gzip(GzipFault::Incomplete | GzipFault::Trailer) => "unexpected EOF".to_owned(),
            rootfs::Error::Gzip(GzipFault::Data(reason)) => format!("gzip: {reason}"),
            other => other.to_string(),
        };
        Self::Tar(text)
    }
}
