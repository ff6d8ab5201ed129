//! exp, sine, cosine and their inverses on intervals: Taylor's series with what is left of them, and inverses by trial.

use super::interval::Interval;

/// Terms of a series in |x| ≤ ½ or |x| ≤ 2, whose rest is then below one unit of rounding.
const TERMS: i32 = 24;

impl Interval {
    /// x^k of a number that is not negative, k ≥ 0.
    pub fn power(self, exponent: u32) -> Self {
        match exponent {
            0 => Self::ONE,
            1 => self,
            even if even % 2 == 0 => self.squared().power(even / 2),
            odd => self * self.power(odd - 1),
        }
    }

    /// e^x.
    pub fn exp(self) -> Self {
        let low = exp_of(self.low).low.max(0.0);
        Self::new(low, exp_of(self.high).high)
    }

    /// log x, of what is positive in it.
    pub fn ln(self) -> Self {
        if !(self.low > 0.0) {
            return Self::new(f64::NAN, f64::NAN);
        }
        Self::new(ln_towards(self.low, -1.0), ln_towards(self.high, 1.0))
    }

    /// sin x, 0 ≤ x ≤ π, of what is in that range.
    pub fn sin(self) -> Self {
        let (low, high) = (self.low.max(0.0), self.high.min(Self::PI.high));
        let (a, b) = (sin_of(low), sin_of(high));
        let top = low <= Self::PI.high / 2.0 && high >= Self::PI.low / 2.0;
        let most = if top { 1.0 } else { a.high.max(b.high).min(1.0) };
        Self::new(a.low.min(b.low).max(0.0), most)
    }

    /// cos x, 0 ≤ x ≤ π, of what is in that range.
    pub fn cos(self) -> Self {
        let (low, high) = (self.low.max(0.0), self.high.min(Self::PI.high));
        Self::new(cos_of(high).low.max(-1.0), cos_of(low).high.min(1.0))
    }

    /// asin x, of what is in [0, 1].
    pub fn asin(self) -> Self {
        Self::new(asin_below(self.low), asin_above(self.high))
    }

    /// acos x, of what is in [−1, 1].
    pub fn acos(self) -> Self {
        let half = Self::PI / 2.0;
        let of = |x: f64| {
            let turned = Self::new(asin_below(x.abs()), asin_above(x.abs()));
            if x < 0.0 { half + turned } else { half - turned }
        };
        Self::new(of(self.high).low.max(0.0), of(self.low).high.min(Self::PI.high))
    }
}

/// Σ x^k/k!, |x| ≤ ½, times e^n.
fn exp_of(x: f64) -> Interval {
    if x.is_nan() {
        return Interval::from(x);
    }
    if x < -740.0 {
        return Interval::new(0.0, f64::MIN_POSITIVE);
    }
    if x > 700.0 {
        return Interval::new(f64::MAX.sqrt(), f64::INFINITY);
    }
    let whole = x.round();
    let part = Interval::from(x) - whole;
    let (mut sum, mut term) = (Interval::ONE, Interval::ONE);
    for k in 1..TERMS {
        term = term * part / f64::from(k);
        sum = sum + term;
    }
    // The rest is less than the last term, in size.
    let sum = sum + Interval::new(-1.0, 1.0) * term.abs().high;
    let power = Interval::E.power(whole.abs() as u32);
    if whole < 0.0 { sum / power } else { sum * power }
}

/// A y with e^y ≤ x (`side` −1) or e^y ≥ x (`side` 1): what the library says, moved until the series agrees.
fn ln_towards(x: f64, side: f64) -> f64 {
    let mut y = x.ln();
    let mut step = f64::EPSILON * y.abs().max(1.0);
    let beyond = |y: f64| {
        let found = exp_of(y);
        if side < 0.0 { found.high <= x } else { found.low >= x }
    };
    while y.is_finite() && !beyond(y) {
        y += side * step;
        step *= 2.0;
    }
    y
}

/// Σ ± x^(2k + odd)/(2k + odd)!, 0 ≤ x ≤ 1.6: alternating, so that the rest is less than the last term.
fn alternating(x: Interval, odd: bool) -> Interval {
    let square = x * x;
    let mut term = if odd { x } else { Interval::ONE };
    let mut sum = term;
    let mut k = if odd { 1.0 } else { 0.0 };
    for _ in 0..TERMS / 2 {
        term = -(term * square) / ((k + 1.0) * (k + 2.0));
        sum = sum + term;
        k += 2.0;
    }
    sum + Interval::new(-1.0, 1.0) * term.abs().high
}

fn sin_of(x: f64) -> Interval {
    if x > 1.6 {
        return alternating((Interval::PI - x).positive_part(), true);
    }
    alternating(Interval::from(x), true)
}

fn cos_of(x: f64) -> Interval {
    if x > 1.6 {
        return -alternating((Interval::PI - x).positive_part(), false);
    }
    alternating(Interval::from(x), false)
}

/// A y in [0, π/2] with sin y ≤ x: what the library says, moved down until the series agrees.
fn asin_below(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    let mut step = f64::EPSILON;
    let mut y = x.asin();
    while y > 0.0 && !(sin_of(y).high <= x) {
        y -= step;
        step *= 2.0;
    }
    y.max(0.0)
}

/// A y in [0, π/2] with sin y ≥ x.
fn asin_above(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    let end = (Interval::PI / 2.0).high;
    let mut step = f64::EPSILON;
    let mut y = x.asin();
    while y < end && !(sin_of(y).low >= x) {
        y += step * y.max(f64::MIN_POSITIVE);
        step *= 2.0;
    }
    y.min(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(found: Interval, value: f64, tolerance: f64) {
        let room = 4.0 * f64::EPSILON * value.abs().max(1e-300);
        let inside = found.low <= value + room && value - room <= found.high;
        assert!(inside && found.radius() <= tolerance, "{found:?} beside {value}");
    }

    #[test]
    fn functions_hold_what_the_library_computes() {
        for i in 0..=64 {
            let x = f64::from(i) / 64.0 * 3.125;
            holds(Interval::from(x).sin(), x.sin(), 1e-14);
            holds(Interval::from(x).cos(), x.cos(), 1e-14);
            let y = f64::from(i) / 64.0;
            holds(Interval::from(y).asin(), y.asin(), 1e-7);
            holds(Interval::from(-y).acos(), (-y).acos(), 1e-7);
            let z = -20.0 + 30.0 * y;
            holds(Interval::from(z).exp(), z.exp(), 1e-12 * z.exp());
            holds(Interval::from(y + 0.01).ln(), (y + 0.01).ln(), 1e-13);
        }
        // Where the derivative is bounded, so is the width.
        holds(Interval::from(0.3).asin(), 0.3_f64.asin(), 2e-15);
    }

    #[test]
    fn a_range_has_its_extrema() {
        let range = Interval::new(1.0, 2.5);
        assert!(range.sin().high == 1.0 && (range.sin().low - 2.5_f64.sin()).abs() < 1e-14);
        assert!((range.cos().low - 2.5_f64.cos()).abs() < 1e-14);
    }
}
