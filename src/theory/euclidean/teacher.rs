//! What the certificates need to know of a teacher.

use super::region::{Coupling, Region};
use crate::linalg;
use crate::theory::assumption3::TeacherAngles;
use crate::theory::kernel::{Kernel, ROUNDING, sinc};
use ndarray::{Array2, ArrayView2};
use std::f64::consts::{FRAC_PI_2, PI};

/// Cosines between nodes that are smaller than this count as none.
const ORTHOGONAL: f64 = 1e-13;

/// A teacher of unit nodes with a common threshold: its Gram matrix and its angles.
#[derive(Clone, Debug)]
pub(super) struct Teacher {
    pub kernel: Kernel,
    /// m
    pub nodes: usize,
    /// W*, p × m, in few coordinates of its span.
    pub weights: Array2<f64>,
    /// θ*_jk
    pub angles: Array2<f64>,
    /// γ_jk, m × m, with zeros on the diagonal.
    pub cosines: Array2<f64>,
    /// ‖W*‖_op, from above.
    pub norm: f64,
    pub orthonormal: bool,
}

impl Teacher {
    /// Of unit columns, k × m. O(m² k + m³). `None` if LAPACK fails, or there are no nodes.
    pub fn of(weights: ArrayView2<f64>, threshold: f64) -> Option<Self> {
        let (k, m) = weights.dim();
        if m == 0 {
            return None;
        }
        crate::blas::single_threaded();
        let angles = TeacherAngles::of(weights).radians;
        let cosines = linalg::with_diagonal(m, 0.0, |j, k| cosine(angles[[j, k]]));
        let orthonormal = cosines.iter().all(|c| c.abs() <= ORTHOGONAL);
        let weights = if k > m {
            linalg::qr(&weights).ok()?.1
        } else {
            weights.to_owned()
        };
        let gram = &cosines + &Array2::<f64>::eye(m);
        let norm = if orthonormal {
            1.0
        } else {
            linalg::eigenvalues(&gram).ok()?[m - 1].sqrt()
        };
        Some(Self {
            kernel: Kernel::new(threshold),
            nodes: m,
            weights,
            angles,
            cosines,
            norm: norm * (1.0 + ROUNDING),
            orthonormal,
        })
    }

    /// min(θ\*_jk, π − θ\*_jk) less a margin: the angle of the largest |ρ| that is reached.
    pub fn widest(&self, j: usize, k: usize, margin: f64) -> f64 {
        let angle = self.angles[[j, k]];
        (angle.min(PI - angle) - margin).max(0.0)
    }

    /// The largest |γ_jk|, as an angle.
    pub fn closest(&self) -> f64 {
        let pairs = self.pairs().map(|(j, k)| self.widest(j, k, 0.0));
        pairs.fold(FRAC_PI_2, f64::min)
    }

    /// All pairs j ≠ k, each in both orders.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let m = self.nodes;
        (0..m).flat_map(move |j| (0..m).filter(move |&k| k != j).map(move |k| (j, k)))
    }

    /// max_j (Σ_{k≠j} f(j, k)²)^½
    pub fn largest_row(&self, entry: impl Fn(usize, usize) -> f64) -> f64 {
        let row = |j: usize| {
            let others = (0..self.nodes).filter(|&k| k != j);
            others.map(|k| entry(j, k).powi(2)).sum::<f64>()
        };
        (0..self.nodes).map(row).fold(0.0, f64::max).sqrt()
    }

    /// How the rest of the error moves a single angle.
    pub fn coupling(&self, region: &Region) -> Coupling {
        let kernel = &self.kernel;
        let near = |j: usize, k: usize| kernel.gate_above(self.angles[[j, k]] - region.pair);
        let steepest =
            self.pairs().map(|(j, k)| kernel.density_above(self.widest(j, k, region.pair))).fold(0.0, f64::max);
        Coupling {
            pull: kernel.gate_below(region.theta) * sinc(region.theta),
            push: (self.largest_row(near) + steepest * self.norm) * (1.0 + ROUNDING),
        }
    }
}

/// cos θ, which is exactly 0 at the double nearest to π/2.
fn cosine(angle: f64) -> f64 {
    (FRAC_PI_2 - angle).sin()
}
