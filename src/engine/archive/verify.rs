//! An image of an archive: config read, every layer's diff ID computed from its bytes and compared.

use std::fs::File;
use std::io::{self, BufReader, Read};

use tokio::sync::mpsc;

use super::{ArchiveError, LoadEvent};
use crate::engine::layer::{self, Totals};
use crate::engine::{Engine, Error};
use crate::oci::{ChainId, ConfigError, Descriptor, DiffId, ImageConfig, ImageId, Reference};
use crate::store::Store;

/// A progress event for so many bytes.
const REPORT_BYTES: u64 = 512 * 1024;

/// An image that is whole and in the pool, still without a name.
#[derive(Debug)]
pub(super) struct Found {
    /// Digest of its config.
    pub(super) id: ImageId,
    /// Its manifest.
    pub(super) manifest: Descriptor,
    /// Bytes on disk of its layers.
    pub(super) on_disk: u64,
    /// When it was made, as its config says.
    pub(super) created: Option<String>,
    /// Its layers.
    pub(super) diff_ids: Vec<DiffId>,
    /// What it is to be called.
    pub(super) names: Vec<Reference>,
    /// The image that the archive says it was committed from.
    pub(super) parent: Option<ImageId>,
}

/// Reads the config of an image that is to run here.
pub(super) fn config(name: &str, raw: &[u8]) -> Result<ImageConfig, Error> {
    let config = ImageConfig::parse(raw).map_err(|error| match error {
        ConfigError::Json(cause) => ArchiveError::Json { name: name.to_owned(), cause }.into(),
        ConfigError::NoRootFs => ArchiveError::NoRootFs.into(),
        ConfigError::DiffId => Error::Config(error),
    })?;
    match config.os.as_str() {
        "" | "linux" => Ok(config),
        other => Err(ArchiveError::OtherSystem(other.to_owned()).into()),
    }
}

impl Engine {
    /// Reads every layer and compares its diff ID with the config's. Returns the bytes on disk of all.
    pub(super) async fn verify_layers(
        &self,
        layers: &[Descriptor],
        config: &ImageConfig,
        events: &mut (dyn FnMut(LoadEvent) + Send),
    ) -> Result<u64, Error> {
        let diff_ids = &config.rootfs.diff_ids;
        if layers.len() != diff_ids.len() {
            return Err(ArchiveError::LayerCount { expected: layers.len(), actual: diff_ids.len() }.into());
        }
        let standing = self.standing()?;
        let mut on_disk = 0;
        for (number, ((blob, expected), chain)) in layers.iter().zip(diff_ids).zip(ChainId::stack(diff_ids)).enumerate()
        {
            let is_new = !standing.contains_key(&chain.to_string());
            let mut tell = |current| {
                if is_new {
                    events(LoadEvent { diff_id: expected.clone(), current, total: blob.size });
                }
            };
            let Totals { diff_id: actual, on_disk: bytes, .. } = read_layer(self.store(), blob, &mut tell).await?;
            if actual != *expected {
                return Err(ArchiveError::DiffId { layer: number, expected: expected.clone(), actual }.into());
            }
            on_disk += bytes;
        }
        Ok(on_disk)
    }
}

/// Reads a layer in the pool, unless it was read before.
async fn read_layer(store: &Store, blob: &Descriptor, tell: &mut (dyn FnMut(u64) + Send)) -> Result<Totals, Error> {
    if let Some(totals) = layer::cached(store, blob) {
        tell(blob.size);
        return Ok(totals);
    }
    let (sender, mut counts) = mpsc::unbounded_channel();
    let (store, of_worker) = (store.clone(), blob.clone());
    let worker = tokio::task::spawn_blocking(move || {
        let file = store.open_blob(&of_worker.digest)?;
        let file = BufReader::with_capacity(128 * 1024, Counted { file, read: 0, reported: 0, sender });
        layer::keep(&store, &of_worker, &layer::scan(file, &of_worker)?)
    });
    while let Some(count) = counts.recv().await {
        tell(count);
    }
    let totals = worker.await.unwrap_or_else(|error| {
        Err(Error::Store { what: "the reading of a layer broke off".to_owned(), cause: Box::new(error) })
    });
    let totals = totals.map_err(|error| match error {
        Error::LayerContent { reason, .. } => ArchiveError::Layer(reason).into(),
        other => other,
    })?;
    tell(blob.size);
    Ok(totals)
}

/// A file that tells how far it was read.
struct Counted {
    file: File,
    read: u64,
    reported: u64,
    sender: mpsc::UnboundedSender<u64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read += count as u64;
        if self.read - self.reported >= REPORT_BYTES {
            self.reported = self.read;
            // Nobody listens once the load was cancelled.
            let _ = self.sender.send(self.read);
        }
        Ok(count)
    }
}
