//! Locks between processes that share a home. Lock files are never data files, and nobody deletes them. A home that is not shared
//! has no lock files: its indexes are locked in memory, and nothing sweeps there.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::MutexGuard;

use super::{Error, Store};

/// Keeps the sweep away for as long as it lives: pull, load, push and commit hold one for their whole run.
#[derive(Debug)]
pub struct Hold(#[expect(dead_code, reason = "the lock lives as long as the file is open")] Option<File>);

/// Keeps others from changing an index for as long as it lives.
#[derive(Debug)]
#[expect(dead_code, reason = "the lock lives as long as it is held")]
pub(super) enum IndexLock<'s> {
    Disk(Hold),
    Memory(MutexGuard<'s, ()>),
}

impl Store {
    /// Takes the store's lock together with other users of it. Waits while a sweep runs.
    pub fn hold(&self) -> Result<Hold, Error> {
        if self.memory.is_some() {
            return Ok(Hold(None));
        }
        let path = self.home.join("lock");
        let file = open(&path)?;
        file.lock_shared().map_err(Error::io("lock", &path))?;
        Ok(Hold(Some(file)))
    }

    /// Takes the store's lock alone, if nobody holds it.
    pub(super) fn try_hold_alone(&self) -> Result<Option<Hold>, Error> {
        try_lock_alone(&self.home.join("lock"))
    }

    /// Takes the lock that every change of an `index.json` needs.
    pub(super) fn lock_indexes(&self) -> Result<IndexLock<'_>, Error> {
        match &self.memory {
            Some(memory) => Ok(IndexLock::Memory(memory.lock_indexes())),
            None => Ok(IndexLock::Disk(lock_alone(&self.home.join("index.lock"))?)),
        }
    }
}

/// Takes a lock alone and waits for it.
pub(super) fn lock_alone(path: &Path) -> Result<Hold, Error> {
    let file = open(path)?;
    file.lock().map_err(Error::io("lock", path))?;
    Ok(Hold(Some(file)))
}

/// Takes a lock alone, if nobody holds it.
pub(super) fn try_lock_alone(path: &Path) -> Result<Option<Hold>, Error> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Hold(Some(file)))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(cause)) => Err(Error::io("lock", path)(cause)),
    }
}

fn open(path: &Path) -> Result<File, Error> {
    File::options().create(true).truncate(false).write(true).open(path).map_err(Error::io("open", path))
}
