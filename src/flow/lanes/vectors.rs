//! Sums and products of vectors whose entries are P numbers each.

use crate::overlap::gaussian::fused;
use aligned_vec::{AVec, ConstAlign, avec};
use std::array;
use std::hint::black_box;

/// Entries of a matrix, P numbers each; they begin with a cache line, as registers of eight numbers want it.
pub type Entries<const P: usize> = AVec<[f64; P], ConstAlign<64>>;

/// So many zeros.
pub fn zeros<const P: usize>(count: usize) -> Entries<P> {
    avec![[64]| [0.0; P]; count]
}

/// Σ a_i b_i.
#[inline(always)]
pub fn dot<const FMA: bool, const P: usize>(a: &[[f64; P]], b: &[[f64; P]]) -> [f64; P] {
    let mut sum = [0.0; P];
    for (a, b) in a.iter().zip(b) {
        sum = array::from_fn(|p| fused::<FMA>(a[p], b[p], sum[p]));
    }
    sum
}

/// `to` + factor · `from`.
#[inline(always)]
pub fn add<const FMA: bool, const P: usize>(to: &mut [[f64; P]], factor: [f64; P], from: &[[f64; P]]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = array::from_fn(|p| fused::<FMA>(factor[p], from[p], to[p]));
    }
}

/// Each entry times `factor`.
#[inline(always)]
pub fn scale<const P: usize>(row: &mut [[f64; P]], factor: [f64; P]) {
    for x in row {
        *x = array::from_fn(|p| x[p] * factor[p]);
        // Else the compiler takes eight entries at a time, and gathers and scatters their numbers.
        black_box(());
    }
}

/// The products of a row with others as long, one after another. Four at a time, so that sums need not wait for each other.
#[inline(always)]
pub fn products<const FMA: bool, const P: usize>(out: &mut [[f64; P]], row: &[[f64; P]], others: &[[f64; P]]) {
    let length = row.len();
    let (fours, rest) = out.as_chunks_mut::<4>();
    let (twos, ones) = rest.as_chunks_mut::<2>();
    let mut begin = 0;
    for out in fours {
        *out = dots::<FMA, P, 4>(row, &others[begin..][..4 * length]);
        begin += 4 * length;
    }
    for out in twos {
        *out = dots::<FMA, P, 2>(row, &others[begin..][..2 * length]);
        begin += 2 * length;
    }
    for out in ones {
        *out = dot::<FMA, P>(row, &others[begin..][..length]);
    }
}

#[inline(always)]
fn dots<const FMA: bool, const P: usize, const WIDTH: usize>(
    row: &[[f64; P]],
    others: &[[f64; P]],
) -> [[f64; P]; WIDTH] {
    let others: [&[[f64; P]]; WIDTH] = array::from_fn(|i| &others[i * row.len()..][..row.len()]);
    let mut sums = [[0.0; P]; WIDTH];
    for (c, x) in row.iter().enumerate() {
        for (sum, other) in sums.iter_mut().zip(others) {
            *sum = array::from_fn(|p| fused::<FMA>(x[p], other[c][p], sum[p]));
        }
    }
    sums
}

/// `to` = Σ_i factor_i · row_i, of rows as long as `to`, one after another. Four entries at a time stay in registers.
#[inline(always)]
pub fn combine<const FMA: bool, const P: usize>(to: &mut [[f64; P]], factors: &[[f64; P]], rows: &[[f64; P]]) {
    let length = to.len();
    let (fours, rest) = to.as_chunks_mut::<4>();
    let (twos, ones) = rest.as_chunks_mut::<2>();
    let mut begin = 0;
    for to in fours {
        *to = entries::<FMA, P, 4>(begin, length, factors, rows);
        begin += 4;
    }
    for to in twos {
        *to = entries::<FMA, P, 2>(begin, length, factors, rows);
        begin += 2;
    }
    for to in ones {
        [*to] = entries::<FMA, P, 1>(begin, length, factors, rows);
        begin += 1;
    }
}

/// The same for some entries, from one on.
#[inline(always)]
fn entries<const FMA: bool, const P: usize, const WIDTH: usize>(
    begin: usize,
    length: usize,
    factors: &[[f64; P]],
    rows: &[[f64; P]],
) -> [[f64; P]; WIDTH] {
    let mut sums = [[0.0; P]; WIDTH];
    for (factor, row) in factors.iter().zip(rows.chunks_exact(length)) {
        for (sum, x) in sums.iter_mut().zip(&row[begin..begin + WIDTH]) {
            *sum = array::from_fn(|p| fused::<FMA>(factor[p], x[p], sum[p]));
        }
    }
    sums
}

/// ‖a − b‖² and ‖a + b‖².
#[inline(always)]
pub fn chords<const FMA: bool, const P: usize>(a: &[[f64; P]], b: &[[f64; P]]) -> [[f64; P]; 2] {
    let (mut minus, mut plus) = ([0.0; P], [0.0; P]);
    for (a, b) in a.iter().zip(b) {
        for p in 0..P {
            let (apart, together) = (a[p] - b[p], a[p] + b[p]);
            minus[p] = fused::<FMA>(apart, apart, minus[p]);
            plus[p] = fused::<FMA>(together, together, plus[p]);
        }
    }
    [minus, plus]
}
