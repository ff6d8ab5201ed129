//! Both ways of a convolution by tiles: the image at the points, a product of matrices at each, and back.

use super::super::geometry::Correlation;
use super::super::routines::Routines;
use super::super::strands::{Shared, Strands, odd_lines};
use super::super::vectors::{ACROSS, Operands, Tap, Vectors, tile};
use super::transforms::{self, Rows};
use super::{POINTS, Strip, Strips};
use crate::real::Real;
use ndarray::{ArrayView2, ArrayViewMut2};
use std::array;

/// Bytes of a strip's image at the points, about: what a second-level cache holds.
const IMAGE: usize = 1 << 20;

/// Channels of the result whose products are at hand at once, about.
const TOGETHER: usize = 64;

/// out = w ∗ x + bias.
pub(in super::super) struct Filtered<'a, T> {
    shape: Correlation,
    batch: usize,
    strips: Strips,
    x: ArrayView2<'a, T>,
    /// As [`pack`] leaves them.
    weights: &'a [T],
    /// One for each channel of `out`.
    bias: &'a [T],
    out: Shared<'a, T>,
}

/// Numbers that packed weights have, for tiles of so many rows.
pub(in super::super) fn packed_len(shape: &Correlation, rows: usize) -> usize {
    POINTS * shape.to.channels.next_multiple_of(rows) * shape.from.channels
}

/// G g Gᵀ in the order of use: by points, by tiles of vectors, by channels of the image, by rows of a tile. `weight` tells
/// g by (channel of `out`, channel of the image, position).
pub(in super::super) fn pack<T: Real>(
    shape: &Correlation,
    rows: usize,
    weight: impl Fn(usize, usize, usize) -> T,
    packed: &mut [T],
) {
    let channels = shape.from.channels;
    let tiles = shape.to.channels.next_multiple_of(rows);
    let of_point = tiles * channels;
    for m in 0..tiles {
        for c in 0..channels {
            let points = if m < shape.to.channels {
                transforms::weights(array::from_fn(|tap| weight(m, c, tap)))
            } else {
                [T::zero(); POINTS]
            };
            let own = (m / rows * channels + c) * rows + m % rows;
            for (point, &u) in points.iter().enumerate() {
                packed[point * of_point + own] = u;
            }
        }
    }
}

/// out = w ∗ x + bias, with `weights` as the routines want them.
pub(in super::super) fn run<T: Real>(
    routines: &Routines<T>,
    strands: &Strands<T>,
    (shape, batch): (Correlation, usize),
    [weights, bias]: [&[T]; 2],
    x: ArrayView2<T>,
    out: ArrayViewMut2<T>,
) {
    assert!(weights.len() >= packed_len(&shape, routines.rows));
    assert!(bias.len() >= shape.to.channels && shape.kernel == 3);
    let of_tile = POINTS * shape.from.channels * batch * size_of::<T>();
    let job = Filtered {
        shape,
        batch,
        strips: Strips::new(&shape, IMAGE / of_tile),
        x,
        weights,
        bias,
        out: Shared::new(out),
    };
    let stride = job.stride();
    let rows = shape.from.channels + together(routines.rows);
    let aside = transforms::aside_len(job.strips.longest(), batch);
    let length = POINTS * rows * stride + aside;
    strands.each(job.strips.count(), length, |piece, memory| {
        // SAFETY: the routines are those of this processor.
        unsafe { (routines.filtered)(&job, piece, memory) }
    });
}

/// Rows of products that are at hand at once.
fn together(rows: usize) -> usize {
    TOGETHER.next_multiple_of(rows)
}

impl<T: Real> Filtered<'_, T> {
    /// From one channel at a point to the next.
    fn stride(&self) -> usize {
        odd_lines::<T>(self.strips.longest() * self.batch)
    }

    /// Bᵀ d B of all channels.
    #[inline(always)]
    fn image(&self, strip: &Strip, image: &mut [T], aside: &mut [T]) {
        let (channels, stride) = (self.shape.from.channels, self.stride());
        let rows = Rows {
            of_point: channels * stride,
            stride,
            n: strip.tiles.len() * self.batch,
        };
        transforms::each_channel(self.x, 0..channels, rows, image, |channel, points| {
            transforms::image(&self.shape, self.batch, channel, strip, aside, points);
        });
    }

    /// Aᵀ M A of some channels of the result.
    #[inline(always)]
    fn results(
        &self,
        strip: &Strip,
        (first, count): (usize, usize),
        stride: usize,
        (products, aside): (&[T], &mut [T]),
    ) {
        let (width, n) = (self.shape.to.width, strip.tiles.len() * self.batch);
        let begin = 2 * strip.tiles.start;
        let end = width.min(2 * strip.tiles.end);
        let of_point = products.len() / POINTS;
        let mut rows = [0, 1].map(|row| {
            let y = strip.top + row;
            let span = [begin, end].map(|x| (y * width + x) * self.batch);
            // SAFETY: each piece has tiles of its own.
            (y < self.shape.to.height).then(|| unsafe { self.out.columns(span) })
        });
        for m in 0..count {
            let points = array::from_fn(|p| &products[p * of_point + m * stride..][..n]);
            let rows = rows.each_mut().map(|rows| {
                let rows = rows.as_mut()?;
                rows.row_mut(first + m).into_slice()
            });
            transforms::results(self.batch, points, self.bias[first + m], aside, rows);
        }
    }
}

/// A strip of the result.
///
/// # Safety
/// The processor has the vectors; each piece is done by one thread alone.
#[inline(always)]
pub(in super::super) unsafe fn filtered<V: Vectors, const ROWS: usize>(
    job: &Filtered<V::Number>,
    piece: usize,
    memory: &mut [V::Number],
) {
    let strip = job.strips.strip(piece);
    let (from, to) = (job.shape.from.channels, job.shape.to.channels);
    let stride = job.stride();
    let (image, memory) = memory.split_at_mut(POINTS * from * stride);
    let (products, aside) = memory.split_at_mut(POINTS * together(ROWS) * stride);
    job.image(&strip, image, aside);
    let of_point = to.next_multiple_of(ROWS) * from;
    for first in (0..to).step_by(together(ROWS)) {
        let count = together(ROWS).min(to - first);
        for point in 0..POINTS {
            let weights = &job.weights[point * of_point + first * from..];
            let image = &image[point * from * stride..];
            let products = &mut products[point * together(ROWS) * stride..];
            let sizes = ((from, stride), count, strip.tiles.len() * job.batch);
            // SAFETY: by the caller's word.
            unsafe { multiply::<V, ROWS>(weights, image, products, sizes) };
        }
        job.results(&strip, (first, count), stride, (products, aside));
    }
}

/// Products at a point: `count` rows of weights with an image of `channels` rows, `stride` from one to the next, n columns.
#[inline(always)]
unsafe fn multiply<V: Vectors, const ROWS: usize>(
    weights: &[V::Number],
    image: &[V::Number],
    products: &mut [V::Number],
    ((channels, stride), count, n): ((usize, usize), usize, usize),
) {
    let zeros = [V::Number::from_f64(0.0); ROWS];
    for begin in (0..n).step_by(ACROSS * V::LANES) {
        let across = ACROSS.min((n - begin).div_ceil(V::LANES));
        for m in (0..count).step_by(ROWS) {
            let operands = Operands {
                taps: &[Tap::default()],
                channels,
                weights: weights[m * channels..][..ROWS * channels].as_ptr(),
                image: image[begin..][..(channels - 1) * stride + across * V::LANES].as_ptr(),
                stride,
            };
            let out = &mut products[m * stride + begin..];
            let out = out[..(ROWS - 1) * stride + across * V::LANES].as_mut_ptr();
            let zeros = Some(zeros.as_ptr());
            // SAFETY: rows at the points are as long as whole vectors; by the caller's word.
            unsafe {
                match across {
                    1 => tile::<V, ROWS, 1>(&operands, zeros, out, stride),
                    2 => tile::<V, ROWS, 2>(&operands, zeros, out, stride),
                    _ => tile::<V, ROWS, ACROSS>(&operands, zeros, out, stride),
                }
            }
        }
    }
}
