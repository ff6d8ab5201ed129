//! Overlaps estimated from samples of the input.
//!
//! The N samples come in fixed blocks, each with a random stream of its own; blocks are summed in a
//! fixed order. The result is therefore the same, bit for bit, for any number of threads.

mod gates;
mod input;
mod sample;
mod sums;

pub use crate::real::Real;
pub use input::{Input, InputError};

use sample::Sample;
use sums::{Nodes, Sums};

use super::{OverlapMethod, Overlaps, assert_shapes, mirror, stack};
use crate::blas;
use crate::network::LayerView;
use ndarray::{Array1, Array2, Zip};
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

/// A run of blocks with its sample and its sums.
struct Group<T> {
    blocks: std::ops::Range<usize>,
    sample: Sample<T>,
    sums: Sums<T>,
}

impl<T: Real> MonteCarlo<T> {
    /// `samples` draws from `input`, from the stream "samples" of `seed`.
    ///
    /// # Panics
    /// If `samples` is zero, or greater than the number of rows of data that are not to be resampled.
    pub fn new(input: Input, samples: usize, resample: Resample, seed: u64) -> Self {
        assert!(samples > 0, "at least one sample");
        let rows = input.row_count().filter(|_| resample == Resample::Never);
        assert!(rows.is_none_or(|rows| samples <= rows), "more samples than rows of data");
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
        let all = self.estimate_while(student, teacher, &|| true);
        all.expect("nobody stopped it")
    }

    /// The same if `go_on` says so until it is done; it is asked every thousand samples.
    ///
    /// # Panics
    /// If the layers differ in input dimension.
    pub fn estimate_while(&mut self, student: LayerView, teacher: LayerView, go_on: &GoOn) -> Option<Estimate> {
        let (n, m) = (student.nodes(), teacher.nodes());
        let mut mean = Overlaps::zeros(n, m);
        assert_shapes(&student, &teacher, &mean);
        let wanted = Wanted {
            squares: true,
            mixed: false,
        };
        if !self.accumulate(student, teacher, wanted, go_on) {
            return None;
        }
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
        Some(Estimate { mean, standard_error })
    }

    /// Sums over all samples, left in the first group; whether it went on until the end.
    fn accumulate(&mut self, student: LayerView, teacher: LayerView, wanted: Wanted, go_on: &GoOn) -> bool {
        let (n, m, d) = (student.nodes(), teacher.nodes(), student.input_dim());
        self.prepare([n, m, d], wanted.mixed);
        let layers = [student.reborrow(), teacher.reborrow()];
        stack(layers, &mut self.weights, &mut self.thresholds);
        let source = Source {
            input: &self.input,
            samples: self.samples,
            keep: self.resample == Resample::Never,
            seed: self.seed,
            epoch: self.epoch,
            nodes: Nodes {
                weights: self.weights.view(),
                thresholds: self.thresholds.view(),
            },
        };
        let groups = self.groups.par_iter_mut().with_max_len(1);
        if !groups.all(|group| group.accumulate(&source, wanted.squares, go_on)) {
            return false;
        }
        if self.resample == Resample::EveryEvaluation {
            self.epoch += 1;
        }
        let (first, rest) = self.groups.split_first_mut().expect("there is a sample");
        for group in rest {
            first.sums.gates += &group.sums.gates;
            first.sums.activations += &group.sums.activations;
            first.sums.mixed += &group.sums.mixed;
            if wanted.squares {
                first.sums.squares += &group.sums.squares;
            }
        }
        true
    }

    /// Lays out working memory for n student and m teacher nodes in dimension d, unless it is there.
    fn prepare(&mut self, [n, m, d]: [usize; 3], mixed: bool) {
        let of_size = |sums: &Sums<T>| sums.gates.nrows() == n && sums.mixed.is_empty() != mixed;
        let fits = self.weights.dim() == (n + m, d) && self.groups.first().is_some_and(|group| of_size(&group.sums));
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
                sample: Sample::new(),
                sums: Sums::zeros(n, m, mixed),
            })
            .collect();
    }

    /// Turns the sums into means.
    fn write_means(&self, out: &mut Overlaps) {
        let sums = &self.groups[0].sums;
        let scale = 1.0 / self.samples as f64;
        Zip::from(&mut out.gates).and(&sums.gates).for_each(|d, &count| *d = count as f64 * scale);
        Zip::from(&mut out.activations).and(&sums.activations).for_each(|l, &sum| *l = sum * scale);
        // Only k ≥ j was summed.
        mirror(&mut out.gates);
        mirror(&mut out.activations);
        let mixed = out.mixed.iter_mut().zip(&sums.mixed);
        mixed.for_each(|(mean, sum)| *mean = sum * scale);
    }
}

/// What is summed beside D and L.
#[derive(Clone, Copy)]
struct Wanted {
    squares: bool,
    mixed: bool,
}

impl<T: Real> OverlapMethod for MonteCarlo<T> {
    fn evaluate(&mut self, student: LayerView, teacher: LayerView, out: &mut Overlaps) {
        assert_shapes(&student, &teacher, out);
        let wanted = Wanted {
            squares: false,
            mixed: !out.mixed.is_empty(),
        };
        self.accumulate(student, teacher, wanted, &|| true);
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

/// Whether to go on.
type GoOn<'a> = dyn Fn() -> bool + Sync + 'a;

/// What all groups read.
struct Source<'a, T> {
    input: &'a Input,
    samples: usize,
    keep: bool,
    seed: u64,
    epoch: u64,
    nodes: Nodes<'a, T>,
}

impl<T: Real> Group<T> {
    /// Sums over this group's blocks; whether it went on until the end.
    fn accumulate(&mut self, source: &Source<T>, squares: bool, go_on: &GoOn) -> bool {
        self.sums.clear();
        for block in self.blocks.clone() {
            if !go_on() {
                return false;
            }
            let place = block - self.blocks.start;
            for part in 0..self.sample.load(source, place, block) {
                let x = self.sample.part(place, part);
                self.sums.add(source.nodes, x, squares);
            }
        }
        true
    }
}
