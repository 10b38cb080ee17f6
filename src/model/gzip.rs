//! A gzip writer that reaches an exact size: stored blocks first, then one fixed-Huffman block. Frozen by a test:
//! what it writes is in published digests, so no compressor's version can change one. Header: time 0, OS 255.

use std::sync::LazyLock;

use bytes::Bytes;
use thiserror::Error;

use super::content::{Content, Part, index};
use super::deflate::{Block, Tokens, zero_bits};
use super::rope::Rope;

const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
const TRAILER: u64 = 8;
/// The most content of a stored block, and the bytes in front of it.
const STORED: u64 = 65_535;
const STORED_HEAD: u64 = 5;
/// Plain zeros only trim what whole stored bytes cannot reach.
const MOST_PLAIN: u64 = 8192;

/// Why a size cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OutOfReach {
    /// The content does not fit.
    #[error("{wanted} bytes are too few, the content needs {least}")]
    TooSmall {
        /// Size asked for.
        wanted: u64,
        /// The least that this writer reaches.
        least: u64,
    },
    /// There is not so much content, or not enough blank content to choose freely.
    #[error("{wanted} bytes are too many for this content")]
    TooLarge {
        /// Size asked for.
        wanted: u64,
    },
}

/// How the content is split.
#[derive(Debug, Clone, Copy)]
struct Split {
    /// Bytes of content in stored blocks.
    stored: u64,
    /// Zeros written as literals although a run would do.
    plain: u64,
}

/// Compresses `content` to exactly `size` bytes.
pub(super) fn compress(content: &Content, size: u64) -> Result<Rope, OutOfReach> {
    let writer = Writer::new(content);
    let split = writer.split(size)?;
    Ok(writer.write(split))
}

/// Returns the least size that [`compress`] reaches.
pub(super) fn least(content: &Content) -> u64 {
    Writer::new(content).size(Split { stored: 0, plain: 0 })
}

struct Writer<'a> {
    content: &'a Content,
    parts: Vec<Piece>,
}

/// A part of the content, ready for the Huffman block.
enum Piece {
    Literal(Tokens),
    Zeros(u64),
}

impl<'a> Writer<'a> {
    fn new(content: &'a Content) -> Self {
        let piece = |part: &Part| match part {
            Part::Literal(bytes) => Piece::Literal(Tokens::of(bytes)),
            Part::Zeros(len) => Piece::Zeros(*len),
        };
        Self { content, parts: content.parts().iter().map(piece).collect() }
    }

    /// Finds the largest stored part that leaves room for the rest, then trims with plain zeros.
    fn split(&self, size: u64) -> Result<Split, OutOfReach> {
        let fits = |stored| self.size(Split { stored, plain: 0 }) <= size;
        if !fits(0) {
            return Err(OutOfReach::TooSmall { wanted: size, least: self.size(Split { stored: 0, plain: 0 }) });
        }
        let (mut low, mut high) = (0, self.content.len() + 1);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if fits(middle) { low = middle } else { high = middle }
        }
        // A step of one plain zero can leap over a size; a smaller stored part shifts the bits and leaps elsewhere.
        let candidates = (low.saturating_sub(64)..=low).rev().chain(std::iter::once(0));
        candidates.filter(|&stored| fits(stored)).find_map(|stored| self.trim(stored, size)).ok_or_else(too_large(size))
    }

    fn trim(&self, stored: u64, size: u64) -> Option<Split> {
        let most = self.longest_zeros(stored);
        let missing = size - self.size(Split { stored, plain: 0 });
        // Each plain zero adds about a byte; more than this would be a search in vain.
        let end = most.min(missing + missing / 64 + 300).min(MOST_PLAIN);
        (0..=end).map(|plain| Split { stored, plain }).find(|split| self.size(*split) == size)
    }

    /// Counts the bytes of the whole file.
    fn size(&self, split: Split) -> u64 {
        let mut bits = Block::FRAME_BITS;
        let longest = self.longest_zeros(split.stored);
        let mut plain = Some(split.plain);
        for (part, skip) in self.parts_from(split.stored) {
            bits += match part {
                Piece::Literal(tokens) => tokens.bits(index(skip)),
                Piece::Zeros(len) if len - skip == longest => zero_bits(len - skip, plain.take().unwrap_or(0)),
                Piece::Zeros(len) => zero_bits(len - skip, 0),
            };
        }
        let stored = split.stored + STORED_HEAD * split.stored.div_ceil(STORED);
        HEADER.len() as u64 + stored + bits.div_ceil(8) + TRAILER
    }

    /// The parts behind the first `stored` bytes, each with how much of it is stored.
    fn parts_from(&self, stored: u64) -> impl Iterator<Item = (&Piece, u64)> {
        let mut at = 0;
        self.content.parts().iter().zip(&self.parts).filter_map(move |(part, piece)| {
            let skip = stored.saturating_sub(at);
            at += part.len();
            (skip < part.len()).then_some((piece, skip))
        })
    }

    /// The longest stretch of zeros behind the stored part: plain zeros are taken from the first one of this length.
    fn longest_zeros(&self, stored: u64) -> u64 {
        let zeros = self.parts_from(stored).map(|(part, skip)| match part {
            Piece::Literal(_) => 0,
            Piece::Zeros(len) => len - skip,
        });
        zeros.max().unwrap_or(0)
    }

    fn write(&self, split: Split) -> Rope {
        let mut rope = Rope::default();
        rope.push(HEADER.to_vec());
        self.write_stored(&mut rope, split.stored);
        self.write_block(&mut rope, split);
        rope.push(self.content.crc32().to_le_bytes().to_vec());
        // ISIZE is the length modulo 2^32 (RFC 1952).
        rope.push(self.content.len().to_le_bytes()[..4].to_vec());
        rope
    }

    fn write_stored(&self, rope: &mut Rope, stored: u64) {
        let mut at = 0;
        while at < stored {
            let blank = self.content.zeros_at(at).min(stored - at) / STORED;
            if blank > 0 {
                rope.cycle(blank_blocks(), blank * (STORED_HEAD + STORED));
                at += blank * STORED;
                continue;
            }
            let len = STORED.min(stored - at);
            rope.push(stored_head(len).to_vec());
            self.content.append(rope, at, at + len);
            at += len;
        }
    }

    fn write_block(&self, rope: &mut Rope, split: Split) {
        let longest = self.longest_zeros(split.stored);
        let mut plain = Some(split.plain);
        let mut block = Block::open(rope);
        for (part, skip) in self.parts_from(split.stored) {
            match part {
                Piece::Literal(tokens) => block.literal(tokens, index(skip)),
                Piece::Zeros(len) if len - skip == longest => block.zeros(len - skip, plain.take().unwrap_or(0)),
                Piece::Zeros(len) => block.zeros(len - skip, 0),
            }
        }
        block.close();
    }
}

/// The head of a stored block that is not the last one: its length, and the length's complement (RFC 1951, 3.2.4).
fn stored_head(len: u64) -> [u8; 5] {
    let [low, high, ..] = len.to_le_bytes();
    [0, low, high, !low, !high]
}

/// Full stored blocks of zeros, several in a chunk, so that long stretches travel in large pieces.
fn blank_blocks() -> Bytes {
    static BLOCKS: LazyLock<Bytes> = LazyLock::new(|| {
        let mut block = stored_head(STORED).to_vec();
        block.resize(index(STORED_HEAD + STORED), 0);
        Bytes::from(block.repeat(4))
    });
    BLOCKS.clone()
}

fn too_large(wanted: u64) -> impl FnOnce() -> OutOfReach {
    move || OutOfReach::TooLarge { wanted }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::oci::Digest;

    fn sample(zeros: u64) -> Content {
        let mut content = Content::default();
        content.push(b"some words, then \xff\xfe and 0000000000");
        content.zeros(zeros);
        content.push(b"the end");
        content.zeros(1024);
        content
    }

    fn bytes(rope: &Rope) -> Vec<u8> {
        rope.clone().chunks(0).flatten().collect()
    }

    #[track_caller]
    fn check(content: &Content, size: u64) {
        let written = bytes(&compress(content, size).unwrap());
        assert_eq!(written.len() as u64, size);
        let mut read = Vec::new();
        flate2::read::GzDecoder::new(written.as_slice()).read_to_end(&mut read).unwrap();
        assert!(read == bytes(&content.rope()), "content of {size}");
    }

    #[test]
    fn every_size_between_least_and_most_is_reached() {
        for (zeros, step) in [(0, 1), (600, 1), (3000, 29)] {
            let content = sample(zeros);
            for size in (least(&content)..content.len() - 1000).step_by(step) {
                check(&content, size);
            }
        }
    }

    #[test]
    fn sizes_around_the_ends_of_stored_blocks_are_reached() {
        let content = sample(1_000_000);
        for size in (65_400..65_700).step_by(7).chain([6_900, 131_100, 400_000, 900_000]) {
            check(&content, size);
        }
    }

    #[test]
    fn a_size_out_of_reach_says_which_one_is_not() {
        let content = sample(600);
        let least = least(&content);
        assert_eq!(compress(&content, 20).unwrap_err(), OutOfReach::TooSmall { wanted: 20, least });
        assert_eq!(compress(&content, 9_999).unwrap_err(), OutOfReach::TooLarge { wanted: 9_999 });
    }

    #[test]
    fn the_writer_is_frozen() {
        let digest = |size| Digest::of(&bytes(&compress(&sample(1_000_000), size).unwrap())).to_string();
        insta::assert_snapshot!(digest(7_000), @"sha256:cd0304a5bc78313f3b691764abf4a46ea7f5bd8cb8d09bad24d6aa3a2c3df105");
        insta::assert_snapshot!(digest(400_000), @"sha256:e8fa28809a8edad5587e0852338c661961f9d46448b32cb58dc56e9b787363a3");
    }
}
