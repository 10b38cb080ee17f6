//! Long byte strings that are described instead of held: a layer of a gigabyte is a few hundred pieces here.

use std::sync::LazyLock;

use bytes::Bytes;

use crate::oci::{Algorithm, Digest, Hasher};

/// Size of the shared block of zeros, and so the largest chunk of a blank stretch.
const BLOCK: usize = 256 * 1024;

static ZEROS: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(vec![0; BLOCK]));

/// A byte string as pieces: some held, some repeated. Cloning shares what is held.
#[derive(Debug, Clone, Default)]
pub(super) struct Rope {
    pieces: Vec<Piece>,
    len: u64,
}

#[derive(Debug, Clone)]
struct Piece {
    /// What is repeated; a held piece is repeated once.
    pattern: Bytes,
    len: u64,
}

impl Rope {
    /// Returns the length in bytes.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Appends held bytes.
    pub(super) fn push(&mut self, bytes: impl Into<Bytes>) {
        let pattern = bytes.into();
        self.cycle(pattern.clone(), pattern.len() as u64);
    }

    /// Appends `len` zeros.
    pub(super) fn zeros(&mut self, len: u64) {
        self.cycle(ZEROS.clone(), len);
    }

    /// Appends the first `len` bytes of `pattern` repeated for ever.
    pub(super) fn cycle(&mut self, pattern: Bytes, len: u64) {
        if len > 0 {
            self.pieces.push(Piece { pattern, len });
            self.len += len;
        }
    }

    /// Returns the bytes from `offset` on in chunks that share their memory. Reaching the offset costs no copy.
    pub(super) fn chunks(self, offset: u64) -> Chunks {
        let mut chunks = Chunks { pieces: self.pieces.into_iter(), current: None, skip: offset };
        chunks.next_piece();
        chunks
    }

    /// Computes the digest of all bytes.
    pub(super) fn digest(&self) -> Digest {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        for chunk in self.clone().chunks(0) {
            hasher.update(&chunk);
        }
        hasher.finish()
    }
}

/// Iterator over a rope's bytes.
#[derive(Debug)]
pub(super) struct Chunks {
    pieces: std::vec::IntoIter<Piece>,
    /// The piece being read and the position in it.
    current: Option<(Piece, u64)>,
    /// Bytes still to leave out before the next piece's content.
    skip: u64,
}

impl Chunks {
    fn next_piece(&mut self) {
        self.current = None;
        for piece in self.pieces.by_ref() {
            if self.skip < piece.len {
                self.current = Some((piece, std::mem::take(&mut self.skip)));
                return;
            }
            self.skip -= piece.len;
        }
    }
}

impl Iterator for Chunks {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let (piece, position) = self.current.as_mut()?;
        let period = piece.pattern.len() as u64;
        let start = *position % period;
        let len = (period - start).min(piece.len - *position);
        let range = usize::try_from(start).ok()?..usize::try_from(start + len).ok()?;
        let chunk = piece.pattern.slice(range);
        *position += len;
        if *position == piece.len {
            self.next_piece();
        }
        Some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rope: &Rope, offset: u64) -> Vec<u8> {
        rope.clone().chunks(offset).flatten().collect()
    }

    #[test]
    fn any_offset_reads_what_the_whole_has_there() {
        let mut rope = Rope::default();
        rope.push("abc");
        rope.zeros(5);
        rope.cycle(Bytes::from_static(b"xyz"), 7);
        rope.push("");
        rope.push("!");
        let whole = read(&rope, 0);
        assert_eq!(whole, b"abc\0\0\0\0\0xyzxyzx!");
        for offset in 0..=whole.len() {
            assert_eq!(read(&rope, offset as u64), whole[offset..]);
        }
        assert_eq!(read(&rope, 99), b"");
        assert_eq!(rope.len(), whole.len() as u64);
    }

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        let mut rope = Rope::default();
        rope.push("a");
        rope.zeros(BLOCK as u64 + 3);
        assert_eq!(rope.digest(), Digest::of(&read(&rope, 0)));
    }
}
