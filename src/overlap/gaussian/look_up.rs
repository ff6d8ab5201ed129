//! D and L for a row of cosines at once: the table's lookup without branches, so that the compiler vectorises it.
//!
//! [`KernelTable::at`] is the same one pair at a time, and the oracle of this file's tests.

use super::HalfAngle;
use super::by_cosine::LOWEST;
use super::powers;
use super::table::{KernelTable, MANTISSA, OCTAVE_BITS, VECTORS, octave_index, octave_local};
use multiversion::{multiversion, target::target_cfg_f};

/// Cosines that are worked on together: what is known of them stays in the first-level cache.
pub const CHUNK: usize = 64;

/// Numbers in the registers that all processors in question have, or in half of a wider one.
pub(super) const LANES: usize = 4;

/// Exponents below this count as this: what they scale is nothing.
const LEAST_EXPONENT: f64 = -708.0;

/// A chunk of cosines, and where each falls in the table; begins with a cache line, wherever the stack is.
#[derive(Debug)]
#[repr(align(64))]
pub struct Places {
    /// What is looked up; beyond the chunk's length anything.
    pub cosines: [f64; CHUNK],
    pub(super) piece: [u32; CHUNK],
    /// In [−1, 1], along the piece.
    pub(super) local: [f64; CHUNK],
    /// Of those below [`LOWEST`], one after another: which they are, and
    which: [u8; CHUNK],
    /// cos²(θ/2),
    cos2: [f64; CHUNK],
    /// what the polynomials are multiplied by.
    scale: [f64; CHUNK],
}

impl Default for Places {
    fn default() -> Self {
        Self {
            cosines: [0.0; CHUNK],
            piece: [0; CHUNK],
            local: [0.0; CHUNK],
            which: [0; CHUNK],
            cos2: [0.0; CHUNK],
            scale: [0.0; CHUNK],
        }
    }
}

impl Places {
    /// Gathers those of the first `count` cosines that are below [`LOWEST`]; how many there are.
    #[inline(always)]
    fn gather_low(&mut self, count: usize) -> usize {
        // All of them are looked at: that goes by vectors.
        let cosines = &self.cosines[..count];
        if !cosines.iter().fold(false, |any, &rho| any | (rho < LOWEST)) {
            return 0;
        }
        let mut low = 0;
        for (i, &rho) in cosines.iter().enumerate() {
            self.which[low] = i as u8;
            self.cos2[low] = (0.5 * (1.0 + rho)).max(f64::MIN_POSITIVE);
            low += usize::from(rho < LOWEST);
        }
        low
    }
}

/// D and L at each of at most [`CHUNK`] cosines in `places`. Good where [`HalfAngle::rho_is_safe`]; elsewhere what
/// it writes is finite, and to be replaced.
///
/// # Cost
/// O(length), with fused multiply–add: 2 to 3 ns each; those below −1/4 are looked up apart, by a root and an
/// exponential.
#[multiversion(targets("x86_64+avx512f+fma", "x86_64+avx2+fma"))]
pub fn chunk(table: &KernelTable, d: &mut [f64], l: &mut [f64], places: &mut Places) {
    table.chunk_with::<{ target_cfg_f!(target_feature = "fma") }>(d, l, places);
}

impl KernelTable {
    /// D and L at each of any number of cosines, as [`chunk`]; for b = 0 from their closed form.
    pub(crate) fn at_cosines(&self, cosines: &[f64], d: &mut [f64], l: &mut [f64], places: &mut Places) {
        if let Some(kernels) = self.closed_form() {
            d.copy_from_slice(cosines);
            return kernels.row(d, l);
        }
        let chunks = d.chunks_mut(CHUNK).zip(l.chunks_mut(CHUNK));
        for (cosines, (d, l)) in cosines.chunks(CHUNK).zip(chunks) {
            places.cosines[..cosines.len()].copy_from_slice(cosines);
            chunk(self, d, l, places);
        }
    }

    #[inline(always)]
    fn chunk_with<const FMA: bool>(&self, d: &mut [f64], l: &mut [f64], places: &mut Places) {
        let Some(pieces) = &self.by_cosine else {
            for ((&rho, d), l) in places.cosines.iter().zip(d).zip(l) {
                let one = self.at(HalfAngle::from_rho(rho));
                (*d, *l) = (one.d, one.l);
            }
            return;
        };
        pieces.chunk::<FMA>(d, l, places);
        let low = places.gather_low(d.len());
        if low > 0 {
            self.tails::<FMA>(low, d, l, places);
        }
    }

    /// D and L at the first `count` of the cosines that were gathered.
    #[inline(always)]
    fn tails<const FMA: bool>(&self, count: usize, d: &mut [f64], l: &mut [f64], places: &mut Places) {
        // Whole vectors: what is computed beyond the end is not used.
        self.locate::<FMA>(count.next_multiple_of(LANES), places);
        let (pieces, _) = self.far();
        let (d_at_pi, l_at_pi) = self.pair().at_pi();
        for low in 0..count {
            let piece = &pieces[places.piece[low] as usize];
            let [d_part, l_part] = powers::evaluate::<FMA, VECTORS>(piece, places.local[low]);
            let (i, scale) = (usize::from(places.which[low]), places.scale[low]);
            d[i] = d_at_pi + scale * d_part;
            l[i] = l_at_pi + 2.0 * places.cos2[low] * d_at_pi + scale * l_part;
        }
    }

    /// Places the first `count` that were gathered, a multiple of [`LANES`].
    #[inline(always)]
    fn locate<const FMA: bool>(&self, count: usize, places: &mut Places) {
        let (pieces, base) = self.far();
        let last = (pieces.len() - 1) as i64;
        let depth = -0.5 * self.threshold() * self.threshold();
        let place = |i: usize, places: &mut Places| {
            let cos2 = places.cos2[i];
            let y = cos2.sqrt();
            let octave = octave_index(y, OCTAVE_BITS) as i64 - base as i64;
            places.piece[i] = octave.max(0).min(last) as u32;
            places.local[i] = octave_local(y, OCTAVE_BITS);
            places.scale[i] = (depth / cos2).max(LEAST_EXPONENT);
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

/// a b + c, with one rounding where `FMA` says that the processor can.
#[inline(always)]
pub(crate) fn fused<const FMA: bool>(a: f64, b: f64, c: f64) -> f64 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// eˣ for −708 ≤ x ≤ 0, within 2 ulp: 2ᵏ times the series of what is left, |r| ≤ ln 2/2.
#[inline(always)]
fn exp<const FMA: bool>(x: f64) -> f64 {
    // ln 2 in two parts: k times the first is exact.
    const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
    // Adding it leaves a small number rounded in the low bits.
    const SHIFT: f64 = 1.5 * (1_u64 << MANTISSA) as f64;
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
    use super::super::UNSAFE_COSINES;
    use super::*;

    #[test]
    fn a_row_is_its_pairs_one_by_one() {
        let cosines: Vec<f64> = (0..=4000)
            .map(|i| 0.98 * (f64::from(i) / 2000.0 - 1.0))
            .chain([LOWEST.next_down(), LOWEST, LOWEST.next_up(), 0.0, 0.5])
            .collect();
        for b in [-7.9, -4.0, -0.3, 0.0, 1e-9, 0.5, 1.0, 1.41, 2.0, 2.2, 2.8, 4.0, 5.6, 8.0, 9.0] {
            let table = KernelTable::new(b);
            for portable in [false, true] {
                let (mut d, mut l) = (cosines.clone(), vec![0.0; cosines.len()]);
                let mut places = Places::default();
                for (d, l) in d.chunks_mut(CHUNK).zip(l.chunks_mut(CHUNK)) {
                    places.cosines[..d.len()].copy_from_slice(d);
                    if portable {
                        table.chunk_with::<false>(d, l, &mut places);
                    } else {
                        chunk(&table, d, l, &mut places);
                    }
                }
                for ((&rho, d), l) in cosines.iter().zip(d).zip(l) {
                    let one = table.at(HalfAngle::from_rho(rho));
                    for (row, one) in [(d, one.d), (l, one.l)] {
                        let error = (row - one).abs() / one.max(f64::MIN_POSITIVE);
                        // By what rounding of ρ makes of exp(−b²/(1 + ρ)).
                        let allowed = if one > 1e-20 { 3e-14 } else { 3e-13 };
                        let allowed = allowed * (b * b / 16.0_f64).max(1.0);
                        assert!(error < allowed || one < 1e-100, "ρ = {rho}, b = {b}: {error:e}");
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
            chunk(&KernelTable::new(b), &mut d, &mut l, &mut places);
            assert!(d.iter().chain(&l).all(|x| x.is_finite()), "{b}: {d:?} {l:?}");
        }
    }

    #[test]
    fn the_exponential_is_good_to_two_ulp() {
        for i in 0..=70_000 {
            let x = -0.01 * f64::from(i);
            let (fast, slow) = (exp::<true>(x), x.exp());
            assert!((fast - slow).abs() <= 2.0 * f64::EPSILON * slow, "{x}: {fast:e}");
        }
        assert_eq!(exp::<true>(0.0), 1.0);
    }
}
