//! The words of the OCI specifications: digests, references, platforms, descriptors, manifests, configs.
//! Data, parsing and `Display` only; no I/O.
//!
//! Digests are of *bytes*, so a decoded document never stands in for the bytes it came from: [`Document`]
//! keeps both side by side and nothing here re-serialises what a registry sent.

mod config;
mod descriptor;
mod digest;
pub mod json;
mod manifest;
mod platform;
mod reference;

pub use config::{ConfigError, ContainerConfig, History, ImageConfig, RootFs, timestamp};
pub use descriptor::{Descriptor, MediaType, annotation};
pub use digest::{Algorithm, ChainId, DiffId, Digest, DigestError, Hasher, ImageId};
pub use manifest::{Document, DocumentError, Index, IndexEntry, MAX_DOCUMENT_BYTES, Manifest};
pub use platform::{Platform, PlatformError};
pub use reference::{AnyReference, Familiar, Reference, ReferenceError, Repository};
