//! D and L at b = 0 for a row of cosines at once: the arc-cosine kernels
//!
//! ```text
//! D = φ/2π,   L = (sin φ − φ cos φ)/2π,   φ = π − θ
//! ```
//!
//! by two polynomials, an arc and a segment of the circle, so that the compiler vectorises it and nothing cancels.
//! [`super::KernelTable::at`] is the oracle of this file's tests.

use super::chebyshev::Interpolation;
use super::look_up::{LANES, fused};
use crate::overlap::HalfAngle;
use multiversion::{multiversion, target::target_cfg_f};
use ndarray::ArrayViewMut2;
use std::f64::consts::{FRAC_1_PI, FRAC_PI_2, PI};
use std::ops::RangeInclusive;

/// Of the polynomials, an even number; the next term would be 1.5e-17.
const DEGREE: usize = 12;

/// The arc-cosine kernels.
#[derive(Clone, Debug)]
pub struct ArcCosine {
    /// Both of [`arc_and_segment`] for z in [0, 1/4], as powers of 8z − 1.
    powers: [[f64; 2]; DEGREE + 1],
    /// D at the cosines between which a cosine is safe.
    safe: RangeInclusive<f64>,
}

/// Replaces the cosines in `d` by D and writes L to `l`, in row i from column `first` + i on. Good where
/// [`ArcCosine::is_safe`]; elsewhere what it writes is finite, and to be replaced. Up to three entries to the left
/// are written too.
///
/// # Cost
/// 2 to 3 ns each, with fused multiply–add.
#[multiversion(targets("x86_64+avx512f+fma", "x86_64+avx2+fma"))]
pub fn rows(kernels: &ArcCosine, first: usize, d: ArrayViewMut2<f64>, l: ArrayViewMut2<f64>) {
    kernels.rows_with::<{ target_cfg_f!(target_feature = "fma") }>(first, d, l);
}

impl ArcCosine {
    /// O(1): some microseconds.
    pub fn new() -> Self {
        let d = |rho: f64| 0.5 * FRAC_1_PI * (FRAC_PI_2 + rho.asin());
        Self {
            powers: Interpolation::new().on(0.0, 0.25, arc_and_segment),
            safe: d(-HalfAngle::SAFE_RHO)..=d(HalfAngle::SAFE_RHO),
        }
    }

    /// Whether D comes from a cosine that is safe ([`HalfAngle::rho_is_safe`]): D grows with ρ.
    #[inline]
    pub fn is_safe(&self, d: f64) -> bool {
        self.safe.contains(&d)
    }

    /// [`rows`] of a single row, from its beginning.
    pub fn row(&self, d: &mut [f64], l: &mut [f64]) {
        let count = d.len();
        let row = |list| ArrayViewMut2::from_shape((1, count), list).expect("as many entries");
        rows(self, 0, row(d), row(l));
    }

    #[inline(always)]
    fn rows_with<const FMA: bool>(&self, first: usize, mut d: ArrayViewMut2<f64>, mut l: ArrayViewMut2<f64>) {
        for (i, (mut d, mut l)) in d.rows_mut().into_iter().zip(l.rows_mut()).enumerate() {
            let d = d.as_slice_mut().expect("rows are contiguous");
            let l = l.as_slice_mut().expect("rows are contiguous");
            // Whole vectors, so that no pair is done alone.
            let length = d.len().saturating_sub(first + i);
            let start = d.len().saturating_sub(length.next_multiple_of(LANES));
            self.row_with::<FMA>(&mut d[start..], &mut l[start..]);
        }
    }

    /// [`ArcCosine::row`] for callers that are compiled for a processor.
    #[inline(always)]
    pub(crate) fn row_with<const FMA: bool>(&self, d: &mut [f64], l: &mut [f64]) {
        for (d, l) in d.iter_mut().zip(l) {
            (*d, *l) = self.kernels::<FMA>(*d);
        }
    }

    /// Replaces cosines by D, the same that [`ArcCosine::row_with`] gives: L costs as much again.
    #[inline(always)]
    pub(crate) fn gates_with<const FMA: bool>(&self, d: &mut [f64]) {
        for d in d {
            (*d, _) = self.kernels::<FMA>(*d);
        }
    }

    /// Without branches.
    #[inline(always)]
    fn kernels<const FMA: bool>(&self, rho: f64) -> (f64, f64) {
        let size = rho.abs();
        let large = size > 0.5;
        // sin²(φ/2) or sin²(θ/2), whichever is smaller; or sin²(π/2 − θ).
        let z = if large { 0.5 - 0.5 * size } else { size * size };
        let z = z.max(0.0);
        // √z or, where that is |ρ| itself, sin θ: by one square root, as it is dear.
        let (slope, at_zero) = if large { (1.0, 0.0) } else { (-1.0, 1.0) };
        let square_root = fused::<FMA>(slope, z, at_zero).sqrt();
        let root = if large { square_root } else { size };
        let [arc, segment] = self.arc_and_segment::<FMA>(z);
        let arc = (arc * root).copysign(rho);
        let half_turn = if rho < 0.0 { 0.0 } else { PI };
        let phi_large = fused::<FMA>(-2.0, arc, half_turn);
        let phi_small = FRAC_PI_2 + arc;
        let sum_large = fused::<FMA>(segment, square_root * z, half_turn * rho);
        let sum_small = fused::<FMA>(phi_small, rho, square_root);
        let (phi, sum) = if large {
            (phi_large, sum_large)
        } else {
            (phi_small, sum_small)
        };
        let scale = 0.5 * FRAC_1_PI;
        (scale * phi, scale * sum)
    }

    /// Replaces squares of chords, ‖u − v‖² and ‖u + v‖² of nodes u, v of like norms, by D and L, to full relative
    /// precision. Good where the angle is within π/3 of 0 or of π.
    #[inline(always)]
    pub(crate) fn at_chords<const FMA: bool>(&self, minus: &mut [f64], plus: &mut [f64]) {
        let scale = 0.5 * FRAC_1_PI;
        for (minus, plus) in minus.iter_mut().zip(plus) {
            // sin²(θ/2) or sin²(φ/2), whichever is smaller.
            let near = *minus <= *plus;
            let z = minus.min(*plus) / (*minus + *plus);
            let (half_turn, sign) = if near { (PI, -2.0) } else { (0.0, 2.0) };
            let root = z.sqrt();
            let [arc, segment] = self.arc_and_segment::<FMA>(z);
            *minus = scale * fused::<FMA>(sign, arc * root, half_turn);
            *plus = scale * fused::<FMA>(segment, root * z, half_turn * fused::<FMA>(-2.0, z, 1.0));
        }
    }

    /// [`arc_and_segment`] at z in [0, 1/4].
    #[inline(always)]
    fn arc_and_segment<const FMA: bool>(&self, z: f64) -> [f64; 2] {
        let u = fused::<FMA>(8.0, z, -1.0);
        // Even and odd powers apart: chains of half the length.
        let step = |[a, b]: [f64; 2], by: f64, [c, d]: [f64; 2]| [fused::<FMA>(a, by, c), fused::<FMA>(b, by, d)];
        let square = u * u;
        let [mut odd, mut even] = [self.powers[DEGREE - 1], self.powers[DEGREE]];
        for power in (0..DEGREE).step_by(2).rev() {
            even = step(even, square, self.powers[power]);
        }
        for power in (1..DEGREE - 1).step_by(2).rev() {
            odd = step(odd, square, self.powers[power]);
        }
        step(odd, u, even)
    }
}

/// asin(√z)/√z and (sin α − α cos α)/√z³ with α = 2 asin √z, for z > 0.
fn arc_and_segment(z: f64) -> [f64; 2] {
    let root = z.sqrt();
    let alpha = 2.0 * root.asin();
    // sin α − α cos α as a series, where the two would cancel: Σ (−1)^(k+1) 2k α^(2k+1)/(2k + 1)!
    let square = alpha * alpha;
    let (mut power, mut sum) = (alpha, 0.0);
    for k in 1..=12 {
        let k = f64::from(k);
        power *= -square / (2.0 * k * (2.0 * k + 1.0));
        sum -= 2.0 * k * power;
    }
    [root.asin() / root, sum / (z * root)]
}

#[cfg(test)]
mod tests {
    use super::super::{KernelTable, UNSAFE_COSINES};
    use super::*;
    use ndarray::Array2;

    #[test]
    fn rows_are_their_pairs_one_by_one() {
        let (kernels, table) = (ArcCosine::new(), KernelTable::new(0.0));
        let cosines = Array2::from_shape_fn((40, 101), |(i, k)| 0.98 * ((i * 101 + k) as f64 / 2019.5 - 1.0));
        for (first, portable) in [(0, false), (0, true), (3, false), (61, true)] {
            let (mut d, mut l) = (cosines.clone(), Array2::from_elem(cosines.dim(), 9.0));
            if portable {
                kernels.rows_with::<false>(first, d.view_mut(), l.view_mut());
            } else {
                rows(&kernels, first, d.view_mut(), l.view_mut());
            }
            for ((i, k), &rho) in cosines.indexed_iter() {
                let (d, l) = (d[[i, k]], l[[i, k]]);
                if k < first + i {
                    assert!(k + LANES > first + i || (d, l) == (rho, 9.0));
                    continue;
                }
                let one = table.at(HalfAngle::from_rho(rho));
                let errors = [(d - one.d).abs() / one.d, (l - one.l).abs() / one.l];
                assert!(errors.iter().all(|e| *e < 1e-14), "ρ = {rho}: {errors:?}");
            }
        }
    }

    #[test]
    fn unsafe_cosines_give_finite_numbers_that_are_known_as_such() {
        let kernels = ArcCosine::new();
        let cosines: Vec<f64> = UNSAFE_COSINES.into_iter().chain([0.5, -0.97]).collect();
        let mut d = Array2::from_shape_vec((1, 8), cosines.clone()).unwrap();
        let mut l = Array2::zeros((1, 8));
        rows(&kernels, 0, d.view_mut(), l.view_mut());
        assert!(d.iter().chain(&l).all(|x| x.is_finite()), "{d} {l}");
        for (d, rho) in d.iter().zip(cosines) {
            assert_eq!(kernels.is_safe(*d), HalfAngle::rho_is_safe(rho), "ρ = {rho}");
        }
    }
}
