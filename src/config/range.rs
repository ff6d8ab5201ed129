//! Which numbers are allowed.

/// Which numbers are allowed.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    low: f64,
    high: f64,
    includes: [bool; 2],
    /// What is allowed.
    pub(super) words: &'static str,
}

impl Range {
    /// x > 0.
    pub const POSITIVE: Self = Self::open(0.0, f64::INFINITY, "a positive number");

    /// 0 < x < 1.
    pub const FRACTION: Self = Self::open(0.0, 1.0, "a number between 0 and 1, ends excluded");

    /// Between two ends that are not allowed themselves.
    pub const fn open(low: f64, high: f64, words: &'static str) -> Self {
        Self {
            low,
            high,
            includes: [false, false],
            words,
        }
    }

    /// Between two ends that are allowed.
    pub const fn closed(low: f64, high: f64, words: &'static str) -> Self {
        Self {
            low,
            high,
            includes: [true, true],
            words,
        }
    }

    /// Whether a number is allowed; what is not finite never is.
    pub fn contains(&self, x: f64) -> bool {
        let [low, high] = self.includes;
        x.is_finite() && (x > self.low || low && x == self.low) && (x < self.high || high && x == self.high)
    }
}
