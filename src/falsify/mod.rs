//! Looks for a counterexample to a bound: the start, within what the bound supposes, at which the flow is slowest in proportion to it.
//!
//! Rates are written down here from the flow alone, apart from the bounds' own code, with derivatives; limited-memory BFGS goes down from
//! many random starts. A smallest ratio of rate to bound below 1 refutes the bound; how far it is above 1 says how much a bound gives away.

mod angle;
mod distance;
mod joint;
mod lbfgs;
mod pull;
mod turned;

pub use angle::angle;
pub use distance::distance;
pub use joint::joint;

use crate::rng::{self, Stream};
use rand_distr::{Distribution, StandardNormal};

/// How hard to look.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// Random starts.
    pub starts: usize,
    /// Steps from each.
    pub iterations: usize,
    /// Of the random starts.
    pub seed: u64,
}

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The smallest instantaneous rate over the bound.
    pub ratio: f64,
    /// Evaluations of the rate.
    pub evaluations: usize,
}

/// Sizes of the random numbers that searches start from: from nearly nothing to everything that is allowed.
const SCALES: [f64; 5] = [1.0, 3.0, 0.3, 10.0, 0.05];

impl Search {
    /// The smallest value of a function of `size` numbers that writes its gradient into its second argument.
    fn smallest(&self, size: usize, function: impl Fn(&[f64], &mut [f64]) -> f64) -> Found {
        let mut evaluations = 0;
        let mut ratio = f64::INFINITY;
        for start in 0..self.starts {
            let mut stream: Stream = rng::stream(self.seed, "falsify", &[start as u64]);
            let scale = SCALES[start % SCALES.len()];
            let normal = |_| {
                scale * <StandardNormal as Distribution<f64>>::sample(&StandardNormal, &mut stream)
            };
            let mut numbers: Vec<f64> = (0..size).map(normal).collect();
            let found = lbfgs::minimise(&mut numbers, self.iterations, |numbers, gradient| {
                evaluations += 1;
                function(numbers, gradient)
            });
            ratio = ratio.min(found);
        }
        Found { ratio, evaluations }
    }
}

#[cfg(test)]
mod tests;
