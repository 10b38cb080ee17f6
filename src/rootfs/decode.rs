//! From compressed bytes to the tar: gzip with all its members, zstd with all its frames, or plain.
//!
//! The first bytes decide, not the media type: Docker accepts a zstd or plain layer that calls itself gzip.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::GzDecoder;

const BUFFER: usize = 128 * 1024;
const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// A skippable frame may stand before the first frame (RFC 8878); its last nibble is free.
const ZSTD_SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];

/// Opens a layer's bytes for reading as a tar. The input is read to its end, whatever stands behind the compressed data.
pub(super) fn decode<'a>(
    mut input: impl Read + Send + 'a,
    window_log_max: u32,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    let mut start = [0; 4];
    let count = fill(&mut input, &mut start)?;
    let start = &start[..count];
    let input = BufReader::with_capacity(BUFFER, Cursor::new(start.to_vec()).chain(input));
    if start.starts_with(&GZIP) {
        return Ok(Box::new(Members { current: Some(GzDecoder::new(input)) }));
    }
    if start == ZSTD || (start.len() == 4 && start[1..] == ZSTD_SKIPPABLE && start[0] >> 4 == 5) {
        let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
        decoder.window_log_max(window_log_max)?;
        return Ok(Box::new(decoder));
    }
    Ok(Box::new(input))
}

/// Reads until the buffer is full or the input ends.
pub(super) fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// All members of a gzip file, one after the other. What stands behind the last one and is no member is skipped,
/// as Docker's classic store does (it inflates with unpigz).
struct Members<R: BufRead> {
    current: Option<GzDecoder<R>>,
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.current {
            let count = member.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let Some(member) = self.current.take() else { break };
            let mut rest = member.into_inner();
            if rest.fill_buf()?.starts_with(&GZIP[..1]) {
                self.current = Some(GzDecoder::new(rest));
            } else {
                io::copy(&mut rest, &mut io::sink())?;
            }
        }
        Ok(0)
    }
}
