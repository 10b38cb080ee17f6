//! Removing what no name reaches.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Durability, Error, Store, Workspace, cache, files, image};
use crate::oci::{Digest, Manifest};

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Blobs.
    pub blobs: usize,
    /// Bytes that they took in the pool.
    pub bytes: u64,
}

impl Store {
    /// Removes blobs that no workspace and no snapshot reaches, and what crashes left behind. Does nothing while
    /// anyone holds the store ([`Store::hold`]): the next sweep will. A home that goes with the process needs none.
    pub fn sweep(&self) -> Result<Swept, Error> {
        if self.durability == Durability::Fleeting {
            return Ok(Swept::default());
        }
        let Some(_alone) = self.try_hold_alone()? else { return Ok(Swept::default()) };
        let _indexes = self.lock_indexes()?;
        for pack in files::list(&self.home.join("work"))? {
            for id in files::list(&pack)? {
                Workspace::at(self.clone(), id).sweep_snapshots()?;
            }
        }
        let mut swept = Swept::default();
        let Some(reached) = self.reached()? else { return Ok(swept) };
        for algorithm in ["sha256", "sha512"] {
            for path in files::list(&self.home.join("store/blobs").join(algorithm))? {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                if !reached.contains(&format!("{algorithm}:{name}")) {
                    swept.bytes += path.metadata().map_or(0, |data| data.len());
                    swept.blobs += 1;
                    files::remove(&path)?;
                    files::remove(&self.home.join("cache/layers").join(format!("{name}.v1")))?;
                }
            }
        }
        for path in files::list(&self.home.join("cache/files"))? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let blob = name.split('-').next().unwrap_or_default();
            if !["sha256", "sha512"].iter().any(|algorithm| reached.contains(&format!("{algorithm}:{blob}"))) {
                files::remove(&path)?;
            }
        }
        for path in files::list(&self.home.join("ingest"))? {
            files::remove(&path)?;
        }
        for folder in ["store", "online", "cache/layers", "cache/documents"] {
            for path in files::list(&self.home.join(folder))?.into_iter().filter(|path| is_temporary(path)) {
                files::remove(&path)?;
            }
        }
        Ok(swept)
    }

    /// Collects everything that an index or snapshot reaches. `None` where one of them cannot be read: then nothing may go.
    fn reached(&self) -> Result<Option<HashSet<String>>, Error> {
        let mut reached = HashSet::new();
        let mut indexes = vec![self.home.join("store/index.json"), self.home.join("online/index.json")];
        indexes.extend(json_files(&self.home.join("work"), 6)?);
        // A container names its image's manifest as an index does.
        for workspace in ["store", "online"] {
            let containers = files::list(&self.home.join(workspace).join("containers"))?;
            indexes.extend(containers.into_iter().map(|folder| folder.join("container.json")));
        }
        for path in indexes.into_iter().filter(|path| path.is_file()) {
            let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
            let Ok(index) = serde_json::from_slice::<Value>(&bytes) else { return Ok(None) };
            let entries = index.get("manifests").and_then(Value::as_array).cloned().unwrap_or_default();
            for digest in entries.iter().filter_map(|entry| entry.get("digest")?.as_str()) {
                self.reach(digest, &mut reached);
            }
            // A manifest may name the config by a digest of another kind than the image's ID.
            let id = |entry: &Value| Some(entry.get("annotations")?.get(image::IMAGE_ID)?.as_str()?.to_owned());
            reached.extend(entries.iter().filter_map(id));
        }
        Ok(Some(reached))
    }

    fn reach(&self, digest: &str, reached: &mut HashSet<String>) {
        if !reached.insert(digest.to_owned()) {
            return;
        }
        let manifest = digest.parse::<Digest>().ok().and_then(|digest| self.read_blob(&digest).ok());
        let Some(Ok(manifest)) = manifest.map(|bytes| serde_json::from_slice::<Manifest>(&bytes)) else { return };
        reached.insert(manifest.config.digest.to_string());
        reached.extend(manifest.layers.iter().map(|layer| layer.digest.to_string()));
    }

    /// Returns the name of the partial file of a blob, for tests of what a crash leaves.
    #[doc(hidden)]
    pub fn partial_path(&self, digest: &Digest) -> PathBuf {
        self.home.join("ingest").join(cache::file_name(digest))
    }
}

fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(files::TEMPORARY))
}

fn json_files(folder: &Path, depth: usize) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for path in files::list(folder)? {
        if path.is_dir() && depth > 0 {
            found.extend(json_files(&path, depth - 1)?);
        } else if path.extension().is_some_and(|e| e == "json") && !path.ends_with("pins.json") {
            found.push(path);
        }
    }
    Ok(found)
}
