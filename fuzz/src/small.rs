//! Scenarios that take milliseconds: one of each experiment, those of the tests of the command line.

use luckflow::config::{Document, Override};
use luckflow::experiment::Scenario;
use std::path::Path;

macro_rules! texts {
    ($($name:literal),+) => {
        &[$(include_str!(concat!("../../tests/cli/scenarios/", $name, ".toml"))),+]
    };
}

/// Runs.
pub const RUNS: &[&str] = texts!(
    "theorem4",
    "theorem4-sampled",
    "theorem5",
    "fan-out-panels",
    "sgd-vs-flow",
    "deep-training",
    "deep-flow",
    "implicit-regularization",
    "lottery-tickets",
    "flat-minima"
);

/// Sweeps.
pub const SWEEPS: &[&str] = texts!("sweep-one-axis", "sweep-theorem4", "sweep-theorem5");

/// A document of that text.
pub fn document(text: &str, changes: &[&str]) -> Document {
    let changes = changes.iter().map(|text| Override::parse(text).expect("a change"));
    let changes: Vec<Override> = changes.collect();
    Document::parse(Path::new("small.toml"), text, &changes).expect("a document")
}

/// A scenario of that text.
pub fn interpret(text: &str) -> Scenario {
    changed(text, &[])
}

/// With changes.
pub fn changed(text: &str, changes: &[&str]) -> Scenario {
    Scenario::interpret(document(text, changes)).expect("a scenario")
}
