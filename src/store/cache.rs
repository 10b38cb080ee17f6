//! What can be computed or fetched again: the trees of layers, and documents as registries sent them.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::{Buf, Bytes};

use super::{Error, Store, files};
use crate::oci::Digest;

impl Store {
    /// Opens the cached tree of a layer, by the digest of its blob.
    pub fn open_tree(&self, blob: &Digest) -> Option<Box<dyn Read>> {
        let path = self.tree_path(blob);
        match &self.memory {
            Some(_) => Some(Box::new(self.read_small(&path).ok()??.reader())),
            None => Some(Box::new(File::open(path).ok()?)),
        }
    }

    /// Keeps the tree of a layer; `write` writes it, so that it need not be in memory twice.
    pub fn put_tree(&self, blob: &Digest, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        let path = self.tree_path(blob);
        let Some(memory) = &self.memory else { return files::replace_unsynced(&path, write) };
        let mut tree = Vec::new();
        write(&mut tree).map_err(Error::io("write", &path))?;
        memory.put(&path, &tree);
        Ok(())
    }

    /// Reads an index, manifest or config that was fetched before. What is damaged counts as absent.
    pub fn document(&self, digest: &Digest) -> Option<Bytes> {
        self.read_verified(&self.document_path(digest), digest).ok()
    }

    /// Makes something of such a document, if it was fetched before.
    pub fn made_of_document<T: Send + Sync + 'static, E: From<Error>>(
        &self,
        digest: &Digest,
        make: impl FnOnce(&Bytes) -> Result<T, E>,
    ) -> Option<Arc<T>> {
        self.made_of_verified(&self.document_path(digest), digest, make).ok()
    }

    /// Keeps a document; the caller has verified its digest.
    pub fn put_document(&self, digest: &Digest, bytes: &[u8]) -> Result<(), Error> {
        self.replace_cached(&self.document_path(digest), bytes)
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
