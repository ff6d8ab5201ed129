//! Angles between unit vectors, held so that no digit is lost near 0 or near π.

use ndarray::ArrayView1;
use std::f64::consts::PI;

/// An angle θ in [0, π], held as (sin θ/2, cos θ/2): half the chords ‖u − v‖ and ‖u + v‖ of two unit vectors.
///
/// Near θ = 0 the sine, near θ = π the cosine carries full relative precision, where an arc cosine
/// of u·v would lose half the digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HalfAngle {
    /// sin(θ/2)
    pub sin: f64,
    /// cos(θ/2)
    pub cos: f64,
}

impl HalfAngle {
    /// The angle θ = 0.
    pub const ZERO: Self = Self { sin: 0.0, cos: 1.0 };

    /// The largest |ρ| that [`HalfAngle::rho_is_safe`].
    pub const SAFE_RHO: f64 = 0.98;

    /// From radians in [0, π]; the double nearest to π stands for π itself.
    pub fn from_radians(theta: f64) -> Self {
        if theta >= PI {
            return Self { sin: 1.0, cos: 0.0 };
        }
        let (sin, cos) = (0.5 * theta).sin_cos();
        Self { sin, cos }
    }

    /// Between two vectors of norms `u_norm` and `v_norm`. O(d).
    pub fn between_scaled(u: ArrayView1<f64>, u_norm: f64, v: ArrayView1<f64>, v_norm: f64) -> Self {
        let (r, s) = (1.0 / u_norm, 1.0 / v_norm);
        let (minus, plus) = u.iter().zip(v).fold((0.0, 0.0), |(minus, plus), (a, b)| {
            let (a, b) = (a * r, b * s);
            (minus + (a - b) * (a - b), plus + (a + b) * (a + b))
        });
        Self::from_squares(minus, plus)
    }

    /// Between two vectors of unit norm. O(d).
    pub fn between_units(u: ArrayView1<f64>, v: ArrayView1<f64>) -> Self {
        Self::between_scaled(u, 1.0, v, 1.0)
    }

    /// From ρ = cos θ. Loses digits near θ = 0 and π: see [`HalfAngle::rho_is_safe`].
    pub fn from_rho(rho: f64) -> Self {
        Self::from_squares((1.0 - rho).max(0.0), (1.0 + rho).max(0.0))
    }

    /// Whether ρ = cos θ, computed as a dot product, still carries the angle to some 1e-14:
    /// it does away from ±1. Elsewhere take the chords.
    pub fn rho_is_safe(rho: f64) -> bool {
        rho.abs() <= Self::SAFE_RHO
    }

    /// From two numbers proportional to sin²(θ/2) and cos²(θ/2).
    #[inline(always)]
    pub(crate) fn from_squares(sin2: f64, cos2: f64) -> Self {
        let scale = 1.0 / (sin2 + cos2);
        Self {
            sin: (sin2 * scale).sqrt(),
            cos: (cos2 * scale).sqrt(),
        }
    }

    /// θ in radians.
    pub fn radians(self) -> f64 {
        2.0 * self.sin.atan2(self.cos)
    }

    /// ρ = cos θ.
    pub fn rho(self) -> f64 {
        (self.cos - self.sin) * (self.cos + self.sin)
    }

    /// sin θ.
    pub fn sin_full(self) -> f64 {
        2.0 * self.sin * self.cos
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radians_come_back_with_full_relative_precision_at_both_ends() {
        for theta in [0.0, 1e-300, 1e-12, 0.3, PI / 2.0, 2.5] {
            let back = HalfAngle::from_radians(theta).radians();
            assert!((back - theta).abs() <= 4e-16 * theta, "{theta}: {back}");
        }
        assert_eq!(HalfAngle::from_radians(PI).radians(), PI);
    }

    #[test]
    fn chords_keep_the_angle_that_an_arc_cosine_loses() {
        let theta: f64 = 1e-9;
        let (u, v) = ([1.0, 0.0], [theta.cos(), theta.sin()]);
        let chord = HalfAngle::between_units((&u).into(), (&v).into()).radians();
        assert!((chord / theta - 1.0).abs() < 1e-12);
        let arc_cosine = (u[0] * v[0] + u[1] * v[1]).acos();
        assert!((arc_cosine / theta - 1.0).abs() > 0.1);
    }
}
