//! Zstandard: a reader of frames whose window is allocated once for all layers.

use std::io::{self, BufRead, Read};
use std::sync::{Mutex, PoisonError};

use zstd::zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer, ResetDirective, get_error_name};

/// The decoder of the layer before, for the next one. A window is as large as all else in a pull together; given back after
/// each layer, allocators tend to keep it in one place and to make the next one in another.
static SPARE: Mutex<Option<DCtx<'static>>> = Mutex::new(None);
/// A larger one, which only odd images ask for, is given back: twice what compressors ask for unless told otherwise.
const SPARE_BYTES: usize = 16 << 20;

/// Reads the uncompressed bytes of one or several frames.
pub(super) struct Zstd<R> {
    input: R,
    /// Taken away only when dropped.
    decoder: Option<DCtx<'static>>,
    inside_frame: bool,
}

impl<R: BufRead> Zstd<R> {
    /// Gets ready; a frame whose window is larger than two to the power of `window_log` bytes is refused.
    pub(super) fn new(input: R, window_log: u32) -> io::Result<Self> {
        let spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut decoder = spare.or_else(DCtx::try_create).ok_or(io::ErrorKind::OutOfMemory)?;
        decoder.reset(ResetDirective::SessionAndParameters).map_err(fault)?;
        decoder.set_parameter(DParameter::WindowLogMax(window_log)).map_err(fault)?;
        Ok(Self { input, decoder: Some(decoder), inside_frame: false })
    }

    /// Returns where the compressed bytes come from.
    pub(super) fn input(&self) -> &R {
        &self.input
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else { return Ok(0) };
        loop {
            let available = self.input.fill_buf()?;
            let is_end = available.is_empty();
            let (mut input, mut output) = (InBuffer::around(available), OutBuffer::around(&mut *out));
            // What a frame still wants; nothing between frames. At the end of the input it may hold back bytes of its window.
            let wanted = if is_end && !self.inside_frame {
                0
            } else {
                decoder.decompress_stream(&mut output, &mut input).map_err(fault)?
            };
            let (read, written) = (input.pos(), output.pos());
            self.input.consume(read);
            self.inside_frame = wanted > 0;
            match (written, is_end) {
                (0, true) if self.inside_frame => return Err(io::ErrorKind::UnexpectedEof.into()),
                (0, false) if !out.is_empty() => {}
                (written, _) => return Ok(written),
            }
        }
    }
}

impl<R> Drop for Zstd<R> {
    fn drop(&mut self) {
        if let Some(decoder) = self.decoder.take().filter(|decoder| decoder.sizeof() <= SPARE_BYTES) {
            *SPARE.lock().unwrap_or_else(PoisonError::into_inner) = Some(decoder);
        }
    }
}

fn fault(code: usize) -> io::Error {
    io::Error::other(get_error_name(code))
}
