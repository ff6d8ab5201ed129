//! Looks for a counterexample to a bound: the start, within what the bound supposes, at which the flow is slowest in proportion to it.
//!
//! Rates are written down here from the flow alone, apart from the bounds' own code, with derivatives; limited-memory BFGS goes down from
//! many random starts. A smallest ratio of rate to bound below 1 refutes the bound; how far it is above 1 says how much a bound gives away.

mod angle;
mod distance;
mod joint;
mod lbfgs;
mod pull;
mod teachers;
mod turned;
mod weighted;
mod within;

pub use angle::angle;
pub use distance::distance;
pub use joint::joint;
pub use teachers::{draw_teacher, nearby_teacher};
pub use weighted::weighted;
pub use within::Within;

use crate::rng::{self, Stream};
use crate::runs::Hooks;
use ndarray::Array2;
use pull::Target;
use rand_distr::{Distribution, StandardNormal};

/// Coordinates beyond those of a problem, in which nodes may turn too.
pub const EXTRA: usize = 2;

/// How hard to look.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    /// Random starts.
    pub starts: usize,
    /// Steps from each.
    pub iterations: usize,
    /// Of the random starts.
    pub seed: u64,
    /// Whom to ask whether to stop; what was found until then is what was found.
    pub hooks: &'a dyn Hooks,
}

/// What a search came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The smallest instantaneous rate over the bound.
    pub ratio: f64,
    /// Evaluations of the rate.
    pub evaluations: usize,
    /// W where it is attained, a node per column, in two dimensions more than the teacher was given in; of no columns if nothing was found.
    pub weights: Array2<f64>,
    /// V there, n × C, for bounds of a flow in which V runs.
    pub fan_out: Option<Array2<f64>>,
}

/// W, a node per row, and V where it runs.
type State = (Array2<f64>, Option<Array2<f64>>);

/// A set of states, each made of unbounded numbers.
trait States {
    /// The rate over what is claimed, with its gradient; infinite where it is not looked at.
    fn rate(&self, numbers: &[f64], gradient: &mut [f64]) -> f64;

    /// The state that some numbers are.
    fn state(&self, numbers: &[f64]) -> State;
}

/// The smallest value of a function, and where it is attained.
struct Least {
    ratio: f64,
    evaluations: usize,
    numbers: Vec<f64>,
}

/// Sizes of the random numbers that searches start from: from nearly nothing to everything that is allowed.
const SCALES: [f64; 5] = [1.0, 3.0, 0.3, 10.0, 0.05];

/// The smallest error that is looked at, over the largest: rates of much smaller ones drown in rounding.
const SMALLEST: f64 = 0.02;

impl Search<'_> {
    /// The smallest rate over several sets of states, and where it is attained.
    fn slowest<S: States>(&self, target: &Target, sets: impl IntoIterator<Item = S>) -> Found {
        let none = |columns: usize| Array2::zeros((0, columns));
        let fan_out = target.is_joint.then(|| none(target.fan_out.ncols()));
        let mut state = (none(target.nominal.ncols()), fan_out);
        let (mut ratio, mut evaluations) = (f64::INFINITY, 0);
        for set in sets {
            let found = self.smallest(target.size(), |numbers, gradient| set.rate(numbers, gradient));
            evaluations += found.evaluations;
            if found.ratio < ratio {
                (ratio, state) = (found.ratio, set.state(&found.numbers));
            }
        }
        let (weights, fan_out) = state;
        Found {
            ratio,
            evaluations,
            weights: weights.reversed_axes(),
            fan_out,
        }
    }

    /// The smallest value of a function of `size` numbers that writes its gradient into its second argument.
    fn smallest(&self, size: usize, function: impl Fn(&[f64], &mut [f64]) -> f64) -> Least {
        let mut evaluations = 0;
        let mut ratio = f64::INFINITY;
        let mut least = Vec::new();
        for start in 0..self.starts {
            if self.hooks.interrupted() {
                break;
            }
            let mut stream: Stream = rng::stream(self.seed, "falsify", &[start as u64]);
            let scale = SCALES[start % SCALES.len()];
            let normal = |_| scale * <StandardNormal as Distribution<f64>>::sample(&StandardNormal, &mut stream);
            let mut numbers: Vec<f64> = (0..size).map(normal).collect();
            let found = lbfgs::minimise(&mut numbers, self.iterations, |numbers, gradient| {
                if self.hooks.interrupted() {
                    // Here a search ends.
                    return f64::INFINITY;
                }
                evaluations += 1;
                function(numbers, gradient)
            });
            if found < ratio {
                (ratio, least) = (found, numbers);
            }
        }
        Least {
            ratio,
            evaluations,
            numbers: least,
        }
    }
}

#[cfg(test)]
mod tests;
