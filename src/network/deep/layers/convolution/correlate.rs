//! Convolutions in vectors of the processor, straight from rows of the image: no position is copied k² times, as products
//! of matrices want it.
//!
//! Each row of the image is laid out anew once, the last k of them at hand, with a frame of zeros and a distance from
//! channel to channel that spreads channels over the cache (those of 32 × 32 images of 64 samples all fall onto one place
//! of it).

use super::geometry::Correlation;
use super::routines::Routines;
use super::strands::{Shared, Strands, odd_lines};
use super::vectors::{ACROSS, Operands, Tap, Vectors, tile};
use crate::real::Real;
use ndarray::{ArrayView2, ArrayViewMut2};
use std::ops::Range;

/// Channels whose rows under a tile stay in the first-level cache.
const CHANNELS: usize = 16;

/// Positions of a kernel, at most.
pub(super) const MOST_TAPS: usize = 49;

/// Rows of a piece of work, at most.
const ROWS_OF_PIECE: usize = 8;

/// out = w ∗ x + bias.
pub(super) struct Correlate<'a, T> {
    shape: Correlation,
    batch: usize,
    x: ArrayView2<'a, T>,
    /// As [`pack`] leaves them.
    weights: &'a [T],
    /// One for each channel of `out`, and zeros up to whole tiles.
    bias: &'a [T],
    out: Shared<'a, T>,
}

/// Numbers that packed weights have, for tiles of so many rows.
pub(super) fn packed_len(shape: &Correlation, rows: usize) -> usize {
    shape.to.channels.next_multiple_of(rows) * shape.inputs()
}

/// Weights in the order of use: by channels of the image in groups, by tiles, by positions of the kernel, by channels,
/// by rows of a tile. `weight` tells them by (channel of `out`, channel of the image, position).
pub(super) fn pack<T: Real>(
    shape: &Correlation,
    rows: usize,
    weight: impl Fn(usize, usize, usize) -> T,
    packed: &mut [T],
) {
    let mut packed = packed.iter_mut();
    for group in groups(shape) {
        for first in (0..shape.to.channels).step_by(rows) {
            for tap in 0..shape.taps() {
                for c in group.clone() {
                    for m in first..first + rows {
                        let is_there = m < shape.to.channels;
                        let w = if is_there { weight(m, c, tap) } else { T::zero() };
                        *packed.next().expect("as many as there are") = w;
                    }
                }
            }
        }
    }
}

/// Weights as a matrix: a row for each channel of `out`, inputs in PyTorch's order.
pub(super) fn turn<T: Real>(shape: &Correlation, weight: impl Fn(usize, usize, usize) -> T, matrix: &mut [T]) {
    let (inputs, taps) = (shape.inputs(), shape.taps());
    for (i, w) in matrix.iter_mut().enumerate() {
        *w = weight(i / inputs, i % inputs / taps, i % taps);
    }
}

fn groups(shape: &Correlation) -> impl Iterator<Item = Range<usize>> {
    let channels = shape.from.channels;
    (0..channels).step_by(CHANNELS).map(move |first| first..channels.min(first + CHANNELS))
}

/// out = w ∗ x + bias, with `weights` and `bias` as the routines want them.
pub(super) fn run<T: Real>(
    routines: &Routines<T>,
    strands: &Strands<T>,
    (shape, batch): (Correlation, usize),
    [weights, bias]: [&[T]; 2],
    x: ArrayView2<T>,
    out: ArrayViewMut2<T>,
) {
    let job = Correlate {
        shape,
        batch,
        x,
        weights,
        bias,
        out: Shared::new(out),
    };
    assert!(weights.len() >= packed_len(&shape, routines.rows));
    assert!(bias.len() >= shape.to.channels.next_multiple_of(routines.rows));
    assert!(shape.taps() <= MOST_TAPS);
    let tile = routines.rows * routines.columns;
    let length = shape.kernel * shape.from.channels * job.stride() + routines.columns + tile;
    strands.each(job.pieces(), length, |piece, memory| {
        // SAFETY: the routines are those of this processor.
        unsafe { (routines.correlate)(&job, piece, memory) }
    });
}

impl<T: Real> Correlate<'_, T> {
    /// From one channel to the next in a row laid out anew: an odd number of cache lines.
    fn stride(&self) -> usize {
        odd_lines::<T>((self.shape.from.width + 2 * self.shape.frame) * self.batch)
    }

    /// An even number.
    fn pieces(&self) -> usize {
        2 * self.shape.to.height.div_ceil(2 * ROWS_OF_PIECE)
    }

    fn rows(&self, piece: usize) -> Range<usize> {
        let height = self.shape.to.height;
        let size = height.div_ceil(self.pieces());
        height.min(piece * size)..height.min((piece + 1) * size)
    }

    /// Row `row` of the image to where rows with its number modulo k stand.
    #[inline(always)]
    fn lay_out(&self, row: usize, memory: &mut [T]) {
        let Correlation {
            from, kernel, frame, ..
        } = self.shape;
        let (width, frame) = (from.width * self.batch, frame * self.batch);
        let stride = self.stride();
        let first = row % kernel * from.channels * stride;
        let places = memory[first..].chunks_exact_mut(stride).take(from.channels);
        for (c, place) in places.enumerate() {
            let channel = self.x.row(c);
            let channel = channel.to_slice().expect("channels are contiguous");
            place[..frame].fill(T::zero());
            place[frame..frame + width].copy_from_slice(&channel[row * width..][..width]);
            place[frame + width..][..frame].fill(T::zero());
        }
    }

    /// Columns of the kernel that meet the image somewhere in columns `span` of the result.
    #[inline(always)]
    fn meeting(&self, [begin, end]: [usize; 2]) -> [usize; 2] {
        let Correlation {
            from, kernel, frame, ..
        } = self.shape;
        // Column j reads from column begin + j · batch of the framed image on.
        let (left, right) = (frame * self.batch, (frame + from.width) * self.batch);
        let mut meeting = [0, kernel];
        while end + meeting[0] * self.batch <= left {
            meeting[0] += 1;
        }
        while begin + (meeting[1] - 1) * self.batch >= right {
            meeting[1] -= 1;
        }
        meeting
    }

    /// These columns of the kernel with the rows that meet the image at output row `y`; how many they are.
    #[inline(always)]
    fn taps(&self, y: usize, [first, last]: [usize; 2], taps: &mut [Tap; MOST_TAPS]) -> usize {
        let Correlation { from, kernel, .. } = self.shape;
        let row_len = from.channels * self.stride();
        let mut count = 0;
        for i in 0..kernel {
            if let Some(row) = self.shape.row(y, i) {
                for j in first..last {
                    taps[count] = Tap {
                        number: i * kernel + j,
                        image: row % kernel * row_len + j * self.batch,
                    };
                    count += 1;
                }
            }
        }
        count
    }
}

/// Some rows of the result.
///
/// # Safety
/// The processor has the vectors; each piece is done by one thread alone.
#[inline(always)]
pub(super) unsafe fn correlate<V: Vectors, const ROWS: usize>(
    job: &Correlate<V::Number>,
    piece: usize,
    memory: &mut [V::Number],
) {
    let across = ACROSS * V::LANES;
    let (image, aside) = memory.split_at_mut(memory.len() - ROWS * across);
    let columns = job.shape.to.width * job.batch;
    let mut laid_out = 0;
    for y in job.rows(piece) {
        let reads = (0..job.shape.kernel).filter_map(|i| job.shape.row(y, i));
        for row in reads {
            // Laid out for the row before, but for the last one.
            if row >= laid_out {
                job.lay_out(row, image);
                laid_out = row + 1;
            }
        }
        let mut taps = [Tap::default(); MOST_TAPS];
        let (mut meeting, mut count) = ([0, 0], 0);
        for begin in (0..columns).step_by(across) {
            let span = [begin, columns.min(begin + across)];
            if job.meeting(span) != meeting {
                meeting = job.meeting(span);
                count = job.taps(y, meeting, &mut taps);
            }
            // SAFETY: by the caller's word; rows and columns of the piece are its own.
            unsafe { strip::<V, ROWS>(job, y, span, &taps[..count], (image, aside)) };
        }
    }
}

/// All channels of the result in a tile's columns of row `y`.
#[inline(always)]
unsafe fn strip<V: Vectors, const ROWS: usize>(
    job: &Correlate<V::Number>,
    y: usize,
    span: [usize; 2],
    taps: &[Tap],
    (image, aside): (&[V::Number], &mut [V::Number]),
) {
    let across = ACROSS * V::LANES;
    let Correlation { to, .. } = job.shape;
    let stride = job.stride();
    let here = y * to.width * job.batch + span[0];
    let mut weights = 0;
    for group in groups(&job.shape) {
        let channels = group.len();
        for m in (0..to.channels).step_by(ROWS) {
            let operands = Operands {
                taps,
                channels,
                weights: job.weights[weights..].as_ptr(),
                image: image[group.start * stride + span[0]..].as_ptr(),
                stride,
            };
            weights += job.shape.taps() * channels * ROWS;
            let begins = (group.start == 0).then(|| job.bias[m..].as_ptr());
            let rows = ROWS.min(to.channels - m);
            let (n, out) = (span[1] - span[0], job.out.at(m, here));
            // SAFETY: the tile's rows and columns are inside the result, or all is done aside.
            unsafe {
                if rows == ROWS && n == across {
                    tile::<V, ROWS, ACROSS>(&operands, begins, out, job.out.stride());
                } else {
                    aside_of(rows, n, out, job.out.stride(), aside, across, |aside| {
                        tile::<V, ROWS, ACROSS>(&operands, begins, aside, across);
                    });
                }
            }
        }
    }
}

/// Does a tile that is not whole beside the result: takes what stands there, and puts back what is inside.
#[inline(always)]
unsafe fn aside_of<T: Real>(
    rows: usize,
    n: usize,
    out: *mut T,
    stride: usize,
    aside: &mut [T],
    across: usize,
    work: impl FnOnce(*mut T),
) {
    // SAFETY: `rows` × `n` numbers are inside the result, and this thread's own.
    unsafe {
        for (row, aside) in aside.chunks_exact_mut(across).take(rows).enumerate() {
            let from = std::slice::from_raw_parts(out.add(row * stride), n);
            aside[..n].copy_from_slice(from);
        }
        work(aside.as_mut_ptr());
        for (row, aside) in aside.chunks_exact(across).take(rows).enumerate() {
            let to = std::slice::from_raw_parts_mut(out.add(row * stride), n);
            to.copy_from_slice(&aside[..n]);
        }
    }
}
