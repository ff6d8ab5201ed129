//! D and L as piecewise polynomials of the cosine itself, from −1/4 to 0.98: no root, no exponential, no branch.
//!
//! Both are smooth in ρ away from ±1. With t = 1 − ρ each octave of t has equal pieces, so that a piece is as wide as
//! its distance from the root at ρ = 1 allows, and which piece it is stands in the leading bits of t.

use super::chebyshev::Interpolation;
use super::look_up::{LANES, Places};
use super::powers::{self, Powers};
use super::table::{octave, octave_index, octave_local};
use crate::overlap::HalfAngle;

/// Vectors of coefficients: of degree seven.
const VECTORS: usize = 4;

/// The lowest cosine that there are pieces for; below it D falls too steeply in ρ.
pub const LOWEST: f64 = -0.25;

/// Where the pieces begin: 2⁻⁶, below 1 − 0.98.
const FIRST: f64 = 1.0 / 64.0;

/// Pieces per octave of t, as a number of leading mantissa bits, at least: what the root at ρ = 1 asks for.
const LEAST_BITS: u32 = 4;

/// The largest |b| that there are pieces for: they would take a megabyte beyond.
const LARGEST: f64 = 8.0;

/// Interpolants of D and L in ρ.
///
/// # Precision
/// Within 3e-14 of what they interpolate, relative, for |b| up to 4; b²/16 times that beyond.
#[derive(Clone, Debug)]
pub struct ByCosine {
    bits: u32,
    pieces: Vec<Powers<VECTORS>>,
}

impl ByCosine {
    /// Of what `at` gives for the threshold b; none beyond ±8. O(b²): some thousand values.
    pub fn new(threshold: f64, at: impl Fn(HalfAngle) -> [f64; 2]) -> Option<Self> {
        if threshold.abs() > LARGEST {
            return None;
        }
        // D falls like exp(−b²/(1 + ρ)): the exponent changes by 0.22 at most within a piece.
        let steep = (8.0 * threshold * threshold).max(1.0);
        let bits = (steep.log2().ceil() as u32).max(LEAST_BITS);
        let (first, last) = (octave_index(FIRST, bits), octave_index(1.0 - LOWEST, bits));
        let interpolation = Interpolation::<{ 2 * VECTORS }>::new();
        // The last one is for what rounding makes of −1/4.
        let pieces = (first..=last).map(|index| {
            let [start, end] = octave(index, bits);
            let powers = interpolation.on(start, end, |t| {
                at(HalfAngle {
                    sin: (0.5 * t).sqrt(),
                    cos: (1.0 - 0.5 * t).sqrt(),
                })
            });
            powers::packed(powers)
        });
        Some(Self {
            bits,
            pieces: pieces.collect(),
        })
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.pieces[..])
    }

    /// D and L at each of `places.cosines`; where they are below [`LOWEST`] or above 0.98 what it writes is finite, and
    /// to be replaced. 2 ns each, with fused multiply–add.
    #[inline(always)]
    pub fn chunk<const FMA: bool>(&self, d: &mut [f64], l: &mut [f64], places: &mut Places) {
        let (first, last) = (octave_index(FIRST, self.bits), self.pieces.len() as u64 - 1);
        let whole = d.len().next_multiple_of(LANES);
        for i in 0..whole {
            let t = (1.0 - places.cosines[i]).max(FIRST);
            places.piece[i] = (octave_index(t, self.bits) - first).min(last) as u32;
            places.local[i] = octave_local(t, self.bits);
        }
        for (i, (d, l)) in d.iter_mut().zip(l.iter_mut()).enumerate() {
            let piece = &self.pieces[places.piece[i] as usize];
            [*d, *l] = powers::evaluate::<FMA, VECTORS>(piece, places.local[i]);
        }
    }
}
