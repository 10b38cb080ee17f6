//! Writing files so that a reader sees the old content or the new one, never a part.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use tempfile::NamedTempFile;

use super::{Durability, Error};
use crate::oci::{Digest, Hasher};

/// Replaces `path` by `bytes`: temporary file in the same folder, sync, rename, sync of the folder.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = folder_of(path);
    fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    let mut file = temporary(folder)?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    file.as_file().sync_all().map_err(Error::io("sync", path))?;
    file.persist(path).map_err(|error| Error::io("write", path)(error.error))?;
    sync_folder(folder)
}

/// Writes a file of the host that the user named (`pack build`, `save -o`): whole or not at all.
pub fn write_host_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    replace(path, bytes)
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
pub(super) fn replace_unsynced(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut file = temporary(folder_of(path))?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
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

fn temporary(folder: &Path) -> Result<NamedTempFile, Error> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    builder.tempfile_in(folder).map_err(Error::io("write into", folder))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
