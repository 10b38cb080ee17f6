//! What a store knows by heart whose home nobody else knows: small files as they are now, and the lock of the indexes.
//! Knows no disk, and not what the files mean.

use std::any::Any;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// The memory of one home, shared by all clones of its store.
#[derive(Debug, Default)]
pub(super) struct Memory {
    files: Mutex<HashMap<PathBuf, Known>>,
    indexes: Mutex<()>,
}

/// A file that somebody has asked for or has written.
#[derive(Debug)]
struct Known {
    /// `None` where it is known that there is no such file.
    bytes: Option<Bytes>,
    /// What was read out of it.
    made: Option<Arc<dyn Any + Send + Sync>>,
}

impl Memory {
    /// Returns a file. What nobody has asked for yet is looked up, and known from then on.
    pub(super) fn get<E>(
        &self,
        path: &Path,
        look_up: impl FnOnce() -> Result<Option<Bytes>, E>,
    ) -> Result<Option<Bytes>, E> {
        let mut files = self.files();
        if let Some(known) = files.get(path) {
            return Ok(known.bytes.clone());
        }
        let bytes = look_up()?;
        files.insert(path.to_owned(), Known { bytes: bytes.clone(), made: None });
        Ok(bytes)
    }

    /// Returns what was read out of a file, as long as the file is as it was then.
    pub(super) fn made<T: Send + Sync + 'static>(&self, path: &Path) -> Option<Arc<T>> {
        let made = self.files().get(path)?.made.clone()?;
        made.downcast().ok()
    }

    /// Keeps what was read out of these bytes of a file.
    pub(super) fn keep<T: Send + Sync + 'static>(&self, path: &Path, bytes: Option<&Bytes>, made: &Arc<T>) {
        let start = |bytes: &Bytes| bytes.as_ptr();
        if let Some(known) = self.files().get_mut(path)
            && known.bytes.as_ref().map(start) == bytes.map(start)
        {
            known.made = Some(Arc::<T>::clone(made));
        }
    }

    /// Tells whether a file is known to be there.
    pub(super) fn has(&self, path: &Path) -> bool {
        self.files().get(path).is_some_and(|known| known.bytes.is_some())
    }

    /// Keeps a file. One with the same content stays what it is.
    pub(super) fn put(&self, path: &Path, bytes: &[u8]) {
        let mut files = self.files();
        if files.get(path).and_then(|known| known.bytes.as_deref()) != Some(bytes) {
            files.insert(path.to_owned(), Known { bytes: Some(Bytes::copy_from_slice(bytes)), made: None });
        }
    }

    /// Keeps in mind that there is no such file.
    pub(super) fn remove(&self, path: &Path) {
        self.files().insert(path.to_owned(), Known { bytes: None, made: None });
    }

    /// Takes the lock that every change of an index needs.
    pub(super) fn lock_indexes(&self) -> MutexGuard<'_, ()> {
        self.indexes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn files(&self) -> MutexGuard<'_, HashMap<PathBuf, Known>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
