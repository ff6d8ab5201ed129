//! The program as its user meets it, through its binary alone: what it prints and writes, and how it says no.
//!
//! Whole outputs stand in `snapshots/`. `cargo insta review` shows what a change makes of them.

// Links BLAS, which ndarray calls.
use luckflow as _;

// First, for its macro.
#[macro_use]
mod runs;

#[path = "../common/files.rs"]
mod common;
#[path = "../common/running.rs"]
mod running;

mod again;
mod check;
mod compare;
mod csv_heads;
mod data;
mod falsify;
mod figures;
mod find;
mod folders;
mod keys;
#[cfg(target_os = "linux")]
mod memory;
mod mistakes;
mod over_parameterized;
mod overlap;
mod small;
mod summaries;
mod svg;
mod tables;
mod titles;
mod trainings;
mod two_layer;
mod util;
mod verbs;
