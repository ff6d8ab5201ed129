//! Overlaps D and L: against references of many digits, and against what they must satisfy.

#[path = "../common/mod.rs"]
mod common;

mod identities;
mod reference;
