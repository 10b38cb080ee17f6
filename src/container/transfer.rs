//! Files between a container and the host. The only place where a container's bytes become a file of the host, at a path
//! that the user has named: plain files and directories, no links, no devices, no special permissions.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use thiserror::Error;

use super::files::{Errno, Files, Follow, Kind, NodeId, ROOT, Who};
use super::{Container, Error};
use crate::store;

/// Why something was not copied.
#[derive(Debug, Error)]
pub enum CopyError {
    /// The container has no such path.
    #[error("`{0}` is not in the container")]
    NotInside(String),
    /// The host has no such path.
    #[error("`{0}` is not on this computer")]
    NotOutside(String),
    /// The folder that the copy goes into is not there.
    #[error("the folder `{0}` does not exist")]
    NoFolder(String),
    /// The system refused, or what is there cannot be copied.
    #[error("`{0}`: {1}")]
    Refused(String, String),
    /// The container could not be written.
    #[error(transparent)]
    Container(#[from] Error),
}

impl Container {
    /// Copies a file or directory to the host and returns the bytes copied. Links in it are left out.
    pub fn copy_out(&self, inside: &str, outside: &Path, follow: bool) -> Result<u64, CopyError> {
        let follow = if follow { Follow::Last } else { Follow::AllButLast };
        let found = self.files.find(ROOT, inside, follow, Who::ROOT);
        let id = found.map_err(|_| CopyError::NotInside(inside.to_owned()))?;
        let name = self.files.node(id).name.clone();
        let name = String::from_utf8_lossy(&name).into_owned();
        let target = if outside.is_dir() && !inside.ends_with("/.") { outside.join(&name) } else { outside.to_owned() };
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(CopyError::NoFolder(folder.display().to_string()));
        }
        if self.files.node(id).is_symlink() {
            return Err(CopyError::Refused(inside.to_owned(), "is a link; -L copies what it leads to".to_owned()));
        }
        self.write_out(id, &target)
    }

    fn write_out(&self, id: NodeId, target: &Path) -> Result<u64, CopyError> {
        let refused = |reason: String| CopyError::Refused(target.display().to_string(), reason);
        let node = self.files.node(id);
        match &node.kind {
            Kind::File { size, source } => {
                let bytes = self.bodies.read(source, *size).map_err(|error| refused(error.to_string()))?;
                store::write_host_file(target, &bytes).map_err(|error| refused(error.to_string()))?;
                Ok(*size)
            }
            Kind::Directory { .. } => {
                fs::create_dir_all(target).map_err(|error| refused(error.to_string()))?;
                let mut total = 0;
                for (name, child) in node.children() {
                    let name = std::str::from_utf8(name).ok().filter(|name| is_plain(name));
                    let name = name.ok_or_else(|| refused("a name in it is no name on this system".to_owned()))?;
                    total += self.write_out(child, &target.join(name))?;
                }
                Ok(total)
            }
            Kind::Symlink { .. } | Kind::Character { .. } | Kind::Block { .. } | Kind::Fifo => Ok(0),
        }
    }

    /// Copies a file or directory of the host into the container and returns the bytes copied. Links are left out.
    pub fn copy_in(&mut self, outside: &Path, inside: &str, now: Timestamp) -> Result<u64, CopyError> {
        if outside.symlink_metadata().is_err() {
            return Err(CopyError::NotOutside(outside.display().to_string()));
        }
        let there = self.files.find(ROOT, inside, Follow::Last, Who::ROOT);
        let own_name = outside.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (parent, name) = match there {
            Ok(id) if self.files.node(id).is_directory() => (id, own_name.into_bytes()),
            _ => {
                let inside = inside.trim_end_matches('/');
                let found = self.files.find_parent(ROOT, inside, Who::ROOT);
                let folder = inside.rsplit_once('/').map_or("/", |(folder, _)| folder).to_owned();
                let (parent, name) = found.map_err(|_| CopyError::NotInside(folder))?;
                (parent, name.to_vec())
            }
        };
        let mut files = Files::clone(&self.files);
        let now = now.as_second();
        let copied = match there {
            Ok(folder) if is_contents(outside) && self.files.node(folder).is_directory() => {
                self.read_all_in(&mut files, outside, folder, now)?
            }
            Ok(_) | Err(_) => self.read_in(&mut files, outside, parent, &name, now)?,
        };
        self.files = Arc::new(files);
        self.save()?;
        Ok(copied)
    }

    fn read_all_in(&self, files: &mut Files, outside: &Path, folder: NodeId, now: i64) -> Result<u64, CopyError> {
        let refused = |error: std::io::Error| CopyError::Refused(outside.display().to_string(), error.to_string());
        let mut total = 0;
        for entry in fs::read_dir(outside).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            total += self.read_in(files, &entry.path(), folder, name.as_bytes(), now)?;
        }
        Ok(total)
    }

    fn read_in(
        &self,
        files: &mut Files,
        outside: &Path,
        parent: NodeId,
        name: &[u8],
        now: i64,
    ) -> Result<u64, CopyError> {
        let refused = |reason: String| CopyError::Refused(outside.display().to_string(), reason);
        let failed = |error: Errno| refused(error.to_string());
        let kind = outside.symlink_metadata().map_err(|error| refused(error.to_string()))?;
        let there = files.node(parent).child(name);
        if kind.is_dir() {
            let folder = match there.filter(|id| files.node(*id).is_directory()) {
                Some(id) => id,
                None => files.create(parent, name, Kind::directory(), 0o755, Who::ROOT, now).map_err(failed)?,
            };
            return self.read_all_in(files, outside, folder, now);
        }
        if !kind.is_file() {
            return Ok(0);
        }
        let bytes = fs::read(outside).map_err(|error| refused(error.to_string()))?;
        let (source, size) = (self.bodies.write(&bytes).map_err(Error::Store)?, bytes.len() as u64);
        if let Some(id) = there {
            files.set_body(id, source, size, Who::ROOT, now).map_err(failed)?;
        } else {
            let kind = Kind::File { size, source };
            files.create(parent, name, kind, mode(outside), Who::ROOT, now).map_err(failed)?;
        }
        Ok(size)
    }
}

/// Tells whether a path means what is in a folder, and not the folder.
fn is_contents(path: &Path) -> bool {
    let text = path.to_string_lossy();
    (text == "." || text.ends_with("/.")) && path.is_dir()
}

/// Tells whether a name is one component of a path on every system.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !matches!(name, "." | "..") && !name.contains(['/', '\\', '\0', ':'])
}

#[cfg(unix)]
fn mode(path: &Path) -> u16 {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().map_or(0o644, |data| u16::try_from(data.permissions().mode() & 0o7777).unwrap_or(0o644))
}

#[cfg(not(unix))]
fn mode(_: &Path) -> u16 {
    0o644
}
