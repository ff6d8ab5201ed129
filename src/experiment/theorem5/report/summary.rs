//! `summary.json`.

use crate::experiment::theorem5::Theorem5;
use crate::experiment::theorem5::{Outcome, PartClaim};
use crate::integrate::RunEnd;
use crate::output::Provenance;
use crate::theory::Verdict;
use serde::Serialize;
use std::collections::BTreeMap;

/// All figures of a run. Numbers that are not finite are `null`.
#[derive(Serialize)]
pub struct Summary<'a> {
    experiment: &'static str,
    scenario: &'a Theorem5,
    provenance: &'a Provenance,
    threshold: f64,
    premises_not_met: &'a [String],
    certificate: CertificateFigures,
    rates: Rates<'a>,
    simulated: BTreeMap<&'static str, Part>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gradient_descent: Option<Descent>,
    #[serde(rename = "lambda_min_L")]
    lambda_min_l: f64,
    shared: Vec<Shared>,
    energy_residual: f64,
    run: Run<'a>,
}

#[derive(Serialize)]
struct CertificateFigures {
    /// λ̄γ; `null` if there is no certificate for this start.
    rate: Option<f64>,
    /// Whether z(t) ≤ e^{Mt} z(0) held along the run; `null` without a certificate.
    holds: Option<bool>,
    largest_ratio: Option<f64>,
    w_margin: Option<f64>,
    v_margin: Option<f64>,
    /// The smallest rate at which the weighted norm of the errors fell.
    weighted_rate: Option<f64>,
    /// The largest angle by which a node of W_r may turn, and by which one did.
    drift: Option<f64>,
    turned: Option<f64>,
    /// The largest θ₀ = e₀ = v₀ that is certified for this teacher and W_r.
    theta0_max: f64,
}

#[derive(Serialize)]
struct Rates<'a> {
    certified: Option<f64>,
    /// The slowest rate of the flow linearised at the limit, neutral directions set aside.
    exact: Option<f64>,
    exact_problem: Option<&'a str>,
    #[serde(rename = "lambda_min_L_at_limit")]
    lambda_min_l_at_limit: Option<f64>,
    neutral_directions: Option<usize>,
    neutral_directions_expected: Option<usize>,
    unknowns: Option<usize>,
}

#[derive(Serialize)]
struct Descent {
    step: f64,
    largest_ratio: f64,
    bound: f64,
    verdict: Verdict,
}

#[derive(Serialize)]
struct Part {
    #[serde(rename = "final")]
    last: f64,
    fitted: Option<f64>,
    fitted_se: Option<f64>,
    verdict: Verdict,
}

/// Nodes counted from 1, as in the plots.
#[derive(Serialize)]
struct Shared {
    teacher: usize,
    students: Vec<usize>,
}

#[derive(Serialize)]
struct Run<'a> {
    reason: String,
    end: &'a RunEnd,
    advice: Option<&'static str>,
    steps: u64,
    evaluations: u64,
    seconds: f64,
    noise_floor: f64,
}

impl<'a> Summary<'a> {
    /// Of an outcome.
    pub fn new(outcome: &'a Outcome, provenance: &'a Provenance) -> Self {
        let certificate = outcome.certificate.as_ref();
        let check = outcome.check.as_ref();
        let joint = outcome.joint.as_ref().ok();
        Self {
            experiment: "theorem5",
            scenario: &outcome.scenario,
            provenance,
            threshold: outcome.threshold,
            premises_not_met: &outcome.premises_not_met,
            certificate: CertificateFigures {
                rate: certificate.map(|c| c.rate),
                holds: check.map(|check| check.holds),
                largest_ratio: check.map(|check| check.largest_ratio),
                w_margin: certificate.map(|c| c.w_margin),
                v_margin: certificate.map(|c| c.v_margin),
                weighted_rate: check.and_then(|check| check.weighted_rate),
                drift: certificate.map(|c| c.drift),
                turned: check.map(|check| check.turned),
                theta0_max: outcome.largest_scale,
            },
            rates: Rates {
                certified: certificate.map(|c| c.rate),
                exact: joint.and_then(|joint| joint.slowest),
                exact_problem: outcome.joint.as_ref().err().map(String::as_str),
                lambda_min_l_at_limit: joint.map(|joint| joint.smallest_l()),
                neutral_directions: joint.map(|joint| joint.neutral),
                neutral_directions_expected: joint.map(|joint| joint.neutral_expected),
                unknowns: joint.map(|joint| joint.unknowns),
            },
            simulated: outcome
                .parts
                .iter()
                .map(|part| (part.name, Part::from(part)))
                .collect(),
            gradient_descent: outcome.gradient_descent.map(|claim| Descent {
                step: claim.step,
                largest_ratio: claim.largest_ratio,
                bound: claim.bound,
                verdict: claim.verdict,
            }),
            lambda_min_l: outcome.final_smallest_l,
            shared: outcome
                .shared
                .iter()
                .map(|shared| Shared {
                    teacher: shared.teacher + 1,
                    students: shared.students.iter().map(|student| student + 1).collect(),
                })
                .collect(),
            energy_residual: outcome.energy_residual(),
            run: Run {
                reason: outcome.end.to_string(),
                end: &outcome.end,
                advice: outcome.end.advice(),
                steps: outcome.steps,
                evaluations: outcome.evaluations,
                seconds: outcome.seconds,
                noise_floor: outcome.floor,
            },
        }
    }
}

impl From<&PartClaim> for Part {
    fn from(part: &PartClaim) -> Self {
        Self {
            last: part.last,
            fitted: part.fitted.map(|fit| fit.rate),
            fitted_se: part.fitted.map(|fit| fit.standard_error),
            verdict: part.verdict,
        }
    }
}
