//! Model images: recipes in YAML and a lock become images, the same bytes on every machine. A source.
//!
//! Names, settings, history, layers and compressed sizes follow the public record of the real image; file contents
//! are blank, short texts apart. A recipe is never trusted: sizes and counts are bounded, paths are checked.
//! Knows no disk and no network: texts come in, documents and streams go out.
//!
//! From text to bytes: `recipe` is the shape of a file, `recipes` a folder of them, which share lists of files
//! (`part`) and may say only what differs from another one (`likeness`); `image` works one out for all platforms
//! (`instruction`: settings and history, `packages`: databases, `share`: sizes, `layer`: what a layer holds), `tar`
//! and `gzip` write a layer as a `rope`, a description that needs no memory. `lock` keeps the digests, `document`
//! writes manifests from them, [`Catalogue`] joins all, `serve` answers as a registry does, [`Dated`] looks at it on a day. [`Hub`] is the list
//! for searches.

mod catalogue;
mod content;
mod dated;
mod deflate;
mod document;
mod error;
mod gzip;
mod image;
mod instruction;
mod layer;
mod likeness;
mod lock;
pub mod locking;
mod moment;
mod names;
mod packages;
mod pairs;
mod part;
mod recipe;
mod recipes;
mod rope;
mod search;
mod serve;
mod share;
mod size;
mod tar;
mod vouch;

pub use catalogue::Catalogue;
pub use dated::{Dated, Day};
pub use error::{Error, Problem};
pub use gzip::OutOfReach;
pub use lock::Lock;
pub use moment::Moment;
pub use recipe::Recipe;
pub use recipes::Recipes;
pub use search::{Hub, Listing};

/// Name of the lock's file, beside the recipes.
pub const LOCK_FILE: &str = "lock.yaml";
/// Name of the file with what a search finds, beside the recipes.
pub const SEARCH_FILE: &str = "search.yaml";
