//! The local image store: one pool of verified blobs in an OCI image layout on disk, and many workspaces, each an
//! `index.json` of its own that names images of the pool. The only writer of image data.
//! Knows no registry and no terminal, and reads no layer.
//!
//! ```text
//! HOME/layerbook.json     {"version": 1}; a newer version is refused
//! HOME/store/             the layout: oci-layout, index.json (the shell's workspace), blobs/
//! HOME/online/            the shell's workspace with --online
//! HOME/work/PACK/ID/      one workspace a lesson or problem; sandbox/ below it
//! HOME/cache/             what can be computed or fetched again: layers/, files/ and documents/
//! HOME/ingest/            blobs that are still arriving, each with a lock of its own
//! HOME/lock, index.lock   lock files, never data
//! ```
//!
//! Leaf first, name last: a blob gets its name when its digest is verified and its bytes are synced, and an image is named when
//! everything that it reaches is there. So a crash leaves only things that no name reaches, which [`Store::sweep`] removes.
//! What was pushed to a served registry is apart, in a folder of its own: [`Depot`].
//! Of a home that nobody else knows, indexes, pins, snapshots and the cache are in memory and not on disk: [`Store::unshared`].
//! Held means *reached from the workspace's own index*; whether a blob file exists says nothing.

mod bodies;
mod cache;
mod depot;
pub(crate) mod encoding;
mod error;
mod files;
mod host;
mod image;
mod ingest;
mod layout;
mod listing;
mod locks;
mod logins;
mod memory;
mod small;
mod snapshot;
mod spool;
mod sweep;
mod workspace;

pub use bodies::BodyCache;
pub use depot::{Depot, Durability, HeldBlob, Mark, Upload, UploadError};
pub use error::Error;
pub use host::{HostFile, write_host_file};
pub use image::HeldImage;
pub use ingest::{Ingest, IngestError};
pub use listing::{Damage, Glimpse, ListedImage};
pub use locks::Hold;
pub use logins::Trace;
pub use spool::Spool;
pub use sweep::Swept;
pub use workspace::{Workspace, WorkspaceName};

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use self::memory::Memory;
use crate::oci::{Algorithm, Digest};

/// The pool of blobs below a home, and the way to its workspaces. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    home: PathBuf,
    durability: Durability,
    memory: Option<Arc<Memory>>,
}

impl Store {
    /// Opens the store below `home` and creates what is missing.
    ///
    /// # Errors
    /// [`Error::Newer`] where a newer layerbook has written there; [`Error::Io`] on a full disk or missing rights.
    pub fn open(home: &Path) -> Result<Self, Error> {
        layout::prepare(home)?;
        Ok(Self { home: home.to_owned(), durability: Durability::Lasting, memory: None })
    }

    /// Syncs nothing from now on: for a home that goes with the process.
    #[must_use]
    pub fn fleeting(self) -> Self {
        Self { durability: Durability::Fleeting, ..self }
    }

    /// Keeps small files in memory from now on, and locks nothing on disk: for a home that goes with the process and that nobody knows
    /// but this store and its clones. A proof plays thousands of lines in such a home.
    #[must_use]
    pub fn unshared(self) -> Self {
        Self { durability: Durability::Fleeting, memory: Some(Arc::default()), ..self }
    }

    /// Replaces a file: at once, or in a home that goes with the process, as it comes.
    pub(crate) fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        match self.durability {
            Durability::Lasting => files::replace(path, bytes),
            Durability::Fleeting => {
                let folder = files::folder_of(path);
                fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
                fs::write(path, bytes).map_err(Error::io("write", path))
            }
        }
    }

    /// Makes renames in a folder last.
    fn sync_folder(&self, folder: &Path) -> Result<(), Error> {
        match self.durability {
            Durability::Lasting => files::sync_folder(folder),
            Durability::Fleeting => Ok(()),
        }
    }

    /// Returns the home folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Opens a workspace; one that was never written is empty.
    pub fn workspace(&self, name: &WorkspaceName) -> Workspace {
        let workspace = Workspace::new(self.clone(), name);
        // What cannot be finished now is told by the first change.
        let _ = workspace.settle();
        workspace
    }

    /// Tells whether the pool has a blob. Says nothing about who reaches it.
    pub fn has_blob(&self, digest: &Digest) -> bool {
        let path = self.blob_path(digest);
        self.memory.as_ref().is_some_and(|memory| memory.has(&path)) || path.is_file()
    }

    /// Opens a blob of the pool.
    pub fn open_blob(&self, digest: &Digest) -> Result<File, Error> {
        let path = self.blob_path(digest);
        File::open(&path).map_err(Error::io("open", &path))
    }

    /// Reads a small blob of the pool whole: a manifest or a config.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the bytes have another digest: someone changed the file.
    pub fn read_blob(&self, digest: &Digest) -> Result<Bytes, Error> {
        self.read_verified(&self.blob_path(digest), digest)
    }

    /// Makes something of a small blob of the pool.
    pub fn made_of_blob<T: Send + Sync + 'static, E: From<Error>>(
        &self,
        digest: &Digest,
        make: impl FnOnce(&Bytes) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        self.made_of_verified(&self.blob_path(digest), digest, make)
    }

    /// Puts a small blob into the pool and returns its digest.
    pub fn put_blob(&self, bytes: &[u8]) -> Result<Digest, Error> {
        self.put_blob_by(Algorithm::Sha256, bytes)
    }

    /// Puts a small blob into the pool under its digest by an algorithm: a manifest may name it by another one than SHA-256.
    pub fn put_blob_by(&self, algorithm: Algorithm, bytes: &[u8]) -> Result<Digest, Error> {
        let digest = Digest::by(algorithm, bytes);
        if !self.has_blob(&digest) {
            let path = self.blob_path(&digest);
            self.replace(&path, bytes)?;
            if let Some(memory) = &self.memory {
                memory.put(&path, bytes);
            }
        }
        Ok(digest)
    }

    fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.home.join("store/blobs").join(digest.algorithm().name()).join(digest.encoded())
    }
}
