//! What is left in a layer's root at the end, written down in order and measured.

use std::collections::HashSet;

use hashbrown::HashTable;

use super::super::codec::Writer;
use super::super::{Body, Entry, Kind, Tree};
use super::{Access, BLOCK, Content, Node, NodeId, Nodes, ROOT, place};

impl Nodes {
    /// Writes down what can be reached from the root, in order.
    pub(in crate::rootfs) fn into_tree(mut self, uncompressed: u64) -> Tree {
        self.index = HashTable::new();
        let mut writer = Writer::default();
        let mut sizes = Sizes::default();
        let siblings = self.siblings();
        let mut path = Vec::new();
        let mut open = vec![(self.children(&siblings, ROOT), 0)];
        while let Some((children, length)) = open.last_mut() {
            let Some((first, rest)) = children.split_first() else {
                open.pop();
                continue;
            };
            *children = rest;
            path.truncate(*length);
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(self.text(self.node(*first).name()));
            sizes.add(&self, *first);
            writer.push(&self.entry(*first, &path));
            if self.is_directory(*first) {
                open.push((self.children(&siblings, *first), path.len()));
            }
        }
        writer.finish(sizes.on_disk, uncompressed)
    }

    /// Lists all nodes that were not removed, by parent, then by name.
    fn siblings(&self) -> Vec<NodeId> {
        let mut ids: Vec<NodeId> = (1..place(self.all.len())).filter(|id| !self.removed.contains(id)).collect();
        let key = |id: &NodeId| (self.node(*id).parent, self.text(self.node(*id).name()));
        ids.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        ids
    }

    fn children<'a>(&self, siblings: &'a [NodeId], parent: NodeId) -> &'a [NodeId] {
        let start = siblings.partition_point(|id| self.node(*id).parent < parent);
        let end = siblings.partition_point(|id| self.node(*id).parent <= parent);
        &siblings[start..end]
    }

    fn entry(&self, id: NodeId, path: &[u8]) -> Entry {
        let Node { access, mtime, .. } = *self.node(id);
        let Access { mode, uid, gid } = self.accesses[access as usize];
        Entry { path: path.to_vec(), kind: self.kind(id), mode, uid, gid, mtime }
    }

    fn kind(&self, id: NodeId) -> Kind {
        match self.node(id).content {
            Content::File { size, block } => Kind::File { size, body: self.body(block) },
            Content::HardLink { file } => match self.kind(file) {
                Kind::File { size, body } => Kind::HardLink { target: self.path(file), size, body },
                other => other,
            },
            Content::Symlink { target, .. } => Kind::Symlink { target: self.text(target).to_vec() },
            Content::Directory { opaque, origin } => Kind::Directory { opaque, origin },
            Content::Character { major, minor } => Kind::Character { major, minor },
            Content::Block { major, minor } => Kind::Block { major, minor },
            Content::Fifo => Kind::Fifo,
            Content::Whiteout => Kind::Whiteout,
        }
    }

    fn body(&self, block: u32) -> Body {
        Body { offset: u64::from(block) * BLOCK, extents: self.extents.get(&block).cloned() }
    }

    fn path(&self, id: NodeId) -> Vec<u8> {
        let mut names = Vec::new();
        let mut at = id;
        while let Some(parent) = self.parent(at) {
            names.push(self.text(self.node(at).name()));
            at = parent;
        }
        names.reverse();
        names.join(&b'/')
    }

    fn is_reachable(&self, id: NodeId) -> bool {
        let mut at = id;
        while let Some(parent) = self.parent(at) {
            if self.removed.contains(&at) {
                return false;
            }
            at = parent;
        }
        true
    }
}

/// Adds up what the classic store shows as SIZE.
#[derive(Default)]
struct Sizes {
    on_disk: u64,
    /// Files whose first name is gone, and that have been counted by a later one.
    counted: HashSet<NodeId>,
}

impl Sizes {
    fn add(&mut self, nodes: &Nodes, id: NodeId) {
        let size = match nodes.node(id).content {
            Content::File { size, .. } => size,
            Content::HardLink { file } if nodes.is_reachable(file) || !self.counted.insert(file) => 0,
            Content::HardLink { file } => match nodes.node(file).content {
                Content::File { size, .. } => size,
                _ => 0,
            },
            Content::Symlink { target, is_shared: false } => target.length.into(),
            Content::Symlink { is_shared: true, .. }
            | Content::Directory { .. }
            | Content::Character { .. }
            | Content::Block { .. }
            | Content::Fifo
            | Content::Whiteout => 0,
        };
        self.on_disk = self.on_disk.saturating_add(size);
    }
}
