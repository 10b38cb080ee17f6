//! What is at a path of a container's file system.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::rootfs::Body;

/// A node's place; never reused.
pub(crate) type NodeId = usize;

/// The root directory.
pub(crate) const ROOT: NodeId = 0;

/// A file, directory, link or device.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) parent: NodeId,
    pub(crate) name: Vec<u8>,
    pub(crate) meta: Meta,
    pub(crate) kind: Kind,
    /// Who put it there.
    pub(crate) hand: Hand,
}

/// Who may do what, and when it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Meta {
    /// Permissions with set-user-ID, set-group-ID and sticky: the lower twelve bits.
    pub(crate) mode: u16,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// Seconds since 1970.
    pub(crate) mtime: i64,
}

/// Who put a node where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hand {
    /// The image.
    Image,
    /// The container: it is part of the writable layer.
    Container,
    /// The engine, while a container runs: devices and `/etc/hosts`, in no layer.
    Mount,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    File { size: u64, source: Source },
    Symlink { target: Vec<u8> },
    Directory { children: BTreeMap<Vec<u8>, NodeId>, opaque: bool },
    Character { major: u32, minor: u32 },
    Block { major: u32, minor: u32 },
    Fifo,
}

/// Where a file's bytes are.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// In the tar of the layer of that number, the lowest being 0.
    Layer { layer: usize, body: Body },
    /// In the container's folder, under that name.
    Own(String),
    /// Here.
    Text(Arc<[u8]>),
}

impl Node {
    pub(crate) fn is_directory(&self) -> bool {
        matches!(self.kind, Kind::Directory { .. })
    }

    pub(crate) fn is_symlink(&self) -> bool {
        matches!(self.kind, Kind::Symlink { .. })
    }

    /// Returns the children of a directory, in byte order; none of anything else.
    pub(crate) fn children(&self) -> impl Iterator<Item = (&[u8], NodeId)> {
        let children = match &self.kind {
            Kind::Directory { children, .. } => Some(children),
            _ => None,
        };
        children.into_iter().flatten().map(|(name, id)| (name.as_slice(), *id))
    }

    pub(crate) fn child(&self, name: &[u8]) -> Option<NodeId> {
        match &self.kind {
            Kind::Directory { children, .. } => children.get(name).copied(),
            _ => None,
        }
    }

    /// Returns the bytes that `ls -l` shows: of a file its content, of a link its target.
    pub(crate) fn size(&self) -> u64 {
        match &self.kind {
            Kind::File { size, .. } => *size,
            Kind::Symlink { target } => target.len() as u64,
            // What ext4 and overlayfs show for a small directory.
            Kind::Directory { .. } => 4096,
            Kind::Character { .. } | Kind::Block { .. } | Kind::Fifo => 0,
        }
    }

    /// Tells apart files that are one file under several names.
    pub(crate) fn inode(&self) -> Option<(usize, u64)> {
        match &self.kind {
            Kind::File { source: Source::Layer { layer, body }, .. } => Some((*layer, body.offset)),
            _ => None,
        }
    }
}

impl Kind {
    pub(crate) fn directory() -> Self {
        Self::Directory { children: BTreeMap::new(), opaque: false }
    }
}
