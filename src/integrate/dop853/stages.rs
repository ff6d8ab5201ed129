//! The stages of a step, and its error.

use super::rows::{LINE, Padded, Rows};
use super::tableau::{ALL_STAGES, Combination, ERROR_3, ERROR_5, PLACES, STAGES};
use crate::integrate::{Tolerance, VectorField, Watch};
use multiversion::multiversion;

/// The last stage of a step: the velocity at its end, and the first stage of the next.
const LAST: usize = STAGES - 1;

/// A state, and a step from it.
pub(super) struct Stages {
    /// The state.
    pub y: Padded,
    /// Where the step goes.
    pub next: Padded,
    /// Velocities at the stages.
    k: Rows,
    place: Padded,
    tolerance: Tolerance,
}

impl Stages {
    /// At a state, with its velocity.
    pub fn at<F: VectorField>(watch: &Watch<'_, F>, y: &[f64], tolerance: Tolerance) -> Self {
        let y = Padded::of(y);
        let size = y.len();
        let mut k = Rows::zeros(ALL_STAGES, size);
        watch.velocity(0.0, &y, k.row_mut(0));
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
        self.k.row(stage)
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
        watch.arrive(&self.next, self.k.row_mut(LAST))
    }

    /// The stages that only the interpolant needs. 3 evaluations.
    pub fn extend<F: VectorField>(&mut self, watch: &Watch<'_, F>, step: f64) -> Result<(), usize> {
        (STAGES..ALL_STAGES).try_for_each(|stage| self.evaluate(watch, step, stage))
    }

    /// To the end of the step.
    pub fn advance(&mut self) {
        std::mem::swap(&mut self.y, &mut self.next);
        self.k.copy(LAST, 0);
    }

    /// Puts nodes back on their sphere. 1 evaluation.
    pub fn renormalize<F: VectorField>(&mut self, watch: &Watch<'_, F>, time: f64) {
        watch.field.borrow().renormalize(&mut self.y);
        watch.velocity(time, &self.y, self.k.row_mut(0));
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
        let scaled = values.iter().zip(self.y.iter());
        let scaled = scaled.map(|(value, y)| (value / self.tolerance.scale(*y)).powi(2));
        scaled.sum::<f64>().sqrt()
    }

    fn evaluate<F: VectorField>(&mut self, watch: &Watch<'_, F>, step: f64, stage: usize) -> Result<(), usize> {
        place(&self.y, &self.k, step, PLACES[stage], &mut self.place);
        watch.evaluate(&self.place, self.k.row_mut(stage))
    }

    /// The root mean square of the error over the tolerance: that by order 5, less where that by order 3 is large.
    fn error(&self, step: f64) -> f64 {
        let [of_5, of_3] = squares(&self.y, &self.next, &self.k, self.tolerance);
        match of_5 + 0.01 * of_3 {
            0.0 => 0.0,
            both => step * of_5 / (both * self.y.len() as f64).sqrt(),
        }
    }
}

/// Lines whose sums stay in registers: each row is read in one piece as long as that.
const BLOCK: usize = 4;

/// y + h Σ a_j k_j
#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
fn place(y: &Padded, k: &Rows, step: f64, combination: Combination, out: &mut Padded) {
    let blocks = out.lines_mut().chunks_mut(BLOCK).zip(y.lines().chunks(BLOCK));
    for (block, (out, y)) in blocks.enumerate() {
        // Of the last block's sums, those beyond its end are not wanted.
        let sums = k.combined::<BLOCK>(BLOCK * block, combination);
        for ((out, y), sum) in out.iter_mut().zip(y).zip(sums) {
            for ((out, y), sum) in out.iter_mut().zip(y).zip(sum) {
                *out = y + step * sum;
            }
        }
    }
}

/// Σ of squares of both errors in units of the tolerance.
#[multiversion(targets("x86_64+avx2"))]
fn squares(y: &[f64], next: &[f64], k: &Rows, tolerance: Tolerance) -> [f64; 2] {
    let (mut of_5, mut of_3) = ([0.0; LINE], [0.0; LINE]);
    let lines = y.chunks(LINE).zip(next.chunks(LINE));
    for (line, (y, next)) in lines.enumerate() {
        let mut scales = [f64::INFINITY; LINE];
        for (scale, (y, next)) in scales.iter_mut().zip(y.iter().zip(next)) {
            *scale = tolerance.scale(y.abs().max(next.abs()));
        }
        for (squares, combination) in [(&mut of_5, ERROR_5), (&mut of_3, ERROR_3)] {
            let [sums] = k.combined::<1>(line, combination);
            for (square, (sum, scale)) in squares.iter_mut().zip(sums.iter().zip(scales)) {
                *square += (sum / scale) * (sum / scale);
            }
        }
    }
    [of_5, of_3].map(|squares| squares.iter().sum())
}
