//! The file tree inside a layer, read in one pass over its compressed bytes. Nothing is ever extracted, so no path, link,
//! device or set-user-ID bit in a layer can touch the host. Knows no store and no registry.
//!
//! What is accepted and refused is what Docker's classic store accepts and refuses, in its words: an [`Error`] prints what
//! follows `failed to register layer: ` there; `docker::error` adds that. Layers are read each on its own; how they lie upon one
//! another is not this module's business.

mod decode;
mod entry;
mod error;
mod feed;
mod scan;
mod tree;
mod walk;

pub use entry::{Entry, Kind};
pub use error::Error;
pub use scan::{Layer, Limits, scan};
pub use tree::Tree;
