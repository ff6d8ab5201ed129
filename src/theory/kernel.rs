//! D and its slopes as functions of ρ = cos φ, with bounds that rounding cannot turn over.
//!
//! D(ρ) = Σ n c_n² ρ^{n−1} with the squares of the ReLU's Hermite coefficients: every chord slope of D between x and y is at most
//! the one between |x| and |y|, and those grow with either end (Lemma 1 of docs/theory.md, section 5).

use crate::overlap::gaussian::{KernelTable, PairOverlap};
use crate::overlap::{HalfAngle, gaussian::normal};
use std::f64::consts::{FRAC_PI_2, PI, SQRT_2, TAU};
use std::sync::Arc;

/// Room for the error of a kernel or an elementary function, relative: ten times what is promised of D where D > 1e-100.
pub(super) const ROUNDING: f64 = 1e-11;

/// Below it D is not known to [`ROUNDING`].
pub(super) const RESOLVED: f64 = 1e-100;

/// From |b| = √2 − 1 on D is convex in ρ.
const CONVEX_FROM: f64 = SQRT_2 - 1.0;

/// D, L and φ₂ = dD/dρ of two unit nodes that share a threshold.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    table: Arc<KernelTable>,
    /// b
    pub threshold: f64,
    /// Q(b) = D at angle 0.
    pub tail: f64,
}

impl Kernel {
    pub fn new(threshold: f64) -> Self {
        Self {
            table: KernelTable::shared(threshold),
            threshold,
            tail: normal::tail(threshold),
        }
    }

    /// D and L at an angle in radians, which is taken into [0, π].
    pub fn at(&self, angle: f64) -> PairOverlap {
        self.table.at(HalfAngle::from_radians(angle.clamp(0.0, PI)))
    }

    /// D at an angle, as computed.
    pub fn gate(&self, angle: f64) -> f64 {
        self.at(angle).d
    }

    pub fn gate_above(&self, angle: f64) -> f64 {
        self.gate(angle) * (1.0 + ROUNDING)
    }

    pub fn gate_below(&self, angle: f64) -> f64 {
        self.gate(angle) * (1.0 - ROUNDING)
    }

    /// φ₂(cos φ), as computed; infinite at 0.
    pub fn density(&self, angle: f64) -> f64 {
        let angle = HalfAngle::from_radians(angle.clamp(0.0, PI));
        let slope = -self.table.pair().d_slope(angle);
        if slope == 0.0 {
            return 0.0;
        }
        slope / angle.sin_full()
    }

    /// |dD/dφ|, as computed. It falls with the angle.
    pub fn slope(&self, angle: f64) -> f64 {
        let angle = HalfAngle::from_radians(angle.clamp(0.0, PI));
        -self.table.pair().d_slope(angle)
    }

    pub fn density_above(&self, angle: f64) -> f64 {
        self.density(angle) * (1.0 + ROUNDING)
    }

    /// D(near) − D(near + width), from above: the difference, or where its digits cancel the integral of |D'|, whose logarithm is
    /// concave and so below its tangent in the middle.
    pub fn fall(&self, near: f64, width: f64) -> f64 {
        let difference = self.gate_above(near) - self.gate_below(near + width);
        let middle = near + 0.5 * width;
        let angle = HalfAngle::from_radians(middle);
        // d log|D'|/dφ = −(b²/2) sin(φ/2)/cos³(φ/2)
        let x = 0.25 * width * (self.threshold / angle.cos).powi(2) * angle.sin / angle.cos;
        let spread = if x > 0.0 { x.sinh() / x } else { 1.0 };
        difference.min(width * self.slope(middle) * spread * (1.0 + ROUNDING))
    }

    /// A lower bound on φ₂(ρ) for all ρ ≥ cos φ.
    pub fn least_density(&self, angle: f64) -> f64 {
        let angle = angle.clamp(FRAC_PI_2, PI);
        let b = self.threshold.abs();
        let least = if b >= CONVEX_FROM {
            self.density(angle)
        } else if b == 0.0 {
            1.0 / TAU
        } else {
            // √(1 − ρ²) ≤ 1, and the exponent rises with ρ.
            let cos = (0.5 * angle).cos();
            (-0.5 * (b / cos).powi(2)).exp() / TAU
        };
        least * (1.0 - ROUNDING)
    }

    /// H(u, v) from above: the slope of D's chord between ρ = cos `far` and cos `near` > cos `far` ≥ 0.
    pub fn chord(&self, far: f64, near: f64) -> f64 {
        self.chord_above(near, far).min(self.density_above(near))
    }

    /// The slope of the chord between two angles, from above; infinite if they are the same.
    fn chord_above(&self, x: f64, y: f64) -> f64 {
        let (near, far) = (x.min(y), x.max(y));
        if near == far {
            return f64::INFINITY;
        }
        let rise = self.gate_above(near) - self.gate_below(far);
        rise / length(near, far) * (1.0 + ROUNDING)
    }

    /// The same from below, and not below 0.
    fn chord_below(&self, x: f64, y: f64) -> f64 {
        let (near, far) = (x.min(y), x.max(y));
        let rise = self.gate_below(near) - self.gate_above(far);
        if near < far && rise > 0.0 && self.gate(near) > RESOLVED {
            rise / length(near, far) * (1.0 - ROUNDING)
        } else {
            0.0
        }
    }

    /// inf and sup of φ₂ over angles from `near` to `far`.
    fn densities(&self, near: f64, far: f64) -> [f64; 2] {
        let (a, b) = (self.density(near), self.density(far));
        let (mut least, mut most) = (a.min(b), a.max(b));
        // Between, extrema are at the roots of ρ² + (1 − b²) ρ + b², of which φ₂' has the sign.
        let (s, p) = (1.0 - self.threshold.powi(2), self.threshold.powi(2));
        let discriminant = s * s - 4.0 * p;
        if discriminant >= 0.0 && p < 1.0 {
            for root in [-s + discriminant.sqrt(), -s - discriminant.sqrt()] {
                let angle = (0.5 * root).clamp(-1.0, 1.0).acos();
                if (near..=far).contains(&angle) {
                    let value = self.density(angle);
                    (least, most) = (least.min(value), most.max(value));
                }
            }
        }
        [least * (1.0 - ROUNDING), most * (1.0 + ROUNDING)]
    }

    /// inf and sup of φ₂ over angles within `margin` of `angle`.
    pub fn densities_within(&self, angle: f64, margin: f64) -> [f64; 2] {
        self.densities((angle - margin).max(0.0), (angle + margin).min(PI))
    }

    /// sup of the chord slopes of D from cos `angle` to any ρ whose angle is within `margin` of it.
    pub fn steepest_chord(&self, angle: f64, margin: f64) -> f64 {
        let (near, far) = ((angle - margin).max(0.0), (angle + margin).min(PI));
        let [_, most] = self.densities_within(angle, margin);
        if self.threshold.abs() >= CONVEX_FROM {
            most.min(self.chord_above(near, angle))
        } else if self.threshold == 0.0 {
            // φ₂ is convex, and with it the slope as a function of the other end.
            let ends = self.chord_above(near, angle);
            most.min(ends.max(self.chord_above(angle, far)))
        } else {
            most
        }
    }

    /// inf of the same.
    pub fn flattest_chord(&self, angle: f64, margin: f64) -> f64 {
        let (near, far) = ((angle - margin).max(0.0), (angle + margin).min(PI));
        let [least, _] = self.densities(near, far);
        let convex = self.threshold.abs() >= CONVEX_FROM;
        if convex || self.threshold == 0.0 && far <= FRAC_PI_2 {
            least.max(self.chord_below(angle, far))
        } else if self.threshold == 0.0 && near >= FRAC_PI_2 {
            least.max(self.chord_below(near, angle))
        } else {
            least
        }
    }
}

/// cos `near` − cos `far`, without cancellation.
fn length(near: f64, far: f64) -> f64 {
    2.0 * (0.5 * (near + far)).sin() * (0.5 * (far - near)).sin()
}

/// sin θ/θ
pub(super) fn sinc(theta: f64) -> f64 {
    if theta > 0.0 { theta.sin() / theta } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_density_is_the_slope_of_the_gate_overlap() {
        for b in [-1.0, 0.0, 0.3, 2.0] {
            let kernel = Kernel::new(b);
            for angle in [0.2, 1.0, 1.6, 2.4] {
                let h = 1e-5;
                let (a, c) = (angle - h, angle + h);
                let slope = (kernel.gate(a) - kernel.gate(c)) / length(a, c);
                assert!((slope / kernel.density(angle) - 1.0).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn a_fall_is_bounded_from_above_and_closely_at_any_width() {
        for b in [-6.0, -0.5, 0.0, 1.0, 4.0] {
            let kernel = Kernel::new(b);
            for near in [0.0, 0.4, 1.3, 2.0] {
                for exponent in 0..=12 {
                    let width = 0.5 * 10.0_f64.powi(-exponent);
                    // By Simpson's rule on pieces that are short beside the slope's own length.
                    let pieces = (width * 2e4).ceil().max(1.0);
                    let piece = width / pieces;
                    let slopes = |i: f64| {
                        let at = near + i * piece;
                        kernel.slope(at) + 4.0 * kernel.slope(at + 0.5 * piece) + kernel.slope(at + piece)
                    };
                    let exact: f64 = (0..pieces as usize).map(|i| slopes(i as f64) * piece / 6.0).sum();
                    let excess = kernel.fall(near, width) / exact - 1.0;
                    assert!(excess > -1e-13, "b = {b}, {near} + {width}: {excess}");
                    // Of a difference what its digits leave, of a tangent what is of third order.
                    let digits = 2.1 * ROUNDING * kernel.gate(near) / exact;
                    let allowed = if width > 1e-5 { digits.max(1e-7) } else { 1e-8 };
                    assert!(excess < allowed, "b = {b}, {near} + {width}: {excess}");
                }
            }
        }
    }

    #[test]
    fn no_chord_is_outside_its_bounds() {
        for b in [-1.3, -0.2, 0.0, 0.1, 0.3, 0.41, 0.5, 1.0, 2.5] {
            let kernel = Kernel::new(b);
            for step in 0..=24 {
                let angle = PI * f64::from(step) / 24.0;
                for margin in [1e-9, 1e-3, 0.05, 0.4, 1.2] {
                    let (low, high) = (kernel.flattest_chord(angle, margin), kernel.steepest_chord(angle, margin));
                    for i in -40..=40 {
                        let other = angle + margin * f64::from(i) / 40.0;
                        if i == 0 || !(0.0..=PI).contains(&other) || margin < 1e-8 {
                            continue;
                        }
                        let (near, far) = (angle.min(other), angle.max(other));
                        let slope = (kernel.gate(near) - kernel.gate(far)) / length(near, far);
                        let noise = 1e-12 * kernel.gate(near) / length(near, far);
                        assert!(low <= slope + noise && slope <= high + noise, "b = {b}, {angle} ± {margin}");
                    }
                    assert!(low <= high || low < 1e-250, "b = {b}, {angle} ± {margin}");
                }
                if (0.01..FRAC_PI_2).contains(&angle) {
                    let slope = (kernel.gate(0.5 * angle) - kernel.gate(angle)) / length(0.5 * angle, angle);
                    let bound = kernel.chord(angle, 0.5 * angle);
                    assert!(slope <= bound && bound <= slope * (1.0 + 1e-8));
                }
            }
        }
    }

    #[test]
    fn the_least_density_is_below_all_that_are_reached() {
        for b in [-2.0, -0.3, 0.0, 0.2, 0.5, 3.0] {
            let kernel = Kernel::new(b);
            for from in [0.3, 1.2, 1.8, 2.6, 3.1] {
                let least = kernel.least_density(from);
                for i in 1..200 {
                    assert!(least <= kernel.density(from * f64::from(i) / 200.0), "b = {b}");
                }
            }
        }
    }
}
