//! The entries of a layer, sorted by path, in a form that is small in memory and on disk.

use super::walk::lossy;
use super::{Entry, Error, Kind};

/// Version 1 of the encoding: magic, count, records, names, checksum; all numbers little-endian.
const MAGIC: &[u8; 8] = b"lbtree\x001";
const RECORD: usize = 57;
const FRAME: usize = 8 + 8 + 8 + 4;

/// The entries of a layer, sorted by the bytes of their paths. A path stands twice only where one entry is an opaque marker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    records: Vec<Record>,
    names: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Record {
    path: (u32, u32),
    link: (u32, u32),
    kind: Kind,
    mode: u32,
    uid: u64,
    gid: u64,
    size: u64,
    mtime: i64,
    offset: u64,
}

/// Collects entries in the order of the tar.
#[derive(Default)]
pub(super) struct Builder {
    tree: Tree,
}

impl Builder {
    pub(super) fn len(&self) -> usize {
        self.tree.records.len()
    }

    pub(super) fn push(&mut self, entry: &Entry<'_>) {
        let mut keep = |bytes: &[u8]| {
            let at = u32::try_from(self.tree.names.len()).unwrap_or(u32::MAX);
            self.tree.names.extend_from_slice(bytes);
            (at, u32::try_from(bytes.len()).unwrap_or(u32::MAX))
        };
        let (path, link) = (keep(entry.path), keep(entry.link));
        self.tree.records.push(Record {
            path,
            link,
            kind: entry.kind,
            mode: entry.mode,
            uid: entry.uid,
            gid: entry.gid,
            size: entry.size,
            mtime: entry.mtime,
            offset: entry.offset,
        });
    }

    /// Sorts, and checks what can only be seen now: paths that stand twice, hard links and whiteouts of the layer itself.
    pub(super) fn finish(self) -> Result<Tree, Error> {
        let Tree { mut records, names } = self.tree;
        if u32::try_from(names.len()).is_err() {
            return Err(Error::Limit { what: "bytes of names", limit: u64::from(u32::MAX) });
        }
        let name = |(at, len): (u32, u32)| &names[at as usize..(at + len) as usize];
        records.sort_by(|a, b| name(a.path).cmp(name(b.path)).then(a.offset.cmp(&b.offset)));
        let tree = Tree { records, names };
        tree.check()?;
        Ok(tree)
    }
}

impl Tree {
    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Goes through the entries by path.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        self.records.iter().map(|record| self.entry(record))
    }

    /// Finds what is really at a path: no whiteout, no marker.
    pub fn get(&self, path: &[u8]) -> Option<Entry<'_>> {
        let from = self.records.partition_point(|record| self.name(record.path) < path);
        let same = self.records[from..].iter().take_while(|record| self.name(record.path) == path);
        same.map(|record| self.entry(record)).find(|entry| !matches!(entry.kind, Kind::Whiteout | Kind::Opaque))
    }

    /// Adds up bytes on disk as Docker's classic store counts them: regular files, a hard-linked one once, and the length
    /// of each symbolic link's target. Directories, devices and whiteouts count nothing.
    pub fn on_disk(&self) -> u64 {
        let bytes = |record: &Record| match record.kind {
            Kind::File => record.size,
            Kind::Symlink => u64::from(record.link.1),
            _ => 0,
        };
        self.records.iter().map(bytes).fold(0, u64::saturating_add)
    }

    fn entry(&self, record: &Record) -> Entry<'_> {
        Entry {
            path: self.name(record.path),
            kind: record.kind,
            mode: record.mode,
            uid: record.uid,
            gid: record.gid,
            size: record.size,
            mtime: record.mtime,
            link: self.name(record.link),
            offset: record.offset,
        }
    }

    fn name(&self, (at, len): (u32, u32)) -> &[u8] {
        &self.names[at as usize..at as usize + len as usize]
    }

    fn check(&self) -> Result<(), Error> {
        for pair in self.records.windows(2) {
            let [a, b] = [&pair[0], &pair[1]];
            if self.name(a.path) != self.name(b.path) || a.kind == Kind::Opaque || b.kind == Kind::Opaque {
                continue;
            }
            match (a.kind, b.kind) {
                // A file that comes back after its whiteout wins; one that the whiteout follows cannot be hidden.
                (Kind::Whiteout, kind) if kind != Kind::Whiteout => {}
                (_, Kind::Whiteout) => return Err(Error::WhiteoutOfOwnFile(base(self.name(b.path)))),
                _ => return Err(Error::Duplicate),
            }
        }
        self.records.iter().filter(|record| record.kind == Kind::Hardlink).try_for_each(|link| {
            let found = self.get(self.name(link.link));
            match found.filter(|target| target.offset < link.offset && target.kind != Kind::Directory) {
                Some(_) => Ok(()),
                None => {
                    Err(Error::LinkMissing { target: lossy(self.name(link.link)), path: lossy(self.name(link.path)) })
                }
            }
        })
    }

    /// Encodes the tree for a cache file.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(FRAME + self.records.len() * RECORD + self.names.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&(self.records.len() as u64).to_le_bytes());
        out.extend_from_slice(&(self.names.len() as u64).to_le_bytes());
        for record in &self.records {
            for number in [record.path.0, record.path.1, record.link.0, record.link.1, record.mode] {
                out.extend_from_slice(&number.to_le_bytes());
            }
            // Owners beyond 32 bits are no owners (-1 stays as it is).
            for number in [record.uid, record.gid] {
                out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
            }
            for number in [record.size, record.mtime.cast_unsigned(), record.offset] {
                out.extend_from_slice(&number.to_le_bytes());
            }
            out.extend_from_slice(&[record.kind as u8, 0, 0, 0, 0]);
        }
        out.extend_from_slice(&self.names);
        let sum = crc32fast::hash(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        out
    }

    /// Reads an encoded tree.
    ///
    /// # Errors
    /// [`Error::Encoding`] for anything that [`Tree::encode`] did not write, a newer version included: a cache is made anew.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let (body, sum) = bytes.split_last_chunk::<4>().ok_or(Error::Encoding)?;
        if crc32fast::hash(body) != u32::from_le_bytes(*sum) {
            return Err(Error::Encoding);
        }
        let rest = body.strip_prefix(MAGIC).ok_or(Error::Encoding)?;
        let (count, rest) = number(rest)?;
        let (names, rest) = number(rest)?;
        let count = usize::try_from(count).map_err(|_| Error::Encoding)?;
        let length = count.checked_mul(RECORD).filter(|length| *length <= rest.len()).ok_or(Error::Encoding)?;
        let (records, rest) = rest.split_at(length);
        if rest.len() as u64 != names {
            return Err(Error::Encoding);
        }
        let records = records.chunks_exact(RECORD).map(Record::decode).collect::<Option<Vec<_>>>();
        let tree = Self { records: records.ok_or(Error::Encoding)?, names: rest.to_vec() };
        let inside = |(at, len): (u32, u32)| u64::from(at) + u64::from(len) <= names;
        let sound = tree.records.iter().all(|record| inside(record.path) && inside(record.link));
        if sound { Ok(tree) } else { Err(Error::Encoding) }
    }
}

impl Record {
    fn decode(bytes: &[u8]) -> Option<Self> {
        let small = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let large = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        Some(Self {
            path: (small(0)?, small(4)?),
            link: (small(8)?, small(12)?),
            mode: small(16)?,
            uid: u64::from(small(20)?),
            gid: u64::from(small(24)?),
            size: large(28)?,
            mtime: large(36)?.cast_signed(),
            offset: large(44)?,
            kind: Kind::from_byte(*bytes.get(52)?)?,
        })
    }
}

fn number(bytes: &[u8]) -> Result<(u64, &[u8]), Error> {
    let (number, rest) = bytes.split_first_chunk::<8>().ok_or(Error::Encoding)?;
    Ok((u64::from_le_bytes(*number), rest))
}

fn base(path: &[u8]) -> String {
    lossy(path.rsplit(|byte| *byte == b'/').next().unwrap_or(path))
}
