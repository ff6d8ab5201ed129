//! Runs as such: one or many at a time, interrupted, watched, and gone on with.

mod hooks;
pub mod side_by_side;
mod store;
pub mod together;

pub use hooks::{Hooks, Silent};
pub use store::{Nowhere, Store};
