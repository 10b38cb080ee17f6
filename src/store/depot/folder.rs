//! The folder on disk: made, recognised, swept.

use std::fs;
use std::path::{Path, PathBuf};

use super::Error;
use super::shelf::Shelves;
use crate::oci::{Algorithm, Digest};

/// Name of the journal, by which a folder is known.
pub(super) const JOURNAL: &str = "registry.jsonl";

/// Returns where a blob lies.
pub(super) fn pool_path(pool: &Path, digest: &Digest) -> PathBuf {
    pool.join(digest.algorithm().name()).join(digest.encoded())
}

/// Creates the folders, unless the folder is someone else's.
pub(super) fn prepare(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    // A crash of the very first opening leaves some of these without a journal.
    let ours = ["lock", "blobs", "uploads"].map(|name| folder.join(name));
    let is_ours = folder.join(JOURNAL).is_file() || list(folder)?.iter().all(|path| ours.contains(path));
    if !is_ours {
        return Err(Error::Foreign { path: folder.to_owned() });
    }
    for name in ["blobs/sha256", "blobs/sha512", "uploads"] {
        let path = folder.join(name);
        fs::create_dir_all(&path).map_err(Error::io("create", &path))?;
    }
    Ok(())
}

/// Removes the blobs that no repository has, and temporary files.
pub(super) fn sweep(pool: &Path, shelves: &Shelves) -> Result<(), Error> {
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
        let folder = pool.join(algorithm.name());
        for path in list(&folder)? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let digest: Option<Digest> = format!("{}:{name}", algorithm.name()).parse().ok();
            if !digest.is_some_and(|digest| shelves.is_used(&digest)) {
                fs::remove_file(&path).map_err(Error::io("remove", &path))?;
            }
        }
    }
    Ok(())
}

/// Removes the files of a folder.
pub(super) fn empty(folder: &Path) -> Result<(), Error> {
    list(folder)?.iter().try_for_each(|path| fs::remove_file(path).map_err(Error::io("remove", path)))
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::io("list", folder))?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(Error::io("list", folder))).collect()
}
