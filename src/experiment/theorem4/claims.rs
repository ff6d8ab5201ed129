//! What a run measured, and what that says of each claimed rate.

use super::setup::Setup;
use super::simulation::Simulation;
use crate::measure::{Fit, WorstRate, fit_decay, worst_rate};
use crate::theory::Verdict;
use crate::theory::theorem4::Measure;

/// Every rate that is claimed: four lower bounds, and the exact asymptotic one.
pub const RATES: [&str; 5] = ["printed", "printed_d0", "derived", "sharp", "exact"];

/// What was read off one run.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The smallest instantaneous rate; `None` if no row lies above the rate floor.
    pub worst: Option<WorstRate>,
    /// The tail of the slowest mode's amplitude, where that mode is known and its tail long enough.
    pub slowest_mode: Option<Fit>,
    /// The tail of the largest angle: a mixture of modes while those near the slowest have not faded.
    pub largest_angle: Option<Fit>,
    /// The last largest angle.
    pub final_angle: f64,
    /// For gradient descent.
    pub gradient_descent: Option<GradientDescentClaim>,
}

impl Measured {
    /// The slowest mode's tail, or the largest angle's where there is none.
    pub fn fitted(&self) -> Option<Fit> {
        self.slowest_mode.or(self.largest_angle)
    }
}

/// Gradient descent of step η: the largest factor per step, and the rate (1 − factor)/η that it stands for.
#[derive(Clone, Copy, Debug)]
pub struct GradientDescentClaim {
    /// η
    pub step: f64,
    /// max θ_{k+1}/θ_k
    pub largest_ratio: f64,
    /// max tan(θ_{k+1}/2)/tan(θ_k/2)
    pub largest_ratio_tan: f64,
}

/// A rate with its verdict.
#[derive(Clone, Debug)]
pub struct RateClaim {
    /// As in `summary.json`.
    pub name: &'static str,
    /// λ; `None` if it could not be computed.
    pub value: Option<f64>,
    /// From this run.
    pub verdict: Verdict,
    /// What it was judged by.
    pub simulated: Option<f64>,
    /// For gradient descent: 1 − ηλ.
    pub ratio: Option<f64>,
}

/// Reads off a run whatever can be.
pub fn measure(simulation: &Simulation, setup: &Setup) -> Measured {
    let trajectory = &simulation.trajectory;
    let floor = setup.floor(&simulation.method);
    let angles: Vec<(f64, f64)> = trajectory.largest_angles().collect();
    let amplitudes: Vec<(f64, f64)> = trajectory.slowest_mode().collect();
    let largest_angle = fit_decay(&angles, floor);
    Measured {
        worst: worst_rate(trajectory, setup.rate_floor()),
        slowest_mode: fit_decay(&amplitudes, floor),
        largest_angle,
        final_angle: angles.last().map_or(f64::NAN, |&(_, angle)| angle),
        gradient_descent: simulation.method.learning_rate().and_then(|step| {
            let ratio = simulation.largest_ratio?;
            Some(GradientDescentClaim {
                step,
                largest_ratio: ratio.theta,
                largest_ratio_tan: ratio.tan_half,
            })
        }),
    }
}

/// Judges every rate.
pub fn judge(setup: &Setup, measured: &Measured) -> Vec<RateClaim> {
    let step = measured.gradient_descent.map(|claim| claim.step);
    let mut claims: Vec<RateClaim> = setup
        .bounds()
        .into_iter()
        .map(|(name, value, measure)| {
            let simulated = match (measured.gradient_descent, measure) {
                (Some(claim), Measure::Theta) => Some((1.0 - claim.largest_ratio) / claim.step),
                (Some(claim), Measure::TanHalf) => {
                    Some((1.0 - claim.largest_ratio_tan) / claim.step)
                }
                (None, Measure::Theta) => measured.worst.map(|worst| worst.theta),
                (None, Measure::TanHalf) => measured.worst.map(|worst| worst.tan_half),
            };
            RateClaim {
                name,
                value: Some(value),
                verdict: Verdict::of_bound(value, simulated),
                simulated,
                ratio: step.map(|step| 1.0 - step * value),
            }
        })
        .collect();

    let exact = setup.asymptotic.as_ref().map(|exact| exact.rate);
    // A factor 1 − ηλ per step shows as the rate −ln(1 − ηλ)/η in time.
    let undiscretized = |rate: f64| step.map_or(rate, |step| (1.0 - (-step * rate).exp()) / step);
    // A mixture of modes is no measure of the slowest one.
    let tail = measured
        .slowest_mode
        .map(|fit| (undiscretized(fit.rate), 3.0 * fit.standard_error));
    claims.push(RateClaim {
        name: "exact",
        value: exact,
        verdict: exact.map_or(Verdict::Untested, |exact| Verdict::of_value(exact, tail)),
        simulated: tail.map(|(rate, _)| rate),
        ratio: step.and_then(|step| Some(1.0 - step * exact?)),
    });
    claims
}
