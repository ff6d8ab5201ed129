//! Convolutions with stride 1: each node, or channel, sees k × k positions of all channels below, the same way everywhere.
//!
//! Activations are channel × (y, x, sample), so that whole rows of the image are read side by side for all samples.

mod columns;
mod correlate;
mod geometry;
mod outer;
mod routines;
mod strands;
mod vectors;
mod winograd;
#[cfg(target_arch = "x86_64")]
mod x86;

use super::{LayerKind, Map, Room, Work, least_share};
use crate::network::deep::{Layout, Parameters, Shape};
use crate::real::Real;
use geometry::Correlation;
use ndarray::parallel::prelude::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
use ndarray::{ArrayView2, ArrayViewMut2};
use routines::{Routines, routines};
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

impl LayerKind for Convolution {
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
            (Some(height @ 1..), Some(width @ 1..)) => Ok(Shape::image(self.channels, height, width)),
            _ => Err(format!("a kernel of {kernel} × {kernel} above {input}; allowed: an image at least as large")),
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
        Work::Map(Box::new(Convolving::<T>::new(shape, routines())))
    }
}

/// A convolution at work: by vectors of the processor where it has them and rows are long enough, of tiles where they
/// serve, else by BLAS.
struct Convolving<T: 'static> {
    shape: Correlation,
    strands: Strands<T>,
    routines: Option<Routines<T>>,
    /// Whether Winograd's filtering may serve.
    by_tiles: bool,
    /// Weights in the order of use: those of the way back by BLAS, or of both ways by vectors.
    weights: Vec<T>,
    /// With zeros up to whole tiles.
    bias: Vec<T>,
    /// Sums of the gradient of weights by tiles.
    sums: Vec<T>,
}

/// Which loops of the processor's vectors a convolution goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loops {
    /// All products, straight from rows of the image.
    Direct,
    /// Fewer products, at the points of tiles.
    Winograd,
}

impl<T: Real> Convolving<T> {
    fn new(shape: Correlation, routines: Option<Routines<T>>) -> Self {
        let back = shape.transposed();
        let rows = routines.map_or(1, |routines| routines.rows);
        let packed = |shape: &Correlation| {
            let tiles = (routines.is_some() && shape.kernel == 3).then(|| winograd::packed_len(shape, rows));
            correlate::packed_len(shape, rows).max(tiles.unwrap_or(0))
        };
        let most = shape.to.channels.max(shape.from.channels);
        Self {
            strands: Strands::new(),
            routines,
            by_tiles: true,
            weights: vec![T::zero(); packed(&shape).max(packed(&back))],
            bias: vec![T::zero(); most.next_multiple_of(rows)],
            sums: Vec::new(),
            shape,
        }
    }

    fn batch(&self, x: ArrayView2<T>) -> usize {
        x.ncols() / self.shape.from.positions()
    }

    /// Vectors, where rows of the result are as long as two tiles of them.
    fn vectors(&self, shape: &Correlation, batch: usize) -> Option<(Routines<T>, Loops)> {
        let routines = self.routines?;
        if self.by_tiles && winograd::serves(shape, batch, &routines) {
            return Some((routines, Loops::Winograd));
        }
        let is_long = shape.to.width * batch >= 2 * routines.columns;
        (is_long && shape.taps() <= correlate::MOST_TAPS).then_some((routines, Loops::Direct))
    }

    /// y = w ∗ x + bias by vectors.
    fn correlate(
        &mut self,
        (routines, loops): (Routines<T>, Loops),
        (shape, batch): (Correlation, usize),
        weight: impl Fn(usize, usize, usize) -> T,
        bias: &[T],
        (x, y): (ArrayView2<T>, ArrayViewMut2<T>),
    ) {
        self.bias.fill(T::zero());
        self.bias[..bias.len()].copy_from_slice(bias);
        match loops {
            Loops::Winograd => winograd::pack(&shape, routines.rows, weight, &mut self.weights),
            Loops::Direct => correlate::pack(&shape, routines.rows, weight, &mut self.weights),
        }
        let run = match loops {
            Loops::Winograd => winograd::run,
            Loops::Direct => correlate::run,
        };
        run(&routines, &self.strands, (shape, batch), [&self.weights, &self.bias], x, y);
    }
}

impl<T: Real> Map<T> for Convolving<T> {
    fn forward(&mut self, parameters: &Parameters<T>, x: ArrayView2<T>, y: ArrayViewMut2<T>) {
        let (shape, batch) = (self.shape, self.batch(x));
        let (weights, bias) = (parameters.weights.view(), parameters.bias());
        let bias = bias.as_slice().expect("contiguous");
        let Some(vectors) = self.vectors(&shape, batch) else {
            let threads = (batch, &self.strands);
            return columns::correlate(&shape, threads, weights, x, T::zero(), Some(bias), y);
        };
        let weight = |m: usize, c: usize, tap: usize| weights[[m, c * shape.taps() + tap]];
        self.correlate(vectors, (shape, batch), weight, bias, (x, y));
    }

    fn apply(&mut self, weights: ArrayView2<T>, x: ArrayView2<T>, beta: T, y: ArrayViewMut2<T>) {
        let threads = (self.batch(x), &self.strands);
        columns::correlate(&self.shape, threads, weights, x, beta, None, y);
    }

    fn transposed(&mut self, weights: ArrayView2<T>, delta: ArrayView2<T>, beta: T, x: ArrayViewMut2<T>) {
        let (back, batch, taps) = (self.shape.transposed(), self.batch(x.view()), self.shape.taps());
        let turned = |c: usize, k: usize, tap: usize| weights[[k, c * taps + taps - 1 - tap]];
        let vectors = self.vectors(&back, batch);
        let Some(vectors) = vectors.filter(|_| beta == T::zero()) else {
            let room = &mut self.weights[..weights.len()];
            correlate::turn(&back, turned, room);
            let shape = (back.to.channels, back.inputs());
            let turned = ArrayView2::from_shape(shape, room).expect("as many as there are");
            let threads = (batch, &self.strands);
            return columns::correlate(&back, threads, turned, delta, beta, None, x);
        };
        self.correlate(vectors, (back, batch), turned, &[], (delta, x));
    }

    fn outer(&mut self, alpha: T, delta: ArrayView2<T>, x: ArrayView2<T>, beta: T, out: ArrayViewMut2<T>) {
        let (shape, batch) = (self.shape, self.batch(x));
        let scaled = ([alpha, beta], delta);
        match self.vectors(&shape, batch) {
            Some((routines, Loops::Winograd)) => {
                let memory = (&self.strands, &mut self.sums);
                winograd::outer(&routines, memory, (shape, batch), scaled, x, out);
            }
            Some((routines, Loops::Direct)) => {
                outer::run(&routines, &self.strands, (shape, batch), scaled, x, out);
            }
            None => {
                let threads = (batch, &self.strands);
                columns::outer(&shape, threads, (alpha, delta), x, beta, out);
            }
        }
    }

    fn sums(&self, delta: ArrayView2<T>, out: &mut [T]) {
        let channels = out.par_iter_mut().enumerate().with_min_len(least_share(true));
        channels.for_each(|(k, out)| {
            let row = delta.row(k);
            *out = T::from_f64(sum(row.as_slice().expect("channel by channel")));
        });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sgd::gaussian_inputs;
    use ndarray::Array2;

    /// Both ways and the gradient, one after another, by the i-th best vectors and by tiles, or by BLAS.
    fn all<T: Real>(shape: Correlation, batch: usize, by: Option<(usize, bool)>) -> Vec<f64> {
        let vectors = by.map(|(i, _)| routines::all()[i]);
        let mut work = Convolving::<T>::new(shape, vectors);
        work.by_tiles = by.is_some_and(|(_, by_tiles)| by_tiles);
        let random = |name, rows, columns| gaussian_inputs::<T>(1, name, [rows, columns], 1.0);
        let (from, to) = (shape.from, shape.to);
        let x = random("x", from.channels, from.positions() * batch);
        let delta = random("delta", to.channels, to.positions() * batch);
        let parameters = Parameters {
            weights: random("w", to.channels, shape.inputs()),
            vectors: vec![random("b", 1, to.channels).row(0).to_owned()],
        };
        let (mut y, mut back) = (delta.clone(), x.clone());
        work.forward(&parameters, x.view(), y.view_mut());
        let weights = parameters.weights.view();
        work.transposed(weights, delta.view(), T::zero(), back.view_mut());
        let mut gradient = parameters.weights.clone();
        let [alpha, beta] = [-0.5, 0.75].map(T::from_f64);
        work.outer(alpha, delta.view(), x.view(), beta, gradient.view_mut());
        let numbers = |m: Array2<T>| m.into_iter().map(T::to_f64);
        numbers(y).chain(numbers(back)).chain(numbers(gradient)).collect()
    }

    fn shapes() -> impl Iterator<Item = (Correlation, usize)> {
        let sizes = [[3, 16, 9], [18, 7, 6], [37, 20, 7], [13, 131, 4]];
        let kernels = [(3, 0), (3, 1), (3, 2), (2, 1), (5, 2), (4, 3), (1, 0)];
        sizes.into_iter().flat_map(move |[c, k, side]| {
            kernels.into_iter().flat_map(move |(kernel, frame)| {
                let to = |side: usize| side + 2 * frame + 1 - kernel;
                [8, 21, 40].map(|batch| {
                    let shape = Correlation {
                        from: Shape::image(c, side, side + 1),
                        to: Shape::image(k, to(side), to(side + 1)),
                        kernel,
                        frame,
                    };
                    (shape, batch)
                })
            })
        })
    }

    #[test]
    fn vectors_of_all_kinds_tiles_and_products_of_blas_agree() {
        crate::blas::single_threaded();
        let close = |a: Vec<f64>, b: &[f64], epsilon: f64, of: &dyn std::fmt::Debug| {
            let scale = b.iter().fold(0.0_f64, |a, x| a.max(x.abs()));
            let errors = a.iter().zip(b).map(|(a, b)| (a - b).abs());
            let error = errors.fold(0.0, f64::max);
            assert!(error < epsilon * scale, "{of:?}: {error} of {scale}");
        };
        let (kinds, mut by_tiles) = (routines::all::<f64>().len(), 0);
        for (shape, batch) in shapes() {
            let double = all::<f64>(shape, batch, None);
            for by in (0..kinds).flat_map(|i| [Some((i, false)), Some((i, true))]) {
                let of = (shape, batch, by);
                close(all::<f64>(shape, batch, by), &double, 1e-14, &of);
                close(all::<f32>(shape, batch, by), &double, 5e-6, &of);
            }
            let work = Convolving::<f32>::new(shape, routines());
            let loops = |batch| work.vectors(&shape, batch).map(|(_, loops)| loops);
            by_tiles += usize::from(loops(batch) == Some(Loops::Winograd));
            // Working memory for so many samples would be more than activations take.
            assert!(loops(1 << 20) != Some(Loops::Winograd));
        }
        assert!(kinds == 0 || by_tiles >= 6, "{by_tiles}");
    }
}
