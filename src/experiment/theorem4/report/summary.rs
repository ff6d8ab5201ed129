//! `summary.json`.

use crate::experiment::theorem4::Theorem4;
use crate::experiment::theorem4::{Measured, Outcome, RateClaim};
use crate::experiment::two_layer::settings::Overlap;
use crate::integrate::RunEnd;
use crate::measure::Fit;
use crate::output::Provenance;
use crate::theory::Verdict;
use crate::theory::assumption3::Assumption3;
use serde::Serialize;
use std::collections::BTreeMap;

/// All figures of a run. Numbers that are not finite are `null`.
#[derive(Serialize)]
pub struct Summary<'a> {
    experiment: &'static str,
    /// With everything that was "auto" filled in.
    scenario: &'a Theorem4,
    provenance: &'a Provenance,
    assumption: &'a Assumption3,
    premises_not_met: &'a [String],
    rates: BTreeMap<&'static str, Rate>,
    simulated: Simulated,
    #[serde(skip_serializing_if = "Option::is_none")]
    gradient_descent: Option<GradientDescent>,
    energy: Energy,
    #[serde(skip_serializing_if = "Option::is_none")]
    monte_carlo: Option<MonteCarlo>,
    run: Run<'a>,
}

#[derive(Serialize)]
struct Rate {
    value: Option<f64>,
    verdict: Verdict,
    /// The simulated rate that the verdict rests on.
    simulated: Option<f64>,
    /// 1 − ηλ, for gradient descent.
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
}

#[derive(Serialize)]
struct Simulated {
    worst: Option<f64>,
    worst_tan: Option<f64>,
    worst_sin: Option<f64>,
    worst_time: Option<f64>,
    fitted: Option<f64>,
    fitted_se: Option<f64>,
    largest_angle_fitted: Option<f64>,
    largest_angle_fitted_se: Option<f64>,
    final_angle: f64,
    noise_floor: f64,
}

#[derive(Serialize)]
struct GradientDescent {
    step: f64,
    largest_ratio: f64,
    largest_ratio_tan: f64,
}

#[derive(Serialize)]
struct Energy {
    loss_start: Option<f64>,
    loss_end: Option<f64>,
    /// Largest rise from one output time to the next, relative to the loss at the start.
    largest_rise: f64,
    /// Largest |ℓ(t) − ℓ(0) + ∫(‖Ẇ‖² + ‖V̇‖²)dt|, relative to the loss at the start.
    balance_residual: f64,
}

#[derive(Serialize)]
struct MonteCarlo {
    samples: u64,
    replicas: usize,
    exact: Option<Simulated>,
}

#[derive(Serialize)]
struct Run<'a> {
    reason: String,
    end: &'a RunEnd,
    advice: Option<&'static str>,
    steps: u64,
    evaluations: u64,
    seconds: f64,
    asymptotic_problem: Option<&'a str>,
}

impl<'a> Summary<'a> {
    /// Of an outcome.
    pub fn new(outcome: &'a Outcome, provenance: &'a Provenance) -> Self {
        let trajectory = &outcome.primary.trajectory;
        let loss = |row: Option<&crate::measure::Row>| row.map(|row| row.snapshot.loss);
        Self {
            experiment: "theorem4",
            scenario: &outcome.scenario,
            provenance,
            assumption: &outcome.assumption,
            premises_not_met: &outcome.premises_not_met,
            rates: outcome
                .claims
                .iter()
                .map(|claim| (claim.name, Rate::from(claim)))
                .collect(),
            simulated: Simulated::new(&outcome.measured, outcome.floor),
            gradient_descent: outcome
                .measured
                .gradient_descent
                .map(|claim| GradientDescent {
                    step: claim.step,
                    largest_ratio: claim.largest_ratio,
                    largest_ratio_tan: claim.largest_ratio_tan,
                }),
            energy: Energy {
                loss_start: loss(trajectory.rows.first()),
                loss_end: loss(trajectory.rows.last()),
                largest_rise: trajectory.largest_rise(),
                balance_residual: trajectory.energy_residual(),
            },
            monte_carlo: match &outcome.scenario.overlap {
                Overlap::Exact => None,
                Overlap::MonteCarlo(sampling) => Some(MonteCarlo {
                    samples: sampling.samples,
                    replicas: 1 + outcome.replicas.len(),
                    exact: outcome
                        .measured_exact
                        .as_ref()
                        .map(|measured| Simulated::new(measured, outcome.floor)),
                }),
            },
            run: Run {
                reason: outcome.primary.end.to_string(),
                end: &outcome.primary.end,
                advice: outcome.primary.end.advice(),
                steps: outcome.primary.steps,
                evaluations: outcome.primary.evaluations,
                seconds: outcome.seconds,
                asymptotic_problem: outcome.asymptotic_problem.as_deref(),
            },
        }
    }
}

impl From<&RateClaim> for Rate {
    fn from(claim: &RateClaim) -> Self {
        Self {
            value: claim.value,
            verdict: claim.verdict,
            simulated: claim.simulated,
            ratio: claim.ratio,
        }
    }
}

impl Simulated {
    fn new(measured: &Measured, noise_floor: f64) -> Self {
        let rate = |fit: Option<Fit>| fit.map(|fit| fit.rate);
        let error = |fit: Option<Fit>| fit.map(|fit| fit.standard_error);
        Self {
            worst: measured.worst.map(|worst| worst.theta),
            worst_tan: measured.worst.map(|worst| worst.tan_half),
            worst_sin: measured.worst.map(|worst| worst.sin),
            worst_time: measured.worst.map(|worst| worst.time),
            fitted: rate(measured.fitted()),
            fitted_se: error(measured.fitted()),
            largest_angle_fitted: rate(measured.largest_angle),
            largest_angle_fitted_se: error(measured.largest_angle),
            final_angle: measured.final_angle,
            noise_floor,
        }
    }
}
