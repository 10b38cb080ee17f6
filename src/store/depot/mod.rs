//! What a registry was given: blobs, manifests and tags of many repositories, in a folder that outlives the server.
//! Knows no HTTP and judges no manifest; whoever puts one in has checked what it refers to.
//!
//! ```text
//! DIR/registry.jsonl    {"layerbook-registry": 1}, then one change a line; a torn last line never happened
//! DIR/blobs/ALG/HEX     one pool for all repositories: verified, synced, then renamed to its name
//! DIR/uploads/          blobs that are still arriving; emptied whenever the folder is opened
//! DIR/lock              held by the one server that writes here
//! ```
//!
//! What a repository holds is what the journal says, never whether a file exists: so a blob is there for the repositories that
//! were given it and for no other. A blob gets its name before the journal mentions it, so a crash leaves only files that no
//! line mentions, and the next opening removes them. No file stays open between calls: hundreds of clients need few descriptors.

mod blob;
mod folder;
mod journal;
mod record;
mod shelf;
mod upload;

pub use blob::HeldBlob;
pub use upload::{Mark, Upload, UploadError};

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use uuid::Uuid;

use super::locks::{Hold, try_lock_alone};
use super::{Error, files};
use crate::oci::{Descriptor, Digest, Document, Repository};
use folder::{JOURNAL, empty, pool_path, prepare, sweep};
use journal::Journal;
use record::Record;
use shelf::{HeldManifest, Shelves};

/// What a registry was given. Cheap to clone; all clones are the same folder.
#[derive(Debug, Clone)]
pub struct Depot(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    durability: Durability,
    state: Mutex<State>,
    uploads: Mutex<HashMap<Uuid, Arc<Upload>>>,
    _lock: Hold,
}

#[derive(Debug)]
struct State {
    shelves: Shelves,
    journal: Journal,
}

/// Whether what is written must survive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It must: files are synced before they are named.
    Lasting,
    /// The folder goes with the process: nothing is synced.
    Fleeting,
}

impl Depot {
    /// Opens the folder and creates what is missing; removes what a crash left.
    ///
    /// # Errors
    /// [`Error::Foreign`] where the folder holds something else, [`Error::Busy`] where another server writes to it,
    /// [`Error::Newer`] where a newer layerbook wrote there, [`Error::Damaged`] where the journal cannot be read.
    pub fn open(folder: &Path, durability: Durability) -> Result<Self, Error> {
        prepare(folder)?;
        let lock = try_lock_alone(&folder.join("lock"))?.ok_or_else(|| Error::Busy { path: folder.to_owned() })?;
        empty(&folder.join("uploads"))?;
        let (journal, records) = Journal::open(&folder.join(JOURNAL), durability)?;
        let mut shelves = Shelves::default();
        for record in records {
            shelves.apply(record);
        }
        let pool = folder.join("blobs");
        shelves.keep_only(|digest| pool_path(&pool, digest).is_file());
        sweep(&pool, &shelves)?;
        let mut state = State { shelves, journal };
        state.journal.compact(&state.shelves)?;
        let state = Mutex::new(state);
        let folder = folder.to_owned();
        Ok(Self(Arc::new(Inner { folder, durability, state, uploads: Mutex::default(), _lock: lock })))
    }

    /// Tells whether anything was ever put into the repository since its last opening.
    pub fn holds(&self, repository: &Repository) -> bool {
        self.state().shelves.of(repository).is_some()
    }

    /// Lists the repository's tags, sorted by byte.
    pub fn tags(&self, repository: &Repository) -> Vec<String> {
        let state = self.state();
        state.shelves.of(repository).map(|shelf| shelf.tags.keys().cloned().collect()).unwrap_or_default()
    }

    /// Returns the digest that a tag points at.
    pub fn tagged(&self, repository: &Repository, tag: &str) -> Option<Digest> {
        self.state().shelves.of(repository)?.tags.get(tag).cloned()
    }

    /// Describes a manifest or index without reading it.
    pub fn describe(&self, repository: &Repository, digest: &Digest) -> Option<Descriptor> {
        let state = self.state();
        let held = state.shelves.of(repository)?.manifests.get(digest)?;
        Some(Descriptor::new(held.media_type.clone(), digest.clone(), held.size))
    }

    /// Reads a manifest or index.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the bytes have another digest: someone changed the file.
    pub fn manifest(&self, repository: &Repository, digest: &Digest) -> Result<Option<Document>, Error> {
        let Some(described) = self.describe(repository, digest) else { return Ok(None) };
        let path = self.blob_path(digest);
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        let bytes = files::verified(bytes, digest).ok_or_else(|| Error::Damaged { path: path.clone() })?;
        let document = Document::read(Some(&described.media_type), Bytes::from(bytes));
        let document = document.map_err(|_| Error::Damaged { path })?;
        Ok(Some(document.named_by(digest.algorithm())))
    }

    /// Lists the digests of what refers to `subject` in the repository, sorted; the subject itself may be missing.
    pub fn referrers(&self, repository: &Repository, subject: &Digest) -> Vec<Digest> {
        let state = self.state();
        let Some(shelf) = state.shelves.of(repository) else { return Vec::new() };
        let about = |held: &HeldManifest| held.subject.as_ref() == Some(subject);
        shelf.manifests.iter().filter(|(_, held)| about(held)).map(|(digest, _)| digest.clone()).collect()
    }

    /// Opens a blob of the repository.
    pub fn blob(&self, repository: &Repository, digest: &Digest) -> Result<Option<HeldBlob>, Error> {
        if !self.state().shelves.of(repository).is_some_and(|shelf| shelf.blobs.contains(digest)) {
            return Ok(None);
        }
        HeldBlob::open(self.blob_path(digest)).map(Some)
    }

    /// Puts a manifest or index into the repository and points `tags` at it.
    pub fn put_manifest(
        &self,
        repository: &Repository,
        document: &Document,
        subject: Option<&Digest>,
        tags: &[String],
    ) -> Result<(), Error> {
        let (digest, described) = (document.digest(), document.descriptor());
        let mut records = vec![Record::Manifest {
            repository: repository.clone(),
            digest: digest.clone(),
            media_type: described.media_type,
            size: described.size,
            subject: subject.cloned(),
        }];
        let tag =
            |tag: &String| Record::Tag { repository: repository.clone(), tag: tag.clone(), digest: digest.clone() };
        records.extend(tags.iter().map(tag));
        let file = self.0.folder.join("uploads").join(Uuid::new_v4().to_string());
        files::write_new(&file, document.bytes(), self.0.durability)?;
        self.admit(&file, digest, records)
    }

    /// Gives the repository a blob that another one has, or any other one where `from` says none; `false` where it is not there.
    pub fn mount(&self, repository: &Repository, from: Option<&Repository>, digest: &Digest) -> Result<bool, Error> {
        let mut state = self.state();
        let is_there = match from {
            Some(from) => state.shelves.of(from).is_some_and(|shelf| shelf.blobs.contains(digest)),
            None => state.shelves.any_has_blob(digest),
        };
        if is_there {
            state.note(vec![Record::Blob { repository: repository.clone(), digest: digest.clone() }])?;
            on_disk(state)?;
        }
        Ok(is_there)
    }

    /// Removes a tag; what it pointed at stays. `false` where it is not there.
    pub fn delete_tag(&self, repository: &Repository, tag: &str) -> Result<bool, Error> {
        let known = |shelves: &Shelves| shelves.of(repository).is_some_and(|shelf| shelf.tags.contains_key(tag));
        self.delete(known, Record::NoTag { repository: repository.clone(), tag: tag.to_owned() })
    }

    /// Removes a manifest with all tags that point at it. `false` where it is not there.
    pub fn delete_manifest(&self, repository: &Repository, digest: &Digest) -> Result<bool, Error> {
        let known =
            |shelves: &Shelves| shelves.of(repository).is_some_and(|shelf| shelf.manifests.contains_key(digest));
        self.delete(known, Record::NoManifest { repository: repository.clone(), digest: digest.clone() })
    }

    /// Removes a blob from the repository, whoever refers to it. `false` where it is not there.
    pub fn delete_blob(&self, repository: &Repository, digest: &Digest) -> Result<bool, Error> {
        let known = |shelves: &Shelves| shelves.of(repository).is_some_and(|shelf| shelf.blobs.contains(digest));
        self.delete(known, Record::NoBlob { repository: repository.clone(), digest: digest.clone() })
    }

    fn delete(&self, known: impl FnOnce(&Shelves) -> bool, record: Record) -> Result<bool, Error> {
        let mut state = self.state();
        if !known(&state.shelves) {
            return Ok(false);
        }
        for digest in state.note(vec![record])? {
            // A file that cannot go now goes at the next opening.
            let _ = fs::remove_file(self.blob_path(&digest));
        }
        on_disk(state)?;
        Ok(true)
    }

    /// Gives a verified and synced file its name in the pool, and notes whose it is.
    fn admit(&self, file: &Path, digest: &Digest, records: Vec<Record>) -> Result<(), Error> {
        let path = self.blob_path(digest);
        let mut state = self.state();
        if path.is_file() {
            fs::remove_file(file).map_err(Error::io("remove", file))?;
        } else {
            fs::rename(file, &path).map_err(Error::io("rename", file))?;
        }
        state.note(records)?;
        let handle = state.journal.handle();
        drop(state);
        // Should only the journal reach the disk, the next opening forgets what it says of a file that is not there.
        if self.0.durability == Durability::Lasting {
            files::sync_folder(path.parent().unwrap_or(&path))?;
        }
        handle.sync()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn uploads(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Upload>>> {
        self.0.uploads.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn blob_path(&self, digest: &Digest) -> PathBuf {
        pool_path(&self.0.folder.join("blobs"), digest)
    }
}

impl State {
    /// Writes records down, then follows them. Returns the digests that no repository has any more.
    fn note(&mut self, records: Vec<Record>) -> Result<Vec<Digest>, Error> {
        self.journal.append(&records)?;
        Ok(records.into_iter().filter_map(|record| self.shelves.apply(record)).collect())
    }
}

/// Waits, without holding anyone up, until the journal is on disk.
fn on_disk(state: MutexGuard<'_, State>) -> Result<(), Error> {
    let handle = state.journal.handle();
    drop(state);
    handle.sync()
}

#[cfg(test)]
mod tests;
