//! Scenarios from their text.

use luckflow::{
    config::{Document, Override},
    experiment::Scenario,
};
use std::path::Path;

/// What a scenario's text means with overrides.
pub fn interpret(text: &str, overrides: &[impl AsRef<str>]) -> Scenario {
    let overrides = overrides.iter().map(|text| Override::parse(text.as_ref()).unwrap());
    let overrides: Vec<Override> = overrides.collect();
    let document = Document::parse(Path::new("test.toml"), text, &overrides).unwrap();
    Scenario::interpret(document).unwrap()
}
