//! z(t) ≤ e^{Mt} z(0): what the comparison certificate promises of whole trajectories.

use super::recorder::Row;
use crate::theory::Verdict;
use crate::theory::certificate::Certificate;
use ndarray::{Array1, Array2, s};
use serde::Serialize;

/// Rounding in z(t) beside e^{Mt} z(0), relative.
const SLACK: f64 = 1e-9;

/// The floor is where the integrator's error is a tenth of what is left, if its tolerance is kept.
const RESOLVED: f64 = 0.1;

/// z(t) ≤ e^{Mt} z(0), entry by entry, after t = 0, where it is an equality.
#[derive(Clone, Debug, Serialize)]
pub struct Envelope {
    /// Largest z_i(t)/(e^{Mt} z(0))_i over t > 0 where z_i is above the floor; `None` if it never was.
    pub largest_ratio: Option<f64>,
    /// Largest angle by which a node of W_r turned.
    pub turned: f64,
    /// A bound on the integrator's error in any z_i: a tenth of the floor, or how far a run is at a tolerance a hundred times looser.
    pub integration_error: f64,
    /// Whether there was such a run.
    pub repeated: bool,
    /// *Undecided* where z is above its bound by less than the integrator's error.
    pub verdict: Verdict,
    /// The bound on the largest θ, e of u and ‖v‖ of r at each time.
    #[serde(skip)]
    pub over_time: Vec<(f64, [f64; 3])>,
}

/// How far two runs of one problem are apart: the largest difference of any z_i at common times.
pub fn distance(rows: &[Row], others: &[Row]) -> f64 {
    let pairs = rows.iter().zip(others);
    let of_row = |(a, b): (&Row, &Row)| {
        let pairs = a.errors().zip(b.errors());
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    pairs.map(of_row).fold(0.0, f64::max)
}

impl Envelope {
    /// Compares a run with its certificate. `looser` is how far it is from the run at the looser tolerance.
    pub fn of(certificate: &Certificate, rows: &[Row], floor: f64, looser: Option<f64>) -> Self {
        // Where stability and not accuracy bounds the steps, errors do not scale with the tolerance: nothing less is safe.
        let integration_error = looser.unwrap_or(0.0).max(RESOLVED * floor);
        let mut found = Self {
            largest_ratio: None,
            turned: 0.0,
            integration_error,
            repeated: looser.is_some(),
            verdict: Verdict::Untested,
            over_time: Vec::with_capacity(rows.len()),
        };
        let mut exceeded: f64 = 0.0;
        for (row, bound) in rows.iter().zip(bounds(certificate, rows)) {
            if row.time > 0.0 {
                for (z, bound) in row.errors().zip(&bound).filter(|(z, _)| *z > floor) {
                    let largest = found.largest_ratio.get_or_insert(0.0);
                    *largest = largest.max(z / bound);
                    exceeded = exceeded.max(z - bound * (1.0 + SLACK));
                }
            }
            found.turned = row.turned.iter().copied().fold(found.turned, f64::max);
            found.over_time.push((row.time, largest_parts(&bound, row.motion.nodes)));
        }
        exceeded = exceeded.max(found.turned - certificate.drift - SLACK);
        found.verdict = match found.largest_ratio {
            None => Verdict::Untested,
            Some(_) if exceeded <= 0.0 => Verdict::Holds,
            Some(_) if exceeded <= integration_error => Verdict::Undecided,
            Some(_) => Verdict::Violated,
        };
        found
    }
}

/// e^{Mt} z(0) at the time of each row.
fn bounds(certificate: &Certificate, rows: &[Row]) -> Vec<Array1<f64>> {
    let mut bound: Array1<f64> = rows[0].errors().collect();
    let mut time = 0.0;
    let mut step = (0.0, Array2::eye(bound.len()));
    let of_row = |row: &Row| {
        let elapsed = row.time - time;
        if elapsed > 0.0 {
            // Output times are equally spaced up to rounding: one propagator serves them all.
            if (elapsed - step.0).abs() > 1e-9 * elapsed {
                step = (elapsed, certificate.propagator(elapsed));
            }
            bound = step.1.dot(&bound);
            time = row.time;
        }
        bound.clone()
    };
    rows.iter().map(of_row).collect()
}

/// The largest entries of θ and e of u, and of ‖v‖ of r.
fn largest_parts(z: &Array1<f64>, m: usize) -> [f64; 3] {
    [0..m, m..2 * m, 2 * m..z.len()].map(|part| z.slice(s![part]).iter().copied().fold(0.0, f64::max))
}
