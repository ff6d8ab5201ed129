//! Overlaps: the statistics E_x of gates and activations from which the dynamics are built.
//!
//! For student nodes f_j(x) = max(w_j·x − b_j, 0) and teacher nodes f*_j, with gates f' = (f > 0):
//!
//! | symbol | shape | meaning |
//! | --- | --- | --- |
//! | D | n × n | E[f'_j f'_k], gate overlap |
//! | D\* | n × m | E[f'_j f\*'_k] |
//! | L | n × n | E[f_j f_k], activation overlap |
//! | L\* | n × m | E[f_j f\*_k] |
//! | A, A\* | n × n, n × m | E[f'_j f_k], E[f'_j f\*_k]: for thresholds that are learned, where asked for |
//!
//! Two ways to get them: [`ExactGaussian`] for x ~ N(0, I), and [`MonteCarlo`] for any input.

pub mod angle;
pub mod gaussian;
pub mod monte_carlo;

pub use angle::HalfAngle;
pub use gaussian::{ExactGaussian, GaussianPair};
pub use monte_carlo::{Input, MonteCarlo, Resample};

use crate::network::LayerView;
use crate::real::Real;
use ndarray::parallel::prelude::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis, Zip, s};

/// D, D*, L and L* of one student and one teacher layer: beside each other, as the flow multiplies them.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlaps {
    /// [D, D*], n × (n + m)
    pub gates: Array2<f64>,
    /// [L, L*], n × (n + m)
    pub activations: Array2<f64>,
    /// [A, A*], n × (n + m); 0 × 0 where nobody asks for it.
    pub mixed: Array2<f64>,
}

impl Overlaps {
    /// Zeros for `n` student and `m` teacher nodes, to be written into.
    pub fn zeros(n: usize, m: usize) -> Self {
        Self {
            gates: Array2::zeros((n, n + m)),
            activations: Array2::zeros((n, n + m)),
            mixed: Array2::zeros((0, 0)),
        }
    }

    /// The same with A and A*.
    pub fn with_mixed(n: usize, m: usize) -> Self {
        Self {
            mixed: Array2::zeros((n, n + m)),
            ..Self::zeros(n, m)
        }
    }

    /// Number of student nodes n.
    pub fn students(&self) -> usize {
        self.gates.nrows()
    }

    /// D, n × n
    pub fn d(&self) -> ArrayView2<'_, f64> {
        self.gates.slice(s![.., ..self.students()])
    }

    /// D*, n × m
    pub fn d_star(&self) -> ArrayView2<'_, f64> {
        self.gates.slice(s![.., self.students()..])
    }

    /// L, n × n
    pub fn l(&self) -> ArrayView2<'_, f64> {
        self.activations.slice(s![.., ..self.students()])
    }

    /// L*, n × m
    pub fn l_star(&self) -> ArrayView2<'_, f64> {
        self.activations.slice(s![.., self.students()..])
    }
}

/// Writes the nodes of both layers into rows, those of the first above those of the second, and their thresholds. O((n + m) d).
pub(crate) fn stack<T: Real>(layers: [LayerView; 2], nodes: &mut Array2<T>, thresholds: &mut Array1<T>) {
    let mut first = 0;
    for layer in layers {
        let last = first + layer.nodes();
        let mut rows = nodes.slice_mut(s![first..last, ..]);
        let weights = layer.weights.t();
        match (rows.as_slice_mut(), weights.as_slice()) {
            // Few nodes spend more time on being taken apart than on being copied.
            (Some(to), Some(from)) => {
                to.iter_mut().zip(from).for_each(|(to, &w)| *to = T::from_f64(w));
            }
            _ => Zip::from(rows).and(weights).for_each(|to, &w| *to = T::from_f64(w)),
        }
        let to = thresholds.iter_mut().skip(first);
        to.zip(layer.thresholds).for_each(|(to, &b)| *to = T::from_f64(b));
        first = last;
    }
}

/// A copy of a part of [`Overlaps`] for LAPACK, which refuses the strides that ndarray gives a copy of one entry.
pub(crate) fn copied(part: ArrayView2<f64>) -> Array2<f64> {
    let entries = part.iter().copied().collect();
    Array2::from_shape_vec(part.dim(), entries).expect("as many entries as there are")
}

/// Copies the upper triangle of the first square to the lower one. O(n²), shared among threads where n is large.
pub(crate) fn mirror(matrix: &mut Array2<f64>) {
    let n = matrix.nrows();
    mirror_square(matrix.slice_mut(s![.., ..n]));
}

/// The lower left quarter is the upper right one transposed; the other two are squares themselves.
fn mirror_square(square: ArrayViewMut2<f64>) {
    /// Fits the first-level cache.
    const SMALL: usize = 32;
    /// Worth another thread.
    const LARGE: usize = 256;
    let n = square.nrows();
    if n <= SMALL {
        let mut square = square;
        for j in 1..n {
            for k in 0..j {
                square[[j, k]] = square[[k, j]];
            }
        }
        return;
    }
    let half = (n / 2).next_multiple_of(SMALL);
    let (mut top, mut bottom) = square.split_at(Axis(0), half);
    let (own, right) = top.view_mut().split_at(Axis(1), half);
    let (mut left, rest) = bottom.view_mut().split_at(Axis(1), half);
    let copy = |(mut rows, columns): (ArrayViewMut2<f64>, ArrayView2<f64>)| {
        for (mut rows, columns) in
            rows.axis_chunks_iter_mut(Axis(1), SMALL).zip(columns.axis_chunks_iter(Axis(0), SMALL))
        {
            rows.assign(&columns.t());
        }
    };
    let rows = left.axis_chunks_iter_mut(Axis(0), SMALL);
    let columns = right.axis_chunks_iter(Axis(1), SMALL);
    if n >= LARGE && rayon::current_num_threads() > 1 {
        rows.into_par_iter().zip(columns.into_par_iter()).for_each(copy);
        rayon::join(|| mirror_square(own), || mirror_square(rest));
    } else {
        rows.zip(columns).for_each(copy);
        mirror_square(own);
        mirror_square(rest);
    }
}

/// A way to evaluate the overlaps of a student and a teacher layer.
///
/// Implementations own their working memory: after the first call with given sizes, further calls
/// allocate nothing.
pub trait OverlapMethod: Send {
    /// Writes D, D*, L, L* of `student` and `teacher` into `out`, and A, A* if it has room for them.
    ///
    /// # Panics
    /// If the layers differ in input dimension or `out` has other sizes.
    fn evaluate(&mut self, student: LayerView, teacher: LayerView, out: &mut Overlaps);

    /// Like [`OverlapMethod::evaluate`], but leaves random streams where they are: for an observer,
    /// who must not change what it observes.
    fn peek(&mut self, student: LayerView, teacher: LayerView, out: &mut Overlaps) {
        self.evaluate(student, teacher, out);
    }

    /// Whether the overlaps are those of [`ExactGaussian`], for x ~ N(0, I).
    fn is_closed_form(&self) -> bool {
        false
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
    assert_eq!(student.input_dim(), teacher.input_dim(), "student and teacher must have the same input dimension");
    assert_eq!(out.gates.dim(), (n, n + m), "[D, D*] must be n × (n + m)");
    assert_eq!(out.activations.dim(), (n, n + m), "[L, L*] must be n × (n + m)");
    assert!(out.mixed.is_empty() || out.mixed.dim() == (n, n + m), "[A, A*] must be n × (n + m)");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upper_triangle_is_mirrored_and_nothing_else_changes() {
        for n in [1, 2, 31, 33, 100, 300] {
            let before = Array2::from_shape_fn((n, n + 3), |(j, k)| (j * 1000 + k) as f64);
            let mut after = before.clone();
            mirror(&mut after);
            for ((j, k), &x) in after.indexed_iter() {
                let from = if k < j { [k, j] } else { [j, k] };
                assert_eq!(x, before[from], "n = {n}, ({j}, {k})");
            }
        }
    }
}
