//! What there is: experiments, shipped scenarios, keys.

use crate::errors;
use luckflow::config::{self, describe, shipped_scenarios};
use luckflow::experiment::{ExperimentKind, KINDS};
use luckflow::sweep;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;

/// Names of experiments, each with a sentence.
#[pyfunction]
pub fn experiments() -> Vec<(&'static str, &'static str)> {
    KINDS.iter().map(|kind| (kind.name, kind.about)).collect()
}

/// Names of shipped scenarios, each with the comment that begins it.
#[pyfunction]
pub fn shipped() -> Vec<(&'static str, String)> {
    shipped_scenarios().collect()
}

/// The text of a shipped scenario.
#[pyfunction]
pub fn scenario_text(name: &str) -> PyResult<&'static str> {
    config::shipped(name).ok_or_else(|| PyKeyError::new_err(name.to_owned()))
}

/// What a key, a section or an experiment is.
#[pyfunction]
pub fn explain(topic: &str) -> PyResult<String> {
    sweep::explain(topic.trim()).map_err(|text| {
        let parts = text.split_once("found ");
        let parts = parts.and_then(|(_, rest)| rest.split_once("; allowed: "));
        let (found, allowed) = parts.unwrap_or((topic, &text));
        let allowed = allowed.split("; luckflow list").next().unwrap_or(allowed);
        errors::argument("key", found, allowed)
    })
}

/// A scenario to begin with.
#[pyfunction]
pub fn new(name: &str) -> PyResult<String> {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    let kind = ExperimentKind::named(name)
        .ok_or_else(|| errors::argument("experiment", format!("{name:?}"), names.join(", ")))?;
    Ok(describe::scenario(kind.name, kind.about, &kind.keys()))
}
