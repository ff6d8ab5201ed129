//! Suprema of kernels over the region that errors keep to, and the comparison matrix M that they make.

use super::Problem;
use super::metzler::integral_of_products;
use crate::theory::assumption3::TeacherAngles;
use crate::theory::kernel::{Kernel, ROUNDING, sinc};
use crate::theory::supremum::supremum;
use ndarray::{Array1, Array2};
use std::f64::consts::{FRAC_PI_2, PI};

/// Room for rounding in suprema of L, of which intervals know a digit less.
const ROUNDING_OF_L: f64 = 10.0 * ROUNDING;

/// How close the one supremum that needs subdivision is brought to values that are attained, relative.
const TOLERANCE: f64 = 1e-3;

/// Nominal angles among the nodes: u at the teacher, r at its start.
pub(super) struct Geometry {
    kernel: Kernel,
    /// n × n; the teacher's nodes are the first m.
    angles: Array2<f64>,
}

/// Suprema over the region. The first m columns are those of the teacher, wherever on the way the student is.
pub(super) struct Bounds {
    /// D̂, Ĝ, L̂: n × n
    d: Array2<f64>,
    gain: Array2<f64>,
    l: Array2<f64>,
    /// κ: n × m
    slope: Array2<f64>,
    /// D(θ̂_j) sin θ̂_j/θ̂_j: m
    own: Array1<f64>,
    l0: f64,
}

impl Geometry {
    pub(super) fn of(problem: &Problem) -> Self {
        Self {
            kernel: Kernel::new(problem.threshold),
            angles: TeacherAngles::of(problem.nodes().view()).radians,
        }
    }

    /// All suprema for angles within the nodes' margins; `None` where a margin is too wide to mean anything.
    pub(super) fn bounds(&self, problem: &Problem, region: &Array1<f64>, drift: &Array1<f64>) -> Option<Bounds> {
        let m = problem.teacher_nodes();
        let n = self.angles.nrows();
        let margin = |node: usize| {
            if node < m { region[node] } else { drift[node - m] }
        };
        if (0..n).any(|node| !(margin(node) < FRAC_PI_2)) {
            return None;
        }
        let mut bounds = Bounds {
            d: Array2::zeros((n, n)),
            gain: Array2::zeros((n, n)),
            l: Array2::zeros((n, n)),
            slope: Array2::zeros((n, m)),
            own: Array1::zeros(m),
            l0: self.kernel.at(0.0).l,
        };
        for j in 0..n {
            for k in 0..n {
                let both = margin(j) + margin(k);
                // A node and its teacher: one moves, from 0 to the margin.
                let (low, high) = if j == k {
                    (0.0, margin(j))
                } else {
                    ((self.angles[[j, k]] - both).max(0.0), (self.angles[[j, k]] + both).min(PI))
                };
                // D, L and |D'| fall with the angle for a common threshold.
                let value = self.kernel.at(low);
                bounds.d[[j, k]] = value.d * (1.0 + ROUNDING);
                bounds.l[[j, k]] = value.l * (1.0 + ROUNDING_OF_L);
                bounds.gain[[j, k]] = value.d.hypot(self.kernel.slope(low)) * (1.0 + ROUNDING);
                if k < m {
                    bounds.slope[[j, k]] = self.steepest(low, high) * (1.0 + ROUNDING);
                }
            }
        }
        for j in 0..m {
            bounds.own[j] = self.kernel.gate(region[j]) * sinc(region[j]) * (1.0 - ROUNDING);
        }
        Some(bounds)
    }

    /// sup |dL/dφ| = sup sin φ D(φ) over [low, high].
    fn steepest(&self, low: f64, high: f64) -> f64 {
        let largest_sine = |a: f64, b: f64| {
            if (a..=b).contains(&FRAC_PI_2) {
                1.0
            } else {
                a.sin().max(b.sin())
            }
        };
        supremum(
            [low, high],
            TOLERANCE,
            |phi| phi.sin() * self.kernel.gate(phi),
            |a, b| largest_sine(a, b) * self.kernel.gate(a),
        )
    }
}

impl Bounds {
    /// M.
    pub(super) fn matrix(&self, problem: &Problem, region: &Array1<f64>) -> Array2<f64> {
        let m = problem.teacher_nodes();
        let n = self.d.nrows();
        let v = &problem.teacher_fan_out;
        let products = v.dot(&v.t());
        let norms = products.diag().mapv(f64::sqrt);
        let error = |node: usize| region[m + node];
        let mut matrix = Array2::zeros((m + n, m + n));
        for j in 0..m {
            let own = products[[j, j]] - norms[j] * error(j);
            matrix[[j, j]] = -self.own[j] * own;
            for k in (0..n).filter(|&k| k != j) {
                if k < m {
                    let modulation = products[[j, k]].abs() + norms[k] * error(j);
                    matrix[[j, k]] = self.gain[[j, k]] * modulation;
                }
                matrix[[j, m + k]] = self.d[[j, k]] * (norms[j] + error(j));
            }
        }
        for i in 0..n {
            for k in 0..n {
                matrix[[m + i, m + k]] = if i == k {
                    -self.l0 * (1.0 - ROUNDING)
                } else {
                    self.l[[i, k]]
                };
                if k < m {
                    matrix[[m + i, k]] = self.slope[[i, k]] * norms[k];
                }
            }
        }
        matrix
    }

    /// How far nodes of W_r can turn: ψ_k ≤ ∫ e_k (Σ_j Ĝ_kj ‖v*_j‖ θ_j + Σ_j D̂_kj e_j) dt, and the integrals of
    /// products of errors are at most those of the comparison system, ∫ e^{Mt} z(0) z(0)ᵀ e^{Mᵀt} dt.
    pub(super) fn drift(&self, problem: &Problem, matrix: &Array2<f64>, start: &Array1<f64>) -> Option<Array1<f64>> {
        let m = problem.teacher_nodes();
        let n = self.d.nrows();
        let products = integral_of_products(matrix, start)?;
        let fan_out = problem.teacher_fan_out.rows().into_iter();
        let norms: Vec<f64> = fan_out.map(|v| v.dot(&v).sqrt()).collect();
        let turn = |k: usize| {
            let products = products.row(m + k);
            let angles = (0..m).map(|j| self.gain[[k, j]] * norms[j] * products[j]);
            let others = (0..n).filter(|&j| j != k);
            let errors = others.map(|j| self.d[[k, j]] * products[m + j]);
            angles.sum::<f64>() + errors.sum::<f64>()
        };
        Some((m..n).map(turn).collect())
    }
}
