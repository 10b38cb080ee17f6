//! Puts a layer's members together to its tree, with the verdicts of Docker's classic engine on each.
//!
//! The layer is played on an empty root, as the engine unpacks it: what a later member replaces is gone, missing
//! parents are made, symbolic links of the same layer are followed inside the root, hard links find only what came before.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::mem;

use super::archive::{Member, kind};
use super::codec::components;
use super::header::Header;
use super::nodes::{Access, Attributes, Content, NodeId, Nodes, ROOT};
use super::{Body, Error, Limits, Origin, Tree};

/// As many symbolic links in one name as Linux follows.
const MOST_LINKS: usize = 40;
const WHITEOUT: &[u8] = b".wh.";
/// Names that AUFS kept for itself; all but the next one are names like any other.
const AUFS: &[u8] = b".wh..wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

/// Builds the tree of one layer.
pub(super) struct Builder {
    nodes: Nodes,
    /// A keyed hash of each name, as compact a memory of them as there is. Two names with one hash would be taken for
    /// a duplicate, once in ten thousand million layers of 100,000 names.
    names: Vec<u64>,
    hasher: RandomState,
}

impl Builder {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { nodes: Nodes::new(limits), names: Vec::new(), hasher: RandomState::new() }
    }

    /// Adds the next member.
    pub(super) fn add(&mut self, member: Member) -> Result<(), Error> {
        let name = clean(&member.header.name);
        self.names.push(self.hasher.hash_one(&name));
        if member.header.kind == kind::GLOBAL {
            return Ok(());
        }
        let name = name.strip_prefix(b"/").unwrap_or(&name);
        if name == b".." || name.starts_with(b"../") {
            return Err(Error::EntryName(name.into()));
        }
        // The root is there already; whatever a layer wants to make of it is passed over.
        if matches!(name, b"" | b".") {
            return Ok(());
        }
        let (folder, base) = split(name);
        let parent = self.resolve(folder, Missing::Make).map_err(|stop| stop.error(folder, name))?;
        match Role::of(base) {
            Role::Entry => self.put(parent, name, member),
            Role::Opaque => {
                self.nodes.make_opaque(parent);
                Ok(())
            }
            Role::Whiteout(hidden) => self.put_whiteout(parent, hidden, name, &member.header),
        }
    }

    /// Ends the layer; `uncompressed` is the length of its tar.
    pub(super) fn finish(mut self, uncompressed: u64) -> Result<Tree, Error> {
        let mut names = mem::take(&mut self.names);
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Error::Duplicate);
        }
        drop(names);
        Ok(self.nodes.into_tree(uncompressed))
    }

    fn put(&mut self, parent: NodeId, name: &[u8], member: Member) -> Result<(), Error> {
        let Member { header, body } = member;
        let (_, base) = split(name);
        if let Some(there) = self.nodes.child(parent, base) {
            if header.kind == kind::DIRECTORY && self.nodes.is_directory(there) {
                self.nodes.restate(there, Attributes::of(&header));
                return Ok(());
            }
            self.nodes.remove(there);
        }
        let content = self.content(name, &header, body)?;
        self.nodes.insert(parent, base, Attributes::of(&header), content).map(drop)
    }

    fn content(&mut self, name: &[u8], header: &Header, body: Body) -> Result<Content, Error> {
        let (major, minor) = (low_bits(header.device.0), low_bits(header.device.1));
        match header.kind {
            kind::FILE => self.nodes.file(header.size, body),
            kind::HARD_LINK => self.hard_link(name, &header.link),
            kind::SYMLINK if header.link.is_empty() => Err(Error::EmptySymlink(name.into())),
            kind::SYMLINK => self.nodes.symlink(&header.link),
            // What overlayfs itself takes for a whiteout.
            kind::CHARACTER if (major, minor) == (0, 0) => Ok(Content::Whiteout),
            kind::CHARACTER => Ok(Content::Character { major, minor }),
            kind::BLOCK => Ok(Content::Block { major, minor }),
            kind::DIRECTORY => Ok(Content::Directory { opaque: false, origin: Origin::Stated }),
            kind::FIFO => Ok(Content::Fifo),
            unknown => Err(Error::UnknownType(unknown)),
        }
    }

    fn hard_link(&mut self, name: &[u8], target: &[u8]) -> Result<Content, Error> {
        let cleaned = clean(target);
        let path = cleaned.strip_prefix(b"/").unwrap_or(&cleaned);
        if path == b".." || path.starts_with(b"../") {
            return Err(Error::HardLinkTarget(target.into()));
        }
        let (target, name) = (|| path.into(), || name.into());
        let (folder, base) = split(path);
        let found = match self.resolve(folder, Missing::Leave) {
            Ok(parent) => self.nodes.child(parent, base),
            Err(Stop::Missing) => None,
            Err(stop) => return Err(stop.error(folder, path)),
        };
        let Some(found) = found else { return Err(Error::HardLinkMissing { target: target(), name: name() }) };
        if self.nodes.is_directory(found) {
            return Err(Error::HardLinkToDirectory { target: target(), name: name() });
        }
        Ok(self.nodes.link_to(found))
    }

    fn put_whiteout(&mut self, parent: NodeId, hidden: &[u8], name: &[u8], header: &Header) -> Result<(), Error> {
        if matches!(hidden, b"" | b"." | b"..") {
            return Err(Error::Whiteout(name.into()));
        }
        if self.nodes.child(parent, hidden).is_some() {
            let (folder, _) = split(name);
            let separator: &[u8] = if folder.is_empty() { b"" } else { b"/" };
            return Err(Error::WhiteoutOfOwn([folder, separator, hidden].concat()[..].into()));
        }
        self.nodes.insert(parent, hidden, Attributes::of(header), Content::Whiteout).map(drop)
    }

    /// Finds a folder, through symbolic links, never out of the root.
    fn resolve(&mut self, folder: &[u8], missing: Missing) -> Result<NodeId, Stop> {
        let mut rest = Cow::Borrowed(folder);
        let (mut node, mut at, mut links) = (ROOT, 0, 0);
        while let Some(name) = next_name(&rest, &mut at) {
            if name == b".." {
                node = self.nodes.parent(node).ok_or(Stop::Escape)?;
                continue;
            }
            let child = match (self.nodes.child(node, name), missing) {
                (Some(child), _) => child,
                (None, Missing::Make) => self.nodes.imply(node, name)?,
                (None, Missing::Leave) => return Err(Stop::Missing),
            };
            if let Some(target) = self.nodes.target(child) {
                links += 1;
                if links > MOST_LINKS {
                    return Err(Stop::TooManyLinks);
                }
                node = if target.starts_with(b"/") { ROOT } else { node };
                rest = Cow::Owned([target, b"/", &rest[at..]].concat());
                at = 0;
            } else if self.nodes.is_directory(child) {
                node = child;
            } else {
                return Err(Stop::NotADirectory);
            }
        }
        Ok(node)
    }
}

/// What to do about a folder that is not there.
#[derive(Clone, Copy)]
enum Missing {
    Make,
    Leave,
}

/// Why a folder was not reached.
enum Stop {
    Missing,
    Escape,
    TooManyLinks,
    NotADirectory,
    Beyond(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Beyond(error)
    }
}

impl Stop {
    fn error(self, folder: &[u8], name: &[u8]) -> Error {
        match self {
            Self::Escape => Error::Escape(folder.into()),
            Self::TooManyLinks => Error::TooManyLinks(folder.into()),
            Self::Missing | Self::NotADirectory => Error::NotADirectory(name.into()),
            Self::Beyond(error) => error,
        }
    }
}

/// What a name's last part makes of a member.
enum Role<'a> {
    Entry,
    Opaque,
    Whiteout(&'a [u8]),
}

impl<'a> Role<'a> {
    fn of(base: &'a [u8]) -> Self {
        match base.strip_prefix(WHITEOUT) {
            Some(_) if base == OPAQUE => Self::Opaque,
            Some(hidden) if !base.starts_with(AUFS) => Self::Whiteout(hidden),
            Some(_) | None => Self::Entry,
        }
    }
}

/// Takes the next name off a path, passing over what means nothing.
fn next_name<'a>(path: &'a [u8], at: &mut usize) -> Option<&'a [u8]> {
    while *at < path.len() {
        let rest = &path[*at..];
        let name = rest.split(|byte| *byte == b'/').next().unwrap_or_default();
        *at = (*at + name.len() + 1).min(path.len());
        if !matches!(name, b"" | b".") {
            return Some(name);
        }
    }
    None
}

/// Go's `filepath.Clean`: the shortest name that means the same.
fn clean(name: &[u8]) -> Vec<u8> {
    let is_rooted = name.starts_with(b"/");
    let mut names: Vec<&[u8]> = Vec::new();
    for name in components(name).filter(|name| *name != b".") {
        match names.last() {
            Some(last) if name == b".." && *last != b".." => drop(names.pop()),
            None if name == b".." && is_rooted => {}
            Some(_) | None => names.push(name),
        }
    }
    let joined = names.join(&b'/');
    match (is_rooted, joined.is_empty()) {
        (true, _) => [b"/", &joined[..]].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}

/// Splits a clean name in folder and last part.
fn split(name: &[u8]) -> (&[u8], &[u8]) {
    match name.iter().rposition(|byte| *byte == b'/') {
        Some(at) => (&name[..at], &name[at + 1..]),
        None => (b"", name),
    }
}

impl Attributes {
    fn of(header: &Header) -> Self {
        let mode = u16::try_from(header.mode & 0o7777).expect("twelve bits fit");
        let access = Access { mode, uid: owner(header.uid), gid: owner(header.gid) };
        Self { access, mtime: header.mtime }
    }
}

/// The kernel takes 32 bits of an owner, and all ones for "leave as it is", which is root.
fn owner(id: i64) -> u32 {
    match low_bits(id) {
        u32::MAX => 0,
        id => id,
    }
}

fn low_bits(number: i64) -> u32 {
    u32::try_from(number & 0xffff_ffff).expect("32 bits fit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(String::from_utf8(clean(name.as_bytes())).unwrap(), expected, "{name}");
    }

    #[test]
    fn names_are_cleaned_as_go_does() {
        check("", ".");
        check("./", ".");
        check("a/./b//c/", "a/b/c");
        check("a/../../b", "../b");
        check("../../a", "../../a");
        check("/../a", "/a");
        check("/", "/");
        check("a/..", ".");
    }
}
