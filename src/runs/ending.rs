//! The end of a process around computations that nobody waits for any more.
//!
//! A process that ends runs the destructors of its libraries while other threads go on. OpenBLAS gives back its memory
//! and its table of kernels there: a thread within a product then dies of a bad access, and the process with it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many computations go on, in the lower half; the process that counted them, in the upper one: a fork takes over
/// the number, but none of the threads.
struct Count(AtomicU64);

static GOING_ON: Count = Count(AtomicU64::new(0));

static ENDING: AtomicBool = AtomicBool::new(false);

/// How often it is looked at whether the last one has ended.
const LOOK: Duration = Duration::from_millis(1);

impl Count {
    /// What was counted, if this process did it, or else none.
    fn own(count: u64) -> u64 {
        let process = u64::from(std::process::id()) << 32;
        match count >> 32 == process >> 32 {
            true => count,
            false => process,
        }
    }

    fn add(&self) {
        let next = |count| Some(Self::own(count) + 1);
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next);
    }

    fn remove(&self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }

    fn now(&self) -> u32 {
        Self::own(self.0.load(Ordering::SeqCst)) as u32
    }

    /// Waits until nothing goes on; whether that was within this time.
    fn ends_within(&self, longest: Duration) -> bool {
        let begun = Instant::now();
        while self.now() > 0 {
            if begun.elapsed() >= longest {
                return false;
            }
            std::thread::sleep(LOOK);
        }
        true
    }
}

/// A computation on a thread of its own, until this is dropped.
#[derive(Debug)]
pub struct Computing(());

impl Computing {
    /// One begins.
    pub fn begin() -> Self {
        GOING_ON.add();
        Self(())
    }
}

impl Drop for Computing {
    fn drop(&mut self) {
        GOING_ON.remove();
    }
}

/// Whether the process is about to end: whatever can stop should.
pub fn is_ending() -> bool {
    ENDING.load(Ordering::Relaxed)
}

/// From now on the process ends in order: at its end all computations are asked to stop and are waited for; where one
/// goes on for longer than this, nothing is torn down beneath it, and the process ends without, with its status.
pub fn end_in_order(longest: Duration) {
    #[cfg(unix)]
    at_exit::register(longest);
    #[cfg(not(unix))]
    let _ = longest;
}

#[cfg(unix)]
mod at_exit {
    use super::{ENDING, GOING_ON};
    use std::sync::Once;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    static LONGEST: AtomicU64 = AtomicU64::new(0);

    pub fn register(longest: Duration) {
        static ONCE: Once = Once::new();
        LONGEST.store(longest.as_millis() as u64, Ordering::SeqCst);
        ONCE.call_once(with_status::register);
    }

    /// What was registered later has run; what was registered earlier, destructors of libraries among it, comes next.
    fn end(status: libc::c_int) {
        ENDING.store(true, Ordering::SeqCst);
        if !GOING_ON.ends_within(Duration::from_millis(LONGEST.load(Ordering::SeqCst))) {
            // SAFETY: null means all streams of C; then the process ends, and nothing of it is run afterwards.
            unsafe {
                libc::fflush(std::ptr::null_mut());
                libc::_exit(status)
            }
        }
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    mod with_status {
        use std::ffi::{c_int, c_void};

        unsafe extern "C" {
            // Of glibc: like `atexit`, but the function is told the status.
            fn on_exit(end: extern "C" fn(c_int, *mut c_void), with: *mut c_void) -> c_int;
        }

        extern "C" fn end(status: c_int, _: *mut c_void) {
            super::end(status);
        }

        pub fn register() {
            // SAFETY: the function stays where it is, and does nothing with the pointer.
            unsafe { on_exit(end, std::ptr::null_mut()) };
        }
    }

    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    mod with_status {
        /// Nothing goes on unheard but what a user has interrupted.
        const INTERRUPTED: libc::c_int = 130;

        extern "C" fn end() {
            super::end(INTERRUPTED);
        }

        pub fn register() {
            // SAFETY: the function stays where it is.
            unsafe { libc::atexit(end) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_parent_counted_is_none_of_its_forks() {
        let own = u64::from(std::process::id()) << 32;
        assert_eq!(Count::own(own + 3), own + 3);
        assert_eq!(Count::own(own + (1 << 32) + 3), own);
        assert_eq!(Count::own(0), own);
    }

    #[test]
    fn what_goes_on_is_waited_for_so_long_and_no_longer() {
        let count = Count(AtomicU64::new(0));
        assert!(count.ends_within(Duration::ZERO));
        count.add();
        count.add();
        count.remove();
        assert_eq!(count.now(), 1);
        assert!(!count.ends_within(Duration::from_millis(20)));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(20));
                count.remove();
            });
            assert!(count.ends_within(Duration::from_secs(60)));
        });
    }
}
