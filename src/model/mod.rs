//! Model images: recipes in YAML that become the same layers, configs, manifests and indexes on every machine.
//!
//! A model image follows the public record of a real one: names, tags, platforms, number and compressed size of layers, history,
//! configuration, key files. File contents are blank. Nobody may mistake it for the real one: its manifests carry the
//! annotation `layerbook.model`.
//!
//! Layers are written when they are asked for and never kept; their digests stand in a lock that is committed beside the recipes,
//! so that documents need no layer. The catalogue is a [`source`](crate::source) like any registry, and as little trusted.

mod catalogue;
mod error;
mod gzip;
mod image;
mod layer;
mod lock;
mod recipe;
mod tar;

pub use catalogue::Catalogue;
pub use error::Error;
pub use lock::{Lock, build_lock};
pub use recipe::Recipe;
