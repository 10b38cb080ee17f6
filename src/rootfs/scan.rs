//! One pass over a layer: inflate, diff ID, tree.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::feed::Feed;
use super::{Error, Tree, decode, walk};
use crate::oci::DiffId;

/// What a pass over a layer found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Digest of the whole uncompressed stream, padding and what stands behind the tar included.
    pub diff_id: DiffId,
    /// The files.
    pub tree: Tree,
    /// Bytes of the uncompressed stream.
    pub uncompressed: u64,
    /// Bytes on disk as Docker's classic store counts them; see [`Tree::on_disk`].
    pub on_disk: u64,
}

/// How much a layer may have of what costs memory or time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Entries of the tar.
    pub entries: u64,
    /// Bytes of a path or link target.
    pub path: u64,
    /// Bytes of an extension header (PAX, GNU long name).
    pub extension: u64,
    /// Bytes of the uncompressed stream.
    pub uncompressed: u64,
    /// Uncompressed bytes for each compressed one, beyond the first GiB.
    pub ratio: u64,
    /// Logarithm to base 2 of the largest zstd window in bytes; a window is memory.
    pub window_log_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 2_000_000,
            path: 4096,
            extension: 1 << 20,
            uncompressed: 1 << 40,
            ratio: 1000,
            window_log_max: 27,
        }
    }
}

impl Limits {
    pub(super) fn check_ratio(&self, uncompressed: u64, compressed: u64) -> Result<(), Error> {
        const FREE: u64 = 1 << 30;
        if uncompressed > self.uncompressed {
            return Err(Error::Limit { what: "bytes", limit: self.uncompressed });
        }
        if uncompressed > FREE && uncompressed / self.ratio > compressed {
            return Err(Error::Limit { what: "bytes for each compressed one", limit: self.ratio });
        }
        Ok(())
    }
}

/// Reads a layer's compressed bytes to their end. Blocks; memory is bounded whatever the layer's size, but for the tree.
///
/// # Errors
/// What Docker's classic store refuses, and what passes the limits.
pub fn scan(input: impl Read + Send, limits: &Limits) -> Result<Layer, Error> {
    let counted = Counted::default();
    let decoder =
        decode::decode(Counting { input, count: counted.clone() }, limits.window_log_max).map_err(Error::Io)?;
    std::thread::scope(|scope| {
        let mut feed = Feed::start(scope, decoder, counted, limits);
        let tree = walk::walk(&mut feed, limits)?;
        let (diff_id, uncompressed) = feed.finish()?;
        Ok(Layer { diff_id, on_disk: tree.on_disk(), tree, uncompressed })
    })
}

/// A count that a reader keeps and others read.
#[derive(Clone, Default)]
pub(super) struct Counted(Arc<AtomicU64>);

impl Counted {
    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Counting<R> {
    input: R,
    count: Counted,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.count.0.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
