//! The list of a layer's files: compact in memory, the same bytes as in its cache file.

use super::codec::{self, TreeError};

/// What a layer changes, path by path.
///
/// Paths are in the order of a walk: a directory, all that is in it, then the next name; names in one directory are in
/// byte order. So a directory's content follows it at once. Kept encoded, some 30 bytes a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    pub(super) totals: Totals,
    pub(super) body: Box<[u8]>,
}

/// The sizes of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// SIZE of the classic store: bytes of regular files, hard-linked ones once, plus the length of each symbolic
    /// link's target. Directories, devices and whiteouts count nothing.
    pub on_disk: u64,
    /// Bytes of the uncompressed tar, with all that stands behind its end.
    pub uncompressed: u64,
    /// Number of entries, whiteouts and implied directories included.
    pub entries: u64,
}

impl Tree {
    /// Returns the layer's sizes.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Lists the entries in order.
    pub fn entries(&self) -> Entries<'_> {
        Entries { rest: codec::Reader::new(&self.body), left: self.totals.entries }
    }

    /// Finds the entry of exactly that path. Reads the list from its beginning.
    pub fn entry(&self, path: &[u8]) -> Option<Entry> {
        self.entries().find(|entry| entry.path == path)
    }
}

/// The entries of a [`Tree`] in order.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    rest: codec::Reader<'a>,
    left: u64,
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        self.left = self.left.checked_sub(1)?;
        Some(self.rest.entry().expect("a tree was checked when it was made"))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left).ok();
        (left.unwrap_or(usize::MAX), left)
    }
}

/// One path of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The path from the root: no slash at either end, no `.` and no `..` in it. Bytes, most of the time UTF-8.
    pub path: Vec<u8>,
    /// What is there.
    pub kind: Kind,
    /// Permissions with set-user-ID, set-group-ID and sticky: the lower twelve bits.
    pub mode: u16,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Time of the last change in seconds since 1970; may be negative.
    pub mtime: i64,
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File {
        /// Bytes when read, holes included.
        size: u64,
        /// Where its bytes are.
        body: Body,
    },
    /// Another name of a regular file in the same layer.
    HardLink {
        /// The file's first path. It may have been replaced since.
        target: Vec<u8>,
        /// Bytes when read.
        size: u64,
        /// Where the file's bytes are.
        body: Body,
    },
    /// A symbolic link.
    Symlink {
        /// What it points to, as written.
        target: Vec<u8>,
    },
    /// A directory.
    Directory {
        /// Whether it hides all that lower layers have in it.
        opaque: bool,
        /// Whether the layer says so itself.
        origin: Origin,
    },
    /// A character device.
    Character {
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
    /// A block device.
    Block {
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
    /// A named pipe.
    Fifo,
    /// Nothing: lower layers' entry of this path is removed, with all below it.
    Whiteout,
}

/// Where a directory of a layer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It has an entry in the tar.
    Stated,
    /// Something below it has; its own mode, owner and time are made up (0755, root, 1970).
    Implied,
}

/// Where in the uncompressed tar a file's bytes are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    /// Position of the first byte.
    pub offset: u64,
    /// For a file with holes, which stretches are stored, one after the other from `offset` on.
    pub extents: Option<Vec<super::Extent>>,
}

impl Tree {
    /// Reads the sizes from the head of a cache file, without the rest and so without its checksum.
    pub fn read_totals(input: impl std::io::Read) -> Result<Totals, TreeError> {
        codec::read_head(input).map(|head| head.totals)
    }

    /// Reads a cache file. What comes back has been checked to the last byte.
    pub fn decode(input: impl std::io::Read) -> Result<Self, TreeError> {
        codec::decode(input)
    }

    /// Writes a cache file, version 1.
    pub fn encode(&self, output: impl std::io::Write) -> std::io::Result<()> {
        codec::encode(self, output)
    }
}
