//! What a run will take of memory, before it takes it.

use super::{Failure, say};
use luckflow::runs::{Bytes, Memory, free_memory};

/// The way on, where a run is refused.
const FLAG: &str = "--over-memory";

/// Prints what a run takes, and what is free.
pub fn list(name: &str, memory: &Memory) -> Result<(), Failure> {
    say(format_args!("{name} takes about {}", Bytes(memory.total())))?;
    for (what, bytes) in memory.parts() {
        say(format_args!("  {bytes} for {what}"))?;
    }
    match free_memory() {
        Some(free) => say(format_args!("{free} are free")),
        None => Ok(()),
    }
}

/// Refuses a run that would take more than there is.
pub fn refuse(place: &str, memory: &Memory) -> Result<(), Failure> {
    match free_memory() {
        Some(free) if memory.total() > free.0 => Err(Failure::usage(format!(
            "{place}: needs about {memory}; {free} are free; {FLAG} runs it all the same"
        ))),
        _ => Ok(()),
    }
}
