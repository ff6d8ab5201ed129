//! The adaptive methods of `ode_solvers`, wrapped so that their limits are not met.
//!
//! `ode_solvers` keeps every step it takes, gives up after 100,000 and does not notice a NaN. Here it
//! runs in chunks: to the next output time, and [`CHUNK`] steps at most. Memory stays small, nodes
//! are renormalised between chunks, and states at output times have the full order of the method.

use super::{Plan, RunEnd, Tolerance, VectorField, Watch};
use nalgebra::DVector;
use ode_solvers::{Dop853, Dopri5, OutputType, System};
use std::cell::Cell;

/// Steps per chunk: enough that the one extra evaluation at its start is nothing.
const CHUNK: u32 = 64;

/// A chunk that advances by less than this part of the horizon will not get there, 6e10 steps are missing, unless the run
/// comes to rest before. It does not where steps are held back by noise or by jumps.
const HOPELESS: f64 = 1e-9;

type State = DVector<f64>;

/// Step-size control of one method, as in Hairer's programs.
pub(super) struct Control {
    beta: f64,
    shrink: f64,
    grow: f64,
    is_dop853: bool,
}

/// Dormand and Prince (1980), order 5(4); Hairer, Nørsett, Wanner, "Solving ODEs I", II.5.
pub(super) const DOPRI5: Control = Control {
    beta: 0.04,
    shrink: 0.2,
    grow: 10.0,
    is_dop853: false,
};

/// Dormand and Prince (1981), order 8(5,3); ibid., II.10.
pub(super) const DOP853: Control = Control {
    beta: 0.0,
    shrink: 0.333,
    grow: 6.0,
    is_dop853: true,
};

/// Integrates to the horizon or until something ends the run; gives the last time and state.
pub(super) fn run<F: VectorField>(
    control: &Control,
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
            let (failed, end) = solve(control, &chunk, [time, target, step], &state, tolerance);
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
    control: &Control,
    chunk: &Chunk<'_, '_, F>,
    [time, target, step]: [f64; 3],
    state: &State,
    Tolerance { rtol, atol }: Tolerance,
) -> (bool, Option<(f64, State)>) {
    macro_rules! solve_with {
        ($method:ident) => {{
            let mut solver = $method::from_param(
                chunk,
                time,
                target,
                0.0,
                state.clone(),
                rtol,
                atol,
                0.9,
                control.beta,
                control.shrink,
                control.grow,
                target - time,
                step.min(target - time),
                u32::MAX,
                u32::MAX,
                OutputType::Sparse,
            );
            let failed = solver.integrate().is_err();
            // Sparse output may begin with the state at the start.
            let accepted = solver.x_out().iter().zip(solver.y_out());
            let end = accepted
                .filter(|&(&at, y)| at > time && y.iter().all(|x| x.is_finite()))
                .last();
            (failed, end.map(|(&time, y)| (time, y.clone())))
        }};
    }
    if control.is_dop853 {
        solve_with!(Dop853)
    } else {
        solve_with!(Dopri5)
    }
}

/// What `ode_solvers` evaluates and reports to.
struct Chunk<'a, 'w, F> {
    watch: &'a Watch<'w, F>,
    steps: Cell<u32>,
    last_time: Cell<f64>,
    longest: Cell<f64>,
}

impl<F: VectorField> System<f64, State> for &Chunk<'_, '_, F> {
    fn system(&self, time: f64, y: &State, dy: &mut State) {
        self.watch.velocity(time, y.as_slice(), dy.as_mut_slice());
    }

    fn solout(&mut self, time: f64, y: &State, _dy: &State) -> bool {
        self.longest
            .set(self.longest.get().max(time - self.last_time.get()));
        self.last_time.set(time);
        self.steps.set(self.steps.get() + 1);
        self.watch.accept(time, y.as_slice()) || self.steps.get() == CHUNK
    }
}
