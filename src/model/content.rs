//! What a layer holds before it is compressed: short held bytes between long stretches of zeros.

use bytes::{Bytes, BytesMut};

use super::rope::Rope;

/// Zeros shorter than this stay in the held bytes, where they match their neighbours.
const SHORT: u64 = 512;

/// Uncompressed bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    parts: Vec<Part>,
    len: u64,
}

/// A part of the content; two neighbours are never both literal.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Bytes as they are.
    Literal(BytesMut),
    /// So many zeros.
    Zeros(u64),
}

impl Part {
    /// Returns the length in bytes.
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Literal(bytes) => bytes.len() as u64,
            Self::Zeros(len) => *len,
        }
    }
}

impl Content {
    /// Appends bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.len += bytes.len() as u64;
        match self.parts.last_mut() {
            Some(Part::Literal(held)) => held.extend_from_slice(bytes),
            _ if bytes.is_empty() => {}
            Some(Part::Zeros(_)) | None => self.parts.push(Part::Literal(bytes.into())),
        }
    }

    /// Appends zeros.
    pub(super) fn zeros(&mut self, len: u64) {
        match self.parts.last_mut() {
            Some(Part::Literal(held)) if len < SHORT => {
                held.extend(std::iter::repeat_n(0, usize::try_from(len).unwrap_or(0)));
            }
            Some(Part::Zeros(before)) => *before += len,
            _ if len == 0 => {}
            Some(Part::Literal(_)) | None => self.parts.push(Part::Zeros(len)),
        }
        self.len += len;
    }

    /// Returns the length in bytes.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Returns the parts in order.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Counts the zeros from `offset` to the end of their part; 0 within held bytes.
    pub(super) fn zeros_at(&self, offset: u64) -> u64 {
        let mut end = 0;
        for part in &self.parts {
            end += part.len();
            match part {
                Part::Zeros(_) if offset < end => return end - offset,
                Part::Literal(_) if offset < end => return 0,
                Part::Zeros(_) | Part::Literal(_) => {}
            }
        }
        0
    }

    /// Returns the bytes as a rope.
    pub(super) fn rope(&self) -> Rope {
        let mut rope = Rope::default();
        self.append(&mut rope, 0, self.len);
        rope
    }

    /// Appends the bytes from `start` to `end` to a rope.
    pub(super) fn append(&self, rope: &mut Rope, start: u64, end: u64) {
        let mut at = 0;
        for part in &self.parts {
            let (from, to) = (start.max(at), end.min(at + part.len()));
            if from < to {
                match part {
                    Part::Literal(bytes) => rope.push(Bytes::copy_from_slice(&bytes[index(from - at)..index(to - at)])),
                    Part::Zeros(_) => rope.zeros(to - from),
                }
            }
            at += part.len();
        }
    }

    /// Computes the CRC-32 of all bytes; a stretch of zeros costs the logarithm of its length.
    pub(super) fn crc32(&self) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        for part in &self.parts {
            match part {
                Part::Literal(bytes) => hasher.update(bytes),
                Part::Zeros(len) => hasher.combine(&zeros_hasher(*len)),
            }
        }
        hasher.finalize()
    }
}

/// An offset in held bytes; they are in memory, so it fits.
pub(super) fn index(offset: u64) -> usize {
    usize::try_from(offset).expect("held bytes are shorter than the address space")
}

/// Hashes `len` zeros by doubling.
fn zeros_hasher(len: u64) -> crc32fast::Hasher {
    let mut all = crc32fast::Hasher::new();
    let mut power = crc32fast::Hasher::new();
    power.update(&[0]);
    let mut rest = len;
    while rest > 0 {
        if rest & 1 == 1 {
            all.combine(&power);
        }
        power.combine(&power.clone());
        rest >>= 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_zeros_needs_no_zeros() {
        for len in [0, 1, 2, 511, 512, 70_001] {
            let mut content = Content::default();
            content.push(b"head");
            content.zeros(len);
            content.push(b"tail");
            let whole: Vec<u8> = content.rope().chunks(0).flatten().collect();
            assert_eq!(content.crc32(), crc32fast::hash(&whole), "{len}");
            assert_eq!(content.len(), whole.len() as u64);
        }
    }
}
