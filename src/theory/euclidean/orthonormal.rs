//! Theorem A: orthonormal teachers, O(1) in the number of nodes.

use super::evidence::Claim;
use super::profile::{Gain, Own, worst};
use super::region::Region;
use super::teacher::Teacher;
use crate::theory::kernel::{Kernel, ROUNDING};
use std::f64::consts::FRAC_PI_2;

/// Pieces of the range of angles on which a node's own part is bounded.
const PIECES: usize = 400;

/// The rate λ_A for all regions with the same radius.
pub(super) struct Orthonormal<'a> {
    teacher: &'a Teacher,
    own: Own,
}

impl<'a> Orthonormal<'a> {
    pub fn new(teacher: &'a Teacher, ball: &Region) -> Self {
        let kernel = &teacher.kernel;
        let own = Own::new(ball.theta, PIECES, |low, high| {
            if teacher.nodes == 1 {
                (0.5 * high).cos().powi(2) * kernel.gate_below(high)
            } else {
                own_part(kernel, low, high)
            }
        });
        Self { teacher, own }
    }

    /// λ_A(R, θ̂).
    pub fn rate(&self, region: &Region) -> f64 {
        let nodes = self.teacher.nodes;
        if nodes == 1 {
            return self.own.at(region.theta);
        }
        let parts = Parts::of(&self.teacher.kernel, region);
        worst(region, nodes, &self.own, parts.pairs, Some(parts.gain)) - parts.squares
    }

    /// What the rate in a region is made of.
    pub fn claims(&self, region: &Region) -> Vec<(&'static str, Claim)> {
        let parts = Parts::of(&self.teacher.kernel, region);
        vec![
            ("squares", Claim::Number(parts.squares * (1.0 + ROUNDING))),
            ("pairs", Claim::Number(parts.pairs * (1.0 + ROUNDING))),
            ("slope", Claim::Number(parts.gain.slope * (1.0 - ROUNDING))),
            ("cost", Claim::Number(parts.gain.cost)),
        ]
    }
}

/// What does not depend on the profile.
struct Parts {
    /// (Q²/16) min(R, δ̂(1 + R))²
    squares: f64,
    /// h(e/a) R²/8a
    pairs: f64,
    gain: Gain,
}

impl Parts {
    fn of(kernel: &Kernel, region: &Region) -> Self {
        let radius = region.radius;
        let square = kernel.tail.powi(2);
        // ‖W‖_op ≤ 1 + R.
        let fourth = radius.min(region.chord * (1.0 + radius));
        let (a, e) = (region.alignment, region.product);
        let steepest = kernel.chord(FRAC_PI_2, (e / a).min(1.0).acos());
        Self {
            squares: square / 16.0 * fourth.powi(2),
            pairs: steepest / (8.0 * a) * radius * radius,
            gain: Gain {
                slope: a * kernel.flattest_chord(FRAC_PI_2, region.pair),
                cost: kernel.density_above(FRAC_PI_2) * (a + 1.0 + 0.25 / a),
            },
        }
    }
}

/// κ(θ) = cos²(θ/2) [D(θ) − Q² − cos θ h(sin θ)] on [low, high], from below: D and the cosines fall, h rises.
fn own_part(kernel: &Kernel, low: f64, high: f64) -> f64 {
    // The slope of D between ρ = 0 and sin θ.
    let slope = kernel.chord(FRAC_PI_2, FRAC_PI_2 - high);
    let pull = kernel.gate_below(high) - kernel.tail.powi(2) * (1.0 + ROUNDING);
    let bracket = pull - low.cos() * slope;
    let share = if bracket > 0.0 { high } else { low };
    bracket * (0.5 * share).cos().powi(2)
}
