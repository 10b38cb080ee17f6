//! Images as one file: the tar that `docker save` writes and `docker load` reads.
//!
//! Written is what containerd's exporter writes: an OCI layout (`blobs/`, `index.json`, `oci-layout`) that is at the same time
//! a Docker archive (`manifest.json`), the stored bytes as they are. Read is everything of that kind: archives of any
//! `docker save` since 1.10, with layers under `blobs/` or as `ID/layer.tar`, compressed or not, and OCI layouts without a
//! `manifest.json`. Links lead to other files of the archive; nothing is ever unpacked.
//!
//! A loaded layer stays as it came, also uncompressed: the image's ID is the digest of its config, which names layers by their
//! uncompressed digests, so only the manifest differs, and the manifest is the archive's own or made here to describe the bytes
//! that are kept. Compressing them again would give a digest that depends on the compressor.

mod choice;
mod error;
mod files;
mod item;
mod layout;
mod listed;
mod load;
mod names;
mod save;
mod verify;

pub use error::ArchiveError;
pub use load::{LoadEvent, LoadedImage, LoadedName};

/// Where a Docker archive lists its images.
const MANIFEST: &str = "manifest.json";
/// Where an OCI layout lists its images.
const INDEX: &str = "index.json";
/// What makes a folder an OCI layout.
const LAYOUT: &str = "oci-layout";
/// The only version of the layout that there is.
const LAYOUT_VERSION: &str = "1.0.0";
/// Annotation of an index entry: the whole name, as containerd writes it.
const IMAGE_NAME: &str = "io.containerd.image.name";
/// Beginning of the annotations that tell where an image was pulled from, by host.
const DISTRIBUTION_SOURCE: &str = "containerd.io/distribution.source.";
