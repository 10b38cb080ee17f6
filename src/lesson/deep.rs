//! Stacks that are deep enough for work that recurses as far as its input nests.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;

/// Works on a stack of its own: parser and interpreter need up to 200 KiB a level, more than a thread has. Work within such work stays
/// on its stack: who will judge thousands of answers does it all in here. `None` where the work panics.
pub fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    const STACK: usize = 48 << 20;
    thread_local!(static IS_DEEP: Cell<bool> = const { Cell::new(false) });
    if IS_DEEP.get() {
        return std::panic::catch_unwind(AssertUnwindSafe(work)).ok();
    }
    let work = || {
        IS_DEEP.set(true);
        work()
    };
    std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()?.join().ok()
    })
}
