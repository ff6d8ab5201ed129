//! What all experiments with two layers share: their sections, teacher, input, plan, and states as arrays.

pub mod claim;
pub(super) mod input;
pub(super) mod keys;
pub(super) mod matrix;
pub(super) mod memory;
pub mod outputs;
pub(super) mod plan;
pub mod settings;
pub mod slowest;
pub(super) mod start;
pub(super) mod states;
pub(super) mod teacher;
pub(super) mod turns;
