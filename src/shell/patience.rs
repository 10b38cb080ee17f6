//! A word while something takes long that nobody sees.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How long nothing may happen before a word is said.
pub(super) const LONG: Duration = Duration::from_secs(1);

/// Does `work`, and calls `tell` once when that takes longer than `long`. Returns what came of it, and whether it was told.
pub(super) fn telling_after<T>(long: Duration, tell: impl FnOnce() + Send, work: impl FnOnce() -> T) -> (T, bool) {
    let (done, waits) = channel::<()>();
    thread::scope(|scope| {
        let teller = scope.spawn(move || {
            let is_late = waits.recv_timeout(long) == Err(RecvTimeoutError::Timeout);
            if is_late {
                tell();
            }
            is_late
        });
        let came = work();
        drop(done);
        (came, teller.join().unwrap_or(false))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_said_only_where_something_takes_long() {
        let (said, heard) = channel();
        let came = telling_after(Duration::ZERO, move || said.send("Preparing").unwrap(), || heard.recv().unwrap());
        assert_eq!(came, ("Preparing", true));
        assert_eq!(telling_after(Duration::MAX, || unreachable!("that was quick"), || 7), (7, false));
    }
}
