//! The writable layer as the tar of a new layer: the same changes give the same bytes.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom, Write};

use tar::{Builder, EntryType, Header};
use tempfile::{SpooledTempFile, spooled_tempfile_in};

use super::{Bodies, Files, Hand, Kind, Meta, Node, NodeId, ROOT};

const WHITEOUT: &[u8] = b".wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";
/// A whiteout has no owner, no mode and no time of its own.
const NOBODY: Meta = Meta { mode: 0, uid: 0, gid: 0, mtime: 0 };

/// Writes what a container has changed: directories before what is in them, names in byte order, whiteouts for what is
/// gone.
pub(crate) fn pack(files: &Files, bodies: &Bodies) -> io::Result<Vec<u8>> {
    let mut packer = Packer { files, bodies, tar: Builder::new(Vec::new()) };
    packer.folder(ROOT, Some(ROOT))?;
    packer.tar.into_inner()
}

/// Bytes that are held in memory until the tar is written; what is more goes to a file without a name.
const IN_MEMORY: usize = 32 << 20;

/// The bodies of files, taken out of their layers from the first to the last: a tar is in the order of a walk and a layer need
/// not be, and each step back would inflate a layer anew.
struct Laid {
    bytes: SpooledTempFile,
    places: HashMap<NodeId, (u64, u64)>,
}

impl Laid {
    fn out(files: &Files, bodies: &Bodies) -> io::Result<Self> {
        let mut stored: Vec<((usize, u64), NodeId)> =
            files.below(ROOT).into_iter().filter_map(|id| Some((files.node(id).inode()?, id))).collect();
        stored.sort_unstable();
        let mut laid = Self {
            bytes: spooled_tempfile_in(IN_MEMORY, bodies.own_folder()),
            places: HashMap::with_capacity(stored.len()),
        };
        let mut end = 0;
        let mut last = None;
        for (inode, id) in stored {
            if let Some((_, place)) = last.filter(|(known, _)| *known == inode) {
                laid.places.insert(id, place);
                continue;
            }
            let Kind::File { size, source } = &files.node(id).kind else { continue };
            let body = bodies.read(source, *size).map_err(io::Error::other)?;
            laid.bytes.write_all(&body)?;
            let place = (end, body.len() as u64);
            end += place.1;
            laid.places.insert(id, place);
            last = Some((inode, place));
        }
        Ok(laid)
    }

    fn get(&mut self, id: NodeId) -> io::Result<Option<impl Read + '_>> {
        let Some((at, length)) = self.places.get(&id).copied() else { return Ok(None) };
        self.bytes.seek(SeekFrom::Start(at))?;
        Ok(Some(Read::by_ref(&mut self.bytes).take(length)))
    }
}

/// Writes all that is to be seen, in the order of a walk. What the image has as one file under several names is one here too.
pub(crate) fn pack_all(files: &Files, bodies: &Bodies, out: &mut dyn Write) -> io::Result<()> {
    let mut laid = Laid::out(files, bodies)?;
    let mut tar = Builder::new(out);
    let mut first_names: HashMap<(usize, u64), Vec<u8>> = HashMap::new();
    for id in files.below(ROOT).into_iter().skip(1) {
        let node = files.node(id);
        if node.hand == Hand::Mount {
            continue;
        }
        let mut path = files.nodes.path(id).split_off(1);
        if node.is_directory() {
            path.push(b'/');
        }
        if let Some(inode) = node.inode().filter(|_| node.hand == Hand::Image) {
            if let Some(first) = first_names.get(&inode) {
                let mut header = header(node.meta, EntryType::Link, 0);
                tar.append_link(&mut header, as_path(&path)?, as_path(first)?)?;
                continue;
            }
            first_names.insert(inode, path.clone());
        }
        match laid.get(id)? {
            Some(body) => {
                let mut header = header(node.meta, EntryType::Regular, node.size());
                tar.append_data(&mut header, as_path(&path)?, body)?;
            }
            None => append(&mut tar, &path, node, bodies)?,
        }
    }
    tar.finish()
}

/// Writes a node and all below it, the node under the name that is given.
pub(crate) fn pack_below(
    files: &Files,
    bodies: &Bodies,
    top: NodeId,
    name: &[u8],
    out: &mut dyn Write,
) -> io::Result<()> {
    let bodies = bodies.for_one_reading();
    let above = if top == ROOT { 0 } else { files.nodes.path(top).len() };
    let mut tar = Builder::new(out);
    for id in files.below(top) {
        let node = files.node(id);
        if node.hand == Hand::Mount {
            continue;
        }
        let below = if id == top { Vec::new() } else { files.nodes.path(id).split_off(above) };
        let slash: &[u8] = if node.is_directory() { b"/" } else { b"" };
        append(&mut tar, &[name, &below, slash].concat(), node, &bodies)?;
    }
    tar.finish()
}

struct Packer<'a> {
    files: &'a Files,
    bodies: &'a Bodies,
    tar: Builder<Vec<u8>>,
}

impl Packer<'_> {
    fn folder(&mut self, folder: NodeId, below: Option<NodeId>) -> io::Result<()> {
        let files = self.files;
        let here = files.node(folder);
        let opaque = matches!(here.kind, Kind::Directory { opaque: true, .. });
        let under = below.map(|id| files.image.node(id)).filter(|node| node.is_directory() && !opaque);
        if opaque {
            self.blank(&[&self.path(folder), OPAQUE].concat())?;
        }
        let mut names: Vec<&[u8]> = here.children().map(|(name, _)| name).collect();
        names.extend(under.into_iter().flat_map(|node| node.children().map(|(name, _)| name)));
        names.sort_unstable();
        names.dedup();
        for name in names {
            match here.child(name) {
                None => self.blank(&[&self.path(folder), WHITEOUT, name].concat())?,
                Some(id) => self.one(id, under.and_then(|node| node.child(name)))?,
            }
        }
        Ok(())
    }

    fn one(&mut self, id: NodeId, below: Option<NodeId>) -> io::Result<()> {
        let node = self.files.node(id);
        if node.hand == Hand::Mount || !self.is_touched(id, below) {
            return Ok(());
        }
        self.entry(id)?;
        if node.is_directory() { self.folder(id, below) } else { Ok(()) }
    }

    /// Tells whether a node or anything below it was changed.
    fn is_touched(&self, id: NodeId, below: Option<NodeId>) -> bool {
        let node = self.files.node(id);
        let under = below.map(|id| self.files.image.node(id));
        node.hand == Hand::Container
            || under.is_some_and(|under| under.children().any(|(name, _)| node.child(name).is_none()))
            || node.children().any(|(name, child)| self.is_touched(child, under.and_then(|under| under.child(name))))
    }

    fn entry(&mut self, id: NodeId) -> io::Result<()> {
        let node = self.files.node(id);
        let path = self.path(id);
        let path = path.strip_suffix(b"/").filter(|_| !node.is_directory()).unwrap_or(&path);
        append(&mut self.tar, path, node, self.bodies)
    }

    fn blank(&mut self, path: &[u8]) -> io::Result<()> {
        let mut header = header(NOBODY, EntryType::Regular, 0);
        let path = as_path(path)?;
        self.tar.append_data(&mut header, path, io::empty())
    }

    /// Returns the path of a node with a slash at its end only.
    fn path(&self, id: NodeId) -> Vec<u8> {
        let path = self.files.nodes.path(id);
        if id == ROOT { Vec::new() } else { [&path[1..], b"/"].concat() }
    }
}

/// Writes one node under a name.
fn append<W: Write>(tar: &mut Builder<W>, path: &[u8], node: &Node, bodies: &Bodies) -> io::Result<()> {
    let path = as_path(path)?;
    match &node.kind {
        Kind::File { size, source } => {
            let bytes = bodies.read(source, *size).map_err(io::Error::other)?;
            let mut header = header(node.meta, EntryType::Regular, bytes.len() as u64);
            tar.append_data(&mut header, path, &*bytes)
        }
        Kind::Symlink { target } => {
            let mut header = header(node.meta, EntryType::Symlink, 0);
            tar.append_link(&mut header, path, as_path(target)?)
        }
        Kind::Directory { .. } => tar.append_data(&mut header(node.meta, EntryType::Directory, 0), path, io::empty()),
        Kind::Character { major, minor } => device(tar, path, node.meta, EntryType::Char, *major, *minor),
        Kind::Block { major, minor } => device(tar, path, node.meta, EntryType::Block, *major, *minor),
        Kind::Fifo => tar.append_data(&mut header(node.meta, EntryType::Fifo, 0), path, io::empty()),
    }
}

fn device<W: Write>(
    tar: &mut Builder<W>,
    path: &std::path::Path,
    meta: Meta,
    kind: EntryType,
    major: u32,
    minor: u32,
) -> io::Result<()> {
    let mut header = header(meta, kind, 0);
    header.set_device_major(major)?;
    header.set_device_minor(minor)?;
    tar.append_data(&mut header, path, io::empty())
}

fn header(meta: Meta, kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(meta.mode.into());
    header.set_uid(meta.uid.into());
    header.set_gid(meta.gid.into());
    header.set_mtime(meta.mtime.try_into().unwrap_or(0));
    header.set_size(size);
    header
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere a name may be no path")]
fn as_path(path: &[u8]) -> io::Result<&std::path::Path> {
    use std::os::unix::ffi::OsStrExt;
    Ok(std::path::Path::new(std::ffi::OsStr::from_bytes(path)))
}

#[cfg(not(unix))]
fn as_path(path: &[u8]) -> io::Result<&std::path::Path> {
    std::str::from_utf8(path).map(std::path::Path::new).map_err(io::Error::other)
}
