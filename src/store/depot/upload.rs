//! A blob on its way in: an upload session, written piece by piece while it is hashed.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use thiserror::Error;
use uuid::Uuid;

use super::record::Record;
use super::{Depot, Durability, Error};
use crate::oci::{Algorithm, Digest, Hasher, Repository};
use crate::store::ingest::{is_blank, make_readable};

/// An upload session. Its bytes go with the last one who knows it, unless it was committed.
#[derive(Debug)]
pub struct Upload {
    id: Uuid,
    repository: Repository,
    progress: Mutex<Progress>,
}

#[derive(Debug)]
struct Progress {
    path: PathBuf,
    hasher: Hasher,
    written: u64,
    touched: Instant,
    has_ended: bool,
}

/// A place in an upload to which it can return.
#[derive(Debug)]
pub struct Mark {
    hasher: Hasher,
    written: u64,
}

/// Why an upload did not go on.
#[derive(Debug, Error)]
pub enum UploadError {
    /// It was committed, cancelled or given up.
    #[error("the upload has ended")]
    Ended,
    /// The piece begins elsewhere than where the upload stands.
    #[error("the upload stands at byte {written}")]
    Elsewhere {
        /// Bytes that are here.
        written: u64,
    },
    /// The bytes have another digest; they are gone.
    #[error("the bytes have the digest {actual}")]
    Digest {
        /// Digest of what came.
        actual: Digest,
    },
    /// The disk failed.
    #[error(transparent)]
    Store(#[from] Error),
}

impl Depot {
    /// Begins an upload. `algorithm` is a guess: a right one saves reading the bytes again at the end.
    pub fn begin(&self, repository: &Repository, algorithm: Algorithm) -> Result<Arc<Upload>, Error> {
        let id = Uuid::new_v4();
        let path = self.0.folder.join("uploads").join(id.to_string());
        File::create_new(&path).map_err(Error::io("create", &path))?;
        let hasher = Hasher::new(algorithm);
        let progress = Progress { path, hasher, written: 0, touched: Instant::now(), has_ended: false };
        let upload = Arc::new(Upload { id, repository: repository.clone(), progress: Mutex::new(progress) });
        self.uploads().insert(id, Arc::clone(&upload));
        Ok(upload)
    }

    /// Finds an upload of the repository.
    pub fn upload(&self, repository: &Repository, id: &str) -> Option<Arc<Upload>> {
        let id = Uuid::parse_str(id).ok()?;
        self.uploads().get(&id).filter(|upload| upload.repository == *repository).cloned()
    }

    /// Returns how many uploads are under way.
    pub fn upload_count(&self) -> usize {
        self.uploads().len()
    }

    /// Ends an upload and removes its bytes.
    pub fn cancel(&self, upload: &Upload) {
        upload.progress().has_ended = true;
        self.uploads().remove(&upload.id);
    }

    /// Cancels the uploads of which nothing was heard for `age`. One that is being written to is not old.
    pub fn expire(&self, age: Duration) {
        let all: Vec<_> = self.uploads().values().cloned().collect();
        let is_old =
            |upload: &Arc<Upload>| upload.progress.try_lock().is_ok_and(|progress| progress.touched.elapsed() >= age);
        for upload in all.iter().filter(|upload| is_old(upload)) {
            self.cancel(upload);
        }
    }

    /// Verifies an upload's digest, syncs its bytes and gives the blob to the repository. The upload has ended, whatever comes.
    ///
    /// # Errors
    /// [`UploadError::Digest`] where the bytes are not the blob; nothing is left of them.
    pub fn commit(&self, upload: &Upload, digest: &Digest) -> Result<(), UploadError> {
        let done = upload.seal(digest, self.0.durability).and_then(|path| {
            let record = Record::Blob { repository: upload.repository.clone(), digest: digest.clone() };
            Ok(self.admit(&path, digest, vec![record])?)
        });
        self.cancel(upload);
        done
    }
}

impl Upload {
    /// Returns the name under which the upload is found again.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Returns how many bytes are here.
    pub fn written(&self) -> u64 {
        self.progress().written
    }

    /// Remembers where the upload stands.
    pub fn mark(&self) -> Mark {
        let progress = self.progress();
        Mark { hasher: progress.hasher.clone(), written: progress.written }
    }

    /// Returns to a place, as if what was written since had never come.
    pub fn rewind(&self, mark: Mark) {
        let mut progress = self.progress();
        progress.hasher = mark.hasher;
        progress.written = mark.written;
    }

    /// Adds bytes at byte `at`, which is where the upload must stand. Returns where it stands then.
    pub fn append(&self, at: u64, bytes: &[u8]) -> Result<u64, UploadError> {
        let mut progress = self.progress();
        if progress.has_ended {
            return Err(UploadError::Ended);
        }
        if progress.written != at {
            return Err(UploadError::Elsewhere { written: progress.written });
        }
        write_at(&progress.path, at, bytes)?;
        progress.hasher.update(bytes);
        progress.written += bytes.len() as u64;
        progress.touched = Instant::now();
        Ok(progress.written)
    }

    /// Ends the upload with a verified and synced file.
    fn seal(&self, digest: &Digest, durability: Durability) -> Result<PathBuf, UploadError> {
        let mut progress = self.progress();
        if std::mem::replace(&mut progress.has_ended, true) {
            return Err(UploadError::Ended);
        }
        let path = progress.path.clone();
        let file = File::options().read(true).write(true).open(&path).map_err(Error::io("open", &path))?;
        file.set_len(progress.written).map_err(Error::io("write", &path))?;
        let actual = match progress.hasher.clone().finish() {
            actual if actual.algorithm() == digest.algorithm() => actual,
            _ => hash(&file, digest.algorithm()).map_err(Error::io("read", &path))?,
        };
        if actual != *digest {
            return Err(UploadError::Digest { actual });
        }
        make_readable(&file).map_err(Error::io("change the mode of", &path))?;
        if durability == Durability::Lasting {
            file.sync_all().map_err(Error::io("sync", &path))?;
        }
        Ok(path)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        // Committed bytes have another name by now; what cannot go goes at the next opening.
        let _ = fs::remove_file(&self.path);
    }
}

/// Writes a piece; whatever an earlier attempt left behind `at` is cut away. Long runs of zeros become holes.
fn write_at(path: &Path, at: u64, bytes: &[u8]) -> Result<(), Error> {
    let mut file = File::options().write(true).open(path).map_err(Error::io("open", path))?;
    let is_hole = bytes.len() >= 4096 && is_blank(bytes);
    let end = if is_hole { at + bytes.len() as u64 } else { at };
    let placed = file.set_len(at).and_then(|()| file.set_len(end)).and_then(|()| file.seek(SeekFrom::Start(at)));
    placed.map_err(Error::io("write", path))?;
    if !is_hole {
        file.write_all(bytes).map_err(Error::io("write", path))?;
    }
    Ok(())
}

fn hash(mut file: &File, algorithm: Algorithm) -> std::io::Result<Digest> {
    let mut hasher = Hasher::new(algorithm);
    let mut buffer = vec![0; 128 << 10];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(&buffer[..count]);
    }
}
