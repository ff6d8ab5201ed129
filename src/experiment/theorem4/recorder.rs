//! Watches one run: readings at its steps, rows at output times, the largest ratio of angles per step, interruption, progress.

use super::Hooks;
use crate::flow::{TwoLayerFlow, turning_of_any};
use crate::integrate::{Monitor, NoiseFloor, Plan, Rest, RunEnd};
use crate::measure::{Readings, Row, Trajectory, distance};
use crate::network::TwoLayer;
use crate::overlap::HalfAngle;
use crate::theory::AsymptoticRate;
use ndarray::{ArrayView1, ArrayView2};

/// The [`Monitor`] of this experiment.
pub struct Recorder<'a> {
    /// For figures: what is at the output times.
    pub trajectory: Trajectory,
    /// What verdicts rest on.
    pub readings: Readings,
    /// Whether each accepted step is read. Methods of fixed step take so many that only those at output times are.
    reads_steps: bool,
    /// Of max θ from one step to the next, above the rate floor: of θ and of tan(θ/2). For gradient descent only.
    pub largest_ratio: Option<StepRatio>,
    hooks: &'a dyn Hooks,
    label: &'a str,
    horizon: f64,
    stop_below: NoiseFloor,
    keep_states: bool,
    /// Whose rates are looked at also where a step is not read.
    watched: Option<&'a TwoLayer>,
    per_step: Option<PerStep<'a>>,
    early: Option<Early<'a>>,
    mode: Option<&'a AsymptoticRate>,
    velocity: Vec<f64>,
}

/// The largest factor by which an angle shrank (or grew) in one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepRatio {
    /// θ_{k+1}/θ_k
    pub theta: f64,
    /// tan(θ_{k+1}/2)/tan(θ_k/2)
    pub tan_half: f64,
    /// ‖W_{k+1} − W\*‖/‖W_k − W\*‖
    pub distance: f64,
}

/// What is looked at between output times.
struct Early<'a> {
    network: &'a TwoLayer,
    /// Until the first output; later ones come within a doubling of the time.
    until: f64,
    rest: Rest,
}

struct PerStep<'a> {
    network: &'a TwoLayer,
    rate_floor: f64,
    /// The largest angle and the distance before the step.
    before: [f64; 2],
}

impl<'a> Recorder<'a> {
    pub fn new(hooks: &'a dyn Hooks, label: &'a str, horizon: f64, stop_below: NoiseFloor, rate_floor: f64) -> Self {
        Self {
            trajectory: Trajectory::default(),
            readings: Readings::new(rate_floor),
            reads_steps: false,
            largest_ratio: None,
            hooks,
            label,
            horizon,
            stop_below,
            keep_states: false,
            watched: None,
            per_step: None,
            early: None,
            mode: None,
            velocity: Vec::new(),
        }
    }

    /// Reads each accepted step, in place of the states at output times.
    pub fn read_steps(mut self, reads_steps: bool) -> Self {
        self.reads_steps = reads_steps;
        self
    }

    /// Also looks at the rates at each step that is not read, but has its velocity.
    pub fn watch_rates(mut self, network: &'a TwoLayer) -> Self {
        self.watched = Some(network);
        self
    }

    /// Also keeps the states at output times.
    pub fn keep_states(mut self, keep_states: bool) -> Self {
        self.keep_states = keep_states;
        self
    }

    /// Also records the amplitude of the slowest mode.
    pub fn watch_mode(mut self, mode: Option<&'a AsymptoticRate>) -> Self {
        self.mode = mode;
        self
    }

    /// Also looks at each step whether the floor is reached, before the first output of a plan that has none for long, and
    /// whether the run is at rest somewhere else; the latter not before the time `patience`.
    pub fn stop_early(mut self, network: &'a TwoLayer, plan: &Plan, patience: f64) -> Self {
        self.early = Some(Early {
            network,
            until: plan.outputs.first().copied().unwrap_or(plan.horizon),
            rest: Rest::new(self.stop_below.value, patience),
        });
        self
    }

    /// Also compares the largest angle of each step with that of the step before.
    pub fn compare_steps(mut self, network: &'a TwoLayer, theta0: f64, rate_floor: f64) -> Self {
        self.per_step = Some(PerStep {
            network,
            rate_floor,
            before: [theta0, distance(&vec![theta0; network.teacher.weights.ncols()])],
        });
        self
    }
}

impl Recorder<'_> {
    /// The statistics of a state. An evaluation.
    fn row(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Row {
        self.velocity.resize(y.len(), 0.0);
        let weights = flow.layout().weights(y);
        Row {
            time,
            slowest_mode: self.mode.and_then(|mode| mode.amplitude(weights)),
            snapshot: flow.snapshot(y, &mut self.velocity),
        }
    }

    /// Whether a run has come to the floor. What is below it from the start has not come to it.
    fn at_floor(&self, time: f64, largest_angle: f64) -> Option<RunEnd> {
        let NoiseFloor { value, cause } = self.stop_below;
        (largest_angle < value).then_some(match time > 0.0 {
            true => RunEnd::Converged { time },
            false => RunEnd::AtFloor { floor: value, cause },
        })
    }
}

impl Monitor<TwoLayerFlow> for Recorder<'_> {
    fn step(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        if let Some(per_step) = &mut self.per_step {
            let now = largest_angle_and_distance(per_step.network, y);
            let [theta, far] = per_step.before;
            if theta > per_step.rate_floor {
                let ratio = StepRatio {
                    theta: now[0] / theta,
                    tan_half: (0.5 * now[0]).tan() / (0.5 * theta).tan(),
                    distance: now[1] / far,
                };
                let largest = self.largest_ratio.get_or_insert(ratio);
                largest.theta = largest.theta.max(ratio.theta);
                largest.tan_half = largest.tan_half.max(ratio.tan_half);
                largest.distance = largest.distance.max(ratio.distance);
            }
            per_step.before = now;
        }
        self.hooks.progress(time / self.horizon, self.label);
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
            && let [largest, _] = largest_angle_and_distance(early.network, y)
            && let Some(end) = self.at_floor(time, largest)
        {
            return Some(end);
        }
        self.early.as_mut()?.rest.reached(time, y)
    }

    fn moving(&mut self, time: f64, y: &[f64], velocity: &[f64]) {
        // A step that is read has its rates already.
        if let Some(network) = self.watched.filter(|_| !self.reads_steps) {
            let (angles, rates) = turning_nodes(network, y, velocity);
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
        if self.keep_states {
            self.trajectory.states.push(y.to_vec());
        }
        match self.reads_steps && time > 0.0 {
            // Where the run ends does not depend on where it is drawn.
            true => None,
            false => self.at_floor(time, largest),
        }
    }
}

/// θ_j and dθ_j/dt of all nodes. O(nk).
fn turning_nodes(network: &TwoLayer, y: &[f64], velocity: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let k = network.student.weights.nrows();
    let nodes = y.chunks_exact(k).zip(velocity.chunks_exact(k));
    let turns = nodes.zip(network.teacher.weights.columns()).map(|((node, moves), target)| {
        let view = ArrayView1::from(node);
        turning_of_any(node, (view.dot(&view).sqrt(), moves), &target.to_vec())
    });
    turns.unzip()
}

/// max_j θ_j and ‖W − W*‖ of a state whose nodes are of unit norm. O(nk).
fn largest_angle_and_distance(network: &TwoLayer, y: &[f64]) -> [f64; 2] {
    let teacher = &network.teacher.weights;
    let (k, n) = network.student.weights.dim();
    let nodes = ArrayView2::from_shape((n, k), &y[..n * k]).expect("the state begins with W");
    let pairs = nodes.rows().into_iter().zip(teacher.columns());
    let angles = pairs.map(|(node, target)| HalfAngle::between_units(node, target).radians());
    let (largest, square) = angles
        .fold((0.0_f64, 0.0), |(largest, square), theta| (largest.max(theta), square + distance(&[theta]).powi(2)));
    [largest, square.sqrt()]
}
