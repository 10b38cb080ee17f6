//! Reading a blob of the pool, a part at a time.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use super::Error;

/// A blob of the pool. Holds no open file, so that slow readers cost nothing.
#[derive(Debug, Clone)]
pub struct HeldBlob {
    path: PathBuf,
    size: u64,
}

impl HeldBlob {
    pub(super) fn open(path: PathBuf) -> Result<Self, Error> {
        let size = fs::metadata(&path).map_err(Error::io("open", &path))?.len();
        Ok(Self { path, size })
    }

    /// Returns the size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Reads at most `limit` bytes from `offset` on; empty at the end.
    ///
    /// # Errors
    /// [`Error::Io`] also where the blob was deleted meanwhile.
    pub fn read(&self, offset: u64, limit: usize) -> Result<Vec<u8>, Error> {
        let mut file = File::open(&self.path).map_err(Error::io("open", &self.path))?;
        file.seek(SeekFrom::Start(offset)).map_err(Error::io("seek in", &self.path))?;
        let mut bytes = Vec::with_capacity(limit);
        file.take(limit as u64).read_to_end(&mut bytes).map_err(Error::io("read", &self.path))?;
        Ok(bytes)
    }
}
