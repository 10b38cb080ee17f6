//! Signals that ask the program to end: what would be left behind is put right first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

use super::Stream;

/// What Ctrl-C sends.
const INTERRUPT: u8 = 2;
/// What ends a program politely.
const TERMINATE: u8 = 15;
/// What is sent when the terminal is closed.
const HANG_UP: u8 = 1;
/// What Ctrl-\ sends.
#[cfg(unix)]
const QUIT: u8 = 3;

/// From now on, who asks the program to end gets the terminal back as it is now: lines are typed without the terminal's own
/// editing and commands draw without its echo, and nothing is dropped where a signal ends a program.
pub(super) fn give_terminal_back() {
    #[cfg(unix)]
    if let Some(found) = terminal::Found::now() {
        watch(vec![TERMINATE, HANG_UP, QUIT], move |signal| {
            found.give_back();
            leave(signal);
        });
    }
}

/// A wish to end that is heard between two pieces of work.
#[derive(Clone)]
pub(super) struct Wish(Arc<AtomicU8>);

impl Wish {
    /// Listens from now on. Who asks a second time gets the program's end at once.
    pub(super) fn listen(input: Stream) -> Self {
        let wish = Self(Arc::default());
        let heard = wish.clone();
        // `nohup` lets a program live on without its terminal, and takes the input away.
        let hang_up = (input == Stream::Terminal).then_some(HANG_UP);
        let signals = [INTERRUPT, TERMINATE].into_iter().chain(hang_up).collect();
        watch(signals, move |signal| {
            if heard.0.swap(signal, Ordering::Relaxed) != 0 {
                leave(signal);
            }
        });
        wish
    }

    /// Returns the number of the signal that asked.
    pub(super) fn signal(&self) -> Option<u8> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            signal => Some(signal),
        }
    }
}

#[expect(clippy::exit, reason = "the work that would have to return waits on other threads")]
fn leave(signal: u8) {
    std::process::exit(super::Exit::Signal(signal).status().into());
}

/// Calls `then` at each of these signals, on a thread of its own. A system without threads or signals ends as it always did.
fn watch(signals: Vec<u8>, then: impl FnMut(u8) + Send + 'static) {
    let watching = move || {
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() {
            runtime.block_on(each(&signals, then));
        }
    };
    let _ = thread::Builder::new().name("signals".to_owned()).spawn(watching);
}

#[cfg(unix)]
async fn each(signals: &[u8], mut then: impl FnMut(u8)) {
    use futures_util::future::select_all;
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |number: &u8| signal(SignalKind::from_raw((*number).into())).ok().map(|heard| (*number, heard));
    let mut listening: Vec<_> = signals.iter().filter_map(listen).collect();
    while !listening.is_empty() {
        let waiting = listening.iter_mut().map(|(number, heard)| {
            Box::pin(async move {
                heard.recv().await;
                *number
            })
        });
        let (number, _, _) = select_all(waiting).await;
        then(number);
    }
}

/// Elsewhere there is Ctrl-C alone.
#[cfg(not(unix))]
async fn each(signals: &[u8], mut then: impl FnMut(u8)) {
    while signals.contains(&INTERRUPT) && tokio::signal::ctrl_c().await.is_ok() {
        then(INTERRUPT);
    }
}

#[cfg(unix)]
mod terminal {
    use std::fs::OpenOptions;
    use std::io::{self, Write};

    use rustix::process::getpgrp;
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

    /// The terminal's settings as they were found.
    pub(super) struct Found(Termios);

    impl Found {
        pub(super) fn now() -> Option<Self> {
            tcgetattr(io::stdin()).ok().map(Self)
        }

        /// Who is stopped in the background has given the terminal back already, and would be stopped again.
        pub(super) fn give_back(&self) {
            if tcgetpgrp(io::stdin()) != Ok(getpgrp()) {
                return;
            }
            let edits = tcgetattr(io::stdin()).is_ok_and(|now| !now.local_modes.contains(LocalModes::ICANON));
            // The terminal may be gone.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
            if edits && let Ok(mut terminal) = OpenOptions::new().write(true).open("/dev/tty") {
                // The line editor has asked for pasted text to be marked.
                let _ = terminal.write_all(b"\x1b[?2004l\r\n");
            }
        }
    }
}
