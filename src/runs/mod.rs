//! Runs as such: one or many at a time, interrupted, watched, and gone on with.

mod hooks;
pub mod identity;
mod many;
mod store;
pub mod together;

pub use hooks::{Hooks, Silent};
pub use identity::Identities;
pub use many::{STACK, Weight, many, workers};
pub use store::{Nowhere, Store};
