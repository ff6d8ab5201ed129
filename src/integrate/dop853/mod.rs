//! Dormand and Prince (1981), order 8(5,3), with its interpolant of order 7.
//!
//! Hairer, Nørsett, Wanner, "Solving ODEs I", II.5, II.6 and II.10. Steps are as long as their error lets them be: outputs between them
//! are interpolated. The version in `ode_solvers` interpolates wrongly in a run's first step, and has no way to do it only
//! where a state is wanted.

mod interpolant;
mod rows;
mod stages;
mod tableau;
#[cfg(test)]
mod tests;

use super::{CHUNK, HOPELESS, Plan, RunEnd, Tolerance, VectorField, Watch};
use interpolant::Interpolant;
use stages::Stages;

/// The error of a step is at most this part of the tolerance: errors add up, and where stability bounds the steps those of
/// fast modes do not fall. Costs a third more steps.
const SHARE: f64 = 0.1;

/// A step is this part of what the estimate of its error would allow.
const SAFETY: f64 = 0.9;

/// From one step to the next by this factor at least, and at most.
const SHRINK: f64 = 0.333;
const GROW: f64 = 6.0;

/// A step that ends so close to the horizon is stretched to it.
const STRETCH: f64 = 1.01;

/// Integrates to the horizon or until something ends the run; gives the last time and state.
///
/// A step costs 12 evaluations, 3 more where an output lies within it. Nothing is allocated after the start. A step on which the
/// velocity is not finite somewhere is too long; the run ends where none is short enough.
pub(super) fn run<F: VectorField>(
    watch: &Watch<'_, F>,
    y: Vec<f64>,
    tolerance: Tolerance,
    plan: &Plan,
) -> (f64, Vec<f64>) {
    let tolerance = Tolerance {
        rtol: SHARE * tolerance.rtol,
        atol: SHARE * tolerance.atol,
    };
    let stages = Stages::at(watch, &y, tolerance);
    let mut run = Run {
        watch,
        plan,
        outputs: Outputs {
            times: &plan.outputs,
            next: 0,
            interpolant: Interpolant::new(stages.y.len()),
            y: vec![0.0; stages.y.len()],
        },
        time: 0.0,
        step: stages.first_step(watch, plan.horizon),
        stages,
    };
    run.go();
    (run.time, run.stages.y.to_vec())
}

/// By how much the next step is shorter, for the error of this one.
fn factor(error: f64) -> f64 {
    (error.powf(0.125) / SAFETY).clamp(1.0 / GROW, 1.0 / SHRINK)
}

/// A run on its way.
struct Run<'a, 'w, F> {
    watch: &'a Watch<'w, F>,
    plan: &'a Plan,
    stages: Stages,
    outputs: Outputs<'a>,
    time: f64,
    /// The next step's length.
    step: f64,
}

/// Which outputs are still to come, and room for one of them.
struct Outputs<'a> {
    times: &'a [f64],
    next: usize,
    interpolant: Interpolant,
    y: Vec<f64>,
}

impl Outputs<'_> {
    /// The next one, if it is not after a time.
    fn until(&self, end: f64) -> Option<f64> {
        let time = self.times.get(self.next).copied();
        time.filter(|&time| time <= end)
    }

    /// The state when a part of the step has passed.
    fn place(&mut self, stages: &Stages, is_within: bool, part: f64) {
        match is_within {
            true => self.interpolant.at(stages, part, &mut self.y),
            false => self.y.copy_from_slice(&stages.next),
        }
    }
}

impl<F: VectorField> Run<'_, '_, F> {
    fn go(&mut self) {
        let horizon = self.plan.horizon;
        let (mut taken, mut begin) = (0, 0.0);
        let mut rejected = false;
        while self.time < horizon && !self.watch.ended() {
            let is_last = self.time + STRETCH * self.step >= horizon;
            let (step, end) = match is_last {
                true => (horizon - self.time, horizon),
                false => (self.step, self.time + self.step),
            };
            let error = match self.attempt(step) {
                Ok(error) if error <= 1.0 => error,
                failed => {
                    rejected = true;
                    self.shorten(failed, step);
                    continue;
                }
            };
            self.step = step / factor(error);
            // After a step that failed none is longer.
            if rejected {
                self.step = self.step.min(step);
            }
            rejected = false;
            if !self.accept(step, end) {
                return;
            }
            taken += 1;
            if taken == CHUNK {
                self.look(begin);
                (taken, begin) = (0, self.time);
            }
        }
    }

    /// The length to try after a step that failed; ends the run where none is left.
    fn shorten(&mut self, failed: Result<f64, usize>, step: f64) {
        let (least, factor) = match failed {
            Ok(error) if !error.is_nan() => (10.0 * f64::EPSILON * self.time, factor(error)),
            // A step without a velocity or an error is too long, unless there is none anywhere near.
            _ => (f64::EPSILON * self.plan.horizon, 1.0 / SHRINK),
        };
        self.step = step / factor;
        if !(self.step > least) {
            let time = self.time;
            self.watch.stop(Some(match failed {
                Err(component) => RunEnd::NotFinite { time, component },
                Ok(_) => RunEnd::Stalled { time },
            }));
        }
    }

    /// Takes a step, as far as the velocity at its end and, where an output lies within, the interpolant's stages; gives its
    /// error, or the component that is not finite.
    fn attempt(&mut self, step: f64) -> Result<f64, usize> {
        let error = self.stages.attempt(self.watch, step)?;
        if error <= 1.0 {
            self.stages.finish(self.watch)?;
        }
        Ok(error)
    }

    /// Shows the outputs within a step that was taken, then its end; false if one of them ends the run.
    fn accept(&mut self, step: f64, end: f64) -> bool {
        let mut is_ready = false;
        while let Some(time) = self.outputs.until(end) {
            if time < end && !is_ready {
                is_ready = true;
                if let Err(component) = self.stages.extend(self.watch, step) {
                    let time = self.time;
                    self.watch.stop(Some(RunEnd::NotFinite { time, component }));
                    return false;
                }
                self.outputs.interpolant.prepare(&self.stages, step);
            }
            self.outputs.place(&self.stages, time < end, (time - self.time) / step);
            self.watch.field.borrow().renormalize(&mut self.outputs.y);
            self.watch.output(time, &self.outputs.y);
            self.outputs.next += 1;
            if self.watch.ended() {
                self.time = time;
                self.stages.y.copy_from_slice(&self.outputs.y);
                return false;
            }
        }
        self.time = end;
        self.stages.advance();
        self.watch.moving(self.time, &self.stages.y, self.stages.velocity(0));
        !self.watch.accept(self.time, &self.stages.y)
    }

    /// After some steps: nodes back on their sphere; is there a way to the horizon?
    fn look(&mut self, begin: f64) {
        let is_slow = self.time - begin < HOPELESS * self.plan.horizon;
        if is_slow && self.watch.is_rough(self.time, &self.stages.y) {
            self.watch.stop(Some(RunEnd::Stalled { time: self.time }));
        }
        self.stages.renormalize(self.watch, self.time);
    }
}
