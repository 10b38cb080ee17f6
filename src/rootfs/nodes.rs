//! What a layer's root holds while the layer is read: a compact tree that can be looked up by name.

mod list;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use super::{Body, Bound, Error, Extent, Limits, Origin};

/// A node's place; never reused.
pub(super) type NodeId = u32;

pub(super) const ROOT: NodeId = 0;
/// Roughly what a node costs beside its name: itself, its places in the index and in two lists at the end.
const NODE_COST: usize = 90;
/// Content begins at whole blocks, so that 32 bits reach far enough.
const BLOCK: u64 = 512;
const FARTHEST: u64 = BLOCK << 32;

/// What a header says about an entry, whatever its kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attributes {
    pub(super) access: Access,
    pub(super) mtime: i64,
}

/// Who may do what: few in a layer, so each is kept once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Access {
    pub(super) mode: u16,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

const IMPLIED: Attributes = Attributes { access: Access { mode: 0o755, uid: 0, gid: 0 }, mtime: 0 };

/// What a node is: a `Kind` with its texts and lists kept elsewhere.
#[derive(Debug, Clone, Copy)]
pub(super) enum Content {
    File { size: u64, block: u32 },
    HardLink { file: NodeId },
    Symlink { target: Text, is_shared: bool },
    Directory { opaque: bool, origin: Origin },
    Character { major: u32, minor: u32 },
    Block { major: u32, minor: u32 },
    Fifo,
    Whiteout,
}

/// A stretch of the arena.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    at: u32,
    length: u16,
}

/// Forty bytes: a layer may have a hundred thousand of them.
struct Node {
    parent: NodeId,
    name_at: u32,
    name_length: u16,
    path_length: u16,
    access: u32,
    mtime: i64,
    content: Content,
}

const _: () = assert!(size_of::<Node>() == 40);

impl Node {
    fn name(&self) -> Text {
        Text { at: self.name_at, length: self.name_length }
    }
}

/// The nodes of one layer.
pub(super) struct Nodes {
    all: Vec<Node>,
    texts: Vec<u8>,
    accesses: Vec<Access>,
    access_index: HashMap<Access, u32>,
    /// Of the files with holes, by the block that their content begins at: between any two there is a header.
    extents: HashMap<u32, Vec<Extent>>,
    removed: HashSet<NodeId>,
    index: HashTable<NodeId>,
    hasher: RandomState,
    longest_path: usize,
    memory: usize,
    memory_left: usize,
}

impl Nodes {
    pub(super) fn new(limits: &Limits) -> Self {
        let root = Node {
            parent: ROOT,
            name_at: 0,
            name_length: 0,
            path_length: 0,
            access: 0,
            mtime: 0,
            content: Content::Directory { opaque: false, origin: Origin::Implied },
        };
        // Places in the arena have 32 bits.
        let memory = limits.memory.min(u32::MAX as usize);
        Self {
            all: vec![root],
            texts: Vec::new(),
            accesses: vec![IMPLIED.access],
            access_index: HashMap::from([(IMPLIED.access, 0)]),
            extents: HashMap::new(),
            removed: HashSet::new(),
            index: HashTable::new(),
            hasher: RandomState::new(),
            longest_path: limits.path.min(u16::MAX.into()),
            memory,
            memory_left: memory,
        }
    }

    pub(super) fn parent(&self, id: NodeId) -> Option<NodeId> {
        (id != ROOT).then(|| self.node(id).parent)
    }

    pub(super) fn child(&self, parent: NodeId, name: &[u8]) -> Option<NodeId> {
        self.index.find(self.hash(parent, name), |id| self.is_child(*id, parent, name)).copied()
    }

    pub(super) fn is_directory(&self, id: NodeId) -> bool {
        matches!(self.node(id).content, Content::Directory { .. })
    }

    /// Returns what a symbolic link points to; nothing for anything else.
    pub(super) fn target(&self, id: NodeId) -> Option<&[u8]> {
        match self.node(id).content {
            Content::Symlink { target, .. } => Some(self.text(target)),
            _ => None,
        }
    }

    pub(super) fn file(&mut self, size: u64, body: Body) -> Result<Content, Error> {
        let block = u32::try_from(body.offset / BLOCK).map_err(|_| Error::Beyond(Bound::Uncompressed(FARTHEST)))?;
        if let Some(extents) = body.extents {
            self.spend(NODE_COST + size_of_val(&extents[..]))?;
            self.extents.insert(block, extents);
        }
        Ok(Content::File { size, block })
    }

    pub(super) fn symlink(&mut self, target: &[u8]) -> Result<Content, Error> {
        Ok(Content::Symlink { target: self.keep(target)?, is_shared: false })
    }

    /// Returns what another name of a node is: of a file a link to it, of anything else the same again.
    pub(super) fn link_to(&self, id: NodeId) -> Content {
        match self.node(id).content {
            Content::File { .. } => Content::HardLink { file: id },
            Content::Symlink { target, .. } => Content::Symlink { target, is_shared: true },
            other => other,
        }
    }

    /// Makes a directory that something else needs.
    pub(super) fn imply(&mut self, parent: NodeId, name: &[u8]) -> Result<NodeId, Error> {
        self.insert(parent, name, IMPLIED, Content::Directory { opaque: false, origin: Origin::Implied })
    }

    /// Adds a node where there is none of that name.
    pub(super) fn insert(
        &mut self,
        parent: NodeId,
        name: &[u8],
        attributes: Attributes,
        content: Content,
    ) -> Result<NodeId, Error> {
        let above = self.node(parent).path_length;
        let path_length = usize::from(above) + usize::from(above > 0) + name.len();
        let beyond = Error::Beyond(Bound::Path(self.longest_path));
        let path_length =
            u16::try_from(path_length).ok().filter(|length| usize::from(*length) <= self.longest_path).ok_or(beyond)?;
        self.spend(NODE_COST)?;
        let name = self.keep(name)?;
        let id = place(self.all.len());
        let (access, mtime) = (self.access(attributes.access), attributes.mtime);
        let (name_at, name_length) = (name.at, name.length);
        self.all.push(Node { parent, name_at, name_length, path_length, access, mtime, content });
        self.index(id);
        Ok(id)
    }

    /// Takes a node away, with all below it.
    pub(super) fn remove(&mut self, id: NodeId) {
        let node = self.node(id);
        let hash = self.hash(node.parent, self.text(node.name()));
        if let Ok(found) = self.index.find_entry(hash, |other| *other == id) {
            found.remove();
        }
        self.removed.insert(id);
    }

    /// Gives a directory the attributes of its own entry; what is in it stays.
    pub(super) fn restate(&mut self, id: NodeId, attributes: Attributes) {
        let access = self.access(attributes.access);
        let node = self.node_mut(id);
        (node.access, node.mtime) = (access, attributes.mtime);
        if let Content::Directory { origin, .. } = &mut node.content {
            *origin = Origin::Stated;
        }
    }

    /// Makes a directory hide what is below it; the root cannot.
    pub(super) fn make_opaque(&mut self, id: NodeId) {
        if let Content::Directory { opaque, .. } = &mut self.node_mut(id).content {
            *opaque = id != ROOT;
        }
    }

    fn access(&mut self, access: Access) -> u32 {
        *self.access_index.entry(access).or_insert_with(|| {
            self.accesses.push(access);
            place(self.accesses.len() - 1)
        })
    }

    fn index(&mut self, id: NodeId) {
        let Self { all, texts, index, hasher, .. } = self;
        let hash_of = |id: &NodeId| {
            let node = &all[*id as usize];
            hasher.hash_one((node.parent, slice(texts, node.name())))
        };
        index.insert_unique(hash_of(&id), id, hash_of);
    }

    fn is_child(&self, id: NodeId, parent: NodeId, name: &[u8]) -> bool {
        let node = self.node(id);
        node.parent == parent && self.text(node.name()) == name
    }

    fn hash(&self, parent: NodeId, name: &[u8]) -> u64 {
        self.hasher.hash_one((parent, name))
    }

    fn keep(&mut self, text: &[u8]) -> Result<Text, Error> {
        let length = u16::try_from(text.len()).map_err(|_| Error::Beyond(Bound::Path(self.longest_path)))?;
        self.spend(text.len())?;
        let at = place(self.texts.len());
        self.texts.extend_from_slice(text);
        Ok(Text { at, length })
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Error> {
        let left = self.memory_left.checked_sub(bytes);
        self.memory_left = left.ok_or(Error::Beyond(Bound::Memory(self.memory)))?;
        Ok(())
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.all[id as usize]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.all[id as usize]
    }

    fn text(&self, text: Text) -> &[u8] {
        slice(&self.texts, text)
    }
}

fn slice(texts: &[u8], text: Text) -> &[u8] {
    &texts[text.at as usize..][..text.length.into()]
}

fn place(index: usize) -> u32 {
    u32::try_from(index).expect("what the memory limit allows has fewer than 2^32 places")
}
