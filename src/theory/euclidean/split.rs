//! Theorem B, first form: D is split into q₁ρ, a constant matrix and what is left, O(m⁴).

use super::evidence::Claim;
use super::profile::{Own, worst};
use super::region::Region;
use super::teacher::Teacher;
use crate::linalg::{self, with_diagonal};
use crate::theory::kernel::ROUNDING;
use ndarray::Array2;

/// Pieces of the range of angles on which a node's own part is bounded.
const PIECES: usize = 24;

/// The rate for all regions with the same radius.
pub(super) struct Split<'a> {
    teacher: &'a Teacher,
    /// q₁ = inf φ₂ over all ρ that the ball reaches.
    linear: f64,
    /// λ_C, the smallest eigenvalue of K(Γ*), K = D − q₁ρ.
    least: f64,
    own: Own,
}

impl<'a> Split<'a> {
    /// `None` if it cannot give more than `wanted`, or LAPACK fails.
    pub fn new(teacher: &'a Teacher, ball: &Region, wanted: f64) -> Option<Self> {
        let kernel = &teacher.kernel;
        let widest = teacher.pairs().map(|(j, k)| teacher.angles[[j, k]]).fold(0.0, f64::max);
        let linear = kernel.least_density(widest + ball.pair);
        let matrix = with_diagonal(teacher.nodes, kernel.tail - linear, |j, k| {
            kernel.gate(teacher.angles[[j, k]]) - linear * teacher.cosines[[j, k]]
        });
        let room = ROUNDING * kernel.tail * teacher.nodes as f64;
        let least = linalg::eigenvalues(&matrix).ok()?[0] - room;
        let mut split = Self {
            teacher,
            linear,
            least,
            own: Own::new(ball.theta, 1, |_, _| 0.0),
        };
        // κ falls with θ: nothing exceeds κ(0) less the losses.
        let most = split.own_part(0.0, 0.0) - split.losses(&Region::new(ball.radius, 0.0)?);
        if !(most > wanted) {
            return None;
        }
        split.own = Own::new(ball.theta, PIECES, |low, high| split.own_part(low, high));
        Some(split)
    }

    /// λ_B1(R, θ̂).
    pub fn rate(&self, region: &Region) -> f64 {
        let pairs = self.pairs(region);
        worst(region, self.teacher.nodes, &self.own, pairs, None) - self.losses(region)
    }

    /// What pairs cost, but for the profile's share.
    fn pairs(&self, region: &Region) -> f64 {
        let (kernel, radius) = (&self.teacher.kernel, region.radius);
        let (a, e) = (region.alignment, region.product);
        let closest = self.teacher.closest();
        let shifted = (closest.cos() + e / a).min(1.0).acos();
        let steepest = (kernel.chord(closest, shifted.min(closest)) - self.linear).max(0.0);
        steepest / (8.0 * a) * radius * radius
    }

    /// What the rate in a region is made of.
    pub fn claims(&self, region: &Region) -> Vec<(&'static str, Claim)> {
        vec![
            ("linear", Claim::Number(self.linear)),
            ("least", Claim::Number(self.least)),
            ("pairs", Claim::Number(self.pairs(region) * (1.0 + ROUNDING))),
            ("losses", Claim::Number(self.losses(region) * (1.0 + ROUNDING))),
        ]
    }

    /// What does not depend on the profile.
    fn losses(&self, region: &Region) -> f64 {
        let (teacher, radius) = (self.teacher, region.radius);
        let kernel = &teacher.kernel;
        let diagonal = kernel.tail - self.linear - self.least;
        let bent = teacher.largest_row(|j, k| {
            let excess = kernel.density_above(teacher.widest(j, k, region.pair)) - self.linear;
            teacher.cosines[[j, k]] * excess.max(0.0)
        });
        (diagonal / 16.0 + 0.25 * self.linear) * radius * radius + 0.5 * radius * bent
    }

    /// The least κ_j(θ) over all nodes on [low, high], from below.
    fn own_part(&self, low: f64, high: f64) -> f64 {
        let kernel = &self.teacher.kernel;
        let turned = 2.0 * (0.5 * high).sin().powi(2);
        let pull = self.least - (kernel.tail - kernel.gate_below(high)) + self.linear * turned;
        let share = if pull > 0.0 { high } else { low };
        let pull = pull * (0.5 * share).cos().powi(2);
        let loss = (0..self.teacher.nodes).map(|j| self.crosstalk(j, low, high)).fold(0.0, f64::max);
        pull - low.cos() * loss
    }

    /// min(Λ_j, (cos(θ/2) √Λ_j + sin(θ/2) √μ_j)²); infinite if LAPACK fails.
    fn crosstalk(&self, j: usize, low: f64, high: f64) -> f64 {
        let teacher = self.teacher;
        let slope = |k: usize| {
            let (far, near) = (teacher.widest(j, k, 0.0), teacher.widest(j, k, high));
            (teacher.kernel.chord(far, near) - self.linear).max(0.0)
        };
        let others: Vec<(usize, f64)> = (0..teacher.nodes).filter(|&k| k != j).map(|k| (k, slope(k))).collect();
        if others.iter().any(|(_, slope)| !slope.is_finite()) {
            return f64::INFINITY;
        }
        let along: f64 = others.iter().map(|&(k, slope)| slope * teacher.cosines[[j, k]].powi(2)).sum();
        let gram = Array2::from_shape_fn((others.len(), others.len()), |(a, b)| {
            let ((k, s), (l, t)) = (others[a], others[b]);
            let cosine = if k == l { 1.0 } else { teacher.cosines[[k, l]] };
            (s * t).sqrt() * cosine
        });
        let Ok(values) = linalg::eigenvalues(&gram) else {
            return f64::INFINITY;
        };
        let largest = values.last().map_or(0.0, |x| x.max(0.0)) * (1.0 + ROUNDING);
        let turned = (0.5 * low).cos() * largest.sqrt() + (0.5 * high).sin() * along.sqrt();
        largest.min(turned * turned)
    }
}
