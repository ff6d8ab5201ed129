//! The law of the gap: log gap = c + α log η + β log B.

use crate::linalg;
use ndarray::{Array1, Array2};
use serde::Serialize;

/// An exponent with its standard error.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Exponent {
    /// Fitted.
    #[serde(rename = "exponent")]
    pub value: f64,
    /// One standard error, from the scatter of the runs about the law.
    pub standard_error: f64,
}

/// gap ≈ exp(c) η^α B^β
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Law {
    /// c
    pub constant: f64,
    /// α; ½ as η → 0.
    pub step: Exponent,
    /// β; −½ as η → 0.
    pub batch: Exponent,
    /// Standard deviation of log gap about the law.
    pub scatter: f64,
}

impl Law {
    /// The gap that it gives.
    pub fn gap(&self, step: f64, batch: f64) -> f64 {
        (self.constant + self.step.value * step.ln() + self.batch.value * batch.ln()).exp()
    }
}

/// Least squares through (η, B, gap); `None` if a step or a batch stands alone, or a gap is zero.
pub fn fit_law(points: &[[f64; 3]]) -> Option<Law> {
    let count = points.len();
    if count < 4 || points.iter().flatten().any(|&x| !(x > 0.0 && x.is_finite())) {
        return None;
    }
    let design = Array2::from_shape_fn((count, 3), |(i, column)| match column {
        0 => 1.0,
        column => points[i][column - 1].ln(),
    });
    let logs: Array1<f64> = points.iter().map(|point| point[2].ln()).collect();
    let alone = |column: usize| {
        let column = design.column(column);
        column.iter().all(|x| (x - column[0]).abs() < 1e-12)
    };
    if alone(1) || alone(2) {
        return None;
    }
    let inverse = linalg::inverse(&design.t().dot(&design)).ok()?;
    let fitted = inverse.dot(&design.t().dot(&logs));
    let residuals = &logs - &design.dot(&fitted);
    let variance = residuals.dot(&residuals) / (count - 3) as f64;
    let exponent = |column: usize| Exponent {
        value: fitted[column],
        standard_error: (variance * inverse[[column, column]]).sqrt(),
    };
    Some(Law {
        constant: fitted[0],
        step: exponent(1),
        batch: exponent(2),
        scatter: variance.sqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;
    use rand_distr::{Distribution, Normal};

    fn points(alpha: f64) -> Vec<[f64; 3]> {
        let mut stream = stream(1, "test", &[]);
        let noise = Normal::new(0.0, 0.1).unwrap();
        let mut points = Vec::new();
        for step in [0.1_f64, 0.05, 0.02] {
            for batch in [16.0_f64, 64.0, 256.0] {
                for _ in 0..20 {
                    let log = 0.3 + alpha * step.ln() - 0.5 * batch.ln() + noise.sample(&mut stream);
                    points.push([step, batch, log.exp()]);
                }
            }
        }
        points
    }

    #[test]
    fn a_law_is_found_again() {
        let law = fit_law(&points(0.5)).unwrap();
        for (exponent, truth) in [(law.step, 0.5), (law.batch, -0.5)] {
            assert!((exponent.value - truth).abs() < 2.0 * exponent.standard_error);
        }
        assert!((law.scatter - 0.1).abs() < 0.02);
        // sd of log η is 0.66 over 180 points.
        assert!((law.step.standard_error - 0.1 / 0.66 / 180_f64.sqrt()).abs() < 0.002);
        assert!((law.gap(0.1, 64.0).ln() - (0.3 + 0.5 * 0.1_f64.ln() - 0.5 * 64_f64.ln())).abs() < 0.05);
        let law = fit_law(&points(0.6)).unwrap();
        assert!((law.step.value - 0.5).abs() > 4.0 * law.step.standard_error);
    }

    #[test]
    fn no_law_goes_through_a_single_step() {
        assert!(fit_law(&points(0.5)[..40]).is_none());
        assert!(fit_law(&[[0.1, 16.0, 0.0]; 8]).is_none());
    }
}
