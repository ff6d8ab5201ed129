//! Theorem 4 end to end, in the library: what the project claims of it.

mod runs;
mod verdicts;

use crate::common::interpret;
use luckflow::experiment::theorem4::{Outcome, Theorem4};
use luckflow::experiment::{Experiment, Silent};
use luckflow::theory::Verdict;

/// A scenario from its text.
fn scenario(text: &str, overrides: &[&str]) -> Theorem4 {
    interpret(text, overrides).get::<Theorem4>().unwrap().clone()
}

const BASE: &str = r#"
    experiment = "theorem4"
    [teacher]
    input_dim = 30
    nodes = 5
    [student]
    theta0 = 0.02
"#;

fn outcome(overrides: &[&str]) -> Outcome {
    scenario(BASE, overrides).simulate(&Silent).unwrap()
}

fn verdict(outcome: &Outcome, name: &str) -> Verdict {
    outcome.claims.iter().find(|claim| claim.bound.name == name).unwrap().verdict
}
