//! Batch normalisation of each node, or of each channel over its positions: forward and back.

use super::{InPlace, LayerKind, Mode, Room, Work, least_share};
use crate::network::deep::{Layout, Parameters, Shape, VectorLayout};
use crate::real::Real;
use ndarray::parallel::prelude::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
use ndarray::{Array1, ArrayView2, ArrayViewMut2};
use rayon::slice::ParallelSliceMut;
use serde::Serialize;

/// Added to variances, as PyTorch does.
const EPSILON: f64 = 1e-5;

/// Part of a new batch in the running mean and variance, as in PyTorch.
const MOMENTUM: f64 = 0.1;

/// Numbers beyond which a second thread is worth it.
const WORTH_SHARING: usize = 1 << 17;

/// Whitens each node over the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Normalization {
    /// Whether each node has a gain and a shift that are learned.
    pub affine: bool,
}

impl Normalization {
    /// Of its vectors the factor after whitening.
    pub const GAIN: usize = 0;
    /// What is added after that.
    pub const SHIFT: usize = 1;
    /// The running mean, for use outside training.
    pub const MEAN: usize = 2;
    /// The running variance (unbiased), likewise.
    pub const VARIANCE: usize = 3;
}

impl LayerKind for Normalization {
    fn output(&self, input: Shape) -> Result<Shape, String> {
        Ok(input)
    }

    fn layout(&self, input: Shape) -> Layout {
        let vector = |name, initial: u8, learned| VectorLayout {
            name,
            length: input.channels,
            initial,
            learned,
        };
        Layout {
            group: "norms",
            weights: Vec::new(),
            vectors: vec![
                vector("weight", 1, self.affine),
                vector("bias", 0, self.affine),
                vector("running_mean", 0, false),
                vector("running_var", 1, false),
            ],
        }
    }

    fn work<T: Real>(&self, room: Room) -> Work<T> {
        Work::InPlace(Box::new(Whitening::new(room)))
    }
}

/// What the way back needs, and what the running statistics get.
struct Whitening<T> {
    /// (x − mean)/deviation, nodes × (positions · batch)
    whitened: Vec<T>,
    /// Node by node.
    nodes: Vec<Statistics<T>>,
    /// Numbers of a node.
    count: usize,
}

/// Of a node, in the last batch.
#[derive(Clone, Copy)]
struct Statistics<T> {
    inverse_deviation: T,
    mean: T,
    /// Biased, as it whitens.
    variance: T,
    /// Σ δ and Σ δ·whitened.
    sums: [f64; 2],
}

impl<T: Real> Whitening<T> {
    fn new(room: Room) -> Self {
        let zero = T::zero();
        let nothing = Statistics {
            inverse_deviation: zero,
            mean: zero,
            variance: zero,
            sums: [0.0; 2],
        };
        Self {
            whitened: vec![zero; room.input.len() * room.capacity],
            nodes: vec![nothing; room.input.channels],
            count: 0,
        }
    }

    /// Works on each node: its number, its statistics, its numbers in `rows`, and those that are whitened.
    fn each_node(
        &mut self,
        mut rows: ArrayViewMut2<T>,
        work: impl Fn(usize, &mut Statistics<T>, &mut [T], &mut [T]) + Sync,
    ) {
        let rows = rows.as_slice_mut().expect("activations are contiguous");
        let share = least_share(rows.len() > WORTH_SHARING);
        let whitened = self.whitened.par_chunks_mut(self.count);
        let nodes = self.nodes.par_iter_mut().zip(rows.par_chunks_mut(self.count)).zip(whitened);
        let nodes = nodes.enumerate().with_min_len(share);
        nodes.for_each(|(j, ((node, row), whitened))| work(j, node, row, whitened));
    }
}

impl<T: Real> InPlace<T> for Whitening<T> {
    /// x → gain·(x − mean)/deviation + shift in place, with the statistics of this batch, or the running ones.
    fn forward(&mut self, parameters: &Parameters<T>, x: ArrayViewMut2<T>, mode: Mode) {
        self.count = x.ncols();
        let count = x.ncols() as f64;
        let [gain, shift, means, variances] = &parameters.vectors[..] else {
            unreachable!("the layout has four vectors");
        };
        self.each_node(x, |j, node, row, whitened| {
            let (mean, variance) = if mode == Mode::Training {
                let mean = sum(row, row, |x, _| x.to_f64()) / count;
                let squares = sum(row, row, |x, _| (x.to_f64() - mean).powi(2));
                (mean, squares / count)
            } else {
                (means[j].to_f64(), variances[j].to_f64())
            };
            let inverse = T::from_f64(1.0 / (variance + EPSILON).sqrt());
            node.mean = T::from_f64(mean);
            node.variance = T::from_f64(variance);
            node.inverse_deviation = inverse;
            let (mean, gain, shift) = (node.mean, gain[j], shift[j]);
            for (x, w) in row.iter_mut().zip(whitened) {
                *w = (*x - mean) * inverse;
                *x = gain * *w + shift;
            }
        });
    }

    /// With the batch's own statistics.
    fn backward(
        &mut self,
        parameters: &Parameters<T>,
        _: ArrayView2<T>,
        delta: ArrayViewMut2<T>,
        vectors: &mut [Array1<T>],
    ) {
        let per_sample = 1.0 / self.count as f64;
        let gain = &parameters.vectors[Normalization::GAIN];
        self.each_node(delta, |j, node, row, whitened| {
            let total = sum(row, whitened, |d, _| d.to_f64());
            let along = sum(row, whitened, |d, w| (d * w).to_f64());
            node.sums = [total, along];
            let scale = gain[j] * node.inverse_deviation;
            let (mean, along) = (T::from_f64(total * per_sample), T::from_f64(along * per_sample));
            for (d, w) in row.iter_mut().zip(&*whitened) {
                *d = scale * (*d - mean - along * *w);
            }
        });
        for (j, node) in self.nodes.iter().enumerate() {
            vectors[Normalization::SHIFT][j] = T::from_f64(node.sums[0]);
            vectors[Normalization::GAIN][j] = T::from_f64(node.sums[1]);
        }
    }

    /// Moves the running statistics towards those of the batch.
    fn keep(&self, parameters: &mut Parameters<T>) {
        let keep = T::from_f64(1.0 - MOMENTUM);
        let count = self.count as f64;
        let unbiased = T::from_f64(MOMENTUM * count / (count - 1.0).max(1.0));
        let momentum = T::from_f64(MOMENTUM);
        let [_, _, means, variances] = &mut parameters.vectors[..] else {
            unreachable!("the layout has four vectors");
        };
        for ((mean, variance), node) in means.iter_mut().zip(variances).zip(&self.nodes) {
            *mean = keep * *mean + momentum * node.mean;
            *variance = keep * *variance + unbiased * node.variance;
        }
    }

    fn tangent(&self, _: ArrayView2<T>, _: ArrayViewMut2<T>) -> bool {
        false
    }
}

/// Terms that are summed side by side, so that no addition waits for the one before.
const LANES: usize = 8;

/// Σ term(a_i, b_i), in an order that depends on the length alone.
fn sum<T: Real>(a: &[T], b: &[T], term: impl Fn(T, T) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            lanes[i] += term(a[i], b[i]);
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(&a, &b)| term(a, b));
    lanes.iter().sum::<f64>() + rest.sum::<f64>()
}
