//! The certified rates, judged by the rates at which the run's states move.

use super::certificates::Certificates;
use super::motion::Rates;
use crate::bound::{Bound, Measure, Premise, THEOREM5};
use crate::experiment::two_layer::claim::RateClaim;
use crate::integrate::Method;
use crate::theory::Verdict;
use crate::theory::certificate::Certificate;
use serde::Serialize;

/// Judges every rate. With sampled overlaps the flow itself is off by the sample's error: a violation decides nothing.
pub fn judge(certificates: &Certificates, rates: &Rates, unmet: &[Premise], is_sampled: bool) -> Vec<RateClaim> {
    let facts = certificates.facts();
    let claim = |bound: &'static Bound| {
        // Where there is no certificate, nothing is claimed.
        let value = (bound.evaluate)(&facts);
        let simulated = match bound.measure {
            Measure::WeightedNorm => rates.weighted_norm,
            Measure::JointDistance => rates.joint_distance,
            Measure::Theta | Measure::TanHalf | Measure::Distance => None,
        };
        let verdict = match bound.applies(unmet) {
            true => verdict(value.unwrap_or(0.0), simulated, is_sampled),
            false => Verdict::NotApplicable,
        };
        RateClaim {
            bound,
            value,
            verdict,
            simulated,
            ratio: None,
            tolerance: simulated.map(Verdict::tolerance_of_bound),
            unmet: bound.lacks(unmet),
        }
    };
    THEOREM5.iter().map(claim).collect()
}

/// On a certified rate. Below it by no more than rounding, as a single node's may be, for which it is an equality, nothing is decided.
fn verdict(claimed: f64, simulated: Option<f64>, is_sampled: bool) -> Verdict {
    match Verdict::of_bound(claimed, simulated) {
        Verdict::Violated if is_sampled => Verdict::Undecided,
        Verdict::Holds if simulated.is_some_and(|simulated| simulated < claimed) => Verdict::Undecided,
        verdict => verdict,
    }
}

/// Gradient descent with step η: the largest factor of the weighted norm in a step, beside 1 − ηλ. The certificate is one of
/// the flow; for steps of finite length nothing is proved, so there is no verdict.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct DescentFactor {
    /// η
    pub step: f64,
    /// max over steps of ‖z_{k+1}‖_p/‖z_k‖_p
    pub largest_ratio: f64,
    /// 1 − ηλ with the certified rate λ
    pub from_rate: f64,
}

impl DescentFactor {
    /// Of a run of gradient descent with a certificate.
    pub fn of(method: &Method, certificate: Option<&Certificate>, largest_ratio: Option<f64>) -> Option<Self> {
        let (step, certificate) = (method.learning_rate()?, certificate?);
        Some(Self {
            step,
            largest_ratio: largest_ratio?,
            from_rate: 1.0 - step * certificate.rate,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_within_rounding_is_undecided() {
        let exact = |simulated| verdict(0.5, Some(simulated), false);
        assert_eq!(exact(0.5), Verdict::Holds);
        assert_eq!(exact(0.5 * (1.0 - 3e-7)), Verdict::Undecided);
        assert_eq!(exact(0.5 * (1.0 - 3e-6)), Verdict::Violated);
        assert_eq!(verdict(0.5, Some(0.4), true), Verdict::Undecided);
        assert_eq!(verdict(0.0, Some(0.4), false), Verdict::Vacuous);
        assert_eq!(verdict(0.5, None, false), Verdict::Untested);
    }
}
