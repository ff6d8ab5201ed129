//! How the error may be spread over the nodes: one angle α, and the worst of it.

use super::region::Region;

/// Pieces of [0, acos(1/√m)].
const PIECES: usize = 400;

/// A node's own part of −dE/dt over δ_j², from below, as a step function of the largest angle that is allowed: it falls.
#[derive(Clone, Debug)]
pub(super) struct Own {
    step: f64,
    least: Vec<f64>,
}

impl Own {
    /// From `bound`(a, b) ≤ κ on [a, b], on `pieces` equal pieces of [0, `end`].
    pub fn new(end: f64, pieces: usize, bound: impl Fn(f64, f64) -> f64) -> Self {
        let step = end / pieces as f64;
        let on = |i: usize| bound(step * i as f64, step * (i + 1) as f64);
        let running = |least: &mut f64, value: f64| {
            *least = smaller(*least, value);
            Some(*least)
        };
        Self {
            step,
            least: (0..pieces).map(on).scan(f64::INFINITY, running).collect(),
        }
    }

    /// min κ on [0, θ]
    pub fn at(&self, theta: f64) -> f64 {
        let piece = (theta / self.step * (1.0 + 1e-12)).ceil() as usize;
        self.least[piece.clamp(1, self.least.len()) - 1]
    }
}

/// The smaller of two numbers; NaN if one is.
fn smaller(a: f64, b: f64) -> f64 {
    if b < a || b.is_nan() { b } else { a }
}

/// What one node that outweighs the others gains from the pairs with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gain {
    /// a h_lo
    pub slope: f64,
    /// h a (1 + 1/2a)²
    pub cost: f64,
}

/// The least over all profiles: node 1 has the largest error, δ₁ = R cos α, and the rest R sin α.
///
/// `pairs` is what (1 − Σ δ_j⁴/R⁴) costs. For given α the bound falls with R, so that it holds in smaller balls too.
pub(super) fn worst(region: &Region, nodes: usize, own: &Own, pairs: f64, gain: Option<Gain>) -> f64 {
    let radius = region.radius;
    let angle = |share: f64| (2.0 * (0.5 * radius * share).asin()).min(region.theta);
    let end = (1.0 / (nodes as f64).sqrt()).acos();
    let others = (nodes - 1).max(1) as f64;
    let flat = (1.0 - 0.25 * radius * radius).sqrt();
    let piece = |i: usize| {
        let [low, high] = [i, i + 1].map(|i| end * (i as f64 / PIECES as f64));
        let ((sin_low, cos_low), (sin_high, cos_high)) = (low.sin_cos(), high.sin_cos());
        // The largest angles on the piece; κ falls, so that the first is the smaller.
        let first = own.at(angle(cos_low));
        let rest = own.at(angle(cos_low.min(sin_high)));
        let main = first * cos_low * cos_low + rest * sin_low * sin_low;
        let fourth = cos_high.powi(4) + sin_low.powi(4) / others;
        let gained = gain.map_or(0.0, |gain| {
            let ahead = (cos_high * flat - sin_high).max(0.0);
            let product = (cos_low * sin_high).min(0.5) * radius;
            let share = gain.slope.sqrt() * ahead - gain.cost.sqrt() * product;
            share.max(0.0).powi(2)
        });
        main - pairs * (1.0 - fourth) + gained
    };
    let pieces = if nodes == 1 { 1 } else { PIECES };
    (0..pieces).map(piece).fold(f64::INFINITY, smaller)
}
