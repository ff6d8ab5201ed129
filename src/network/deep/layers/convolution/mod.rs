//! Convolutions with stride 1: each node, or channel, sees k × k positions of all channels below, the same way everywhere.
//!
//! Activations are channel × (y, x, sample), so that whole rows of the image are read side by side for all samples.

mod columns;
mod geometry;
mod strands;

use super::{Kind, Map, Room, Work};
use crate::network::deep::{Layout, Parameters, Shape};
use crate::real::Real;
use geometry::Correlation;
use ndarray::parallel::prelude::{IndexedParallelIterator, ParallelIterator};
use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use rayon::slice::ParallelSliceMut;
use serde::Serialize;
use strands::Strands;

/// k × k positions of all channels below, with stride 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Convolution {
    /// Channels: the nodes of the theory.
    pub channels: usize,
    /// k
    pub kernel: usize,
    /// Zeros around the image; less than k.
    pub padding: usize,
    /// Whether channels have biases.
    pub bias: bool,
}

impl Kind for Convolution {
    fn output(&self, input: Shape) -> Result<Shape, String> {
        let kernel = self.kernel;
        if kernel == 0 || self.padding >= kernel {
            let padding = self.padding;
            return Err(format!(
                "a kernel of {kernel} × {kernel} with {padding} of padding; allowed: less padding than kernel"
            ));
        }
        let side = |side: usize| (side + 2 * self.padding + 1).checked_sub(kernel);
        match (side(input.height), side(input.width)) {
            (Some(height @ 1..), Some(width @ 1..)) => {
                Ok(Shape::image(self.channels, height, width))
            }
            _ => Err(format!(
                "a kernel of {kernel} × {kernel} above {input}; allowed: an image at least as large"
            )),
        }
    }

    fn layout(&self, input: Shape) -> Layout {
        let shape = vec![self.channels, input.channels, self.kernel, self.kernel];
        Layout::linear(shape, self.bias)
    }

    fn nodes(&mut self) -> Option<(&mut usize, &mut bool)> {
        Some((&mut self.channels, &mut self.bias))
    }

    fn work<T: Real>(&self, room: Room) -> Work<T> {
        let shape = Correlation {
            from: room.input,
            to: self.output(room.input).expect("the architecture fits"),
            kernel: self.kernel,
            frame: self.padding,
        };
        Work::Map(Box::new(Convolving::<T>::new(shape)))
    }
}

/// A convolution at work.
struct Convolving<T> {
    shape: Correlation,
    strands: Strands<T>,
    /// The weights of the way back: channels below × (channels · positions).
    turned: Array2<T>,
}

impl<T: Real> Convolving<T> {
    fn new(shape: Correlation) -> Self {
        let back = shape.transposed();
        Self {
            strands: Strands::new(),
            turned: Array2::zeros((back.to.channels, back.inputs())),
            shape,
        }
    }

    fn batch(&self, x: ArrayView2<T>) -> usize {
        x.ncols() / self.shape.from.positions()
    }

    fn turn(&mut self, weights: ArrayView2<T>) {
        let (taps, below) = (self.shape.taps(), self.shape.from.channels);
        for (k, row) in weights.rows().into_iter().enumerate() {
            for (input, &w) in row.iter().enumerate() {
                let (c, tap) = (input / taps, input % taps);
                debug_assert!(c < below);
                self.turned[[c, k * taps + taps - 1 - tap]] = w;
            }
        }
    }
}

impl<T: Real> Map<T> for Convolving<T> {
    fn forward(&mut self, parameters: &Parameters<T>, x: ArrayView2<T>, y: ArrayViewMut2<T>) {
        let (batch, weights) = (self.batch(x), parameters.weights.view());
        let bias = Some(parameters.bias().as_slice().expect("contiguous"));
        let threads = (batch, &self.strands);
        columns::correlate(&self.shape, threads, weights, x, T::zero(), bias, y);
    }

    fn apply(&mut self, weights: ArrayView2<T>, x: ArrayView2<T>, beta: T, y: ArrayViewMut2<T>) {
        let threads = (self.batch(x), &self.strands);
        columns::correlate(&self.shape, threads, weights, x, beta, None, y);
    }

    fn transposed(
        &mut self,
        weights: ArrayView2<T>,
        delta: ArrayView2<T>,
        beta: T,
        x: ArrayViewMut2<T>,
    ) {
        self.turn(weights);
        let back = self.shape.transposed();
        let threads = (self.batch(x.view()), &self.strands);
        columns::correlate(&back, threads, self.turned.view(), delta, beta, None, x);
    }

    fn outer(
        &mut self,
        alpha: T,
        delta: ArrayView2<T>,
        x: ArrayView2<T>,
        beta: T,
        out: ArrayViewMut2<T>,
    ) {
        let threads = (self.batch(x), &self.strands);
        columns::outer(&self.shape, threads, (alpha, delta), x, beta, out);
    }

    fn sums(&self, delta: ArrayView2<T>, out: &mut [T]) {
        let channel = |(k, out): (usize, &mut [T])| {
            let row = delta.row(k);
            out[0] = T::from_f64(sum(row.as_slice().expect("channel by channel")));
        };
        if rayon::current_num_threads() > 1 {
            out.par_chunks_mut(1).enumerate().for_each(channel);
        } else {
            out.chunks_mut(1).enumerate().for_each(channel);
        }
    }
}

/// Numbers that are summed side by side in their own precision, before the sums are widened.
const LANES: usize = 16;

/// Steps after which lanes are widened.
const STEPS: usize = 64;

/// The sum of many numbers, in an order that depends on their count alone.
fn sum<T: Real>(numbers: &[T]) -> f64 {
    let part = |numbers: &[T]| {
        let mut lanes = [T::zero(); LANES];
        let (whole, rest) = numbers.as_chunks::<LANES>();
        for numbers in whole {
            for (lane, &x) in lanes.iter_mut().zip(numbers) {
                *lane += x;
            }
        }
        let all = lanes.iter().chain(rest);
        all.map(|x| x.to_f64()).sum::<f64>()
    };
    numbers.chunks(LANES * STEPS).map(part).sum()
}
