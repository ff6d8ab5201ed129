//! D and L of a common threshold as piecewise polynomials of half a chord: two dozen multiply–adds
//! in place of a hundred exponentials.
//!
//! - θ ≤ π/2: polynomials in x = sin(θ/2), on equal pieces of [0, 1/√2].
//! - θ > π/2: with y = cos(θ/2), D and L fall like exp(−b²/2y²). That factor is taken out, and what
//!   is left is smooth on a logarithmic scale of y: polynomials on eight equal pieces per octave,
//!   from 1/√2 down to where the factor underflows, or to 2⁻²⁷ at most. The few angles beyond are integrated.
//!
//! Each piece is a Chebyshev interpolant of degree eleven, stored as powers of its local coordinate. Rows of cosines
//! go by pieces in the cosine itself where it is above −1/4 ([`ByCosine`]), which take half the time.

use super::arc_cosine::ArcCosine;
use super::by_cosine::ByCosine;
use super::chebyshev::Interpolation;
use super::normal;
use super::pair::{GaussianPair, PairOverlap};
use super::powers::{self, Powers};
use crate::lately::Lately;
use crate::overlap::angle::HalfAngle;
use std::f64::consts::FRAC_1_SQRT_2;
use std::sync::{Arc, LazyLock};

/// Vectors of coefficients: of degree eleven.
pub(super) const VECTORS: usize = 6;

/// Slightly more than 1/√2, so that rounding never leaves the last piece.
const END: f64 = FRAC_1_SQRT_2 * (1.0 + 1e-12);

/// Pieces per octave of y, as a number of leading mantissa bits.
pub(super) const OCTAVE_BITS: u32 = 3;

/// Bits of a double's mantissa.
pub(super) const MANTISSA: u32 = 52;

/// exp(−x) underflows beyond this.
const UNDERFLOW: f64 = 745.0;

/// Below this cos(θ/2), within 1.5e-8 of π, there are no pieces: thresholds near zero would need thousands.
const LEAST: f64 = 1.0 / (1_u64 << 27) as f64;

/// A threshold that is smaller changes neither D nor L, to rounding, at cosines that are safe: D falls by 0.4 b and is 0.03
/// at least.
const NEGLIGIBLE: f64 = f64::EPSILON / 256.0;

/// Bytes of the tables that are kept: they take 10 to 900 kB each, 80 for thresholds up to 4.
const KEPT: u64 = 32 << 20;

/// Interpolants of D(θ; b, b) and L(θ; b, b) for one threshold b.
///
/// # Precision
/// Within 1e-13 of [`GaussianPair::at`], relative, where D > 1e-20, and 1e-12 where D > 1e-100.
#[derive(Clone, Debug)]
pub struct KernelTable {
    threshold: f64,
    pair: GaussianPair,
    /// Those up to π/2, then those beyond.
    pieces: Vec<Powers<VECTORS>>,
    /// How many there are up to π/2,
    near: usize,
    /// and how many of them per unit of x.
    near_scale: f64,
    far_base: u64,
    /// For whole rows, where b = 0 or as good as that.
    closed_form: Option<ArcCosine>,
    /// For rows of cosines, unless the threshold is very large.
    pub(super) by_cosine: Option<ByCosine>,
    at_zero: PairOverlap,
}

impl KernelTable {
    /// Builds the table: one to some thousand evaluations of [`GaussianPair::at`], 0.5 to 1.2 ms for
    /// thresholds in [−8, 8].
    ///
    /// # Panics
    /// If [`GaussianPair::check`] refuses the threshold.
    pub fn new(threshold: f64) -> Self {
        let pair = GaussianPair::new(threshold, threshold);
        let other = |x: f64| (1.0 - x * x).sqrt();

        // The logarithmic slope of D grows like b², and the pieces get shorter with it.
        let near_pieces = if threshold.abs() < normal::SUPPORT {
            (2.0 * threshold * threshold).max(40.0) as usize
        } else {
            40
        };
        let width = END / near_pieces as f64;
        let interpolation = Interpolation::<{ 2 * VECTORS }>::new();
        let near = (0..near_pieces).map(|piece| {
            let start = piece as f64 * width;
            interpolation.on(start, start + width, |x| both(pair.at(HalfAngle { sin: x, cos: other(x) })))
        });

        let vanishing = threshold.abs() / (2.0 * UNDERFLOW).sqrt();
        let lowest = vanishing.clamp(LEAST, 0.5 * END);
        let far_base = octave_index(lowest, OCTAVE_BITS);
        let far = (far_base..=octave_index(END, OCTAVE_BITS)).map(|index| {
            let [start, end] = octave(index, OCTAVE_BITS);
            interpolation.on(start, end, |y| {
                let angle = HalfAngle { sin: other(y), cos: y };
                both(pair.tail(angle, factor(threshold, y)))
            })
        });

        let mut table = Self {
            threshold,
            pair,
            pieces: near.chain(far).map(powers::packed).collect(),
            near: near_pieces,
            near_scale: near_pieces as f64 / END,
            far_base,
            closed_form: (threshold.abs() <= NEGLIGIBLE).then(ArcCosine::new),
            by_cosine: None,
            at_zero: pair.at(HalfAngle::ZERO),
        };
        table.by_cosine = ByCosine::new(threshold, |angle| both(table.at(angle)));
        table
    }

    /// The closed form, where there is one.
    pub(crate) fn closed_form(&self) -> Option<&ArcCosine> {
        self.closed_form.as_ref()
    }

    /// D and L of a node with itself.
    pub fn at_zero(&self) -> PairOverlap {
        self.at_zero
    }

    /// The pieces beyond π/2, and the number of the first as an octave's.
    pub(super) fn far(&self) -> (&[Powers<VECTORS>], u64) {
        (&self.pieces[self.near..], self.far_base)
    }

    /// The pair of nodes that the table is of.
    pub fn pair(&self) -> &GaussianPair {
        &self.pair
    }

    /// The table for a threshold; built unless it was used lately, by whatever thread.
    ///
    /// The parts of a run share a threshold, and the cells of a sweep a few.
    pub fn shared(threshold: f64) -> Arc<Self> {
        static LATELY: LazyLock<Lately<Arc<KernelTable>>> =
            LazyLock::new(|| Lately::weighing(KEPT, |table| table.bytes() as u64));
        LATELY.get(&[threshold.to_bits()], || Arc::new(Self::new(threshold)))
    }

    fn bytes(&self) -> usize {
        size_of_val(&self.pieces[..]) + self.by_cosine.as_ref().map_or(0, ByCosine::bytes)
    }

    /// The common threshold b.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// D and L at an angle. O(1): no transcendental function for θ ≤ π/2, one exponential beyond.
    #[inline]
    pub fn at(&self, angle: HalfAngle) -> PairOverlap {
        self.at_with::<false>(angle)
    }

    /// [`KernelTable::at`] with fused multiply–add, where the processor has it.
    #[inline(always)]
    pub(crate) fn at_with<const FMA: bool>(&self, angle: HalfAngle) -> PairOverlap {
        if angle.sin <= angle.cos {
            let position = angle.sin * self.near_scale;
            let index = (position as usize).min(self.near - 1);
            polynomial::<FMA>(&self.pieces[index], 2.0 * (position - index as f64) - 1.0)
        } else {
            self.pair.with_tail(angle, self.far_tail(angle.cos))
        }
    }

    /// The integrals over [θ, π] for θ > π/2, y = cos(θ/2).
    fn far_tail(&self, y: f64) -> PairOverlap {
        let index = octave_index(y, OCTAVE_BITS);
        if index < self.far_base {
            return self.pair.tail(HalfAngle { sin: 1.0, cos: y }, 0.0);
        }
        let piece = self.near + (index - self.far_base) as usize;
        let [start, end] = octave(index, OCTAVE_BITS);
        let u = ((y - start) - (end - y)) / (end - start);
        let scaled = polynomial::<false>(&self.pieces[piece.min(self.pieces.len() - 1)], u);
        let size = (-factor(self.threshold, y)).exp();
        PairOverlap {
            d: size * scaled.d,
            l: size * scaled.l,
        }
    }
}

/// D and L, as interpolation wants them.
fn both(pair: PairOverlap) -> [f64; 2] {
    [pair.d, pair.l]
}

/// b²/2y², the exponent that is taken out beyond π/2.
fn factor(threshold: f64, y: f64) -> f64 {
    0.5 * (threshold / y).powi(2)
}

/// Number of the logarithmic piece that holds y > 0: its exponent and so many leading bits of its mantissa.
#[inline(always)]
pub(super) fn octave_index(y: f64, bits: u32) -> u64 {
    y.to_bits() >> (MANTISSA - bits)
}

/// Where y lies in its piece, from −1 to 1: what the index leaves of the mantissa.
#[inline(always)]
pub(super) fn octave_local(y: f64, bits: u32) -> f64 {
    let rest = (y.to_bits() << bits) & ((1 << MANTISSA) - 1);
    // As a number in [1, 2).
    2.0 * f64::from_bits(rest | 1.0_f64.to_bits()) - 3.0
}

/// Where a logarithmic piece begins and ends.
pub(super) fn octave(index: u64, bits: u32) -> [f64; 2] {
    [index, index + 1].map(|index| f64::from_bits(index << (MANTISSA - bits)))
}

/// Both kernels at the local coordinate u in [−1, 1].
#[inline(always)]
fn polynomial<const FMA: bool>(piece: &Powers<VECTORS>, u: f64) -> PairOverlap {
    let [d, l] = powers::evaluate::<FMA, VECTORS>(piece, u);
    PairOverlap { d, l }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;
    use std::time::{Duration, Instant};

    #[test]
    fn the_table_agrees_with_the_integrals_at_every_angle() {
        let near_pi = (1..60).map(|i| PI - 2f64.powf(-0.5 * f64::from(i)));
        let angles: Vec<f64> = (0..=3000).map(|i| PI * f64::from(i) / 3000.0).chain(near_pi).collect();
        for b in [
            -1e100, -1e16, -60.0, -25.0, -8.0, -2.0, -0.3, -1e-5, -1e-300, 0.0, 5e-324, 1e-300, 1e-25, 1e-17, 1e-9,
            0.01, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 20.0, 38.0, 1e100,
        ] {
            let (table, pair) = (KernelTable::new(b), GaussianPair::new(b, b));
            for &theta in &angles {
                let angle = HalfAngle::from_radians(theta);
                let (fast, slow) = (table.at(angle), pair.at(angle));
                let allowed = if slow.d > 1e-20 { 1e-13 } else { 1e-12 };
                for (fast, slow) in [(fast.d, slow.d), (fast.l, slow.l)] {
                    let error = (fast - slow).abs() / slow.max(f64::MIN_POSITIVE);
                    assert!(error <= allowed || slow < 1e-100, "θ = {theta}, b = {b}: {error:e}");
                }
            }
        }
    }

    #[test]
    fn a_tiny_threshold_costs_what_zero_costs_and_gives_the_same() {
        let angles: Vec<HalfAngle> = (0..=400).map(|i| HalfAngle::from_radians(PI * f64::from(i) / 401.0)).collect();
        let zero = KernelTable::new(0.0);
        for b in [1e-20, -1e-20, 1e-100, 1e-300, -1e-300, 5e-324] {
            let begin = Instant::now();
            let table = KernelTable::new(b);
            for &angle in &angles {
                let (tiny, none) = (table.pair().at(angle), zero.at(angle));
                assert!((tiny.d / none.d - 1.0).abs() < 1e-13, "{b}: {tiny:?} {none:?}");
                assert!((tiny.l / none.l - 1.0).abs() < 1e-13, "{b}: {tiny:?} {none:?}");
            }
            // Three milliseconds, where it was seconds.
            assert!(begin.elapsed() < Duration::from_millis(400), "{b}: {:?}", begin.elapsed());
            assert!(table.closed_form().is_some());
            assert_eq!(table.pieces.len(), zero.pieces.len());
        }
    }
}
