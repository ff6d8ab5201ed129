//! Against a rate of the joint distance √(‖W_u − W\*‖² + ‖V − [V\*; 0]‖²) for Theorem 5's flow.

use super::distance::{Scaled, chord};
use super::pull::Target;
use super::within::Within;
use super::{Found, Search, State, States};
use crate::theory::certificate::Problem;
use ndarray::{Array2, ArrayView2, s};

/// The smallest −d/dt log of the joint distance over `claimed`, over all states of a set, with one of them where it is attained.
///
/// Nodes of W_r are turned within their drift, single and together; V within its balls. x ~ N(0, I).
pub fn joint(problem: &Problem, within: &Within, claimed: f64, search: &Search) -> Found {
    let target = &Target::joint(problem);
    search.slowest(target, [Region::new(target, within, claimed)])
}

/// The states of a set with its limits.
pub(super) struct Region<'a> {
    target: &'a Target,
    within: &'a Within,
    claimed: f64,
    /// The smallest square of the joint distance that is looked at.
    least: f64,
}

impl<'a> Region<'a> {
    pub fn new(target: &'a Target, within: &'a Within, claimed: f64) -> Self {
        let largest: f64 = within.angles.iter().map(|angle| chord(*angle)).sum();
        let largest = largest + within.errors.iter().map(|e| e * e).sum::<f64>();
        Self {
            target,
            within,
            claimed,
            least: super::SMALLEST.powi(2) * largest.min(within.radius.powi(2)),
        }
    }
}

impl States for Region<'_> {
    /// The nodes' numbers come first, then those of V.
    fn rate(&self, numbers: &[f64], gradient: &mut [f64]) -> f64 {
        let [m, n] = self.target.nodes();
        let (turned, errors) = self.target.parts(numbers);
        let [ball, drift] = shared(self.within, &turned.shares, &errors.shares);
        let squares = joined(&ball.squares[..m], &drift.squares);
        let total: f64 = ball.squares.iter().sum();
        if total < self.least {
            return f64::INFINITY;
        }
        let w = turned.weights(&squares);
        let v = errors.around(&self.target.fan_out, &ball.squares[m..]);
        let (pull, slopes) = self.target.pull(&w, &v, &vec![1.0; m], &vec![1.0; n]);
        let value = pull / (total * self.claimed);
        let in_w = slopes.weights / (total * self.claimed);
        let in_v = slopes.fan_out / (total * self.claimed);
        let in_squares = turned.in_squares(&squares, in_w.view());
        let in_errors = errors.in_squares(&ball.squares[m..], in_v.view());
        let mut in_ball = joined(&in_squares[..m], &in_errors);
        in_ball.iter_mut().for_each(|slope| *slope -= value / total);
        let in_shares = ball.back(&in_ball);
        let of_nodes = joined(&in_shares[..m], &drift.back(&in_squares[m..]));
        let (of_weights, of_errors) = gradient.split_at_mut(in_w.len());
        turned.in_numbers(&squares, in_w.view(), &of_nodes, of_weights);
        errors.in_numbers(&ball.squares[m..], in_v.view(), &in_shares[m..], of_errors);
        value
    }

    fn state(&self, numbers: &[f64]) -> State {
        let [m, _] = self.target.nodes();
        let (turned, errors) = self.target.parts(numbers);
        let [ball, drift] = shared(self.within, &turned.shares, &errors.shares);
        let w = turned.weights(&joined(&ball.squares[..m], &drift.squares));
        (w, Some(errors.around(&self.target.fan_out, &ball.squares[m..])))
    }
}

/// Of u's m nodes and of all errors within the ball that they share, and of W_r within its own: from the shares of all.
fn shared(within: &Within, nodes: &[f64], errors: &[f64]) -> [Scaled; 2] {
    let m = within.angles.len();
    let squares = |angles: &[f64]| angles.iter().map(|angle| chord(*angle)).collect::<Vec<_>>();
    let of_errors: Vec<f64> = within.errors.iter().map(|e| e * e).collect();
    let limits = joined(&squares(&within.angles), &of_errors);
    [
        Scaled::new(&joined(&nodes[..m], errors), limits, within.radius.powi(2)),
        Scaled::new(&nodes[m..], squares(&within.turns), within.drift.powi(2)),
    ]
}

pub(super) fn joined(first: &[f64], second: &[f64]) -> Vec<f64> {
    [first, second].concat()
}

/// Errors of V: a direction and a share for each node, from its numbers A: A/|A| and |A|²/(1 + |A|²).
pub(super) struct Spread {
    directions: Array2<f64>,
    lengths: Vec<f64>,
    pub shares: Vec<f64>,
}

impl Spread {
    pub fn new(numbers: &[f64], nodes: usize) -> Self {
        let mut directions =
            Array2::from_shape_vec((nodes, numbers.len() / nodes), numbers.to_vec()).expect("as many for each");
        let mut lengths = Vec::with_capacity(nodes);
        for mut direction in directions.rows_mut() {
            let length = direction.dot(&direction).sqrt().max(1e-150);
            direction /= length;
            lengths.push(length);
        }
        let share = |length: &f64| length * length / (1.0 + length * length);
        Self {
            shares: lengths.iter().map(share).collect(),
            directions,
            lengths,
        }
    }

    /// V = [V\*; 0] + ε with |ε_i|² = `squares`_i.
    pub fn around(&self, teacher: &Array2<f64>, squares: &[f64]) -> Array2<f64> {
        let mut v = self.directions.clone();
        for (mut error, square) in v.rows_mut().into_iter().zip(squares) {
            error *= square.sqrt();
        }
        let mut of_teacher = v.slice_mut(s![..teacher.nrows(), ..]);
        of_teacher += teacher;
        v
    }

    pub fn in_squares(&self, squares: &[f64], slopes: ArrayView2<f64>) -> Vec<f64> {
        let slope = |i: usize| self.directions.row(i).dot(&slopes.row(i)) / (2.0 * squares[i].sqrt().max(1e-150));
        (0..squares.len()).map(slope).collect()
    }

    pub fn in_numbers(&self, squares: &[f64], slopes: ArrayView2<f64>, shares: &[f64], out: &mut [f64]) {
        let outputs = self.directions.ncols();
        for (i, out) in out.chunks_exact_mut(outputs).enumerate() {
            let (direction, length) = (self.directions.row(i), self.lengths[i]);
            let mut slope = slopes.row(i).to_owned() * (squares[i].sqrt() / length);
            let along = direction.dot(&slope);
            slope.scaled_add(-along, &direction);
            slope.scaled_add(shares[i] * 2.0 * length / (1.0 + length * length).powi(2), &direction);
            out.iter_mut().zip(&slope).for_each(|(out, x)| *out = *x);
        }
    }
}
