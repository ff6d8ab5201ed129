//! The page of a report: what it says, and what it does in a browser.

// Links BLAS, which ndarray calls.
use luckflow as _;

mod browser;
mod driver;
mod maps;
mod page;
mod results;
mod serve;
mod training;

#[path = "../common/running.rs"]
mod running;
