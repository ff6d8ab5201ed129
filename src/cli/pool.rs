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

/// Builds the pool in which everything is computed: with so many threads, or as many as can be had.
pub fn build(asked: Option<u16>) -> Result<(), Failure> {
    let wanted = threads("--threads", asked)?;
    let build = |count: usize| {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(count);
        builder.stack_size(STACK).build_global()
    };
    let mut count = wanted;
    while let Err(error) = build(count) {
        if count == 1 {
            return Err(Failure::runtime(format!(
                "no thread to compute with can be had: {error}"
            )));
        }
        count /= 2;
    }
    Ok(())
}
