//! Theorem A and the first form of Theorem B: a minimum over how the error may be spread, by pieces.

use super::definite::{largest_eigenvalue, least_eigenvalue};
use super::distance::{Inputs, Region};
use super::geometry::{Nodes, arc, largest_row};
use super::interval::Interval;
use super::ledger::Ledger;
use super::read::{Mistake, Node};
use crate::linalg::with_diagonal;
use ndarray::Array2;

/// Pieces of the range of angles, where a piece is O(1) and where it is O(m⁴), and of the range of profiles.
const ANGLES: usize = 1000;
const FEW_ANGLES: usize = 48;
const PROFILES: usize = 1000;

/// A node's own part of −dE/dt over δ², from below, as a step function that falls.
struct Own {
    ends: Vec<f64>,
    least: Vec<f64>,
}

impl Own {
    /// From `bound`(a, b) ≤ κ on [a, b].
    fn new(end: f64, pieces: usize, bound: impl Fn(f64, f64) -> f64) -> Self {
        let end_of = |i: usize| end_of(end, i, pieces);
        let mut smallest = f64::INFINITY;
        let mut least = Vec::new();
        for i in 0..pieces {
            smallest = smaller(smallest, bound(end_of(i), end_of(i + 1)));
            least.push(smallest);
        }
        Self {
            ends: (1..=pieces).map(end_of).collect(),
            least,
        }
    }

    /// min κ on [0, θ].
    fn at(&self, theta: f64) -> f64 {
        let piece = self.ends.partition_point(|&end| end < theta);
        self.least[piece.min(self.least.len() - 1)]
    }
}

/// Where the first `i` of equal pieces of [0, `end`] end.
fn end_of(end: f64, i: usize, pieces: usize) -> f64 {
    if i == pieces {
        end
    } else {
        end * (i as f64 / pieces as f64)
    }
}

fn smaller(least: f64, found: f64) -> f64 {
    // Not `found < least`: a NaN must not be passed over.
    if found >= least { least } else { found }
}

/// What one node that outweighs the others gains: a h_lo, and φ₂(0)(a + 1 + 1/4a).
struct Gain {
    slope: Interval,
    cost: Interval,
}

/// λ_A of a region, from below.
pub fn orthonormal(inputs: &Inputs, region: &Region, bounds: &Node, ledger: &mut Ledger) -> Result<f64, Mistake> {
    let (kernel, count) = (&inputs.kernel, inputs.nodes.len());
    if count == 1 {
        return Ok((region.tangential() * kernel.gate(region.theta)).low);
    }
    let right = Interval::PI / 2.0;
    let (a, e) = (region.alignment, region.product);
    let fourth = region.radius.min(region.chord * (region.radius + 1.0));
    let squares = kernel.tail.squared() / 16.0 * fourth.squared();
    let squares = ledger.at_least("bounds.squares", "(Q²/16) min(R, δ̂(1 + R))²", bounds.number("squares")?, squares);
    let steepest = Interval::from(kernel.chord_above(right, (e / a).min(1.0).acos()));
    let pairs = steepest / (a * 8.0) * region.radius.squared();
    let pairs = ledger.at_least("bounds.pairs", "h(e/a) R²/8a", bounds.number("pairs")?, pairs);
    let slope = a * kernel.flattest_chord(right, region.pair);
    let cost = kernel.density(right) * (a + 1.0 + Interval::from(0.25) / a);
    let gain = Gain {
        slope: ledger.at_most("bounds.slope", "a h_lo", bounds.number("slope")?, slope),
        cost: ledger.at_least("bounds.cost", "φ₂(0)(a + 1 + 1/4a)", bounds.number("cost")?, cost),
    };
    let square = kernel.tail.squared();
    // κ(θ) = cos²(θ/2) [D(θ) − Q² − cos θ h(sin θ)]: D and the cosines fall, h rises.
    let own = Own::new(region.theta.high, ANGLES, |low, high| {
        let slope = kernel.chord_above(right, right - high);
        let [low, high] = [low, high].map(Interval::from);
        let bracket = kernel.gate(high) - square - low.cos() * slope;
        let share = if bracket.low > 0.0 { high } else { low };
        (bracket * (share / 2.0).cos().squared()).low
    });
    Ok((Interval::from(worst(region, count, &own, pairs, Some(&gain))) - squares).low)
}

/// λ of the first form of Theorem B, from below.
pub fn split(inputs: &Inputs, region: &Region, bounds: &Node, ledger: &mut Ledger) -> Result<f64, Mistake> {
    let (kernel, nodes, count) = (&inputs.kernel, &inputs.nodes, inputs.nodes.len());
    let angles = Nodes::pairs(count).map(|at| nodes.angles[at]);
    let widest = angles.fold(Interval::ZERO, Interval::max);
    let linear = Interval::from(kernel.least_density(widest + region.pair));
    let linear = ledger.at_most("bounds.linear", "q₁ ≤ φ₂ wherever ρ comes", bounds.number("linear")?, linear);
    let constant = with_diagonal(count, kernel.tail - linear, |j, k| {
        kernel.gate(nodes.angles[[j, k]]) - linear * nodes.cosines[[j, k]]
    });
    let least = Interval::from(least_eigenvalue(&constant));
    let least = ledger.at_most("bounds.least", "λ_C of K(Γ*)", bounds.number("least")?, least);
    let (a, e) = (region.alignment, region.product);
    let closest = Nodes::pairs(count)
        .map(|(j, k)| nodes.widest(j, k, Interval::ZERO))
        .fold(Interval::PI / 2.0, Interval::min);
    let shifted = (closest.cos() + e / a).min(1.0).acos();
    let steepest = (Interval::from(kernel.chord_above(closest, shifted)) - linear).positive_part();
    let pairs = steepest / (a * 8.0) * region.radius.squared();
    let pairs = ledger.at_least("bounds.pairs", "(H − q₁) R²/8a", bounds.number("pairs")?, pairs);
    let bent = largest_row(count, |j, k| {
        let excess = Interval::from(kernel.density_above(nodes.widest(j, k, region.pair))) - linear;
        nodes.cosines[[j, k]].abs() * excess.positive_part()
    });
    let losses =
        ((kernel.tail - linear - least) / 16.0 + linear / 4.0) * region.radius.squared() + region.radius / 2.0 * bent;
    let losses =
        ledger.at_least("bounds.losses", "what does not depend on the profile", bounds.number("losses")?, losses);
    let own = Own::new(region.theta.high, FEW_ANGLES, |low, high| {
        let [low, high] = [low, high].map(Interval::from);
        let turned = (high / 2.0).sin().squared() * 2.0;
        let pull = least - (kernel.tail - kernel.gate(high)) + linear * turned;
        let share = if pull.low > 0.0 { high } else { low };
        let loss = (0..count).map(|j| crosstalk(inputs, linear, j, low, high));
        let loss = loss.fold(Interval::ZERO, Interval::max);
        (pull * (share / 2.0).cos().squared() - low.cos() * loss.high).low
    });
    Ok((Interval::from(worst(region, count, &own, pairs, None)) - losses).low)
}

/// min(Λ_j, (cos(θ/2) √Λ_j + sin(θ/2) √μ_j)²) on [low, high], from above.
fn crosstalk(inputs: &Inputs, linear: Interval, j: usize, low: Interval, high: Interval) -> Interval {
    let (kernel, nodes) = (&inputs.kernel, &inputs.nodes);
    let others: Vec<(usize, Interval)> = (0..nodes.len())
        .filter(|&k| k != j)
        .map(|k| {
            let chord = kernel.chord_above(nodes.widest(j, k, Interval::ZERO), nodes.widest(j, k, high));
            (k, Interval::from((Interval::from(chord) - linear).high.max(0.0)))
        })
        .collect();
    let along: Interval = others.iter().map(|&(k, slope)| slope * nodes.cosines[[j, k]].squared()).sum();
    let gram = Array2::from_shape_fn((others.len(), others.len()), |(a, b)| {
        let ((k, s), (l, t)) = (others[a], others[b]);
        (s * t).sqrt() * nodes.cosines[[k, l]]
    });
    let largest = Interval::from(largest_eigenvalue(&gram).max(0.0));
    let turned = (low / 2.0).cos() * largest.sqrt() + (high / 2.0).sin() * along.sqrt();
    largest.min(turned.squared())
}

/// The least over all profiles: node 1 has δ₁ = R cos α, the rest R sin α, 0 ≤ α ≤ acos(1/√m).
fn worst(region: &Region, count: usize, own: &Own, pairs: Interval, gain: Option<&Gain>) -> f64 {
    let radius = region.radius;
    let end = (Interval::ONE / Interval::from(count as f64).sqrt()).acos().high;
    let others = count.saturating_sub(1).max(1) as f64;
    let flat = (Interval::ONE - radius.squared() / 4.0).sqrt();
    let angle = |share: Interval| arc(radius * share).high.min(region.theta.high);
    let piece = |i: usize| {
        let [low, high] = [i, i + 1].map(|i| Interval::from(end_of(end, i, PROFILES)));
        let (sin_low, cos_low, sin_high, cos_high) = (low.sin(), low.cos(), high.sin(), high.cos());
        let first = own.at(angle(cos_low));
        let rest = own.at(angle(cos_low.min(sin_high)));
        // κ falls, so that first ≤ rest: first + (rest − first) sin²α grows with α.
        let main = (Interval::from(rest) - first) * sin_low.squared() + first;
        let fourth = cos_high.squared().squared() + sin_low.squared().squared() / others;
        let gained = gain.map_or(Interval::ZERO, |gain| {
            let ahead = (cos_high * flat - sin_high).positive_part();
            let product = (cos_low * sin_high).min(0.5) * radius;
            (gain.slope.sqrt() * ahead - gain.cost.sqrt() * product).positive_part().squared()
        });
        (main - pairs * (Interval::ONE - fourth) + gained).low
    };
    let pieces = if count == 1 { 1 } else { PROFILES };
    (0..pieces).map(piece).fold(f64::INFINITY, smaller)
}
