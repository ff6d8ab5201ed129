//! Long computations: on threads of their own, while the thread that called listens to Python's signals.

use luckflow::experiment::Hooks;
use luckflow::runs::STACK;
use luckflow::runs::ending::{self, Computing};
use pyo3::exceptions::{PyRuntimeError, PyUserWarning};
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::any::Any;
use std::ffi::CString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often signals are looked at.
const POLL: Duration = Duration::from_millis(50);

/// How long a computation that was asked to stop is waited for, at once and again when the interpreter ends; meanwhile it
/// goes on unheard.
const GRACE: Duration = Duration::from_millis(250);

/// Pools that nobody uses now, of the process with this number: a fork has none of its parent's threads.
static IDLE: Mutex<(u32, Vec<ThreadPool>)> = Mutex::new((0, Vec::new()));

/// What a computation and the thread that waits for it tell each other.
#[derive(Default)]
struct Watch {
    stop: AtomicBool,
    progress: Mutex<Option<(f64, String)>>,
    remarks: Mutex<Vec<String>>,
}

impl Hooks for Watch {
    fn interrupted(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || ending::is_ending()
    }

    fn progress(&self, fraction: f64, of: &str) {
        *lock(&self.progress) = Some((fraction, of.to_owned()));
    }

    fn remark(&self, text: &str) {
        lock(&self.remarks).push(text.to_owned());
    }
}

type Ended<T> = Result<T, Box<dyn Any + Send>>;

/// Where a result is put.
struct Slot<T> {
    ended: Mutex<Option<Ended<T>>>,
    there: Condvar,
}

impl<T> Slot<T> {
    fn wait(&self, longest: Duration) -> Option<Ended<T>> {
        let ended = lock(&self.ended);
        let (mut ended, _) = self
            .there
            .wait_timeout_while(ended, longest, |ended| ended.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        ended.take()
    }
}

/// Computes on all cores without the interpreter's lock; Ctrl-C is seen within a twentieth of a second. `progress` is
/// called with a fraction and words.
///
/// # Errors
/// A signal's exception; one of `progress`; a mistake in the library.
pub fn watched<T: Send + 'static>(
    py: Python<'_>,
    progress: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&dyn Hooks) -> T + Send + 'static,
) -> PyResult<T> {
    let pool = take()?;
    let watch = Arc::new(Watch::default());
    let slot = Arc::new(Slot {
        ended: Mutex::new(None),
        there: Condvar::new(),
    });
    let (their_watch, their_slot) = (Arc::clone(&watch), Arc::clone(&slot));
    let computing = Computing::begin();
    pool.spawn(move || {
        let ended = catch_unwind(AssertUnwindSafe(|| work(&*their_watch)));
        drop(computing);
        *lock(&their_slot.ended) = Some(ended);
        their_slot.there.notify_all();
    });
    loop {
        if let Some(ended) = py.detach(|| slot.wait(POLL)) {
            give_back(pool);
            let value = ended.map_err(|panic| mistake(panic.as_ref()))?;
            watch.tell(py, progress)?;
            return Ok(value);
        }
        if let Err(signal) = py.check_signals().and_then(|()| watch.tell(py, progress)) {
            watch.stop.store(true, Ordering::Relaxed);
            let asked = Instant::now();
            if py.detach(|| slot.wait(GRACE)).is_some() && asked.elapsed() < GRACE {
                give_back(pool);
            }
            return Err(signal);
        }
    }
}

/// When the interpreter ends, computations that are left stop first.
pub fn end_in_order() {
    ending::end_in_order(GRACE);
}

/// [`watched`], for what has nothing to tell.
///
/// # Errors
/// As there.
pub fn wide<T: Send + 'static>(py: Python<'_>, work: impl FnOnce() -> T + Send + 'static) -> PyResult<T> {
    watched(py, None, |_| work())
}

/// Computes on this thread without the interpreter's lock: for what takes less time than a thread's waking.
///
/// # Errors
/// A mistake in the library.
pub fn short<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    py.detach(|| catch_unwind(AssertUnwindSafe(work))).map_err(|panic| mistake(panic.as_ref()))
}

impl Watch {
    /// Hands on what the computation said since it was last asked.
    fn tell(&self, py: Python<'_>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let news = lock(&self.progress).take();
        if let (Some(progress), Some((fraction, of))) = (progress, news) {
            progress.call1((fraction, of))?;
        }
        let remarks = std::mem::take(&mut *lock(&self.remarks));
        for remark in remarks {
            let text = CString::new(remark.replace('\0', " "))?;
            PyErr::warn(py, &py.get_type::<PyUserWarning>(), &text, 1)?;
        }
        Ok(())
    }
}

fn take() -> PyResult<ThreadPool> {
    let mut idle = lock(&IDLE);
    let process = std::process::id();
    if idle.0 != process {
        // Their threads are the parent's.
        std::mem::forget(std::mem::take(&mut idle.1));
        idle.0 = process;
    }
    match idle.1.pop() {
        Some(pool) => Ok(pool),
        None => ThreadPoolBuilder::new()
            .stack_size(STACK)
            .build()
            .map_err(|error| PyRuntimeError::new_err(error.to_string())),
    }
}

fn give_back(pool: ThreadPool) {
    lock(&IDLE).1.push(pool);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn mistake(panic: &(dyn Any + Send)) -> PyErr {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
    PyRuntimeError::new_err(format!("a mistake in luckflow, please report it: {}", words.unwrap_or("it panicked")))
}
