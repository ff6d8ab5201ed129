//! Scenario files: what was written, where it stands, and every mistake named with its key and line.
//!
//! [`document`] reads TOML and keeps where each value stands, [`section`] takes typed values out of it.

pub mod document;
mod error;
mod lists;
pub mod section;

pub use document::{Document, Override};
pub use error::ScenarioError;
