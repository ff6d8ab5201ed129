//! The projected flow of a two-layer student: its vector field, and runs of it.

mod field;
pub mod spec;
mod state;
pub mod trajectory;

pub use field::FlowField;
