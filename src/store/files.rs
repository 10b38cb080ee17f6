//! Writing files so that a reader sees the old content or the new one, never a part.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Durability, Error};
use crate::oci::{Digest, Hasher};

/// Replaces `path` by `bytes`: temporary file in the same folder, sync, rename, sync of the folder.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    replace_for(path, bytes, EVERYONE)
}

/// Replaces `path` by `bytes` that only its owner may read.
pub(super) fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    replace_for(path, bytes, OWNER)
}

fn replace_for(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
    let folder = folder_of(path);
    fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    let mut file = temporary(folder, mode)?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    file.as_file().sync_all().map_err(Error::io("sync", path))?;
    file.persist(path).map_err(|error| Error::io("write", path)(error.error))?;
    sync_folder(folder)
}

/// Writes a file that is not there yet and that will be renamed.
pub(super) fn write_new(path: &Path, bytes: &[u8], durability: Durability) -> Result<(), Error> {
    let mut file = File::create_new(path).map_err(Error::io("create", path))?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    match durability {
        Durability::Lasting => file.sync_all().map_err(Error::io("sync", path)),
        Durability::Fleeting => Ok(()),
    }
}

/// Replaces a file of the cache: it may be lost with the power, so nothing is synced.
pub(super) fn replace_unsynced(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let mut file = temporary(folder_of(path), EVERYONE)?;
    let mut buffered = BufWriter::new(&mut file);
    write(&mut buffered).and_then(|()| buffered.flush()).map_err(Error::io("write", path))?;
    drop(buffered);
    file.persist(path).map_err(|error| Error::io("write", path)(error.error))?;
    Ok(())
}

/// Makes a rename in `folder` survive a power cut. Only Unix can sync a folder.
pub(super) fn sync_folder(folder: &Path) -> Result<(), Error> {
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io("sync", folder))?;
    }
    Ok(())
}

/// Returns `bytes` if they have that digest.
pub(super) fn verified(bytes: Vec<u8>, digest: &Digest) -> Option<Vec<u8>> {
    let mut hasher = Hasher::new(digest.algorithm());
    hasher.update(&bytes);
    (hasher.finish() == *digest).then_some(bytes)
}

/// Prefix of temporary files; the sweep knows them by it.
pub(super) const TEMPORARY: &str = ".tmp-";

/// Mode of files that everyone may read.
pub(super) const EVERYONE: u32 = 0o644;
/// Mode of files that only their owner may read.
pub(super) const OWNER: u32 = 0o600;

/// Makes a file with a mode, where files have one.
pub(super) fn temporary(folder: &Path, mode: u32) -> Result<NamedTempFile, Error> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    builder.tempfile_in(folder).map_err(Error::io("write into", folder))
}

/// Returns the folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Lists what is in a folder; nothing where there is none.
pub(super) fn list(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(Error::io("list", folder))?;
    entries.map(|entry| entry.map(|e| e.path()).map_err(Error::io("list", folder))).collect()
}

/// Removes a file that may be gone already.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path)(error)),
        _ => Ok(()),
    }
}
