//! Against a rate of the joint distance √(‖W_u − W\*‖² + ‖V − [V\*; 0]‖²) for Theorem 5's flow.

use super::distance::{Scaled, chord};
use super::pull::{Curves, Target};
use super::turned::Turned;
use super::{EXTRA, Found, Search};
use crate::network::draw;
use crate::theory::certificate::Problem;
use crate::theory::euclidean::joint::Certificate;
use ndarray::{Array2, ArrayView2, Axis, concatenate, s};

/// The smallest −d/dt log of the joint distance over `claimed`, over the region of a certificate.
///
/// Nodes of W_r are turned within their drift, single and together; V within its balls. x ~ N(0, I). Weights are not given: a point of the
/// region need not be one that a run from the certified start comes to.
pub fn joint(problem: &Problem, region: &Certificate, claimed: f64, search: &Search) -> Found {
    let curves = Curves::new(problem.threshold);
    let (nodes, outputs) = (
        problem.fan_out_errors.len(),
        problem.teacher_fan_out.ncols(),
    );
    let size = nodes * (problem.teacher.nrows() + EXTRA + outputs);
    let found = search.smallest(size, rate(problem, &curves, region, claimed));
    Found {
        ratio: found.ratio,
        evaluations: found.evaluations,
        weights: Array2::zeros((problem.teacher.nrows(), 0)),
    }
}

/// The rate over `claimed` as a function of unbounded numbers that writes its gradient: the nodes' numbers, then those of V.
pub(super) fn rate(
    problem: &Problem,
    curves: &Curves,
    region: &Certificate,
    claimed: f64,
) -> impl Fn(&[f64], &mut [f64]) -> f64 {
    let (m, n) = (problem.teacher.ncols(), problem.fan_out_errors.len());
    let whole = concatenate![Axis(1), problem.teacher, problem.extra];
    let nominal = draw::pad_rows(whole.view(), whole.nrows() + EXTRA).reversed_axes();
    let fan_out = problem.teacher_fan_out.clone();
    let region = *region;
    move |numbers, gradient| {
        let target = Target {
            curves,
            weights: nominal.slice(s![..m, ..]),
            fan_out: fan_out.view(),
        };
        let turned = Turned::new(nominal.view(), numbers);
        let (of_weights, of_errors) = numbers.split_at(nominal.len());
        debug_assert_eq!(of_weights.len() + of_errors.len(), gradient.len());
        let errors = Spread::new(of_errors, n);
        let [ball, drift] = within(&region, m, &turned.shares, &errors.shares);
        let squares = joined(&ball.squares[..m], &drift.squares);
        let total: f64 = ball.squares.iter().sum();
        if total < super::SMALLEST.powi(2) * region.radius.powi(2) {
            return f64::INFINITY;
        }
        let w = turned.weights(&squares);
        let mut v = errors.scaled(&ball.squares[m..]);
        let mut of_teacher = v.slice_mut(s![..m, ..]);
        of_teacher += &fan_out;
        let (pull, slopes) = target.pull(&w, &v, &vec![1.0; m], true);
        let value = pull / (total * claimed);
        let in_w = slopes.weights / (total * claimed);
        let in_v = slopes.fan_out / (total * claimed);
        let in_squares = turned.in_squares(&squares, in_w.view());
        let in_errors = errors.in_squares(&ball.squares[m..], in_v.view());
        let mut in_ball = joined(&in_squares[..m], &in_errors);
        in_ball.iter_mut().for_each(|slope| *slope -= value / total);
        let in_shares = ball.back(&in_ball);
        let of_nodes = joined(&in_shares[..m], &drift.back(&in_squares[m..]));
        let (of_weights, of_errors) = gradient.split_at_mut(nominal.len());
        turned.in_numbers(&squares, in_w.view(), &of_nodes, of_weights);
        errors.in_numbers(&ball.squares[m..], in_v.view(), &in_shares[m..], of_errors);
        value
    }
}

/// Of u's m nodes and of all errors within the ball that they share, and of W_r within its own: from the shares of all.
fn within(region: &Certificate, m: usize, nodes: &[f64], errors: &[f64]) -> [Scaled; 2] {
    let limit = |i: usize| match i {
        _ if i < m => chord(region.largest_angle),
        _ if i < 2 * m => region.largest_error.powi(2),
        _ => region.largest_extra.powi(2),
    };
    let limits = (0..m + errors.len()).map(limit).collect();
    let ball = joined(&nodes[..m], errors);
    [
        Scaled::each(&ball, limits, region.radius.powi(2)),
        Scaled::new(
            &nodes[m..],
            region.single_drift.powi(2),
            region.drift.powi(2),
        ),
    ]
}

fn joined(first: &[f64], second: &[f64]) -> Vec<f64> {
    [first, second].concat()
}

/// Errors of V: a direction and a share for each node, from its numbers A: A/|A| and |A|²/(1 + |A|²).
struct Spread {
    directions: Array2<f64>,
    lengths: Vec<f64>,
    shares: Vec<f64>,
}

impl Spread {
    fn new(numbers: &[f64], nodes: usize) -> Self {
        let mut directions =
            Array2::from_shape_vec((nodes, numbers.len() / nodes), numbers.to_vec())
                .expect("as many for each");
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

    /// ε with |ε_i|² = `squares`_i.
    fn scaled(&self, squares: &[f64]) -> Array2<f64> {
        let mut errors = self.directions.clone();
        for (mut error, square) in errors.rows_mut().into_iter().zip(squares) {
            error *= square.sqrt();
        }
        errors
    }

    fn in_squares(&self, squares: &[f64], slopes: ArrayView2<f64>) -> Vec<f64> {
        let slope = |i: usize| {
            self.directions.row(i).dot(&slopes.row(i)) / (2.0 * squares[i].sqrt().max(1e-150))
        };
        (0..squares.len()).map(slope).collect()
    }

    fn in_numbers(
        &self,
        squares: &[f64],
        slopes: ArrayView2<f64>,
        shares: &[f64],
        out: &mut [f64],
    ) {
        let outputs = self.directions.ncols();
        for (i, out) in out.chunks_exact_mut(outputs).enumerate() {
            let (direction, length) = (self.directions.row(i), self.lengths[i]);
            let mut slope = slopes.row(i).to_owned() * (squares[i].sqrt() / length);
            let along = direction.dot(&slope);
            slope.scaled_add(-along, &direction);
            slope.scaled_add(
                shares[i] * 2.0 * length / (1.0 + length * length).powi(2),
                &direction,
            );
            out.iter_mut().zip(&slope).for_each(|(out, x)| *out = *x);
        }
    }
}
