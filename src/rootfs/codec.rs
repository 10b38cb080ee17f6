//! A tree as bytes, version 1: what lies in a cache file and, without head and checksum, in memory.
//!
//! ```text
//! "lbtree\n" version:u8 on_disk:u64 uncompressed:u64 entries:u64 length:u64      the head, little-endian
//! entry*                                                                         `length` bytes
//! crc32:u32                                                                      of all before it
//! ```
//!
//! An entry is: how many bytes its path shares with the one before, the rest of its path, kind, mode, owner, group, time, and
//! what its kind adds. Numbers are LEB128, signed ones in zigzag; byte strings have their length before them. Decoding
//! refuses whatever encoding does not write.

mod entry;

pub(super) use entry::{Reader, Writer};

use std::io::{self, Read, Write};

use thiserror::Error;

use super::tree::{Totals, Tree};

const MAGIC: &[u8; 7] = b"lbtree\n";
const VERSION: u8 = 1;
const HEAD: usize = 40;
/// Larger than any list that the limits of a scan let grow.
const LONGEST_BODY: u64 = 1 << 30;

/// Why a cache file is no list of files; it can be made again from the layer.
#[derive(Debug, Error)]
pub enum TreeError {
    /// The file cannot be read.
    #[error("the list of a layer's files could not be read")]
    Input(#[from] io::Error),
    /// Another kind of file.
    #[error("this is no list of a layer's files")]
    Foreign,
    /// Written by a later layerbook.
    #[error(
        "this list of a layer's files has version {0}, this layerbook reads version {VERSION}; a newer one reads it"
    )]
    Newer(u8),
    /// Cut short, or changed.
    #[error("this list of a layer's files is damaged")]
    Damaged,
}

pub(super) struct Head {
    pub(super) totals: Totals,
    length: u64,
    bytes: [u8; HEAD],
}

pub(super) fn read_head(mut input: impl Read) -> Result<Head, TreeError> {
    let mut bytes = [0; HEAD];
    read_exact(&mut input, &mut bytes)?;
    if &bytes[..7] != MAGIC || bytes[7] == 0 {
        return Err(TreeError::Foreign);
    }
    if bytes[7] > VERSION {
        return Err(TreeError::Newer(bytes[7]));
    }
    let field = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes are eight bytes"));
    let totals = Totals { on_disk: field(8), uncompressed: field(16), entries: field(24) };
    Ok(Head { totals, length: field(32), bytes })
}

pub(super) fn decode(mut input: impl Read) -> Result<Tree, TreeError> {
    let head = read_head(&mut input)?;
    if head.length > LONGEST_BODY {
        return Err(TreeError::Damaged);
    }
    let mut body = Vec::new();
    input.by_ref().take(head.length).read_to_end(&mut body)?;
    let mut checksum = [0; 4];
    read_exact(&mut input, &mut checksum)?;
    if u32::from_le_bytes(checksum) != checksum_of(&head.bytes, &body) || input.read(&mut [0])? != 0 {
        return Err(TreeError::Damaged);
    }
    check_entries(&body, head.totals.entries)?;
    Ok(Tree { totals: head.totals, body: body.into() })
}

pub(super) fn encode(tree: &Tree, mut output: impl Write) -> io::Result<()> {
    let mut head = [0; HEAD];
    head[..7].copy_from_slice(MAGIC);
    head[7] = VERSION;
    let Totals { on_disk, uncompressed, entries } = tree.totals;
    for (place, value) in head[8..].chunks_exact_mut(8).zip([on_disk, uncompressed, entries, tree.body.len() as u64]) {
        place.copy_from_slice(&value.to_le_bytes());
    }
    output.write_all(&head)?;
    output.write_all(&tree.body)?;
    output.write_all(&checksum_of(&head, &tree.body).to_le_bytes())
}

fn checksum_of(head: &[u8], body: &[u8]) -> u32 {
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(head);
    checksum.update(body);
    checksum.finalize()
}

fn read_exact(input: &mut impl Read, out: &mut [u8]) -> Result<(), TreeError> {
    input.read_exact(out).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => TreeError::Damaged,
        _ => TreeError::Input(error),
    })
}

fn check_entries(body: &[u8], count: u64) -> Result<(), TreeError> {
    let mut reader = Reader::new(body);
    let mut before = Vec::new();
    for _ in 0..count {
        let path = reader.entry()?.path;
        if components(&before).cmp(components(&path)).is_ge() {
            return Err(TreeError::Damaged);
        }
        before = path;
    }
    if reader.is_at_end() { Ok(()) } else { Err(TreeError::Damaged) }
}

/// The names in a path; comparing these compares paths in the order of a walk.
pub(super) fn components(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|name| !name.is_empty())
}
