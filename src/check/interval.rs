//! Intervals of doubles with outward rounding.
//!
//! IEEE 754 rounds +, −, ×, ÷ and √ to a nearest double: the exact result lies between the double below and the double above what is
//! computed. So each end is moved by one double, and whatever is true of all real numbers in the operands is in the result (docs/theory.md,
//! section 10).

use std::ops::{Add, Div, Mul, Neg, Sub};

/// All real numbers from `low` to `high`; the whole line where nothing is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// 0.
    pub const ZERO: Self = Self::exactly(0.0);
    /// 1.
    pub const ONE: Self = Self::exactly(1.0);
    /// π: the double below it, and the next.
    pub const PI: Self = Self {
        low: std::f64::consts::PI,
        high: std::f64::consts::PI.next_up(),
    };
    /// e: the double below it, and the next.
    pub const E: Self = Self {
        low: std::f64::consts::E,
        high: std::f64::consts::E.next_up(),
    };

    /// A double.
    pub const fn exactly(x: f64) -> Self {
        Self { low: x, high: x }
    }

    /// From `low` to `high`; the whole line if one is NaN or they are the wrong way round.
    pub fn new(low: f64, high: f64) -> Self {
        if low <= high {
            Self { low, high }
        } else {
            Self {
                low: f64::NEG_INFINITY,
                high: f64::INFINITY,
            }
        }
    }

    /// One double outwards at each end.
    fn outwards(low: f64, high: f64) -> Self {
        Self::new(low.next_down(), high.next_up())
    }

    /// The smallest interval that holds both.
    pub fn hull(self, other: Self) -> Self {
        Self::new(self.low.min(other.low), self.high.max(other.high))
    }

    /// What is in both, where something is known to be.
    pub fn meet(self, other: Self) -> Self {
        let both = Self::new(self.low.max(other.low), self.high.min(other.high));
        if both.low == f64::NEG_INFINITY { self } else { both }
    }

    /// The smaller of two numbers.
    pub fn min(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        Self::new(self.low.min(other.low), self.high.min(other.high))
    }

    /// The larger of two numbers.
    pub fn max(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        Self::new(self.low.max(other.low), self.high.max(other.high))
    }

    /// |x|.
    pub fn abs(self) -> Self {
        if self.low >= 0.0 {
            self
        } else if self.high <= 0.0 {
            -self
        } else {
            Self::new(0.0, self.high.max(-self.low))
        }
    }

    /// x².
    pub fn squared(self) -> Self {
        let x = self.abs();
        let square = x * x;
        Self::new(square.low.max(0.0), square.high)
    }

    /// √x of what is not negative in it.
    pub fn sqrt(self) -> Self {
        if self == Self::ZERO {
            return self;
        }
        let root = Self::outwards(self.low.max(0.0).sqrt(), self.high.max(0.0).sqrt());
        Self::new(root.low.max(0.0), root.high)
    }

    /// x where it is positive, else 0.
    pub fn positive_part(self) -> Self {
        self.max(Self::ZERO)
    }

    /// The middle, as computed.
    pub fn middle(self) -> f64 {
        0.5 * (self.low + self.high)
    }

    /// No less than the distance of any of it to the middle.
    pub fn radius(self) -> f64 {
        let middle = self.middle();
        let radius = (self.high - middle).max(middle - self.low);
        if radius == 0.0 { 0.0 } else { radius.next_up() }
    }

    /// Whether all of it is finite.
    pub fn is_finite(self) -> bool {
        self.low.is_finite() && self.high.is_finite()
    }

    /// √(x² + y²).
    pub fn hypot(self, other: Self) -> Self {
        (self.squared() + other.squared()).sqrt()
    }
}

impl From<f64> for Interval {
    fn from(x: f64) -> Self {
        Self::new(x, x)
    }
}

impl Neg for Interval {
    type Output = Self;

    fn neg(self) -> Self {
        Self::new(-self.high, -self.low)
    }
}

impl<T: Into<Self>> Add<T> for Interval {
    type Output = Self;

    fn add(self, other: T) -> Self {
        let other = other.into();
        // What nothing is added to is exact.
        if other == Self::ZERO {
            return self;
        }
        if self == Self::ZERO {
            return other;
        }
        Self::outwards(self.low + other.low, self.high + other.high)
    }
}

impl<T: Into<Self>> Sub<T> for Interval {
    type Output = Self;

    fn sub(self, other: T) -> Self {
        self + -other.into()
    }
}

impl<T: Into<Self>> Mul<T> for Interval {
    type Output = Self;

    fn mul(self, other: T) -> Self {
        let other = other.into();
        if self == Self::ZERO || other == Self::ZERO {
            return Self::ZERO;
        }
        let products = [self.low * other.low, self.low * other.high, self.high * other.low, self.high * other.high];
        if products.iter().any(|x| x.is_nan()) {
            return Self::new(f64::NAN, f64::NAN);
        }
        let low = products.iter().copied().fold(f64::INFINITY, f64::min);
        let high = products.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Self::outwards(low, high)
    }
}

impl<T: Into<Self>> Div<T> for Interval {
    type Output = Self;

    fn div(self, other: T) -> Self {
        let other = other.into();
        if other.low <= 0.0 && other.high >= 0.0 {
            return Self::new(f64::NAN, f64::NAN);
        }
        // 1/x falls on either side of 0.
        self * Self::outwards(1.0 / other.high, 1.0 / other.low)
    }
}

impl std::iter::Sum for Interval {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, |sum, x| sum + x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_hold_what_is_exact() {
        // 1/3 and 0.1 are no doubles; 3·(1/3) − 1 and 10·0.1 − 1 are 0.
        let third = Interval::ONE / 3.0;
        assert!(third.low < third.high && third.radius() < 1e-15);
        for zero in [third * 3.0 - 1.0, Interval::from(2.0).sqrt().squared() - 2.0] {
            assert!(zero.low <= 0.0 && zero.high >= 0.0 && zero.radius() < 1e-14, "{zero:?}");
        }
    }

    #[test]
    fn signs_and_what_is_unknown() {
        let across = Interval::new(-2.0, 3.0);
        assert_eq!(across.abs(), Interval::new(0.0, 3.0));
        assert!(across.squared().low == 0.0 && across.squared().high >= 9.0);
        assert!((across * -1.0).low <= -3.0 && (across * -1.0).high >= 2.0);
        assert!(!(Interval::ONE / across).is_finite());
        assert!(!(Interval::from(f64::NAN) + 1.0).is_finite());
        assert!(!(Interval::ONE / across * 0.5).is_finite());
    }
}
