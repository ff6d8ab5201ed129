//! Overlaps estimated from samples of the input.
//!
//! The N samples come in fixed blocks, each with a random stream of its own; blocks are summed in a
//! fixed order. The result is therefore the same, bit for bit, for any number of threads.

mod gates;
mod input;
mod real;

pub use input::{Input, InputError};
pub use real::Real;

use super::{OverlapMethod, Overlaps, assert_shapes};
use crate::blas;
use crate::network::LayerView;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayViewMut2, Axis, Zip, s};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

/// Samples per block: part of what a seed means, so it never changes.
const BLOCK: usize = 1024;

/// Blocks are summed in this many groups, which then are added in order.
const GROUPS: usize = 16;

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
/// 2N(n + m)(d + n) floating-point operations in matrix products, Nn(n/2 + m)/64 words of gates.
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
        // Only k ≥ j was counted.
        for j in 1..out.students() {
            for k in 0..j {
                out.gates[[j, k]] = out.gates[[k, j]];
            }
        }
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
        for (i, block) in self.blocks.clone().enumerate() {
            self.load(source, i, block);
            self.activate(source, i);
            self.add_gates();
            self.add_activations(squares);
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
        for (mut row, &b) in self.f.rows_mut().into_iter().zip(source.thresholds) {
            row.mapv_inplace(|z| if z > b { z - b } else { T::zero() });
        }
    }

    fn add_gates(&mut self) {
        let per_node = self.f.ncols().div_ceil(64);
        let words = &mut self.gates[..per_node * self.f.nrows()];
        gates::pack(self.f.view(), words);
        gates::count_joint(words, per_node, self.sums.gates.view_mut());
    }

    fn add_activations(&mut self, squares: bool) {
        let n = self.product.nrows();
        let mut add = |f: &Array2<T>, to: ArrayViewMut2<f64>| {
            let (students, _) = f.view().split_at(Axis(0), n);
            general_mat_mul(T::one(), &students, &f.t(), T::zero(), &mut self.product);
            Zip::from(to)
                .and(&self.product)
                .for_each(|sum, x| *sum += x.to_f64());
        };
        add(&self.f, self.sums.activations.view_mut());
        if squares {
            self.f.mapv_inplace(|x| x * x);
            add(&self.f, self.sums.squares.view_mut());
        }
    }
}
