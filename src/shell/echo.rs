//! The terminal's echo while a command draws: a key pressed then would be written into the lines that are drawn anew.
//! What is typed stays in the terminal and is read at the next prompt.

use std::io::{self, BufRead, Read};

/// Keeps the terminal from showing what is typed until it is dropped.
pub(super) struct Unechoed(Kept);

impl Unechoed {
    /// Turns the echo off; `None` where standard input is no terminal, or one without an echo.
    pub(super) fn begin() -> Option<Self> {
        let kept = kept().filter(Kept::is_shown)?;
        kept.show(false);
        Some(Self(kept))
    }
}

impl Drop for Unechoed {
    fn drop(&mut self) {
        self.0.show(true);
    }
}

/// Answers of a person to questions of a command, who sees what they type as they are read.
pub(super) struct Answers<'a> {
    inner: &'a mut (dyn BufRead + Send),
    /// Where the echo is off outside of answers.
    quiet: bool,
    /// What was read by now needs no echo any more.
    left: usize,
}

impl<'a> Answers<'a> {
    pub(super) fn new(inner: &'a mut (dyn BufRead + Send), quiet: bool) -> Self {
        Self { inner, quiet, left: 0 }
    }
}

impl Read for Answers<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let filled = self.fill_buf()?;
        let length = filled.len().min(buffer.len());
        buffer[..length].copy_from_slice(&filled[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Answers<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let shown = if self.quiet && self.left == 0 { kept() } else { None };
        if let Some(kept) = &shown {
            kept.show(true);
        }
        let filled = self.inner.fill_buf();
        if let Some(kept) = &shown {
            kept.show(false);
        }
        let filled = filled?;
        self.left = filled.len();
        Ok(filled)
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}

/// A terminal's settings.
#[cfg(unix)]
struct Kept(rustix::termios::Termios);

#[cfg(unix)]
fn kept() -> Option<Kept> {
    rustix::termios::tcgetattr(io::stdin()).ok().map(Kept)
}

#[cfg(unix)]
impl Kept {
    fn is_shown(&self) -> bool {
        self.0.local_modes.contains(rustix::termios::LocalModes::ECHO)
    }

    /// A terminal that takes no settings shows what is typed, as it did.
    fn show(&self, shown: bool) {
        use rustix::termios::{LocalModes, OptionalActions, tcsetattr};
        let mut settings = self.0.clone();
        settings.local_modes.set(LocalModes::ECHO, shown);
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &settings);
    }
}

/// Elsewhere a console shows nothing before it is read.
#[cfg(not(unix))]
struct Kept;

#[cfg(not(unix))]
fn kept() -> Option<Kept> {
    None
}

#[cfg(not(unix))]
impl Kept {
    fn is_shown(&self) -> bool {
        true
    }

    fn show(&self, _: bool) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_they_were_typed() {
        let mut typed = io::Cursor::new(b"y\nredis\n".to_vec());
        let mut answers = Answers::new(&mut typed, false);
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        let mut byte = [0; 2];
        answers.read_exact(&mut byte).unwrap();
        assert_eq!((line.as_str(), &byte), ("y\n", b"re"));
        let mut rest = String::new();
        answers.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "dis\n");
        assert_eq!(typed.position(), 8);
    }
}
