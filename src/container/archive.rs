//! Files between a container and a tar that someone pipes: a path becomes a tar, a tar is laid over a directory. Nothing of it
//! becomes a file of the host.

use std::io::{self, Read, Write};
use std::sync::Arc;

use jiff::Timestamp;
use tar::{Archive, Entry, EntryType};

use super::files::{self, Errno, Files, Follow, Kind, NodeId, ROOT, Who};
use super::{Container, CopyError, Error};
use crate::rootfs::{Inflate, Limits};

impl Container {
    /// Writes a path as a tar: under its own name, or what is in it where the path ends with `/.`.
    pub fn archive(&self, inside: &str, follow: bool, out: &mut dyn Write) -> Result<(), CopyError> {
        let follow = if follow { Follow::Last } else { Follow::AllButLast };
        let found = self.files.find(ROOT, inside, follow, Who::ROOT);
        let id = found.map_err(|_| CopyError::NotInside(inside.to_owned()))?;
        let node = self.files.node(id);
        let is_contents = id == ROOT || inside == "." || inside.ends_with("/.");
        let name: &[u8] = if is_contents { b"." } else { &node.name };
        files::pack_below(&self.files, &self.bodies, id, name, out).map_err(|error| match error.kind() {
            // What cannot be read comes without a kind of the system's.
            io::ErrorKind::Other => CopyError::Refused(inside.to_owned(), error.to_string()),
            _ => CopyError::Output(error),
        })
    }

    /// Lays a tar, compressed or not, over a directory.
    pub fn extract(&mut self, input: &mut dyn Read, inside: &str, now: Timestamp) -> Result<(), CopyError> {
        let found = if inside.is_empty() {
            Err(Errno::NoEntry)
        } else {
            self.files.find(ROOT, inside, Follow::Last, Who::ROOT)
        };
        let folder = found.ok().filter(|id| self.files.node(*id).is_directory()).ok_or(CopyError::NoFolder)?;
        let broken = |reason: String| CopyError::Clash(reason);
        let input = Inflate::open(input, &Limits::default()).map_err(|error| broken(error.to_string()))?;
        let mut files = Files::clone(&self.files);
        let mut archive = Archive::new(input);
        let entries = archive.entries().map_err(|error| broken(error.to_string()))?;
        for entry in entries {
            let mut entry = entry.map_err(|_| broken("archive/tar: invalid tar header".to_owned()))?;
            self.lay(&mut files, &mut entry, folder, now)?;
        }
        self.files = Arc::new(files);
        Ok(self.save()?)
    }

    /// Lays one entry of a tar over what is there.
    fn lay(
        &self,
        files: &mut Files,
        entry: &mut Entry<'_, impl Read>,
        top: NodeId,
        now: Timestamp,
    ) -> Result<(), CopyError> {
        let whole = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let failed = |error: Errno| CopyError::Refused(whole.clone(), error.to_string());
        let mut names: Vec<&str> = whole.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
        if names.contains(&"..") {
            return Err(CopyError::Clash(format!("invalid entry name {whole:?}")));
        }
        let Some(name) = names.pop() else { return Ok(()) };
        let seconds = now.as_second();
        let parent = folder_of(files, top, &names, seconds).map_err(|error| match error {
            Errno::NotDirectory => CopyError::NoPlace,
            error => failed(error),
        })?;
        let Some(kind) = self.kind_of(files, entry, top)? else { return Ok(()) };
        let header = entry.header();
        let mode = u16::try_from(header.mode().unwrap_or(0o644) & 0o7777).unwrap_or(0o644);
        let time = header.mtime().ok().and_then(|time| i64::try_from(time).ok()).unwrap_or(seconds);
        let id = match files.node(parent).child(name.as_bytes()) {
            Some(id) if matches!(kind, Kind::Directory { .. }) => {
                if !files.node(id).is_directory() {
                    let there = files.path(id);
                    return Err(CopyError::Clash(format!(
                        "cannot overwrite non-directory {there:?} with directory {whole:?}"
                    )));
                }
                files.set_mode(id, mode, Who::ROOT).map_err(failed)?;
                id
            }
            Some(id) if files.node(id).is_directory() => {
                let there = files.path(id);
                return Err(CopyError::Clash(format!(
                    "cannot overwrite directory {there:?} with non-directory {whole:?}"
                )));
            }
            there => {
                if let Some(id) = there {
                    files.remove(id, Who::ROOT, seconds).map_err(failed)?;
                }
                files.create(parent, name.as_bytes(), kind, mode, Who::ROOT, seconds).map_err(failed)?
            }
        };
        files.set_time(id, time, Who::ROOT).map_err(failed)
    }

    /// Makes a node of an entry; nothing of what is neither file, directory nor link.
    fn kind_of(&self, files: &Files, entry: &mut Entry<'_, impl Read>, top: NodeId) -> Result<Option<Kind>, CopyError> {
        let link = entry.link_name_bytes().map(std::borrow::Cow::into_owned).unwrap_or_default();
        Ok(match entry.header().entry_type() {
            EntryType::Directory => Some(Kind::directory()),
            EntryType::Symlink => Some(Kind::Symlink { target: link }),
            EntryType::Link => {
                let path = String::from_utf8_lossy(&link).into_owned();
                let found = files.find(top, path.trim_start_matches('/'), Follow::AllButLast, Who::ROOT);
                let id = found.map_err(|_| CopyError::NotInside(path.clone()))?;
                match &files.node(id).kind {
                    Kind::File { size, source } => Some(Kind::File { size: *size, source: source.clone() }),
                    _ => None,
                }
            }
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).map_err(|error| CopyError::Clash(error.to_string()))?;
                let source = self.bodies.write(&bytes).map_err(Error::Store)?;
                Some(Kind::File { size: bytes.len() as u64, source })
            }
            _ => None,
        })
    }
}

/// Finds a directory below another one; what is missing of it is made.
fn folder_of(files: &mut Files, top: NodeId, names: &[&str], now: i64) -> Result<NodeId, Errno> {
    let mut at = top;
    for name in names {
        at = match files.find(at, name, Follow::Last, Who::ROOT) {
            Ok(id) if files.node(id).is_directory() => id,
            Ok(_) => return Err(Errno::NotDirectory),
            Err(_) => files.create(at, name.as_bytes(), Kind::directory(), 0o755, Who::ROOT, now)?,
        };
    }
    Ok(at)
}
