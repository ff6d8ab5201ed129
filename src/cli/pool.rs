//! The threads that compute.

use super::Failure;
use luckflow::runs::STACK;
use rayon::ThreadPoolBuilder;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What rayon itself looks at.
const VARIABLE: &str = "RAYON_NUM_THREADS";

/// More threads than this for each core only stand in each other's way.
const PER_CORE: usize = 8;

/// So many may be asked for on any machine.
const ALWAYS: usize = 64;

/// How many threads: as many as were asked for by `flag`, or by the environment, or as there are cores.
pub fn threads(flag: &str, asked: Option<u16>) -> Result<usize, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let most = (PER_CORE * cores).max(ALWAYS);
    let in_environment = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
    let (place, found) = match (asked, in_environment) {
        (Some(count), _) => (flag, count.to_string()),
        (None, Some(text)) => (VARIABLE, text),
        (None, None) => return Ok(cores),
    };
    match found.parse() {
        // What rayon takes for "as many as there are cores".
        Ok(0) => Ok(cores),
        Ok(count) if count <= most => Ok(count),
        _ => Err(Failure::usage(format!("{place}: found {found}; allowed: a whole number from 1 to {most}"))),
    }
}

/// Address space that BLAS and its threads take, in bytes: for the process, and for each core.
const BLAS: f64 = 400e6;
const BLAS_PER_CORE: f64 = 150e6;

/// Builds the pool in which everything is computed: with so many threads, or as many as can be had; with this one alone
/// where no other can be.
pub fn build(asked: Option<u16>) -> Result<(), Failure> {
    let mut count = threads("--threads", asked)?;
    #[cfg(unix)]
    luckflow::blas::end_workers();
    // The global pool can be asked for once only: first it is seen what can be had.
    while count > 0 && !can_be_had(count) {
        count /= 2;
    }
    let pool = match count {
        0 => pool(1).use_current_thread(),
        _ => pool(count),
    };
    pool.build_global()
        .map_err(|error| Failure::runtime(format!("no thread to compute with can be had: {error}")))
}

fn pool(count: usize) -> ThreadPoolBuilder {
    let builder = ThreadPoolBuilder::new().num_threads(count);
    builder.stack_size(STACK)
}

/// How long is waited for threads to end.
const PATIENCE: Duration = Duration::from_millis(500);

/// What a thread takes to end after the last that is heard of it.
const END: Duration = Duration::from_millis(1);

/// Whether so many threads can be had; they are gone when this returns.
fn can_be_had(count: usize) -> bool {
    let gone = Arc::new(AtomicUsize::new(0));
    let counter = gone.clone();
    let ended = move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
    };
    let begun = pool(count).exit_handler(ended).build().is_ok();
    let started = Instant::now();
    while begun && gone.load(Ordering::Relaxed) < count && started.elapsed() < PATIENCE {
        std::thread::sleep(END / 10);
    }
    std::thread::sleep(END);
    begun
}

/// Ends the program where there is too little address space: OpenBLAS waits for ever for memory that it cannot have, and also
/// when a process ends, so that this one ends without it.
#[cfg(unix)]
pub fn end_without_room() {
    use luckflow::runs::{Bytes, address_space};
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let needed = BLAS + BLAS_PER_CORE * cores as f64;
    if let Some(limit) = address_space().filter(|&limit| limit < needed) {
        let (found, allowed) = (Bytes(limit), Bytes(needed));
        super::tell(&format!(
            "error: ulimit -v: found {found} of address space; allowed: {allowed} or more on {cores} cores"
        ));
        // SAFETY: it ends the process, and nothing of it is run afterwards.
        unsafe { libc::_exit(1) }
    }
}
