//! What can be computed or fetched again: the trees of layers, and documents as registries sent them.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use super::{Error, Store, files};
use crate::oci::Digest;

impl Store {
    /// Opens the cached tree of a layer, by the digest of its blob.
    pub fn open_tree(&self, blob: &Digest) -> Option<File> {
        File::open(self.tree_path(blob)).ok()
    }

    /// Keeps the tree of a layer; `write` writes it, so that it need not be in memory twice.
    pub fn put_tree(&self, blob: &Digest, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        files::replace_unsynced(&self.tree_path(blob), write)
    }

    /// Reads an index, manifest or config that was fetched before. What is damaged counts as absent.
    pub fn document(&self, digest: &Digest) -> Option<Vec<u8>> {
        files::verified(fs::read(self.document_path(digest)).ok()?, digest)
    }

    /// Keeps a document; the caller has verified its digest.
    pub fn put_document(&self, digest: &Digest, bytes: &[u8]) -> Result<(), Error> {
        files::replace_unsynced(&self.document_path(digest), |file| file.write_all(bytes))
    }

    fn tree_path(&self, blob: &Digest) -> PathBuf {
        self.home.join("cache/layers").join(format!("{}.v1", blob.encoded()))
    }

    fn document_path(&self, digest: &Digest) -> PathBuf {
        self.home.join("cache/documents").join(file_name(digest))
    }
}

/// A digest as a file name on every system.
pub(super) fn file_name(digest: &Digest) -> String {
    format!("{}-{}", digest.algorithm().name(), digest.encoded())
}
