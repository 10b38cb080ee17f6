//! Finding paths as the kernel does: through links, up with `..`, and only where the permissions let one.

use super::{Errno, Files, Kind, Node, NodeId, ROOT};

/// The kernel's own bound.
const MOST_LINKS: usize = 40;
const LONGEST_NAME: usize = 255;

/// Whether a link at the end of a path is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Follow {
    Last,
    AllButLast,
}

/// What someone wants of a file or directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Read,
    Write,
    /// To run a file, to pass a directory.
    Pass,
}

/// Who asks: root may everything but run what nobody may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Who {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Who {
    pub(crate) const ROOT: Self = Self { uid: 0, gid: 0 };

    pub(crate) fn may(self, want: Want, node: &Node) -> bool {
        let mode = node.meta.mode;
        if self.uid == 0 {
            return want != Want::Pass || node.is_directory() || mode & 0o111 != 0;
        }
        let shift = match () {
            () if node.meta.uid == self.uid => 6,
            () if node.meta.gid == self.gid => 3,
            () => 0,
        };
        let bit = match want {
            Want::Read => 4,
            Want::Write => 2,
            Want::Pass => 1,
        };
        (mode >> shift) & bit != 0
    }
}

impl Files {
    /// Finds what a path means, seen from the directory `from`.
    pub(crate) fn find(&self, from: NodeId, path: &str, follow: Follow, who: Who) -> Result<NodeId, Errno> {
        let found = self.walk(from, path.as_bytes(), follow, who, &mut 0)?;
        if path.ends_with('/') && !self.node(found).is_directory() {
            let is_link = self.node(found).is_symlink();
            return if is_link { self.find(from, path, Follow::Last, who) } else { Err(Errno::NotDirectory) };
        }
        Ok(found)
    }

    /// Finds the directory that a path's last name is in, and that name.
    pub(crate) fn find_parent<'p>(&self, from: NodeId, path: &'p str, who: Who) -> Result<(NodeId, &'p [u8]), Errno> {
        let trimmed = path.trim_end_matches('/').as_bytes();
        let (folder, name) = match trimmed.iter().rposition(|byte| *byte == b'/') {
            Some(at) => (&trimmed[..=at], &trimmed[at + 1..]),
            None => (&[][..], trimmed),
        };
        if name.len() > LONGEST_NAME {
            return Err(Errno::NameTooLong);
        }
        if name.is_empty() {
            return Err(if path.is_empty() { Errno::NoEntry } else { Errno::Exists });
        }
        if matches!(name, b"." | b"..") {
            return Err(Errno::Invalid);
        }
        let parent = self.walk(from, folder, Follow::Last, who, &mut 0)?;
        if self.node(parent).is_directory() { Ok((parent, name)) } else { Err(Errno::NotDirectory) }
    }

    fn walk(&self, from: NodeId, path: &[u8], follow: Follow, who: Who, links: &mut usize) -> Result<NodeId, Errno> {
        if path.is_empty() && follow == Follow::AllButLast {
            return Err(Errno::NoEntry);
        }
        let mut at = if path.starts_with(b"/") { ROOT } else { from };
        let names: Vec<&[u8]> = parts(path).collect();
        for (index, name) in names.iter().enumerate() {
            let folder = self.node(at);
            if !folder.is_directory() {
                return Err(Errno::NotDirectory);
            }
            if !who.may(Want::Pass, folder) {
                return Err(Errno::Access);
            }
            let next = match *name {
                b"." => at,
                b".." => folder.parent,
                name if name.len() > LONGEST_NAME => return Err(Errno::NameTooLong),
                name => folder.child(name).ok_or(Errno::NoEntry)?,
            };
            let is_last = index + 1 == names.len();
            at = match &self.node(next).kind {
                Kind::Symlink { target } if !is_last || follow == Follow::Last => {
                    *links += 1;
                    if *links > MOST_LINKS {
                        return Err(Errno::Loop);
                    }
                    self.walk(at, target, Follow::Last, who, links)?
                }
                _ => next,
            };
        }
        Ok(at)
    }

    /// Lists all below a node, itself first, in the order of a walk.
    pub(crate) fn below(&self, top: NodeId) -> Vec<NodeId> {
        let mut found = Vec::new();
        let mut open = vec![top];
        while let Some(id) = open.pop() {
            found.push(id);
            let children: Vec<NodeId> = self.node(id).children().map(|(_, child)| child).collect();
            open.extend(children.into_iter().rev());
        }
        found
    }
}

/// Parts a path into its names; empty ones do not count.
pub(crate) fn parts(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|name| !name.is_empty())
}
