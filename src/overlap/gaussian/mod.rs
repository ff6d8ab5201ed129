//! Exact overlaps for Gaussian input x ~ N(0, I).

mod arc_cosine;
mod by_cosine;
mod chebyshev;
mod few;
mod look_up;
mod mixed;
pub mod normal;
mod pair;
mod powers;
mod quadrature;
mod table;

pub(crate) use arc_cosine::ArcCosine;
pub(crate) use look_up::{Places, fused};
pub use mixed::gate_activation;
pub use pair::{GaussianPair, PairOverlap, ThresholdError, phi2};
pub use table::KernelTable;

use few::Few;
use look_up::CHUNK;

use super::{HalfAngle, OverlapMethod, Overlaps, assert_shapes, copied, mirror, stack};
use crate::blas;
use crate::network::{LayerView, rows};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut2, Axis, s};
use rayon::iter::{ParallelBridge, ParallelIterator};
use std::sync::Arc;

/// A norm this close to one counts as one: its node then needs no rescaled threshold.
pub(crate) const UNIT: f64 = 1e-13;

/// Rows that are one piece of work. Fixed, so that results do not depend on the number of threads.
const BLOCK: usize = 64;

/// Students up to which a second thread costs what it saves: of two blocks the first is the larger by far.
const NARROW: usize = 2 * BLOCK;

/// D, D*, L, L* in closed form for x ~ N(0, I), for nodes of any norm and any thresholds.
///
/// A node of norm r is r times the unit node with threshold b/r. Nodes of zero norm are constants.
///
/// # Precision
/// 1e-12 relative where D > 1e-100; thresholds beyond ±[`GaussianPair::LARGEST`] r make a node constant. When all nodes
/// are of unit norm and share a threshold, the kernels come from a [`KernelTable`] with an error of 1e-13 D(0) at most, for
/// b = 0 from their closed form.
///
/// # Cost
/// O((n² + nm) d) in matrix products, half of n² left out where n is large, and n²/2 + nm kernel evaluations: with a
/// common threshold and unit norms 2 to 3 ns each for b = 0, 2 to 3 ns for others above a cosine of −¼; 1 µs each otherwise.
#[derive(Debug, Default)]
pub struct ExactGaussian {
    table: Option<Arc<KernelTable>>,
    /// All nodes, students before teachers, one per row.
    nodes: Array2<f64>,
    norms: Array1<f64>,
    thresholds: Array1<f64>,
    few: Few,
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
        copied(out.l())
    }

    /// Copies all nodes into rows, and notes their norms. O((n + m) d).
    fn load(&mut self, layers: [LayerView; 2]) {
        let nodes = layers[0].nodes() + layers[1].nodes();
        let dim = layers[0].input_dim();
        if self.nodes.dim() != (nodes, dim) {
            self.nodes = Array2::zeros((nodes, dim));
            self.norms = Array1::zeros(nodes);
            self.thresholds = Array1::zeros(nodes);
        }
        stack(layers, &mut self.nodes, &mut self.thresholds);
        let rows = self.nodes.as_slice().expect("stored node by node");
        rows::norms(rows, self.norms.as_slice_mut().expect("contiguous"));
    }

    /// The nodes that are loaded, and the table of their kernels where it is theirs.
    fn loaded(&self, by_table: bool) -> Nodes<'_> {
        Nodes {
            rows: self.nodes.view(),
            norms: self.norms.view(),
            thresholds: self.thresholds.view(),
            table: self.table.as_deref().filter(|_| by_table),
        }
    }

    /// A and A*, if there is room for them, of the nodes that are loaded and from their D. 50 ns each.
    fn mix(&self, out: &mut Overlaps) {
        let nodes = self.loaded(false);
        for ((j, k), mixed) in out.mixed.indexed_iter_mut() {
            *mixed = nodes.mixed(j, k, out.gates[[j, k]]);
        }
    }
}

impl OverlapMethod for ExactGaussian {
    fn is_closed_form(&self) -> bool {
        true
    }

    fn evaluate(&mut self, student: LayerView, teacher: LayerView, out: &mut Overlaps) {
        assert_shapes(&student, &teacher, out);
        blas::single_threaded();
        let n = student.nodes();
        self.load([student.reborrow(), teacher.reborrow()]);
        let unit = self.norms.iter().all(|r| (r - 1.0).abs() <= UNIT);
        let common = common_threshold(&self.thresholds).filter(|_| unit);
        if let Some(b) = common
            && self.table.as_ref().is_none_or(|table| table.threshold() != b)
        {
            self.table = Some(KernelTable::shared(b));
        }
        if let Some(table) = self.table.as_deref().filter(|_| common.is_some())
            && Few::suits(n, self.nodes.nrows(), self.nodes.ncols())
        {
            self.few.evaluate(table, self.nodes.view(), out);
            return self.mix(out);
        }
        let nodes = self.loaded(common.is_some());
        let fill = |(block, (mut d, mut l)): (usize, (ArrayViewMut2<f64>, ArrayViewMut2<f64>))| {
            nodes.fill(block * BLOCK, &mut d, &mut l);
        };
        let gates = out.gates.axis_chunks_iter_mut(Axis(0), BLOCK);
        let activations = out.activations.axis_chunks_iter_mut(Axis(0), BLOCK);
        let blocks = gates.zip(activations).enumerate();
        if n > NARROW && rayon::current_num_threads() > 1 {
            // In their order, whoever is free: the first ones are the longest.
            blocks.par_bridge().for_each(fill);
        } else {
            blocks.for_each(fill);
        }
        mirror(&mut out.gates);
        mirror(&mut out.activations);
        self.mix(out);
    }
}

/// All nodes, students before teachers, and how their kernels are had.
#[derive(Clone, Copy)]
struct Nodes<'a> {
    rows: ArrayView2<'a, f64>,
    norms: ArrayView1<'a, f64>,
    thresholds: ArrayView1<'a, f64>,
    table: Option<&'a KernelTable>,
}

impl Nodes<'_> {
    /// D and L of the students from `first` on with all nodes from `first` on; of pairs of students only those
    /// from the diagonal on.
    fn fill(&self, first: usize, d: &mut ArrayViewMut2<f64>, l: &mut ArrayViewMut2<f64>) {
        let students = self.rows.slice(s![first..first + d.nrows(), ..]);
        let others = self.rows.slice(s![first.., ..]);
        // The Gram matrix is formed in the place of D, which then replaces it.
        let mut gram = d.slice_mut(s![.., first..]);
        general_mat_mul(1.0, &students, &others.t(), 0.0, &mut gram);
        let closed_form = self.table.and_then(KernelTable::closed_form);
        if let Some(kernels) = closed_form {
            arc_cosine::rows(kernels, first + 1, d.view_mut(), l.view_mut());
        }
        let mut places = None;
        for (j, (mut d, mut l)) in (first..).zip(d.rows_mut().into_iter().zip(l.rows_mut())) {
            let d = &mut d.as_slice_mut().expect("rows are contiguous")[j..];
            let l = &mut l.as_slice_mut().expect("rows are contiguous")[j..];
            let Some(table) = self.table else {
                for (k, (d, l)) in (j..).zip(d.iter_mut().zip(l)) {
                    let value = self.pair(j, k, *d);
                    (*d, *l) = (value.d, value.l);
                }
                continue;
            };
            let itself = table.at_zero();
            (d[0], l[0]) = (itself.d, itself.l);
            let (d, l) = (&mut d[1..], &mut l[1..]);
            match closed_form {
                Some(kernels) => {
                    self.mend(table, j, j + 1, d, l, |_, d| !kernels.is_safe(d));
                }
                None => self.look_up(table, j, d, l, &mut places),
            }
        }
    }

    /// D and L of node j with all nodes after it, by their cosines and the table.
    fn look_up(&self, table: &KernelTable, j: usize, d: &mut [f64], l: &mut [f64], places: &mut Option<Places>) {
        let places = places.get_or_insert_default();
        let chunks = d.chunks_mut(CHUNK).zip(l.chunks_mut(CHUNK));
        for (first, (d, l)) in (j + 1..).step_by(CHUNK).zip(chunks) {
            places.cosines[..d.len()].copy_from_slice(d);
            look_up::chunk(table, d, l, places);
            let cosines = &places.cosines;
            self.mend(table, j, first, d, l, |i, _| !HalfAngle::rho_is_safe(cosines[i]));
        }
    }

    /// D and L of node j with those from node `first` on whose cosine does not tell the angle well, by chords.
    fn mend(
        &self,
        table: &KernelTable,
        j: usize,
        first: usize,
        d: &mut [f64],
        l: &mut [f64],
        doubtful: impl Fn(usize, f64) -> bool,
    ) {
        // All of them are looked at: that goes by vectors.
        let any = (0..).zip(&*d).fold(false, |any, (i, &d)| any | doubtful(i, d));
        if !any {
            return;
        }
        for (i, (d, l)) in d.iter_mut().zip(l).enumerate() {
            if doubtful(i, *d) {
                let (node, other) = (self.rows.row(j), self.rows.row(first + i));
                let value = table.at(HalfAngle::between_units(node, other));
                (*d, *l) = (value.d, value.l);
            }
        }
    }

    /// Of any norms and thresholds; `product` is w_j·w_k.
    fn pair(&self, j: usize, k: usize, product: f64) -> PairOverlap {
        let (r, s) = (self.norms[j], self.norms[k]);
        let (b, c) = (self.thresholds[j], self.thresholds[k]);
        if is_constant(r, b) || is_constant(s, c) {
            let ((gate, mean), (other_gate, other_mean)) = (single(r, b), single(s, c));
            return PairOverlap {
                d: gate * other_gate,
                l: mean * other_mean,
            };
        }
        let angle = self.angle(j, k, product / (r * s));
        let unit = GaussianPair::new(b / r, c / s).at(angle);
        PairOverlap {
            d: unit.d,
            l: unit.l * r * s,
        }
    }

    /// E[f'_j f_k] of any norms and thresholds, from D_jk.
    fn mixed(&self, j: usize, k: usize, d: f64) -> f64 {
        let (r, s) = (self.norms[j], self.norms[k]);
        let (b, c) = (self.thresholds[j], self.thresholds[k]);
        if is_constant(r, b) || is_constant(s, c) {
            return single(r, b).0 * single(s, c).1;
        }
        let angle = self.angle(j, k, self.rows.row(j).dot(&self.rows.row(k)) / (r * s));
        s * gate_activation(b / r, c / s, angle, d)
    }

    /// From the cosine where that is safe, from the chords where it is not. O(1), or O(d) near 0 and π.
    #[inline]
    fn angle(&self, j: usize, k: usize, rho: f64) -> HalfAngle {
        if j == k {
            HalfAngle::ZERO
        } else if HalfAngle::rho_is_safe(rho) {
            HalfAngle::from_rho(rho)
        } else {
            let (u, v) = (self.rows.row(j), self.rows.row(k));
            HalfAngle::between_scaled(u, self.norms[j], v, self.norms[k])
        }
    }
}

/// Whether a node is the constant max(−b, 0): the part of the input in it is zero, or lost beside its threshold.
fn is_constant(norm: f64, threshold: f64) -> bool {
    norm == 0.0 || threshold.abs() > GaussianPair::LARGEST * norm
}

/// Gate probability and mean of one node.
fn single(norm: f64, threshold: f64) -> (f64, f64) {
    if is_constant(norm, threshold) {
        (f64::from(threshold < 0.0), (-threshold).max(0.0))
    } else {
        let h = threshold / norm;
        (normal::tail(h), norm * normal::mean_above(h))
    }
}

/// The threshold that all nodes share, if they do.
fn common_threshold(thresholds: &Array1<f64>) -> Option<f64> {
    let first = *thresholds.first()?;
    thresholds.iter().all(|&b| b == first).then_some(first)
}

/// What [`HalfAngle::rho_is_safe`] refuses.
#[cfg(test)]
const UNSAFE_COSINES: [f64; 6] = [1.0, -1.0, 1.0 + 1e-12, -1.0 - 1e-12, 0.99, -0.9999];
