//! What a rate of Theorem 5 supposes of a state: how far from its place each part may be.

use crate::theory::certificate::{self, Problem};
use crate::theory::euclidean::joint;

/// A set of states around (W\*, W_r(0); V\*, 0).
#[derive(Clone, Debug, PartialEq)]
pub struct Within {
    /// Largest θ_j, j ∈ u, in radians; m.
    pub angles: Vec<f64>,
    /// Largest ‖v_i − v\*_i‖ for i ∈ u, then ‖v_i‖ for i ∈ r; n.
    pub errors: Vec<f64>,
    /// By how much each node of W_r may have turned, in radians; r.
    pub turns: Vec<f64>,
    /// Largest √(Σ_u δ_j² + Σ_i |ε_i|²); ∞ where it is not limited.
    pub radius: f64,
    /// Largest ‖W_r − W_r(0)‖_F; ∞ where it is not limited.
    pub drift: f64,
}

impl Within {
    /// All starts with the errors of a problem at most, and its W_r: what is certified of it is certified of them.
    pub fn start(problem: &Problem) -> Self {
        Self {
            angles: problem.angles.to_vec(),
            errors: problem.fan_out_errors.to_vec(),
            turns: vec![0.0; problem.extra.ncols()],
            radius: f64::INFINITY,
            drift: f64::INFINITY,
        }
    }

    /// The box of the comparison matrix.
    pub fn comparison(problem: &Problem, certificate: &certificate::Certificate) -> Self {
        let (angles, errors) =
            certificate.region.as_slice().expect("a vector of its own").split_at(problem.teacher_nodes());
        Self {
            angles: angles.to_vec(),
            errors: errors.to_vec(),
            turns: certificate.turns.to_vec(),
            radius: f64::INFINITY,
            drift: f64::INFINITY,
        }
    }

    /// The region of Theorem C.
    pub fn euclidean(problem: &Problem, certificate: &joint::Certificate) -> Self {
        let (m, r) = (problem.teacher_nodes(), problem.extra.ncols());
        let turn = 2.0 * (0.5 * certificate.single_drift).min(1.0).asin();
        Self {
            angles: vec![certificate.largest_angle; m],
            errors: [vec![certificate.largest_error; m], vec![certificate.largest_extra; r]].concat(),
            turns: vec![turn; r],
            radius: certificate.radius,
            drift: certificate.drift,
        }
    }
}
