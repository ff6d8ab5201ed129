//! Against a rate of the largest angle for Theorem 4's flow.

use super::distance::chord;
use super::pull::Target;
use super::turned::Turned;
use super::{Found, Search, State, States};
use crate::bound::Measure;
use ndarray::ArrayView2;

/// The smallest rate of the largest angle, θ or tan(θ/2), over `claimed`, over all W with angles up to `theta0`.
///
/// Each teacher node in turn has the largest angle. `teacher`: unit columns, k × m. β = β* = 1, x ~ N(0, I).
pub fn angle(teacher: ArrayView2<f64>, threshold: f64, theta0: f64, claim: (Measure, f64), search: &Search) -> Found {
    let target = &Target::fixed(teacher, threshold);
    let nodes = (0..teacher.ncols()).map(|node| Largest {
        target,
        node,
        theta0,
        claim,
    });
    search.slowest(target, nodes)
}

/// All W of which one node has the largest angle: θ₀ times its share; the others are at most as large.
pub(super) struct Largest<'a> {
    pub target: &'a Target,
    pub node: usize,
    pub theta0: f64,
    pub claim: (Measure, f64),
}

impl Largest<'_> {
    /// θ_j and |w_j − w*_j|².
    fn angles(&self, turned: &Turned) -> [Vec<f64>; 2] {
        let largest = self.theta0 * turned.shares[self.node];
        let angle = |(j, share): (usize, &f64)| if j == self.node { largest } else { largest * share };
        let angles: Vec<f64> = turned.shares.iter().enumerate().map(angle).collect();
        let squares = angles.iter().map(|angle| chord(*angle)).collect();
        [angles, squares]
    }
}

impl States for Largest<'_> {
    /// −d/dt of the angle of the node.
    fn rate(&self, numbers: &[f64], gradient: &mut [f64]) -> f64 {
        let (target, node, (measure, claimed)) = (self.target, self.node, self.claim);
        let m = target.nominal.nrows();
        let turned = Turned::new(target.nominal.view(), numbers);
        let own = turned.shares[node];
        let largest = self.theta0 * own;
        if own < super::SMALLEST {
            return f64::INFINITY;
        }
        let [angles, squares] = self.angles(&turned);
        let mut rows = vec![0.0; m];
        rows[node] = 1.0;
        let weights = turned.weights(&squares);
        let (pull, slopes) = target.pull(&weights, &target.fan_out, &rows, &[]);
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
        shares[node] = self.theta0 * (in_angles[node] - value * log_slope + of_largest);
        turned.in_numbers(&squares, weights.view(), &shares, gradient);
        value
    }

    fn state(&self, numbers: &[f64]) -> State {
        let turned = Turned::new(self.target.nominal.view(), numbers);
        let [_, squares] = self.angles(&turned);
        (turned.weights(&squares), None)
    }
}
