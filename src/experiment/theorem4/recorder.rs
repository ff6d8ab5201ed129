//! Watches one run: rows at output times, rates and the largest ratio of angles at each step, interruption, progress.

use super::Hooks;
use crate::flow::{TwoLayerFlow, turning};
use crate::integrate::{Monitor, NoiseFloor, Plan, Rest, RunEnd};
use crate::measure::{Row, Trajectory, WorstRate, distance};
use crate::network::TwoLayer;
use crate::overlap::HalfAngle;
use crate::theory::AsymptoticRate;
use ndarray::ArrayView2;

/// The [`Monitor`] of this experiment.
pub struct Recorder<'a> {
    pub trajectory: Trajectory,
    /// Of max θ from one step to the next, above the rate floor: of θ and of tan(θ/2). For gradient descent only.
    pub largest_ratio: Option<StepRatio>,
    /// The smallest rates at accepted steps; `None` where no angle was above the rate floor, or they were not watched.
    pub worst: Option<WorstRate>,
    hooks: &'a dyn Hooks,
    label: &'a str,
    horizon: f64,
    stop_below: NoiseFloor,
    keep_states: bool,
    watched: Option<Watched<'a>>,
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

/// Whose rates are read at each accepted step, and from which angle on.
struct Watched<'a> {
    network: &'a TwoLayer,
    rate_floor: f64,
}

struct PerStep<'a> {
    network: &'a TwoLayer,
    rate_floor: f64,
    /// The largest angle and the distance before the step.
    before: [f64; 2],
}

impl<'a> Recorder<'a> {
    pub fn new(
        hooks: &'a dyn Hooks,
        label: &'a str,
        horizon: f64,
        stop_below: NoiseFloor,
        keep_states: bool,
    ) -> Self {
        Self {
            trajectory: Trajectory::default(),
            largest_ratio: None,
            worst: None,
            watched: None,
            hooks,
            label,
            horizon,
            stop_below,
            keep_states,
            per_step: None,
            early: None,
            mode: None,
            velocity: Vec::new(),
        }
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

    /// Also reads the rates at each accepted step, between the outputs.
    pub fn watch_rates(mut self, network: &'a TwoLayer, rate_floor: f64) -> Self {
        self.watched = Some(Watched {
            network,
            rate_floor,
        });
        self
    }

    /// Also compares the largest angle of each step with that of the step before.
    pub fn compare_steps(mut self, network: &'a TwoLayer, theta0: f64, rate_floor: f64) -> Self {
        self.per_step = Some(PerStep {
            network,
            rate_floor,
            before: [
                theta0,
                distance(&vec![theta0; network.teacher.weights.ncols()]),
            ],
        });
        self
    }
}

impl Monitor<TwoLayerFlow> for Recorder<'_> {
    fn step(&mut self, time: f64, y: &[f64]) -> Option<RunEnd> {
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
        let early = self.early.as_mut()?;
        let floor = self.stop_below.value;
        if time < early.until && largest_angle_and_distance(early.network, y)[0] < floor {
            return Some(RunEnd::Converged { time });
        }
        early.rest.reached(time, y)
    }

    fn moving(&mut self, time: f64, y: &[f64], velocity: &[f64]) {
        let Some(watched) = &self.watched else {
            return;
        };
        let (angles, rates) = turning_nodes(watched.network, y, velocity);
        if angles.iter().any(|angle| *angle > watched.rate_floor) {
            let worst = WorstRate::at(time, &angles, &rates);
            self.worst = Some(self.worst.map_or(worst, |before| before.and(worst)));
        }
    }

    fn output(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        self.velocity.resize(y.len(), 0.0);
        let weights = flow.layout().weights(y);
        let row = Row {
            time,
            slowest_mode: self.mode.and_then(|mode| mode.amplitude(weights)),
            snapshot: flow.snapshot(y, &mut self.velocity),
        };
        let largest = row.largest_angle();
        self.trajectory.rows.push(row);
        if self.keep_states {
            self.trajectory.states.push(y.to_vec());
        }
        // What is below the floor from the start has not come to it.
        (largest < self.stop_below.value).then_some(match time > 0.0 {
            true => RunEnd::Converged { time },
            false => RunEnd::AtFloor {
                floor: self.stop_below.value,
                cause: self.stop_below.cause,
            },
        })
    }
}

/// θ_j and dθ_j/dt of all nodes. O(nk).
fn turning_nodes(network: &TwoLayer, y: &[f64], velocity: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (k, n) = network.student.weights.dim();
    let rows = |of: &'static str, numbers| ArrayView2::from_shape((n, k), numbers).expect(of);
    let nodes = rows("the state begins with W", &y[..n * k]);
    let moves = rows("so does its velocity", &velocity[..n * k]);
    let nodes = nodes.rows().into_iter().zip(moves.rows());
    let turns = nodes
        .zip(network.teacher.weights.columns())
        .map(|((node, moves), target)| {
            let norm = node.dot(&node).sqrt();
            turning(node.mapv(|x| x / norm).view(), (norm, moves), target)
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
    let (largest, square) = angles.fold((0.0_f64, 0.0), |(largest, square), theta| {
        (largest.max(theta), square + distance(&[theta]).powi(2))
    });
    [largest, square.sqrt()]
}
