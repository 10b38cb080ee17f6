//! The containers of a workspace on disk.
//!
//! ```text
//! WORKSPACE/containers/ID/container.json   the record
//! WORKSPACE/containers/ID/layer.json       the writable layer: what was changed, path by path
//! WORKSPACE/containers/ID/files/HEX        bodies of changed files, under their digest
//! WORKSPACE/containers/ID/log              what its program wrote, a line of JSON each
//! ```
//!
//! A body is there before the list that names it, and each list replaces the old one at once: a crash leaves the container as
//! it was after the last change, and at most a body that nothing names.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::fs::{self, File};
use std::hash::BuildHasher;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::files::Upper;
use super::record::VERSION;
use super::{Error, LogLine, Record, names};
use crate::oci::Digest;
use crate::store::{Store, Workspace};

/// The containers of a workspace.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
    store: Store,
}

impl Shelf {
    /// Opens the shelf of a workspace; it may be empty.
    pub fn new(workspace: &Workspace) -> Self {
        Self { folder: workspace.folder().join("containers"), store: workspace.store().clone() }
    }

    /// Lists all containers, the newest first. One that cannot be read is left out.
    pub fn list(&self) -> Result<Vec<Record>, Error> {
        if !self.folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(Error::io("list", &self.folder))? {
            let path = entry.map_err(Error::io("list", &self.folder))?.path().join("container.json");
            match read::<Record>(&path) {
                Ok(Some(record)) if record.version > VERSION => return Err(Error::Newer(path)),
                Ok(Some(record)) => found.push(record),
                Ok(None) | Err(_) => {}
            }
        }
        found.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.id.cmp(&b.id)));
        Ok(found)
    }

    /// Finds a container by its ID, its name, or the beginning of its ID.
    pub fn find(&self, name: &str) -> Result<Record, Error> {
        let mut all = self.list()?;
        let wanted = name.strip_prefix('/').unwrap_or(name);
        let exact = all.iter().position(|r| r.id == name).or_else(|| all.iter().position(|r| r.name == wanted));
        if let Some(at) = exact {
            return Ok(all.swap_remove(at));
        }
        all.retain(|record| !name.is_empty() && record.id.starts_with(name));
        match (all.pop(), all.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(_), false) => Err(Error::AmbiguousId(name.to_owned())),
            (None, _) => Err(Error::NoSuchContainer(name.to_owned())),
        }
    }

    /// Puts a new container on the shelf; a missing name is made up.
    pub(super) fn add(&self, mut record: Record) -> Result<Record, Error> {
        let _lock = self.lock()?;
        let all = self.list()?;
        if record.name.is_empty() {
            let is_free = |name: &String| all.iter().all(|other| other.name != *name);
            let mut made = (0..u64::MAX).map(|round| names::of(random(&record.id, round)));
            record.name = made.find(is_free).unwrap_or_else(|| record.id.clone());
        } else if let Some(other) = all.iter().find(|other| other.name == record.name) {
            return Err(Error::NameInUse { name: record.name, by: other.id.clone() });
        }
        self.save(&record)?;
        Ok(record)
    }

    /// Gives a container another name.
    pub fn rename(&self, record: &Record, name: &str) -> Result<(), Error> {
        let _lock = self.lock()?;
        if let Some(other) = self.list()?.iter().find(|other| other.name == name) {
            return Err(Error::NameInUse { name: name.to_owned(), by: other.id.clone() });
        }
        self.save(&Record { name: name.to_owned(), ..record.clone() })
    }

    /// Writes a record in place of the old one.
    pub fn save(&self, record: &Record) -> Result<(), Error> {
        let folder = self.folder_of(record);
        fs::create_dir_all(folder.join("files")).map_err(Error::io("create", &folder))?;
        self.write(&folder.join("container.json"), record)
    }

    /// Removes a container with all that it has. The record goes first: what is left then is no container.
    pub fn remove(&self, record: &Record) -> Result<(), Error> {
        let folder = self.folder_of(record);
        let path = folder.join("container.json");
        fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        fs::remove_dir_all(&folder).map_err(Error::io("remove", &folder))
    }

    /// Removes all containers.
    pub fn clear(&self) -> Result<(), Error> {
        self.list()?.iter().try_for_each(|record| self.remove(record))
    }

    pub(super) fn upper(&self, record: &Record) -> Result<Upper, Error> {
        Ok(read(&self.folder_of(record).join("layer.json"))?.unwrap_or_default())
    }

    /// Reads a container's record as it is now; `None` where the container was removed.
    pub(super) fn current(&self, record: &Record) -> Result<Option<Record>, Error> {
        read(&self.folder_of(record).join("container.json"))
    }

    /// Writes the writable layer, and removes bodies that nothing names any more.
    pub(super) fn save_upper(&self, record: &Record, upper: &Upper, unused: &HashSet<String>) -> Result<(), Error> {
        let folder = self.folder_of(record);
        self.write(&folder.join("layer.json"), upper)?;
        for body in unused {
            // A body that stays costs room and nothing else.
            let _ = fs::remove_file(folder.join("files").join(body));
        }
        Ok(())
    }

    pub(super) fn bodies(&self, record: &Record) -> PathBuf {
        self.folder_of(record).join("files")
    }

    /// Adds to a container's log.
    pub fn log(&self, record: &Record, lines: &[LogLine]) -> Result<(), Error> {
        let path = self.folder_of(record).join("log");
        let mut text = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut text, line).map_err(|_| Error::Damaged(path.clone()))?;
            text.push(b'\n');
        }
        let mut file = File::options().create(true).append(true).open(&path).map_err(Error::io("open", &path))?;
        file.write_all(&text).map_err(Error::io("write", &path))
    }

    /// Reads a container's log; a torn last line is left out.
    pub fn read_log(&self, record: &Record) -> Vec<LogLine> {
        let text = fs::read_to_string(self.folder_of(record).join("log")).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    fn write<T: Serialize>(&self, path: &Path, value: &T) -> Result<(), Error> {
        let bytes = serde_json::to_vec(value).map_err(|_| Error::Damaged(path.to_owned()))?;
        Ok(self.store.replace(path, &bytes)?)
    }

    fn folder_of(&self, record: &Record) -> PathBuf {
        self.folder.join(&record.id)
    }

    pub(super) fn lock(&self) -> Result<File, Error> {
        fs::create_dir_all(&self.folder).map_err(Error::io("create", &self.folder))?;
        let path = self.folder.join("lock");
        let file =
            File::options().create(true).truncate(false).write(true).open(&path).map_err(Error::io("open", &path))?;
        file.lock().map_err(Error::io("lock", &path))?;
        Ok(file)
    }
}

/// Makes an ID that no container has had: of the time, the process, and what the system calls random.
pub(super) fn new_id(now: jiff::Timestamp) -> String {
    let seed = format!("{} {} {}", now.as_nanosecond(), std::process::id(), random("", 0));
    Digest::of(seed.as_bytes()).encoded().to_owned()
}

fn random(of: &str, round: u64) -> u64 {
    RandomState::new().hash_one((of, round))
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Error> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| Error::Damaged(path.to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path)(error)),
    }
}
