//! The gradient of a convolution's weights by tiles: δ and the image at the points, and there inner products over tiles and
//! samples.

use super::super::geometry::Correlation;
use super::super::routines::Routines;
use super::super::strands::{Shared, Strands, odd_lines};
use super::super::vectors::{Vectors, dots};
use super::transforms::{self, Rows};
use super::{POINTS, Strip, Strips};
use crate::real::Real;
use ndarray::{ArrayView2, ArrayViewMut2};
use std::array;
use std::ops::Range;

/// Bytes of a strip's image and δ at the points, about. Sums of vectors' lanes cost less the longer strips are.
const STRIP: usize = 1 << 21;

/// Numbers of a row at a point that are multiplied at once, about: eight of them stay in the first-level cache.
const CHUNK: usize = 512;

/// Channels of δ in a piece of work, at most.
const CHANNELS: usize = 128;

/// Pieces of work, about.
const PIECES: usize = 8;

/// Rows that tiles of vectors have, at most.
const MOST_ROWS: usize = 8;

/// Channels of the image that are multiplied at once.
const THREE: usize = 3;

/// How the work is divided. Pieces, and with them the order of sums, depend on sizes alone.
#[derive(Clone, Copy)]
struct Plan {
    shape: Correlation,
    batch: usize,
    strips: Strips,
    /// Parts of the channels of δ.
    of_channels: usize,
    /// Parts of the strips.
    parts: usize,
    /// Rows of a tile of vectors.
    rows: usize,
}

/// The gradient at the points, in a sum for each piece.
pub(in super::super) struct Gradient<'a, T> {
    plan: Plan,
    delta: ArrayView2<'a, T>,
    x: ArrayView2<'a, T>,
    /// A row for each piece: by points, by tiles of vectors, by threes of channels, by channels, by rows of a tile.
    sums: Shared<'a, T>,
}

/// out ← α Σ_positions δ ⊗ (what they read of x) + β out, for scales [α, β]. `sums` is working memory.
pub(in super::super) fn run<T: Real>(
    routines: &Routines<T>,
    (strands, sums): (&Strands<T>, &mut Vec<T>),
    (shape, batch): (Correlation, usize),
    (scales, delta): ([T; 2], ArrayView2<T>),
    x: ArrayView2<T>,
    out: ArrayViewMut2<T>,
) {
    let plan = Plan::new::<T>(shape, batch, routines.rows);
    let (pieces, of_piece) = (plan.of_channels * plan.parts, plan.sums_len());
    sums.resize(pieces * of_piece, T::zero());
    let sums = ArrayViewMut2::from_shape((pieces, of_piece), sums).expect("its size");
    let job = Gradient {
        plan,
        delta,
        x,
        sums: Shared::new(sums),
    };
    let aside = transforms::aside_len(plan.strips.longest(), batch);
    let length = POINTS * (shape.from.channels + plan.tiled()) * plan.stride::<T>() + aside;
    strands.each(pieces, length, |piece, memory| {
        // SAFETY: the routines are those of this processor.
        unsafe { (routines.gradient)(&job, piece, memory) }
    });
    let Gradient { sums, .. } = job;
    let out = Shared::new(out);
    let tiles = plan.of_channels * (plan.tiled() / plan.rows);
    strands.each(tiles, 0, |tile, _| plan.put(tile, &sums, scales, &out));
}

impl Plan {
    fn new<T>(shape: Correlation, batch: usize, rows: usize) -> Self {
        let of_channels = shape.to.channels.div_ceil(CHANNELS);
        let channels = shape.to.channels.div_ceil(of_channels);
        let of_tile = POINTS * (shape.from.channels + channels) * batch * size_of::<T>();
        let strips = Strips::new(&shape, CHUNK.div_ceil(batch).max(STRIP / of_tile));
        Self {
            shape,
            batch,
            strips,
            of_channels,
            parts: PIECES.div_ceil(of_channels).max(2).min(strips.count()),
            rows,
        }
    }

    /// Channels of δ in a piece, at most.
    fn channels(&self) -> usize {
        self.shape.to.channels.div_ceil(self.of_channels)
    }

    /// Likewise, in whole tiles of vectors.
    fn tiled(&self) -> usize {
        self.channels().next_multiple_of(self.rows)
    }

    fn own_channels(&self, piece: usize) -> Range<usize> {
        let (part, size) = (piece / self.parts, self.channels());
        let all = self.shape.to.channels;
        all.min(part * size)..all.min((part + 1) * size)
    }

    fn own_strips(&self, piece: usize) -> Range<usize> {
        let (part, all) = (piece % self.parts, self.strips.count());
        part * all / self.parts..(part + 1) * all / self.parts
    }

    fn threes(&self) -> usize {
        self.shape.from.channels.div_ceil(THREE)
    }

    fn sums_of_point(&self) -> usize {
        self.tiled() * self.threes() * THREE
    }

    fn sums_len(&self) -> usize {
        POINTS * self.sums_of_point()
    }

    /// From one channel at a point to the next.
    fn stride<T>(&self) -> usize {
        odd_lines::<T>(self.strips.longest() * self.batch)
    }

    /// Rows of so many channels at the points in a strip.
    fn at_points<T>(&self, channels: usize, strip: &Strip) -> Rows {
        let stride = self.stride::<T>();
        Rows {
            of_point: channels * stride,
            stride,
            n: strip.tiles.len() * self.batch,
        }
    }

    /// Gᵀ u G of all pieces' sums, for the channels of δ in a tile of vectors.
    fn put<T: Real>(&self, tile: usize, sums: &Shared<T>, [alpha, beta]: [T; 2], out: &Shared<T>) {
        let of_part = self.tiled() / self.rows;
        let (part, tile) = (tile / of_part, tile % of_part);
        let own = self.own_channels(part * self.parts);
        let first = own.start + tile * self.rows;
        for c in 0..self.shape.from.channels {
            let mut points = [[T::zero(); MOST_ROWS]; POINTS];
            for piece in part * self.parts..(part + 1) * self.parts {
                for (point, sum) in points.iter_mut().enumerate() {
                    let three = (point * of_part + tile) * self.threes() + c / THREE;
                    let at = sums.at(piece, (three * THREE + c % THREE) * self.rows);
                    for (row, sum) in sum.iter_mut().take(self.rows).enumerate() {
                        // SAFETY: a tile has as many rows, and nobody writes them any more.
                        *sum += unsafe { *at.add(row) };
                    }
                }
            }
            for k in first..own.end.min(first + self.rows) {
                let u = array::from_fn(|point| points[point][k - first]);
                for (tap, g) in transforms::of_weights(u).into_iter().enumerate() {
                    let place = [k, c * self.shape.taps() + tap];
                    // SAFETY: each tile has channels of its own.
                    unsafe { out.update(place, alpha * g, beta) };
                }
            }
        }
    }
}

impl<T: Real> Gradient<'_, T> {
    /// Bᵀ d B of all channels of the image.
    #[inline(always)]
    fn image(&self, strip: &Strip, image: &mut [T], aside: &mut [T]) {
        let Plan { shape, batch, .. } = self.plan;
        let channels = shape.from.channels;
        let rows = self.plan.at_points::<T>(channels, strip);
        transforms::each_channel(self.x, 0..channels, rows, image, |channel, points| {
            transforms::image(&shape, batch, channel, strip, aside, points);
        });
    }

    /// A δ Aᵀ of a piece's channels.
    #[inline(always)]
    fn delta(&self, own: Range<usize>, strip: &Strip, delta: &mut [T], aside: &mut [T]) {
        let Plan { shape, batch, .. } = self.plan;
        let rows = self.plan.at_points::<T>(self.plan.tiled(), strip);
        transforms::each_channel(self.delta, own, rows, delta, |channel, points| {
            transforms::gradient(&shape, batch, channel, strip, aside, points);
        });
    }
}

/// The sums of a piece.
///
/// # Safety
/// The processor has the vectors; each piece is done by one thread alone.
#[inline(always)]
pub(in super::super) unsafe fn gradient<V: Vectors, const ROWS: usize>(
    job: &Gradient<V::Number>,
    piece: usize,
    memory: &mut [V::Number],
) {
    let plan = job.plan;
    let (channels, stride) = (plan.shape.from.channels, plan.stride::<V::Number>());
    let (image, memory) = memory.split_at_mut(POINTS * channels * stride);
    let (delta, aside) = memory.split_at_mut(POINTS * plan.tiled() * stride);
    // SAFETY: each piece has a row of its own.
    let sums = unsafe { std::slice::from_raw_parts_mut(job.sums.at(piece, 0), plan.sums_len()) };
    sums.fill(V::Number::from_f64(0.0));
    delta.fill(V::Number::from_f64(0.0));
    for strip in plan.own_strips(piece) {
        let strip = plan.strips.strip(strip);
        job.image(&strip, image, aside);
        job.delta(plan.own_channels(piece), &strip, delta, aside);
        let n = strip.tiles.len() * plan.batch;
        let points = image.chunks_exact(channels * stride);
        let points = points.zip(delta.chunks_exact(plan.tiled() * stride));
        for ((image, delta), sums) in points.zip(sums.chunks_exact_mut(plan.sums_of_point())) {
            // SAFETY: by the caller's word.
            unsafe { multiply::<V, ROWS>(&plan, n, (image, delta), sums) };
        }
    }
}

/// Adds the inner products at a point of all channels of δ with all of the image, over n tiles and samples.
#[inline(always)]
unsafe fn multiply<V: Vectors, const ROWS: usize>(
    plan: &Plan,
    n: usize,
    (image, delta): (&[V::Number], &[V::Number]),
    sums: &mut [V::Number],
) {
    let (channels, stride) = (plan.shape.from.channels, plan.stride::<V::Number>());
    let chunk = n.div_ceil(n.div_ceil(CHUNK)).next_multiple_of(V::LANES);
    for begin in (0..n).step_by(chunk) {
        let length = chunk.min(n - begin);
        let tiles = delta.chunks_exact(ROWS * stride);
        let own = sums.chunks_exact_mut(plan.threes() * THREE * ROWS);
        for (delta, sums) in tiles.zip(own) {
            for (three, sums) in sums.chunks_exact_mut(THREE * ROWS).enumerate() {
                // One beyond the last is done for the last, and not read.
                let of = |e: usize| (three * THREE + e).min(channels - 1) * stride + begin;
                let x = [0, 1, 2].map(|e| image[of(e)..][..length].as_ptr());
                let delta = delta[begin..][..(ROWS - 1) * stride + length].as_ptr();
                // SAFETY: rows at the points are as long as the strip.
                unsafe { dots::<V, ROWS>(length, delta, stride, x, sums) };
            }
        }
    }
}
