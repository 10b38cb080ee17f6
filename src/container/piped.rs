//! Files between a container and a tar that is piped, as `docker cp` with `-` moves them. Paths are the container's: nothing that a tar
//! says leads out of the directory that it is put into.

use std::io::{self, Read, Write};
use std::sync::Arc;

use jiff::Timestamp;

use super::files::{self, Errno, Files, Follow, Kind, NodeId, ROOT, Who};
use super::transfer::{CopyError, is_contents};
use super::{Container, Error};
use crate::rootfs::{Limits, Member, MemberKind, Members};

/// Bits that a file keeps: its rights and the sticky bit. It belongs to root, so it acts for nobody else.
const KEPT: u16 = 0o1777;

impl Container {
    /// Writes a file, or a directory and all below it, as a tar, under the last part of its path. The outer error is the writer's.
    pub fn pack_out(&self, inside: &str, follow: bool, out: &mut dyn Write) -> io::Result<Result<(), CopyError>> {
        let id = match self.found(inside, follow) {
            Ok(id) => id,
            Err(error) => return Ok(Err(error)),
        };
        let name: &[u8] = if is_contents(inside) { b"." } else { &self.files.node(id).name };
        files::pack_below(&self.files, &self.bodies.for_one_reading(), id, name, out).map(Ok)
    }

    /// Puts what is in a tar, compressed or not, into a directory: all of it, or nothing. What has a name already is replaced, unless
    /// one of both is a directory and the other is not. Returns the bytes of the files.
    pub fn unpack_in(&mut self, tar: &mut dyn Read, inside: &str, now: Timestamp) -> Result<u64, CopyError> {
        let folder = self.files.find(ROOT, inside, Follow::Last, Who::ROOT).ok();
        let folder = folder.filter(|id| !inside.is_empty() && self.files.node(*id).is_directory());
        let folder = folder.ok_or(CopyError::NotInto)?;
        let now = now.as_second();
        let files = Files::clone(&self.files);
        let mut unpacking = Unpacking { container: self, files, folder, now, folders: Vec::new(), bytes: 0 };
        unpacking.all(tar)?;
        let Unpacking { files, bytes, .. } = unpacking;
        self.files = Arc::new(files);
        self.save()?;
        Ok(bytes)
    }
}

/// A tar on its way into a container.
struct Unpacking<'c> {
    container: &'c Container,
    files: Files,
    /// Where it goes.
    folder: NodeId,
    now: i64,
    /// The directories of the tar with their times, which are set when nothing more comes into them.
    folders: Vec<(NodeId, i64)>,
    /// Bytes of the files so far.
    bytes: u64,
}

impl Unpacking<'_> {
    fn all(&mut self, tar: &mut dyn Read) -> Result<(), CopyError> {
        let limits = Limits::default();
        let mut first = [0];
        // Nothing at all is no tar, and nobody minds.
        if tar.read(&mut first).map_err(|error| broken(error.to_string()))? == 0 {
            return Ok(());
        }
        let mut members = Members::open(first.chain(tar), &limits).map_err(broken)?;
        while let Some(member) = members.next_member().map_err(broken)? {
            self.one(&member, &mut members)?;
        }
        members.finish().map_err(broken)?;
        for (id, time) in std::mem::take(&mut self.folders) {
            self.files.set_time(id, time, Who::ROOT).map_err(broken)?;
        }
        Ok(())
    }

    fn one<R: Read>(&mut self, member: &Member, members: &mut Members<'_, R>) -> Result<(), CopyError> {
        let name = cleaned(member.name.as_bytes());
        let Some(parts) = inside(&name) else {
            return Err(broken(format!("{:?} is outside of {:?}", text(&name), self.path(self.folder))));
        };
        let Some((last, above)) = parts.split_last() else { return Ok(()) };
        let parent = self.made(above)?;
        let old = self.free(parent, last, member.kind == MemberKind::Directory)?;
        let kind = match &member.kind {
            MemberKind::Directory => Kind::directory(),
            MemberKind::File { size } => self.body(*size, members)?,
            MemberKind::Symlink { target } => self.symlink(parent, last, target.as_bytes())?,
            MemberKind::HardLink { target } => self.other_name(parent, last, target.as_bytes())?,
            MemberKind::Character { major, minor } => Kind::Character { major: *major, minor: *minor },
            MemberKind::Block { major, minor } => Kind::Block { major: *major, minor: *minor },
            MemberKind::Fifo => Kind::Fifo,
        };
        let id = match old {
            Some(folder) => folder,
            None => self.files.create(parent, last, kind, 0o755, Who::ROOT, self.now).map_err(broken)?,
        };
        self.files.set_mode(id, member.mode & KEPT, Who::ROOT).map_err(broken)?;
        self.files.set_owner(id, Some(0), Some(0), Who::ROOT).map_err(broken)?;
        self.files.set_time(id, member.mtime, Who::ROOT).map_err(broken)?;
        if member.kind == MemberKind::Directory {
            self.folders.push((id, member.mtime));
        }
        Ok(())
    }

    /// Finds the directory that a member goes into, and makes what of it is not there.
    fn made(&mut self, parts: &[&[u8]]) -> Result<NodeId, CopyError> {
        let mut at = self.folder;
        for part in parts {
            let found = std::str::from_utf8(part).ok().and_then(|part| {
                self.files.find(at, part, Follow::Last, Who::ROOT).ok().filter(|id| self.files.node(*id).is_directory())
            });
            at = match (found, self.files.node(at).child(part)) {
                (Some(folder), _) => folder,
                (None, Some(there)) if self.files.node(there).is_directory() => there,
                (None, Some(there)) => {
                    return Err(broken(format!("mkdir {}: {}", self.files.path(there), Errno::NotDirectory)));
                }
                (None, None) => {
                    self.files.create(at, part, Kind::directory(), 0o755, Who::ROOT, self.now).map_err(broken)?
                }
            };
        }
        Ok(at)
    }

    /// Removes what has the name; a directory stays where a directory comes, and is returned.
    fn free(&mut self, parent: NodeId, name: &[u8], is_directory: bool) -> Result<Option<NodeId>, CopyError> {
        let Some(there) = self.files.node(parent).child(name) else { return Ok(None) };
        let place = self.path(self.folder);
        match (self.files.node(there).is_directory(), is_directory) {
            (true, true) => Ok(Some(there)),
            (true, false) => {
                Err(broken(format!("cannot overwrite directory {:?} with non-directory {place:?}", self.path(there))))
            }
            (false, true) => {
                Err(broken(format!("cannot overwrite non-directory {:?} with directory {place:?}", self.path(there))))
            }
            (false, false) => self.files.remove(there, Who::ROOT, self.now).map(|()| None).map_err(broken),
        }
    }

    fn body<R: Read>(&mut self, size: u64, members: &mut Members<'_, R>) -> Result<Kind, CopyError> {
        let mut bytes = Vec::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = members.read(&mut chunk).map_err(broken)?;
            if read == 0 {
                break;
            }
            bytes.extend_from_slice(&chunk[..read]);
        }
        self.bytes += size;
        let source = self.container.bodies.write(&bytes).map_err(Error::Store)?;
        Ok(Kind::File { size, source })
    }

    /// A link must not lead out of the directory that the tar is put into; one from the root is taken as from there.
    fn symlink(&self, parent: NodeId, name: &[u8], target: &[u8]) -> Result<Kind, CopyError> {
        let (top, from) = (self.path(self.folder), self.path(parent));
        let whole = cleaned(&[from.as_bytes(), b"/", target].concat());
        if !is_below(&whole, top.as_bytes()) {
            let link = cleaned(&[from.as_bytes(), b"/", name].concat());
            return Err(broken(format!("invalid symlink {:?} -> {:?}", text(&link), text(target))));
        }
        Ok(Kind::Symlink { target: target.to_vec() })
    }

    /// Another name of a member that came before, or of what was there.
    fn other_name(&self, parent: NodeId, name: &[u8], target: &[u8]) -> Result<Kind, CopyError> {
        let top = self.path(self.folder);
        let link = cleaned(&[self.path(parent).as_bytes(), b"/", name].concat());
        let whole = cleaned(&[top.as_bytes(), b"/", target].concat());
        if !is_below(&whole, top.as_bytes()) {
            return Err(broken(format!("invalid hardlink {:?} -> {:?}", text(&whole), text(&link))));
        }
        let found = self.files.find(ROOT, &text(&whole), Follow::AllButLast, Who::ROOT);
        let refused = |error: Errno| broken(format!("link {} {}: {error}", text(&whole), text(&link)));
        let node = self.files.node(found.map_err(refused)?);
        if node.is_directory() {
            return Err(refused(Errno::NotPermitted));
        }
        Ok(node.kind.clone())
    }

    fn path(&self, id: NodeId) -> String {
        if id == ROOT { "/".to_owned() } else { self.files.path(id) }
    }
}

/// Bytes that are read of a member at once.
const CHUNK: usize = 128 << 10;

/// The daemon's sentence about a tar that it cannot use.
fn broken(reason: impl std::fmt::Display) -> CopyError {
    CopyError::Archive(reason.to_string())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Go's `filepath.Clean`.
fn cleaned(path: &[u8]) -> Vec<u8> {
    let is_absolute = path.starts_with(b"/");
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in files::parts(path).filter(|part| *part != b".") {
        match parts.last() {
            Some(last) if part == b".." && *last != b".." => drop(parts.pop()),
            None if part == b".." && is_absolute => {}
            _ => parts.push(part),
        }
    }
    let root: &[u8] = if is_absolute { b"/" } else { b"" };
    let joined = [root, &parts.join(&b'/')].concat();
    if joined.is_empty() { b".".to_vec() } else { joined }
}

/// Returns the names of a cleaned path, taken from a directory; `None` where it leads out of it.
fn inside(path: &[u8]) -> Option<Vec<&[u8]>> {
    let parts: Vec<&[u8]> = files::parts(path).filter(|part| *part != b".").collect();
    (parts.first() != Some(&b"..".as_slice())).then_some(parts)
}

/// Docker compares the beginnings of the texts.
fn is_below(path: &[u8], top: &[u8]) -> bool {
    path.starts_with(top)
}
