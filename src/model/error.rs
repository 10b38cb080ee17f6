//! What can be wrong with recipes and their lock.

use thiserror::Error;

use super::gzip::OutOfReach;
use crate::oci::{PlatformError, ReferenceError};
use crate::yaml;

/// Why a catalogue cannot be made of what was given.
#[derive(Debug, Error)]
pub enum Error {
    /// A file that is not YAML, or not of the right shape.
    #[error("{file}:{cause}")]
    Unreadable {
        /// Name of the file.
        file: String,
        /// Why, and where.
        #[source]
        cause: yaml::Error,
    },
    /// A recipe that says something impossible.
    #[error("{file}: {problem}")]
    Recipe {
        /// Name of the file.
        file: String,
        /// What.
        #[source]
        problem: Problem,
    },
    /// One step of a recipe says something impossible.
    #[error("{file}: step {step}: {problem}")]
    Step {
        /// Name of the file.
        file: String,
        /// The step, from 1.
        step: usize,
        /// What.
        #[source]
        problem: Problem,
    },
    /// A layer cannot have the size that its recipe gives it.
    #[error("{file}: layer {layer} of {platform} ({created_by}): {cause}")]
    Layer {
        /// Name of the file.
        file: String,
        /// The platform.
        platform: String,
        /// The layer among the recipe's own, from 1.
        layer: usize,
        /// The step's line in the history.
        created_by: String,
        /// Why.
        #[source]
        cause: OutOfReach,
    },
    /// The recipe of a layer has changed since the lock was made.
    #[error("{file}: layer {layer} of {platform} ({created_by}) is not the one that the lock knows")]
    Stale {
        /// Name of the file.
        file: String,
        /// The platform.
        platform: String,
        /// The layer among the recipe's own, from 1.
        layer: usize,
        /// The step's line in the history.
        created_by: String,
    },
    /// The recipe's names, platforms or number of layers are not those of the lock.
    #[error("{file}: {what} are not those that the lock knows")]
    Unlocked {
        /// Name of the file.
        file: String,
        /// `the names`, `the platforms`, `the layers of linux/amd64`.
        what: String,
    },
    /// A recipe that the lock does not list.
    #[error("{0}: the lock does not know this recipe")]
    NotInLock(String),
    /// The lock lists a recipe that is not there.
    #[error("{0}: the lock knows this recipe, and it is missing")]
    Missing(String),
    /// The lock itself is damaged.
    #[error("the lock has an unreadable line for {file}, {platform}")]
    BadLock {
        /// Name of the file.
        file: String,
        /// The platform.
        platform: String,
    },
    /// The lock is of another version of layerbook.
    #[error("the lock has schema {0}, this layerbook knows {known}", known = super::lock::SCHEMA)]
    Schema(u64),
    /// What was generated now is not what the lock says.
    #[error("{file}: layer {layer} of {platform} comes out as {actual}, the lock says {locked}")]
    Differs {
        /// Name of the file.
        file: String,
        /// The platform.
        platform: String,
        /// The layer among the recipe's own, from 1.
        layer: usize,
        /// The row made now.
        actual: String,
        /// The row of the lock.
        locked: String,
    },
    /// Two builds of one day carry one tag.
    #[error("{first} and {second}: both are {name} from {day} on")]
    SameTag {
        /// Name of a file.
        first: String,
        /// Name of the other.
        second: String,
        /// Name and tag.
        name: String,
        /// The day.
        day: String,
    },
    /// Two repositories of different registries have one path; a registry is asked by path.
    #[error("{first} and {second}: two registries, one path")]
    SamePath {
        /// A repository.
        first: String,
        /// The other.
        second: String,
    },
    /// More than a catalogue may hold.
    #[error("more than {limit} {what}")]
    TooMany {
        /// What.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// The same error as of an earlier call.
    #[error(transparent)]
    Again(std::sync::Arc<Error>),
}

impl Error {
    pub(super) fn unlocked(file: &str, what: &str) -> Self {
        Self::Unlocked { file: file.to_owned(), what: what.to_owned() }
    }

    /// Names the recipe that it is about; `None` where it is about several, or about the lock.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Unreadable { file, .. }
            | Self::Recipe { file, .. }
            | Self::Step { file, .. }
            | Self::Layer { file, .. }
            | Self::Stale { file, .. }
            | Self::Unlocked { file, .. }
            | Self::NotInLock(file)
            | Self::Differs { file, .. } => Some(file),
            Self::Again(inner) => inner.file(),
            Self::Missing(_)
            | Self::BadLock { .. }
            | Self::Schema(_)
            | Self::SameTag { .. }
            | Self::SamePath { .. }
            | Self::TooMany { .. } => None,
        }
    }
}

/// What is impossible in a recipe.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// The name is no repository.
    #[error("`{name}` is not a repository: {cause}")]
    Name {
        /// The name.
        name: String,
        /// Why.
        #[source]
        cause: ReferenceError,
    },
    /// A tag that no registry takes.
    #[error("`{0}` is not a tag")]
    Tag(String),
    /// The day is not written `2026-09-19`.
    #[error("`{0}` is not a day written as `2026-09-19`")]
    Day(String),
    /// The time is not RFC 3339.
    #[error("`{0}` is not a time written as `2026-09-19T00:43:15Z`")]
    Time(String),
    /// The first step has no time.
    #[error("the first step needs `created`")]
    NoTime,
    /// No such platform.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// A platform twice.
    #[error("the platform {0} stands there twice")]
    SamePlatform(String),
    /// No platform, or no step.
    #[error("there are no {0}")]
    None(&'static str),
    /// More than a recipe may hold.
    #[error("more than {limit} {what}")]
    TooMany {
        /// What.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// No build with the base's name on the recipe's day.
    #[error("there is no build of the base `{0}` on that day")]
    NoBase(String),
    /// A repository twice in the list for searches.
    #[error("`{0}` is listed twice")]
    ListedTwice(String),
    /// A part that is not there.
    #[error("there is no `parts-{0}.yaml`")]
    NoPart(String),
    /// The recipe to be like is not there, or is like another one itself.
    #[error("`{0}` is no recipe with steps of its own")]
    NoLikeness(String),
    /// Steps beside `like`.
    #[error("`like` takes over all steps, so there can be none here")]
    StepsTwice,
    /// A change that changes nothing.
    #[error("`{0}` stands nowhere in the steps to be changed")]
    Unchanged(String),
    /// The base has no such platform.
    #[error("the base `{base}` has no platform {platform}")]
    BaseWithout {
        /// The base.
        base: String,
        /// The platform.
        platform: String,
    },
    /// A base that stands on this image.
    #[error("the base `{0}` stands on this image")]
    Cycle(String),
    /// Not exactly one instruction in a step.
    #[error("a step has exactly one instruction, this one has {0}")]
    Instructions(usize),
    /// Files on a step that makes no layer.
    #[error("`{0}` makes no layer, so it can have no files and no size")]
    NoLayer(&'static str),
    /// Not exactly one kind for a file.
    #[error("`{0}` needs exactly one of `size`, `text`, `link`, `dir` and `gone`")]
    FileKind(String),
    /// A path that is not relative and plain, or too long for the archive.
    #[error("`{0}` is not a path in an image")]
    Path(String),
    /// A mode that is not octal.
    #[error("`{0}` is not a mode such as \"0755\"")]
    Mode(String),
    /// An owner that is not numeric.
    #[error("`{0}` is not an owner such as \"999:999\"")]
    Owner(String),
    /// More files than the size on disk allows.
    #[error("the files take {files} bytes, more than the {pad} bytes of `pad`")]
    Pad {
        /// Sum of the files.
        files: u64,
        /// What `pad` says.
        pad: u64,
    },
    /// More bytes than a layer may have.
    #[error("a layer has at most 8 GiB")]
    TooLarge,
    /// More bytes than an image may have.
    #[error("the steps leave {bytes} bytes, and an image has at most {limit}")]
    Together {
        /// Sum of what the steps say.
        bytes: u64,
        /// How many are allowed.
        limit: u64,
    },
    /// The first platform's total is not the sum of its layers.
    #[error("the layers of {platform} have {layers} bytes, the record says {record}")]
    Total {
        /// The platform.
        platform: String,
        /// Sum of the layers.
        layers: u64,
        /// What the recipe says.
        record: u64,
    },
    /// A platform's total is smaller than what cannot be scaled.
    #[error("{total} bytes are too few for the layers of {platform}")]
    Share {
        /// The platform.
        platform: String,
        /// What the recipe says.
        total: u64,
    },
}
