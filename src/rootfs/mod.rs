//! The file tree inside an image: each layer read once, as it streams past, and the layers laid over one another.
//!
//! [`scan()`] inflates a layer, computes its diff ID and lists its files in one pass; [`merge()`] shows what a stack of
//! such lists looks like from above. Nothing is ever unpacked: a list says where in the uncompressed tar a file's
//! bytes lie, and [`Inflate`] gives those bytes. Names are bytes, not text. [`Members`] reads tars that are no layers.
//!
//! Accepts and refuses what Docker's classic engine does, in its words where it has some. Refuses to be flooded:
//! [`Limits`] bounds all that a hostile layer could make grow. Knows no store, no registry and no image; whoever
//! calls [`scan()`] verifies the compressed bytes' digest and compares the diff ID with the config. [`list()`] is for a layer that
//! this was done for.

mod archive;
mod build;
mod codec;
mod error;
mod gzip;
mod header;
mod inflate;
mod limits;
mod members;
mod merge;
mod nodes;
mod pax;
mod scan;
mod sparse;
mod stream;
mod tree;
mod zstd;

pub use codec::TreeError;
pub use error::{Bound, Error, GzipFault, Name};
pub use inflate::{Compression, Inflate};
pub use limits::Limits;
pub use members::{Member, MemberKind, Members};
pub use merge::{Merged, MergedEntry, merge};
pub use scan::{Layer, list, scan};
pub use sparse::Extent;
pub use tree::{Body, Entries, Entry, Kind, Origin, Totals, Tree};
