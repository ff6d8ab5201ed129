//! True upper bounds of suprema, by subdivision.

use std::collections::BinaryHeap;

/// Pieces after which the bound is taken as it is: larger than need be, but still a bound.
const BUDGET: usize = 20_000;

/// An upper bound on the supremum of a function over [low, high] by branch and bound.
///
/// `value(x)` is the function, `bound(a, b)` no less than it anywhere on [a, b], and tight as b − a → 0.
/// Pieces are halved, the one with the largest bound first, until the largest bound is within the
/// relative `tolerance` of the largest value that was seen, unless the budget runs out.
pub fn supremum(
    [low, high]: [f64; 2],
    tolerance: f64,
    value: impl Fn(f64) -> f64,
    bound: impl Fn(f64, f64) -> f64,
) -> f64 {
    let mut attained = value(low).max(value(high));
    let mut pieces = BinaryHeap::from([Piece {
        bound: bound(low, high),
        low,
        high,
    }]);
    loop {
        let worst = pieces.pop().expect("halving keeps at least one piece");
        let done = worst.bound <= attained + tolerance * attained.abs();
        let middle = 0.5 * (worst.low + worst.high);
        let indivisible = middle <= worst.low || middle >= worst.high;
        if done || indivisible || pieces.len() >= BUDGET || worst.bound == f64::INFINITY && attained == f64::INFINITY {
            return worst.bound.max(attained);
        }
        attained = attained.max(value(middle));
        for (low, high) in [(worst.low, middle), (middle, worst.high)] {
            pieces.push(Piece {
                bound: bound(low, high),
                low,
                high,
            });
        }
    }
}

struct Piece {
    bound: f64,
    low: f64,
    high: f64,
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Piece {}

impl PartialOrd for Piece {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Piece {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bound.total_cmp(&other.bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_above_the_supremum_and_close_to_it() {
        // sin on [0, 3], |slope| ≤ 1: the maximum 1 lies inside.
        let found = supremum([0.0, 3.0], 1e-4, f64::sin, |a, b| (0.5 * (a + b)).sin() + 0.5 * (b - a));
        assert!((1.0..1.0 + 2e-4).contains(&found), "{found}");
    }

    #[test]
    fn a_point_is_its_own_supremum() {
        assert_eq!(supremum([2.0, 2.0], 1e-6, |x| x * x, |_, b| b * b), 4.0);
    }
}
