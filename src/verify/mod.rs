//! Every claim that the project makes, in a short form: what was measured beside what is expected.

mod attack;
mod deep;
mod flow;
mod overlaps;
mod theorems;

pub use attack::{Attack, Attacks, attack, can_attack};

use crate::theory::Verdict;

/// What stands behind a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Proved in docs/theory.md, or an identity: if it fails, the program is wrong.
    Proven,
    /// Stated by the poster: the run says what it says.
    Stated,
}

/// A claim and what became of it.
#[derive(Clone, Debug)]
pub struct Claim {
    /// In words.
    pub claim: &'static str,
    /// What stands behind it.
    pub standing: Standing,
    /// What was measured.
    pub measured: f64,
    /// What was expected: a bound on `measured`, or a value.
    pub expected: String,
    /// Whether it was met.
    pub verdict: Verdict,
}

impl Claim {
    /// A proven claim that an error stays below a bound.
    fn error(claim: &'static str, measured: f64, bound: f64) -> Self {
        Self {
            claim,
            standing: Standing::Proven,
            measured,
            expected: match bound {
                bound if bound >= 1.0 => format!("at most {bound}"),
                bound => format!("at most {bound:.0e}"),
            },
            // Not `measured > bound`: a NaN must fail.
            verdict: if measured <= bound {
                Verdict::Holds
            } else {
                Verdict::Violated
            },
        }
    }

    /// Whether the program contradicts what is proved.
    pub fn is_a_failure(&self) -> bool {
        self.standing == Standing::Proven && self.verdict == Verdict::Violated
    }
}

/// Checks everything. A few seconds.
pub fn all() -> Vec<Claim> {
    [
        overlaps::claims(),
        flow::claims(),
        theorems::claims(),
        deep::claims(),
    ]
    .concat()
}

/// Derivative at 0 by central differences of order 8.
fn derivative(f: impl Fn(f64) -> f64, step: f64) -> f64 {
    const WEIGHTS: [f64; 4] = [4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0];
    let difference = |i: usize| f(i as f64 * step) - f(-(i as f64) * step);
    (1..=4).map(|i| WEIGHTS[i - 1] * difference(i)).sum::<f64>() / step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proven_claim_that_is_missed_is_a_failure_and_a_stated_one_is_not() {
        assert!(!Claim::error("x", 1e-10, 1e-9).is_a_failure());
        assert!(Claim::error("x", 1e-8, 1e-9).is_a_failure());
        assert!(Claim::error("x", f64::NAN, 1e-9).is_a_failure());
        let stated = Claim {
            standing: Standing::Stated,
            ..Claim::error("x", 1.0, 1e-9)
        };
        assert!(!stated.is_a_failure());
    }
}
