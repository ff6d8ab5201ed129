//! Against a rate of the largest angle for Theorem 4's flow.

use super::pull::{Curves, Target, ones};
use super::turned::Turned;
use super::{EXTRA, Found, Search};
use crate::bound::Measure;
use crate::network::draw;
use ndarray::{Array2, ArrayView2};

/// The smallest rate of the largest angle, θ or tan(θ/2), over `claimed`, over all W with angles up to `theta0`.
///
/// Each teacher node in turn has the largest angle. `teacher`: unit columns, k × m. β = β* = 1, x ~ N(0, I).
pub fn angle(
    teacher: ArrayView2<f64>,
    threshold: f64,
    theta0: f64,
    (measure, claimed): (Measure, f64),
    search: &Search,
) -> Found {
    let (k, m) = teacher.dim();
    let padded = draw::pad_rows(teacher, k + EXTRA);
    let curves = Curves::new(threshold);
    let mut best = Found {
        ratio: f64::INFINITY,
        evaluations: 0,
        weights: Array2::zeros((k + EXTRA, 0)),
        fan_out: None,
    };
    for node in 0..m {
        let rate = rate(padded.view(), &curves, node, theta0, (measure, claimed));
        let found = search.smallest(m * (k + EXTRA), rate);
        best.evaluations += found.evaluations;
        if found.ratio < best.ratio {
            let turned = Turned::new(padded.t(), &found.numbers);
            best.ratio = found.ratio;
            best.weights = turned.weights(&squares(&angles(&turned, node, theta0))).reversed_axes();
        }
    }
    best
}

/// θ_j: that of `node` is θ₀ times its share, the others are at most as large.
fn angles(turned: &Turned, node: usize, theta0: f64) -> Vec<f64> {
    let largest = theta0 * turned.shares[node];
    let angle = |(j, share): (usize, &f64)| if j == node { largest } else { largest * share };
    turned.shares.iter().enumerate().map(angle).collect()
}

/// |w_j − w*_j|²
fn squares(angles: &[f64]) -> Vec<f64> {
    angles.iter().map(|t| (2.0 * (0.5 * t).sin()).powi(2)).collect()
}

/// The rate of `node` over `claimed` as a function of unbounded numbers, as many as `teacher` has entries, that writes its gradient.
pub(super) fn rate(
    teacher: ArrayView2<f64>,
    curves: &Curves,
    node: usize,
    theta0: f64,
    claim: (Measure, f64),
) -> impl Fn(&[f64], &mut [f64]) -> f64 {
    let fan_out = ones(teacher.ncols());
    move |numbers, gradient| {
        let target = Target {
            curves,
            weights: teacher.t(),
            fan_out: fan_out.view(),
        };
        of_node(&target, node, theta0, claim, numbers, gradient)
    }
}

/// −d/dt of the angle of `node`, which is θ₀ times its share; the others are at most as large.
fn of_node(
    target: &Target,
    node: usize,
    theta0: f64,
    (measure, claimed): (Measure, f64),
    numbers: &[f64],
    gradient: &mut [f64],
) -> f64 {
    let m = target.weights.nrows();
    let turned = Turned::new(target.weights, numbers);
    let own = turned.shares[node];
    let largest = theta0 * own;
    if own < super::SMALLEST {
        return f64::INFINITY;
    }
    let angles = angles(&turned, node, theta0);
    let squares = squares(&angles);
    let mut rows = vec![0.0; m];
    rows[node] = 1.0;
    let weights = turned.weights(&squares);
    let (pull, slopes) = target.pull(&weights, &ones(m), &rows, &[]);
    // p·g = sin θ (−dθ/dt).
    let (sine, cosine) = largest.sin_cos();
    let (unit, log_slope) = match measure {
        Measure::Theta => (sine * largest, cosine / sine + 1.0 / largest),
        Measure::TanHalf => (sine * sine, 2.0 * cosine / sine),
        // No measures of the largest angle: nothing is found for them here.
        Measure::Distance | Measure::WeightedNorm | Measure::JointDistance => return f64::INFINITY,
    };
    let value = pull / (unit * claimed);
    let weights = slopes.weights / (unit * claimed);
    let in_squares = turned.in_squares(&squares, weights.view());
    // dy/dθ = 2 sin θ.
    let in_angles: Vec<f64> = angles.iter().zip(&in_squares).map(|(t, s)| 2.0 * t.sin() * s).collect();
    let mut shares: Vec<f64> = in_angles.iter().map(|slope| slope * largest).collect();
    let others = (0..m).filter(|&j| j != node);
    let of_largest = others.map(|j| in_angles[j] * turned.shares[j]).sum::<f64>();
    shares[node] = theta0 * (in_angles[node] - value * log_slope + of_largest);
    turned.in_numbers(&squares, weights.view(), &shares, gradient);
    value
}
