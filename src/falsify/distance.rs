//! Against a rate of ‖W − W*‖_F for Theorem 4's flow, in a ball with a bound on the angles.

use super::pull::{Curves, Target, ones};
use super::turned::Turned;
use super::{EXTRA, Found, Search};
use crate::network::draw;
use ndarray::{Array2, ArrayView2};

/// The smallest −d/dt log ‖W − W\*‖_F over `claimed`, over all W with ‖W − W\*‖_F ≤ `radius` and angles up to `largest_angle`.
///
/// `teacher`: unit columns, k × m. β = β* = 1, x ~ N(0, I).
pub fn distance(
    teacher: ArrayView2<f64>,
    threshold: f64,
    [radius, largest_angle]: [f64; 2],
    claimed: f64,
    search: &Search,
) -> Found {
    let (k, m) = teacher.dim();
    let curves = Curves::new(threshold);
    let rate = rate(teacher, &curves, [radius, largest_angle], claimed);
    let found = search.smallest(m * (k + EXTRA), rate);
    let nominal = draw::pad_rows(teacher, k + EXTRA).reversed_axes();
    let weights = match found.numbers.is_empty() {
        true => Array2::zeros((k + EXTRA, 0)),
        false => {
            let turned = Turned::new(nominal.view(), &found.numbers);
            let largest = chord(largest_angle);
            let scaled = Scaled::new(&turned.shares, largest, radius * radius);
            turned.weights(&scaled.squares).reversed_axes()
        }
    };
    Found {
        ratio: found.ratio,
        evaluations: found.evaluations,
        weights,
        fan_out: None,
    }
}

/// |w − w*|² at an angle.
pub(super) fn chord(angle: f64) -> f64 {
    (2.0 * (0.5 * angle).sin()).powi(2)
}

/// The rate over `claimed` as a function of unbounded numbers, m(k + 2), that writes its gradient.
pub(super) fn rate(
    teacher: ArrayView2<f64>,
    curves: &Curves,
    [radius, largest_angle]: [f64; 2],
    claimed: f64,
) -> impl Fn(&[f64], &mut [f64]) -> f64 {
    let (k, m) = teacher.dim();
    let nominal = draw::pad_rows(teacher, k + EXTRA).reversed_axes();
    let fan_out = ones(m);
    let largest = chord(largest_angle);
    move |numbers, gradient| {
        let target = Target {
            curves,
            weights: nominal.view(),
            fan_out: fan_out.view(),
        };
        let turned = Turned::new(nominal.view(), numbers);
        let scaled = Scaled::new(&turned.shares, largest, radius * radius);
        let total: f64 = scaled.squares.iter().sum();
        if total < super::SMALLEST.powi(2) * radius * radius {
            return f64::INFINITY;
        }
        let weights = turned.weights(&scaled.squares);
        let (pull, slopes) = target.pull(&weights, &fan_out, &vec![1.0; m], &[]);
        let value = pull / (total * claimed);
        let weights = slopes.weights / (total * claimed);
        let mut squares = turned.in_squares(&scaled.squares, weights.view());
        squares.iter_mut().for_each(|square| *square -= value / total);
        let shares = scaled.back(&squares);
        turned.in_numbers(&scaled.squares, weights.view(), &shares, gradient);
        value
    }
}

/// y_j = y_j,max σ_j, all made smaller together where their sum would exceed a limit.
pub(super) struct Scaled {
    pub squares: Vec<f64>,
    largest: Vec<f64>,
    /// What they were multiplied by, if they were.
    factor: Option<f64>,
    sum: f64,
}

impl Scaled {
    pub fn new(shares: &[f64], largest: f64, limit: f64) -> Self {
        Self::each(shares, vec![largest; shares.len()], limit)
    }

    /// With a largest square for each.
    pub fn each(shares: &[f64], largest: Vec<f64>, limit: f64) -> Self {
        let whole: Vec<f64> = shares.iter().zip(&largest).map(|(a, b)| a * b).collect();
        let sum = whole.iter().sum();
        let factor = (sum > limit).then(|| limit / sum);
        Self {
            squares: whole.iter().map(|square| square * factor.unwrap_or(1.0)).collect(),
            largest,
            factor,
            sum,
        }
    }

    /// Derivatives in the shares from those in the squares.
    pub fn back(&self, slopes: &[f64]) -> Vec<f64> {
        let factor = self.factor.unwrap_or(1.0);
        let common = self.factor.map_or(0.0, |_| {
            let products = slopes.iter().zip(&self.squares).map(|(a, b)| a * b);
            products.sum::<f64>() / self.sum
        });
        let both = slopes.iter().zip(&self.largest);
        both.map(|(slope, largest)| largest * (factor * slope - common)).collect()
    }
}
