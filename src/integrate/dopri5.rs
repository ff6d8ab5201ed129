//! Dormand and Prince (1980), order 5(4): the method of `ode_solvers`, wrapped so that its limits are not met.
//!
//! Hairer, Nørsett, Wanner, "Solving ODEs I", II.5. `ode_solvers` keeps every step it takes, gives up after 100,000 and does
//! not notice a NaN. Here it runs in chunks: to the next output time, and [`CHUNK`] steps at most. Memory stays small, nodes
//! are renormalised between chunks, and states at output times have the full order of the method.

use super::{CHUNK, HOPELESS, Plan, RunEnd, Tolerance, VectorField, Watch};
use nalgebra::DVector;
use ode_solvers::{Dopri5, OutputType, System};
use std::cell::Cell;

type State = DVector<f64>;

/// Step-size control as in Hairer's program.
const SAFETY: f64 = 0.9;
const BETA: f64 = 0.04;
const SHRINK: f64 = 0.2;
const GROW: f64 = 10.0;

/// Integrates to the horizon or until something ends the run; gives the last time and state.
pub(super) fn run<F: VectorField>(
    watch: &Watch<'_, F>,
    y: Vec<f64>,
    tolerance: Tolerance,
    plan: &Plan,
) -> (f64, Vec<f64>) {
    let mut time = 0.0;
    let mut state = State::from_vec(y);
    let mut step = 0.0;
    let targets = plan.outputs.iter().filter(|&&at| at < plan.horizon);
    for &target in targets.chain([&plan.horizon]) {
        // The last step ends at the target up to rounding.
        while time < target * (1.0 - 1e-14) && !watch.ended() {
            let chunk = Chunk {
                watch,
                steps: Cell::new(0),
                last_time: Cell::new(time),
                longest: Cell::new(0.0),
            };
            let (failed, end) = solve(&chunk, [time, target, step], &state, tolerance);
            let begin = time;
            if let Some(end) = end {
                (time, state) = end;
                watch.field.borrow().renormalize(state.as_mut_slice());
                step = chunk.longest.get();
            }
            let slow = chunk.steps.get() == CHUNK && time - begin < HOPELESS * plan.horizon;
            if failed || slow && !watch.ended() && watch.is_rough(time, state.as_slice()) {
                watch.stop(Some(RunEnd::Stalled { time }));
            }
        }
        if watch.ended() {
            return (time, state.as_slice().to_vec());
        }
        time = target;
        if plan.outputs.contains(&target) {
            watch.output(time, state.as_slice());
        }
    }
    (time, state.as_slice().to_vec())
}

/// One chunk: whether the method failed, and the last state that is finite, if any step was accepted.
fn solve<F: VectorField>(
    chunk: &Chunk<'_, '_, F>,
    [time, target, step]: [f64; 3],
    state: &State,
    Tolerance { rtol, atol }: Tolerance,
) -> (bool, Option<(f64, State)>) {
    let mut solver = Dopri5::from_param(
        chunk,
        time,
        target,
        0.0,
        state.clone(),
        rtol,
        atol,
        SAFETY,
        BETA,
        SHRINK,
        GROW,
        target - time,
        step.min(target - time),
        u32::MAX,
        u32::MAX,
        OutputType::Sparse,
    );
    let failed = solver.integrate().is_err();
    // Sparse output may begin with the state at the start.
    let mut accepted = solver.x_out().iter().zip(solver.y_out());
    let end = accepted.rfind(|&(&at, y)| at > time && y.iter().all(|x| x.is_finite()));
    (failed, end.map(|(&time, y)| (time, y.clone())))
}

/// What `ode_solvers` evaluates and reports to.
struct Chunk<'a, 'w, F> {
    watch: &'a Watch<'w, F>,
    steps: Cell<u64>,
    last_time: Cell<f64>,
    longest: Cell<f64>,
}

impl<F: VectorField> System<f64, State> for &Chunk<'_, '_, F> {
    fn system(&self, time: f64, y: &State, dy: &mut State) {
        self.watch.velocity(time, y.as_slice(), dy.as_mut_slice());
    }

    fn solout(&mut self, time: f64, y: &State, dy: &State) -> bool {
        self.longest.set(self.longest.get().max(time - self.last_time.get()));
        self.last_time.set(time);
        self.steps.set(self.steps.get() + 1);
        self.watch.moving(time, y.as_slice(), dy.as_slice());
        self.watch.accept(time, y.as_slice()) || self.steps.get() == CHUNK
    }
}
