//! The population loss in closed form.

use crate::overlap::Overlaps;
use ndarray::{ArrayView2, Axis, Zip};

/// ℓ = ½ E‖V\*ᵀf\* − Vᵀf‖² = ½ [Σ β∘L − 2 Σ β\*∘L\* + Σ (V\*V\*ᵀ)∘L\*\*].
///
/// `signed_beta` is [−β, β*], `teacher_energy` the last sum, constant along the flow.
///
/// # Precision
/// The three sums cancel near the teacher: the absolute error is some 1e-16 of the largest of them,
/// so that a loss below 1e-15 of the starting one is noise. It may then be negative.
pub fn population_loss(overlaps: &Overlaps, signed_beta: ArrayView2<f64>, teacher_energy: f64) -> f64 {
    let (own, with_teacher) = signed_beta.split_at(Axis(1), overlaps.students());
    let own = product_sum(own, overlaps.l());
    let with_teacher = product_sum(with_teacher, overlaps.l_star());
    0.5 * (-own - 2.0 * with_teacher + teacher_energy)
}

/// Σ A∘B.
pub(super) fn product_sum(a: ArrayView2<f64>, b: ArrayView2<f64>) -> f64 {
    Zip::from(a).and(b).fold(0.0, |sum, x, y| sum + x * y)
}
