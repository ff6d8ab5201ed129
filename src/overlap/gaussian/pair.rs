//! D and L of two unit nodes with given thresholds, to full relative accuracy.
//!
//! With p = (b + b')/2, q = (b − b')/2 and τ = tan(t/2) the integrand of Price's theorem is
//!
//! ```text
//! E(t) = exp(−½ [p² (1 + τ²) + q² (1 + τ⁻²)]),   dt = 2 dτ / (1 + τ²)
//! D(θ) = D(π) +               (1/2π) ∫_θ^π E(t) dt
//! L(θ) = L(π) + (1 + cos θ) D(π) + (1/2π) ∫_θ^π (cos θ − cos t) E(t) dt
//! ```
//!
//! where D(π) and L(π) vanish unless b + b' < 0. Every term is positive, so nothing cancels, and the
//! substitution τ → 1/τ (t → π − t) swaps p and q: one routine serves both halves of the range.
//! (Derived; see docs/theory.md.)

use super::{normal, quadrature};
use crate::overlap::angle::HalfAngle;
use std::f64::consts::{PI, TAU};
use thiserror::Error;

/// An integrand that is e⁻⁴⁴ < 1e-19 of its peak is left out.
const NEPERS: f64 = 44.0;

/// A panel [x, R·x] is short enough for the essential singularity of exp(−c²/2x²) at 0.
const PANEL_RATIO: f64 = 2.0;

/// Beyond this threshold, of either sign, exp(−b²/2) underflows: only D(π) and L(π) are left.
const SUPPORT: f64 = 40.0;

/// exp(−c²/2x²) is 1 to the last bit for x beyond this times c.
const FLAT: f64 = (1_u64 << 27) as f64;

/// Gate overlap D and activation overlap L of one pair of nodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairOverlap {
    /// D = P(X > b, Y > b')
    pub d: f64,
    /// L = E[(X − b)₊ (Y − b')₊]
    pub l: f64,
}

/// A threshold of which no overlap can be computed.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("a threshold of {found:e}; allowed: finite numbers from −{limit:e} to {limit:e}", limit = GaussianPair::LARGEST)]
pub struct ThresholdError {
    /// The threshold.
    pub found: f64,
}

/// Two unit nodes with thresholds b and b', ready to be evaluated at any angle.
///
/// # Precision
/// D and L to 1e-13 relative where D > 1e-20 and to 1e-12 where D > 1e-100, for all thresholds up to
/// ±[`GaussianPair::LARGEST`] and all angles, the nearest to 0 and to π included.
#[derive(Clone, Copy, Debug)]
pub struct GaussianPair {
    p: f64,
    q: f64,
    d_at_pi: f64,
    l_at_pi: f64,
}

impl GaussianPair {
    /// The largest threshold, of either sign: L is up to b b', which is to stay finite when it is squared.
    pub const LARGEST: f64 = 1e100;

    /// Whether a threshold is one of which overlaps can be computed.
    ///
    /// # Errors
    /// What is not finite, or beyond ±[`GaussianPair::LARGEST`].
    pub fn check(threshold: f64) -> Result<(), ThresholdError> {
        if threshold.abs() <= Self::LARGEST {
            Ok(())
        } else {
            Err(ThresholdError { found: threshold })
        }
    }

    /// Thresholds `b` and `b_prime`. O(1), some hundred exponentials if b + b' < 0.
    ///
    /// # Panics
    /// If [`GaussianPair::check`] refuses one of them.
    pub fn new(b: f64, b_prime: f64) -> Self {
        for threshold in [b, b_prime] {
            if let Err(error) = Self::check(threshold) {
                panic!("{error}");
            }
        }
        // At θ = π, Y = −X: both are active for b < X < −b'.
        let (d_at_pi, l_at_pi) = if b + b_prime < 0.0 {
            (normal::probability_between(b, b_prime), normal::between(b, b_prime))
        } else {
            (0.0, 0.0)
        };
        Self {
            p: 0.5 * (b + b_prime),
            q: 0.5 * (b - b_prime),
            d_at_pi,
            l_at_pi,
        }
    }

    /// D and L at an angle: some 50 to 200 exponentials, about a microsecond.
    pub fn at(&self, angle: HalfAngle) -> PairOverlap {
        self.with_tail(angle, self.tail(angle, 0.0))
    }

    /// The integrals over [θ, π] alone, times exp(`shift`): what is left of D and L when their values at π are set aside.
    pub(super) fn tail(&self, angle: HalfAngle, shift: f64) -> PairOverlap {
        let (d, l) = self.integrals(angle, shift);
        PairOverlap { d: d / PI, l: l / PI }
    }

    /// D(π) and L(π): zero unless b + b' < 0.
    pub(super) fn at_pi(&self) -> (f64, f64) {
        (self.d_at_pi, self.l_at_pi)
    }

    /// Adds to a tail what D(π) and L(π) contribute.
    pub(super) fn with_tail(&self, angle: HalfAngle, tail: PairOverlap) -> PairOverlap {
        let one_plus_rho = 2.0 * angle.cos * angle.cos;
        PairOverlap {
            d: self.d_at_pi + tail.d,
            l: self.l_at_pi + one_plus_rho * self.d_at_pi + tail.l,
        }
    }

    /// dD/dθ = −E(θ)/2π (Price's theorem).
    pub fn d_slope(&self, angle: HalfAngle) -> f64 {
        d_slope(self.p, self.q, angle)
    }

    /// dL/dθ = −sin θ · D(θ) (Price's theorem).
    pub fn l_slope(&self, angle: HalfAngle) -> f64 {
        -angle.sin_full() * self.at(angle).d
    }

    /// e^shift ∫ E dτ/(1 + τ²) and e^shift ∫ (cos θ − cos t) E dτ/(1 + τ²) over t from θ to π.
    fn integrals(&self, angle: HalfAngle, shift: f64) -> (f64, f64) {
        // |p| + |q| is the larger of |b| and |b'|.
        if self.p.abs() + self.q.abs() > SUPPORT {
            return (0.0, 0.0);
        }
        let (sin2, cos2) = (angle.sin * angle.sin, angle.cos * angle.cos);
        if angle.sin < angle.cos {
            let start = angle.sin / angle.cos;
            // cos θ − cos t = 2 cos²(θ/2) (τ² − τ₀²)/(1 + τ²), and in x = 1/τ: 2 (cos² − x² sin²)/(1 + x²)
            let near = half_range([self.p, self.q], shift, start, 1.0, |x, from_start, _| {
                2.0 * cos2 * from_start * (x + start)
            });
            let far = half_range([self.q, self.p], shift, 0.0, 1.0, |x, _, _| 2.0 * (cos2 - x * x * sin2));
            (near.0 + far.0, near.1 + far.1)
        } else {
            let end = angle.cos / angle.sin;
            half_range([self.q, self.p], shift, 0.0, end, |x, _, to_end| 2.0 * sin2 * to_end * (x + end))
        }
    }
}

/// ∂D/∂ρ = φ₂(b, b'; ρ), the bivariate normal density, for 0 < θ < π. One exponential.
pub fn phi2(b: f64, b_prime: f64, angle: HalfAngle) -> f64 {
    -d_slope(0.5 * (b + b_prime), 0.5 * (b - b_prime), angle) / angle.sin_full()
}

/// −E(θ)/2π.
fn d_slope(p: f64, q: f64, angle: HalfAngle) -> f64 {
    let part = |c: f64, x: f64| if c == 0.0 { 0.0 } else { (c / x).powi(2) };
    -(-0.5 * (part(p, angle.cos) + part(q, angle.sin))).exp() / TAU
}

/// ∫ G and ∫ G·w/(1 + x²) over [low, high] ⊂ [0, 1], G = exp(shift − ½[a²(1 + x²) + c²(1 + x⁻²)])/(1 + x²).
///
/// The weight w gets x with its distances from both ends, which near them would cancel if it formed them.
fn half_range([a, c]: [f64; 2], shift: f64, low: f64, high: f64, weight: impl Fn(f64, f64, f64) -> f64) -> (f64, f64) {
    let (a, c) = (a.abs(), c.abs());
    if low >= high {
        return (0.0, 0.0);
    }
    // A singularity so near to 0 does not show in [low, high].
    let c = if c * FLAT <= low.max(high * f64::EPSILON * f64::EPSILON) {
        0.0
    } else {
        c
    };
    let variable = |x: f64| {
        let well = if c == 0.0 { 0.0 } else { (c / x).powi(2) };
        0.5 * ((a * x).powi(2) + well)
    };
    // The integrand peaks where a x = c/x, or at the nearer end.
    let peak = if a > 0.0 { (c / a).sqrt().clamp(low, high) } else { high };
    let depth = variable(peak);
    let constant = 0.5 * (a * a + c * c) - shift;
    if !(depth + constant).is_finite() || depth + constant > 800.0 {
        return (0.0, 0.0);
    }
    // Outside [first, last] the integrand is below e^−NEPERS of its peak.
    let reach = (2.0 * (depth + NEPERS)).sqrt();
    let first = low.max(c / reach);
    let last = if a * high > reach { reach / a } else { high };
    if first >= last {
        return (0.0, 0.0);
    }
    // Up to `flat` the panels double; beyond it there is only the Gaussian of a, for which one is enough.
    let flat = (c * FLAT).clamp(first, last);
    let doubling = if flat > first {
        ((flat / first).ln() / PANEL_RATIO.ln()).ceil().max(1.0)
    } else {
        0.0
    };
    let ratio = (flat / first).powf(1.0 / doubling);

    let (mut d, mut l) = (0.0, 0.0);
    let mut left = first;
    for panel in 1..=doubling as usize + usize::from(flat < last) {
        let right = match panel as f64 {
            panel if panel > doubling => last,
            panel if panel == doubling => flat,
            _ => left * ratio,
        };
        let half = 0.5 * (right - left);
        for &(node, node_weight) in quadrature::RULE.iter() {
            let from_left = half * (1.0 + node);
            let x = left + from_left;
            let scale = 1.0 / (1.0 + x * x);
            let g = half * node_weight * scale * (-(variable(x) + constant)).exp();
            let to_end = half * (1.0 - node) + (high - right);
            d += g;
            l += g * scale * weight(x, from_left + (left - low), to_end);
        }
        left = right;
    }
    (d, l)
}
