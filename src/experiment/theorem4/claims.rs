//! What a run measured, and what that says of each claimed rate.

use super::setup::Setup;
use super::simulation::Simulation;
use crate::bound::{Bound, Measure, Premise, THEOREM4};
use crate::experiment::two_layer::claim::RateClaim;
use crate::integrate::Method;
use crate::measure::{Fit, Row, WorstRate, fit_decay};
use crate::theory::Verdict;
use serde::Serialize;

/// What was read off one run.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// The smallest instantaneous rate; `None` if no state lies above the rate floor.
    pub worst: Option<WorstRate>,
    /// How well the method knows a rate, relative.
    #[serde(skip)]
    pub resolution: f64,
    /// The tail of the slowest mode's amplitude, where that mode is known and its tail long enough.
    pub slowest_mode: Option<Fit>,
    /// The tail of the largest angle: a mixture of modes while those near the slowest have not faded.
    pub largest_angle: Option<Fit>,
    /// The last largest angle.
    pub final_angle: f64,
    /// For gradient descent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gradient_descent: Option<GradientDescentClaim>,
}

impl Measured {
    /// The slowest mode's tail, or the largest angle's where there is none.
    pub fn fitted(&self) -> Option<Fit> {
        self.slowest_mode.or(self.largest_angle)
    }

    /// The smallest rate at which a measure fell: per step of gradient descent, at any time of a flow.
    fn rate_of(&self, measure: Measure) -> Option<f64> {
        let of = |ratio: fn(GradientDescentClaim) -> f64, worst: fn(WorstRate) -> f64| match self.gradient_descent {
            Some(claim) => Some((1.0 - ratio(claim)) / claim.step),
            None => self.worst.map(worst),
        };
        match measure {
            Measure::Theta => of(|claim| claim.largest_ratio, |worst| worst.theta),
            Measure::TanHalf => of(|claim| claim.largest_ratio_tan, |worst| worst.tan_half),
            Measure::Distance => of(|claim| claim.largest_ratio_distance, |worst| worst.distance),
            Measure::WeightedNorm | Measure::JointDistance => None,
        }
    }
}

/// Gradient descent of step η: the largest factor per step, and the rate (1 − factor)/η that it stands for.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct GradientDescentClaim {
    /// η
    pub step: f64,
    /// max θ_{k+1}/θ_k
    pub largest_ratio: f64,
    /// max tan(θ_{k+1}/2)/tan(θ_k/2)
    pub largest_ratio_tan: f64,
    /// max ‖W_{k+1} − W\*‖/‖W_k − W\*‖
    pub largest_ratio_distance: f64,
}

impl GradientDescentClaim {
    /// The larger of each factor.
    pub(super) fn or_larger(self, other: Self) -> Self {
        Self {
            step: self.step,
            largest_ratio: self.largest_ratio.max(other.largest_ratio),
            largest_ratio_tan: self.largest_ratio_tan.max(other.largest_ratio_tan),
            largest_ratio_distance: self.largest_ratio_distance.max(other.largest_ratio_distance),
        }
    }
}

/// Reads off a run whatever can be.
pub fn measure(simulation: &Simulation, setup: &Setup) -> Measured {
    let readings = &simulation.readings;
    let floor = setup.noise_floor(&simulation.method).value;
    Measured {
        worst: readings.worst(),
        resolution: resolution(&simulation.method),
        slowest_mode: fit_decay(&readings.slowest_mode(), floor),
        largest_angle: fit_decay(&readings.largest_angles(), floor),
        final_angle: readings.last().map_or(f64::NAN, Row::largest_angle),
        gradient_descent: simulation.gradient_descent,
    }
}

/// How well a method knows a rate, relative: a thousand tolerances, since errors of steps add up, but not less than fits of modes
/// that fade beside the slowest one agree to, nor more than a part in a thousand, which is left to steps of fixed length.
fn resolution(method: &Method) -> f64 {
    let tolerance = method.tolerance();
    tolerance.map_or(1e-3, |tolerance| (1e3 * tolerance.rtol).clamp(1e-5, 1e-3))
}

/// Judges every rate.
pub fn judge(setup: &Setup, measured: &Measured, unmet: &[Premise]) -> Vec<RateClaim> {
    let step = measured.gradient_descent.map(|claim| claim.step);
    // A factor 1 − ηλ per step shows as the rate −ln(1 − ηλ)/η in time.
    let undiscretized = |rate: f64| step.map_or(rate, |step| (1.0 - (-step * rate).exp()) / step);
    // A mixture of modes is no measure of the slowest one.
    let tail = measured.slowest_mode.map(|fit| {
        let error = (3.0 * fit.standard_error).max(measured.resolution * fit.rate);
        (undiscretized(fit.rate), error)
    });
    let facts = setup.facts(step);
    let claim = |bound: &'static Bound| {
        let value = (bound.evaluate)(&facts);
        let simulated = match bound.is_lower() {
            true => measured.rate_of(bound.measure),
            false => tail.map(|(rate, _)| rate),
        };
        let verdict = match value {
            _ if !bound.applies(unmet) => Verdict::NotApplicable,
            None => Verdict::Untested,
            Some(value) if bound.is_lower() => Verdict::of_bound(value, simulated),
            Some(value) => Verdict::of_value(value, tail),
        };
        RateClaim {
            bound,
            value,
            verdict,
            simulated,
            ratio: step.and_then(|step| Some(1.0 - step * value?)),
            tolerance: match bound.is_lower() {
                true => simulated.map(Verdict::tolerance_of_bound),
                false => value.and(tail).map(|(_, error)| error),
            },
            unmet: bound.lacks(unmet),
        }
    };
    let bounds = THEOREM4.iter().filter(|bound| bound.speaks_of(unmet));
    bounds.map(claim).collect()
}
