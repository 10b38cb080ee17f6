//! Why a layer cannot be read, in the words of Docker's classic engine where it has some.

use std::fmt;
use std::io;

use thiserror::Error;

/// Why a layer cannot be read.
///
/// Docker prints these sentences behind `failed to register layer: `; `docker::error` adds that.
#[derive(Debug, Error)]
pub enum Error {
    /// The input failed; says nothing about the layer.
    #[error("the layer could not be read to its end")]
    Input(#[source] io::Error),
    /// The gzip stream is broken.
    #[error("exit status 1: unpigz: skipping: <stdin>: corrupted -- {0}")]
    Gzip(GzipFault),
    /// The zstd stream is broken or ends early; the decoder's own words.
    #[error("zstd: {0}")]
    Zstd(String),
    /// A compression that no specification of layers has, though the classic engine reads it.
    #[error("a layer compressed with {0} is not supported, only gzip, zstd and no compression are")]
    Compression(&'static str),
    /// The tar ends within a header or a file.
    #[error("unexpected EOF")]
    UnexpectedEnd,
    /// A header that is none, or fields in it that contradict one another.
    #[error("archive/tar: invalid tar header")]
    Header,
    /// A type of entry that no layer may have.
    #[error("unhandled tar header type {0}")]
    UnknownType(u8),
    /// Two entries of the same name.
    #[error("duplicates of file paths not supported")]
    Duplicate,
    /// A name that leads out of the root.
    #[error("invalid entry name {0:?}")]
    EntryName(Name),
    /// A hard link's target that leads out of the root.
    #[error("invalid hardlink target {0:?}")]
    HardLinkTarget(Name),
    /// A hard link to what is not there *before* it in the same layer.
    #[error("linkat {target} {name}: no such file or directory")]
    HardLinkMissing {
        /// What it links to.
        target: Name,
        /// The link.
        name: Name,
    },
    /// A hard link to a directory.
    #[error("linkat {target} {name}: operation not permitted")]
    HardLinkToDirectory {
        /// What it links to.
        target: Name,
        /// The link.
        name: Name,
    },
    /// A symbolic link to nothing at all.
    #[error("symlinkat  {0}: no such file or directory")]
    EmptySymlink(Name),
    /// A whiteout that names nothing, `.` or `..`.
    #[error("invalid whiteout entry {0:?}")]
    Whiteout(Name),
    /// A whiteout of what the same layer brought before.
    #[error("failed to mknod('{0}', S_IFCHR, 0): file exists")]
    WhiteoutOfOwn(Name),
    /// A name that leads through a symbolic link of the same layer out of the root.
    #[error("statat {0}: path escapes from parent")]
    Escape(Name),
    /// A name that leads through more symbolic links than Linux follows.
    #[error("statat {0}: too many levels of symbolic links")]
    TooManyLinks(Name),
    /// A name below something that is no directory.
    #[error("openat {0}: not a directory")]
    NotADirectory(Name),
    /// More than [`Limits`](super::Limits) allows.
    #[error("the layer is refused: {0}")]
    Beyond(Bound),
}

/// Which bound a layer does not keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Bound {
    /// Too many headers.
    #[error("it has more than {0} entries")]
    Headers(u64),
    /// Too long a path.
    #[error("it has a path of more than {0} bytes")]
    Path(usize),
    /// Too long a list of files.
    #[error("its list of files takes more than {0} bytes of memory")]
    Memory(usize),
    /// Too long an extended header or sparse map.
    #[error("it has an extended header of more than {0} bytes")]
    Extended(u64),
    /// Too large a layer.
    #[error("it has more than {0} bytes uncompressed")]
    Uncompressed(u64),
    /// Compressed more than content is.
    #[error("its {compressed} compressed bytes hold more than {uncompressed} bytes")]
    Ratio {
        /// Compressed bytes read so far.
        compressed: u64,
        /// Uncompressed bytes that these may hold at most.
        uncompressed: u64,
    },
    /// Too large a zstd window.
    #[error("its zstd window is larger than {0} MiB")]
    ZstdWindow(u64),
}

/// What is wrong with a gzip stream, in the words of `unpigz`, which the classic engine runs.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GzipFault {
    /// The stream ends within its header, or the header has flags that gzip does not know.
    #[error("incomplete header")]
    Header,
    /// The deflate data is invalid; why, where the decoder says.
    #[error("invalid deflate data ({0})")]
    Data(String),
    /// The stream ends within the deflate data.
    #[error("incomplete deflate data")]
    Incomplete,
    /// The stream ends within the trailer.
    #[error("missing trailer")]
    Trailer,
    /// The bytes have another checksum than the trailer says.
    #[error("crc32 mismatch")]
    Checksum,
    /// There are more or fewer bytes than the trailer says.
    #[error("length mismatch")]
    Length,
}

/// A path as it stands in a layer: bytes, most of the time UTF-8.
///
/// `Display` replaces what is not UTF-8; `Debug` quotes as Go's `%q` does, as Docker's sentences have it.
#[derive(Clone, PartialEq, Eq)]
pub struct Name(Box<[u8]>);

impl Name {
    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for Name {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for chunk in self.0.utf8_chunks() {
            chunk.valid().chars().try_for_each(|c| quote(c, f))?;
            chunk.invalid().iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))?;
        }
        f.write_str("\"")
    }
}

fn quote(c: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match c {
        '"' | '\\' => write!(f, "\\{c}"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        '\x07' => f.write_str("\\a"),
        '\x08' => f.write_str("\\b"),
        '\x0b' => f.write_str("\\v"),
        '\x0c' => f.write_str("\\f"),
        '\0'..='\x1f' | '\x7f' => write!(f, "\\x{:02x}", u32::from(c)),
        '\u{80}'..='\u{a0}' | '\u{ad}' | '\u{2028}' | '\u{2029}' => write!(f, "\\u{:04x}", u32::from(c)),
        _ => write!(f, "{c}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_as_go_does() {
        let name = Name::from(&b"a\"b\\\n\x01\xff\xc3\xa9"[..]);
        assert_eq!(format!("{name:?}"), r#""a\"b\\\n\x01\xffé""#);
    }
}
