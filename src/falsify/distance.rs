//! Against a rate of ‖W − W*‖_F for Theorem 4's flow, in a ball with a bound on the angles.

use super::pull::Target;
use super::turned::Turned;
use super::{Found, Search, State, States};
use ndarray::ArrayView2;

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
    let target = &Target::fixed(teacher, threshold);
    let ball = Ball {
        target,
        radius,
        largest_angle,
        claimed,
    };
    search.slowest(target, [ball])
}

/// |w − w*|² at an angle.
pub(super) fn chord(angle: f64) -> f64 {
    (2.0 * (0.5 * angle).sin()).powi(2)
}

/// All W at so small a distance, and with so small angles.
pub(super) struct Ball<'a> {
    pub target: &'a Target,
    pub radius: f64,
    pub largest_angle: f64,
    pub claimed: f64,
}

impl Ball<'_> {
    fn parts(&self, numbers: &[f64]) -> (Turned<'_>, Scaled) {
        let turned = Turned::new(self.target.nominal.view(), numbers);
        let largest = vec![chord(self.largest_angle); turned.shares.len()];
        let scaled = Scaled::new(&turned.shares, largest, self.radius * self.radius);
        (turned, scaled)
    }
}

impl States for Ball<'_> {
    fn rate(&self, numbers: &[f64], gradient: &mut [f64]) -> f64 {
        let (turned, scaled) = self.parts(numbers);
        let total: f64 = scaled.squares.iter().sum();
        if total < super::SMALLEST.powi(2) * self.radius * self.radius {
            return f64::INFINITY;
        }
        let weights = turned.weights(&scaled.squares);
        let rows = vec![1.0; scaled.squares.len()];
        let (pull, slopes) = self.target.pull(&weights, &self.target.fan_out, &rows, &[]);
        let value = pull / (total * self.claimed);
        let weights = slopes.weights / (total * self.claimed);
        let mut squares = turned.in_squares(&scaled.squares, weights.view());
        squares.iter_mut().for_each(|square| *square -= value / total);
        let shares = scaled.back(&squares);
        turned.in_numbers(&scaled.squares, weights.view(), &shares, gradient);
        value
    }

    fn state(&self, numbers: &[f64]) -> State {
        let (turned, scaled) = self.parts(numbers);
        (turned.weights(&scaled.squares), None)
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
    /// With a largest square for each.
    pub fn new(shares: &[f64], largest: Vec<f64>, limit: f64) -> Self {
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
