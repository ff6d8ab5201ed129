//! The two precisions that sampling and training are offered in.

use cblas_sys::{CBLAS_LAYOUT, CBLAS_TRANSPOSE, CBLAS_UPLO};
use ndarray::{LinalgScalar, ScalarOperand};
use rand_distr::{Distribution, StandardNormal};
use std::ffi::c_int;
use std::fmt::Debug;
use std::ops::AddAssign;

/// `f64` or `f32`: the type of samples, activations and trained weights. Long sums are in `f64` for both.
pub trait Real: LinalgScalar + ScalarOperand + PartialOrd + AddAssign + Debug + Send + Sync {
    /// Rounds from `f64`.
    fn from_f64(x: f64) -> Self;
    /// Widens to `f64`.
    fn to_f64(self) -> f64;
    /// A standard normal number.
    fn normal(rng: &mut crate::rng::Stream) -> Self;
    /// Its bytes, the lowest first.
    fn to_le_bytes_vec(self) -> Vec<u8>;
    /// From its bytes, the lowest first.
    ///
    /// # Panics
    /// If there are too few or too many.
    fn from_le_slice(bytes: &[u8]) -> Self;
    /// max(z − b, 0) in place, and a bit for each z > b, the first one lowest.
    fn open(z: &mut [Self; 64], b: Self) -> u64;
    /// Upper triangle of A Aᵀ: `a` n × k, row by row; `out` has rows of `stride` numbers.
    ///
    /// # Panics
    /// If the slices are too short.
    fn gram(a: &[Self], n: usize, out: &mut [Self], stride: usize);
}

macro_rules! real {
    ($float:ty, $bits:ty, $syrk:path) => {
        impl Real for $float {
            #[allow(clippy::cast_possible_truncation)]
            fn from_f64(x: f64) -> Self {
                x as $float
            }
            fn to_f64(self) -> f64 {
                self.into()
            }
            fn normal(rng: &mut crate::rng::Stream) -> Self {
                StandardNormal.sample(rng)
            }
            fn to_le_bytes_vec(self) -> Vec<u8> {
                self.to_le_bytes().to_vec()
            }
            fn from_le_slice(bytes: &[u8]) -> Self {
                Self::from_le_bytes(bytes.try_into().expect("as many as the type has"))
            }
            #[inline(always)]
            fn open(z: &mut [Self; 64], b: Self) -> u64 {
                // Bits as wide as the numbers, so that comparisons and bits share vector lanes.
                const LANES: usize = <$bits>::BITS as usize;
                let mut word = 0;
                for (part, z) in z.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                    let mut bits: $bits = 0;
                    for (i, z) in z.iter_mut().enumerate() {
                        let is_open = *z > b;
                        bits |= if is_open { 1 << i } else { 0 };
                        *z = if is_open { *z - b } else { 0.0 };
                    }
                    word |= u64::from(bits) << (part * LANES);
                }
                word
            }
            fn gram(a: &[Self], n: usize, out: &mut [Self], stride: usize) {
                let k = a.len() / n;
                assert!(k * n == a.len() && stride >= n && out.len() >= (n - 1) * stride + n);
                let int = |x: usize| c_int::try_from(x).expect("sizes of blocks are small");
                let (rows, columns) = (int(n), int(k));
                // SAFETY: both slices are as long as the sizes say.
                unsafe {
                    $syrk(
                        CBLAS_LAYOUT::CblasRowMajor,
                        CBLAS_UPLO::CblasUpper,
                        CBLAS_TRANSPOSE::CblasNoTrans,
                        rows,
                        columns,
                        1.0,
                        a.as_ptr(),
                        columns,
                        0.0,
                        out.as_mut_ptr(),
                        int(stride),
                    );
                }
            }
        }
    };
}

real!(f32, u32, cblas_sys::cblas_ssyrk);
real!(f64, u64, cblas_sys::cblas_dsyrk);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gram_matrix_has_the_products_of_rows_above_its_diagonal_and_nothing_below() {
        let a = [1.0, 2.0, 3.0, -1.0, 0.5, 2.0];
        let mut out = [9.0_f64; 7];
        f64::gram(&a, 2, &mut out, 4);
        assert_eq!(out, [14.0, 6.0, 9.0, 9.0, 9.0, 5.25, 9.0]);
    }
}
