//! Watches one run: readings at its steps, rows at output times, the largest ratio of angles per step, interruption, progress.

use super::setup::Setup;
use super::simulation::Replica;
use super::{GradientDescentClaim, Hooks};
use crate::experiment::two_layer::turns::turns;
use crate::flow::{FanOut, StateLayout, TwoLayerFlow};
use crate::integrate::{Monitor, NoiseFloor, Plan, Rest, RunEnd};
use crate::measure::{Readings, Row, Trajectory, distance};
use crate::overlap::HalfAngle;
use crate::theory::AsymptoticRate;
use ndarray::{Array2, ArrayView2};

/// The [`Monitor`] of this experiment.
pub struct Recorder<'a> {
    /// For figures: what is at the output times.
    pub trajectory: Trajectory,
    /// What verdicts rest on.
    pub readings: Readings,
    /// From one step to the next, while the largest angle is above the rate floor.
    pub gradient_descent: Option<GradientDescentClaim>,
    run: &'a Replica<'a>,
    hooks: &'a dyn Hooks,
    teacher: &'a Array2<f64>,
    layout: StateLayout,
    horizon: f64,
    rate_floor: f64,
    /// Whether each accepted step is read. Methods of fixed step take so many that only those at output times are.
    reads_steps: bool,
    /// The largest angle and the distance before the step, of gradient descent.
    before: Option<[f64; 2]>,
    early: Option<Early>,
    mode: Option<&'a AsymptoticRate>,
    velocity: Vec<f64>,
}

/// What ends a run between output times: at each step, whether the floor is reached, before the first output of a plan that
/// has none for long, and whether the run is at rest somewhere else.
struct Early {
    /// Until the first output; later ones come within a doubling of the time.
    until: f64,
    rest: Rest,
}

impl<'a> Recorder<'a> {
    /// Of a run whose states lie like `layout`.
    pub fn new(run: &'a Replica<'a>, setup: &'a Setup, layout: StateLayout, plan: &Plan, hooks: &'a dyn Hooks) -> Self {
        let (teacher, theta0) = (&setup.network.teacher.weights, setup.assumption.theta0);
        let rate_floor = setup.rate_floor();
        // The mode is one of the projected flow with V fixed, in the coordinates of the teacher's span.
        let has_mode = run.options.projection && run.options.fan_out == FanOut::Fixed && setup.input.is_standard();
        let start = || [theta0, distance(&vec![theta0; teacher.ncols()])];
        Self {
            trajectory: Trajectory::default(),
            readings: Readings::new(rate_floor),
            gradient_descent: None,
            run,
            hooks,
            teacher,
            layout,
            horizon: plan.horizon,
            rate_floor,
            reads_steps: run.method.tolerance().is_some(),
            before: run.method.learning_rate().map(|_| start()),
            early: (run.stop_below.value > 0.0).then(|| Early {
                until: plan.outputs.first().copied().unwrap_or(plan.horizon),
                rest: Rest::new(run.stop_below.value, setup.patience()),
            }),
            mode: setup.asymptotic.as_ref().filter(|_| has_mode),
            velocity: Vec::new(),
        }
    }

    /// The statistics of a state. An evaluation.
    fn row(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Row {
        self.velocity.resize(y.len(), 0.0);
        Row {
            time,
            slowest_mode: self.mode.and_then(|mode| mode.amplitude(self.layout.weights(y))),
            snapshot: flow.snapshot(y, &mut self.velocity),
        }
    }

    /// Whether a run has come to the floor. What is below it from the start has not come to it.
    fn at_floor(&self, time: f64, largest_angle: f64) -> Option<RunEnd> {
        let NoiseFloor { value, cause } = self.run.stop_below;
        (largest_angle < value).then_some(match time > 0.0 {
            true => RunEnd::Converged { time },
            false => RunEnd::AtFloor { floor: value, cause },
        })
    }
}

impl Monitor<TwoLayerFlow> for Recorder<'_> {
    fn step(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        if let Some(([theta, far], step)) = self.before.zip(self.run.method.learning_rate()) {
            let now = largest_angle_and_distance(self.teacher, self.layout.weights(y));
            if theta > self.rate_floor {
                let ratio = GradientDescentClaim {
                    step,
                    largest_ratio: now[0] / theta,
                    largest_ratio_tan: (0.5 * now[0]).tan() / (0.5 * theta).tan(),
                    largest_ratio_distance: now[1] / far,
                };
                self.gradient_descent = Some(self.gradient_descent.map_or(ratio, |largest| largest.or_larger(ratio)));
            }
            self.before = Some(now);
        }
        self.hooks.progress(time / self.horizon, self.run.label);
        if self.hooks.interrupted() {
            return Some(RunEnd::Interrupted { time: Some(time) });
        }
        if self.reads_steps {
            let row = self.row(flow, time, y);
            let largest = row.largest_angle();
            self.readings.take(row);
            if let Some(end) = self.at_floor(time, largest) {
                return Some(end);
            }
        }
        // What is read is looked at already, and outputs are, from the first of them on.
        if let Some(early) = self.early.as_ref().filter(|_| !self.reads_steps)
            && time < early.until
            && let [largest, _] = largest_angle_and_distance(self.teacher, self.layout.weights(y))
            && let Some(end) = self.at_floor(time, largest)
        {
            return Some(end);
        }
        self.early.as_mut()?.rest.reached(time, y)
    }

    fn moving(&mut self, time: f64, y: &[f64], velocity: &[f64]) {
        // A step that is read has its rates already.
        if !self.reads_steps {
            let (angles, rates): (Vec<f64>, Vec<f64>) = turns(y, velocity, self.teacher).unzip();
            self.readings.watch(time, &angles, &rates);
        }
    }

    fn output(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        let row = self.row(flow, time, y);
        let largest = row.largest_angle();
        if time == 0.0 || !self.reads_steps {
            self.readings.take(row.clone());
        }
        self.trajectory.rows.push(row);
        if self.run.keep_states {
            self.trajectory.states.push(y.to_vec());
        }
        match self.reads_steps && time > 0.0 {
            // Where the run ends does not depend on where it is drawn.
            true => None,
            false => self.at_floor(time, largest),
        }
    }
}

/// max_j θ_j and ‖W − W*‖ of unit nodes, a row each. O(nk).
fn largest_angle_and_distance(teacher: &Array2<f64>, nodes: ArrayView2<f64>) -> [f64; 2] {
    let pairs = nodes.rows().into_iter().zip(teacher.columns());
    let angles = pairs.map(|(node, target)| HalfAngle::between_units(node, target).radians());
    let (largest, square) = angles
        .fold((0.0_f64, 0.0), |(largest, square), theta| (largest.max(theta), square + distance(&[theta]).powi(2)));
    [largest, square.sqrt()]
}
