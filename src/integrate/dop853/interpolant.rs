//! The state within a step.

use super::stages::Stages;
use super::tableau::{DENSE, STAGES};

/// A polynomial of degree 7 in the part of the step that has passed; its error falls like the eighth power of the step.
pub(super) struct Interpolant {
    /// Its seven coefficients, one after another: y₀ + s(F₁ + (1 − s)(F₂ + s(F₃ + (1 − s)(F₄ + …)))).
    coefficients: [Vec<f64>; 7],
}

impl Interpolant {
    pub fn new(size: usize) -> Self {
        Self {
            coefficients: std::array::from_fn(|_| vec![0.0; size]),
        }
    }

    /// For a step with all its stages.
    pub fn prepare(&mut self, stages: &Stages, step: f64) {
        let (first, last) = (stages.velocity(0), stages.velocity(STAGES - 1));
        let [f1, f2, f3, others @ ..] = &mut self.coefficients;
        for i in 0..f1.len() {
            let change = stages.next[i] - stages.y[i];
            f1[i] = change;
            f2[i] = step * first[i] - change;
            f3[i] = 2.0 * change - step * (first[i] + last[i]);
        }
        for (f, combination) in others.iter_mut().zip(DENSE) {
            f.fill(0.0);
            for &(stage, a) in combination {
                let velocity = stages.velocity(stage);
                f.iter_mut().zip(velocity).for_each(|(f, k)| *f += step * a * k);
            }
        }
    }

    /// The state when a part of the step has passed.
    pub fn at(&self, stages: &Stages, part: f64, y: &mut [f64]) {
        y.fill(0.0);
        for (power, f) in self.coefficients.iter().enumerate().rev() {
            let factor = if power % 2 == 0 { part } else { 1.0 - part };
            y.iter_mut().zip(f).for_each(|(y, f)| *y = (*y + f) * factor);
        }
        y.iter_mut().zip(stages.y.iter()).for_each(|(y, start)| *y += start);
    }
}
