//! Integrators behind one call.
//!
//! [`integrate`] owns time: it asks a [`Method`] for steps, shows each to a [`Monitor`], and hands it
//! the states at the requested times. Why a run ended is a [`RunEnd`], with advice where there is some.

mod beyond;
mod dop853;
mod dopri5;
mod error;
mod fixed_step;
mod floor;
mod rest;
mod run_end;
mod stabilized;

pub use error::{IntegrateError, check};
pub use floor::{FloorCause, NoiseFloor, stagnation_floor};
pub use rest::Rest;
pub use run_end::{Described, RunEnd};

use beyond::first_beyond;
use serde::Serialize;
use std::cell::{Cell, RefCell};

/// A component of the state beyond this counts as diverged: unit nodes and their fan-out never get near it.
const DIVERGED: f64 = 1e12;

/// dy/dt = f(y).
pub trait VectorField {
    /// Writes f(y) into `dy`.
    fn velocity(&mut self, y: &[f64], dy: &mut [f64]);

    /// The same where a step ends and a monitor may ask for more.
    fn arrive(&mut self, y: &[f64], dy: &mut [f64]) {
        self.velocity(y, dy);
    }

    /// Puts a state back onto its constraints (unit norms), where there are some.
    fn renormalize(&self, _y: &mut [f64]) {}

    /// Whether equal states have equal velocities: adaptive methods compare evaluations.
    fn is_repeatable(&self) -> bool {
        true
    }

    /// How many components at the end of the state are integrals of the others, on which nothing depends.
    fn quadratures(&self) -> usize {
        0
    }

    /// Relative size of the jumps of a field that is only piecewise smooth.
    fn resolution(&self) -> f64 {
        0.0
    }
}

/// How to step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "method")]
pub enum Method {
    /// Dormand–Prince 5(4), adaptive (`ode_solvers`).
    Dopri5(Tolerance),
    /// Dormand–Prince 8(5,3), adaptive.
    Dop853(Tolerance),
    /// Runge–Kutta–Chebyshev of order 2, adaptive: for long times and widely spread rates.
    Rkc(Tolerance),
    /// Runge–Kutta 4, fixed step (`ode_solvers`).
    Rk4(Step),
    /// w ← normalise(w + η dw/dt), V ← V + η dV/dt.
    GradientDescent(Step),
}

impl Default for Method {
    /// Of order 8, with errors of 1e-12 per step.
    fn default() -> Self {
        Self::Dop853(Tolerance {
            rtol: 1e-12,
            atol: 1e-14,
        })
    }
}

/// Local error per step below atol + rtol·|y|.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tolerance {
    /// relative
    pub rtol: f64,
    /// absolute
    pub atol: f64,
}

impl Tolerance {
    /// The error that is allowed of a component y.
    #[inline(always)]
    fn scale(self, y: f64) -> f64 {
        self.atol + self.rtol * y.abs()
    }
}

/// A fixed step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Step in time: η for gradient descent. The last step may end beyond the horizon.
    pub step: f64,
}

impl Method {
    /// The tolerance of an adaptive method.
    pub fn tolerance(&self) -> Option<Tolerance> {
        match self {
            Self::Dopri5(tolerance) | Self::Dop853(tolerance) | Self::Rkc(tolerance) => Some(*tolerance),
            Self::Rk4(_) | Self::GradientDescent(_) => None,
        }
    }

    /// The step of a method of fixed step.
    pub fn fixed_step(&self) -> Option<f64> {
        match self {
            Self::Dopri5(_) | Self::Dop853(_) | Self::Rkc(_) => None,
            Self::Rk4(step) | Self::GradientDescent(step) => Some(step.step),
        }
    }

    /// η, if this is gradient descent.
    pub fn learning_rate(&self) -> Option<f64> {
        match self {
            Self::GradientDescent(step) => Some(step.step),
            _ => None,
        }
    }
}

/// How far to go and where to look.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Final time.
    pub horizon: f64,
    /// Times at which the monitor gets the state, ascending in (0, horizon]. Methods of fixed step
    /// give the nearest step instead.
    pub outputs: Vec<f64>,
    /// Accepted steps after which a run is given up.
    pub max_steps: u64,
}

impl Plan {
    /// `count` equal intervals of [0, horizon].
    pub fn uniform(horizon: f64, count: usize) -> Self {
        Self {
            horizon,
            outputs: (1..=count).map(|i| horizon * i as f64 / count as f64).collect(),
            max_steps: 100_000_000,
        }
    }

    /// The plan with the times at which `method` gives its outputs: whole steps, where the step is fixed.
    pub fn times_of(&self, method: &Method) -> Self {
        match method.fixed_step() {
            Some(step) => fixed_step::snapped(step, self),
            None => self.clone(),
        }
    }
}

/// What watches a run.
pub trait Monitor<F> {
    /// After each accepted step; a [`RunEnd`] stops the run. Where it is a regular one, the state is shown to
    /// [`Monitor::output`] too.
    fn step(&mut self, _field: &mut F, _time: f64, _y: &[f64]) -> Option<RunEnd> {
        None
    }

    /// Each accepted state with its velocity, which methods of Runge and Kutta have at hand: nothing is evaluated for this.
    /// Gradient descent, whose steps are no derivatives, does not call it.
    fn moving(&mut self, _time: f64, _y: &[f64], _velocity: &[f64]) {}

    /// At time 0 and at each output time; a [`RunEnd`] stops the run.
    fn output(&mut self, field: &mut F, time: f64, y: &[f64]) -> Option<RunEnd>;
}

/// The [`Monitor`] that shows field, time and state to a closure at time 0 and at each output time.
pub struct AtOutputs<G>(pub G);

impl<F, G: FnMut(&mut F, f64, &[f64])> Monitor<F> for AtOutputs<G> {
    fn output(&mut self, field: &mut F, time: f64, y: &[f64]) -> Option<RunEnd> {
        (self.0)(field, time, y);
        None
    }
}

/// How a run went.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// Why it ended.
    pub end: RunEnd,
    /// When it ended.
    pub time: f64,
    /// Accepted steps.
    pub steps: u64,
    /// Evaluations of the field by the method.
    pub evaluations: u64,
    /// The last state.
    pub state: Vec<f64>,
}

/// Integrates from `y` at time 0.
///
/// ```
/// use luckflow::integrate::{AtOutputs, Method, Plan, VectorField, integrate};
///
/// /// dy/dt = −y
/// struct Decay;
///
/// impl VectorField for Decay {
///     fn velocity(&mut self, y: &[f64], dy: &mut [f64]) {
///         dy[0] = -y[0];
///     }
/// }
///
/// let mut last = 0.0;
/// let mut watch = AtOutputs(|_: &mut Decay, _time, y: &[f64]| last = y[0]);
/// let plan = Plan::uniform(2.0, 10);
/// let report = integrate(&mut Decay, vec![1.0], &Method::default(), &plan, &mut watch)?;
/// assert!(report.end.is_regular());
/// assert!((last - (-2.0_f64).exp()).abs() < 1e-12);
/// # Ok::<(), luckflow::integrate::IntegrateError>(())
/// ```
///
/// # Errors
/// A method that does not fit the field; a step, tolerance, plan or start that is no such thing.
pub fn integrate<F: VectorField>(
    field: &mut F,
    mut y: Vec<f64>,
    method: &Method,
    plan: &Plan,
    monitor: &mut dyn Monitor<F>,
) -> Result<RunReport, IntegrateError> {
    error::check_plan(method, plan)?;
    check(method, field.is_repeatable(), field.resolution())?;
    field.renormalize(&mut y);
    error::check_start(&y)?;
    let begin = monitor.output(field, 0.0, &y);
    let watch = Watch::new(field, monitor, plan.max_steps);
    watch.stop(begin);
    let (time, state) = match *method {
        _ if watch.ended() => (0.0, y),
        Method::Dopri5(tolerance) => dopri5::run(&watch, y, tolerance, plan),
        Method::Dop853(tolerance) => dop853::run(&watch, y, tolerance, plan),
        Method::Rkc(tolerance) => stabilized::rkc(&watch, y, tolerance, plan),
        Method::Rk4(step) => fixed_step::rk4(&watch, y, step.step, plan),
        Method::GradientDescent(step) => fixed_step::gradient_descent(&watch, y, step.step, plan),
    };
    watch.output_at_end(time, &state);
    Ok(RunReport {
        time,
        state,
        steps: watch.steps.get(),
        evaluations: watch.evaluations.get(),
        end: watch.end.into_inner().unwrap_or(RunEnd::Horizon),
    })
}

/// Steps after which nodes are put back on their sphere, and progress is looked at: enough that one more evaluation is nothing.
const CHUNK: u64 = 64;

/// Steps that advance by less than this part of the horizon together will not get there, 6e10 of them are missing, unless the
/// run comes to rest before. It does not where steps are held back by noise or by jumps.
const HOPELESS: f64 = 1e-9;

/// What all methods share: the field, the monitor, the counts, and why to stop.
///
/// Interior mutability, since `ode_solvers` evaluates through `&self`.
struct Watch<'a, F> {
    field: RefCell<&'a mut F>,
    monitor: RefCell<&'a mut dyn Monitor<F>>,
    max_steps: u64,
    steps: Cell<u64>,
    evaluations: Cell<u64>,
    end: RefCell<Option<RunEnd>>,
    /// The last time that was shown as an output.
    shown: Cell<f64>,
}

impl<'a, F: VectorField> Watch<'a, F> {
    fn new(field: &'a mut F, monitor: &'a mut dyn Monitor<F>, max_steps: u64) -> Self {
        Self {
            field: RefCell::new(field),
            monitor: RefCell::new(monitor),
            max_steps,
            steps: Cell::new(0),
            evaluations: Cell::new(0),
            end: RefCell::new(None),
            shown: Cell::new(0.0),
        }
    }

    fn ended(&self) -> bool {
        self.end.borrow().is_some()
    }

    fn stop(&self, end: Option<RunEnd>) {
        let mut slot = self.end.borrow_mut();
        if slot.is_none() {
            *slot = end;
        }
    }

    /// One evaluation; a result that is not finite ends the run.
    fn velocity(&self, time: f64, y: &[f64], dy: &mut [f64]) {
        if let Err(component) = self.evaluate(y, dy) {
            self.stop(Some(RunEnd::NotFinite { time, component }));
        }
    }

    /// One evaluation; the error is a component that is not finite.
    fn evaluate(&self, y: &[f64], dy: &mut [f64]) -> Result<(), usize> {
        self.field.borrow_mut().velocity(y, dy);
        self.evaluated(dy)
    }

    /// The same at the end of a step.
    fn arrive(&self, y: &[f64], dy: &mut [f64]) -> Result<(), usize> {
        self.field.borrow_mut().arrive(y, dy);
        self.evaluated(dy)
    }

    fn evaluated(&self, dy: &[f64]) -> Result<(), usize> {
        self.evaluations.set(self.evaluations.get() + 1);
        match first_beyond(dy, f64::MAX) {
            Some(component) => Err(component),
            None => Ok(()),
        }
    }

    /// An accepted step; true stops the run.
    fn accept(&self, time: f64, y: &[f64]) -> bool {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if let Some(component) = first_beyond(y, DIVERGED) {
            self.stop(Some(RunEnd::Diverged { time, component }));
        } else if steps >= self.max_steps {
            self.stop(Some(RunEnd::StepBudget { time, steps }));
        } else {
            let mut monitor = self.monitor.borrow_mut();
            let end = monitor.step(&mut self.field.borrow_mut(), time, y);
            self.stop(end);
        }
        self.ended()
    }

    /// Shows an accepted state with its velocity.
    fn moving(&self, time: f64, y: &[f64], velocity: &[f64]) {
        self.monitor.borrow_mut().moving(time, y, velocity);
    }

    /// Shows the last state of a run that a step ended regularly, between two output times.
    fn output_at_end(&self, time: f64, y: &[f64]) {
        let regular = self.end.borrow().as_ref().is_some_and(RunEnd::is_regular);
        if regular && time > self.shown.get() {
            self.output(time, y);
        }
    }

    /// Whether a step of fixed length that left the state as it was will do so for ever; that ends the run.
    fn stop_where_nothing_moves(&self, time: f64, step: f64, velocity: &[f64]) {
        if self.field.borrow().is_repeatable() {
            self.stop(Some(match velocity.iter().all(|dy| *dy == 0.0) {
                true => RunEnd::AtRest { time, moved: 0.0 },
                false => RunEnd::StepTooSmall { time, step },
            }));
        }
    }

    /// Whether steps are held back by jumps or noise, as those of a sample, and not by the rates of a smooth field, which
    /// changes a hundred times as much over a hundred times the distance. Three evaluations.
    fn is_rough(&self, time: f64, y: &[f64]) -> bool {
        if self.field.borrow().resolution() > 0.0 {
            return true;
        }
        let size = 1e-6 * y.iter().fold(1e-3_f64, |size, x| size.max(x.abs()));
        let mut velocity = vec![0.0; y.len()];
        self.velocity(time, y, &mut velocity);
        let [near, far] = [1.0, 100.0].map(|distance| {
            // A direction that is not special.
            let shift = |i: usize| distance * size * (1.0 + (i as f64).sin());
            let moved: Vec<f64> = (0..).zip(y).map(|(i, y)| y + shift(i)).collect();
            let mut there = vec![0.0; y.len()];
            self.velocity(time, &moved, &mut there);
            let changes = there.iter().zip(&velocity).map(|(a, b)| (a - b).abs());
            changes.fold(0.0_f64, f64::max)
        });
        far < 10.0 * near
    }

    /// Shows a state at an output time.
    fn output(&self, time: f64, y: &[f64]) {
        self.shown.set(time);
        let end = self.monitor.borrow_mut().output(&mut self.field.borrow_mut(), time, y);
        self.stop(end);
    }
}
