//! Fixed-Huffman deflate (RFC 1951, 3.2.6) of tar headers and zeros. Frozen: its bits are in published digests.
//!
//! No general compressor: it looks for matches where tar headers repeat, and takes the cheapest way through them.

use std::collections::HashMap;
use std::iter::successors;
use std::num::NonZeroU32;

use bytes::Bytes;

use super::rope::Rope;

/// Distances that are always tried: the header one, two or three blocks before.
const BLOCKS: [usize; 3] = [512, 1024, 1536];
/// How many earlier places with the same three bytes are tried besides.
const EARLIER: usize = 12;
/// No match reaches further back; more than enough for headers.
const FARTHEST: usize = 2048;
/// By how much a match may be cut short in favour of the next one.
const CUT: usize = 8;
const SHORTEST: usize = 3;
const LONGEST: usize = 258;
/// Bits of the longest match at distance 1: 8 for the length, 5 for the distance.
const RUN_BITS: u64 = 13;
/// 8 longest matches are 13 whole bytes; so many of them make one shared chunk.
const RUN_GROUPS: usize = 10_000;

/// A literal byte or a match. Small, since there is one for each byte of the held content.
#[derive(Debug, Clone, Copy)]
enum Token {
    Literal(u8),
    Match { len: u16, distance: u16 },
}

const _: () = assert!(size_of::<Token>() == 6);

/// The cheapest tokens for held bytes, from each position on.
#[derive(Debug)]
pub(super) struct Tokens {
    tokens: Vec<Token>,
    /// Bits from this position to the end.
    bits: Vec<u64>,
}

impl Tokens {
    /// Finds the cheapest way from each position to the end, last position first.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let places = Places::of(bytes);
        let length_bits: Vec<u64> = (0..=LONGEST).map(length_bits).collect();
        let mut tokens = vec![Token::Literal(0); bytes.len()];
        let mut bits = vec![0; bytes.len() + 1];
        let mut run = 0;
        for at in (0..bytes.len()).rev() {
            let literal = Token::Literal(bytes[at]);
            let mut best = (literal.bits() + bits[at + 1], literal);
            run = if at > 0 && bytes[at] == bytes[at - 1] { LONGEST.min(run + 1) } else { 0 };
            let mut consider = |longest: usize, distance: usize| {
                let (_, _, distance_extra) = distance_code(distance);
                for len in SHORTEST.max(longest.saturating_sub(CUT))..=longest {
                    let cost = length_bits[len] + 5 + u64::from(distance_extra) + bits[at + len];
                    if cost < best.0 {
                        best = (cost, Token::matching(len, distance));
                    }
                }
            };
            consider(run, 1);
            // Within a run there is seldom a better way than to its end, and looking on would take most of the time.
            let within = run > CUT && bytes[at - 1] == bytes[at] && at > 1 && bytes[at - 2] == bytes[at];
            if !within {
                let near = places.before(at);
                let blocks = BLOCKS.iter().filter_map(|&distance| at.checked_sub(distance));
                near.chain(blocks).for_each(|place| consider(match_len(bytes, place, at), at - place));
            }
            (bits[at], tokens[at]) = best;
        }
        Self { tokens, bits }
    }

    /// Counts the bits from `start` to the end.
    pub(super) fn bits(&self, start: usize) -> u64 {
        self.bits[start]
    }

    fn from(&self, start: usize) -> impl Iterator<Item = Token> + '_ {
        let mut at = start;
        std::iter::from_fn(move || {
            let token = *self.tokens.get(at)?;
            at += match token {
                Token::Literal(_) => 1,
                Token::Match { len, .. } => len.into(),
            };
            Some(token)
        })
    }
}

/// For each position the nearest earlier one with the same three bytes, and so on; none within runs.
struct Places(Vec<Option<NonZeroU32>>);

impl Places {
    fn of(bytes: &[u8]) -> Self {
        let mut last: HashMap<&[u8], NonZeroU32> = HashMap::new();
        let mut places = Vec::with_capacity(bytes.len());
        for at in 0..bytes.len() {
            let Some(key) = bytes.get(at..at + SHORTEST) else {
                places.push(None);
                continue;
            };
            places.push(last.get(key).copied());
            if at == 0 || bytes[at - 1] != bytes[at] {
                // One more than the place, so that none takes no room.
                let place = u32::try_from(at + 1).ok().and_then(NonZeroU32::new);
                last.extend(place.map(|place| (key, place)));
            }
        }
        Self(places)
    }

    /// Lists the places before `at`, the nearest first.
    fn before(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let earlier = |at: &usize| self.0[*at].map(|place| place.get() as usize - 1);
        let near = successors(earlier(&at), earlier);
        near.take_while(move |&place| at - place <= FARTHEST).take(EARLIER)
    }
}

fn match_len(bytes: &[u8], place: usize, at: usize) -> usize {
    let limit = LONGEST.min(bytes.len() - at);
    let (before, here) = (&bytes[place..place + limit], &bytes[at..at + limit]);
    if before == here {
        return limit;
    }
    before.iter().zip(here).position(|(a, b)| a != b).unwrap_or(limit)
}

impl Token {
    fn matching(len: usize, distance: usize) -> Self {
        let small = |value: usize| u16::try_from(value).expect("lengths are at most 258, distances at most 32768");
        Self::Match { len: small(len), distance: small(distance) }
    }

    fn bits(self) -> u64 {
        match self {
            Self::Literal(byte) => literal_code(byte).1.into(),
            Self::Match { len, distance } => length_bits(len.into()) + 5 + u64::from(distance_code(distance.into()).2),
        }
    }
}

fn length_bits(len: usize) -> u64 {
    let (_, bits, _, extra) = length_code(len.max(SHORTEST));
    u64::from(bits + extra)
}

/// Counts the bits of `len` zeros, of which `plain` more than needed are written as literals.
pub(super) fn zero_bits(len: u64, plain: u64) -> u64 {
    let Some(run) = len.checked_sub(1 + plain) else { return 8 * len };
    let (full, rest) = (run / LONGEST as u64, run % LONGEST as u64);
    8 * (1 + plain) + full * RUN_BITS + rest_bits(rest)
}

fn rest_bits(rest: u64) -> u64 {
    if rest < SHORTEST as u64 { rest * 8 } else { Token::matching(small(rest), 1).bits() }
}

fn small(rest: u64) -> usize {
    usize::try_from(rest).expect("a rest is below 258")
}

/// Code and number of bits of a literal.
fn literal_code(byte: u8) -> (u32, u32) {
    let value = u32::from(byte);
    if value < 144 { (0x30 + value, 8) } else { (0x190 + value - 144, 9) }
}

/// Code of a match's length, its bits, the extra value and its bits.
fn length_code(len: usize) -> (u32, u32, u32, u32) {
    let value = u32::try_from(len).expect("a match has at most 258 bytes");
    let (symbol, extra_value, extra) = match value {
        258 => (285, 0, 0),
        0..=10 => (254 + value, 0, 0),
        _ => {
            let extra = (value - 3).ilog2() - 2;
            let group = (value - 3) >> extra;
            (261 + 4 * (extra - 1) + group, (value - 3) & ((1 << extra) - 1), extra)
        }
    };
    let (code, bits) = if symbol < 280 { (symbol - 256, 7) } else { (0xC0 + symbol - 280, 8) };
    (code, bits, extra_value, extra)
}

/// Code of a distance (always 5 bits), the extra value and its bits.
fn distance_code(distance: usize) -> (u32, u32, u32) {
    let value = u32::try_from(distance).expect("distances are at most 32768") - 1;
    if value < 4 {
        return (value, 0, 0);
    }
    let extra = value.ilog2() - 1;
    ((extra + 1) * 2 + ((value >> extra) & 1), value & ((1 << extra) - 1), extra)
}

/// Writes one last fixed-Huffman block to a rope.
pub(super) struct Block<'a> {
    rope: &'a mut Rope,
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl<'a> Block<'a> {
    /// Bits of the block's head and of its end mark.
    pub(super) const FRAME_BITS: u64 = 3 + 7;

    /// Opens the block at a byte boundary.
    pub(super) fn open(rope: &'a mut Rope) -> Self {
        let mut block = Self { rope, bytes: Vec::new(), pending: 0, count: 0 };
        block.bits(0b011, 3);
        block
    }

    /// Writes held bytes from `start` on.
    pub(super) fn literal(&mut self, tokens: &Tokens, start: usize) {
        for token in tokens.from(start) {
            self.token(token);
        }
    }

    /// Writes `len` zeros, of which `plain` more than needed are literals.
    pub(super) fn zeros(&mut self, len: u64, plain: u64) {
        let literals = len.min(1 + plain);
        for _ in 0..literals {
            self.token(Token::Literal(0));
        }
        let run = len - literals;
        self.runs(run / LONGEST as u64);
        let rest = small(run % LONGEST as u64);
        match rest {
            0..SHORTEST => (0..rest).for_each(|_| self.token(Token::Literal(0))),
            len => self.token(Token::matching(len, 1)),
        }
    }

    /// Writes `count` longest runs: a few until a byte boundary is met, then whole groups as one shared pattern.
    fn runs(&mut self, mut count: u64) {
        while count > 0 && self.count != 0 {
            self.run();
            count -= 1;
        }
        let groups = count / 8;
        if groups >= 16 {
            self.flush();
            self.rope.cycle(run_pattern(), groups * RUN_BITS);
            count %= 8;
        }
        for _ in 0..count {
            self.run();
        }
    }

    fn run(&mut self) {
        self.token(Token::matching(LONGEST, 1));
    }

    /// Ends the block; the last byte is filled with zero bits.
    pub(super) fn close(mut self) {
        self.code(0, 7);
        self.bits(0, (8 - self.count) % 8);
        self.flush();
    }

    fn token(&mut self, token: Token) {
        match token {
            Token::Literal(byte) => {
                let (code, bits) = literal_code(byte);
                self.code(code, bits);
            }
            Token::Match { len, distance } => {
                let (code, bits, extra_value, extra) = length_code(len.into());
                self.code(code, bits);
                self.bits(extra_value, extra);
                let (code, extra_value, extra) = distance_code(distance.into());
                self.code(code, 5);
                self.bits(extra_value, extra);
            }
        }
    }

    /// Writes a Huffman code: its highest bit comes first.
    fn code(&mut self, code: u32, bits: u32) {
        self.bits(code.reverse_bits() >> (32 - bits), bits);
    }

    fn bits(&mut self, value: u32, bits: u32) {
        self.pending |= u64::from(value) << self.count;
        self.count += bits;
        while self.count >= 8 {
            self.bytes.push(self.pending.to_le_bytes()[0]);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    fn flush(&mut self) {
        self.rope.push(std::mem::take(&mut self.bytes));
    }
}

/// The bytes of many longest runs from a byte boundary on.
fn run_pattern() -> Bytes {
    static PATTERN: std::sync::LazyLock<Bytes> = std::sync::LazyLock::new(|| {
        let mut rope = Rope::default();
        let mut block = Block { rope: &mut rope, bytes: Vec::new(), pending: 0, count: 0 };
        (0..8).for_each(|_| block.run());
        let group = block.bytes;
        Bytes::from(group.repeat(RUN_GROUPS))
    });
    PATTERN.clone()
}
