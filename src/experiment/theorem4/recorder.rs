//! Watches one run: rows at output times, the largest ratio of angles per step, interruption, progress.

use super::Hooks;
use crate::flow::TwoLayerFlow;
use crate::integrate::{Monitor, RunEnd};
use crate::measure::{Row, Trajectory};
use crate::network::TwoLayer;
use crate::overlap::HalfAngle;
use crate::theory::AsymptoticRate;
use ndarray::ArrayView2;

/// The [`Monitor`] of this experiment.
pub struct Recorder<'a> {
    pub trajectory: Trajectory,
    /// Of max θ from one step to the next, above the rate floor: of θ and of tan(θ/2). For gradient descent only.
    pub largest_ratio: Option<StepRatio>,
    hooks: &'a dyn Hooks,
    label: &'a str,
    horizon: f64,
    stop_below: f64,
    keep_states: bool,
    per_step: Option<PerStep<'a>>,
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
}

struct PerStep<'a> {
    network: &'a TwoLayer,
    rate_floor: f64,
    before: f64,
}

impl<'a> Recorder<'a> {
    pub fn new(
        hooks: &'a dyn Hooks,
        label: &'a str,
        horizon: f64,
        stop_below: f64,
        keep_states: bool,
    ) -> Self {
        Self {
            trajectory: Trajectory::default(),
            largest_ratio: None,
            hooks,
            label,
            horizon,
            stop_below,
            keep_states,
            per_step: None,
            mode: None,
            velocity: Vec::new(),
        }
    }

    /// Also records the amplitude of the slowest mode.
    pub fn watch_mode(mut self, mode: Option<&'a AsymptoticRate>) -> Self {
        self.mode = mode;
        self
    }

    /// Also compares the largest angle of each step with that of the step before.
    pub fn compare_steps(mut self, network: &'a TwoLayer, theta0: f64, rate_floor: f64) -> Self {
        self.per_step = Some(PerStep {
            network,
            rate_floor,
            before: theta0,
        });
        self
    }
}

impl Monitor<TwoLayerFlow> for Recorder<'_> {
    fn step(&mut self, time: f64, y: &[f64]) -> Option<RunEnd> {
        if let Some(per_step) = &mut self.per_step {
            let now = per_step.largest_angle(y);
            if per_step.before > per_step.rate_floor {
                let ratio = StepRatio {
                    theta: now / per_step.before,
                    tan_half: (0.5 * now).tan() / (0.5 * per_step.before).tan(),
                };
                let largest = self.largest_ratio.get_or_insert(ratio);
                largest.theta = largest.theta.max(ratio.theta);
                largest.tan_half = largest.tan_half.max(ratio.tan_half);
            }
            per_step.before = now;
        }
        self.hooks.progress(time / self.horizon, self.label);
        self.hooks
            .interrupted()
            .then_some(RunEnd::Interrupted { time: Some(time) })
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
        (largest < self.stop_below).then_some(RunEnd::Converged { time })
    }
}

impl PerStep<'_> {
    /// max_j θ_j of a state whose nodes are of unit norm. O(nk).
    fn largest_angle(&self, y: &[f64]) -> f64 {
        let teacher = &self.network.teacher.weights;
        let (k, n) = self.network.student.weights.dim();
        let nodes = ArrayView2::from_shape((n, k), &y[..n * k]).expect("the state begins with W");
        nodes
            .rows()
            .into_iter()
            .zip(teacher.columns())
            .map(|(node, target)| HalfAngle::between_units(node, target).radians())
            .fold(0.0, f64::max)
    }
}
