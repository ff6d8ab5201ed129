//! φ₂ and the chord slopes of D, as a function of ρ, over ranges of angles (Lemma 1 of docs/theory.md, section 5).

use super::gaussian::Gaussian;
use super::interval::Interval;

impl Gaussian {
    /// sup of φ₂(|ρ|) over ρ ≤ cos `near`, 0 ≤ near ≤ π/2.
    pub fn density_above(&self, near: Interval) -> f64 {
        if near.low <= 0.0 {
            return f64::INFINITY;
        }
        self.density(near.low.into()).high
    }

    /// A lower bound on φ₂(ρ) for all ρ ≥ cos `far`.
    pub fn least_density(&self, far: Interval) -> f64 {
        let far = far.max(Interval::PI / 2.0).min(Interval::PI);
        let b = self.threshold.abs();
        if b == 0.0 {
            return (Interval::ONE / (Interval::PI * 2.0)).low;
        }
        if self.is_convex() {
            return self.density(far.high.into()).low.max(0.0);
        }
        // √(1 − ρ²) ≤ 1, and the exponent rises with ρ.
        self.slope(far).low.max(0.0)
    }

    /// Whether D is certainly convex in ρ: |b| ≥ √2 − 1.
    fn is_convex(&self) -> bool {
        (Interval::from(self.threshold.abs()) + 1.0 - Interval::from(2.0).sqrt()).low >= 0.0
    }

    /// The chord slope of D between two angles; the whole line where the first may not be the smaller.
    fn chord_between(&self, near: Interval, far: Interval) -> Interval {
        if !(near.high < far.low) {
            return Interval::new(f64::NEG_INFINITY, f64::INFINITY);
        }
        let length = ((near + far) / 2.0).sin() * ((far - near) / 2.0).sin() * 2.0;
        (self.gate(near) - self.gate(far)) / length
    }

    /// H(u, v) from above: it grows as either angle falls, and φ₂ at the nearer bounds it.
    pub fn chord_above(&self, far: Interval, near: Interval) -> f64 {
        let (near, far) = (near.low.max(0.0), far.low);
        self.density_above(near.into()).min(self.chord_between(near.into(), far.into()).high)
    }

    /// inf and sup of φ₂ over angles from `near` to `far`.
    pub fn densities(&self, near: Interval, far: Interval) -> [f64; 2] {
        let at = |angle: f64| match angle <= 0.0 {
            true => Interval::new(f64::MAX, f64::INFINITY),
            false => self.density(angle.into()).positive_part(),
        };
        let mut ends = vec![at(near.low.max(0.0)), at(far.high.min(Interval::PI.high))];
        // Between, extrema are at the roots of ρ² + (1 − b²) ρ + b², of which φ₂' has the sign.
        let p = Interval::from(self.threshold).squared();
        let s = Interval::ONE - p;
        let discriminant = s.squared() - p * 4.0;
        if discriminant.high >= 0.0 && p.low < 1.0 {
            let root = discriminant.sqrt();
            for rho in [(root - s) / 2.0, -(root + s) / 2.0] {
                let angle = rho.max(Interval::from(-1.0)).min(Interval::ONE).acos();
                if angle.high >= near.low && angle.low <= far.high && angle.low > 0.0 {
                    ends.push(self.density(angle).positive_part());
                }
            }
        }
        let least = ends.iter().map(|end| end.low).fold(f64::INFINITY, f64::min);
        [least, ends.iter().map(|end| end.high).fold(0.0, f64::max)]
    }

    /// sup of the chord slopes of D from cos `angle` to any ρ whose angle is within `margin` of it.
    pub fn steepest_chord(&self, angle: Interval, margin: Interval) -> f64 {
        let (near, far) = around(angle, margin);
        let [_, most] = self.densities(near, far);
        let chord = |a: Interval, b: Interval| self.chord_between(a, b).high;
        if self.is_convex() {
            most.min(chord(near, angle))
        } else if self.threshold == 0.0 {
            most.min(chord(near, angle).max(chord(angle, far)))
        } else {
            most
        }
    }

    /// inf of the same, not below 0.
    pub fn flattest_chord(&self, angle: Interval, margin: Interval) -> f64 {
        let (near, far) = around(angle, margin);
        let [least, _] = self.densities(near, far);
        let right = Interval::PI / 2.0;
        let chord = |a: Interval, b: Interval| self.chord_between(a, b).low;
        if self.is_convex() || self.threshold == 0.0 && far.high <= right.low {
            least.max(chord(angle, far))
        } else if self.threshold == 0.0 && near.low >= right.high {
            least.max(chord(near, angle))
        } else {
            least
        }
    }
}

/// All angles within a margin of one, but for those outside [0, π].
pub fn around(angle: Interval, margin: Interval) -> (Interval, Interval) {
    ((angle - margin).positive_part(), (angle + margin).min(Interval::PI))
}
