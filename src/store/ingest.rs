//! A blob on its way into the pool: partial file, digest, sync, rename.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use thiserror::Error;

use super::locks::{Hold, lock_alone};
use super::{Durability, Error, Store, cache};
use crate::oci::{Digest, Hasher};

const CHUNK: usize = 128 * 1024;

/// A blob that is arriving. Dropped before [`Ingest::commit`], it leaves its bytes for the next attempt.
#[derive(Debug)]
pub struct Ingest {
    store: Store,
    digest: Digest,
    hasher: Hasher,
    path: PathBuf,
    file: File,
    written: u64,
    early: EarlySync,
    _lock: Hold,
}

/// The sync of what is written by now, while more arrives: at its end a large blob has little left to wait for.
#[derive(Debug, Default)]
struct EarlySync {
    /// How much was written when the last one began.
    upto: u64,
    running: Option<JoinHandle<io::Result<()>>>,
}

impl EarlySync {
    /// Bytes that are worth one.
    const BYTES: u64 = 32 << 20;

    /// Begins one where there is enough to sync and none is under way.
    fn go_on(&mut self, file: &File, written: u64) -> io::Result<()> {
        if written.saturating_sub(self.upto) < Self::BYTES || self.running.as_ref().is_some_and(|it| !it.is_finished())
        {
            return Ok(());
        }
        self.finish()?;
        let file = file.try_clone()?;
        self.upto = written;
        self.running = Some(thread::spawn(move || file.sync_data()));
        Ok(())
    }

    /// Waits for the one that is under way. The system tells of bytes that could not be written only once, so it must be heard.
    fn finish(&mut self) -> io::Result<()> {
        let running = self.running.take();
        running.map_or(Ok(()), |it| it.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    }
}

/// Why a blob did not enter the pool.
#[derive(Debug, Error)]
pub enum IngestError {
    /// The bytes have another digest. The partial file is gone.
    #[error("the bytes have the digest {actual}")]
    Digest {
        /// Digest of what came.
        actual: Digest,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
}

impl Store {
    /// Begins or continues a blob. Waits while another process fetches the same one; `None` if it is there then.
    pub fn ingest(&self, digest: &Digest) -> Result<Option<Ingest>, Error> {
        let path = self.home.join("ingest").join(cache::file_name(digest));
        let lock = lock_alone(&path.with_extension("lock"))?;
        if self.has_blob(digest) {
            return Ok(None);
        }
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(Error::io("open", &path))?;
        let hasher = Hasher::new(digest.algorithm());
        Ok(Some(Ingest {
            store: self.clone(),
            digest: digest.clone(),
            hasher,
            path,
            file,
            written: 0,
            early: EarlySync::default(),
            _lock: lock,
        }))
    }
}

impl Ingest {
    /// Passes the bytes of an earlier attempt to `each`, in order, and keeps them; at most `limit` of them.
    /// Returns how many there are: the offset to go on from.
    pub fn replay(&mut self, limit: u64, mut each: impl FnMut(&[u8])) -> Result<u64, Error> {
        let mut buffer = vec![0; CHUNK];
        loop {
            let wanted = usize::try_from(limit - self.written).unwrap_or(CHUNK).min(CHUNK);
            let count = self.file.read(&mut buffer[..wanted]).map_err(Error::io("read", &self.path))?;
            if count == 0 {
                break;
            }
            self.hasher.update(&buffer[..count]);
            each(&buffer[..count]);
            self.written += count as u64;
        }
        self.file.seek(SeekFrom::Start(self.written)).map_err(Error::io("seek in", &self.path))?;
        Ok(self.written)
    }

    /// Adds bytes. Long runs of zeros become holes, so that blank layers take no room.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.hasher.update(bytes);
        let done = match hole(bytes) {
            Some(step) => self.file.seek(SeekFrom::Current(step)).map(drop),
            None => self.file.write_all(bytes),
        };
        done.map_err(Error::io("write", &self.path))?;
        self.written += bytes.len() as u64;
        match self.store.durability {
            Durability::Lasting => self.early.go_on(&self.file, self.written).map_err(Error::io("sync", &self.path)),
            Durability::Fleeting => Ok(()),
        }
    }

    /// Returns how many bytes are here.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Forgets what is here and begins again.
    pub fn restart(&mut self) -> Result<(), Error> {
        let emptied = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0)));
        emptied.map_err(Error::io("empty", &self.path))?;
        self.hasher = Hasher::new(self.digest.algorithm());
        (self.written, self.early.upto) = (0, 0);
        Ok(())
    }

    /// Verifies the digest, syncs and gives the blob its name.
    ///
    /// # Errors
    /// [`IngestError::Digest`] where the bytes are not the blob; nothing is left of them.
    pub fn commit(mut self) -> Result<(), IngestError> {
        let actual = self.hasher.finish();
        if actual != self.digest {
            fs::remove_file(&self.path).map_err(Error::io("remove", &self.path))?;
            return Err(IngestError::Digest { actual });
        }
        let target = self.store.blob_path(&self.digest);
        let early = self.early.finish();
        let sync = || match self.store.durability {
            Durability::Lasting => self.file.sync_all(),
            Durability::Fleeting => Ok(()),
        };
        let synced = early.and_then(|()| self.file.set_len(self.written)).and_then(|()| sync());
        synced.map_err(Error::io("sync", &self.path))?;
        make_readable(&self.file).map_err(Error::io("change the mode of", &self.path))?;
        fs::rename(&self.path, &target).map_err(Error::io("rename", &self.path))?;
        self.store.sync_folder(target.parent().unwrap_or(&target))?;
        Ok(())
    }
}

/// Tells how far to go on without writing, where the bytes may as well be a hole.
pub(super) fn hole(bytes: &[u8]) -> Option<i64> {
    i64::try_from(bytes.len()).ok().filter(|_| bytes.len() >= 4096 && is_blank(bytes))
}

/// Tells whether there is nothing but zeros.
pub(super) fn is_blank(bytes: &[u8]) -> bool {
    let mut words = bytes.chunks_exact(16);
    words.all(|word| u128::from_ne_bytes(word.try_into().unwrap_or([1; 16])) == 0)
        && words.remainder().iter().all(|byte| *byte == 0)
}

#[cfg(unix)]
pub(super) fn make_readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
pub(super) fn make_readable(_file: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path()).unwrap();
        (home, store)
    }

    #[test]
    fn a_blob_gets_its_name_only_when_its_digest_is_right() {
        let (_home, store) = store();
        let digest = Digest::of(b"layer");
        let mut ingest = store.ingest(&digest).unwrap().unwrap();
        ingest.write(b"lawyer").unwrap();
        assert!(matches!(ingest.commit(), Err(IngestError::Digest { .. })));
        assert!(!store.has_blob(&digest));

        let mut ingest = store.ingest(&digest).unwrap().unwrap();
        assert_eq!(ingest.replay(100, |_| panic!("the wrong bytes are gone")).unwrap(), 0);
        ingest.write(b"layer").unwrap();
        ingest.commit().unwrap();
        assert_eq!(store.read_blob(&digest).unwrap(), b"layer"[..]);
        assert!(store.ingest(&digest).unwrap().is_none());
    }

    #[test]
    fn what_a_crash_left_is_continued() {
        let (_home, store) = store();
        let digest = Digest::of(b"first second");
        let mut ingest = store.ingest(&digest).unwrap().unwrap();
        ingest.write(b"first ").unwrap();
        drop(ingest);

        let mut seen = Vec::new();
        let mut ingest = store.ingest(&digest).unwrap().unwrap();
        assert_eq!(ingest.replay(100, |bytes| seen.extend_from_slice(bytes)).unwrap(), 6);
        assert_eq!(seen, b"first ");
        ingest.write(b"second").unwrap();
        ingest.commit().unwrap();
        assert!(store.has_blob(&digest));
    }

    #[test]
    fn blank_bytes_are_kept_as_holes_and_read_back_as_zeros() {
        let (_home, store) = store();
        let mut blank = vec![0; 3 * 4096];
        blank.push(7);
        blank.extend(vec![0; 8192]);
        let digest = Digest::of(&blank);
        let mut ingest = store.ingest(&digest).unwrap().unwrap();
        ingest.write(&blank[..8192]).unwrap();
        ingest.write(&blank[8192..12289]).unwrap();
        ingest.write(&blank[12289..]).unwrap();
        ingest.commit().unwrap();
        assert_eq!(store.read_blob(&digest).unwrap(), blank);
    }
}
