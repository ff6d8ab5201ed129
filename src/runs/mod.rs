//! Runs as such: one or many at a time, interrupted, watched, and gone on with.

pub mod ending;
mod hooks;
mod interruptible;
pub mod joint_progress;
mod many;
mod memory;
mod store;

pub use hooks::{Hooks, Silent};
pub use interruptible::interruptible;
pub use many::{STACK, Weight, many, workers};
pub use memory::{Bytes, Memory, address_space, free_memory};
pub use store::{Nowhere, Store};
