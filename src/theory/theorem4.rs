//! Theorem 4: lower bounds on the rate λ at which the largest angle falls, e^{−λt}.
//!
//! For gradient descent with step η the factor per step is a little more than 1 − ηλ: [`super::discrete`].

use super::assumption3::{Assumption3, TeacherAngles};
use super::kernel::ROUNDING;
use crate::overlap::{GaussianPair, HalfAngle};

/// `printed`: the poster's rate, to the letter.
///
/// d̄ = (1 + K_d a₀)/cos θ₀, M_d = (1 + K_d)(1 + K_d a₀)²/cos² θ₀, γ = cos θ₀ − (m − 1) ε M_d, λ = d̄γ,
/// with a₀ = 2 sin(θ₀/2). It has no factor d₀, and d̄ estimates the gate overlap from above.
pub fn printed(assumption: &Assumption3) -> f64 {
    let growth = growth(assumption);
    let cos = assumption.theta0.cos();
    let d_bar = growth / cos;
    let m_d = (1.0 + assumption.k_d) * growth.powi(2) / cos.powi(2);
    let gamma = cos - crosstalk(assumption) * m_d;
    d_bar * gamma
}

/// `printed_d0`: the poster's rate times d₀ = D(0), the unit in which overlaps are measured.
pub fn printed_d0(assumption: &Assumption3) -> f64 {
    assumption.d0 * printed(assumption)
}

/// `derived`: a rate for tan(θ/2), proved in docs/theory.md.
///
/// λ = d₀/(1 + K_d a₀) · [1 − (m − 1) ε (1 + K_d)(1 + K_d a₀)²/cos(θ₀/2)]
pub fn derived(assumption: &Assumption3) -> f64 {
    let growth = growth(assumption);
    let cross = crosstalk(assumption) * (1.0 + assumption.k_d) * growth.powi(2);
    assumption.d0 / growth * (1.0 - cross / (0.5 * assumption.theta0).cos())
}

/// [D₋, κ/cos(θ₀/2)]: `derived` is their difference.
pub(super) fn derived_parts(assumption: &Assumption3) -> [f64; 2] {
    let growth = growth(assumption);
    let own = assumption.d0 / growth;
    let cross = crosstalk(assumption) * (1.0 + assumption.k_d) * growth.powi(2);
    [own, own * cross / (0.5 * assumption.theta0).cos()]
}

/// `sharp`: a rate for θ that needs no K_d, proved in docs/theory.md.
///
/// λ = D(θ₀) sin θ₀/θ₀ − max_j Σ_{k≠j} G_jk with G_jk = sup √(D² + D'²) over |φ − θ*_jk| ≤ 2θ₀. For a common
/// threshold D and |D'| both fall with φ, so the supremum is the value at the lower end. O(m²).
pub fn sharp(angles: &TeacherAngles, assumption: &Assumption3) -> f64 {
    let [own, cross] = pull_and_push(angles, assumption);
    own - cross
}

/// [D(θ₀) sin θ₀/θ₀, max_j Σ G_jk], the first from below and the second from above.
pub(super) fn pull_and_push(angles: &TeacherAngles, assumption: &Assumption3) -> [f64; 2] {
    let theta0 = assumption.theta0;
    let pair = GaussianPair::new(assumption.threshold, assumption.threshold);
    let gain = |theta: f64| {
        let angle = HalfAngle::from_radians((theta - 2.0 * theta0).max(0.0));
        pair.at(angle).d.hypot(pair.d_slope(angle))
    };
    let cross = (0..angles.nodes)
        .map(|j| (0..angles.nodes).filter(|&k| k != j).map(|k| gain(angles.radians[[j, k]])).sum::<f64>())
        .fold(0.0, f64::max);
    let own = pair.at(HalfAngle::from_radians(theta0)).d * theta0.sin() / theta0;
    [own * (1.0 - ROUNDING), cross * (1.0 + ROUNDING)]
}

/// 1 + K_d a₀, a₀ = 2 sin(θ₀/2).
fn growth(assumption: &Assumption3) -> f64 {
    1.0 + assumption.k_d * 2.0 * (0.5 * assumption.theta0).sin()
}

/// (m − 1) ε.
fn crosstalk(assumption: &Assumption3) -> f64 {
    (assumption.nodes - 1) as f64 * assumption.epsilon
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn the_rates_agree_with_reference_figures() {
        // Orthonormal, m = 5: rates over d₀ of the project's numerical prototype.
        for (b, theta0, printed_figure, derived_figure, sharp_figure) in
            [(3.0, 0.02, 1.107, 0.714, 0.891), (3.5, 0.1, 0.978, 0.047, 0.749)]
        {
            let angles = TeacherAngles::of(Array2::eye(5).view());
            let assumption = Assumption3::measure(&angles, b, theta0);
            let found = [
                printed(&assumption),
                derived(&assumption) / assumption.d0,
                sharp(&angles, &assumption) / assumption.d0,
            ];
            for (found, figure) in found.iter().zip([printed_figure, derived_figure, sharp_figure]) {
                assert!((found - figure).abs() < 1.1e-3, "b = {b}: {found} instead of {figure}");
            }
        }
    }

    #[test]
    fn one_node_has_no_crosstalk() {
        let angles = TeacherAngles::of(Array2::eye(1).view());
        let assumption = Assumption3::measure(&angles, 0.0, 1e-6);
        assert!((derived(&assumption) - 0.5).abs() < 1e-5);
        assert!((sharp(&angles, &assumption) - 0.5).abs() < 1e-5);
    }

    #[test]
    fn at_zero_thresholds_only_few_nodes_have_rates_of_the_largest_angle() {
        for (nodes, claims) in [(1, true), (2, true), (3, false), (5, false)] {
            let angles = TeacherAngles::of(Array2::eye(nodes).view());
            let assumption = Assumption3::measure(&angles, 0.0, 0.01);
            for rate in [derived(&assumption), sharp(&angles, &assumption)] {
                assert_eq!(rate > 0.0, claims, "m = {nodes}: {rate}");
            }
            // The printed rate of a single node is above d₀, which no rate exceeds.
            assert_eq!(printed_d0(&assumption) > assumption.d0, nodes == 1);
        }
    }
}
