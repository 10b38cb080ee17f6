//! Content on its way into the pool whose digest nobody knows before its last byte: the files of an archive.

use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;

use tempfile::NamedTempFile;

use super::{Error, Store, files, ingest};
use crate::oci::{Algorithm, Digest, Hasher};

/// A blob that is arriving. Dropped before [`Spool::commit`], it leaves nothing.
#[derive(Debug)]
pub struct Spool {
    store: Store,
    folder: PathBuf,
    file: NamedTempFile,
    hasher: Hasher,
    written: u64,
}

impl Store {
    /// Begins a blob that will be named by a digest of this algorithm. Who calls it holds the store ([`Store::hold`]), or
    /// a sweep may take the blob away as soon as it is there.
    pub fn spool(&self, algorithm: Algorithm) -> Result<Spool, Error> {
        let folder = self.home.join("ingest");
        let file = files::temporary(&folder, files::EVERYONE)?;
        Ok(Spool { store: self.clone(), folder, file, hasher: Hasher::new(algorithm), written: 0 })
    }
}

impl Spool {
    /// Adds bytes. Long runs of zeros become holes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.hasher.update(bytes);
        let file = self.file.as_file_mut();
        let done = match ingest::hole(bytes) {
            Some(step) => file.seek(SeekFrom::Current(step)).map(drop),
            None => file.write_all(bytes),
        };
        done.map_err(Error::io("write into", &self.folder))?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Syncs the blob, gives it its name in the pool and returns its digest. A blob that the pool has stays as it is.
    pub fn commit(self) -> Result<Digest, Error> {
        let digest = self.hasher.finish();
        if self.store.has_blob(&digest) {
            return Ok(digest);
        }
        let file = self.file.as_file();
        let synced = file.set_len(self.written).and_then(|()| file.sync_all());
        synced.map_err(Error::io("sync a file in", &self.folder))?;
        let target = self.store.blob_path(&digest);
        self.file.persist(&target).map_err(|error| Error::io("write", &target)(error.error))?;
        files::sync_folder(target.parent().unwrap_or(&target))?;
        Ok(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path()).unwrap();
        (home, store)
    }

    fn ingested(home: &tempfile::TempDir) -> usize {
        std::fs::read_dir(home.path().join("ingest")).unwrap().count()
    }

    #[test]
    fn a_blob_gets_the_name_that_its_bytes_have() {
        let (home, store) = store();
        let content = [&[0; 8192][..], b"end", &[0; 4096]].concat();
        let mut spool = store.spool(Algorithm::Sha256).unwrap();
        for part in content.chunks(4096) {
            spool.write(part).unwrap();
        }
        let digest = spool.commit().unwrap();
        assert_eq!(digest, Digest::of(&content));
        assert_eq!(store.read_blob(&digest).unwrap(), content);
        assert_eq!(ingested(&home), 0);
    }

    #[test]
    fn what_is_given_up_leaves_nothing() {
        let (home, store) = store();
        let mut spool = store.spool(Algorithm::Sha512).unwrap();
        spool.write(b"half").unwrap();
        assert_eq!(ingested(&home), 1);
        drop(spool);
        assert_eq!(ingested(&home), 0);
    }
}
