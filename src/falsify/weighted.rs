//! Against a rate of the weighted norm max_i z_i/p_i for Theorem 5's flow.

use super::distance::chord;
use super::joint::joined;
use super::pull::Target;
use super::turned::Turned;
use super::within::Within;
use super::{Found, Search, State, States};
use crate::theory::certificate::Problem;

/// The smallest −d/dt log max_i z_i/p_i over `claimed`, over all states of a set, with one of them where it is attained.
///
/// `weights`: p, m + n. Each entry in turn is the largest: angles of u, then errors of V. The set's radius and drift are not looked at.
pub fn weighted(problem: &Problem, within: &Within, (weights, claimed): (&[f64], f64), search: &Search) -> Found {
    let target = &Target::joint(problem);
    let sets = (0..weights.len()).map(|entry| Set::new(target, within, (weights, claimed), entry));
    let sets = sets.filter(|set| set.limits[set.entry] != 0.0);
    search.slowest(target, sets)
}

/// States at which one entry of z/p is the largest.
pub(super) struct Set<'a> {
    target: &'a Target,
    claimed: f64,
    /// Largest angles, then errors.
    limits: Vec<f64>,
    /// |w − w(0)|² of W_r, the largest.
    turns: Vec<f64>,
    /// p_i over that of the entry.
    weights: Vec<f64>,
    entry: usize,
    /// One for the entry, zero for all others: m nodes, then n errors.
    rows: [Vec<f64>; 2],
}

/// z from shares in [0, 1), and its derivatives.
struct Errors {
    z: Vec<f64>,
    /// What each share is multiplied by.
    limits: Vec<f64>,
    /// dz_i by that of the largest entry.
    in_entry: Vec<f64>,
}

impl<'a> Set<'a> {
    pub fn new(target: &'a Target, within: &Within, (weights, claimed): (&[f64], f64), entry: usize) -> Self {
        let [m, n] = target.nodes();
        let only = |row: usize| f64::from(u8::from(row == entry));
        Self {
            target,
            claimed,
            limits: joined(&within.angles, &within.errors),
            turns: within.turns.iter().map(|turn| chord(*turn)).collect(),
            weights: weights.iter().map(|p| p / weights[entry]).collect(),
            entry,
            rows: [(0..m).map(only).collect(), (m..m + n).map(only).collect()],
        }
    }

    /// The largest entry is its limit times its share; the others are as large as that one and their own limits let them be, times theirs.
    fn errors(&self, shares: &[f64]) -> Errors {
        let largest = self.limits[self.entry] * shares[self.entry];
        let mut errors = Errors {
            z: Vec::with_capacity(shares.len()),
            limits: Vec::with_capacity(shares.len()),
            in_entry: Vec::with_capacity(shares.len()),
        };
        for (i, share) in shares.iter().enumerate() {
            let beside = self.weights[i] * largest;
            let (limit, slope) = match beside < self.limits[i] {
                _ if i == self.entry => (self.limits[i], 1.0),
                true => (beside, self.weights[i] * share),
                false => (self.limits[i], 0.0),
            };
            errors.z.push(limit * share);
            errors.limits.push(limit);
            errors.in_entry.push(slope);
        }
        errors
    }

    /// Squares of chords of all nodes, and squares of V's errors.
    fn squares(&self, z: &[f64], turned: &Turned) -> [Vec<f64>; 2] {
        let [m, _] = self.target.nodes();
        let (angles, errors) = z.split_at(m);
        let of_extra = turned.shares[m..].iter().zip(&self.turns);
        let of_extra: Vec<f64> = of_extra.map(|(share, largest)| share * largest).collect();
        let of_u: Vec<f64> = angles.iter().map(|angle| chord(*angle)).collect();
        [joined(&of_u, &of_extra), errors.iter().map(|e| e * e).collect()]
    }
}

impl States for Set<'_> {
    fn rate(&self, numbers: &[f64], gradient: &mut [f64]) -> f64 {
        let ([m, _], entry) = (self.target.nodes(), self.entry);
        let (turned, spread) = self.target.parts(numbers);
        let shares = joined(&turned.shares[..m], &spread.shares);
        if shares[entry] < super::SMALLEST {
            return f64::INFINITY;
        }
        let errors = self.errors(&shares);
        let [of_nodes, of_v] = self.squares(&errors.z, &turned);
        let w = turned.weights(&of_nodes);
        let v = spread.around(&self.target.fan_out, &of_v);
        let (pull, slopes) = self.target.pull(&w, &v, &self.rows[0], &self.rows[1]);
        let largest = errors.z[entry];
        // p·g = sin θ (−dθ/dt); −ε·dv/dt = e (−de/dt).
        let (unit, log_slope) = match entry < m {
            true => (largest.sin() * largest, 1.0 / largest.tan() + 1.0 / largest),
            false => (largest * largest, 2.0 / largest),
        };
        let value = pull / (unit * self.claimed);
        let in_w = slopes.weights / (unit * self.claimed);
        let in_v = slopes.fan_out / (unit * self.claimed);
        let in_nodes = turned.in_squares(&of_nodes, in_w.view());
        let in_errors = spread.in_squares(&of_v, in_v.view());
        let both = errors.z.iter().zip(in_nodes[..m].iter().chain(&in_errors)).enumerate();
        // d chord/dθ = 2 sin θ, de²/de = 2e.
        let mut in_z: Vec<f64> = both.map(|(i, (z, slope))| 2.0 * slope * if i < m { z.sin() } else { *z }).collect();
        in_z[entry] -= value * log_slope;
        let along: f64 = in_z.iter().zip(&errors.in_entry).map(|(a, b)| a * b).sum();
        let mut in_shares: Vec<f64> = in_z.iter().zip(&errors.limits).map(|(a, b)| a * b).collect();
        in_shares[entry] = along * errors.limits[entry];
        let of_extra = in_nodes[m..].iter().zip(&self.turns);
        let of_extra: Vec<f64> = of_extra.map(|(slope, largest)| slope * largest).collect();
        let of_turned = joined(&in_shares[..m], &of_extra);
        let (to_weights, to_errors) = gradient.split_at_mut(in_w.len());
        turned.in_numbers(&of_nodes, in_w.view(), &of_turned, to_weights);
        spread.in_numbers(&of_v, in_v.view(), &in_shares[m..], to_errors);
        value
    }

    fn state(&self, numbers: &[f64]) -> State {
        let [m, _] = self.target.nodes();
        let (turned, spread) = self.target.parts(numbers);
        let shares = joined(&turned.shares[..m], &spread.shares);
        let [nodes, errors] = self.squares(&self.errors(&shares).z, &turned);
        (turned.weights(&nodes), Some(spread.around(&self.target.fan_out, &errors)))
    }
}
