//! Values between two ends: equal differences or ratios, in short decimals, none twice.

use crate::config::document::Value;

/// Significant digits of values on a logarithmic range, and of random ones.
const LOG_DIGITS: usize = 6;

/// Digits that tell the values of a narrow logarithmic range apart, and those that `f64` has.
const MOST_DIGITS: i32 = 16;

/// Significant digits of values on a linear range, counted from its larger end.
const LINEAR_DIGITS: i32 = 12;

#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub from: f64,
    pub to: f64,
    /// 0 where they are drawn at random.
    pub points: u64,
    pub log: bool,
    /// Values are rounded to whole numbers.
    pub whole: bool,
    /// Both ends were written as whole numbers.
    pub integers: bool,
    /// Only every so many-th value is used.
    pub thin: u64,
}

impl Range {
    /// Number of values; 0 where they are drawn at random.
    pub fn count(&self) -> u64 {
        self.points.div_ceil(self.thin)
    }

    /// The value with this index.
    pub fn at(&self, index: u64) -> Value {
        let (index, last) = (index * self.thin, self.points - 1);
        if index == 0 {
            return self.value(self.from);
        }
        if index == last {
            return self.value(self.to);
        }
        let part = index as f64 / last as f64;
        if self.log {
            let digits = self.log_digits().unwrap_or(LOG_DIGITS);
            return self.value(significant(self.between(part), digits));
        }
        let (left, right) = ((last - index) as f64, index as f64);
        let x = self.from * (left / last as f64) + self.to * (right / last as f64);
        // Exact where the products are: 0.1, 0.2, 0.3.
        let exact = (self.from * left + self.to * right) / last as f64;
        self.value(self.decimal(if exact.is_finite() { exact } else { x }))
    }

    /// The value that a number from [0, 1) picks.
    pub fn pick(&self, uniform: f64) -> Value {
        let (low, high) = (self.from.min(self.to), self.from.max(self.to));
        let x = match (self.log, self.whole) {
            (true, _) => self.between(uniform),
            (false, false) => self.from + uniform * (self.to - self.from),
            // Each whole number is as likely as any other.
            (false, true) => (low + uniform * (high - low + 1.0)).floor(),
        };
        self.value(significant(x, LOG_DIGITS).clamp(low, high))
    }

    /// On a logarithmic scale between the ends, which may be as far apart as numbers can be.
    fn between(&self, part: f64) -> f64 {
        let ratio = self.to / self.from;
        if ratio.is_finite() && ratio > 0.0 {
            return self.from * ratio.powf(part);
        }
        (self.from.ln() * (1.0 - part) + self.to.ln() * part).exp()
    }

    /// Digits that keep neighbours apart; `None` where no number has as many.
    fn log_digits(&self) -> Option<usize> {
        let ratio = (self.to.ln() - self.from.ln()).abs() / (self.points - 1) as f64;
        let needed = 2 + (-ratio.log10()).ceil() as i32;
        (needed <= MOST_DIGITS).then_some(LOG_DIGITS.max(needed.max(0) as usize))
    }

    /// Whether no two values of a grid are the same after rounding; `None` if only a look at each can tell.
    pub fn is_distinct(&self) -> Option<bool> {
        if self.points == 0 {
            return Some(true);
        }
        let gap = (self.to - self.from).abs() / (self.points - 1) as f64;
        match (self.log, self.whole) {
            (true, true) => None,
            (true, false) => Some(self.log_digits().is_some()),
            (false, true) => Some(gap >= 1.0),
            (false, false) => Some(gap >= 10_f64.powi(-self.decimals())),
        }
    }

    /// Decimals of the range's values.
    fn decimals(&self) -> i32 {
        let largest = self.from.abs().max(self.to.abs());
        LINEAR_DIGITS - 1 - largest.log10().floor() as i32
    }

    /// Rounded to decimals that the range's ends may have been written in.
    pub fn decimal(&self, x: f64) -> f64 {
        match usize::try_from(self.decimals()) {
            // Adding zero makes −0 a 0.
            Ok(decimals) => format!("{x:.decimals$}").parse().unwrap_or(x) + 0.0,
            Err(_) => x.round(),
        }
    }

    fn value(&self, x: f64) -> Value {
        let x = if self.whole { x.round() } else { x };
        if (self.integers || self.whole) && x.fract() == 0.0 && x.abs() < 1e15 {
            Value::Integer(x as i64)
        } else {
            Value::Float(x)
        }
    }
}

fn significant(x: f64, digits: usize) -> f64 {
    format!("{x:.*e}", digits - 1).parse().unwrap_or(x)
}
