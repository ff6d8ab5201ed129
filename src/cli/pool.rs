//! The threads that compute.

use super::Failure;
use luckflow::runs::STACK;

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
        _ => Err(Failure::usage(format!(
            "{place}: found {found}; allowed: a whole number from 1 to {most}"
        ))),
    }
}

/// Address space that BLAS and its threads take, in bytes: for the process, and for each core.
const BLAS: f64 = 400e6;
const BLAS_PER_CORE: f64 = 150e6;

/// Builds the pool in which everything is computed: with so many threads, or as many as can be had.
pub fn build(asked: Option<u16>) -> Result<(), Failure> {
    let mut count = threads("--threads", asked)?;
    let pool = |count: usize| {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(count);
        builder.stack_size(STACK)
    };
    // The global pool can be asked for once only: first it is seen what can be had.
    while count > 1 && pool(count).build().is_err() {
        count /= 2;
    }
    pool(count)
        .build_global()
        .map_err(|error| Failure::runtime(format!("no thread to compute with can be had: {error}")))
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
