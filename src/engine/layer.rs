//! What the cache keeps of a layer: a line of totals, then the tree.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use bytes::{Buf, Bytes};
use serde::{Deserialize, Serialize};

use super::Error;
use crate::container::Bring;
use crate::oci::{Descriptor, DiffId, Digest};
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

impl From<KnownLayer> for Totals {
    fn from(known: KnownLayer) -> Self {
        Self { diff_id: known.diff_id, on_disk: known.on_disk, uncompressed: known.uncompressed }
    }
}

/// Keeps what a scan found.
pub(super) fn keep(store: &Store, blob: &Descriptor, layer: &rootfs::Layer) -> Result<Totals, Error> {
    let counted = layer.tree.totals();
    let totals =
        Totals { diff_id: layer.diff_id.clone(), on_disk: counted.on_disk, uncompressed: counted.uncompressed };
    put(store, blob, &totals, Some(&layer.tree))?;
    Ok(totals)
}

/// Takes another's word for a layer that is not here.
pub(super) fn take_word(store: &Store, blob: &Descriptor, known: KnownLayer) -> Result<Totals, Error> {
    if let Some(totals) = cached(store, blob) {
        return Ok(totals);
    }
    let totals = known.into();
    put(store, blob, &totals, None)?;
    Ok(totals)
}

fn put(store: &Store, blob: &Descriptor, totals: &Totals, tree: Option<&rootfs::Tree>) -> Result<(), Error> {
    store.put_tree(&blob.digest, |file| {
        serde_json::to_writer(&mut *file, totals)?;
        file.write_all(b"\n")?;
        tree.map_or(Ok(()), |tree| tree.encode(file))
    })?;
    Ok(())
}

/// Brings layers into the pool that were taken on another's word, each when a file of it is read.
pub(super) fn bringing(store: &Store, vouch: &Arc<dyn Vouch>) -> Arc<Bring> {
    let (store, vouch) = (store.clone(), Arc::clone(vouch));
    Arc::new(move |blob| bring(&store, blob, &*vouch).is_ok())
}

/// Brings a layer into the pool that was taken on another's word.
pub(super) fn bring(store: &Store, blob: &Digest, vouch: &dyn Vouch) -> Result<(), Error> {
    if store.has_blob(blob) {
        return Ok(());
    }
    let Some(mut ingest) = store.ingest(blob)? else { return Ok(()) };
    ingest.restart()?;
    for chunk in vouch.chunks(blob)? {
        ingest.write(&chunk)?;
    }
    ingest.commit().map_err(|error| match error {
        IngestError::Digest { .. } => Error::LayerDigest(blob.clone()),
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

/// Reads the tree of a held blob; a lost or damaged cache is filled again from the blob. Of a layer that was taken on another's word,
/// the files are taken so too.
pub(super) fn tree(store: &Store, blob: &Descriptor, vouch: Option<&dyn Vouch>) -> Result<rootfs::Tree, Error> {
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
    if let Some((vouch, known)) = vouch.and_then(|vouch| Some((vouch, vouch.layer(&blob.digest)?))) {
        let chunks = Chunks::new(vouch.chunks(&blob.digest)?);
        let tree = rootfs::list(chunks, &rootfs::Limits::default()).map_err(unreadable(blob))?;
        let counted = tree.totals();
        if (counted.on_disk, counted.uncompressed) != (known.on_disk, known.uncompressed) {
            return Err(Error::LayersMismatch);
        }
        put(store, blob, &known.into(), Some(&tree))?;
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
    rootfs::scan(input, &rootfs::Limits::default()).map_err(unreadable(blob))
}

fn unreadable(blob: &Descriptor) -> impl Fn(rootfs::Error) -> Error {
    |error| Error::LayerContent { digest: blob.digest.clone(), reason: error.to_string() }
}

/// A blob that comes in chunks, as a reader.
pub(super) struct Chunks<I> {
    rest: I,
    current: Bytes,
}

impl<I> Chunks<I> {
    pub(super) fn new(rest: I) -> Self {
        Self { rest, current: Bytes::new() }
    }
}

impl<I: Iterator<Item = Bytes>> Read for Chunks<I> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            let Some(next) = self.rest.next() else { return Ok(0) };
            self.current = next;
        }
        let count = out.len().min(self.current.len());
        self.current.copy_to_slice(&mut out[..count]);
        Ok(count)
    }
}
