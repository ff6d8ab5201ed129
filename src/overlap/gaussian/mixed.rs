//! A = E[f' g], the gate of one node with the activation of another: minus the derivative of L by the first one's threshold.

use super::normal::{density, tail};
use crate::overlap::HalfAngle;

/// `E[1[X > b] (Y − c)₊]` of two unit nodes at an angle, whose D is `d`. O(1).
///
/// By Stein's lemma φ(c) Q((b − ρc)/sin θ) + ρ φ(b) Q((c − ρb)/sin θ) − c D (derived; docs/theory.md).
///
/// # Precision
/// 1e-15 (1 + |c|), absolute: the terms cancel for large c.
pub fn gate_activation(b: f64, c: f64, angle: HalfAngle, d: f64) -> f64 {
    let rho = angle.rho();
    density(c) * tail(beyond(b, c, angle)) + rho * density(b) * tail(beyond(c, b, angle)) - c * d
}

/// (b − ρc)/sin θ: where Y = c, X must exceed b by so many standard deviations.
fn beyond(b: f64, c: f64, angle: HalfAngle) -> f64 {
    // 1 − ρ and 1 + ρ over sin θ are tan(θ/2) and cot(θ/2): the smaller of the two cancels nothing.
    let (apart, rest) = match angle.sin < angle.cos {
        true => (b - c, c * (angle.sin / angle.cos)),
        false => (b + c, -c * (angle.cos / angle.sin)),
    };
    match apart == 0.0 {
        true => rest,
        false => apart / angle.sin_full() + rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overlap::GaussianPair;
    use crate::overlap::gaussian::quadrature;

    const THRESHOLDS: [f64; 6] = [-2.0, -0.5, 0.0, 0.3, 1.0, 2.5];
    const ANGLES: [f64; 7] = [0.0, 0.05, 0.4, 1.5, 2.2, 3.1, std::f64::consts::PI];

    fn cells() -> impl Iterator<Item = (f64, f64, f64)> {
        let pairs = THRESHOLDS.into_iter().flat_map(|b| THRESHOLDS.map(|c| (b, c)));
        pairs.flat_map(|(b, c)| ANGLES.map(|theta| (b, c, theta)))
    }

    fn at(b: f64, c: f64, theta: f64) -> f64 {
        let angle = HalfAngle::from_radians(theta);
        gate_activation(b, c, angle, GaussianPair::new(b, c).at(angle).d)
    }

    #[test]
    fn it_is_the_mean_over_the_first_pre_activation() {
        // Given X = x, Y is normal with mean ρx and deviation sin θ: E[(Y − c)₊] has a closed form.
        for (b, c, theta) in cells() {
            let (rho, s) = (theta.cos(), theta.sin());
            let above = |x: f64| match s < 1e-9 {
                true => (rho * x - c).max(0.0),
                false => {
                    let z = (c - rho * x) / s;
                    s * (density(z) - z * tail(z))
                }
            };
            // Split where the mean of Y passes c, which for small angles is a kink.
            let kink = (c / rho).clamp(b, 12.0);
            let piece = |from: f64, to: f64| quadrature::integrate(from, to, 0.03, |x| above(x) * density(x));
            let mean = piece(b, kink) + piece(kink, 12.0);
            let found = at(b, c, theta);
            assert!((found - mean).abs() < 1e-12, "{b}, {c}, {theta}: {found} beside {mean}");
        }
    }

    #[test]
    fn it_is_minus_the_derivative_of_the_activation_overlap() {
        for (b, c, theta) in cells().filter(|(_, _, theta)| (0.1..3.0).contains(theta)) {
            let l = |b: f64| GaussianPair::new(b, c).at(HalfAngle::from_radians(theta)).l;
            let weights = [4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0];
            let step = 0.01;
            let differences = weights.iter().zip(1..).map(|(weight, i)| {
                let h = step * f64::from(i);
                weight * (l(b + h) - l(b - h)) / step
            });
            let slope: f64 = differences.sum();
            let found = at(b, c, theta);
            assert!((found + slope).abs() < 1e-10, "{b}, {c}, {theta}: {found} beside {slope}");
        }
    }
}
