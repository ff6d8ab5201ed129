//! Runs as such: one or many at a time, interrupted, watched, and gone on with.

mod hooks;
mod many;
mod store;
pub mod together;

pub use hooks::{Hooks, Silent};
pub use many::{STACK, Weight, many, workers};
pub use store::{Nowhere, Store};
