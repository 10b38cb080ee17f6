//! The bytes of files, read when someone asks for them.
//!
//! A layer is inflated no further than to the file that is read, and stays open there: a file behind it goes on from that
//! place. Small files are kept in memory, so that a second look costs nothing, and what lies far inside a layer on disk, so
//! that it costs nothing in the next process either.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Errno, Source};
use crate::container::{Bring, Layers};
use crate::oci::Digest;
use crate::rootfs::{Body, Inflate, Limits};
use crate::store::{self, BodyCache, Store};

/// The largest file that is read whole, in bytes.
const LARGEST: u64 = 512 << 20;
/// How much is kept, and how large a file may be to be kept.
const KEPT: usize = 32 << 20;
const SMALL: usize = 1 << 20;
const STEP: usize = 128 << 10;
/// From which place in a layer on a file is kept on disk, and how large it may be: inflating up to there takes long enough
/// to be felt.
const FAR: u64 = 2 << 20;
const KEPT_ON_DISK: usize = 8 << 20;

/// Where the bytes of a container's files are.
pub(crate) struct Bodies {
    store: Store,
    /// The layers' blobs, the lowest first.
    blobs: Vec<Digest>,
    /// Gets those that are not in the pool yet.
    bring: Option<Arc<Bring>>,
    /// The folder of the container's own bodies.
    own: PathBuf,
    /// Those that were written here.
    written: Mutex<HashSet<String>>,
    state: Mutex<State>,
}

struct State {
    /// Nothing where all is read once, one file after the other.
    disk: Option<BodyCache>,
    open: HashMap<usize, Opened>,
    kept: HashMap<(usize, u64), Arc<[u8]>>,
    kept_bytes: usize,
}

/// A layer that is inflated up to a place.
struct Opened {
    input: Inflate<BufReader<File>>,
    at: u64,
}

impl Bodies {
    pub(crate) fn new(store: Store, layers: &Layers, own: PathBuf) -> Self {
        let disk = Some(store.body_cache());
        let state = State { disk, open: HashMap::new(), kept: HashMap::new(), kept_bytes: 0 };
        let (blobs, bring) = (layers.blobs.clone(), layers.bring.clone());
        Self { store, blobs, bring, own, written: Mutex::default(), state: Mutex::new(state) }
    }

    /// Returns the same bytes for someone who reads all of them once: nothing is kept on disk.
    pub(crate) fn for_one_reading(&self) -> Self {
        let state = State { disk: None, open: HashMap::new(), kept: HashMap::new(), kept_bytes: 0 };
        let (store, blobs, own) = (self.store.clone(), self.blobs.clone(), self.own.clone());
        let (bring, written) = (self.bring.clone(), Mutex::default());
        Self { store, blobs, bring, own, written, state: Mutex::new(state) }
    }

    /// Returns the folder of the container's own bodies.
    pub(crate) fn own_folder(&self) -> &Path {
        &self.own
    }

    /// Reads a file whole.
    pub(crate) fn read(&self, source: &Source, size: u64) -> Result<Arc<[u8]>, Errno> {
        if size > LARGEST {
            return Err(Errno::TooLarge);
        }
        self.read_head(source, size, size)
    }

    /// Reads the first bytes of a file, at most `wanted`.
    pub(crate) fn read_head(&self, source: &Source, size: u64, wanted: u64) -> Result<Arc<[u8]>, Errno> {
        let wanted = size.min(wanted);
        match source {
            Source::Text(bytes) => Ok(cut(bytes, wanted)),
            Source::Own(name) => {
                let mut bytes = Vec::new();
                let file = File::open(self.own.join(name)).map_err(|_| Errno::Io)?;
                file.take(wanted).read_to_end(&mut bytes).map_err(|_| Errno::Io)?;
                Ok(bytes.into())
            }
            Source::Layer { layer, body } => self.read_layer(*layer, body, size, wanted),
        }
    }

    /// Writes bytes into the container's folder under their digest: whole or not at all.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<Source, store::Error> {
        let name = Digest::of(bytes).encoded().to_owned();
        let path = self.own.join(&name);
        if !path.is_file() {
            self.store.replace(&path, bytes)?;
            self.written.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        }
        Ok(Source::Own(name))
    }

    /// Names the bodies that were written here.
    pub(crate) fn written(&self) -> HashSet<String> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn read_layer(&self, layer: usize, body: &Body, size: u64, wanted: u64) -> Result<Arc<[u8]>, Errno> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (layer, body.offset);
        if let Some(kept) = state.kept.get(&key).filter(|kept| kept.len() as u64 >= wanted) {
            return Ok(cut(kept, wanted));
        }
        let stored = match &body.extents {
            None => self.stretch(&mut state, layer, body.offset, wanted)?,
            Some(extents) => {
                let stored = extents.iter().map(|extent| extent.length).sum();
                let packed = self.stretch(&mut state, layer, body.offset, stored)?;
                let mut whole = vec![0; usize::try_from(size).map_err(|_| Errno::TooLarge)?];
                let mut rest = packed.as_slice();
                for extent in extents {
                    let (from, length) = (index(extent.offset)?, index(extent.length)?);
                    let (now, later) = rest.split_at_checked(length).ok_or(Errno::Io)?;
                    whole.get_mut(from..from + length).ok_or(Errno::Io)?.copy_from_slice(now);
                    rest = later;
                }
                whole.truncate(index(wanted)?);
                whole
            }
        };
        let bytes: Arc<[u8]> = stored.into();
        if bytes.len() <= SMALL && state.kept_bytes + bytes.len() <= KEPT {
            state.kept_bytes += bytes.len();
            state.kept.insert(key, Arc::clone(&bytes));
        }
        Ok(bytes)
    }

    /// Returns a stretch of a layer, from the disk where it was kept there.
    fn stretch(&self, state: &mut State, layer: usize, offset: u64, length: u64) -> Result<Vec<u8>, Errno> {
        let blob = self.blobs.get(layer).ok_or(Errno::Io)?;
        let is_far = offset >= FAR && length > 0;
        let disk = state.disk.as_ref().filter(|_| is_far);
        if let Some(bytes) = disk.and_then(|disk| disk.get(blob, offset, length)) {
            return Ok(bytes);
        }
        let bytes = self.inflate(state, layer, offset, length)?;
        if let Some(disk) = state.disk.as_mut().filter(|_| is_far && bytes.len() <= KEPT_ON_DISK) {
            disk.put(blob, offset, &bytes);
        }
        Ok(bytes)
    }

    /// Inflates a stretch of a layer; goes on from where the layer is open, if that is before it.
    fn inflate(&self, state: &mut State, layer: usize, offset: u64, length: u64) -> Result<Vec<u8>, Errno> {
        let open = state.open.remove(&layer).filter(|open| open.at <= offset);
        let mut open = match open {
            Some(open) => open,
            None => self.open(layer)?,
        };
        let mut scratch = vec![0; STEP];
        while open.at < offset {
            let step = usize::try_from(offset - open.at).unwrap_or(STEP).min(STEP);
            let read = open.input.read(&mut scratch[..step]).map_err(|_| Errno::Io)?;
            if read == 0 {
                return Err(Errno::Io);
            }
            open.at += read as u64;
        }
        let mut bytes = Vec::new();
        open.input.by_ref().take(length).read_to_end(&mut bytes).map_err(|_| Errno::Io)?;
        open.at += bytes.len() as u64;
        if (bytes.len() as u64) < length {
            return Err(Errno::Io);
        }
        state.open.insert(layer, open);
        Ok(bytes)
    }

    fn open(&self, layer: usize) -> Result<Opened, Errno> {
        let blob = self.blobs.get(layer).ok_or(Errno::Io)?;
        if self.bring.as_ref().is_some_and(|bring| !bring(blob)) {
            return Err(Errno::Io);
        }
        let file = BufReader::with_capacity(STEP, self.store.open_blob(blob).map_err(|_| Errno::Io)?);
        let input = Inflate::open(file, &Limits::default()).map_err(|_| Errno::Io)?;
        Ok(Opened { input, at: 0 })
    }
}

fn cut(bytes: &Arc<[u8]>, wanted: u64) -> Arc<[u8]> {
    match usize::try_from(wanted) {
        Ok(wanted) if wanted < bytes.len() => bytes[..wanted].into(),
        _ => Arc::clone(bytes),
    }
}

fn index(number: u64) -> Result<usize, Errno> {
    usize::try_from(number).map_err(|_| Errno::TooLarge)
}
