//! Overlaps: the statistics E_x of gates and activations from which the dynamics are built.
//!
//! For student nodes f_j(x) = max(w_j·x − b_j, 0) and teacher nodes f*_j, with gates f' = (f > 0):
//!
//! | symbol | shape | meaning |
//! | --- | --- | --- |
//! | D | n × n | E[f'_j f'_k], gate overlap |
//! | D* | n × m | E[f'_j f*'_k] |
//! | L | n × n | E[f_j f_k], activation overlap |
//! | L* | n × m | E[f_j f*_k] |
//!
//! Two ways to get them: [`ExactGaussian`] for x ~ N(0, I), and [`MonteCarlo`] for any input.

pub mod angle;
pub mod gaussian;
pub mod monte_carlo;

pub use angle::HalfAngle;
pub use gaussian::{ExactGaussian, GaussianPair};
pub use monte_carlo::{Input, MonteCarlo, Resample};

use crate::network::LayerView;
use ndarray::Array2;

/// D, D*, L and L* of one student and one teacher layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlaps {
    /// D, n × n
    pub d: Array2<f64>,
    /// D*, n × m
    pub d_star: Array2<f64>,
    /// L, n × n
    pub l: Array2<f64>,
    /// L*, n × m
    pub l_star: Array2<f64>,
}

impl Overlaps {
    /// Zeros for `n` student and `m` teacher nodes, to be written into.
    pub fn zeros(n: usize, m: usize) -> Self {
        Self {
            d: Array2::zeros((n, n)),
            d_star: Array2::zeros((n, m)),
            l: Array2::zeros((n, n)),
            l_star: Array2::zeros((n, m)),
        }
    }
}

/// A way to evaluate the overlaps of a student and a teacher layer.
///
/// Implementations own their working memory: after the first call with given sizes, further calls
/// allocate nothing.
pub trait OverlapMethod: Send {
    /// Writes D, D*, L, L* of `student` and `teacher` into `out`.
    ///
    /// # Panics
    /// If the layers differ in input dimension or `out` has other sizes.
    fn evaluate(&mut self, student: LayerView, teacher: LayerView, out: &mut Overlaps);

    /// Like [`OverlapMethod::evaluate`], but leaves random streams where they are: for an observer,
    /// who must not change what it observes.
    fn peek(&mut self, student: LayerView, teacher: LayerView, out: &mut Overlaps) {
        self.evaluate(student, teacher, out);
    }

    /// Whether two calls with the same layers give the same overlaps. Adaptive integrators need it.
    fn is_repeatable(&self) -> bool {
        true
    }

    /// The smallest change of an entry of D that the method can show: 0 for smooth methods, 1/N for N samples.
    fn resolution(&self) -> f64 {
        0.0
    }
}

/// Panics with a clear word if shapes do not belong together; every implementation calls it first.
pub(crate) fn assert_shapes(student: &LayerView, teacher: &LayerView, out: &Overlaps) {
    let (n, m) = (student.nodes(), teacher.nodes());
    assert_eq!(
        student.input_dim(),
        teacher.input_dim(),
        "student and teacher must have the same input dimension"
    );
    assert_eq!(out.d.dim(), (n, n), "D must be n × n");
    assert_eq!(out.d_star.dim(), (n, m), "D* must be n × m");
    assert_eq!(out.l.dim(), (n, n), "L must be n × n");
    assert_eq!(out.l_star.dim(), (n, m), "L* must be n × m");
}
