//! The tar of a layer as a list of segments: bytes, and runs of zeros that are never held in memory.
//!
//! Headers are of the oldest kind (v7) with numbers as short as they may be: the smallest layer of a record is 96 bytes
//! compressed, and every reader understands them.

use bytes::Bytes;

/// A piece of a tar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// These bytes.
    Bytes(Bytes),
    /// So many zeros.
    Zeros(u64),
}

impl Segment {
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Zeros(count) => *count,
        }
    }
}

const BLOCK: u64 = 512;
/// Two blocks of zeros end an archive.
const END: u64 = 2 * BLOCK;

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Directory,
    Text(String),
    Blank(u64),
    Link(String),
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) content: Content,
    pub(super) mode: u32,
    pub(super) owner: u64,
}

/// Writes the entries, all with one time (seconds since 1970).
pub(super) fn write(entries: &[Entry], mtime: i64) -> Vec<Segment> {
    let mut segments = Vec::new();
    for entry in entries {
        let (kind, size, link) = match &entry.content {
            Content::Directory => (b'5', 0, ""),
            Content::Text(text) => (b'0', text.len() as u64, ""),
            Content::Blank(size) => (b'0', *size, ""),
            Content::Link(target) => (b'2', 0, target.as_str()),
        };
        segments.push(Segment::Bytes(header(entry, kind, size, link, mtime)));
        match &entry.content {
            Content::Text(text) if !text.is_empty() => segments.push(Segment::Bytes(text.clone().into())),
            Content::Blank(size) if *size > 0 => segments.push(Segment::Zeros(*size)),
            Content::Text(_) | Content::Blank(_) | Content::Directory | Content::Link(_) => {}
        }
        segments.push(Segment::Zeros((BLOCK - size % BLOCK) % BLOCK));
    }
    segments.push(Segment::Zeros(END));
    merged(segments)
}

/// Cuts the zeros out of headers and joins neighbours, so that all blank bytes are in runs.
fn merged(segments: Vec<Segment>) -> Vec<Segment> {
    const WORTH: usize = 16;
    let mut out: Vec<Segment> = Vec::new();
    let mut push = |segment: Segment| match (out.last_mut(), segment) {
        (_, segment) if segment.len() == 0 => {}
        (Some(Segment::Zeros(before)), Segment::Zeros(count)) => *before += count,
        (_, segment) => out.push(segment),
    };
    for segment in segments {
        let Segment::Bytes(bytes) = segment else {
            push(segment);
            continue;
        };
        let mut from = 0;
        while from < bytes.len() {
            let rest = &bytes[from..];
            let blank = rest.iter().take_while(|byte| **byte == 0).count();
            if blank >= WORTH || blank == rest.len() {
                push(Segment::Zeros(blank as u64));
                from += blank;
                continue;
            }
            let next = rest.windows(WORTH).position(|window| window.iter().all(|byte| *byte == 0));
            let end = next.unwrap_or_else(|| rest.len() - rest.iter().rev().take_while(|byte| **byte == 0).count());
            let end = if end == 0 { rest.len() } else { end };
            push(Segment::Bytes(bytes.slice(from..from + end)));
            from += end;
        }
    }
    out
}

fn header(entry: &Entry, kind: u8, size: u64, link: &str, mtime: i64) -> Bytes {
    let mut block = [0; 512];
    let mut put = |at: usize, text: &str| block[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, &entry.path);
    put(100, &format!("{:o}", entry.mode));
    put(108, &format!("{:o}", entry.owner));
    put(116, &format!("{:o}", entry.owner));
    put(124, &format!("{size:o}"));
    put(136, &format!("{:o}", mtime.max(0)));
    put(148, "        ");
    put(157, link);
    block[156] = kind;
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Bytes::copy_from_slice(&block)
}
