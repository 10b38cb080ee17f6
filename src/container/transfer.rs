//! Files between a container and the host. The only place where a container's bytes become a file of the host, at a path
//! that the user has named: plain files and directories, no links, no devices, no special permissions. What goes where is
//! decided as docker/cli and moby/go-archive decide it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

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
    /// The path on the host goes through something that is no directory.
    #[error("not a directory")]
    NotDirectory,
    /// The folder that a file is said to go into is not there.
    #[error("no such directory")]
    NoDirectory,
    /// A directory cannot become what is a file.
    #[error("cannot copy directory")]
    DirectoryOntoFile,
    /// What something in the container should go into is no directory.
    #[error("extraction point is not a directory")]
    NoPlace,
    /// A directory and something else would have the same name in the container.
    #[error("{0}")]
    Clash(String),
    /// What a tar should be put into is no directory.
    #[error("not a directory")]
    NotInto,
    /// A tar cannot be read, or says what must not be.
    #[error("Error processing tar file(exit status 1): {0}")]
    Archive(String),
    /// The system refused, or what is there cannot be copied.
    #[error("`{0}`: {1}")]
    Refused(String, String),
    /// The container could not be written.
    #[error(transparent)]
    Container(#[from] Error),
}

/// Something on the host that is to be copied into a container.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    is_directory: bool,
    /// Whether what is in the folder is meant, and not the folder.
    is_contents: bool,
}

impl Source {
    /// Looks a path of the host up.
    pub fn find(text: &str, follow: bool) -> Result<Self, CopyError> {
        let path = PathBuf::from(text);
        let found = if follow || asserts_directory(text) { path.metadata() } else { path.symlink_metadata() };
        let data = found.map_err(|error| match error.kind() {
            io::ErrorKind::NotADirectory => CopyError::NotDirectory,
            _ => CopyError::NotOutside(first_missing(&path)),
        })?;
        let path = if follow { path.canonicalize().unwrap_or(path) } else { path };
        Ok(Self { is_directory: data.is_dir(), is_contents: is_contents(text) && data.is_dir(), path })
    }

    /// Refuses a file for a place that is said to be a directory and is not there.
    pub fn check_place(&self, inside: &str) -> Result<(), CopyError> {
        if !self.is_directory && asserts_directory(inside) { Err(CopyError::NoDirectory) } else { Ok(()) }
    }
}

/// What is meant by the path that something is copied to.
enum Place {
    /// Into a directory that is there.
    Into(NodeId),
    /// Under this name in a directory; it may be a file that is there.
    As(NodeId, Vec<u8>),
}

impl Container {
    /// Copies a file or directory to the host and returns the bytes copied. Links in it are left out.
    pub fn copy_out(&self, inside: &str, outside: &Path, follow: bool) -> Result<u64, CopyError> {
        let id = self.found(inside, follow)?;
        let node = self.files.node(id);
        let name = String::from_utf8_lossy(&node.name).into_owned();
        let text = outside.to_string_lossy();
        let target = if outside.is_dir() {
            if is_contents(inside) { outside.to_owned() } else { outside.join(&name) }
        } else if node.is_directory() && outside.exists() {
            return Err(CopyError::DirectoryOntoFile);
        } else if !node.is_directory() && asserts_directory(&text) {
            return Err(CopyError::NoDirectory);
        } else {
            outside.to_owned()
        };
        if node.is_symlink() {
            return Err(CopyError::Refused(inside.to_owned(), "is a link; -L copies what it leads to".to_owned()));
        }
        self.write_out(id, &target)
    }

    /// Looks a path up that is copied from.
    pub(super) fn found(&self, inside: &str, follow: bool) -> Result<NodeId, CopyError> {
        let follow = if follow { Follow::Last } else { Follow::AllButLast };
        self.files.find(ROOT, inside, follow, Who::ROOT).map_err(|_| CopyError::NotInside(inside.to_owned()))
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

    /// Copies a file or directory of the host into the container and returns the bytes copied.
    pub fn copy_in(&mut self, source: &Source, inside: &str, now: Timestamp) -> Result<u64, CopyError> {
        let place = self.place(source, inside)?;
        let mut files = Files::clone(&self.files);
        let now = now.as_second();
        let copied = match place {
            Place::Into(folder) if source.is_contents => self.read_all_in(&mut files, &source.path, folder, now)?,
            Place::Into(folder) => {
                let name = source.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                self.read_in(&mut files, &source.path, folder, name.as_bytes(), now)?
            }
            Place::As(parent, name) => self.read_in(&mut files, &source.path, parent, &name, now)?,
        };
        self.files = Arc::new(files);
        self.save()?;
        Ok(copied)
    }

    /// Decides where something goes: into a directory that is there, over a file, or under a name that is free.
    fn place(&self, source: &Source, inside: &str) -> Result<Place, CopyError> {
        let found = if inside.is_empty() {
            Err(Errno::NoEntry)
        } else {
            self.files.find(ROOT, inside, Follow::Last, Who::ROOT)
        };
        match found {
            Ok(id) if self.files.node(id).is_directory() => return Ok(Place::Into(id)),
            Ok(_) if source.is_directory && !asserts_directory(inside) => return Err(CopyError::DirectoryOntoFile),
            Ok(id) if !asserts_directory(inside) => {
                let node = self.files.node(id);
                return Ok(Place::As(node.parent, node.name.clone()));
            }
            Ok(_) | Err(_) => source.check_place(inside)?,
        }
        let trimmed = inside.trim_end_matches('/');
        let trimmed = trimmed.strip_suffix("/.").unwrap_or(trimmed);
        let folder = trimmed.rsplit_once('/').map_or("/", |(folder, _)| folder);
        let missing = || CopyError::NotInside(if folder.is_empty() { "/" } else { folder }.to_owned());
        match self.files.find_parent(ROOT, trimmed, Who::ROOT) {
            Ok((parent, name)) => Ok(Place::As(parent, name.to_vec())),
            Err(Errno::NotDirectory) => Err(CopyError::NoPlace),
            Err(_) => Err(missing()),
        }
    }

    /// Makes a directory and all above it, as far as they are not there.
    pub fn make_folder(&mut self, path: &str, now: Timestamp) -> Result<(), Error> {
        let mut files = Files::clone(&self.files);
        let mut at = ROOT;
        let mut made = false;
        for name in path.split('/').filter(|name| !name.is_empty() && *name != ".") {
            if let Ok(id) = files.find(at, name, Follow::Last, Who::ROOT) {
                at = id;
                continue;
            }
            made = true;
            let folder = files.create(at, name.as_bytes(), Kind::directory(), 0o755, Who::ROOT, now.as_second());
            // What is no place for a directory is told when a program starts there.
            let Ok(id) = folder else { return Ok(()) };
            at = id;
        }
        if made {
            self.files = Arc::new(files);
            self.save()?;
        }
        Ok(())
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
            let folder = match there {
                Some(id) if files.node(id).is_directory() => id,
                Some(id) => {
                    let name = files.path(id);
                    return Err(CopyError::Clash(format!(
                        "cannot overwrite non-directory {name:?} with directory \"/\""
                    )));
                }
                None => files.create(parent, name, Kind::directory(), 0o755, Who::ROOT, now).map_err(failed)?,
            };
            return self.read_all_in(files, outside, folder, now);
        }
        if let Some(id) = there.filter(|id| files.node(*id).is_directory()) {
            let name = files.path(id);
            return Err(CopyError::Clash(format!("cannot overwrite directory {name:?} with non-directory \"/\"")));
        }
        if kind.is_symlink() {
            let target = fs::read_link(outside).map_err(|error| refused(error.to_string()))?;
            let target = target.to_string_lossy().into_owned().into_bytes();
            if let Some(id) = there {
                files.remove(id, Who::ROOT, now).map_err(failed)?;
            }
            files.create(parent, name, Kind::Symlink { target }, 0o777, Who::ROOT, now).map_err(failed)?;
            return Ok(0);
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
pub(super) fn is_contents(text: &str) -> bool {
    text == "." || text.ends_with("/.")
}

/// Tells whether a path is said to be a directory by its end.
fn asserts_directory(text: &str) -> bool {
    text.is_empty() || text.ends_with('/') || is_contents(text)
}

/// Returns the first part of a path that is not there.
fn first_missing(path: &Path) -> String {
    let mut above: Vec<&Path> = path.ancestors().filter(|part| !part.as_os_str().is_empty()).collect();
    above.reverse();
    let missing = above.into_iter().find(|part| part.symlink_metadata().is_err()).unwrap_or(path);
    missing.display().to_string()
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
