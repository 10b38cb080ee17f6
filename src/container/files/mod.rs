//! A container's file system: the image's layers laid over one another, and what the container has changed.
//!
//! Made of lists in memory; a file's bytes are read when someone asks for them, and nothing is ever unpacked on the host.

mod body;
mod change;
mod diff;
mod errno;
mod look;
mod node;
mod tar;
mod upper;

pub(crate) use body::Bodies;
pub use diff::{Change, ChangeKind};
pub(crate) use errno::Errno;
pub(crate) use look::{Follow, Want, Who, parts};
pub(crate) use node::{Hand, Kind, Meta, Node, NodeId, ROOT, Source};
pub(crate) use tar::{pack, pack_all, pack_below};
pub(crate) use upper::Upper;

use std::sync::Arc;

use crate::rootfs::{self, Tree};

/// The nodes of a file system.
#[derive(Debug, Clone)]
pub(crate) struct Nodes {
    all: Vec<Node>,
}

/// A file system, and the image's as it was.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    nodes: Nodes,
    image: Arc<Nodes>,
}

impl Nodes {
    /// Lays layers over one another, the lowest first, and adds what every container has; `made` is when that was.
    pub(crate) fn of_layers(layers: &[Tree], made: i64) -> Self {
        let mut nodes = Self { all: vec![Node::root()] };
        for merged in rootfs::merge(layers) {
            nodes.add(merged);
        }
        nodes.prepare(made);
        nodes
    }

    fn add(&mut self, merged: rootfs::MergedEntry) {
        let rootfs::MergedEntry { layer, entry } = merged;
        let meta = Meta { mode: entry.mode, uid: entry.uid, gid: entry.gid, mtime: entry.mtime };
        let kind = match entry.kind {
            rootfs::Kind::File { size, body } | rootfs::Kind::HardLink { size, body, .. } => {
                Kind::File { size, source: Source::Layer { layer, body } }
            }
            rootfs::Kind::Symlink { target } => Kind::Symlink { target },
            rootfs::Kind::Directory { .. } => Kind::directory(),
            rootfs::Kind::Character { major, minor } => Kind::Character { major, minor },
            rootfs::Kind::Block { major, minor } => Kind::Block { major, minor },
            rootfs::Kind::Fifo => Kind::Fifo,
            rootfs::Kind::Whiteout => return,
        };
        if entry.path.is_empty() {
            self.all[ROOT].meta = meta;
            return;
        }
        let (folder, name) = split(&entry.path);
        // A walk shows a directory before what is in it.
        let Some(parent) = self.plain(folder) else { return };
        self.attach(Node { parent, name: name.to_vec(), meta, kind, hand: Hand::Image });
    }

    /// Makes what Docker puts under every container: the places that are mounted over while it runs (moby,
    /// daemon/initlayer).
    fn prepare(&mut self, made: i64) {
        let meta = Meta { mode: 0o755, uid: 0, gid: 0, mtime: made };
        for path in ["dev/pts", "dev/shm", "proc", "sys"] {
            self.place(path, &Kind::directory(), meta);
        }
        for path in [".dockerenv", "etc/resolv.conf", "etc/hosts", "etc/hostname", "dev/console"] {
            self.place(path, &Kind::File { size: 0, source: Source::Text(Arc::from([])) }, meta);
        }
        let meta = Meta { mode: 0o777, ..meta };
        self.place("etc/mtab", &Kind::Symlink { target: b"/proc/mounts".to_vec() }, meta);
    }

    /// Puts something at a path; a directory that is there stays, anything else that is not a directory goes.
    fn place(&mut self, path: &str, kind: &Kind, meta: Meta) {
        let mut parent = ROOT;
        let parts: Vec<&str> = path.split('/').collect();
        for (at, part) in parts.iter().enumerate() {
            let found = self.all[parent].child(part.as_bytes()).filter(|id| self.all[*id].is_directory());
            let is_last = at + 1 == parts.len();
            parent = if let Some(id) = found {
                id
            } else {
                let kind = if is_last { kind.clone() } else { Kind::directory() };
                let meta = if is_last { meta } else { Meta { mode: 0o755, ..meta } };
                self.all[parent].meta.mtime = meta.mtime;
                self.attach(Node { parent, name: part.as_bytes().to_vec(), meta, kind, hand: Hand::Image })
            };
        }
    }

    /// Finds a path without following links.
    pub(crate) fn plain(&self, path: &[u8]) -> Option<NodeId> {
        parts(path).try_fold(ROOT, |at, part| self.all[at].child(part))
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.all[id]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.all[id]
    }

    /// Hangs a node below its parent, in place of what has its name there.
    fn attach(&mut self, node: Node) -> NodeId {
        let id = self.all.len();
        if let Kind::Directory { children, .. } = &mut self.all[node.parent].kind {
            children.insert(node.name.clone(), id);
        }
        self.all.push(node);
        id
    }

    fn detach(&mut self, id: NodeId) {
        let (parent, name) = (self.all[id].parent, self.all[id].name.clone());
        if let Kind::Directory { children, .. } = &mut self.all[parent].kind {
            children.remove(&name);
        }
    }

    /// Returns the path of a node, beginning with a slash.
    pub(crate) fn path(&self, id: NodeId) -> Vec<u8> {
        let mut names = Vec::new();
        let mut at = id;
        while at != ROOT {
            names.push(self.all[at].name.as_slice());
            at = self.all[at].parent;
        }
        names.reverse();
        [b"/".to_vec(), names.join(&b'/')].concat()
    }
}

impl Files {
    /// Opens the file system of a new container.
    pub(crate) fn new(image: Arc<Nodes>) -> Self {
        Self { nodes: Nodes::clone(&image), image }
    }

    /// Returns the files of the image alone.
    pub(crate) fn of_image(&self) -> Self {
        Self::new(Arc::clone(&self.image))
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        self.nodes.node(id)
    }

    pub(crate) fn path(&self, id: NodeId) -> String {
        String::from_utf8_lossy(&self.nodes.path(id)).into_owned()
    }
}

impl Node {
    fn root() -> Self {
        let meta = Meta { mode: 0o755, uid: 0, gid: 0, mtime: 0 };
        Self { parent: ROOT, name: Vec::new(), meta, kind: Kind::directory(), hand: Hand::Image }
    }
}

/// Parts a path without slashes at its ends into folder and name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (&[], path),
    }
}
