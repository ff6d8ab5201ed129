//! The theorems: end to end, in steps, under attack, and their certificate files.

#[path = "../common/scenario.rs"]
mod common;

mod certificates;
mod discrete;
mod falsify;
mod theorem4;
mod theorem5;
