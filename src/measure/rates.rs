//! Simulated rates: the worst one along the run, and that of the tail.

use super::angles::{distance_rate, largest_angle_rate};
use serde::Serialize;

/// The smallest rate of decay that was seen, in measures of the largest angle and of the distance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WorstRate {
    /// min −d/dt log θ
    pub theta: f64,
    /// min −d/dt log tan(θ/2)
    pub tan_half: f64,
    /// min −d/dt log sin θ
    pub sin: f64,
    /// min −d/dt log ‖W − W*‖_F
    pub distance: f64,
    /// When −d/dt log θ was smallest.
    pub time: f64,
}

impl WorstRate {
    /// Of one state, whose angles θ_j change at `rates`: from the velocity field, not from differences in time.
    pub fn at(time: f64, angles: &[f64], rates: &[f64]) -> Self {
        let theta = angles.iter().copied().fold(0.0, f64::max);
        let rate = largest_angle_rate(angles, rates);
        Self {
            theta: rate,
            tan_half: rate * theta / theta.sin(),
            sin: rate * theta / theta.tan(),
            distance: distance_rate(angles, rates),
            time,
        }
    }

    /// The smaller of each.
    pub fn and(self, other: Self) -> Self {
        Self {
            theta: self.theta.min(other.theta),
            tan_half: self.tan_half.min(other.tan_half),
            sin: self.sin.min(other.sin),
            distance: self.distance.min(other.distance),
            time: if other.theta < self.theta {
                other.time
            } else {
                self.time
            },
        }
    }
}

/// A line through log values: value(t) ≈ exp(`intercept` − `rate`·t) on [`from`, `to`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Fit {
    /// Rate of decay.
    pub rate: f64,
    /// Standard error of the rate: scatter about the line, and the drift of the slope within the window.
    pub standard_error: f64,
    /// log of the value that the line has at time 0.
    pub intercept: f64,
    /// First time used.
    pub from: f64,
    /// Last time used.
    pub to: f64,
}

/// Fewest points that make a fit.
const FEWEST: usize = 5;

/// Least-squares slope of log(value) over the tail: the lower half, in decades, of the way from the
/// first value down to `floor`. `None` if fewer than five points lie there.
///
/// # Precision
/// While faster modes still fade, the slope drifts; the change of slope from the window's first to its
/// second half is part of the standard error. It underestimates the distance to the asymptotic rate where
/// two modes have nearly the same rate.
pub fn fit_decay(points: &[(f64, f64)], floor: f64) -> Option<Fit> {
    let first = points.first()?.1;
    let ceiling = (first * floor).sqrt();
    let tail: Vec<(f64, f64)> = points
        .iter()
        .filter(|&&(_, value)| value > floor && value <= ceiling)
        .map(|&(time, value)| (time, value.ln()))
        .collect();
    if tail.len() < FEWEST {
        return None;
    }
    let whole = Line::through(&tail);
    let (early, late) = tail.split_at(tail.len() / 2);
    let drift = Line::through(late).slope - Line::through(early).slope;
    Some(Fit {
        rate: -whole.slope,
        standard_error: whole.slope_error.hypot(drift),
        intercept: whole.intercept,
        from: tail[0].0,
        to: tail[tail.len() - 1].0,
    })
}

/// A least-squares line.
struct Line {
    slope: f64,
    slope_error: f64,
    intercept: f64,
}

impl Line {
    fn through(points: &[(f64, f64)]) -> Self {
        let count = points.len() as f64;
        let mean = |f: fn(&(f64, f64)) -> f64| points.iter().map(f).sum::<f64>() / count;
        let (x_mean, y_mean) = (mean(|p| p.0), mean(|p| p.1));
        let (mut xx, mut xy) = (0.0, 0.0);
        for (x, y) in points {
            xx += (x - x_mean) * (x - x_mean);
            xy += (x - x_mean) * (y - y_mean);
        }
        let slope = xy / xx;
        let residuals: f64 = points.iter().map(|(x, y)| (y - y_mean - slope * (x - x_mean)).powi(2)).sum();
        Self {
            slope,
            slope_error: (residuals / (count - 2.0).max(1.0) / xx).sqrt(),
            intercept: y_mean - slope * x_mean,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pure_exponential_gives_its_rate_and_no_error() {
        let points: Vec<_> = (0..100).map(|i| (f64::from(i), (-0.3 * f64::from(i)).exp())).collect();
        let fit = fit_decay(&points, 1e-12).unwrap();
        assert!((fit.rate - 0.3).abs() < 1e-14);
        assert!(fit.standard_error < 1e-13);
    }

    #[test]
    fn a_fading_second_mode_shows_in_the_error() {
        let points: Vec<_> =
            (0..200).map(|i| 0.1 * f64::from(i)).map(|t| (t, (-t).exp() + 30.0 * (-1.4 * t).exp())).collect();
        let fit = fit_decay(&points, 1e-8).unwrap();
        assert!((fit.rate - 1.0).abs() > 0.005, "the mode is still there");
        assert!((fit.rate - 1.0).abs() < 2.0 * fit.standard_error);
    }

    #[test]
    fn too_short_a_tail_is_no_fit() {
        let points: Vec<_> = (0..4).map(|i| (f64::from(i), (-f64::from(i)).exp())).collect();
        assert!(fit_decay(&points, 1e-12).is_none());
        assert!(fit_decay(&[], 1e-12).is_none());
    }
}
