//! The uncompressed bytes of a layer on their way to two readers: the tar's, and the diff ID's on a thread of its own.

use std::io::Read;
use std::mem;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use crate::oci::{Algorithm, DiffId, Hasher};

use super::archive::Source;
use super::{Error, Inflate};

const CHUNK: usize = 128 << 10;
/// One is inflated and parsed, one is hashed, one waits.
const CHUNKS: usize = 3;

struct Chunk {
    bytes: Box<[u8]>,
    filled: usize,
}

/// Reads the uncompressed bytes of a layer; each chunk that has been read is hashed and comes back to be filled again.
pub(super) struct Stream<'scope, R> {
    inflate: Inflate<R>,
    current: Chunk,
    at: usize,
    before: u64,
    read_chunks: SyncSender<Chunk>,
    free_chunks: Receiver<Chunk>,
    hasher: ScopedJoinHandle<'scope, DiffId>,
}

impl<'scope, R: Read> Stream<'scope, R> {
    /// Starts the hashing thread, which ends with the stream.
    pub(super) fn start(inflate: Inflate<R>, scope: &'scope Scope<'scope, '_>) -> Self {
        let (read_chunks, to_hash) = sync_channel(CHUNKS);
        let (done, free_chunks) = channel();
        for _ in 1..CHUNKS {
            done.send(Chunk::new()).expect("the receiver is in this function");
        }
        let hasher = scope.spawn(move || hash(&to_hash, &done));
        Self { inflate, current: Chunk::new(), at: 0, before: 0, read_chunks, free_chunks, hasher }
    }

    /// Reads to the end, so that the diff ID is of all bytes; returns it with their number.
    pub(super) fn finish(mut self) -> Result<(DiffId, u64), Error> {
        self.skip(u64::MAX)?;
        let total = self.offset();
        drop(self.read_chunks);
        let diff_id = self.hasher.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((diff_id, total))
    }

    fn ready(&self) -> usize {
        self.current.filled - self.at
    }

    /// Makes sure that there is a byte to read; false at the end.
    fn advance(&mut self) -> Result<bool, Error> {
        if self.ready() > 0 {
            return Ok(true);
        }
        if self.current.filled > 0 {
            self.exchange();
        }
        while self.current.filled < CHUNK {
            let read = self.inflate.fill(&mut self.current.bytes[self.current.filled..])?;
            if read == 0 {
                break;
            }
            self.current.filled += read;
        }
        Ok(self.current.filled > 0)
    }

    fn exchange(&mut self) {
        self.before += self.current.filled as u64;
        self.at = 0;
        let free = self.free_chunks.recv().expect("the hasher gives every chunk back until the stream is dropped");
        let read = mem::replace(&mut self.current, Chunk { filled: 0, ..free });
        self.read_chunks.send(read).expect("the hasher listens until the stream is dropped");
    }
}

impl<R: Read> Source for Stream<'_, R> {
    fn offset(&self) -> u64 {
        self.before + self.at as u64
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        let mut done = 0;
        while done < out.len() && self.advance()? {
            let step = self.ready().min(out.len() - done);
            out[done..done + step].copy_from_slice(&self.current.bytes[self.at..self.at + step]);
            self.at += step;
            done += step;
        }
        Ok(done)
    }

    fn skip(&mut self, count: u64) -> Result<u64, Error> {
        let mut left = count;
        while left > 0 && self.advance()? {
            let step = usize::try_from(left).unwrap_or(usize::MAX).min(self.ready());
            self.at += step;
            left -= step as u64;
        }
        Ok(count - left)
    }
}

impl<S: Source> Source for &mut S {
    fn offset(&self) -> u64 {
        (**self).offset()
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        (**self).read(out)
    }

    fn skip(&mut self, count: u64) -> Result<u64, Error> {
        (**self).skip(count)
    }
}

impl Chunk {
    fn new() -> Self {
        Self { bytes: vec![0; CHUNK].into(), filled: 0 }
    }
}

fn hash(chunks: &Receiver<Chunk>, done: &Sender<Chunk>) -> DiffId {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    for chunk in chunks {
        hasher.update(&chunk.bytes[..chunk.filled]);
        // Nobody needs the chunk back once the stream has ended.
        let _ = done.send(chunk);
    }
    DiffId(hasher.finish())
}
