//! Theorem 5 end to end, in the library: the certificate, the limits, the spectrum.

mod certified;
mod limits;

use crate::common::interpret;
use luckflow::experiment::theorem5::{Outcome, Theorem5};
use luckflow::experiment::{Experiment, Silent};
use luckflow::theory::Verdict;

fn scenario(text: &str, overrides: &[String]) -> Theorem5 {
    interpret(text, overrides).get::<Theorem5>().unwrap().clone()
}

const BASE: &str = r#"
    experiment = "theorem5"
    [teacher]
    input_dim = 100
    nodes = 5
    threshold = 2.5
    outputs = 5
    [student]
    extra = 5
    theta0 = 0.1
    e0 = 0.05
"#;

fn outcome(overrides: &[&str]) -> Outcome {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    scenario(BASE, &overrides).simulate(&Silent).unwrap()
}

/// The verdicts on both rates.
fn verdicts(found: &Outcome) -> [Verdict; 2] {
    [0, 1].map(|i| found.claims[i].verdict)
}
