//! Standard output and standard error as the shell writes them: sayings with blank lines between them, and docker's
//! output, shown while it is kept.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::paint::Painter;
use crate::tutor::Tone;

/// A stream that several parts write to.
#[derive(Clone)]
pub struct Sink(Arc<Mutex<Box<dyn Write + Send>>>);

impl Sink {
    /// Shares a stream.
    pub fn new(stream: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Box::new(stream))))
    }

    fn lock(&self) -> MutexGuard<'_, Box<dyn Write + Send>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lock().flush()
    }
}

/// Where the workbook speaks.
pub(super) struct Screen {
    /// Standard output.
    pub(super) out: Sink,
    /// Standard error.
    pub(super) err: Sink,
    painter: Painter,
    /// Whether nothing stands above, or a blank line does.
    fresh: bool,
}

impl Screen {
    /// Makes a screen of two streams.
    pub(super) fn new(out: Sink, err: Sink, painter: Painter) -> Self {
        Self { out, err, painter, fresh: true }
    }

    /// Returns its painter.
    pub(super) fn painter(&self) -> Painter {
        self.painter
    }

    /// Says something.
    pub(super) fn say(&mut self, tone: Tone, text: &str) {
        let painted = self.painter.say(tone, text);
        if Painter::stands_off(tone) {
            self.gap();
        }
        self.write(&painted);
    }

    /// Says what a failure of docker means and what to try.
    pub(super) fn advise(&mut self, text: &str) {
        let painted = self.painter.advice(text);
        self.write_error(&painted);
        self.fresh = false;
    }

    /// Shows a command that the workbook runs by itself.
    pub(super) fn show_command(&mut self, line: &str) {
        self.gap();
        let painted = self.painter.command(line);
        self.write(&painted);
    }

    /// Writes painted lines.
    pub(super) fn write(&mut self, painted: &str) {
        // Whoever cannot be written to cannot be told so either.
        let _ = self.out.write_all(painted.as_bytes()).and_then(|()| self.out.flush());
        if !painted.is_empty() {
            self.fresh = painted.ends_with("\n\n");
        }
    }

    /// Writes painted lines to standard error.
    pub(super) fn write_error(&mut self, painted: &str) {
        let _ = self.err.write_all(painted.as_bytes()).and_then(|()| self.err.flush());
    }

    /// Leaves a blank line, unless there is one.
    pub(super) fn gap(&mut self) {
        if !self.fresh {
            self.write("\n");
            self.fresh = true;
        }
    }

    /// Remembers that something else has written: docker, or the line editor.
    pub(super) fn was_written_to(&mut self) {
        self.fresh = false;
    }
}

/// Keeps what is written and, where there is a stream, passes it on at once.
pub(super) struct Tee {
    kept: Vec<u8>,
    live: Option<Sink>,
}

/// The most that is kept of an output, in bytes: judging reads it, and nobody reads more.
const KEPT: usize = 16 << 20;

impl Tee {
    /// Makes a tee.
    pub(super) fn new(live: Option<Sink>) -> Self {
        Self { kept: Vec::new(), live }
    }

    /// Returns what was kept.
    pub(super) fn into_text(self) -> String {
        String::from_utf8_lossy(&self.kept).into_owned()
    }
}

impl Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = KEPT.saturating_sub(self.kept.len()).min(bytes.len());
        self.kept.extend_from_slice(&bytes[..room]);
        if let Some(live) = &mut self.live {
            live.write_all(bytes).and_then(|()| live.flush())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.live.as_mut().map_or(Ok(()), Write::flush)
    }
}
