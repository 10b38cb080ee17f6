//! What the cache keeps of a layer: a line of totals, then the tree.

use std::io::{BufRead, BufReader, Read};

use serde::{Deserialize, Serialize};

use super::Error;
use crate::oci::{Descriptor, DiffId};
use crate::rootfs;
use crate::source::{KnownLayer, Vouch};
use crate::store::{IngestError, Store};

/// The line of totals is never longer.
const HEAD_BYTES: u64 = 512;

/// A layer in numbers. The diff ID was computed from the blob that the file is named after, so a config that pairs the
/// blob with another diff ID is found out without reading the blob again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Totals {
    /// Digest of the uncompressed tar.
    pub(super) diff_id: DiffId,
    /// Bytes on disk as the classic store counts them.
    pub(super) on_disk: u64,
    /// Bytes of the uncompressed tar.
    pub(super) uncompressed: u64,
}

impl Totals {
    /// Reads the first line of a cache file.
    fn read(head: &[u8]) -> Option<Self> {
        let end = head.iter().position(|byte| *byte == b'\n')?;
        serde_json::from_slice(&head[..end]).ok()
    }
}

/// Keeps what a scan found.
pub(super) fn keep(store: &Store, blob: &Descriptor, layer: &rootfs::Layer) -> Result<Totals, Error> {
    let counted = layer.tree.totals();
    let totals =
        Totals { diff_id: layer.diff_id.clone(), on_disk: counted.on_disk, uncompressed: counted.uncompressed };
    store.put_tree(&blob.digest, |file| {
        serde_json::to_writer(&mut *file, &totals)?;
        file.write_all(b"\n")?;
        layer.tree.encode(file)
    })?;
    Ok(totals)
}

/// Takes another's word for a layer that is not here.
pub(super) fn take_word(store: &Store, blob: &Descriptor, known: KnownLayer) -> Result<Totals, Error> {
    if let Some(totals) = cached(store, blob) {
        return Ok(totals);
    }
    let totals = Totals { diff_id: known.diff_id, on_disk: known.on_disk, uncompressed: known.uncompressed };
    store.put_tree(&blob.digest, |file| {
        serde_json::to_writer(&mut *file, &totals)?;
        file.write_all(b"\n")
    })?;
    Ok(totals)
}

/// Brings a layer into the pool that was taken on another's word.
pub(super) fn bring(store: &Store, blob: &Descriptor, vouch: &dyn Vouch) -> Result<(), Error> {
    let Some(mut ingest) = store.ingest(&blob.digest)? else { return Ok(()) };
    ingest.restart()?;
    for chunk in vouch.chunks(&blob.digest)? {
        ingest.write(&chunk)?;
    }
    ingest.commit().map_err(|error| match error {
        IngestError::Digest { .. } => Error::LayerDigest(blob.digest.clone()),
        IngestError::Store(error) => error.into(),
    })
}

/// Reads what the cache says about a held blob, which is trusted by its digest; a lost cache is filled again from the blob.
pub(super) fn held(store: &Store, blob: &Descriptor) -> Result<Totals, Error> {
    cached(store, blob).map_or_else(|| rescan(store, blob), Ok)
}

/// Reads what the cache says about a held blob, if it does.
pub(super) fn cached(store: &Store, blob: &Descriptor) -> Option<Totals> {
    let mut head = Vec::new();
    store.open_tree(&blob.digest)?.take(HEAD_BYTES).read_to_end(&mut head).ok()?;
    Totals::read(&head)
}

/// Reads the tree of a held blob; a lost or damaged cache is filled again from the blob.
pub(super) fn tree(store: &Store, blob: &Descriptor) -> Result<rootfs::Tree, Error> {
    let cached = store.open_tree(&blob.digest).and_then(|file| {
        let mut input = BufReader::new(file);
        let mut head = Vec::new();
        input.by_ref().take(HEAD_BYTES).read_until(b'\n', &mut head).ok()?;
        Totals::read(&head)?;
        rootfs::Tree::decode(input).ok()
    });
    if let Some(tree) = cached {
        return Ok(tree);
    }
    let file = BufReader::with_capacity(128 * 1024, store.open_blob(&blob.digest)?);
    let layer = scan(file, blob)?;
    keep(store, blob, &layer)?;
    Ok(layer.tree)
}

/// Reads a held blob again.
fn rescan(store: &Store, blob: &Descriptor) -> Result<Totals, Error> {
    let file = BufReader::with_capacity(128 * 1024, store.open_blob(&blob.digest)?);
    keep(store, blob, &scan(file, blob)?)
}

/// Tells whether a layer's owner does not want it to be handed on: it has places of its own to be fetched from.
pub(super) fn is_foreign(blob: &Descriptor) -> bool {
    let media_type = blob.media_type.as_str();
    !blob.urls.is_empty() || media_type.contains(".foreign.") || media_type.contains(".nondistributable.")
}

/// Scans compressed bytes to their end.
pub(super) fn scan(input: impl Read + Send, blob: &Descriptor) -> Result<rootfs::Layer, Error> {
    rootfs::scan(input, &rootfs::Limits::default())
        .map_err(|error| Error::LayerContent { digest: blob.digest.clone(), reason: error.to_string() })
}
