//! Methods of fixed step: Runge–Kutta 4 and gradient descent.

use super::{Plan, VectorField, Watch};
use nalgebra::DVector;
use ode_solvers::{Rk4, System};
use std::cell::Cell;

/// Steps that `ode_solvers` takes, and keeps, before it is asked again.
const CHUNK: u64 = 64;

/// Stages of the classical method.
const STAGES: u64 = 4;

/// Whole steps that cover the horizon, and the step numbers at which to look.
struct Grid {
    steps: u64,
    step: f64,
    outputs: Vec<u64>,
}

impl Grid {
    fn new(step: f64, plan: &Plan) -> Self {
        let steps = (plan.horizon / step - 1e-9).ceil().max(1.0) as u64;
        let nearest = |time: &f64| ((time / step).round() as u64).clamp(1, steps);
        let mut outputs: Vec<u64> = plan.outputs.iter().map(nearest).collect();
        outputs.dedup();
        Self { steps, step, outputs }
    }

    fn time(&self, step: u64) -> f64 {
        step as f64 * self.step
    }
}

/// The plan whose output times are those that a method with this step really has.
pub(super) fn snapped(step: f64, plan: &Plan) -> Plan {
    let grid = Grid::new(step, plan);
    Plan {
        horizon: grid.time(grid.steps),
        outputs: grid.outputs.iter().map(|&step| grid.time(step)).collect(),
        max_steps: plan.max_steps,
    }
}

/// The classical method of order 4, by `ode_solvers`.
pub(super) fn rk4<F: VectorField>(watch: &Watch<'_, F>, y: Vec<f64>, step: f64, plan: &Plan) -> (f64, Vec<f64>) {
    let grid = Grid::new(step, plan);
    let moving = y.len() - watch.field.borrow().quadratures();
    let mut state = DVector::from_vec(y);
    let mut done = 0;
    let mut outputs = grid.outputs.iter().copied().peekable();
    while done < grid.steps && !watch.ended() {
        let next = outputs.peek().copied().unwrap_or(grid.steps);
        let count = (next - done).min(CHUNK);
        let start = grid.time(done);
        // Half a step short, so that rounding never adds one.
        let end = start + (count as f64 - 0.5) * grid.step;
        let chunk = Chunk {
            watch,
            stage: Cell::new(0),
        };
        let mut solver = Rk4::new(chunk, start, state.clone(), end, grid.step);
        // Its error type has no case that a fixed step could meet.
        let _ = solver.integrate();
        let finite = |y: &&DVector<f64>| y.iter().all(|x| x.is_finite());
        // The first is the start, which is finite.
        let kept = solver.y_out().iter().take_while(finite).count().max(1);
        let last = solver.y_out()[kept - 1].as_slice();
        let stays = kept > 1 && state.as_slice()[..moving] == last[..moving];
        state = solver.y_out()[kept - 1].clone();
        done += kept as u64 - 1;
        if stays && !watch.ended() {
            let mut velocity = vec![0.0; state.len()];
            watch.velocity(grid.time(done), state.as_slice(), &mut velocity);
            watch.stop_where_nothing_moves(grid.time(done), grid.step, &velocity[..moving]);
        }
        watch.field.borrow().renormalize(state.as_mut_slice());
        if outputs.next_if_eq(&done).is_some() && !watch.ended() {
            watch.output(grid.time(done), state.as_slice());
        }
    }
    (grid.time(done), state.as_slice().to_vec())
}

struct Chunk<'a, 'w, F> {
    watch: &'a Watch<'w, F>,
    /// How many stages were evaluated; the first of each step is at an accepted state.
    stage: Cell<u64>,
}

impl<F: VectorField> System<f64, DVector<f64>> for Chunk<'_, '_, F> {
    fn system(&self, time: f64, y: &DVector<f64>, dy: &mut DVector<f64>) {
        self.watch.velocity(time, y.as_slice(), dy.as_mut_slice());
        if self.stage.get().is_multiple_of(STAGES) && !self.watch.ended() {
            self.watch.moving(time, y.as_slice(), dy.as_slice());
        }
        self.stage.set(self.stage.get() + 1);
    }

    fn solout(&mut self, time: f64, y: &DVector<f64>, _dy: &DVector<f64>) -> bool {
        self.watch.ended() || self.watch.accept(time, y.as_slice())
    }
}

/// y ← renormalise(y + η f(y)). Allocates nothing per step.
pub(super) fn gradient_descent<F: VectorField>(
    watch: &Watch<'_, F>,
    mut y: Vec<f64>,
    step: f64,
    plan: &Plan,
) -> (f64, Vec<f64>) {
    let grid = Grid::new(step, plan);
    let moving = y.len() - watch.field.borrow().quadratures();
    let mut velocity = vec![0.0; y.len()];
    let mut outputs = grid.outputs.iter().copied().peekable();
    for done in 1..=grid.steps {
        watch.velocity(grid.time(done - 1), &y, &mut velocity);
        if watch.ended() {
            return (grid.time(done - 1), y);
        }
        let mut moves = false;
        for (i, (y, dy)) in y.iter_mut().zip(&velocity).enumerate() {
            let before = *y;
            *y += grid.step * dy;
            moves |= *y != before && i < moving;
        }
        if !moves {
            watch.stop_where_nothing_moves(grid.time(done - 1), grid.step, &velocity[..moving]);
        }
        watch.field.borrow().renormalize(&mut y);
        let stop = watch.accept(grid.time(done), &y);
        if outputs.next_if_eq(&done).is_some() && !stop {
            watch.output(grid.time(done), &y);
        }
        if watch.ended() {
            return (grid.time(done), y);
        }
    }
    (grid.time(grid.steps), y)
}
