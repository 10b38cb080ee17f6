//! Small files of a home that are read and written whole: indexes, pins, snapshots, documents. A lasting store reads each from disk
//! whenever it is asked for, since other processes write there too; one that is not shared keeps them in memory and writes none.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use super::{Error, Store, files};
use crate::oci::Digest;

impl Store {
    /// Reads a file; `None` where there is none.
    pub(super) fn read_small(&self, path: &Path) -> Result<Option<Bytes>, Error> {
        self.remembered(path, || match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read", path)(error)),
        })
    }

    /// Reads a file that has its digest for a name.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the bytes have another digest.
    pub(super) fn read_verified(&self, path: &Path, digest: &Digest) -> Result<Bytes, Error> {
        let read = || {
            let bytes = fs::read(path).map_err(Error::io("read", path))?;
            let bytes = files::verified(bytes, digest).ok_or_else(|| Error::Damaged { path: path.to_owned() })?;
            Ok(Some(bytes.into()))
        };
        self.remembered(path, read)?.ok_or_else(|| Error::Damaged { path: path.to_owned() })
    }

    /// Makes something of a file that has its digest for a name.
    pub(super) fn made_of_verified<T: Send + Sync + 'static, E: From<Error>>(
        &self,
        path: &Path,
        digest: &Digest,
        make: impl FnOnce(&Bytes) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let missing = || E::from(Error::Damaged { path: path.to_owned() });
        let read = || self.read_verified(path, digest).map(Some);
        self.made_of(path, read, |bytes| make(bytes.ok_or_else(missing)?))
    }

    /// Replaces a file at once.
    pub(super) fn replace_small(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        match &self.memory {
            Some(memory) => memory.put(path, bytes),
            None => self.replace(path, bytes)?,
        }
        Ok(())
    }

    /// Replaces a file that can be computed or fetched again: it may be lost with the power.
    pub(super) fn replace_cached(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        match &self.memory {
            Some(memory) => memory.put(path, bytes),
            None => files::replace_unsynced(path, |out| out.write_all(bytes))?,
        }
        Ok(())
    }

    /// Removes a file that may be gone already.
    pub(super) fn remove_small(&self, path: &Path) -> Result<(), Error> {
        match &self.memory {
            Some(memory) => memory.remove(path),
            None => files::remove(path)?,
        }
        Ok(())
    }

    /// Makes something of a file, or of `None` where there is none. In memory that stays as long as the file does.
    pub(super) fn made_of<T: Send + Sync + 'static, E: From<Error>>(
        &self,
        path: &Path,
        read: impl FnOnce() -> Result<Option<Bytes>, Error>,
        make: impl FnOnce(Option<&Bytes>) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        if let Some(made) = self.memory.as_ref().and_then(|memory| memory.made(path)) {
            return Ok(made);
        }
        let bytes = read()?;
        let made = Arc::new(make(bytes.as_ref())?);
        if let Some(memory) = &self.memory {
            memory.keep(path, bytes.as_ref(), &made);
        }
        Ok(made)
    }

    /// Returns what is in memory; what is not there, or has no place there, is read.
    fn remembered(
        &self,
        path: &Path,
        read: impl FnOnce() -> Result<Option<Bytes>, Error>,
    ) -> Result<Option<Bytes>, Error> {
        match &self.memory {
            Some(memory) => memory.get(path, read),
            None => read(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn stores() -> (tempfile::TempDir, [Store; 2]) {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path()).unwrap();
        (home, [store.clone(), store.unshared()])
    }

    fn text(store: &Store, path: &Path) -> Option<String> {
        store.read_small(path).unwrap().map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[test]
    fn what_is_written_is_read_back_on_disk_and_in_memory() {
        let (home, stores) = stores();
        for (at, store) in stores.iter().enumerate() {
            let path: PathBuf = home.path().join(format!("work/{at}.json"));
            assert_eq!(text(store, &path), None);
            for written in ["one", "two"] {
                store.replace_small(&path, written.as_bytes()).unwrap();
                assert_eq!(text(store, &path).as_deref(), Some(written));
            }
            assert_eq!(path.exists(), at == 0);
            store.remove_small(&path).unwrap();
            store.remove_small(&path).unwrap();
            assert_eq!(text(store, &path), None);
        }
    }

    #[test]
    fn memory_begins_with_what_is_on_disk_and_is_shared_by_clones() {
        let (home, [lasting, unshared]) = stores();
        let path = home.path().join("a.json");
        lasting.replace_small(&path, b"one").unwrap();
        assert_eq!(text(&unshared, &path).as_deref(), Some("one"));
        unshared.clone().replace_small(&path, b"two").unwrap();
        assert_eq!(text(&unshared, &path).as_deref(), Some("two"));
        assert_eq!(text(&lasting, &path).as_deref(), Some("one"));
    }

    #[test]
    fn what_was_made_of_a_file_goes_when_the_file_changes() {
        let (home, [lasting, unshared]) = stores();
        let path = home.path().join("a.json");
        let length = |store: &Store| {
            let made = store.made_of(&path, || store.read_small(&path), |bytes| Ok::<_, Error>(bytes.map(Bytes::len)));
            made.unwrap()
        };
        for store in [&lasting, &unshared] {
            store.replace_small(&path, b"one").unwrap();
            assert_eq!(*length(store), Some(3));
        }
        let made = length(&unshared);
        unshared.replace_small(&path, b"one").unwrap();
        assert!(Arc::ptr_eq(&made, &length(&unshared)));
        unshared.replace_small(&path, b"three").unwrap();
        assert_eq!(*length(&unshared), Some(5));
        unshared.remove_small(&path).unwrap();
        assert_eq!(*length(&unshared), None);
    }
}
