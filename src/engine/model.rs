//! What the engine returns.

use std::sync::Arc;

use jiff::Timestamp;

use crate::oci::{ChainId, Descriptor, DiffId, Digest, ImageConfig, ImageId, Platform, Reference, Repository};

/// The one clock, handed down from `main`.
pub type Clock = fn() -> Timestamp;

/// What an engine is opened with.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Which platform is taken from an index where none is asked for.
    pub platform: Platform,
    /// The clock, for the time of a tag.
    pub clock: Clock,
}

/// What to pull.
#[derive(Debug, Clone)]
pub struct PullRequest {
    /// The name with its tag or digest (`or_latest` applied).
    pub reference: Reference,
    /// The platform asked for; `None` is the engine's own.
    pub platform: Option<Platform>,
}

/// What a pull came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullOutcome {
    /// Digest of what the tag points at, the index or the manifest: what `Digest:` prints.
    pub digest: Digest,
    /// The image.
    pub image_id: ImageId,
    /// Whether the workspace's name pointed elsewhere before (`Downloaded newer image`), or at this already.
    pub newer: bool,
}

/// What happened during a pull, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PullEvent {
    /// The manifest was found and the layers are known: `TAG: Pulling from PATH`.
    Started {
        /// The tag, or the whole canonical name where the pull is by digest.
        tag: String,
        /// Path of the repository, `library/redis`.
        path: String,
    },
    /// Something happened to a layer.
    Layer {
        /// The layer's compressed digest.
        digest: Digest,
        /// What.
        state: LayerState,
    },
    /// All is held and named: `Digest:` and `Status:`.
    Finished(PullOutcome),
}

/// States of a layer in a pull, as Docker's classic store reports them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerState {
    /// Known and not yet started.
    PullingFsLayer,
    /// Waits for another layer's download.
    Waiting,
    /// Bytes arrive.
    Downloading {
        /// Compressed bytes so far.
        current: u64,
        /// Compressed bytes in all.
        total: u64,
    },
    /// The digest is checked.
    VerifyingChecksum,
    /// All bytes are here.
    DownloadComplete,
    /// The layer is being registered.
    Extracting {
        /// Compressed bytes so far.
        current: u64,
        /// Compressed bytes in all.
        total: u64,
    },
    /// Done.
    PullComplete,
    /// The whole chain up to this layer was held.
    AlreadyExists,
    /// The transfer broke off.
    Retrying {
        /// Seconds until the next attempt.
        seconds: u64,
    },
}

/// What to push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushRequest {
    /// One tag.
    Tag(Reference),
    /// Every tag that the repository has here.
    AllTags(Repository),
}

impl PushRequest {
    /// Returns the repository that is pushed to.
    pub fn repository(&self) -> &Repository {
        match self {
            Self::Tag(tag) => tag.repository(),
            Self::AllTags(repository) => repository,
        }
    }
}

/// What the push of a tag came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushOutcome {
    /// The tag.
    pub tag: String,
    /// Digest of the manifest that it points at now.
    pub digest: Digest,
    /// Size of the manifest in bytes.
    pub size: u64,
}

/// What happened during a push, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushEvent {
    /// Something happened to a layer.
    Layer {
        /// Digest of the uncompressed layer: what Docker's classic store calls it by.
        diff_id: DiffId,
        /// What.
        state: PushState,
    },
    /// A tag is there: `TAG: digest: ...`.
    Finished(PushOutcome),
}

/// States of a layer in a push, as Docker's classic store reports them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushState {
    /// Known and not yet started.
    Preparing,
    /// Waits for another layer's transfer.
    Waiting,
    /// Bytes are on their way.
    Pushing {
        /// Compressed bytes so far.
        current: u64,
        /// Compressed bytes in all.
        total: u64,
    },
    /// It was sent.
    Pushed,
    /// The repository had it.
    AlreadyExists,
    /// The registry took it from another repository.
    Mounted(Repository),
    /// The transfer broke off.
    Retrying {
        /// Seconds until the next attempt.
        seconds: u64,
    },
    /// A layer that is not handed on.
    SkippedForeign,
}

/// An image of the workspace, as `docker images` needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSummary {
    /// The image's ID: digest of its config.
    pub id: ImageId,
    /// Its names with tags, sorted.
    pub tags: Vec<Reference>,
    /// Its names with digests (`redis@sha256:...`): of the index or manifest that a pull resolved, sorted.
    pub digests: Vec<Reference>,
    /// When it was made; `None` where the config does not say.
    pub created: Option<Timestamp>,
    /// Bytes on disk as the classic store counts them, all layers together.
    pub on_disk: u64,
    /// The image it was committed from.
    pub parent: Option<ImageId>,
    /// When the newest of its tags was set here.
    pub tagged_at: Option<Timestamp>,
}

/// All about one image.
#[derive(Debug, Clone)]
pub struct ImageDetails {
    /// What the listing says.
    pub summary: ImageSummary,
    /// The platform manifest.
    pub manifest: Descriptor,
    /// The config, with its raw bytes.
    pub config: Arc<ImageConfig>,
    /// The layers, bottom first.
    pub layers: Vec<LayerDetails>,
}

/// One layer of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerDetails {
    /// Digest of the uncompressed tar.
    pub diff_id: DiffId,
    /// Digest of the stack up to this layer.
    pub chain_id: ChainId,
    /// The compressed blob: digest, size, media type.
    pub blob: Descriptor,
    /// Bytes on disk as the classic store counts them.
    pub on_disk: u64,
}

/// One build step of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// The image that this step ended in, where one is known; the top row's is the image itself.
    pub id: Option<ImageId>,
    /// When; `None` where the config does not say.
    pub created: Option<Timestamp>,
    /// The instruction.
    pub created_by: String,
    /// A comment.
    pub comment: String,
    /// Bytes on disk of the step's layer, 0 without one.
    pub on_disk: u64,
    /// Tags of the row's image.
    pub tags: Vec<Reference>,
}

/// One line of `docker rmi`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// A name went.
    Untagged(Reference),
    /// An image's config, or a layer's chain ID, went.
    Deleted(Digest),
}

/// What is known about an image without holding its layers.
#[derive(Debug, Clone)]
pub struct ImageFacts {
    /// The name.
    pub reference: Reference,
    /// Digest of what the tag points at, index or manifest: what a pull prints.
    pub digest: Digest,
    /// Digest of the platform manifest.
    pub manifest: Digest,
    /// The config.
    pub config: Arc<ImageConfig>,
    /// The layers' compressed blobs, bottom first.
    pub layers: Arc<[Descriptor]>,
    /// Bytes on disk of each layer; `None` while that is not known (a real image that was not pulled).
    pub on_disk: Option<Vec<u64>>,
    /// What the index offers; one entry where the tag points at a manifest.
    pub platforms: Arc<[PlatformFacts]>,
}

/// An entry of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformFacts {
    /// The platform as the index writes it; `None` where it does not.
    pub platform: Option<Platform>,
    /// Digest of the platform manifest.
    pub digest: Digest,
    /// An attestation, not an image.
    pub attestation: bool,
}
