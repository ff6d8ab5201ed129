//! The gradient of a convolution's weights in vectors of the processor: inner products of rows, where they lie.

use super::geometry::Correlation;
use super::routines::Routines;
use super::strands::{Shared, Strands};
use super::vectors::{Vectors, dots};
use crate::real::Real;
use ndarray::{ArrayView2, ArrayViewMut2};
use std::ops::Range;

/// Columns of a chunk: eight of its rows stay in the first-level cache.
const CHUNK: usize = 512;

/// Rows of δ for which the image is read once.
const TOGETHER: usize = 8;

/// Inputs that are multiplied at once.
const THREE: usize = 3;

/// Threes of a piece of work, at most.
const THREES_OF_PIECE: usize = 48;

/// out ← α Σ δ ⊗ x + β out.
pub(super) struct Outer<'a, T> {
    shape: Correlation,
    batch: usize,
    delta: ArrayView2<'a, T>,
    x: ArrayView2<'a, T>,
    scales: [T; 2],
    out: Shared<'a, T>,
}

/// out ← α Σ_positions δ ⊗ (what they read of x) + β out, for scales [α, β].
pub(super) fn run<T: Real>(
    routines: &Routines<T>,
    strands: &Strands<T>,
    (shape, batch): (Correlation, usize),
    (scales, delta): ([T; 2], ArrayView2<T>),
    x: ArrayView2<T>,
    out: ArrayViewMut2<T>,
) {
    let job = Outer {
        shape,
        batch,
        delta,
        x,
        scales,
        out: Shared::new(out),
    };
    let rows = shape.to.channels.next_multiple_of(routines.rows);
    let length = rows * CHUNK + rows * job.size() * THREE;
    strands.each(job.pieces(), length, |piece, memory| {
        // SAFETY: the routines are those of this processor.
        unsafe { (routines.outer)(&job, piece, memory) }
    });
}

/// Some inputs in some columns of an output row: which columns each reads from the image, and where.
#[derive(Clone, Copy)]
struct Reads<T> {
    spans: [[usize; 2]; THREE],
    /// From where the first of the span is read.
    from: [*const T; THREE],
}

impl<T: Real> Outer<'_, T> {
    fn threes(&self) -> usize {
        self.shape.inputs().div_ceil(THREE)
    }

    /// An even number of pieces of equal size.
    fn pieces(&self) -> usize {
        2 * self.threes().div_ceil(2 * THREES_OF_PIECE)
    }

    fn size(&self) -> usize {
        self.threes().div_ceil(self.pieces())
    }

    fn own(&self, piece: usize) -> Range<usize> {
        let all = self.threes();
        all.min(piece * self.size())..all.min((piece + 1) * self.size())
    }

    /// What the inputs of a three read. One that reads nothing has an empty span.
    #[inline(always)]
    fn reads(&self, three: usize, y: usize, span: [usize; 2]) -> Reads<T> {
        let (kernel, taps) = (self.shape.kernel, self.shape.taps());
        let width = self.shape.from.width * self.batch;
        let nothing = [span[0], span[0]];
        let mut reads = Reads {
            spans: [nothing; THREE],
            from: [self.x.as_ptr(); THREE],
        };
        for e in 0..THREE {
            let input = (three * THREE + e).min(self.shape.inputs() - 1);
            let (c, tap) = (input / taps, input % taps);
            let Some(row) = self.shape.row(y, tap / kernel) else {
                continue;
            };
            let (own, column) = self.shape.columns(self.batch, tap % kernel, span);
            if own[0] < own[1] {
                let channel = self.x.row(c);
                let channel = channel.to_slice().expect("channels are contiguous");
                let from = &channel[row * width + column..][..own[1] - own[0]];
                (reads.spans[e], reads.from[e]) = (own, from.as_ptr());
            }
        }
        reads
    }
}

/// The gradient in some inputs of all channels.
///
/// # Safety
/// The processor has the vectors; each piece is done by one thread alone.
#[inline(always)]
pub(super) unsafe fn outer<V: Vectors, const ROWS: usize>(
    job: &Outer<V::Number>,
    piece: usize,
    memory: &mut [V::Number],
) {
    let channels = job.shape.to.channels;
    let rows = channels.next_multiple_of(ROWS);
    let (chunk, sums) = memory.split_at_mut(rows * CHUNK);
    let own = job.own(piece);
    let sums = &mut sums[..rows * own.len() * THREE];
    sums.fill(V::Number::from_f64(0.0));
    chunk.fill(V::Number::from_f64(0.0));
    let columns = job.shape.to.width * job.batch;
    let mut reads = [job.reads(0, 0, [0, 0]); THREES_OF_PIECE];
    for y in 0..job.shape.to.height {
        for begin in (0..columns).step_by(CHUNK) {
            let span = [begin, columns.min(begin + CHUNK)];
            let here = y * columns;
            for (row, chunk) in chunk.chunks_exact_mut(CHUNK).take(channels).enumerate() {
                let delta = job.delta.row(row);
                let delta = delta.to_slice().expect("channels are contiguous");
                let delta = &delta[here + span[0]..here + span[1]];
                chunk[..delta.len()].copy_from_slice(delta);
            }
            for (reads, three) in reads.iter_mut().zip(own.clone()) {
                *reads = job.reads(three, y, span);
            }
            for together in (0..rows).step_by(TOGETHER) {
                let until = rows.min(together + TOGETHER);
                for (i, reads) in reads.iter().take(own.len()).enumerate() {
                    for row in (together..until).step_by(ROWS) {
                        let first = (i * rows + row) * THREE;
                        let sums = &mut sums[first..first + ROWS * THREE];
                        // SAFETY: by the caller's word.
                        unsafe { add::<V, ROWS>(reads, begin, &chunk[row * CHUNK..], sums) };
                    }
                }
            }
        }
    }
    put(job, own, rows, ROWS, sums);
}

/// Adds the inner products of `ROWS` rows of a chunk with a three: where all three read, and then each where others do not.
#[inline(always)]
unsafe fn add<V: Vectors, const ROWS: usize>(
    reads: &Reads<V::Number>,
    begin: usize,
    delta: &[V::Number],
    sums: &mut [V::Number],
) {
    let first = reads.spans.iter().fold(0, |a, span| a.max(span[0]));
    let last = reads.spans.iter().fold(usize::MAX, |a, span| a.min(span[1]));
    let last = last.max(first);
    let at = |column: usize| delta[column - begin..].as_ptr();
    // SAFETY: all are inside what the three read.
    unsafe {
        if first < last {
            let from = |e: usize| reads.from[e].add(first - reads.spans[e][0]);
            let from = [from(0), from(1), from(2)];
            dots::<V, ROWS>(last - first, at(first), CHUNK, from, sums);
        }
        for e in 0..THREE {
            let [own_first, own_last] = reads.spans[e];
            let edges = if first < last {
                [[own_first, first], [last, own_last]]
            } else {
                [[own_first, own_last], [0, 0]]
            };
            for [edge, until] in edges.into_iter().filter(|edge| edge[0] < edge[1]) {
                let from = reads.from[e].add(edge - own_first);
                let mut all = [V::Number::from_f64(0.0); 3 * 8];
                let all = &mut all[..3 * ROWS];
                dots::<V, ROWS>(until - edge, at(edge), CHUNK, [from; 3], all);
                let own = e * ROWS..(e + 1) * ROWS;
                let found = &all[own.clone()];
                sums[own].iter_mut().zip(found).for_each(|(sum, &x)| *sum += x);
            }
        }
    }
}

/// Puts the sums of a piece where they belong.
fn put<T: Real>(job: &Outer<T>, own: Range<usize>, rows: usize, tile: usize, sums: &[T]) {
    let [alpha, beta] = job.scales;
    for (i, three) in own.enumerate() {
        for row in 0..job.shape.to.channels {
            let first = (i * rows + row / tile * tile) * THREE + row % tile;
            for e in 0..THREE {
                let input = three * THREE + e;
                if input < job.shape.inputs() {
                    let sum = alpha * sums[first + e * tile];
                    // SAFETY: each piece has inputs of its own.
                    unsafe { job.out.update([row, input], sum, beta) };
                }
            }
        }
    }
}
