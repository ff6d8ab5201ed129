//! Work that cannot be asked to stop, and a user who can.

use super::ending::Computing;
use super::{Hooks, STACK};
use rayon::ThreadPoolBuilder;
use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::Builder;
use std::time::Duration;

/// How often the user is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Does a piece of work, a factorisation say, within which nobody asks the user; `None` if the user stopped it.
///
/// It is done on a thread of its own. Stopped, that is left alone, and computes until the program ends, which
/// [`end_in_order`](super::ending::end_in_order) makes safe.
pub fn interruptible<T: Send + 'static>(hooks: &dyn Hooks, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    if hooks.interrupted() {
        return None;
    }
    let (done, waiting) = channel();
    let work = Arc::new(Mutex::new(Some(work)));
    let take = |work: &Mutex<Option<_>>| work.lock().expect("a taking").take().expect("taken once");
    let theirs = work.clone();
    let is_alone = rayon::current_num_threads() == 1;
    let there = move || {
        let computing = Computing::begin();
        // A pool of one thread is the one that waits here: loops within the work would wait for it in turn.
        let _pool = is_alone.then(|| ThreadPoolBuilder::new().num_threads(1).use_current_thread().build());
        let found = take(&theirs)();
        drop(computing);
        // Fails where nobody waits any more.
        drop(done.send(found));
    };
    let Ok(thread) = Builder::new().stack_size(STACK).spawn(there) else {
        // Better here than not at all.
        return Some(take(&work)());
    };
    loop {
        match waiting.recv_timeout(LOOK) {
            Ok(found) => return Some(found),
            Err(RecvTimeoutError::Timeout) if hooks.interrupted() => return None,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => match thread.join() {
                Ok(()) => unreachable!("it sends before it ends"),
                Err(panic) => resume_unwind(panic),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Silent;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;

    /// Presses Ctrl-C at the third look.
    struct Impatient(AtomicUsize);

    impl Hooks for Impatient {
        fn interrupted(&self) -> bool {
            self.0.fetch_add(1, Ordering::Relaxed) > 2
        }
    }

    #[test]
    fn work_is_done_or_left() {
        assert_eq!(interruptible(&Silent, || 7), Some(7));
        let started = Instant::now();
        let long = || std::thread::sleep(Duration::from_secs(60));
        assert_eq!(interruptible(&Impatient(AtomicUsize::new(0)), long), None);
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn loops_within_the_work_have_threads() {
        let one = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let threads = one.install(|| interruptible(&Silent, rayon::current_num_threads));
        assert_eq!(threads, Some(1));
    }

    #[test]
    #[should_panic(expected = "what it says")]
    fn a_panic_is_handed_on() {
        interruptible(&Silent, || panic!("what it says"));
    }
}
