//! The errors of a state and how they move, and the smallest rates at which their two norms fall along a run.

use crate::experiment::two_layer::turns::turns;
use crate::flow::StateLayout;
use crate::network::TwoLayer;
use ndarray::{Array1, ArrayView1};
use serde::Serialize;

/// An error above this knows its own rate to a part in a million: derivatives are rounded at 1e-15.
const RESOLVED: f64 = 1e-8;

/// Entries this near to the largest count as the largest: the norm falls as the slowest of them does.
const TIED: f64 = 1e-9;

/// The errors z of a state, and their derivatives.
#[derive(Clone, Debug)]
pub struct Motion {
    /// m: nodes of u.
    pub nodes: usize,
    /// θ_j for j ∈ u; ‖v_i − v*_i‖ for i ∈ u; ‖v_i‖ for i ∈ r.
    pub errors: Vec<f64>,
    /// d/dt of each.
    pub rates: Vec<f64>,
}

impl Motion {
    /// At a state, from its velocity. `start` has W\*, V\* and the numbers of nodes. O(n(k + C)).
    pub fn of(start: &TwoLayer, layout: StateLayout, y: &[f64], velocity: &[f64]) -> Self {
        let turns = turns(y, velocity, &start.teacher.weights);
        let (fan_out, moves) = (layout.fan_out(y), layout.fan_out(velocity));
        let fan_out = fan_out.rows().into_iter().zip(moves.rows()).enumerate();
        let m = start.teacher_fan_out.nrows();
        let of_fan_out = fan_out.map(|(i, (v, moves))| match i < m {
            true => length((&v - &start.teacher_fan_out.row(i)).view(), moves),
            false => length(v, moves),
        });
        let (errors, rates) = turns.chain(of_fan_out).unzip();
        Self {
            nodes: m,
            errors,
            rates,
        }
    }

    /// θ_j, j ∈ u.
    pub fn angles(&self) -> &[f64] {
        &self.errors[..self.nodes]
    }

    /// ‖v_i − v*_i‖ for i ∈ u, then ‖v_i‖ for i ∈ r.
    pub fn fan_out_errors(&self) -> &[f64] {
        &self.errors[self.nodes..]
    }

    /// E = √(Σ_u δ_j² + Σ_i |ε_i|²), δ_j = 2 sin(θ_j/2).
    pub fn distance(&self) -> f64 {
        let chords = self.angles().iter().map(|theta| 2.0 * (0.5 * theta).sin());
        let all = chords.chain(self.fan_out_errors().iter().copied());
        all.map(|error| error * error).sum::<f64>().sqrt()
    }

    /// −d ln E/dt
    pub fn distance_rate(&self) -> f64 {
        // d δ²/dt = 2 sin θ dθ/dt
        let sines = self.angles().iter().map(|theta| theta.sin());
        let halves = sines.chain(self.fan_out_errors().iter().copied());
        let moved: f64 = halves.zip(&self.rates).map(|(half, rate)| half * rate).sum();
        -moved / self.distance().powi(2)
    }

    /// −d ln max_i z_i/p_i /dt; `None` where that entry is not above `least`.
    fn weighted_rate(&self, weights: &Array1<f64>, least: f64) -> Option<f64> {
        let entries = || self.errors.iter().zip(weights).map(|(z, p)| z / p);
        let norm = entries().fold(0.0, f64::max);
        let largest = entries().zip(self.errors.iter().zip(&self.rates));
        let largest = largest.filter(|(entry, _)| *entry >= norm * (1.0 - TIED));
        let rates = largest.map(|(_, (&z, rate))| (z > least).then(|| -rate / z));
        let rates: Option<Vec<f64>> = rates.collect();
        rates?.into_iter().reduce(f64::min)
    }
}

/// ‖ε‖ and its derivative ε·v̇/‖ε‖; for ε = 0, where the norm has a kink, ‖v̇‖.
fn length(error: ArrayView1<f64>, moves: ArrayView1<f64>) -> (f64, f64) {
    let length = error.dot(&error).sqrt();
    let rate = match length == 0.0 {
        true => moves.dot(&moves).sqrt(),
        false => error.dot(&moves) / length,
    };
    (length, rate)
}

/// The smallest rates at which the two norms fell. Each is the derivative at a state, so that the integrator's error has no part in
/// it; `None` where no error was large enough to know its rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Rates {
    /// Of max_i z_i/p_i.
    pub weighted_norm: Option<f64>,
    /// Of √(Σ_u δ_j² + Σ_i |ε_i|²).
    pub joint_distance: Option<f64>,
}

/// Follows the smallest rates along a run.
pub struct Watched<'a> {
    /// p, of a certificate by the comparison matrix.
    weights: Option<&'a Array1<f64>>,
    least: f64,
    pub rates: Rates,
}

impl<'a> Watched<'a> {
    /// Of a run whose errors are not known below `floor`.
    pub fn new(weights: Option<&'a Array1<f64>>, floor: f64) -> Self {
        Self {
            weights,
            least: RESOLVED.max(10.0 * floor),
            rates: Rates::default(),
        }
    }

    /// Looks at one more state.
    pub fn look(&mut self, motion: &Motion) {
        let smaller = |known: &mut Option<f64>, rate: f64| {
            *known = Some(known.map_or(rate, |known| known.min(rate)));
        };
        let weighted = self.weights.and_then(|weights| motion.weighted_rate(weights, self.least));
        if let Some(rate) = weighted {
            smaller(&mut self.rates.weighted_norm, rate);
        }
        if motion.distance() > self.least {
            smaller(&mut self.rates.joint_distance, motion.distance_rate());
        }
    }
}
