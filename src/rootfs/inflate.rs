//! A layer's uncompressed bytes, whatever its compression.

use std::io::{self, BufReader, Chain, Cursor, Read};

use super::gzip::Gzip;
use super::zstd::Zstd;
use super::{Bound, Error, Limits};

const INPUT_BUFFER: usize = 64 << 10;
/// As many bytes as the longest magic number has.
const SNIFFED: u64 = 6;

/// How a layer is compressed: what its first bytes say, not what its media type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// Gzip, of one or several members.
    Gzip,
    /// Zstandard, of one or several frames.
    Zstd,
}

impl Compression {
    /// Tells by the first bytes, as the classic engine does.
    fn sniff(head: &[u8]) -> Result<Self, Error> {
        match head {
            [0x1f, 0x8b, 0x08, ..] => Ok(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Ok(Self::Zstd),
            [b'B', b'Z', b'h', ..] => Err(Error::Compression("bzip2")),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Err(Error::Compression("xz")),
            _ => Ok(Self::None),
        }
    }
}

/// Reads a layer's uncompressed bytes.
///
/// When it says that it is at its end, the input is too: who hashes the compressed bytes on the way has seen all.
pub struct Inflate<R> {
    decoder: AnyDecoder<R>,
    written: u64,
    limits: Limits,
}

type Buffered<R> = BufReader<Chain<Cursor<Vec<u8>>, Input<R>>>;

enum AnyDecoder<R> {
    None(Buffered<R>),
    Gzip(Gzip<Buffered<R>>),
    Zstd(Zstd<Buffered<R>>),
}

impl<R: Read> Inflate<R> {
    /// Looks at the first bytes and gets ready.
    pub fn open(mut input: R, limits: &Limits) -> Result<Self, Error> {
        let mut head = Vec::new();
        input.by_ref().take(SNIFFED).read_to_end(&mut head).map_err(Error::Input)?;
        let compression = Compression::sniff(&head)?;
        let input = Input { inner: input, read: head.len() as u64, failed: false };
        let input = BufReader::with_capacity(INPUT_BUFFER, Cursor::new(head).chain(input));
        let decoder = match compression {
            Compression::None => AnyDecoder::None(input),
            Compression::Gzip => AnyDecoder::Gzip(Gzip::new(input)),
            Compression::Zstd => AnyDecoder::Zstd(Zstd::new(input, limits.zstd_window_log).map_err(Error::Input)?),
        };
        Ok(Self { decoder, written: 0, limits: limits.clone() })
    }

    /// Returns the compression that was found.
    pub fn compression(&self) -> Compression {
        match self.decoder {
            AnyDecoder::None(_) => Compression::None,
            AnyDecoder::Gzip(_) => Compression::Gzip,
            AnyDecoder::Zstd(_) => Compression::Zstd,
        }
    }

    /// Reads some bytes; none at the end. After an error, what more it gives is undefined.
    pub(super) fn fill(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        let written = match &mut self.decoder {
            AnyDecoder::None(input) => input.read(out).map_err(Error::Input),
            AnyDecoder::Gzip(gzip) => gzip.read(out),
            AnyDecoder::Zstd(zstd) => zstd.read(out).map_err(|error| {
                let input_failed = zstd.input().get_ref().get_ref().1.failed;
                if input_failed { Error::Input(error) } else { zstd_fault(&error, &self.limits) }
            }),
        }?;
        self.written += written as u64;
        self.check_bounds()?;
        Ok(written)
    }

    fn check_bounds(&self) -> Result<(), Error> {
        if self.written > self.limits.uncompressed {
            return Err(Error::Beyond(Bound::Uncompressed(self.limits.uncompressed)));
        }
        let compressed = self.input().get_ref().get_ref().1.read;
        let allowed = compressed.saturating_mul(self.limits.ratio).saturating_add(self.limits.ratio_from);
        if self.written > allowed {
            return Err(Error::Beyond(Bound::Ratio { compressed, uncompressed: allowed }));
        }
        Ok(())
    }

    fn input(&self) -> &Buffered<R> {
        match &self.decoder {
            AnyDecoder::None(input) => input,
            AnyDecoder::Gzip(gzip) => gzip.input(),
            AnyDecoder::Zstd(zstd) => zstd.input(),
        }
    }
}

impl<R: Read> Read for Inflate<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.fill(out).map_err(|error| match error {
            Error::Input(error) => error,
            other => io::Error::other(other),
        })
    }
}

fn zstd_fault(error: &io::Error, limits: &Limits) -> Error {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return Error::UnexpectedEnd;
    }
    let reason = error.to_string();
    // The decoder gives its errors as text only.
    if reason.contains("too much memory") {
        return Error::Beyond(Bound::ZstdWindow((1 << limits.zstd_window_log) >> 20));
    }
    Error::Zstd(reason)
}

/// The compressed input: counts, waits through interruptions, and remembers that an error was its own.
struct Input<R> {
    inner: R,
    read: u64,
    failed: bool,
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.inner.read(out) {
                Ok(read) => {
                    self.read += read as u64;
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = true;
                    return Err(error);
                }
            }
        }
    }
}
