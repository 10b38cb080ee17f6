//! A gzip writer that reaches an exact size (RFC 1951, RFC 1952).
//!
//! Everything is written with the fixed Huffman code, runs as matches at distance 1, which is nearly as small as it can be. Then the
//! largest run of zeros gives way: as many of its zeros as needed are written as they are, in stored blocks, and a few as single
//! literals, until the size is met to the byte. No compressor's version can change the result; a test freezes it.

use bytes::Bytes;
use crc32fast::Hasher;

use super::tar::Segment;

/// ID, deflate, no flags, time 0, no extra flags, no system (OS 255).
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// Header, CRC and length.
const FRAME: u64 = 18;
/// Bytes of a stored block.
const STORED: u64 = 65_535;
const LONGEST_MATCH: u64 = 258;
/// Literal zeros that are tried to meet a size.
const MAX_LITERALS: u64 = 2_048;
/// Empty stored blocks that are tried, and how far below the best number of stored zeros.
const MAX_BLANK: u64 = 16;
const MAX_BACK: u64 = 100;

/// How a stream is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// Index of the run that gives way.
    run: usize,
    /// Zeros of it that are stored.
    stored: u64,
    /// Zeros of it that are literals.
    literals: u64,
    /// Stored blocks with nothing in them, 5 bytes each: sizes that the other two step over are met with these.
    blank: u64,
}

impl Plan {
    /// Finds how to reach `target` bytes; the error is the smallest size that can be reached.
    pub(super) fn find(segments: &[Segment], target: u64) -> Result<Self, u64> {
        let is_run = |segment: &&Segment| matches!(segment, Segment::Zeros(_));
        let longest = segments.iter().filter(is_run).map(Segment::len).max().unwrap_or(0);
        let run = segments
            .iter()
            .position(|segment| matches!(segment, Segment::Zeros(count) if *count == longest))
            .unwrap_or(0);
        let sizes = Sizes::of(segments, run, longest);
        let least = sizes.total(0, 0);
        if target < least {
            return Err(least);
        }
        let mut literals = 0..=MAX_LITERALS.min(longest);
        if let Some(literals) = literals.find(|literals| sizes.total(0, *literals) == target) {
            return Ok(Self { run, stored: 0, literals, blank: 0 });
        }
        // Sizes grow with the stored zeros: the largest number that does not pass the target, and a little less.
        let (mut low, mut high) = (1, longest);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if sizes.total(middle, 0) <= target { low = middle } else { high = middle - 1 }
        }
        let nearby = (0..MAX_BACK).filter_map(|back| low.checked_sub(back).filter(|stored| *stored > 0));
        for stored in nearby {
            for blank in 0..MAX_BLANK {
                if sizes.total(stored, 0) + 5 * blank == target {
                    return Ok(Self { run, stored, literals: 0, blank });
                }
            }
        }
        Err(least)
    }
}

/// Bits of everything but the run that gives way, before and after it.
struct Sizes {
    before: u64,
    after: u64,
    run: u64,
}

impl Sizes {
    fn of(segments: &[Segment], run: usize, longest: u64) -> Self {
        let bits = |segments: &[Segment]| segments.iter().map(segment_bits).sum();
        let after = segments.get(run + 1..).unwrap_or_default();
        Self { before: bits(&segments[..run.min(segments.len())]), after: bits(after), run: longest }
    }

    /// Computes the size in bytes of the whole file.
    fn total(&self, stored: u64, literals: u64) -> u64 {
        let rest = self.run - stored - literals;
        let run = run_bits(0, rest) + literals * literal_bits(0);
        // 3 bits open a block, 7 close it.
        if stored == 0 {
            return FRAME + (3 + self.before + run + self.after + 7).div_ceil(8);
        }
        // The stored blocks' first header shares the last byte of the block before, if there is room.
        let head = (3 + self.before + 7 + 3).div_ceil(8);
        let blocks = stored.div_ceil(STORED);
        let body = 4 + stored + (blocks - 1) * 5;
        FRAME + head + body + (3 + run + self.after + 7).div_ceil(8)
    }
}

fn segment_bits(segment: &Segment) -> u64 {
    match segment {
        Segment::Zeros(count) => run_bits(0, *count),
        Segment::Bytes(bytes) => runs(bytes).map(|(byte, count)| run_bits(byte, count)).sum(),
    }
}

/// Parts bytes into runs of one value.
fn runs(bytes: &[u8]) -> impl Iterator<Item = (u8, u64)> + '_ {
    bytes.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64))
}

/// Fixed Huffman code of a literal: 8 bits below 144, else 9 (RFC 1951, 3.2.6).
fn literal_bits(byte: u8) -> u64 {
    if byte < 144 { 8 } else { 9 }
}

/// A run is a literal, then matches at distance 1; what is left below 3 is literals again.
fn run_bits(byte: u8, count: u64) -> u64 {
    if count == 0 {
        return 0;
    }
    let (full, rest) = ((count - 1) / LONGEST_MATCH, (count - 1) % LONGEST_MATCH);
    let tail = if rest >= 3 { match_bits(rest) } else { rest * literal_bits(byte) };
    literal_bits(byte) + full * match_bits(LONGEST_MATCH) + tail
}

fn match_bits(length: u64) -> u64 {
    let (_, bits, _, extra) = length_code(length);
    u64::from(bits + extra) + 5
}

/// Returns code, its bits, value and number of the extra bits for a match length (RFC 1951, 3.2.5).
fn length_code(length: u64) -> (u16, u32, u32, u32) {
    const BASE: [u16; 29] = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ];
    const EXTRA: [u32; 29] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    let length = u16::try_from(length).unwrap_or(258);
    let at = BASE.iter().rposition(|base| *base <= length).unwrap_or(0);
    let symbol = 257 + u16::try_from(at).unwrap_or(0);
    let (code, bits) = if symbol < 280 { (symbol - 256, 7) } else { (0b1100_0000 + symbol - 280, 8) };
    (code, bits, u32::from(length - BASE[at]), EXTRA[at])
}

/// Writes the stream piece by piece; each piece is small or shared.
pub(super) struct Writer {
    segments: std::vec::IntoIter<Segment>,
    plan: Plan,
    at: usize,
    bits: Bits,
    crc: Hasher,
    length: u64,
    /// The run of zeros goes on: its literal stands already.
    continued: bool,
    /// Zeros that follow the stored blocks.
    rest: u64,
    state: State,
}

enum State {
    Start,
    Segments,
    /// A run: byte, what is left of it.
    Run(u64),
    Stored(u64),
    Ended,
}

impl Writer {
    pub(super) fn new(segments: Vec<Segment>, plan: Plan) -> Self {
        let bits = Bits::default();
        Self {
            segments: segments.into_iter(),
            plan,
            at: 0,
            bits,
            crc: Hasher::new(),
            length: 0,
            continued: false,
            rest: 0,
            state: State::Start,
        }
    }

    fn segment(&mut self) {
        let Some(segment) = self.segments.next() else {
            self.bits.end_block();
            let tail = self.bits.finish();
            tail.extend_from_slice(&self.crc.clone().finalize().to_le_bytes());
            tail.extend_from_slice(&self.length.to_le_bytes()[..4]);
            self.state = State::Ended;
            return;
        };
        self.length += segment.len();
        let gives_way = self.at == self.plan.run;
        self.at += 1;
        match segment {
            Segment::Bytes(bytes) => {
                self.crc.update(&bytes);
                runs(&bytes).for_each(|(byte, count)| self.bits.run(byte, count));
            }
            Segment::Zeros(count) => {
                self.crc.combine(&zeros_crc(count));
                let Plan { stored, literals, .. } = self.plan;
                if !gives_way {
                    self.state = State::Run(count);
                } else if stored == 0 {
                    (0..literals).for_each(|_| self.bits.literal(0));
                    self.state = State::Run(count - literals);
                } else {
                    self.bits.end_block();
                    (0..self.plan.blank).for_each(|_| self.bits.stored_header(0));
                    self.bits.stored_header(stored.min(STORED));
                    self.rest = count - stored;
                    self.state = State::Stored(stored);
                }
            }
        }
    }

    fn stored(&mut self, left: u64) -> Bytes {
        let count = left.min(STORED);
        let rest = left - count;
        self.state = State::Stored(rest);
        if rest == 0 {
            self.bits.open_block();
            self.state = State::Run(self.rest);
        } else {
            self.bits.stored_header(rest.min(STORED));
        }
        Bytes::from_static(&ZEROS[..usize::try_from(count).unwrap_or(ZEROS.len())])
    }

    /// A long run fills a piece at a time.
    fn run(&mut self, left: u64) {
        const PIECE: u64 = LONGEST_MATCH * 16_384;
        // One literal, then matches: pieces of whole matches keep the count of `run_bits`.
        if left <= PIECE + 1 {
            self.bits.run_on(left, self.continued);
            self.continued = false;
            self.state = State::Segments;
            return;
        }
        if !self.continued {
            self.bits.literal(0);
            self.continued = true;
            self.state = State::Run(left - 1);
            return;
        }
        self.bits.matches(PIECE);
        self.state = State::Run(left - PIECE);
    }
}

/// Zeros to be stored; shared by all writers.
static ZEROS: [u8; 65_535] = [0; 65_535];

impl Iterator for Writer {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        const PIECE: usize = 32 * 1024;
        loop {
            if self.bits.out.len() >= PIECE {
                return Some(self.bits.take());
            }
            match self.state {
                State::Start => {
                    self.bits.out.extend_from_slice(&HEADER);
                    self.bits.last = self.plan.stored == 0;
                    self.bits.open_block();
                    self.state = State::Segments;
                }
                State::Segments => self.segment(),
                State::Run(left) => self.run(left),
                State::Stored(left) => {
                    if !self.bits.out.is_empty() {
                        return Some(self.bits.take());
                    }
                    return Some(self.stored(left));
                }
                State::Ended => {
                    return (!self.bits.out.is_empty()).then(|| self.bits.take());
                }
            }
        }
    }
}

/// Computes the CRC of zeros by doubling, without reading them.
fn zeros_crc(mut count: u64) -> Hasher {
    let mut result = Hasher::new();
    let mut power = Hasher::new();
    power.update(&[0]);
    while count > 0 {
        if count & 1 == 1 {
            result.combine(&power);
        }
        count >>= 1;
        if count > 0 {
            power.combine(&power.clone());
        }
    }
    result
}

/// Bits in deflate's order, lowest first.
#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    pending: u64,
    count: u32,
    /// Whether the block that is opened next is the last one.
    last: bool,
}

impl Bits {
    fn put(&mut self, value: u64, count: u32) {
        self.pending |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push((self.pending & 0xff) as u8);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    /// Huffman codes stand with their highest bit first.
    fn code(&mut self, code: u16, bits: u32) {
        self.put(u64::from(code.reverse_bits() >> (16 - bits)), bits);
    }

    /// Opens a block of the fixed code.
    fn open_block(&mut self) {
        let last = u64::from(self.last);
        self.put(last | 0b010, 3);
    }

    fn end_block(&mut self) {
        self.code(0, 7);
    }

    /// Opens a stored block; blocks of the fixed code follow, so it is never the last.
    fn stored_header(&mut self, length: u64) {
        self.put(0, 3);
        self.align();
        let length = u16::try_from(length).unwrap_or(u16::MAX);
        self.out.extend_from_slice(&length.to_le_bytes());
        self.out.extend_from_slice(&(!length).to_le_bytes());
        self.last = true;
    }

    fn align(&mut self) {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
    }

    fn literal(&mut self, byte: u8) {
        match byte {
            0..144 => self.code(0b0011_0000 + u16::from(byte), 8),
            144.. => self.code(0b1_1001_0000 + u16::from(byte - 144), 9),
        }
    }

    fn run(&mut self, byte: u8, count: u64) {
        if count > 0 {
            self.literal(byte);
            self.matches_then(byte, count - 1);
        }
    }

    /// Writes zeros; where `continued`, a zero stands before them.
    fn run_on(&mut self, count: u64, continued: bool) {
        if continued { self.matches_then(0, count) } else { self.run(0, count) }
    }

    fn matches_then(&mut self, byte: u8, count: u64) {
        let full = count / LONGEST_MATCH * LONGEST_MATCH;
        self.matches(full);
        let rest = count - full;
        if rest >= 3 {
            self.one_match(rest);
        } else {
            (0..rest).for_each(|_| self.literal(byte));
        }
    }

    fn matches(&mut self, bytes: u64) {
        for _ in 0..bytes / LONGEST_MATCH {
            self.one_match(LONGEST_MATCH);
        }
    }

    fn one_match(&mut self, length: u64) {
        let (code, bits, extra, extra_bits) = length_code(length);
        self.code(code, bits);
        self.put(u64::from(extra), extra_bits);
        self.put(0, 5);
    }

    fn take(&mut self) -> Bytes {
        std::mem::take(&mut self.out).into()
    }

    fn finish(&mut self) -> &mut Vec<u8> {
        self.align();
        &mut self.out
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::oci::Digest;

    fn write(segments: &[Segment], target: u64) -> Vec<u8> {
        let plan = Plan::find(segments, target).unwrap_or_else(|least| panic!("{target} < {least}"));
        Writer::new(segments.to_vec(), plan).flat_map(|piece| piece.to_vec()).collect()
    }

    fn plain(segments: &[Segment]) -> Vec<u8> {
        let bytes = |segment: &Segment| match segment {
            Segment::Bytes(bytes) => bytes.to_vec(),
            Segment::Zeros(count) => vec![0; usize::try_from(*count).unwrap()],
        };
        segments.iter().flat_map(bytes).collect()
    }

    #[track_caller]
    fn check(segments: &[Segment], target: u64) {
        let packed = write(segments, target);
        assert_eq!(packed.len() as u64, target);
        let mut read = Vec::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut read).unwrap();
        assert_eq!(read, plain(segments));
    }

    fn text(text: &'static str) -> Segment {
        Segment::Bytes(Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn every_size_from_the_smallest_on_is_reached() {
        let segments =
            [text("header\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}"), Segment::Zeros(5_000), text("zz"), Segment::Zeros(3)];
        let least = Plan::find(&segments, 0).unwrap_err();
        assert!(least < 80, "{least}");
        for target in least..4_900 {
            check(&segments, target);
        }
    }

    #[test]
    fn long_runs_are_stored_in_many_blocks_and_matched_in_many_pieces() {
        let segments = [text("a"), Segment::Zeros(9_000_000), text("b"), Segment::Zeros(1_000)];
        for target in [60_000, 65_000, 65_570, 131_100, 131_101, 3_000_000, 8_999_000] {
            check(&segments, target);
        }
    }

    #[test]
    fn what_is_too_small_is_refused_with_the_smallest_size() {
        assert_eq!(Plan::find(&[text("abc"), Segment::Zeros(1_024)], 20), Err(31));
    }

    #[test]
    fn the_bytes_never_change() {
        let segments = [text("never"), Segment::Zeros(200_000), text("changes"), Segment::Zeros(512)];
        let digests: Vec<String> =
            [1_400, 70_000, 150_000].iter().map(|size| Digest::of(&write(&segments, *size)).to_string()).collect();
        insta::assert_debug_snapshot!(digests, @r#"
        [
            "sha256:371ce60126eda93d327296c4b6888f35e6984c882d617bb639508566d70392fc",
            "sha256:94a1db1b500614d340c5260c28f93f775b921b80981bb4ae0e6ac79ad0b35a3e",
            "sha256:cb1768dfdb738bd556f517bcc1103eb1091dd9d38a6b6041278d3c69939e84a3",
        ]
        "#);
    }
}
