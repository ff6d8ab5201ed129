//! Gauss–Legendre nodes and weights, computed once.

use std::sync::LazyLock;

/// Points of the rule that every overlap integral uses on each of its panels.
pub const POINTS: usize = 32;

/// Nodes in (−1, 1), ascending, with their weights; exact for polynomials of degree 63.
pub static RULE: LazyLock<[(f64, f64); POINTS]> = LazyLock::new(gauss_legendre);

/// Newton's iteration on the Legendre polynomial from Tricomi's starting values. O(POINTS²), once.
fn gauss_legendre<const N: usize>() -> [(f64, f64); N] {
    let n = N as f64;
    std::array::from_fn(|i| {
        let guess = std::f64::consts::PI * (N - i) as f64 - std::f64::consts::FRAC_PI_4;
        let mut x = (guess / (n + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..8 {
            let (mut p, mut previous) = (x, 1.0);
            for k in 2..=N {
                let k = k as f64;
                (p, previous) = (((2.0 * k - 1.0) * x * p - (k - 1.0) * previous) / k, p);
            }
            slope = n * (x * p - previous) / (x * x - 1.0);
            x -= p / slope;
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    })
}

/// ∫ f over [low, high], on panels no wider than `panel`.
pub fn integrate(low: f64, high: f64, panel: f64, f: impl Fn(f64) -> f64) -> f64 {
    let panels = ((high - low) / panel).ceil().max(1.0);
    let half = (high - low) / (2.0 * panels);
    (0..panels as usize)
        .map(|i| {
            let middle = low + (2 * i + 1) as f64 * half;
            half * RULE.iter().map(|&(x, weight)| weight * f(middle + half * x)).sum::<f64>()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_exact_for_even_powers_up_to_its_degree() {
        for degree in (0..2 * POINTS as i32).step_by(2) {
            let sum: f64 = RULE.iter().map(|&(x, w)| w * x.powi(degree)).sum();
            let exact = 2.0 / f64::from(degree + 1);
            assert!((sum - exact).abs() < 4e-15 * exact.max(0.1), "degree {degree}");
        }
    }

    #[test]
    fn panels_add_up() {
        let value = integrate(0.0, 10.0, 1.5, f64::exp);
        assert!((value / (10f64.exp() - 1.0) - 1.0).abs() < 1e-14);
    }
}
