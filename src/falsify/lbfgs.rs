//! Minimising a smooth function without bounds: limited-memory BFGS with a backtracking line search (Nocedal 1980).

use std::collections::VecDeque;

/// Pairs of steps and changes of the gradient that are kept.
const MEMORY: usize = 10;

/// Armijo's condition: of the decrease that the slope promises, at least this part.
const DECREASE: f64 = 1e-4;

/// Halvings of a step before it is given up.
const HALVINGS: usize = 30;

/// A gradient that has become so small, relative to the value, counts as none.
const FLAT: f64 = 1e-10;

/// The smallest value found from `x`, which is left where it is attained. Stops after `iterations` steps.
///
/// `function` writes its gradient into its second argument. Where it is not finite, it counts as too large.
pub(super) fn minimise(x: &mut [f64], iterations: usize, mut function: impl FnMut(&[f64], &mut [f64]) -> f64) -> f64 {
    let mut gradient = vec![0.0; x.len()];
    let mut value = function(x, &mut gradient);
    if !value.is_finite() {
        return f64::INFINITY;
    }
    let mut history = History::default();
    let (mut trial, mut trial_gradient) = (x.to_vec(), gradient.clone());
    for _ in 0..iterations {
        let mut direction = history.direction(&gradient);
        let mut slope = dot(&direction, &gradient);
        if !(slope < 0.0) {
            history = History::default();
            direction = history.direction(&gradient);
            slope = dot(&direction, &gradient);
        }
        if !(-slope > FLAT * FLAT * value.abs()) {
            break;
        }
        let mut step = 1.0;
        let mut found = f64::INFINITY;
        for _ in 0..HALVINGS {
            for ((to, from), by) in trial.iter_mut().zip(&*x).zip(&direction) {
                *to = from + step * by;
            }
            found = function(&trial, &mut trial_gradient);
            if found <= value + DECREASE * step * slope {
                break;
            }
            found = f64::INFINITY;
            step *= 0.5;
        }
        if !found.is_finite() || !trial_gradient.iter().all(|g| g.is_finite()) {
            break;
        }
        history.add(x, &trial, &gradient, &trial_gradient);
        x.copy_from_slice(&trial);
        gradient.copy_from_slice(&trial_gradient);
        value = found;
    }
    value
}

/// The last steps s and changes y of the gradient, with 1/(s·y).
#[derive(Default)]
struct History(VecDeque<(Vec<f64>, Vec<f64>, f64)>);

impl History {
    fn add(&mut self, from: &[f64], to: &[f64], before: &[f64], after: &[f64]) {
        let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>();
        let (step, change) = (difference(to, from), difference(after, before));
        let product = dot(&step, &change);
        // Only where the curvature is positive does the pair keep the matrix positive.
        if product > 1e-12 * dot(&change, &change).sqrt() * dot(&step, &step).sqrt() {
            if self.0.len() == MEMORY {
                self.0.pop_front();
            }
            self.0.push_back((step, change, 1.0 / product));
        }
    }

    /// −H g by the two-loop recursion; along −g, of length 1, while nothing is known.
    fn direction(&self, gradient: &[f64]) -> Vec<f64> {
        let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut shares = Vec::with_capacity(self.0.len());
        for (step, change, scale) in self.0.iter().rev() {
            let share = scale * dot(step, &q);
            q.iter_mut().zip(change).for_each(|(q, y)| *q -= share * y);
            shares.push(share);
        }
        let size = match self.0.back() {
            Some((_, change, scale)) => 1.0 / (scale * dot(change, change)),
            None => 1.0 / dot(gradient, gradient).sqrt().max(f64::MIN_POSITIVE),
        };
        q.iter_mut().for_each(|q| *q *= size);
        for ((step, change, scale), share) in self.0.iter().zip(shares.into_iter().rev()) {
            let other = scale * dot(change, &q);
            q.iter_mut().zip(step).for_each(|(q, s)| *q += (share - other) * s);
        }
        q
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minimum_of_rosenbrocks_valley_is_found() {
        let mut x = vec![-1.2, 1.0, -0.7, 0.3];
        let value = minimise(&mut x, 500, |x, gradient| {
            gradient.fill(0.0);
            let mut sum = 0.0;
            for i in 0..x.len() - 1 {
                let (a, b) = (x[i + 1] - x[i] * x[i], 1.0 - x[i]);
                sum += 100.0 * a * a + b * b;
                gradient[i] -= 400.0 * a * x[i] + 2.0 * b;
                gradient[i + 1] += 200.0 * a;
            }
            sum
        });
        assert!(value < 1e-12, "{value}");
        assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-5), "{x:?}");
    }

    #[test]
    fn what_is_not_finite_is_avoided() {
        let mut x = vec![3.0];
        let value = minimise(&mut x, 200, |x, gradient| {
            gradient[0] = 1.0 - 1.0 / x[0];
            x[0] - x[0].ln()
        });
        assert!((value - 1.0).abs() < 1e-9 && (x[0] - 1.0).abs() < 1e-4);
    }
}
