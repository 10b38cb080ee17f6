//! The terminal's echo while a command draws: a key pressed then would be written into the lines that are drawn anew.
//! What is typed stays in the terminal and is read at the next prompt.

#[cfg(unix)]
use std::io;

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
