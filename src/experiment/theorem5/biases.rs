//! Biases that are learned: thresholds of nodes, and one bias for each output.

use super::keys::{Start, Theorem5};
use crate::config::words::words;
use crate::flow::ThresholdRule;
use crate::network::TwoLayer;
use crate::rng::{self, Stream};
use ndarray::{Array1, Array2, Axis, concatenate};
use rand_distr::{Distribution, StandardNormal};

words! {
    /// Whether the student has biases that are learned, as the poster's authors have them.
    pub enum Biases {
        /// Thresholds are the teacher's.
        None = "none",
        /// Down the gradient of the loss.
        Learned = "learned",
        /// The same with expectations taken apart where thresholds are concerned: the authors' update.
        Separated = "separated",
    }
}

impl Biases {
    /// How thresholds move, if they do.
    pub fn rule(self) -> Option<ThresholdRule> {
        match self {
            Self::None => None,
            Self::Learned => Some(ThresholdRule::Gradient),
            Self::Separated => Some(ThresholdRule::Separated),
        }
    }
}

/// Perturbs the thresholds as nodes were perturbed, whose columns had the norms `lengths`, n, before they were normalised; and adds
/// a node after all others: of zero weight and threshold −1 it is the constant 1, and its fan-out is the outputs' biases, noise.
pub(super) fn perturb(network: &mut TwoLayer, scenario: &Theorem5, lengths: &[f64]) {
    let Start::Perturbed { signal, noise } = scenario.student.start else {
        return;
    };
    let mut stream = rng::stream(scenario.seed, "student biases", &[]);
    let (m, outputs) = network.teacher_fan_out.dim();
    let nodes = lengths.iter().enumerate().map(|(j, length)| {
        let of_teacher = network.teacher.thresholds.get(j).filter(|_| j < m);
        let kept = of_teacher.map_or(0.0, |b| signal[0] * b);
        (kept + noise * normal(&mut stream)) / length
    });
    let thresholds: Array1<f64> = nodes.chain([-1.0]).collect();
    let student = &mut network.student;
    student.thresholds = thresholds;
    // A node per column, each contiguous, as layers have them.
    let zero = Array2::zeros((1, student.weights.nrows()));
    student.weights = concatenate![Axis(0), student.weights.t(), zero].reversed_axes();
    let biases = Array2::from_shape_simple_fn((1, outputs), || noise * normal(&mut stream));
    network.fan_out = concatenate![Axis(0), network.fan_out, biases];
}

fn normal(stream: &mut Stream) -> f64 {
    StandardNormal.sample(stream)
}
