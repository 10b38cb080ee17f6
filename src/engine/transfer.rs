//! One layer's way into the pool: fetched once, and on the way hashed, kept, inflated, hashed again and indexed.
//!
//! ```text
//! source --chunks--> [ingest: digest, file] --chunks--> [scan: inflate, diff ID, tree]
//! async              a thread of its own                threads of rootfs::scan
//! ```
//! The channels are short, so that memory is bounded whatever the layer's size.

use std::io;
use std::sync::Arc;
use std::sync::mpsc as sync;
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use tokio::sync::{mpsc, oneshot};

use super::layer::{self, Chunks, Totals};
use super::{Error, LayerState};
use crate::oci::{Descriptor, Digest, Repository};
use crate::source::{self, Registry};
use crate::store::{Ingest, IngestError, Store};

/// Chunks between two stages. A connection fills up to 400 kB at once, and some six of them are under way for each layer; with two
/// between the stages a pull took 3 MiB more and was no faster.
const CHANNEL: usize = 1;
/// Attempts in a row that bring no byte.
const FRUITLESS: u32 = 5;
/// Attempts in all.
const ATTEMPTS: u32 = 50;
/// The classic engine waits this long after the first failure, twice as long after the second, and so on.
const WAIT_SECONDS: u64 = 5;
/// A progress event for so many bytes.
const REPORT_BYTES: u64 = 512 * 1024;

/// A blob and everything that its transfer needs.
pub(super) struct Transfer {
    store: Store,
    source: Arc<dyn Registry>,
    repository: Repository,
    blob: Descriptor,
    urgency: Urgency,
    events: mpsc::UnboundedSender<(Digest, LayerState)>,
}

/// Whose work goes first where several layers come faster than the processors can take them in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// The largest layer: everything waits for it in the end.
    First,
    /// Any other: what it needs is had beside the largest one.
    Behind,
}

impl Transfer {
    pub(super) fn new(
        store: Store,
        source: Arc<dyn Registry>,
        repository: Repository,
        blob: Descriptor,
        urgency: Urgency,
        events: mpsc::UnboundedSender<(Digest, LayerState)>,
    ) -> Self {
        Self { store, source, repository, blob, urgency, events }
    }

    /// Brings the blob into the pool, unless it is there, and returns what is in it.
    pub(super) async fn run(self) -> Result<(Digest, Totals), Error> {
        let totals = match self.attempt().await {
            // What an earlier run left may be wrong: once more, from the first byte.
            Err((Error::LayerDigest(_), resumed)) if resumed => self.attempt().await,
            other => other,
        };
        let totals = totals.map_err(|(error, _)| error)?;
        self.report(LayerState::DownloadComplete);
        Ok((self.blob.digest, totals))
    }

    /// One way through; an error tells whether bytes of an earlier run were part of it.
    async fn attempt(&self) -> Result<Totals, (Error, bool)> {
        let (chunks, arriving) = mpsc::channel(CHANNEL);
        let (begin, offset) = oneshot::channel();
        let worker = Worker { store: self.store.clone(), blob: self.blob.clone(), events: self.events.clone() };
        let (done, worked) = oneshot::channel();
        // Whoever waits no longer is not told.
        let work = move || drop(done.send(worker.run(arriving, begin)));
        self.urgency.start(work).map_err(|error| (broken_off(Box::new(error)), false))?;
        let mut resumed = false;
        let mut streamed = Ok(());
        if let Ok(offset) = offset.await {
            resumed = offset > 0;
            streamed = self.stream(offset, chunks).await;
        }
        let worked = worked.await.unwrap_or_else(|error| Err(broken_off(Box::new(error))));
        match (streamed, worked) {
            (Err(error), _) | (Ok(()), Err(error)) => Err((error, resumed)),
            (Ok(()), Ok(totals)) => Ok(totals),
        }
    }

    /// Sends the blob's bytes from `position` on, and resumes where the connection breaks.
    async fn stream(&self, mut position: u64, chunks: mpsc::Sender<Bytes>) -> Result<(), Error> {
        let mut fruitless = 0;
        for _ in 0..ATTEMPTS {
            let before = position;
            let broken = self.stream_once(&mut position, &chunks).await;
            if position == self.blob.size && broken.is_ok() {
                return Ok(());
            }
            match broken {
                Ok(()) => {}
                Err(error) if is_passing(&error) => {
                    if fruitless + 1 >= FRUITLESS && position == before {
                        return Err(error);
                    }
                }
                Err(error) => return Err(error),
            }
            fruitless = if position > before { 0 } else { fruitless + 1 };
            if fruitless >= FRUITLESS {
                break;
            }
            self.wait(fruitless).await;
        }
        Err(self.wrong_size(position))
    }

    async fn stream_once(&self, position: &mut u64, chunks: &mpsc::Sender<Bytes>) -> Result<(), Error> {
        let total = self.blob.size;
        let mut blob = self.source.blob(&self.repository, &self.blob.digest, *position).await?;
        if let Some(size) = blob.size.filter(|size| *size != total) {
            return Err(self.wrong_size(size));
        }
        let mut skip = position.checked_sub(blob.offset).ok_or_else(|| self.wrong_size(blob.offset))?;
        let mut reported = *position;
        while let Some(chunk) = blob.stream.next().await {
            let mut chunk = chunk?;
            let skipped = usize::try_from(skip).unwrap_or(usize::MAX).min(chunk.len());
            chunk.advance(skipped);
            skip -= skipped as u64;
            *position += chunk.len() as u64;
            if *position > total {
                return Err(self.wrong_size(*position));
            }
            if *position - reported >= REPORT_BYTES {
                reported = *position;
                self.report(LayerState::Downloading { current: *position, total });
            }
            // A worker that ended has its own error to tell.
            if !chunk.is_empty() && chunks.send(chunk).await.is_err() {
                *position = total;
                return Ok(());
            }
        }
        Ok(())
    }

    /// Waits as the classic engine does, and counts the seconds down. After progress it goes on at once.
    async fn wait(&self, fruitless: u32) {
        for left in (1..=u64::from(fruitless) * WAIT_SECONDS).rev() {
            self.report(LayerState::Retrying { seconds: left });
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    fn wrong_size(&self, actual: u64) -> Error {
        Error::BlobSize { digest: self.blob.digest.clone(), expected: self.blob.size, actual }
    }

    fn report(&self, state: LayerState) {
        // Nobody listens once the pull has failed or was cancelled.
        let _ = self.events.send((self.blob.digest.clone(), state));
    }
}

/// Errors that another attempt may not meet.
fn is_passing(error: &Error) -> bool {
    matches!(error, Error::Source(source::Error::Network(_) | source::Error::Status { .. }))
}

fn broken_off(cause: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Store { what: "the transfer of a layer broke off".to_owned(), cause }
}

impl Urgency {
    /// Starts work that blocks, on a thread of its own: a thread cannot get back the priority that it gave up. Those that it starts are
    /// as it is.
    fn start(self, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let work = move || {
            if self == Self::Behind {
                step_back();
            }
            work();
        };
        std::thread::Builder::new().name("layer".to_owned()).spawn(work).map(drop)
    }
}

/// Lets other threads of the process go first. Only Linux has priorities by thread; elsewhere nothing changes.
fn step_back() {
    #[cfg(target_os = "linux")]
    {
        const NICE: i32 = 10;
        // Where that is refused, the layers share the processors as before.
        let _ = rustix::process::setpriority_process(None, NICE);
    }
}

/// The blocking half.
struct Worker {
    store: Store,
    blob: Descriptor,
    events: mpsc::UnboundedSender<(Digest, LayerState)>,
}

impl Worker {
    /// Takes chunks until the sender is gone. Says through `begin` where to begin, or drops it where the blob is there.
    fn run(&self, arriving: mpsc::Receiver<Bytes>, begin: oneshot::Sender<u64>) -> Result<Totals, Error> {
        let Some(ingest) = self.store.ingest(&self.blob.digest)? else {
            drop(begin);
            return layer::held(&self.store, &self.blob);
        };
        let (to_scan, from_ingest) = sync::sync_channel(CHANNEL);
        std::thread::scope(|scope| {
            let scan = scope.spawn(|| layer::scan(Chunks::new(from_ingest.into_iter()), &self.blob));
            self.take_in(ingest, arriving, begin, to_scan)?;
            let scanned = scan.join().unwrap_or_else(|_| {
                Err(Error::LayerContent { digest: self.blob.digest.clone(), reason: "cannot be read".to_owned() })
            })?;
            layer::keep(&self.store, &self.blob, &scanned)
        })
    }

    /// Ends the scan by dropping its channel: so that is taken by value.
    #[expect(clippy::needless_pass_by_value, reason = "the scan ends when the channel is dropped here")]
    fn take_in(
        &self,
        mut ingest: Ingest,
        mut arriving: mpsc::Receiver<Bytes>,
        begin: oneshot::Sender<u64>,
        to_scan: sync::SyncSender<Bytes>,
    ) -> Result<(), Error> {
        // A scan that ended early has its own error; the digest is computed to the end all the same and goes first.
        let pass = |bytes: Bytes| drop(to_scan.send(bytes));
        let offset = ingest.replay(self.blob.size, |bytes| pass(Bytes::copy_from_slice(bytes)))?;
        let _ = begin.send(offset);
        while let Some(chunk) = arriving.blocking_recv() {
            ingest.write(&chunk)?;
            pass(chunk);
        }
        if ingest.written() != self.blob.size {
            let (digest, expected) = (self.blob.digest.clone(), self.blob.size);
            return Err(Error::BlobSize { digest, expected, actual: ingest.written() });
        }
        let _ = self.events.send((self.blob.digest.clone(), LayerState::VerifyingChecksum));
        ingest.commit().map_err(|error| match error {
            IngestError::Digest { .. } => Error::LayerDigest(self.blob.digest.clone()),
            IngestError::Store(error) => error.into(),
        })
    }
}
