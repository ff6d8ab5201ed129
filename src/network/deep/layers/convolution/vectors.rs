//! The processor's vectors, and the two innermost loops in them.

use crate::real::Real;

/// Vectors of one processor and precision. All methods are for processors that have them.
pub(super) trait Vectors {
    type Number: Real;
    type Vector: Copy;

    /// Numbers of a vector.
    const LANES: usize;

    unsafe fn splat(x: Self::Number) -> Self::Vector;
    unsafe fn load(from: *const Self::Number) -> Self::Vector;
    unsafe fn store(to: *mut Self::Number, x: Self::Vector);
    /// a b + c
    unsafe fn multiply_add(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The sums of four vectors.
    unsafe fn sums(of: [Self::Vector; 4]) -> [Self::Number; 4];
}

/// Vectors beside each other in a tile.
pub(super) const ACROSS: usize = 3;

/// A position of the kernel: its number, and where the image that it meets begins.
#[derive(Clone, Copy, Default)]
pub(super) struct Tap {
    pub number: usize,
    pub image: usize,
}

/// Some channels of an image, and weights for them.
pub(super) struct Operands<'a, T> {
    pub taps: &'a [Tap],
    pub channels: usize,
    /// `ROWS` for each channel, for the channels of each position.
    pub weights: *const T,
    pub image: *const T,
    /// From one channel to the next.
    pub stride: usize,
}

/// A tile of `ROWS` × `N` vectors: `begins`, one number a row, or what stands there, plus what the operands make.
///
/// # Safety
/// The processor has the vectors; pointers are good for what is read and written.
#[inline(always)]
pub(super) unsafe fn tile<V: Vectors, const ROWS: usize, const N: usize>(
    operands: &Operands<V::Number>,
    begins: Option<*const V::Number>,
    out: *mut V::Number,
    stride: usize,
) {
    // SAFETY: by the caller's word.
    unsafe {
        let mut sums = [[V::splat(V::Number::from_f64(0.0)); N]; ROWS];
        for (row, sums) in sums.iter_mut().enumerate() {
            for (v, sum) in sums.iter_mut().enumerate() {
                *sum = match begins {
                    Some(begins) => V::splat(*begins.add(row)),
                    None => V::load(out.add(row * stride + v * V::LANES)),
                };
            }
        }
        for tap in operands.taps {
            let mut weights = operands.weights.add(tap.number * operands.channels * ROWS);
            let mut image = operands.image.add(tap.image);
            for _ in 0..operands.channels {
                let x: [V::Vector; N] = std::array::from_fn(|v| V::load(image.add(v * V::LANES)));
                for (row, sums) in sums.iter_mut().enumerate() {
                    let w = V::splat(*weights.add(row));
                    for v in 0..N {
                        sums[v] = V::multiply_add(w, x[v], sums[v]);
                    }
                }
                weights = weights.add(ROWS);
                image = image.add(operands.stride);
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            for (v, &sum) in sums.iter().enumerate() {
                V::store(out.add(row * stride + v * V::LANES), sum);
            }
        }
    }
}

/// `sums` (three of `ROWS` each) += the inner products of `ROWS` rows `delta` with three rows `x`, n numbers long.
///
/// # Safety
/// The processor has the vectors; pointers are good for what is read and written. `ROWS` is a multiple of four.
#[inline(always)]
pub(super) unsafe fn dots<V: Vectors, const ROWS: usize>(
    n: usize,
    delta: *const V::Number,
    stride: usize,
    x: [*const V::Number; 3],
    sums: &mut [V::Number],
) {
    assert!(sums.len() == 3 * ROWS);
    let whole = n - n % V::LANES;
    // SAFETY: by the caller's word.
    unsafe {
        let mut all = [[V::splat(V::Number::from_f64(0.0)); ROWS]; 3];
        let mut p = 0;
        while p < whole {
            let xs: [V::Vector; 3] = x.map(|x| V::load(x.add(p)));
            for row in 0..ROWS {
                let d = V::load(delta.add(row * stride + p));
                for (all, &x) in all.iter_mut().zip(&xs) {
                    all[row] = V::multiply_add(d, x, all[row]);
                }
            }
            p += V::LANES;
        }
        for (all, sums) in all.iter().zip(sums.chunks_exact_mut(ROWS)) {
            for (four, sums) in all.chunks_exact(4).zip(sums.chunks_exact_mut(4)) {
                let found = V::sums([four[0], four[1], four[2], four[3]]);
                sums.iter_mut().zip(found).for_each(|(sum, x)| *sum += x);
            }
        }
        for p in whole..n {
            for (x, sums) in x.iter().zip(sums.chunks_exact_mut(ROWS)) {
                for (row, sum) in sums.iter_mut().enumerate() {
                    *sum += *delta.add(row * stride + p) * *x.add(p);
                }
            }
        }
    }
}
