//! The stages of a step, and its error.

use super::tableau::{ALL_STAGES, Combination, ERROR_3, ERROR_5, PLACES, STAGES};
use crate::integrate::{Tolerance, VectorField, Watch};

/// The last stage of a step: the velocity at its end, and the first stage of the next.
const LAST: usize = STAGES - 1;

/// A state, and a step from it.
pub(super) struct Stages {
    /// The state.
    pub y: Vec<f64>,
    /// Where the step goes.
    pub next: Vec<f64>,
    /// Velocities at the stages, one after another.
    k: Vec<f64>,
    place: Vec<f64>,
    tolerance: Tolerance,
}

impl Stages {
    /// At a state, with its velocity.
    pub fn at<F: VectorField>(watch: &Watch<'_, F>, y: Vec<f64>, tolerance: Tolerance) -> Self {
        let size = y.len();
        let mut k = vec![0.0; ALL_STAGES * size];
        watch.velocity(0.0, &y, &mut k[..size]);
        Self {
            next: y.clone(),
            place: y.clone(),
            y,
            k,
            tolerance,
        }
    }

    /// The velocity at a stage.
    pub fn velocity(&self, stage: usize) -> &[f64] {
        let size = self.y.len();
        &self.k[stage * size..][..size]
    }

    /// Takes a step from the state; gives its error in units of the tolerance, or the component of a velocity on the way that
    /// is not finite. 11 evaluations.
    pub fn attempt<F: VectorField>(&mut self, watch: &Watch<'_, F>, step: f64) -> Result<f64, usize> {
        for stage in 1..LAST {
            self.evaluate(watch, step, stage)?;
        }
        place(&self.y, &self.k, step, PLACES[LAST], &mut self.next);
        Ok(self.error(step))
    }

    /// The velocity at the end of a step. 1 evaluation.
    pub fn finish<F: VectorField>(&mut self, watch: &Watch<'_, F>) -> Result<(), usize> {
        let size = self.y.len();
        watch.evaluate(&self.next, &mut self.k[LAST * size..][..size])
    }

    /// The stages that only the interpolant needs. 3 evaluations.
    pub fn extend<F: VectorField>(&mut self, watch: &Watch<'_, F>, step: f64) -> Result<(), usize> {
        (STAGES..ALL_STAGES).try_for_each(|stage| self.evaluate(watch, step, stage))
    }

    /// To the end of the step.
    pub fn advance(&mut self) {
        std::mem::swap(&mut self.y, &mut self.next);
        let size = self.y.len();
        self.k.copy_within(LAST * size..(LAST + 1) * size, 0);
    }

    /// Puts nodes back on their sphere. 1 evaluation.
    pub fn renormalize<F: VectorField>(&mut self, watch: &Watch<'_, F>, time: f64) {
        watch.field.borrow().renormalize(&mut self.y);
        let size = self.y.len();
        watch.velocity(time, &self.y, &mut self.k[..size]);
    }

    /// The length of a first step, by the size of the velocity and of its change along an Euler step. 1 evaluation.
    pub fn first_step<F: VectorField>(&self, watch: &Watch<'_, F>, horizon: f64) -> f64 {
        let velocity = self.velocity(0);
        let (size, speed) = (self.norm(&self.y), self.norm(velocity));
        let trial = match size <= 1e-5 || speed <= 1e-5 {
            true => 1e-6,
            false => 0.01 * size / speed,
        };
        let trial = trial.min(horizon);
        let there: Vec<f64> = self.y.iter().zip(velocity).map(|(y, v)| y + trial * v).collect();
        let mut changed = vec![0.0; there.len()];
        watch.velocity(trial, &there, &mut changed);
        changed.iter_mut().zip(velocity).for_each(|(a, b)| *a -= b);
        let steepest = speed.max(self.norm(&changed) / trial);
        let step = match steepest <= 1e-15 {
            true => (1e-3 * trial).max(1e-6),
            false => (0.01 / steepest).powf(0.125),
        };
        step.min(100.0 * trial).min(horizon)
    }

    /// In units of the tolerance.
    fn norm(&self, values: &[f64]) -> f64 {
        let scaled = values.iter().zip(&self.y);
        let scaled = scaled.map(|(value, y)| (value / self.scale(*y)).powi(2));
        scaled.sum::<f64>().sqrt()
    }

    fn scale(&self, y: f64) -> f64 {
        self.tolerance.atol + self.tolerance.rtol * y.abs()
    }

    fn evaluate<F: VectorField>(&mut self, watch: &Watch<'_, F>, step: f64, stage: usize) -> Result<(), usize> {
        place(&self.y, &self.k, step, PLACES[stage], &mut self.place);
        let size = self.y.len();
        watch.evaluate(&self.place, &mut self.k[stage * size..][..size])
    }

    /// The root mean square of the error over the tolerance: that by order 5, less where that by order 3 is large.
    fn error(&self, step: f64) -> f64 {
        let size = self.y.len();
        let (mut of_5, mut of_3) = (0.0, 0.0);
        for i in 0..size {
            let scale = self.scale(self.y[i].abs().max(self.next[i].abs()));
            let sum = |combination: Combination| {
                let terms = combination.iter().map(|&(j, a)| a * self.k[j * size + i]);
                terms.sum::<f64>() / scale
            };
            of_5 += sum(ERROR_5).powi(2);
            of_3 += sum(ERROR_3).powi(2);
        }
        match of_5 + 0.01 * of_3 {
            0.0 => 0.0,
            both => step * of_5 / (both * size as f64).sqrt(),
        }
    }
}

/// y + h Σ a_j k_j
fn place(y: &[f64], k: &[f64], step: f64, combination: Combination, out: &mut [f64]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has it.
        return unsafe { place_avx2(y, k, step, combination, out) };
    }
    place_with(y, k, step, combination, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn place_avx2(y: &[f64], k: &[f64], step: f64, combination: Combination, out: &mut [f64]) {
    place_with(y, k, step, combination, out);
}

#[inline(always)]
fn place_with(y: &[f64], k: &[f64], step: f64, combination: Combination, out: &mut [f64]) {
    let size = y.len();
    out.fill(0.0);
    for &(j, a) in combination {
        let stage = &k[j * size..][..size];
        out.iter_mut().zip(stage).for_each(|(out, k)| *out += a * k);
    }
    out.iter_mut().zip(y).for_each(|(out, y)| *out = y + step * *out);
}
