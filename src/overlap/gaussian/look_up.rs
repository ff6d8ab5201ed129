//! D and L for a row of cosines at once: the table's lookup without branches, so that the compiler vectorises it.
//!
//! [`KernelTable::at`] is the same one pair at a time, and the oracle of this file's tests.

use super::table::{DEGREE, KernelTable, MANTISSA, OCTAVE_BITS, Piece};

/// Cosines that are worked on together: what is known of them stays in the first-level cache.
pub const CHUNK: usize = 64;

/// Numbers in a vector register, or a few.
pub(super) const LANES: usize = 4;

/// Adding it leaves a number below 2⁵¹ rounded in the low bits.
const ROUND: f64 = (1_u64 << 52) as f64;

/// Exponents below this count as this: what they scale is nothing.
const LEAST_EXPONENT: f64 = -708.0;

/// A chunk of cosines, and where each falls in the table.
#[derive(Debug)]
pub struct Places {
    /// What is looked up; beyond the chunk's length anything.
    pub cosines: [f64; CHUNK],
    piece: [u32; CHUNK],
    /// In [−1, 1], along the piece.
    local: [f64; CHUNK],
    /// What the polynomials are multiplied by.
    scale: [f64; CHUNK],
    /// 1 + ρ beyond π/2, where D(π) is to be added; −1 elsewhere.
    lift: [f64; CHUNK],
}

impl Default for Places {
    fn default() -> Self {
        Self {
            cosines: [0.0; CHUNK],
            piece: [0; CHUNK],
            local: [0.0; CHUNK],
            scale: [0.0; CHUNK],
            lift: [0.0; CHUNK],
        }
    }
}

impl KernelTable {
    /// D and L at each of at most [`CHUNK`] cosines in `places`. Good where [`super::HalfAngle::rho_is_safe`]; elsewhere what it writes is finite, and to be replaced.
    ///
    /// # Cost
    /// O(length): 5 to 7 ns each, with fused multiply–add.
    pub fn chunk(&self, d: &mut [f64], l: &mut [f64], places: &mut Places) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor has both.
            return unsafe { self.chunk_avx2(d, l, places) };
        }
        self.chunk_with::<false>(d, l, places, polynomial);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn chunk_avx2(&self, d: &mut [f64], l: &mut [f64], places: &mut Places) {
        use std::arch::x86_64::{
            _mm_cvtsd_f64, _mm_fmadd_pd, _mm_set_pd, _mm_set1_pd, _mm_unpackhi_pd,
        };
        // Both kernels in one register; the compiler does not find that by itself.
        self.chunk_with::<true>(d, l, places, |piece, local| {
            let local = _mm_set1_pd(local);
            let pair = |[d, l]: [f64; 2]| _mm_set_pd(l, d);
            let mut value = pair(piece[DEGREE]);
            for power in (0..DEGREE).rev() {
                value = _mm_fmadd_pd(value, local, pair(piece[power]));
            }
            [
                _mm_cvtsd_f64(value),
                _mm_cvtsd_f64(_mm_unpackhi_pd(value, value)),
            ]
        });
    }

    #[inline(always)]
    fn chunk_with<const FMA: bool>(
        &self,
        d: &mut [f64],
        l: &mut [f64],
        places: &mut Places,
        polynomial: impl Fn(&Piece, f64) -> [f64; 2],
    ) {
        // Whole vectors: what is computed beyond the end is not used.
        self.locate::<FMA>(d.len().next_multiple_of(LANES), places);
        let pieces = self.pieces();
        for (i, (d, l)) in d.iter_mut().zip(l.iter_mut()).enumerate() {
            let [d_part, l_part] = polynomial(&pieces[places.piece[i] as usize], places.local[i]);
            *d = places.scale[i] * d_part;
            *l = places.scale[i] * l_part;
        }
        let (d_at_pi, l_at_pi) = self.pair().at_pi();
        if d_at_pi > 0.0 {
            for (i, (d, l)) in d.iter_mut().zip(l.iter_mut()).enumerate() {
                if places.lift[i] >= 0.0 {
                    *d += d_at_pi;
                    *l += l_at_pi + places.lift[i] * d_at_pi;
                }
            }
        }
    }

    /// Places the first `count` cosines, a multiple of [`LANES`].
    #[inline(always)]
    fn locate<const FMA: bool>(&self, count: usize, places: &mut Places) {
        let near = self.near();
        let last_near = (near.count - 1) as f64;
        let far_base = self.far_base() as i64;
        let last_far = (self.pieces().len() - near.count - 1) as i64;
        let depth = -0.5 * self.threshold() * self.threshold();
        let place = |i: usize, places: &mut Places| {
            let rho = places.cosines[i];
            let sin2 = (0.5 * (1.0 - rho)).max(0.0);
            let cos2 = (0.5 * (1.0 + rho)).max(f64::MIN_POSITIVE);
            let (sin, cos) = (sin2.sqrt(), cos2.sqrt());
            let is_near = sin <= cos;

            let position = sin * near.scale;
            let rounded = (position - 0.5).max(0.0).min(last_near) + ROUND;
            let near_index = (rounded.to_bits() & 0xffff_ffff) as u32;
            let near_local = 2.0 * (position - (rounded - ROUND)) - 1.0;

            let bits = cos.to_bits();
            let octave = (bits >> (MANTISSA - OCTAVE_BITS)) as i64 - far_base;
            let far_index = near.count as i64 + octave.max(0).min(last_far);
            // What the index leaves of the mantissa, as a number in [1, 2).
            let rest = (bits << OCTAVE_BITS) & ((1 << MANTISSA) - 1);
            let far_local = 2.0 * f64::from_bits(rest | 1.0_f64.to_bits()) - 3.0;

            places.piece[i] = if is_near {
                near_index
            } else {
                far_index as u32
            };
            places.local[i] = if is_near { near_local } else { far_local };
            places.lift[i] = if is_near { -1.0 } else { 2.0 * cos2 };
            let exponent = if is_near { 0.0 } else { depth / cos2 };
            places.scale[i] = exponent.max(LEAST_EXPONENT);
        };
        for begin in (0..count).step_by(LANES) {
            for i in begin..begin + LANES {
                place(i, places);
            }
        }
        for begin in (0..count).step_by(LANES) {
            for scale in &mut places.scale[begin..begin + LANES] {
                *scale = exp::<FMA>(*scale);
            }
        }
    }
}

#[inline(always)]
pub(super) fn fused<const FMA: bool>(a: f64, b: f64, c: f64) -> f64 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

fn polynomial(piece: &Piece, local: f64) -> [f64; 2] {
    let mut value = piece[DEGREE];
    for power in (0..DEGREE).rev() {
        value = std::array::from_fn(|kernel| value[kernel] * local + piece[power][kernel]);
    }
    value
}

/// eˣ for −708 ≤ x ≤ 0, within 2 ulp: 2ᵏ times the series of what is left, |r| ≤ ln 2/2.
#[inline(always)]
fn exp<const FMA: bool>(x: f64) -> f64 {
    // ln 2 in two parts: k times the first is exact.
    const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
    const SHIFT: f64 = 1.5 * ROUND;
    let shifted = fused::<FMA>(x, std::f64::consts::LOG2_E, SHIFT);
    let k = shifted - SHIFT;
    let r = fused::<FMA>(-k, LN2_LOW, fused::<FMA>(-k, LN2_HIGH, x));
    let mut series = 1.0 / 6_227_020_800.0;
    for factorial in [
        479_001_600.0,
        39_916_800.0,
        3_628_800.0,
        362_880.0,
        40_320.0,
        5_040.0,
        720.0,
        120.0,
        24.0,
        6.0,
        2.0,
        1.0,
        1.0,
    ] {
        series = fused::<FMA>(series, r, 1.0 / factorial);
    }
    // The low bits of `shifted` are k: they become the exponent.
    let power = f64::from_bits((shifted.to_bits() << MANTISSA).wrapping_add(1.0_f64.to_bits()));
    series * power
}

#[cfg(test)]
mod tests {
    use super::super::{HalfAngle, UNSAFE_COSINES};
    use super::*;

    #[test]
    fn a_row_is_its_pairs_one_by_one() {
        let cosines: Vec<f64> = (0..=4000)
            .map(|i| 0.98 * (f64::from(i) / 2000.0 - 1.0))
            .collect();
        for b in [-4.0, -0.3, 0.0, 1e-9, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0] {
            let table = KernelTable::new(b);
            for portable in [false, true] {
                let (mut d, mut l) = (cosines.clone(), vec![0.0; cosines.len()]);
                let mut places = Places::default();
                for (d, l) in d.chunks_mut(CHUNK).zip(l.chunks_mut(CHUNK)) {
                    places.cosines[..d.len()].copy_from_slice(d);
                    if portable {
                        table.chunk_with::<false>(d, l, &mut places, polynomial);
                    } else {
                        table.chunk(d, l, &mut places);
                    }
                }
                for ((&rho, d), l) in cosines.iter().zip(d).zip(l) {
                    let one = table.at(HalfAngle::from_rho(rho));
                    for (row, one) in [(d, one.d), (l, one.l)] {
                        let error = (row - one).abs() / one.max(f64::MIN_POSITIVE);
                        let allowed = if one > 1e-20 { 3e-14 } else { 3e-13 };
                        assert!(
                            error < allowed || one < 1e-100,
                            "ρ = {rho}, b = {b}: {error:e}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn unsafe_cosines_give_finite_numbers() {
        for b in [0.0, 3.0, 8.0, -8.0] {
            let mut places = Places::default();
            places.cosines[..6].copy_from_slice(&UNSAFE_COSINES);
            let (mut d, mut l) = ([0.0; 6], [0.0; 6]);
            KernelTable::new(b).chunk(&mut d, &mut l, &mut places);
            assert!(
                d.iter().chain(&l).all(|x| x.is_finite()),
                "{b}: {d:?} {l:?}"
            );
        }
    }

    #[test]
    fn the_exponential_is_good_to_two_ulp() {
        for i in 0..=70_000 {
            let x = -0.01 * f64::from(i);
            let (fast, slow) = (exp::<true>(x), x.exp());
            assert!(
                (fast - slow).abs() <= 2.0 * f64::EPSILON * slow,
                "{x}: {fast:e}"
            );
        }
        assert_eq!(exp::<true>(0.0), 1.0);
    }
}
