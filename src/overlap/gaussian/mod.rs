//! Exact overlaps for Gaussian input x ~ N(0, I).

pub mod normal;
mod pair;
mod quadrature;
mod table;

pub use pair::{GaussianPair, PairOverlap, phi2};
pub use table::KernelTable;

use super::{HalfAngle, OverlapMethod, Overlaps, assert_shapes};
use crate::blas;
use crate::network::LayerView;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1};
use rayon::iter::{ParallelBridge, ParallelIterator};
use std::sync::Arc;

/// A norm this close to one counts as one: its node then needs no rescaled threshold.
const UNIT: f64 = 1e-13;

/// Work (pairs of nodes) below which a second thread costs more than it saves.
const PARALLEL_PAIRS: usize = 1 << 14;

/// D, D*, L, L* in closed form for x ~ N(0, I), for nodes of any norm and any thresholds.
///
/// A node of norm r is r times the unit node with threshold b/r. Nodes of zero norm are constants.
///
/// # Precision
/// 1e-12 relative where D > 1e-100, for thresholds b/r in [−8, 8]. When all nodes are of unit norm
/// and share a threshold, the kernels come from a [`KernelTable`] with an error of 1e-13 D(0) at most.
///
/// # Cost
/// O((n² + nm) d) in matrix products, and n²/2 + nm kernel evaluations: 15 ns each with a common
/// threshold and unit norms, 1 µs each otherwise.
#[derive(Debug, Default)]
pub struct ExactGaussian {
    table: Option<Arc<KernelTable>>,
    student_norms: Array1<f64>,
    teacher_norms: Array1<f64>,
}

impl ExactGaussian {
    /// An evaluator with no tables yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// L** of one layer with itself: E[f_j f_k], n × n.
    pub fn activation_overlap(&mut self, layer: LayerView) -> Array2<f64> {
        let mut out = Overlaps::zeros(layer.nodes(), layer.nodes());
        self.evaluate(layer, layer, &mut out);
        out.l
    }
}

impl OverlapMethod for ExactGaussian {
    fn evaluate(&mut self, student: LayerView, teacher: LayerView, out: &mut Overlaps) {
        assert_shapes(&student, &teacher, out);
        blas::single_threaded();
        let (w, w_star) = (student.weights, teacher.weights);
        // The Gram matrices are formed in the place of the gate overlaps, which then replace them.
        general_mat_mul(1.0, &w.t(), &w, 0.0, &mut out.d);
        general_mat_mul(1.0, &w.t(), &w_star, 0.0, &mut out.d_star);
        norms(w, &mut self.student_norms);
        norms(w_star, &mut self.teacher_norms);

        let unit = [&self.student_norms, &self.teacher_norms]
            .iter()
            .all(|norms| norms.iter().all(|r| (r - 1.0).abs() <= UNIT));
        let common = common_threshold(student.thresholds, teacher.thresholds);
        if let Some(b) = common.filter(|_| unit)
            && self
                .table
                .as_ref()
                .is_none_or(|table| table.threshold() != b)
        {
            self.table = Some(KernelTable::shared(b));
        }
        let table = self.table.as_deref().filter(|_| unit && common.is_some());

        let student = Nodes {
            layer: student.reborrow(),
            norms: self.student_norms.view(),
        };
        let teacher = Nodes {
            layer: teacher.reborrow(),
            norms: self.teacher_norms.view(),
        };
        fill(
            student,
            student,
            Part::UpperHalf,
            table,
            &mut out.d,
            &mut out.l,
        );
        fill(
            student,
            teacher,
            Part::Whole,
            table,
            &mut out.d_star,
            &mut out.l_star,
        );
    }
}

/// A layer with the norms of its columns.
#[derive(Clone, Copy)]
struct Nodes<'a> {
    layer: LayerView<'a>,
    norms: ArrayView1<'a, f64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// A symmetric block: evaluate above the diagonal and mirror.
    UpperHalf,
    Whole,
}

/// Replaces the Gram matrix in `d` by gate overlaps and writes activation overlaps into `l`.
fn fill(
    rows: Nodes,
    columns: Nodes,
    part: Part,
    table: Option<&KernelTable>,
    d: &mut Array2<f64>,
    l: &mut Array2<f64>,
) {
    let fill_row = |(j, mut d, mut l): (usize, ArrayViewMut1<f64>, ArrayViewMut1<f64>)| {
        let start = if part == Part::UpperHalf { j } else { 0 };
        for k in start..d.len() {
            let same = part == Part::UpperHalf && j == k;
            let value = evaluate_pair(rows, j, columns, k, same, d[k], table);
            d[k] = value.d;
            l[k] = value.l;
        }
    };
    let parallel = d.len() >= PARALLEL_PAIRS;
    let row_pairs = d.rows_mut().into_iter().zip(l.rows_mut()).enumerate();
    if parallel {
        row_pairs
            .par_bridge()
            .for_each(|(j, (d, l))| fill_row((j, d, l)));
    } else {
        row_pairs.for_each(|(j, (d, l))| fill_row((j, d, l)));
    }
    if part == Part::UpperHalf {
        mirror(d);
        mirror(l);
    }
}

/// D and L of node j of `rows` and node k of `columns`; `product` is w_j·w_k.
#[inline]
fn evaluate_pair(
    rows: Nodes,
    j: usize,
    columns: Nodes,
    k: usize,
    same: bool,
    product: f64,
    table: Option<&KernelTable>,
) -> PairOverlap {
    let (u, v) = (
        rows.layer.weights.column(j),
        columns.layer.weights.column(k),
    );
    if let Some(table) = table {
        return table.at(angle_between(same, product, u, 1.0, v, 1.0));
    }
    let (r, s) = (rows.norms[j], columns.norms[k]);
    let (b, c) = (rows.layer.thresholds[j], columns.layer.thresholds[k]);
    if r == 0.0 || s == 0.0 {
        return constant_pair(r, b, s, c);
    }
    let angle = angle_between(same, product / (r * s), u, r, v, s);
    let unit = GaussianPair::new(b / r, c / s).at(angle);
    PairOverlap {
        d: unit.d,
        l: unit.l * r * s,
    }
}

/// From the cosine where that is safe, from the chords where it is not. O(1), or O(d) near 0 and π.
#[inline]
fn angle_between(
    same: bool,
    rho: f64,
    u: ArrayView1<f64>,
    u_norm: f64,
    v: ArrayView1<f64>,
    v_norm: f64,
) -> HalfAngle {
    if same {
        HalfAngle::ZERO
    } else if HalfAngle::rho_is_safe(rho) {
        HalfAngle::from_rho(rho)
    } else {
        HalfAngle::between_scaled(u, u_norm, v, v_norm)
    }
}

/// At least one node has zero norm and is the constant max(−b, 0).
fn constant_pair(r: f64, b: f64, s: f64, c: f64) -> PairOverlap {
    // Gate probability and mean of one node.
    let single = |norm: f64, threshold: f64| {
        if norm == 0.0 {
            (f64::from(threshold < 0.0), (-threshold).max(0.0))
        } else {
            let h = threshold / norm;
            (
                normal::tail(h),
                norm * normal::moment(h, f64::INFINITY, |above| above),
            )
        }
    };
    let ((gate, mean), (other_gate, other_mean)) = (single(r, b), single(s, c));
    PairOverlap {
        d: gate * other_gate,
        l: mean * other_mean,
    }
}

/// Copies the upper triangle to the lower one.
fn mirror(matrix: &mut Array2<f64>) {
    for j in 1..matrix.nrows() {
        for k in 0..j {
            matrix[[j, k]] = matrix[[k, j]];
        }
    }
}

/// Norms of the columns of `weights`, into a reused buffer.
fn norms(weights: ArrayView2<f64>, out: &mut Array1<f64>) {
    if out.len() != weights.ncols() {
        *out = Array1::zeros(weights.ncols());
    }
    for (norm, column) in out.iter_mut().zip(weights.columns()) {
        *norm = column.dot(&column).sqrt();
    }
}

/// The threshold that all nodes of both layers share, if they do.
fn common_threshold(student: ArrayView1<f64>, teacher: ArrayView1<f64>) -> Option<f64> {
    let first = *student.first()?;
    student
        .iter()
        .chain(teacher)
        .all(|&b| b == first)
        .then_some(first)
}
