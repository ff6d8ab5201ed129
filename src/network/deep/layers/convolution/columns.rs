//! Convolutions as products of BLAS: blocks of columns, each with all that its positions read, one after another.

use super::geometry::Correlation;
use super::strands::{Shared, Strands};
use crate::real::Real;
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, s};
use std::ops::Range;

/// Columns of a block.
const BLOCK: usize = 256;

/// Rows of a block when the gradient of weights is made piece by piece.
const ROWS: usize = 128;

/// The block of output row `y` and its columns `begin..end`: a row for each of `inputs` (c, i, j), in PyTorch's order.
fn block<T: Real>(
    shape: &Correlation,
    batch: usize,
    x: ArrayView2<T>,
    (y, span): (usize, [usize; 2]),
    inputs: Range<usize>,
    out: &mut [T],
) {
    let (k, n) = (shape.kernel, span[1] - span[0]);
    let width = shape.from.width * batch;
    for (input, out) in inputs.zip(out.chunks_exact_mut(n)) {
        let (c, i, j) = (input / (k * k), input / k % k, input % k);
        let ([first, last], reads) = shape.columns(batch, j, span);
        match shape.row(y, i) {
            Some(row) if first < last => {
                let from = x.row(c);
                let (first, last) = (first - span[0], last - span[0]);
                out[..first].fill(T::zero());
                out[last..].fill(T::zero());
                let from = &from.to_slice().expect("rows are contiguous")[row * width + reads..];
                out[first..last].copy_from_slice(&from[..last - first]);
            }
            _ => out.fill(T::zero()),
        }
    }
}

/// The blocks of a row, and how many there are.
fn spans(columns: usize) -> (impl Fn(usize) -> [usize; 2], usize) {
    let span = move |i: usize| [i * BLOCK, columns.min((i + 1) * BLOCK)];
    (span, columns.div_ceil(BLOCK))
}

/// out ← w ∗ x + β out, with a row of `weights` for each channel of `out`; plus `bias` with β = 0 where there is one.
pub(super) fn correlate<T: Real>(
    shape: &Correlation,
    (batch, strands): (usize, &Strands<T>),
    weights: ArrayView2<T>,
    x: ArrayView2<T>,
    beta: T,
    bias: Option<&[T]>,
    out: ArrayViewMut2<T>,
) {
    let columns = shape.to.width * batch;
    let (span, count) = spans(columns);
    let out = Shared::new(out);
    let length = shape.inputs() * BLOCK.min(columns);
    strands.each(shape.to.height * count, length, |piece, memory| {
        let (y, span) = (piece / count, span(piece % count));
        let n = span[1] - span[0];
        let memory = &mut memory[..shape.inputs() * n];
        block(shape, batch, x, (y, span), 0..shape.inputs(), memory);
        let block = ArrayView2::from_shape((shape.inputs(), n), memory).expect("its size");
        // SAFETY: each piece has columns of its own.
        let mut out = unsafe { out.columns(span.map(|column| y * columns + column)) };
        let mut beta = beta;
        if let Some(bias) = bias {
            let rows = out.rows_mut().into_iter().zip(bias);
            rows.for_each(|(mut row, &b)| row.fill(b));
            beta = T::one();
        }
        general_mat_mul(T::one(), &weights, &block, beta, &mut out);
    });
}

/// out ← α Σ_positions δ ⊗ (what they read of x) + β out. Pieces have inputs of their own, so that the sum over positions
/// has one order.
pub(super) fn outer<T: Real>(
    shape: &Correlation,
    (batch, strands): (usize, &Strands<T>),
    (alpha, delta): (T, ArrayView2<T>),
    x: ArrayView2<T>,
    beta: T,
    out: ArrayViewMut2<T>,
) {
    let columns = shape.to.width * batch;
    let (span, count) = spans(columns);
    let inputs = shape.inputs();
    // An even number of equal pieces.
    let size = inputs.div_ceil(2 * inputs.div_ceil(2 * ROWS));
    let out = Shared::new(out);
    let length = size * BLOCK.min(columns);
    strands.each(inputs.div_ceil(size), length, |piece, memory| {
        let own = piece * size..inputs.min((piece + 1) * size);
        // SAFETY: each piece has inputs of its own.
        let mut out = unsafe { out.columns([own.start, own.end]) };
        for i in 0..shape.to.height * count {
            let (y, span) = (i / count, span(i % count));
            let n = span[1] - span[0];
            let memory = &mut memory[..own.len() * n];
            block(shape, batch, x, (y, span), own.clone(), memory);
            let block = ArrayView2::from_shape((own.len(), n), memory).expect("its size");
            let here = y * columns + span[0];
            let delta = delta.slice(s![.., here..here + n]);
            let beta = if i == 0 { beta } else { T::one() };
            general_mat_mul(alpha, &delta, &block.t(), beta, &mut out);
        }
    });
}
