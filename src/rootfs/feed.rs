//! The uncompressed stream: read once, handed to the walker in place, hashed on another thread.

use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use super::error::Error;
use super::scan::Limits;
use super::{decode, scan::Counted};
use crate::oci::{Algorithm, DiffId, Hasher};

const BUFFER: usize = 128 * 1024;
/// Buffers in use: one is filled, one waits, one is hashed.
const BUFFERS: usize = 3;

/// The uncompressed bytes, in order, with their digest at the end.
pub(super) struct Feed<'scope, 'a> {
    decoder: Box<dyn Read + Send + 'a>,
    compressed: Counted,
    limits: &'a Limits,
    buffer: Vec<u8>,
    at: usize,
    /// Bytes before `buffer`.
    before: u64,
    ended: bool,
    full: SyncSender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
    hash: ScopedJoinHandle<'scope, DiffId>,
}

impl<'scope, 'a> Feed<'scope, 'a> {
    pub(super) fn start<'env>(
        scope: &'scope Scope<'scope, 'env>,
        decoder: Box<dyn Read + Send + 'a>,
        compressed: Counted,
        limits: &'a Limits,
    ) -> Self {
        let (full, to_hash) = sync_channel::<Vec<u8>>(BUFFERS);
        let (recycle, empty) = sync_channel(BUFFERS);
        for _ in 1..BUFFERS {
            let _ = recycle.send(Vec::with_capacity(BUFFER));
        }
        let hash = scope.spawn(move || {
            let mut hasher = Hasher::new(Algorithm::Sha256);
            for buffer in to_hash {
                hasher.update(&buffer);
                let _ = recycle.send(buffer);
            }
            DiffId(hasher.finish())
        });
        Self { decoder, compressed, limits, buffer: Vec::new(), at: 0, before: 0, ended: false, full, empty, hash }
    }

    /// Returns how many bytes were handed out.
    pub(super) fn position(&self) -> u64 {
        self.before + self.at as u64
    }

    /// Copies bytes out; returns fewer only at the end.
    pub(super) fn take(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        let mut filled = 0;
        while filled < out.len() && self.has_more()? {
            let count = (out.len() - filled).min(self.buffer.len() - self.at);
            out[filled..filled + count].copy_from_slice(&self.buffer[self.at..self.at + count]);
            self.at += count;
            filled += count;
        }
        Ok(filled)
    }

    /// Passes over bytes; returns fewer only at the end.
    pub(super) fn skip(&mut self, count: u64) -> Result<u64, Error> {
        let mut skipped = 0;
        while skipped < count && self.has_more()? {
            let left = (self.buffer.len() - self.at) as u64;
            let step = left.min(count - skipped);
            self.at += usize::try_from(step).unwrap_or(BUFFER);
            skipped += step;
        }
        Ok(skipped)
    }

    /// Passes over all that is left and returns the digest and the number of bytes.
    pub(super) fn finish(mut self) -> Result<(DiffId, u64), Error> {
        self.skip(u64::MAX)?;
        let total = self.position();
        drop(self.full);
        let digest = self.hash.join().map_err(|_| Error::Corrupt("the digest could not be computed".to_owned()))?;
        Ok((digest, total))
    }

    fn has_more(&mut self) -> Result<bool, Error> {
        if self.at < self.buffer.len() {
            return Ok(true);
        }
        if self.ended {
            return Ok(false);
        }
        let mut next = self.empty.recv().unwrap_or_default();
        next.resize(BUFFER, 0);
        let count = decode::fill(&mut self.decoder, &mut next).map_err(|error| self.read_error(error))?;
        next.truncate(count);
        self.before += self.buffer.len() as u64;
        self.at = 0;
        let done = std::mem::replace(&mut self.buffer, next);
        if !done.is_empty() {
            let _ = self.full.send(done);
        }
        self.limits.check_ratio(self.before + count as u64, self.compressed.get())?;
        self.ended = count == 0;
        Ok(!self.ended)
    }

    fn read_error(&self, error: std::io::Error) -> Error {
        let text = error.to_string();
        if error.kind() == std::io::ErrorKind::UnexpectedEof || text.contains("incomplete frame") {
            return Error::Truncated;
        }
        if text.contains("too much memory") {
            return Error::Window(1 << self.limits.window_log_max);
        }
        match error.kind() {
            std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData | std::io::ErrorKind::Other => {
                Error::Corrupt(text)
            }
            _ => Error::Io(error),
        }
    }
}
