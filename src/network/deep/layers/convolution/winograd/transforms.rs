//! Tiles at the points: Bᵀ d B of images, A δ Aᵀ of gradients, Aᵀ M A of products. Each is done first for the rows of
//! tiles, then for their columns, for all samples side by side.

use super::super::geometry::Correlation;
use super::{POINTS, Strip};
use crate::real::Real;
use ndarray::ArrayView2;
use std::array;
use std::ops::Range;

/// Bᵀ: each point is one number plus or minus another.
const OF_IMAGE: [(usize, Sign, usize); 4] =
    [(0, Sign::Minus, 2), (1, Sign::Plus, 2), (2, Sign::Minus, 1), (3, Sign::Minus, 1)];

#[derive(Clone, Copy)]
enum Sign {
    Plus,
    Minus,
}

/// out ← a ± b
#[inline(always)]
fn combine<T: Real>(out: &mut [T], a: &[T], sign: Sign, b: &[T]) {
    let all = out.iter_mut().zip(a).zip(b);
    match sign {
        Sign::Plus => all.for_each(|((out, &a), &b)| *out = a + b),
        Sign::Minus => all.for_each(|((out, &a), &b)| *out = a - b),
    }
}

/// Numbers of working memory that transforms take for strips of so many tiles.
pub(super) fn aside_len(tiles: usize, batch: usize) -> usize {
    5 * (2 * tiles + 2) * batch
}

/// At the points, rows of channels: how far one point is from the next, one channel from the next, and numbers of a row.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub of_point: usize,
    pub stride: usize,
    pub n: usize,
}

/// Transforms some channels of `x`, each to rows of its own at the points.
#[inline(always)]
pub(super) fn each_channel<T: Real>(
    x: ArrayView2<T>,
    own: Range<usize>,
    rows: Rows,
    all: &mut [T],
    mut transform: impl FnMut(&[T], [&mut [T]; POINTS]),
) {
    for (i, c) in own.enumerate() {
        let channel = x.row(c);
        let channel = channel.to_slice().expect("channels are contiguous");
        let mut points = all.chunks_exact_mut(rows.of_point);
        let points = array::from_fn(|_| {
            let point = points.next().expect("as many as there are");
            &mut point[i * rows.stride..][..rows.n]
        });
        transform(channel, points);
    }
}

/// Bᵀ d B of a channel in a strip: `points[p]` gets what is at point p, tile by tile, for all samples.
#[inline(always)]
pub(super) fn image<T: Real>(
    shape: &Correlation,
    batch: usize,
    channel: &[T],
    strip: &Strip,
    aside: &mut [T],
    mut points: [&mut [T]; POINTS],
) {
    let width = shape.from.width * batch;
    let length = (2 * strip.tiles.len() + 2) * batch;
    let (rows, zeros) = aside[..5 * length].split_at_mut(4 * length);
    if (0..4).any(|i| shape.row(strip.top, i).is_none()) {
        zeros.fill(T::zero());
    }
    let begin = 2 * strip.tiles.start * batch;
    let ([first, last], from) = shape.columns(batch, 0, [begin, begin + length]);
    let (first, inside) = (first - begin, last - first);
    let row = |i: usize| match shape.row(strip.top, i) {
        Some(row) if inside > 0 => &channel[row * width + from..][..inside],
        _ => &zeros[..inside],
    };
    for ((a, sign, b), out) in OF_IMAGE.into_iter().zip(rows.chunks_exact_mut(length)) {
        out[..first].fill(T::zero());
        combine(&mut out[first..first + inside], row(a), sign, row(b));
        out[first + inside..].fill(T::zero());
    }
    for (row, points) in rows.chunks_exact(length).zip(points.chunks_exact_mut(4)) {
        for ((a, sign, b), out) in OF_IMAGE.into_iter().zip(points) {
            for (tile, out) in out.chunks_exact_mut(batch).take(strip.tiles.len()).enumerate() {
                let at = |column: usize| &row[(2 * tile + column) * batch..][..batch];
                combine(out, at(a), sign, at(b));
            }
        }
    }
}

/// A δ Aᵀ of a channel in a strip, likewise. Results outside `shape.to` count as zero.
#[inline(always)]
pub(super) fn gradient<T: Real>(
    shape: &Correlation,
    batch: usize,
    channel: &[T],
    strip: &Strip,
    aside: &mut [T],
    mut points: [&mut [T]; POINTS],
) {
    let width = shape.to.width * batch;
    let length = 2 * strip.tiles.len() * batch;
    let begin = 2 * strip.tiles.start * batch;
    let inside = length.min(width - begin);
    let rows = &mut aside[..4 * length];
    for (row, out) in [0, 3].into_iter().zip(strip.top..) {
        let row = &mut rows[row * length..][..length];
        let is_there = out < shape.to.height;
        let inside = if is_there { inside } else { 0 };
        row[inside..].fill(T::zero());
        if is_there {
            row[..inside].copy_from_slice(&channel[out * width + begin..][..inside]);
        }
    }
    let (upper, rest) = rows.split_at_mut(length);
    let (sums, lower) = rest.split_at_mut(2 * length);
    let (sum, difference) = sums.split_at_mut(length);
    combine(sum, upper, Sign::Plus, lower);
    combine(difference, upper, Sign::Minus, lower);
    let rows = [&*upper, sum, difference, lower];
    for (row, points) in rows.into_iter().zip(points.chunks_exact_mut(4)) {
        for (tile, ab) in row.chunks_exact(2 * batch).enumerate() {
            let (a, b) = ab.split_at(batch);
            let own = tile * batch..(tile + 1) * batch;
            points[0][own.clone()].copy_from_slice(a);
            combine(&mut points[1][own.clone()], a, Sign::Plus, b);
            combine(&mut points[2][own.clone()], a, Sign::Minus, b);
            points[3][own].copy_from_slice(b);
        }
    }
}

/// Aᵀ M A + bias of a channel in a strip: the upper row of its results, and the lower one where there is one.
#[inline(always)]
pub(super) fn results<T: Real>(
    batch: usize,
    points: [&[T]; POINTS],
    bias: T,
    aside: &mut [T],
    rows: [Option<&mut [T]>; 2],
) {
    let n = points[0].len();
    let aside = &mut aside[..4 * n];
    for (i, out) in rows.into_iter().enumerate() {
        let Some(out) = out else { continue };
        for (j, sums) in aside.chunks_exact_mut(n).enumerate() {
            gather(sums, array::from_fn(|row| points[4 * row + j]), i, T::zero());
        }
        for (tile, out) in out.chunks_mut(2 * batch).enumerate() {
            let own = |j: usize| &aside[j * n + tile * batch..][..batch];
            for (j, out) in out.chunks_exact_mut(batch).enumerate() {
                gather(out, array::from_fn(own), j, bias);
            }
        }
    }
}

/// out ← row `i` of Aᵀ times m, plus a constant.
#[inline(always)]
fn gather<T: Real>(out: &mut [T], m: [&[T]; 4], i: usize, plus: T) {
    if i == 0 {
        let all = out.iter_mut().zip(m[0]).zip(m[1]).zip(m[2]);
        all.for_each(|(((out, &a), &b), &c)| *out = a + b + c + plus);
    } else {
        let all = out.iter_mut().zip(m[1]).zip(m[2]).zip(m[3]);
        all.for_each(|(((out, &a), &b), &c)| *out = a - b + c + plus);
    }
}

/// G g Gᵀ of nine weights.
pub(super) fn weights<T: Real>(g: [T; 9]) -> [T; POINTS] {
    let half = T::from_f64(0.5);
    let spread = |[a, b, c]: [T; 3]| {
        let (ends, middle) = (half * (a + c), half * b);
        [a, ends + middle, ends - middle, c]
    };
    let columns: [[T; 4]; 3] = array::from_fn(|j| spread([g[j], g[3 + j], g[6 + j]]));
    let rows: [[T; 4]; 4] = array::from_fn(|i| spread(columns.map(|column| column[i])));
    array::from_fn(|point| rows[point / 4][point % 4])
}

/// Gᵀ u G: the gradient of nine weights from that at the points.
pub(super) fn of_weights<T: Real>(u: [T; POINTS]) -> [T; 9] {
    let half = T::from_f64(0.5);
    let gather = |[a, b, c, d]: [T; 4]| {
        let (sum, difference) = (half * (b + c), half * (b - c));
        [a + sum, difference, sum + d]
    };
    let columns: [[T; 3]; 4] = array::from_fn(|j| gather(array::from_fn(|i| u[4 * i + j])));
    let rows: [[T; 3]; 3] = array::from_fn(|i| gather(columns.map(|column| column[i])));
    array::from_fn(|tap| rows[tap / 3][tap % 3])
}
