//! AVX2 with fused multiply–add, and AVX-512.

use super::correlate::{Correlate, correlate};
use super::outer::{Outer, outer};
use super::routines::Routines;
use super::vectors::{ACROSS, Vectors};
use super::winograd::{self, Filtered, Gradient};
use std::arch::x86_64::*;

macro_rules! vectors {
    ($($name:ident: $lanes:literal $number:ty as $vector:ty, $splat:ident, $load:ident, $store:ident, $fma:ident, $sums:ident;)+) => {
        $(pub(super) struct $name;

        impl Vectors for $name {
            type Number = $number;
            type Vector = $vector;
            const LANES: usize = $lanes;

            // SAFETY of all: the trait's methods are for processors that have these instructions.
            #[inline(always)]
            unsafe fn splat(x: $number) -> $vector {
                unsafe { $splat(x) }
            }
            #[inline(always)]
            unsafe fn load(from: *const $number) -> $vector {
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn store(to: *mut $number, x: $vector) {
                unsafe { $store(to, x) }
            }
            #[inline(always)]
            unsafe fn multiply_add(a: $vector, b: $vector, c: $vector) -> $vector {
                unsafe { $fma(a, b, c) }
            }
            #[inline(always)]
            unsafe fn sums(of: [$vector; 4]) -> [$number; 4] {
                unsafe { $sums(of) }
            }
        })+
    };
}

vectors! {
    Avx2Single: 8 f32 as __m256, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_fmadd_ps, sums_8;
    Avx2Double: 4 f64 as __m256d, _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_fmadd_pd, sums_4;
    Avx512Single: 16 f32 as __m512, _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_fmadd_ps, sums_16;
    Avx512Double: 8 f64 as __m512d, _mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_fmadd_pd, sums_8_double;
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn sums_8([a, b, c, d]: [__m256; 4]) -> [f32; 4] {
    let halves = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
    let sum = _mm_add_ps(_mm256_castps256_ps128(halves), _mm256_extractf128_ps::<1>(halves));
    let mut out = [0.0; 4];
    // SAFETY: four numbers have room there.
    unsafe { _mm_storeu_ps(out.as_mut_ptr(), sum) };
    out
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn sums_4([a, b, c, d]: [__m256d; 4]) -> [f64; 4] {
    let (ab, cd) = (_mm256_hadd_pd(a, b), _mm256_hadd_pd(c, d));
    let crossed = _mm256_permute2f128_pd::<0x21>(ab, cd);
    let kept = _mm256_blend_pd::<0b1100>(ab, cd);
    let mut out = [0.0; 4];
    // SAFETY: four numbers have room there.
    unsafe { _mm256_storeu_pd(out.as_mut_ptr(), _mm256_add_pd(crossed, kept)) };
    out
}

// Sums first by instructions that reach all 32 registers: otherwise half of the sums in `dots` would stand in memory.

#[inline]
#[target_feature(enable = "avx512f,avx2,fma")]
fn sums_16([a, b, c, d]: [__m512; 4]) -> [f32; 4] {
    let pair = |a, b| {
        let sums = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
        _mm512_castps_pd(sums)
    };
    let (ab, cd) = (pair(a, b), pair(c, d));
    let even = _mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd));
    let odd = _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd));
    let all = _mm512_add_ps(even, odd);
    let high = _mm512_extractf64x4_pd::<1>(_mm512_castps_pd(all));
    let half = _mm256_add_ps(_mm512_castps512_ps256(all), _mm256_castpd_ps(high));
    let high = _mm256_extractf128_ps::<1>(half);
    let sum = _mm_add_ps(_mm256_castps256_ps128(half), high);
    let mut out = [0.0; 4];
    // SAFETY: four numbers have room there.
    unsafe { _mm_storeu_ps(out.as_mut_ptr(), sum) };
    out
}

#[inline]
#[target_feature(enable = "avx512f,avx2,fma")]
fn sums_8_double([a, b, c, d]: [__m512d; 4]) -> [f64; 4] {
    let pair = |a, b| {
        let sums = _mm512_add_pd(_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b));
        let high = _mm512_extractf64x4_pd::<1>(sums);
        let half = _mm256_add_pd(_mm512_castpd512_pd256(sums), high);
        _mm_add_pd(_mm256_castpd256_pd128(half), _mm256_extractf128_pd::<1>(half))
    };
    let (ab, cd) = (pair(a, b), pair(c, d));
    let mut out = [0.0; 4];
    // SAFETY: four numbers have room there.
    unsafe {
        _mm_storeu_pd(out.as_mut_ptr(), ab);
        _mm_storeu_pd(out.as_mut_ptr().add(2), cd);
    }
    out
}

/// The loops above all, compiled for processors that have the vectors.
macro_rules! routines {
    ($name:ident, $vectors:ty, $rows:literal, $features:literal) => {
        pub(super) fn $name() -> Routines<<$vectors as Vectors>::Number> {
            type Number = <$vectors as Vectors>::Number;

            #[target_feature(enable = $features)]
            unsafe fn correlated(job: &Correlate<Number>, piece: usize, memory: &mut [Number]) {
                // SAFETY: this function is for such processors.
                unsafe { correlate::<$vectors, $rows>(job, piece, memory) }
            }

            #[target_feature(enable = $features)]
            unsafe fn outer_product(job: &Outer<Number>, piece: usize, memory: &mut [Number]) {
                // SAFETY: this function is for such processors.
                unsafe { outer::<$vectors, $rows>(job, piece, memory) }
            }

            #[target_feature(enable = $features)]
            unsafe fn filtered(job: &Filtered<Number>, piece: usize, memory: &mut [Number]) {
                // SAFETY: this function is for such processors.
                unsafe { winograd::filtered::<$vectors, $rows>(job, piece, memory) }
            }

            #[target_feature(enable = $features)]
            unsafe fn gradient(job: &Gradient<Number>, piece: usize, memory: &mut [Number]) {
                // SAFETY: this function is for such processors.
                unsafe { winograd::gradient::<$vectors, $rows>(job, piece, memory) }
            }

            Routines {
                rows: $rows,
                columns: ACROSS * <$vectors as Vectors>::LANES,
                correlate: correlated,
                outer: outer_product,
                filtered,
                gradient,
            }
        }
    };
}

// Of 16 vector registers 12 are sums, 3 hold the image and one a weight; of 32, 24 are sums.
routines!(avx2_single, Avx2Single, 4, "avx2,fma");
routines!(avx2_double, Avx2Double, 4, "avx2,fma");
routines!(avx512_single, Avx512Single, 8, "avx512f,avx2,fma");
routines!(avx512_double, Avx512Double, 8, "avx512f,avx2,fma");
