//! The certified rates, judged by the rates at which the run's states move.

use super::certificates::Certificates;
use super::recorder::Row;
use crate::bound::{Bound, Facts, Measure, Premise, THEOREM5};
use crate::experiment::two_layer::claim::RateClaim;
use crate::integrate::Method;
use crate::theory::Verdict;
use crate::theory::certificate::Certificate;
use ndarray::{Array1, ArrayView1};
use serde::Serialize;

/// An error above this knows its own rate to a part in a million: derivatives are rounded at 1e-15.
const RESOLVED: f64 = 1e-8;

/// Entries this near to the largest count as the largest: the norm falls as the slowest of them does.
const TIED: f64 = 1e-9;

/// The smallest rates at which the two norms fell, at any state that was read. Each is the derivative at a state, so that the integrator's error
/// has no part in it; `None` where no error was large enough to know its rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Rates {
    /// Of max_i z_i/p_i.
    pub weighted_norm: Option<f64>,
    /// Of √(Σ_u δ_j² + Σ_i |ε_i|²).
    pub joint_distance: Option<f64>,
}

impl Rates {
    /// Takes in the rates at one more state, where its errors are above `least`.
    fn take(&mut self, row: &Row, weights: Option<ArrayView1<f64>>, least: f64) {
        let smaller = |a: &mut Option<f64>, b: Option<f64>| {
            *a = [*a, b].into_iter().flatten().reduce(f64::min);
        };
        let of_norm = weights.and_then(|weights| weighted(row, weights, least));
        smaller(&mut self.weighted_norm, of_norm);
        let of_distance = (row.distance > least).then_some(row.distance_rate);
        smaller(&mut self.joint_distance, of_distance);
    }

    fn of_measure(&self, measure: Measure) -> Option<f64> {
        match measure {
            Measure::WeightedNorm => self.weighted_norm,
            Measure::JointDistance => self.joint_distance,
            Measure::Theta | Measure::TanHalf | Measure::Distance => None,
        }
    }
}

/// Reads rates off states.
#[derive(Clone, Debug)]
pub struct RateReader {
    /// What was found so far.
    pub rates: Rates,
    /// p, of the certificate.
    weights: Option<Array1<f64>>,
    least: f64,
}

impl RateReader {
    /// The weighted norm is one with the weights of a certificate; rates are read well above the noise floor.
    pub fn new(certificate: Option<&Certificate>, floor: f64) -> Self {
        Self {
            rates: Rates::default(),
            weights: certificate.map(|certificate| certificate.weights.clone()),
            least: RESOLVED.max(10.0 * floor),
        }
    }

    /// Reads one more state. O(n).
    pub fn read(&mut self, row: &Row) {
        let weights = self.weights.as_ref().map(|weights| weights.view());
        self.rates.take(row, weights, self.least);
    }
}

/// −d ln max_i z_i/p_i /dt; `None` where that entry is too small.
fn weighted(row: &Row, weights: ArrayView1<f64>, least: f64) -> Option<f64> {
    let entries = || row.errors().zip(&weights).map(|(z, p)| z / p);
    let norm = entries().fold(0.0, f64::max);
    let largest = entries().zip(row.errors().zip(&row.error_rates));
    let largest = largest.filter(|(entry, _)| *entry >= norm * (1.0 - TIED));
    let rates = largest.map(|(_, (z, rate))| (z > least).then(|| -rate / z));
    let rates: Option<Vec<f64>> = rates.collect();
    rates?.into_iter().reduce(f64::min)
}

/// Judges every rate. With sampled overlaps the flow itself is off by the sample's error: a violation decides nothing.
pub fn judge(
    certificates: &Certificates,
    rates: &Rates,
    unmet: &[Premise],
    is_sampled: bool,
) -> Vec<RateClaim> {
    let facts = Facts {
        certificate: certificates.comparison.as_ref(),
        joint: certificates.euclidean.as_ref(),
        ..Facts::default()
    };
    let claim = |bound: &'static Bound| {
        // Where there is no certificate, nothing is claimed.
        let value = (bound.evaluate)(&facts);
        let simulated = rates.of_measure(bound.measure);
        let verdict = match Verdict::of_bound(value.unwrap_or(0.0), simulated) {
            _ if !bound.applies(unmet) => Verdict::NotApplicable,
            Verdict::Violated if is_sampled => Verdict::Undecided,
            verdict => verdict,
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
    pub fn of(
        method: &Method,
        certificate: Option<&Certificate>,
        largest_ratio: Option<f64>,
    ) -> Option<Self> {
        let (step, certificate) = (method.learning_rate()?, certificate?);
        Some(Self {
            step,
            largest_ratio: largest_ratio?,
            from_rate: 1.0 - step * certificate.rate,
        })
    }
}
