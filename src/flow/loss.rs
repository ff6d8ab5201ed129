//! The population loss in closed form.

use crate::overlap::Overlaps;
use ndarray::{Array2, Zip};

/// ℓ = ½ E‖V*ᵀf* − Vᵀf‖² = ½ [Σ β∘L − 2 Σ β*∘L* + Σ (V*V*ᵀ)∘L**].
///
/// `teacher_energy` is the last sum, constant along the flow.
///
/// # Precision
/// The three sums cancel near the teacher: the absolute error is some 1e-16 of the largest of them,
/// so that a loss below 1e-15 of the starting one is noise. It may then be negative.
pub fn population_loss(
    overlaps: &Overlaps,
    beta: &Array2<f64>,
    beta_star: &Array2<f64>,
    teacher_energy: f64,
) -> f64 {
    0.5 * (product_sum(beta, &overlaps.l) - 2.0 * product_sum(beta_star, &overlaps.l_star)
        + teacher_energy)
}

/// Σ A∘B.
pub(super) fn product_sum(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    Zip::from(a).and(b).fold(0.0, |sum, x, y| sum + x * y)
}
