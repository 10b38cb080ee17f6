//! One entry of a layer.

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A regular file.
    File = 0,
    /// A directory.
    Directory = 1,
    /// A symbolic link; the target is kept as written.
    Symlink = 2,
    /// A hard link to an earlier entry of the same layer; the target is a clean path.
    Hardlink = 3,
    /// A character device.
    CharDevice = 4,
    /// A block device.
    BlockDevice = 5,
    /// A named pipe.
    Fifo = 6,
    /// `.wh.NAME`: NAME of a lower layer is gone. The entry's path is NAME's.
    Whiteout = 7,
    /// `.wh..wh..opq`: everything that lower layers have in this directory is gone. The entry's path is the directory's.
    Opaque = 8,
}

impl Kind {
    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        const ALL: [Kind; 9] = [
            Kind::File,
            Kind::Directory,
            Kind::Symlink,
            Kind::Hardlink,
            Kind::CharDevice,
            Kind::BlockDevice,
            Kind::Fifo,
            Kind::Whiteout,
            Kind::Opaque,
        ];
        ALL.get(usize::from(byte)).copied()
    }
}

/// One entry of a layer. Paths are bytes, without a leading or trailing slash; names need not be UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Path below the root.
    pub path: &'a [u8],
    /// What it is.
    pub kind: Kind,
    /// Permission bits with set-user-ID, set-group-ID and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Bytes of the content; 0 for all but regular files.
    pub size: u64,
    /// Time of the last change, seconds since 1970.
    pub mtime: i64,
    /// Target of a link, else empty.
    pub link: &'a [u8],
    /// Where the content begins in the uncompressed tar.
    pub offset: u64,
}
