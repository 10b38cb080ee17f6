//! Syncs a large file while it is still written: what is left at its end takes the disk a moment, not a second.

use std::fs::File;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::Durability;

/// A sync for so many bytes.
const STEP: usize = 32 << 20;

/// Syncs a file on a thread of its own, now and then. It promises nothing: who needs the bytes on the disk syncs at the end.
#[derive(Debug)]
pub(super) struct Ahead {
    durability: Durability,
    unsynced: usize,
    /// Absent until the file is large.
    wake: Option<SyncSender<()>>,
}

impl Ahead {
    pub(super) fn of(durability: Durability) -> Self {
        Self { durability, unsynced: 0, wake: None }
    }

    /// Takes note of bytes that were written. Never waits: while a sync goes on, none other is asked for.
    pub(super) fn wrote(&mut self, file: &File, count: usize) {
        self.unsynced += count;
        if self.unsynced < STEP || self.durability == Durability::Fleeting {
            return;
        }
        self.unsynced = 0;
        if self.wake.is_none() {
            self.wake = start(file);
        }
        let _ = self.wake.as_ref().map(|wake| wake.try_send(()));
    }
}

/// Starts the thread, which ends when nobody can wake it any more. `None` where the system gives no second handle, or no thread.
fn start(file: &File) -> Option<SyncSender<()>> {
    let file = file.try_clone().ok()?;
    let (wake, woken) = sync_channel(1);
    thread::Builder::new().name("sync".to_owned()).spawn(move || sync(&file, &woken)).ok()?;
    Some(wake)
}

/// A failure shows at the last sync, where it counts.
fn sync(file: &File, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        let _ = file.sync_data();
    }
}
