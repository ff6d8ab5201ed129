//! Batch normalisation of one layer: forward and back.

use crate::network::deep::Norm;
use crate::real::Real;
use ndarray::{Array1, Array2, ArrayViewMut2};

/// Added to variances, as PyTorch does.
const EPSILON: f64 = 1e-5;

/// Part of a new batch in the running mean and variance, as in PyTorch.
const MOMENTUM: f64 = 0.1;

/// What the way back needs, and what the running statistics get.
pub(super) struct NormPass<T> {
    /// (x − mean)/deviation, nodes × batch
    pub whitened: Array2<T>,
    pub inverse_deviation: Array1<T>,
    pub mean: Array1<T>,
    /// Biased, as it whitens.
    pub variance: Array1<T>,
    /// ∂ℓ/∂gain and ∂ℓ/∂shift of the batch.
    pub gain: Array1<T>,
    pub shift: Array1<T>,
    pub batch: usize,
}

impl<T: Real> NormPass<T> {
    pub fn new(nodes: usize, capacity: usize) -> Self {
        let zeros = || Array1::zeros(nodes);
        Self {
            whitened: Array2::zeros((nodes, capacity)),
            inverse_deviation: zeros(),
            mean: zeros(),
            variance: zeros(),
            gain: zeros(),
            shift: zeros(),
            batch: 0,
        }
    }

    /// x → gain·(x − mean)/deviation + shift in place, with the statistics of this batch, or the running ones.
    pub fn forward(&mut self, norm: &Norm<T>, mut x: ArrayViewMut2<T>, of_batch: bool) {
        self.batch = x.ncols();
        let count = x.ncols() as f64;
        for (j, mut row) in x.rows_mut().into_iter().enumerate() {
            let row = row.as_slice_mut().expect("node by node");
            let (mean, variance) = if of_batch {
                let mean = sum(row, row, |x, _| x.to_f64()) / count;
                let squares = sum(row, row, |x, _| (x.to_f64() - mean).powi(2));
                (mean, squares / count)
            } else {
                (norm.mean[j].to_f64(), norm.variance[j].to_f64())
            };
            self.mean[j] = T::from_f64(mean);
            self.variance[j] = T::from_f64(variance);
            let inverse = T::from_f64(1.0 / (variance + EPSILON).sqrt());
            self.inverse_deviation[j] = inverse;
            let (mean, gain, shift) = (self.mean[j], norm.gain[j], norm.shift[j]);
            let mut whitened = self.whitened.row_mut(j);
            let whitened = whitened.as_slice_mut().expect("node by node");
            for (x, w) in row.iter_mut().zip(whitened) {
                *w = (*x - mean) * inverse;
                *x = gain * *w + shift;
            }
        }
    }

    /// ∂ℓ/∂output → ∂ℓ/∂input in place, and the gradients of gain and shift. With the batch's own statistics.
    pub fn backward(&mut self, norm: &Norm<T>, mut delta: ArrayViewMut2<T>) {
        let per_sample = 1.0 / delta.ncols() as f64;
        for (j, mut row) in delta.rows_mut().into_iter().enumerate() {
            let row = row.as_slice_mut().expect("node by node");
            let whitened = self.whitened.row(j);
            let whitened = whitened.as_slice().expect("node by node");
            let total = sum(row, whitened, |d, _| d.to_f64());
            let along = sum(row, whitened, |d, w| (d * w).to_f64());
            self.shift[j] = T::from_f64(total);
            self.gain[j] = T::from_f64(along);
            let scale = norm.gain[j] * self.inverse_deviation[j];
            let (mean, along) = (
                T::from_f64(total * per_sample),
                T::from_f64(along * per_sample),
            );
            for (d, w) in row.iter_mut().zip(whitened) {
                *d = scale * (*d - mean - along * *w);
            }
        }
    }

    /// Moves the running statistics towards those of the batch.
    pub fn update_running(&self, norm: &mut Norm<T>) {
        let keep = T::from_f64(1.0 - MOMENTUM);
        let count = self.batch as f64;
        let unbiased = T::from_f64(MOMENTUM * count / (count - 1.0).max(1.0));
        let momentum = T::from_f64(MOMENTUM);
        for (running, x) in norm.mean.iter_mut().zip(&self.mean) {
            *running = keep * *running + momentum * *x;
        }
        for (running, x) in norm.variance.iter_mut().zip(&self.variance) {
            *running = keep * *running + unbiased * *x;
        }
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
