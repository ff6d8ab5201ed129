//! The same for projected gradient descent, w_j ← (w_j + η P⊥_j g_j)/‖w_j + η P⊥_j g_j‖: what a step of size η leaves of a rate.

use super::region::{Coupling, Region};
use super::teacher::Teacher;
use crate::overlap::gaussian::normal;
use crate::theory::discrete::pull_of_a_step;
use crate::theory::kernel::ROUNDING;
use std::f64::consts::PI;

/// R₊² ≤ R² [1 − 2ηλ + η² L₁ x²], x² = λ + ζx: λ_η = (1 − √…)/η. Needs η L₁ ≤ 1.
pub(super) fn rate(teacher: &Teacher, region: &Region, flow: f64, step: f64) -> f64 {
    let fastest = curvature(teacher, region);
    if !(flow > 0.0) || !(step * fastest <= 1.0) {
        return f64::NEG_INFINITY;
    }
    let remainder = remainder(teacher, region);
    let x = 0.5 * (remainder + (remainder * remainder + 4.0 * flow).sqrt());
    let left = 1.0 - 2.0 * step * flow + step * step * fastest * (flow + remainder * x);
    // 1 − √left without cancellation, and a little less.
    let gone = (1.0 - left) / (1.0 + left.max(0.0).sqrt());
    gone / step - ROUNDING * flow
}

/// A bound on an angle that starts at `start` and would not pass `theta`.
pub(super) fn reach(coupling: &Coupling, theta: f64, start: f64, [radius, rate, step]: [f64; 3]) -> f64 {
    let pull = pull_of_a_step(coupling.pull, theta, step);
    Coupling { pull, ..*coupling }.reach_in_steps(start, radius, rate, step)
}

/// L₁: E[(Σ_j f'_j T_j·x)²] ≤ L₁ Σ |T_j|² for tangents T_j at w_j.
///
/// An entry of that form is at most √(D² + D'²) of the two nodes' angle, which falls with it; rows bound the rest.
fn curvature(teacher: &Teacher, region: &Region) -> f64 {
    let kernel = &teacher.kernel;
    let row = |j: usize| {
        let others = (0..teacher.nodes).filter(|&k| k != j);
        let angles = others.map(|k| teacher.angles[[j, k]] - region.pair);
        angles.map(|angle| kernel.gate(angle).hypot(kernel.slope(angle))).sum::<f64>()
    };
    let rows = (0..teacher.nodes).map(row).fold(0.0, f64::max);
    (kernel.tail + rows) * (1.0 + ROUNDING)
}

/// ζ: the error f − f\* differs from its linear part at W by at most ζ‖W − W\*‖_F in L².
fn remainder(teacher: &Teacher, region: &Region) -> f64 {
    let kernel = &teacher.kernel;
    let (b, nodes) = (kernel.threshold, teacher.nodes as f64);
    let gates = (2.0 / (3.0 * PI * (0.5 * region.theta).cos())).sqrt();
    let spread = (nodes.powf(0.25) * region.radius.sqrt()).min((nodes * region.chord).sqrt());
    let moment = kernel.tail + b * normal::density(b);
    (gates * spread + 0.5 * region.radius * moment.sqrt()) * (1.0 + ROUNDING)
}
