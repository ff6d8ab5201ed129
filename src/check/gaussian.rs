//! D, L and φ₂ of two unit nodes with a common threshold, in intervals.
//!
//! 2π (D(θ) − D(π)) = ∫_θ^π E dt, E(t) = exp(−½b²/cos²(t/2)). With y = tan(t/2) and z = 1 + y², E = exp(−½b² z), y' = z/2, z' = yz,
//! E' = −½b² yzE: these give Taylor's coefficients of E on each of a row of panels, and its remainder from the same recursion begun with
//! all values that y takes on the panel (docs/theory.md, section 10). L(θ) − L(π) = (1 + cos θ) D(π) + (1/2π) ∫_θ^π (cos θ − cos t) E dt has
//! the same panels, with the series of cos t E.

use super::interval::Interval;
use std::f64::consts::PI;

/// Degree of Taylor's polynomial of E on a panel.
const DEGREE: usize = 14;

/// The last panel ends here; beyond E only is known to fall.
const LAST: f64 = PI - 1e-3;

/// The widest panel, and by how much log E may fall on one.
const WIDEST: f64 = 0.05;
const STEEPEST: f64 = 0.7;

/// Where −log E is above this nothing is resolved any more.
const NEGLIGIBLE: f64 = 600.0;

type Series = [Interval; DEGREE + 1];

/// Everything that depends on the threshold alone.
pub struct Gaussian {
    /// b
    pub threshold: f64,
    /// φ(b)
    pub density: Interval,
    /// Q(b), D at angle 0.
    pub tail: Interval,
    /// D(π)
    opposite: Interval,
    panels: Vec<Panel>,
    /// ∫_LAST^π of E and of cos t E
    beyond: [Interval; 2],
}

struct Panel {
    low: f64,
    high: f64,
    /// Of E and of cos t E in t − centre; the last terms are those of the remainders.
    series: [Series; 2],
    /// ∫_0^low E
    before: Interval,
    /// ∫_high^LAST of E and of cos t E
    after: [Interval; 2],
}

impl Panel {
    fn centre(&self) -> f64 {
        0.5 * (self.low + self.high)
    }

    /// ∫_a^b for a ≤ b in the panel: of E, or of cos t E.
    fn integral(&self, of: usize, a: Interval, b: Interval) -> Interval {
        let at = |x: Interval| {
            let x = x - self.centre();
            let terms = self.series[of].iter().enumerate().rev();
            let sum = terms.fold(Interval::ZERO, |sum, (k, c)| sum * x + *c / (k as f64 + 1.0));
            sum * x
        };
        at(b) - at(a)
    }
}

impl Gaussian {
    /// For a threshold b.
    pub fn new(threshold: f64) -> Self {
        let (density, tail) = (density(threshold), tail(threshold));
        let opposite = (tail - self::tail(-threshold)).positive_part();
        let mut kernel = Self {
            threshold,
            density,
            tail,
            opposite: if threshold >= 0.0 { Interval::ZERO } else { opposite },
            panels: Vec::new(),
            beyond: [Interval::ZERO; 2],
        };
        let past = Interval::new(0.0, kernel.weight(LAST.into()).high);
        let beyond = (Interval::PI - LAST) * past;
        kernel.beyond = [beyond, beyond * Interval::from(LAST).cos().hull((-1.0).into())];
        let mut low = 0.0;
        while low < LAST {
            let high = (low + kernel.width(low)).min(LAST);
            kernel.panels.push(Panel {
                low,
                high,
                series: kernel.series(low, high),
                before: Interval::ZERO,
                after: [Interval::ZERO; 2],
            });
            low = high;
        }
        let whole = |panel: &Panel, of| panel.integral(of, panel.low.into(), panel.high.into());
        let mut sum = Interval::ZERO;
        for panel in &mut kernel.panels {
            panel.before = sum;
            sum = sum + whole(panel, 0).positive_part();
        }
        let mut sums = [Interval::ZERO; 2];
        for panel in kernel.panels.iter_mut().rev() {
            panel.after = sums;
            sums = [sums[0] + whole(panel, 0).positive_part(), sums[1] + whole(panel, 1)];
        }
        kernel
    }

    /// Of a panel that begins at an angle. It decides how wide intervals are, not whether they hold what is exact.
    fn width(&self, low: f64) -> f64 {
        let widest = f64::min(WIDEST, (PI - low) / 12.0);
        // At the panel's end E falls faster than at its beginning.
        let y = (0.5 * (low + widest)).min(0.5 * LAST).tan();
        let fall = 0.5 * self.threshold.powi(2) * (1.0 + y * y);
        match fall < NEGLIGIBLE {
            true => widest.min(STEEPEST / (fall * y)),
            false => widest,
        }
    }

    /// E(t)
    fn weight(&self, angle: Interval) -> Interval {
        let half = (angle / 2.0).cos();
        let at = |half: f64| {
            let square = Interval::from(half).squared();
            (-(Interval::from(self.threshold).squared() / 2.0 / square)).exp()
        };
        if self.threshold == 0.0 {
            return Interval::ONE;
        }
        let low = if half.low > 0.0 { at(half.low).low } else { 0.0 };
        let high = if half.high > 0.0 { at(half.high).high } else { 0.0 };
        Interval::new(low, high)
    }

    fn series(&self, low: f64, high: f64) -> [Series; 2] {
        let centre = Interval::from(0.5 * (low + high));
        let range = Interval::new(low, high);
        let mut all = self.both(range);
        for (all, centre) in all.iter_mut().zip(self.both(centre)) {
            all[..DEGREE].copy_from_slice(&centre[..DEGREE]);
        }
        all
    }

    /// Taylor's coefficients of E and of cos t E at any point of `from`.
    fn both(&self, from: Interval) -> [Series; 2] {
        let e = self.coefficients(from);
        let (sine, cosine) = (from.sin(), from.cos());
        let mut factorial = Interval::ONE;
        let mut of_cosine = [Interval::ZERO; DEGREE + 1];
        for (k, coefficient) in of_cosine.iter_mut().enumerate() {
            factorial = factorial * (k as f64).max(1.0);
            let derivative = [cosine, -sine, -cosine, sine][k % 4];
            *coefficient = derivative / factorial;
        }
        let product = |k: usize| (0..=k).map(|i| of_cosine[i] * e[k - i]).sum();
        [e, std::array::from_fn(product)]
    }

    /// Taylor's coefficients of E at any point of `from`.
    fn coefficients(&self, from: Interval) -> Series {
        let tangent = |t: f64| {
            let half = Interval::from(t) / 2.0;
            half.sin() / half.cos()
        };
        let slope = Interval::from(self.threshold).squared() / 2.0;
        let [mut y, mut z, mut yz, mut e] = [[Interval::ZERO; DEGREE + 1]; 4];
        y[0] = tangent(from.low).hull(tangent(from.high));
        z[0] = y[0].squared() + 1.0;
        e[0] = self.weight(from);
        for k in 0..DEGREE {
            let next = k as f64 + 1.0;
            yz[k] = (0..=k).map(|i| y[i] * z[k - i]).sum();
            y[k + 1] = z[k] / (2.0 * next);
            z[k + 1] = yz[k] / next;
            let falls: Interval = (0..=k).map(|i| yz[i] * e[k - i]).sum();
            e[k + 1] = -(slope * falls) / next;
        }
        e
    }

    /// D at an angle; of a range, D at its ends bound it.
    pub fn gate(&self, angle: Interval) -> Interval {
        let (low, high) = (angle.low.max(0.0), angle.high.min(Interval::PI.high));
        Interval::new(self.gate_at(high).low.max(0.0), self.gate_at(low).high)
    }

    fn gate_at(&self, angle: f64) -> Interval {
        let turn = Interval::PI * 2.0;
        if angle <= 0.0 {
            return self.tail;
        }
        if self.threshold == 0.0 {
            return (Interval::PI - angle).positive_part() / turn;
        }
        let Some(panel) = self.panel(angle) else {
            let most = (Interval::PI - angle).positive_part() * self.weight(angle.into());
            return self.opposite + Interval::new(0.0, most.high) / turn;
        };
        let within = panel.integral(0, panel.low.into(), angle.into());
        let before = panel.before + within.positive_part();
        let after = self.after(panel, angle)[0];
        (self.tail - before / turn).meet(self.opposite + after / turn)
    }

    fn panel(&self, angle: f64) -> Option<&Panel> {
        let place = self.panels.partition_point(|panel| panel.high < angle);
        self.panels.get(place)
    }

    /// ∫_angle^π of E and of cos t E.
    fn after(&self, panel: &Panel, angle: f64) -> [Interval; 2] {
        let within = |of| panel.integral(of, angle.into(), panel.high.into());
        [
            within(0).positive_part() + panel.after[0] + self.beyond[0],
            within(1) + panel.after[1] + self.beyond[1],
        ]
    }

    /// |dD/dφ| = E/2π.
    pub fn slope(&self, angle: Interval) -> Interval {
        self.weight(angle) / (Interval::PI * 2.0)
    }

    /// φ₂(cos φ) = |dD/dφ|/sin φ; the whole line where the angle may be 0 or π.
    pub fn density(&self, angle: Interval) -> Interval {
        let at = |x: f64| self.slope(x.into()) / Interval::from(x).sin();
        if angle.low == angle.high {
            return at(angle.low);
        }
        self.slope(angle) / angle.sin()
    }

    /// L(θ) = (b² + cos θ) D(θ) − 2bφ(b) Q(b tan(θ/2)) + E(θ) sin θ/2π; for b > 0, where that cancels, it is also an integral.
    pub fn activation(&self, angle: Interval) -> Interval {
        let (low, high) = (angle.low.max(0.0), angle.high.min(Interval::PI.high));
        Interval::new(self.activation_at(high).low.max(0.0), self.activation_at(low).high)
    }

    fn activation_at(&self, angle: f64) -> Interval {
        let by_parts = self.activation_by_parts(angle);
        match self.panel(angle).filter(|_| self.threshold > 0.0) {
            // Nothing is left of it at π.
            Some(panel) => {
                let [e, with_cosine] = self.after(panel, angle);
                let integral = Interval::from(angle).cos() * e - with_cosine;
                by_parts.meet(integral / (Interval::PI * 2.0))
            }
            None => by_parts,
        }
    }

    fn activation_by_parts(&self, angle: f64) -> Interval {
        let (b, angle) = (Interval::from(self.threshold), Interval::from(angle));
        let own = (b.squared() + angle.cos()) * self.gate(angle);
        let last = self.slope(angle) * angle.sin();
        if self.threshold == 0.0 {
            return own + last;
        }
        let half = angle / 2.0;
        let reach = b * (half.sin() / half.cos());
        let beyond = Interval::new(tail(reach.high).low, tail(reach.low).high);
        own - b * self.density * beyond * 2.0 + last
    }
}

/// φ(x).
fn density(x: f64) -> Interval {
    let root = (Interval::PI * 2.0).sqrt();
    (-(Interval::from(x).squared() / 2.0)).exp() / root
}

/// Q(x) = 1 − Φ(x), from Φ − ½ = φ Σ x^{2k+1}/(2k+1)!!, and beyond 1 from Laplace's continued fraction, whose convergents lie on either side.
fn tail(x: f64) -> Interval {
    if x.is_nan() {
        return Interval::new(0.0, 1.0);
    }
    if x < 0.0 {
        return Interval::ONE - tail(-x);
    }
    if x > 38.0 {
        return Interval::new(0.0, 1e-300);
    }
    if x > 1.0 {
        let convergent = |depth: u32| {
            let x = Interval::from(x);
            (1..=depth).rev().fold(x, |below, k| x + Interval::from(f64::from(k)) / below)
        };
        let (a, b) = (convergent(400), convergent(401));
        return density(x) / a.hull(b);
    }
    let square = Interval::from(x).squared();
    let (mut sum, mut term) = (Interval::from(x), Interval::from(x));
    for k in 1..25 {
        term = term * square / (2.0 * f64::from(k) + 1.0);
        sum = sum + term;
    }
    // Terms fall by more than ½ from there on.
    let sum = sum + Interval::new(0.0, 1.0) * term.abs().high;
    (Interval::from(0.5) - density(x) * sum).positive_part()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overlap::gaussian::normal;
    use crate::overlap::{GaussianPair, HalfAngle};

    #[test]
    fn kernels_hold_what_quadrature_gives() {
        for b in [-2.0, -0.3, 0.0, 0.01, 0.5, 1.0, 2.0, 3.0, 3.5, 4.5, 5.5, 7.0] {
            let (kernel, pair) = (Gaussian::new(b), GaussianPair::new(b, b));
            let q = normal::tail(b);
            let tail = kernel.tail;
            assert!((tail.middle() / q - 1.0).abs() < 1e-14 && tail.radius() < 1e-12 * q, "{b}: {tail:?}, {q}");
            for angle in [1e-6, 0.01, 0.3, 1.0, PI / 2.0, 2.0, 2.8, 3.1] {
                let found = pair.at(HalfAngle::from_radians(angle));
                let gate = kernel.gate(angle.into());
                let room = 1e-12 * found.d + 1e-30;
                assert!((gate.middle() - found.d).abs() < room + gate.radius(), "{b}, {angle}: {gate:?}, {found:?}");
                assert!(gate.radius() < room + 3e-15 * q, "{b}, {angle}: {gate:?}");
                let l = kernel.activation(angle.into());
                assert!((l.middle() - found.l).abs() < 1e-12 * found.l + l.radius(), "{b}, {angle}: {l:?}, {found:?}");
                assert!(l.radius() < 1e-12 * q, "{b}, {angle}: {l:?}");
                // What certificates leave for rounding.
                if b > 0.0 && angle < 2.0 {
                    assert!(gate.radius() < 3e-12 * found.d, "{b}, {angle}: {gate:?}");
                    assert!(l.radius() < 3e-11 * found.l, "{b}, {angle}: {l:?}");
                }
                let slope = kernel.slope(angle.into());
                let expected = -pair.d_slope(HalfAngle::from_radians(angle));
                assert!(
                    (slope.middle() - expected).abs() < 1e-12 * expected + slope.radius() + 1e-200,
                    "{b}, {angle}: {slope:?}, {expected}"
                );
                assert!(slope.radius() < 1e-10 * expected + 1e-200, "{b}, {angle}: {slope:?}");
            }
        }
    }

    #[test]
    fn a_range_of_angles_has_the_values_of_its_ends() {
        let kernel = Gaussian::new(0.7);
        let range = kernel.gate(Interval::new(0.4, 1.1));
        assert!(range.high >= kernel.gate(0.4.into()).high && range.low <= kernel.gate(1.1.into()).low);
    }
}
