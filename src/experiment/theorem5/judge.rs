//! What the run says of the certificate and of the three limits.

use super::recorder::Row;
use super::setup::Setup;
use crate::bound::{Premise, THEOREM5};
use crate::flow::StateLayout;
use crate::integrate::Method;
use crate::measure::{Fit, fit_decay};
use crate::network::Layer;
use crate::overlap::{ExactGaussian, HalfAngle};
use crate::theory::certificate::Certificate;
use crate::theory::{JointRate, Verdict};
use ndarray::{Array1, Array2, s};
use ndarray_linalg::{EigValsh, UPLO};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Names of the three limits: W_u → W*, V_u → V*, V_r → 0.
pub const PARTS: [&str; 3] = ["w_u", "v_u", "v_r"];

/// Rounding in z(t) beside e^{Mt} z(0), relative.
const SLACK: f64 = 1e-9;

/// The integrator's error in z, in units of the floor: the floor is where it is a tenth of what is left. A single
/// node's certificate is exact, so that z(t) = e^{Mt} z(0) up to this error.
const RESOLVED: f64 = 0.1;

/// What the integrator may do to the weighted norm from one output time to the next, relative to the rate.
const WEIGHTED: f64 = 1e-3;

/// A student node this near to a teacher node has come to it.
const NEAR: f64 = 0.1;

/// A fan-out norm above this is not zero.
const ALIVE: f64 = 1e-3;

/// z(t) ≤ e^{Mt} z(0), entry by entry.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// Largest z_i(t)/(e^{Mt} z(0))_i where z_i is above the floor.
    pub largest_ratio: f64,
    /// Largest angle by which a node of W_r turned.
    pub turned: f64,
    /// Smallest rate, from one output time to the next, at which the weighted norm max_i z_i/p_i fell; `None` if
    /// it was never above the floor.
    pub weighted_rate: Option<f64>,
    /// Whether the bounds, the drift and the weighted rate all held.
    pub holds: bool,
    /// The bound on the largest θ, e of u and ‖v‖ of r at each time.
    #[serde(skip)]
    pub envelope: Vec<(f64, [f64; 3])>,
}

impl Check {
    /// What a run says of its certificate: vacuous where there is none, not applicable where its premises are not met.
    pub fn verdict(check: Option<&Self>, unmet: &[Premise]) -> Verdict {
        match check {
            _ if !THEOREM5.iter().all(|bound| bound.applies(unmet)) => Verdict::NotApplicable,
            Some(check) if check.holds => Verdict::Holds,
            Some(_) => Verdict::Violated,
            None => Verdict::Vacuous,
        }
    }
}

/// Limits by their names.
pub(super) fn by_name<S: Serializer>(parts: &[PartClaim; 3], to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(parts.len()))?;
    for part in parts {
        map.serialize_entry(part.name, part)?;
    }
    map.end()
}

/// One of W_u → W*, V_u → V*, V_r → 0.
#[derive(Clone, Debug, Serialize)]
pub struct PartClaim {
    /// As in `summary.json`.
    #[serde(skip)]
    pub name: &'static str,
    /// Its largest error at the end.
    #[serde(rename = "final")]
    pub last: f64,
    /// The rate of its tail.
    pub fitted: Option<Fit>,
    /// Against the certified envelope and rate.
    pub verdict: Verdict,
}

/// Gradient descent with step η: the largest factor of the weighted norm in a step, against 1 − ηλ.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct DescentClaim {
    /// η
    pub step: f64,
    /// max over steps of ‖z_{k+1}‖_p/‖z_k‖_p
    pub largest_ratio: f64,
    /// 1 − ηλ with the certified rate λ
    pub bound: f64,
    /// Whether the factor was at most the bound. The certificate is one of the flow: a step of finite length is not proved.
    pub verdict: Verdict,
}

/// The gradient-descent form of the claim, where the run is one of gradient descent.
pub fn descent(
    method: &Method,
    certificate: Option<&Certificate>,
    largest_ratio: Option<f64>,
) -> Option<DescentClaim> {
    let (step, certificate) = (method.learning_rate()?, certificate?);
    let largest_ratio = largest_ratio?;
    let simulated = (1.0 - largest_ratio) / step;
    Some(DescentClaim {
        step,
        largest_ratio,
        bound: 1.0 - step * certificate.rate,
        verdict: Verdict::of_bound(certificate.rate, Some(simulated)),
    })
}

/// A teacher node with more than one student node.
#[derive(Clone, Debug, Serialize)]
pub struct Shared {
    /// j°, from 1.
    pub teacher: usize,
    /// Student nodes within 0.1 of it whose fan-out has not vanished, from 1.
    pub students: Vec<usize>,
}

/// Compares the run with its certificate.
pub fn check(certificate: &Certificate, rows: &[Row], floor: f64) -> Check {
    let m = rows[0].angles.len();
    let mut bound: Array1<f64> = rows[0].errors().collect();
    let mut time = 0.0;
    let mut step = (0.0, Array2::eye(bound.len()));
    let mut exceeded = false;
    let mut found = Check {
        largest_ratio: 0.0,
        turned: 0.0,
        weighted_rate: None,
        holds: true,
        envelope: Vec::new(),
    };
    for row in rows {
        let elapsed = row.time - time;
        if elapsed > 0.0 {
            // Output times are equally spaced up to rounding: one propagator serves them all.
            if (elapsed - step.0).abs() > 1e-9 * elapsed {
                step = (elapsed, certificate.propagator(elapsed));
            }
            bound = step.1.dot(&bound);
            time = row.time;
        }
        for (z, bound) in row.errors().zip(&bound) {
            if z > floor {
                found.largest_ratio = found.largest_ratio.max(z / bound);
                exceeded |= z - RESOLVED * floor > bound * (1.0 + SLACK);
            }
        }
        found.turned = row.turned.iter().copied().fold(found.turned, f64::max);
        let largest = |range: std::ops::Range<usize>| {
            bound.slice(s![range]).iter().copied().fold(0.0, f64::max)
        };
        let parts = [
            largest(0..m),
            largest(m..2 * m),
            largest(2 * m..bound.len()),
        ];
        found.envelope.push((row.time, parts));
    }
    let norm = |row: &Row| {
        row.errors()
            .zip(&certificate.weights)
            .map(|(z, p)| z / p)
            .fold(0.0, f64::max)
    };
    // Above the floor in every entry: below it the norm is that of noise.
    let noise = floor
        / certificate
            .weights
            .iter()
            .copied()
            .fold(f64::INFINITY, f64::min);
    let norms: Vec<(f64, f64)> = rows.iter().map(|row| (row.time, norm(row))).collect();
    found.weighted_rate = norms
        .windows(2)
        .filter(|pair| pair[1].1 > 10.0 * noise)
        .map(|pair| (pair[0].1 / pair[1].1).ln() / (pair[1].0 - pair[0].0))
        .reduce(f64::min);
    let slower = found
        .weighted_rate
        .is_some_and(|rate| rate < certificate.rate * (1.0 - WEIGHTED));
    found.holds = !exceeded && found.turned <= certificate.drift + floor && !slower;
    found
}

/// The three limits with their verdicts: `holds` if the run kept to the certificate. (The tail of a single part may for
/// a while fall more slowly than the certified rate, which is that of the weighted norm: modes of opposite sign cancel.)
pub fn parts(verdict: Verdict, rows: &[Row], floor: f64) -> [PartClaim; 3] {
    let mut index = 0;
    PARTS.map(|name| {
        let part = index;
        index += 1;
        let points: Vec<(f64, f64)> = rows
            .iter()
            .map(|row| (row.time, row.largest()[part]))
            .collect();
        let fitted = fit_decay(&points, floor);
        PartClaim {
            name,
            last: points[points.len() - 1].1,
            fitted,
            verdict,
        }
    })
}

/// The last state of a run.
pub struct LastState {
    /// W, k × n
    weights: Array2<f64>,
    fan_out_norms: Vec<f64>,
    threshold: f64,
}

impl LastState {
    pub fn of(setup: &Setup, layout: StateLayout, state: &[f64]) -> Self {
        let fan_out = layout.fan_out(state);
        Self {
            weights: layout.weights(state).t().to_owned(),
            fan_out_norms: fan_out
                .rows()
                .into_iter()
                .map(|v| v.dot(&v).sqrt())
                .collect(),
            threshold: setup.threshold,
        }
    }

    /// λ_min(L) for N(0, I); NaN if it cannot be had.
    pub fn smallest_l(&self) -> f64 {
        let layer = Layer::with_threshold(self.weights.clone(), self.threshold);
        let l = ExactGaussian::new().activation_overlap(layer.view());
        l.eigvalsh(UPLO::Lower)
            .map_or(f64::NAN, |spectrum| spectrum[0])
    }

    /// Spectra at W = [W*, W_r] with W_r as it is now.
    pub fn joint_rate(&self, setup: &Setup) -> Result<JointRate, String> {
        let m = setup.network.teacher.weights.ncols();
        let mut weights = self.weights.clone();
        weights
            .slice_mut(s![.., ..m])
            .assign(&setup.network.teacher.weights);
        JointRate::at_limit(&setup.network, weights).map_err(|error| error.to_string())
    }

    /// Teacher nodes that more than one living student node has come to.
    pub fn shared(&self, setup: &Setup) -> Vec<Shared> {
        let alive: Vec<usize> = (0..self.fan_out_norms.len())
            .filter(|&j| self.fan_out_norms[j] > ALIVE)
            .collect();
        let teacher = setup
            .network
            .teacher
            .weights
            .columns()
            .into_iter()
            .enumerate();
        teacher
            .map(|(teacher, target)| {
                let near = |j: &usize| {
                    HalfAngle::between_units(self.weights.column(*j), target).radians() < NEAR
                };
                let students = alive.iter().copied().filter(near);
                Shared {
                    teacher: teacher + 1,
                    students: students.map(|j| j + 1).collect(),
                }
            })
            .filter(|shared: &Shared| shared.students.len() > 1)
            .collect()
    }
}
