//! What can go wrong in the engine: facts only. `docker::error` has Docker's sentences for them.

use thiserror::Error;

use super::ArchiveError;
use crate::container;
use crate::oci::{
    ConfigError, Digest, DocumentError, ImageId, MediaType, Platform, Reference, ReferenceError, Repository,
};
use crate::source;
use crate::store;

/// Why the engine did not do what it was asked for.
#[derive(Debug, Error)]
pub enum Error {
    /// No image of that name, ID or prefix; the name as Docker prints it (`nope:latest`).
    #[error("no such image: {0}")]
    NoSuchImage(String),
    /// More than one image has an ID that starts so.
    #[error("the ID prefix {0} is ambiguous")]
    AmbiguousId(String),
    /// The text is no reference.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// `docker tag` to a name with a digest.
    #[error("a tag cannot have a digest")]
    TagWithDigest,
    /// `docker tag` to a repository called like a digest algorithm.
    #[error("the name of a digest algorithm is ambiguous")]
    AmbiguousTag,
    /// `scratch` is no image.
    #[error("`scratch` is reserved")]
    Scratch,
    /// An ID with several names cannot be removed without force.
    #[error("image {0} is referenced in several repositories")]
    ReferencedInSeveral(ImageId),
    /// A name cannot go while a container uses its image.
    #[error("container {container} is using image {id}")]
    NameInUse {
        /// The name as typed.
        name: String,
        /// The container's ID.
        container: String,
        /// The image.
        id: ImageId,
    },
    /// An image cannot go while a container uses it.
    #[error("image {id} is being used by container {container}")]
    InUse {
        /// The image.
        id: ImageId,
        /// The container's ID.
        container: String,
        /// Whether its program runs, which no force overrides.
        running: bool,
    },
    /// An image cannot go while others are made of it.
    #[error("image {0} has dependent child images")]
    HasChildren(ImageId),
    /// A container could not be used.
    #[error(transparent)]
    Container(#[from] container::Error),
    /// The tags of a repository were not asked for, or its registry did not list them.
    #[error("the tags of {} are not known", .0.familiar())]
    NotListed(Repository),
    /// The index has nothing for the platform.
    #[error("no manifest for {0}")]
    NoMatchingPlatform(Platform),
    /// The image is held for another platform than the one asked for.
    #[error("{name} is held for {held}, not for {asked}")]
    OtherPlatform {
        /// The name.
        name: Reference,
        /// Platform of what is held.
        held: Platform,
        /// Platform asked for.
        asked: Platform,
    },
    /// A layer's bytes have another digest than its descriptor says.
    #[error("layer {0} does not have its digest")]
    LayerDigest(Digest),
    /// A blob's size differs from its descriptor.
    #[error("blob {digest} has {actual} bytes, its descriptor says {expected}")]
    BlobSize {
        /// The blob.
        digest: Digest,
        /// What the descriptor says.
        expected: u64,
        /// What came.
        actual: u64,
    },
    /// The layers' uncompressed digests are not those that the config lists, in number or in value.
    #[error("the layers do not match the config")]
    LayersMismatch,
    /// The config names another operating system than Linux.
    #[error("the image is for {0}")]
    OtherSystem(String),
    /// The config or a layer has a type that no image has.
    #[error("unsupported media type {0}")]
    UnsupportedType(MediaType),
    /// The layer is no readable archive; the text is in Docker's words where it has some.
    #[error("layer {digest} cannot be read: {reason}")]
    LayerContent {
        /// The layer's compressed digest.
        digest: Digest,
        /// Why.
        reason: String,
    },
    /// More history entries with layers than layers, or the like.
    #[error("too many non-empty layers in History section")]
    History,
    /// The config is not readable.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The manifest or index is not usable.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A source failed.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// Nothing is held under any name of the repository.
    #[error("nothing is held of {0}")]
    NothingToPush(Repository),
    /// The repository has no tags here.
    #[error("{0} has no tags")]
    NoTags(Repository),
    /// The repository has other names here, and not this tag.
    #[error("there is no tag {0}")]
    NoSuchTag(Reference),
    /// The engine was opened without what is asked for.
    #[error("nothing is connected that could {0}")]
    NotConnected(&'static str),
    /// What is asked needs the layers, and they are not held.
    #[error("{0} has not been pulled")]
    NotHeld(Reference),
    /// An archive is wrong, or an image cannot be written into one.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The store failed: a full disk, missing rights, a newer format.
    #[error("{what}")]
    Store {
        /// What was being done.
        what: String,
        /// Why it failed.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Store { what: error.to_string(), cause: Box::new(error) }
    }
}
