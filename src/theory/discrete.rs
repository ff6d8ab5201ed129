//! Rates per step of projected gradient descent, w_j ← (w_j + η P⊥_j g_j)/‖w_j + η P⊥_j g_j‖ (derived; docs/theory.md, section 5).
//!
//! A rate λ of the flow is not one of 1 − ηλ per step: a step is straight and is then pulled back to the sphere. What is lost is of the
//! order of η², and each bound here says how much. All need η Q(b) ≤ 1. The Euclidean norm's is
//! [`super::euclidean::Certificate::in_steps`].

use super::assumption3::{Assumption3, TeacherAngles};
use super::kernel::sinc;
use super::theorem4;

/// `sharp` for gradient descent: the largest angle falls by the factor 1 − ηλ per step at least.
///
/// λ = atan(η D(θ₀) sin θ₀)/(η θ₀) − max_j Σ_{k≠j} G_jk. Not positive: nothing is claimed. `None` if η Q(b) > 1, η ≤ 0 or θ₀ ≥ π/2.
pub fn sharp(angles: &TeacherAngles, assumption: &Assumption3, step: f64) -> Option<f64> {
    let theta0 = allowed(assumption, step)?;
    let [own, cross] = theorem4::pull_and_push(angles, assumption);
    Some(pull_of_a_step(own, theta0, step) - cross)
}

/// `derived` for gradient descent: tan(θ/2) of the largest angle falls by the factor 1 − ηλ per step at least.
///
/// λ = Λ/(1 + ηΛ sin²(θ₀/2)), Λ = atan(η D₋ sin θ₀)/(η sin θ₀) − κ/cos(θ₀/2), with `derived` = D₋ − κ/cos(θ₀/2).
/// Not positive: nothing is claimed. `None` if η Q(b) > 1, η ≤ 0 or θ₀ ≥ π/2.
pub fn derived(assumption: &Assumption3, step: f64) -> Option<f64> {
    let theta0 = allowed(assumption, step)?;
    let [own, cross] = theorem4::derived_parts(assumption);
    let sine = theta0.sin();
    let own = pull_of_a_step(own * sinc(theta0), theta0, step) * theta0 / sine;
    let flow = own - cross;
    Some(flow / (1.0 + step * flow.max(0.0) * (0.5 * theta0).sin().powi(2)))
}

/// θ₀, where the step is allowed.
fn allowed(assumption: &Assumption3, step: f64) -> Option<f64> {
    let theta0 = assumption.theta0.max(f64::MIN_POSITIVE.sqrt());
    let small = step > 0.0 && step * assumption.d0 <= 1.0;
    (small && theta0 < std::f64::consts::FRAC_PI_2).then_some(theta0)
}

/// atan(η p θ)/(η θ) ≤ p: what a pull of p θ is worth in a straight step of size η, over θ.
pub(super) fn pull_of_a_step(pull: f64, theta: f64, step: f64) -> f64 {
    let length = step * pull * theta;
    // atan(x)/x, for x ≥ 0.
    let part = if length > 1e-8 {
        length.atan() / length
    } else {
        1.0 - length
    };
    pull * part
}
