//! Stacks that are deep enough for work that recurses as far as its input nests.

use std::cell::Cell;
use std::num::NonZero;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Scope, ScopedJoinHandle};

/// Works on a stack of its own: parser and interpreter need up to 200 KiB a level, more than a thread has. Work within such work stays
/// on its stack: who will judge thousands of answers does it all in here. `None` where the work panics.
pub(super) fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    if IS_DEEP.get() {
        return std::panic::catch_unwind(AssertUnwindSafe(work)).ok();
    }
    thread::scope(|scope| start(scope, work)?.join().ok())
}

const STACK: usize = 48 << 20;

thread_local!(static IS_DEEP: Cell<bool> = const { Cell::new(false) });

/// Starts a thread with a deep stack; `None` where the system gives none.
fn start<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, T>> {
    let work = || {
        IS_DEEP.set(true);
        work()
    };
    thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()
}

/// Does the same work on a thread a processor, at most on so many, on deep stacks. `None` stands for work that panics, or gets no thread.
pub fn on_each_processor<T: Send>(most: usize, work: impl Fn() -> T + Sync) -> Vec<Option<T>> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(most);
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| start(scope, &work)).collect();
        running.into_iter().map(|thread| thread?.join().ok()).collect()
    })
}

/// Does the same work with each item, on a thread a processor. What comes of it is in the items' order; `None` where the work panics.
pub(super) fn on_threads<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<Option<T>> {
    let next = AtomicUsize::new(0);
    let parts = on_each_processor(items.len(), || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, on_deep_stack(|| work(item))));
        }
    });
    let mut made: Vec<Option<T>> = items.iter().map(|_| None).collect();
    for (at, result) in parts.into_iter().flatten().flatten() {
        made[at] = result;
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_on_threads_keeps_its_order_and_a_panic_to_itself() {
        let items: Vec<u32> = (0..100).collect();
        let made = on_threads(&items, |item| {
            assert_ne!(*item, 7, "one that fails");
            item * 2
        });
        let expected: Vec<Option<u32>> = items.iter().map(|item| (*item != 7).then_some(item * 2)).collect();
        assert_eq!(made, expected);
        assert!(on_threads(&[], |item: &u32| *item).is_empty());
    }
}
