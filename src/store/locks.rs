//! Locks between processes that share a home. Lock files are never data files, and nobody deletes them.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::{Error, Store};

/// Keeps the sweep away for as long as it lives: pull, load, push and commit hold one for their whole run.
#[derive(Debug)]
pub struct Hold(#[expect(dead_code, reason = "the lock lives as long as the file is open")] File);

impl Store {
    /// Takes the store's lock together with other users of it. Waits while a sweep runs.
    pub fn hold(&self) -> Result<Hold, Error> {
        let path = self.home.join("lock");
        let file = open(&path)?;
        file.lock_shared().map_err(Error::io("lock", &path))?;
        Ok(Hold(file))
    }

    /// Takes the store's lock alone, if nobody holds it.
    pub(super) fn try_hold_alone(&self) -> Result<Option<Hold>, Error> {
        try_lock_alone(&self.home.join("lock"))
    }

    /// Takes the lock that every change of an `index.json` needs.
    pub(super) fn lock_indexes(&self) -> Result<Hold, Error> {
        lock_alone(&self.home.join("index.lock"))
    }
}

/// Takes a lock alone and waits for it.
pub(super) fn lock_alone(path: &Path) -> Result<Hold, Error> {
    let file = open(path)?;
    file.lock().map_err(Error::io("lock", path))?;
    Ok(Hold(file))
}

/// Takes a lock alone, if nobody holds it.
pub(super) fn try_lock_alone(path: &Path) -> Result<Option<Hold>, Error> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Hold(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(cause)) => Err(Error::io("lock", path)(cause)),
    }
}

fn open(path: &Path) -> Result<File, Error> {
    File::options().create(true).truncate(false).write(true).open(path).map_err(Error::io("open", path))
}
