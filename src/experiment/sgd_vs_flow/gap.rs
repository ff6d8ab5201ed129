//! The law of the gap: log gap = c + α log η + β log B.

use crate::theory::Verdict;
use ndarray::{Array1, Array2};
use ndarray_linalg::Inverse;
use serde::Serialize;

/// An exponent with its standard error, beside the predicted one.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Exponent {
    /// Fitted.
    #[serde(rename = "exponent")]
    pub value: f64,
    /// One standard error, from the scatter of the runs about the law.
    pub standard_error: f64,
    /// Predicted.
    pub predicted: f64,
    /// Whether both agree within two standard errors.
    pub verdict: Verdict,
}

/// gap ≈ exp(c) η^α B^β
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Law {
    /// c
    pub constant: f64,
    /// α, predicted ½.
    pub step: Exponent,
    /// β, predicted −½.
    pub batch: Exponent,
    /// Standard deviation of log gap about the law.
    pub scatter: f64,
}

/// Within so many standard errors two numbers agree.
const AGREE: f64 = 2.0;

impl Exponent {
    fn new(value: f64, standard_error: f64, predicted: f64) -> Self {
        let agrees = (value - predicted).abs() <= AGREE * standard_error;
        Self {
            value,
            standard_error,
            predicted,
            verdict: if agrees {
                Verdict::Holds
            } else {
                Verdict::Violated
            },
        }
    }
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
    if count < 4
        || points
            .iter()
            .flatten()
            .any(|&x| !(x > 0.0 && x.is_finite()))
    {
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
    let inverse = design.t().dot(&design).inv().ok()?;
    let fitted = inverse.dot(&design.t().dot(&logs));
    let residuals = &logs - &design.dot(&fitted);
    let variance = residuals.dot(&residuals) / (count - 3) as f64;
    let error = |column: usize| (variance * inverse[[column, column]]).sqrt();
    Some(Law {
        constant: fitted[0],
        step: Exponent::new(fitted[1], error(1), 0.5),
        batch: Exponent::new(fitted[2], error(2), -0.5),
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
                    let log =
                        0.3 + alpha * step.ln() - 0.5 * batch.ln() + noise.sample(&mut stream);
                    points.push([step, batch, log.exp()]);
                }
            }
        }
        points
    }

    #[test]
    fn a_law_is_found_again_and_another_one_is_refuted() {
        let law = fit_law(&points(0.5)).unwrap();
        assert_eq!(
            (law.step.verdict, law.batch.verdict),
            (Verdict::Holds, Verdict::Holds)
        );
        assert!((law.scatter - 0.1).abs() < 0.02);
        // sd of log η is 0.66 over 180 points.
        assert!((law.step.standard_error - 0.1 / 0.66 / 180_f64.sqrt()).abs() < 0.002);
        assert!(
            (law.gap(0.1, 64.0).ln() - (0.3 + 0.5 * 0.1_f64.ln() - 0.5 * 64_f64.ln())).abs() < 0.05
        );
        let law = fit_law(&points(0.6)).unwrap();
        assert_eq!(
            (law.step.verdict, law.batch.verdict),
            (Verdict::Violated, Verdict::Holds)
        );
    }

    #[test]
    fn no_law_goes_through_a_single_step() {
        assert!(fit_law(&points(0.5)[..40]).is_none());
        assert!(fit_law(&[[0.1, 16.0, 0.0]; 8]).is_none());
    }
}
