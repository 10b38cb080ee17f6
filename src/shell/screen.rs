//! Standard output and standard error as the shell writes them: sayings with blank lines between them, and docker's
//! output, shown while it is kept.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::paint::Painter;
use crate::tutor::Tone;

/// A stream that several parts write to.
#[derive(Clone)]
pub struct Sink(Arc<Mutex<Stream>>);

struct Stream {
    inner: Box<dyn Write + Send>,
    /// Why something could not be written.
    failure: Option<io::Error>,
}

impl Sink {
    /// Shares a stream.
    pub fn new(stream: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Stream { inner: Box::new(stream), failure: None })))
    }

    /// Returns why something could not be written, if so. A reader who has left wants no more and is no failure.
    pub(super) fn failure(&self) -> Option<io::Error> {
        self.lock().failure.take()
    }

    fn lock(&self) -> MutexGuard<'_, Stream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    fn noted<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &done
            && !matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::Interrupted)
        {
            self.failure = Some(error.raw_os_error().map_or(error.kind().into(), io::Error::from_raw_os_error));
        }
        done
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut stream = self.lock();
        let written = stream.inner.write(bytes);
        stream.noted(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut stream = self.lock();
        let flushed = stream.inner.flush();
        stream.noted(flushed)
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

#[cfg(test)]
mod tests {
    use super::*;

    struct Full(io::ErrorKind);

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_failure_to_write_is_known_afterwards_and_a_reader_who_left_is_none() {
        for (kind, known) in [(io::ErrorKind::StorageFull, true), (io::ErrorKind::BrokenPipe, false)] {
            let sink = Sink::new(Full(kind));
            let mut screen = Screen::new(
                sink.clone(),
                sink.clone(),
                Painter::new(crate::shell::Style {
                    width: 80,
                    ink: crate::shell::Ink::None,
                    form: crate::shell::Form::Drawn,
                }),
            );
            screen.write("text\n");
            assert_eq!(sink.failure().is_some(), known, "{kind}");
        }
    }
}
