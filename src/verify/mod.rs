//! Every claim that the project makes, in a short form: what was measured beside what is expected.

mod attack;
mod claim;
mod deep;
mod flow;
mod overlaps;
mod theorems;

pub use attack::{Attack, Attacks, attack, can_attack};
pub use claim::{Claim, Expected, Standing};

/// Checks everything. A few seconds.
pub fn all() -> Vec<Claim> {
    [overlaps::claims(), flow::claims(), theorems::claims(), deep::claims()].concat()
}

/// An error that a theorem or an identity bounds.
fn proven(claim: &'static str, measured: f64, bound: f64) -> Claim {
    error(Standing::Proven, claim, measured, bound)
}

/// By how much two computations of one number differ.
fn measured(claim: &'static str, measured: f64, bound: f64) -> Claim {
    error(Standing::Measured, claim, measured, bound)
}

fn error(standing: Standing, claim: &'static str, measured: f64, bound: f64) -> Claim {
    Claim {
        claim: claim.into(),
        standing,
        measured,
        expected: Expected::AtMost(bound),
    }
}

/// Derivative at 0 by central differences of order 8.
fn derivative(f: impl Fn(f64) -> f64, step: f64) -> f64 {
    const WEIGHTS: [f64; 4] = [4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0];
    let difference = |i: usize| f(i as f64 * step) - f(-(i as f64) * step);
    (1..=4).map(|i| WEIGHTS[i - 1] * difference(i)).sum::<f64>() / step
}
