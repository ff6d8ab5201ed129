//! Overlaps estimated from samples of the input.
//!
//! The N samples come in fixed blocks, each with a random stream of its own; blocks are summed in a
//! fixed order. The result is therefore the same, bit for bit, for any number of threads.

mod gates;
mod input;

pub use crate::real::Real;
pub use input::{Input, InputError};

use super::{OverlapMethod, Overlaps, assert_shapes, mirror};
use crate::blas;
use crate::network::LayerView;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, Axis, Zip, s};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

/// Samples per block: part of what a seed means, so it never changes.
const BLOCK: usize = 1024;

/// Blocks are summed in this many groups, which then are added in order.
const GROUPS: usize = 16;

/// Where both nodes of a pair are active in a smaller part of the samples, those are added one by one: each costs what
/// so many multiply–adds of a matrix product do.
const SPARSE: f64 = 1.0 / 60.0;

/// When a new sample is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resample {
    /// Once: common random numbers for all evaluations. D is then piecewise constant in W.
    Never,
    /// At each evaluation: the flow becomes stochastic, and needs a method of fixed step.
    EveryEvaluation,
}

/// D, D*, L, L* as means over N samples, computed in precision `T`.
///
/// # Precision
/// Standard errors fall like 1/√N; [`MonteCarlo::estimate`] gives them. With `f32` each
/// pre-activation has a relative rounding error of 1e-7, far below the sampling error.
///
/// # Cost
/// 2N(n + m)d + 2Nn(n/2 + m) floating-point operations in matrix products, Nn(n/2 + m)/64 words of gates. Where gates are
/// seldom open the second product is left out: O(1) for each pair and sample with both active.
/// Memory: a fixed sample is kept, N·d numbers; fresh samples need 16 blocks of 1024 whatever N is.
pub struct MonteCarlo<T: Real> {
    input: Input,
    samples: usize,
    resample: Resample,
    seed: u64,
    epoch: u64,
    weights: Array2<T>,
    thresholds: Array1<T>,
    groups: Vec<Group<T>>,
}

/// Means and their standard errors.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// The overlaps.
    pub mean: Overlaps,
    /// One standard error of each entry, from the same samples. 0 where no sample was active.
    pub standard_error: Overlaps,
}

/// A run of blocks with its working memory and partial sums.
struct Group<T> {
    blocks: std::ops::Range<usize>,
    /// The sample, block by block, where it is kept.
    kept: Vec<Array2<T>>,
    x: Array2<T>,
    /// Activations, (n + m) × BLOCK.
    f: Array2<T>,
    product: Array2<T>,
    gates: Vec<u64>,
    sums: Sums,
}

/// Sums over samples, each n × (n + m): students beside students, then beside teachers.
struct Sums {
    gates: Array2<u64>,
    activations: Array2<f64>,
    squares: Array2<f64>,
}

impl<T: Real> MonteCarlo<T> {
    /// `samples` draws from `input`, from the stream "samples" of `seed`.
    ///
    /// # Panics
    /// If `samples` is zero, or greater than the number of rows of data that are not to be resampled.
    pub fn new(input: Input, samples: usize, resample: Resample, seed: u64) -> Self {
        assert!(samples > 0, "at least one sample");
        let rows = input.row_count().filter(|_| resample == Resample::Never);
        assert!(
            rows.is_none_or(|rows| samples <= rows),
            "more samples than rows of data"
        );
        blas::single_threaded();
        Self {
            input,
            samples,
            resample,
            seed,
            epoch: 0,
            weights: Array2::zeros((0, 0)),
            thresholds: Array1::zeros(0),
            groups: Vec::new(),
        }
    }

    /// Number of samples N.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Means with standard errors. About twice the cost of [`OverlapMethod::evaluate`].
    ///
    /// # Panics
    /// If the layers differ in input dimension.
    pub fn estimate(&mut self, student: LayerView, teacher: LayerView) -> Estimate {
        let (n, m) = (student.nodes(), teacher.nodes());
        let mut mean = Overlaps::zeros(n, m);
        assert_shapes(&student, &teacher, &mean);
        self.accumulate(student, teacher, true);
        self.write_means(&mut mean);

        // Only k ≥ j was summed.
        mirror(&mut self.groups[0].sums.squares);
        let mut standard_error = Overlaps::zeros(n, m);
        let count = self.samples as f64;
        let degrees = (count - 1.0).max(1.0);
        let sums = self.groups[0].sums.squares.view();
        standard_error.gates = mean.gates.map(|p| (p * (1.0 - p) / degrees).sqrt());
        Zip::from(&mut standard_error.activations)
            .and(&mean.activations)
            .and(sums)
            .for_each(|error, mean, square| {
                *error = ((square / count - mean * mean).max(0.0) / degrees).sqrt();
            });
        Estimate {
            mean,
            standard_error,
        }
    }

    /// Sums over all samples, left in the first group.
    fn accumulate(&mut self, student: LayerView, teacher: LayerView, squares: bool) {
        let (n, m, d) = (student.nodes(), teacher.nodes(), student.input_dim());
        self.prepare(n, m, d);
        for (layer, columns) in [(student.reborrow(), 0..n), (teacher.reborrow(), n..n + m)] {
            let mut weights = self.weights.slice_mut(s![columns.clone(), ..]);
            Zip::from(&mut weights)
                .and(layer.weights.t())
                .for_each(|to, &w| *to = T::from_f64(w));
            let mut thresholds = self.thresholds.slice_mut(s![columns]);
            Zip::from(&mut thresholds)
                .and(layer.thresholds)
                .for_each(|to, &b| *to = T::from_f64(b));
        }
        let source = Source {
            input: &self.input,
            samples: self.samples,
            keep: self.resample == Resample::Never,
            seed: self.seed,
            epoch: self.epoch,
            weights: &self.weights,
            thresholds: &self.thresholds,
        };
        self.groups
            .par_iter_mut()
            .with_max_len(1)
            .for_each(|group| group.accumulate(&source, squares));
        if self.resample == Resample::EveryEvaluation {
            self.epoch += 1;
        }
        let (first, rest) = self.groups.split_first_mut().expect("there is a sample");
        for group in rest {
            first.sums.gates += &group.sums.gates;
            first.sums.activations += &group.sums.activations;
            if squares {
                first.sums.squares += &group.sums.squares;
            }
        }
    }

    /// Lays out working memory for n student and m teacher nodes in dimension d, unless it is there.
    fn prepare(&mut self, n: usize, m: usize, d: usize) {
        let fits = self.weights.dim() == (n + m, d)
            && self
                .groups
                .first()
                .is_some_and(|group| group.product.nrows() == n);
        if fits {
            return;
        }
        self.weights = Array2::zeros((n + m, d));
        self.thresholds = Array1::zeros(n + m);
        let blocks = self.samples.div_ceil(BLOCK);
        let groups = blocks.min(GROUPS);
        self.groups = (0..groups)
            .map(|g| Group {
                blocks: g * blocks / groups..(g + 1) * blocks / groups,
                kept: Vec::new(),
                x: Array2::zeros((0, d)),
                f: Array2::zeros((n + m, BLOCK)),
                product: Array2::zeros((n, n + m)),
                gates: vec![0; (n + m) * BLOCK / 64],
                sums: Sums {
                    gates: Array2::zeros((n, n + m)),
                    activations: Array2::zeros((n, n + m)),
                    squares: Array2::zeros((n, n + m)),
                },
            })
            .collect();
    }

    /// Turns the sums into means.
    fn write_means(&self, out: &mut Overlaps) {
        let sums = &self.groups[0].sums;
        let scale = 1.0 / self.samples as f64;
        Zip::from(&mut out.gates)
            .and(&sums.gates)
            .for_each(|d, &count| *d = count as f64 * scale);
        Zip::from(&mut out.activations)
            .and(&sums.activations)
            .for_each(|l, &sum| *l = sum * scale);
        // Only k ≥ j was summed.
        mirror(&mut out.gates);
        mirror(&mut out.activations);
    }
}

impl<T: Real> OverlapMethod for MonteCarlo<T> {
    fn evaluate(&mut self, student: LayerView, teacher: LayerView, out: &mut Overlaps) {
        assert_shapes(&student, &teacher, out);
        self.accumulate(student, teacher, false);
        self.write_means(out);
    }

    fn peek(&mut self, student: LayerView, teacher: LayerView, out: &mut Overlaps) {
        let epoch = self.epoch;
        self.evaluate(student, teacher, out);
        self.epoch = epoch;
    }

    fn is_repeatable(&self) -> bool {
        self.resample == Resample::Never
    }

    fn resolution(&self) -> f64 {
        1.0 / self.samples as f64
    }
}

/// What all groups read.
struct Source<'a, T> {
    input: &'a Input,
    samples: usize,
    keep: bool,
    seed: u64,
    epoch: u64,
    /// (n + m) × d, a node per row
    weights: &'a Array2<T>,
    thresholds: &'a Array1<T>,
}

impl<T: Real> Group<T> {
    /// Sums over this group's blocks.
    fn accumulate(&mut self, source: &Source<T>, squares: bool) {
        self.sums.gates.fill(0);
        self.sums.activations.fill(0.0);
        if squares {
            self.sums.squares.fill(0.0);
        }
        // Of the pairs and samples, those with both active; of the first block what independent gates would have.
        let mut joint = None;
        for (i, block) in self.blocks.clone().enumerate() {
            self.load(source, i, block);
            self.activate(source, i);
            let density = joint.unwrap_or_else(|| self.density().powi(2));
            joint = Some(if density < SPARSE {
                self.add_sparse(squares)
            } else {
                self.add_dense(squares)
            });
        }
    }

    /// Puts the block's sample in place: drawn, or kept from the first time.
    fn load(&mut self, source: &Source<T>, i: usize, block: usize) {
        let size = BLOCK.min(source.samples - block * BLOCK);
        if self.f.ncols() != size {
            let nodes = self.f.nrows();
            self.f = Array2::zeros((nodes, size));
        }
        let key = [source.seed, source.epoch, block as u64];
        let d = source.weights.ncols();
        if source.keep {
            if self.kept.len() == i {
                let mut x = Array2::zeros((size, d));
                source.input.draw(key, Some(block * BLOCK), x.view_mut());
                self.kept.push(x);
            }
        } else {
            if self.x.nrows() != size {
                self.x = Array2::zeros((size, d));
            }
            source.input.draw(key, None, self.x.view_mut());
        }
    }

    /// f = max(W x − b, 0), a node per row.
    fn activate(&mut self, source: &Source<T>, i: usize) {
        let x = self.kept.get(i).unwrap_or(&self.x);
        general_mat_mul(T::one(), source.weights, &x.t(), T::zero(), &mut self.f);
        let words = self.words();
        gates::open(
            self.f.view_mut(),
            source.thresholds.view(),
            &mut self.gates[..words],
        );
    }

    /// Words of all gates of a block.
    fn words(&self) -> usize {
        self.f.ncols().div_ceil(64) * self.f.nrows()
    }

    /// The part of gates that is open.
    fn density(&self) -> f64 {
        gates::count(&self.gates[..self.words()]) as f64 / self.f.len() as f64
    }

    /// Pairs of nodes that are counted, times samples.
    fn pairs(&self) -> f64 {
        let (n, nodes) = self.product.dim();
        (n * nodes - n * (n - 1) / 2) as f64 * self.f.ncols() as f64
    }

    /// Sums from the samples in which both nodes of a pair are active. Gives the part of those.
    fn add_sparse(&mut self, squares: bool) -> f64 {
        let (n, words) = (self.product.nrows(), self.words());
        let sums = &mut self.sums;
        let both = gates::sum_joint(&self.gates[..words], self.f.view(), n, |j, k, pair| {
            sums.gates[[j, k]] += pair.both;
            sums.activations[[j, k]] += pair.products;
            if squares {
                sums.squares[[j, k]] += pair.squares;
            }
        });
        both as f64 / self.pairs()
    }

    /// Sums from counts of packed gates and a product of the activations. Gives the part of samples with both active.
    fn add_dense(&mut self, squares: bool) -> f64 {
        let words = &self.gates[..self.words()];
        let per_node = self.f.ncols().div_ceil(64);
        let both = gates::count_joint(words, per_node, self.sums.gates.view_mut());
        let joint = both as f64 / self.pairs();
        self.add_products(Which::Activations);
        if squares {
            self.f.mapv_inplace(|x| x * x);
            self.add_products(Which::Squares);
        }
        joint
    }

    /// Adds f fᵀ, of pairs of students only the upper half.
    fn add_products(&mut self, which: Which) {
        let n = self.product.nrows();
        let sums = match which {
            Which::Activations => &mut self.sums.activations,
            Which::Squares => &mut self.sums.squares,
        };
        let (nodes, samples) = self.f.dim();
        let f = self.f.as_slice().expect("stored node by node");
        let product = self.product.as_slice_mut().expect("stored row by row");
        T::gram(&f[..n * samples], n, product, nodes);
        let (students, teachers) = self.f.view().split_at(Axis(0), n);
        let mut beside = self.product.slice_mut(s![.., n..]);
        general_mat_mul(T::one(), &students, &teachers.t(), T::zero(), &mut beside);
        for (j, (mut sums, product)) in sums
            .rows_mut()
            .into_iter()
            .zip(self.product.rows())
            .enumerate()
        {
            Zip::from(sums.slice_mut(s![j..]))
                .and(product.slice(s![j..]))
                .for_each(|sum, x| *sum += x.to_f64());
        }
    }
}

/// Which sums a product goes to.
enum Which {
    Activations,
    Squares,
}
