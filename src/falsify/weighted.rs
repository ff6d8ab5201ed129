//! Against a rate of the weighted norm max_i z_i/p_i for Theorem 5's flow.

use super::distance::chord;
use super::joint::{Spread, joined, nominal, numbers};
use super::pull::{Curves, Target};
use super::turned::Turned;
use super::within::Within;
use super::{Found, Search};
use crate::theory::certificate::Problem;
use ndarray::{Array2, s};

/// The smallest −d/dt log max_i z_i/p_i over `claimed`, over all states of a set, with one of them where it is attained.
///
/// `weights`: p, m + n. Each entry in turn is the largest: angles of u, then errors of V. The set's radius and drift are not looked at.
pub fn weighted(problem: &Problem, within: &Within, (weights, claimed): (&[f64], f64), search: &Search) -> Found {
    let curves = Curves::new(problem.threshold);
    let (mut ratio, mut evaluations, mut state) = (f64::INFINITY, 0, None);
    for entry in 0..weights.len() {
        let set = Set::new(problem, within, weights, entry);
        if set.limits[entry] == 0.0 {
            continue;
        }
        let found = search.smallest(numbers(problem), set.rate(problem, &curves, claimed));
        evaluations += found.evaluations;
        if found.ratio < ratio {
            ratio = found.ratio;
            state = Some(set.state(problem, &found.numbers));
        }
    }
    Found::state(problem, ratio, evaluations, state)
}

/// States at which one entry of z/p is the largest.
pub(super) struct Set {
    nominal: Array2<f64>,
    /// Largest angles, then errors.
    limits: Vec<f64>,
    /// |w − w(0)|² of W_r, the largest.
    turns: Vec<f64>,
    /// p_i over that of the entry.
    weights: Vec<f64>,
    entry: usize,
    nodes: usize,
}

/// z from shares in [0, 1), and its derivatives.
struct Errors {
    z: Vec<f64>,
    /// What each share is multiplied by.
    limits: Vec<f64>,
    /// dz_i by that of the largest entry.
    in_entry: Vec<f64>,
}

impl Set {
    pub fn new(problem: &Problem, within: &Within, weights: &[f64], entry: usize) -> Self {
        Self {
            nominal: nominal(problem),
            limits: joined(&within.angles, &within.errors),
            turns: within.turns.iter().map(|turn| chord(*turn)).collect(),
            weights: weights.iter().map(|p| p / weights[entry]).collect(),
            entry,
            nodes: problem.teacher_nodes(),
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
        let (angles, errors) = z.split_at(self.nodes);
        let of_extra = turned.shares[self.nodes..].iter().zip(&self.turns);
        let of_extra: Vec<f64> = of_extra.map(|(share, largest)| share * largest).collect();
        let of_u: Vec<f64> = angles.iter().map(|angle| chord(*angle)).collect();
        [joined(&of_u, &of_extra), errors.iter().map(|e| e * e).collect()]
    }

    /// W, a node per row, and V.
    fn state(&self, problem: &Problem, numbers: &[f64]) -> (Array2<f64>, Array2<f64>) {
        let (turned, spread) = self.parts(numbers);
        let shares = joined(&turned.shares[..self.nodes], &spread.shares);
        let [nodes, errors] = self.squares(&self.errors(&shares).z, &turned);
        (turned.weights(&nodes), spread.around(&problem.teacher_fan_out, &errors))
    }

    fn parts(&self, numbers: &[f64]) -> (Turned<'_>, Spread) {
        let (of_weights, of_errors) = numbers.split_at(self.nominal.len());
        (Turned::new(self.nominal.view(), of_weights), Spread::new(of_errors, self.nominal.nrows()))
    }

    fn target<'a>(&'a self, problem: &'a Problem, curves: &'a Curves) -> Target<'a> {
        Target {
            curves,
            weights: self.nominal.slice(s![..self.nodes, ..]),
            fan_out: problem.teacher_fan_out.view(),
        }
    }

    /// The rate of the entry over `claimed` as a function of unbounded numbers that writes its gradient.
    pub fn rate<'a>(
        &'a self,
        problem: &'a Problem,
        curves: &'a Curves,
        claimed: f64,
    ) -> impl Fn(&[f64], &mut [f64]) -> f64 + use<'a> {
        let (m, n, entry) = (self.nodes, self.nominal.nrows(), self.entry);
        let only = |from: usize, to: usize| -> Vec<f64> {
            let rows = from..to;
            rows.map(|row| f64::from(u8::from(row == entry))).collect()
        };
        let (rows, of_errors) = (only(0, m), only(m, m + n));
        move |numbers, gradient| {
            let target = self.target(problem, curves);
            let (turned, spread) = self.parts(numbers);
            let shares = joined(&turned.shares[..m], &spread.shares);
            if shares[entry] < super::SMALLEST {
                return f64::INFINITY;
            }
            let errors = self.errors(&shares);
            let [of_nodes, of_v] = self.squares(&errors.z, &turned);
            let w = turned.weights(&of_nodes);
            let v = spread.around(&problem.teacher_fan_out, &of_v);
            let (pull, slopes) = target.pull(&w, &v, &rows, &of_errors);
            let largest = errors.z[entry];
            // p·g = sin θ (−dθ/dt); −ε·dv/dt = e (−de/dt).
            let (unit, log_slope) = match entry < m {
                true => (largest.sin() * largest, 1.0 / largest.tan() + 1.0 / largest),
                false => (largest * largest, 2.0 / largest),
            };
            let value = pull / (unit * claimed);
            let in_w = slopes.weights / (unit * claimed);
            let in_v = slopes.fan_out / (unit * claimed);
            let in_nodes = turned.in_squares(&of_nodes, in_w.view());
            let in_errors = spread.in_squares(&of_v, in_v.view());
            let both = errors.z.iter().zip(in_nodes[..m].iter().chain(&in_errors)).enumerate();
            // d chord/dθ = 2 sin θ, de²/de = 2e.
            let mut in_z: Vec<f64> =
                both.map(|(i, (z, slope))| 2.0 * slope * if i < m { z.sin() } else { *z }).collect();
            in_z[entry] -= value * log_slope;
            let along: f64 = in_z.iter().zip(&errors.in_entry).map(|(a, b)| a * b).sum();
            let mut in_shares: Vec<f64> = in_z.iter().zip(&errors.limits).map(|(a, b)| a * b).collect();
            in_shares[entry] = along * errors.limits[entry];
            let of_extra = in_nodes[m..].iter().zip(&self.turns);
            let of_extra: Vec<f64> = of_extra.map(|(slope, largest)| slope * largest).collect();
            let of_turned = joined(&in_shares[..m], &of_extra);
            let (to_weights, to_errors) = gradient.split_at_mut(self.nominal.len());
            turned.in_numbers(&of_nodes, in_w.view(), &of_turned, to_weights);
            spread.in_numbers(&of_v, in_v.view(), &in_shares[m..], to_errors);
            value
        }
    }
}
