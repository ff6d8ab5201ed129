//! Watches one run of the joint flow.

use super::Hooks;
use crate::flow::{StateLayout, TwoLayerFlow};
use crate::integrate::{Monitor, RunEnd};
use crate::network::TwoLayer;
use crate::overlap::HalfAngle;
use ndarray::{Array1, Array2};

/// The statistics at one time.
#[derive(Clone, Debug)]
pub struct Row {
    /// Time t.
    pub time: f64,
    /// Population loss ℓ.
    pub loss: f64,
    /// ∫ (‖Ẇ‖² + ‖V̇‖²) dt since the start.
    pub dissipated: f64,
    /// θ_j, j ∈ u.
    pub angles: Vec<f64>,
    /// ‖v_i − v*_i‖ for i ∈ u, then ‖v_i‖ for i ∈ r.
    pub fan_out_errors: Vec<f64>,
    /// ‖v_i‖ for all i.
    pub fan_out_norms: Vec<f64>,
    /// ψ_k: how far nodes of W_r have turned from their start.
    pub turned: Vec<f64>,
}

impl Row {
    /// z: the angles, then the fan-out errors.
    pub fn errors(&self) -> impl Iterator<Item = f64> + '_ {
        self.angles.iter().chain(&self.fan_out_errors).copied()
    }

    /// The largest θ, the largest e of u, and the largest ‖v‖ of r.
    pub fn largest(&self) -> [f64; 3] {
        let m = self.angles.len();
        let (u, r) = self.fan_out_errors.split_at(m);
        [&self.angles[..], u, r].map(|part| part.iter().copied().fold(0.0, f64::max))
    }
}

/// The [`Monitor`] of this experiment.
pub struct Recorder<'a> {
    pub rows: Vec<Row>,
    pub states: Vec<Vec<f64>>,
    teacher_fan_out: &'a Array2<f64>,
    start: &'a TwoLayer,
    hooks: &'a dyn Hooks,
    horizon: f64,
    keep_states: bool,
    velocity: Vec<f64>,
    per_step: Option<PerStep>,
}

/// The weighted norm of the errors from one step to the next.
struct PerStep {
    weights: Array1<f64>,
    floor: f64,
    before: Option<f64>,
    largest_ratio: Option<f64>,
}

impl<'a> Recorder<'a> {
    pub fn new(start: &'a TwoLayer, hooks: &'a dyn Hooks, horizon: f64, keep_states: bool) -> Self {
        Self {
            rows: Vec::new(),
            states: Vec::new(),
            teacher_fan_out: &start.teacher_fan_out,
            start,
            hooks,
            horizon,
            keep_states,
            velocity: Vec::new(),
            per_step: None,
        }
    }

    /// Also follows max_i z_i/p_i from step to step, while all errors that make it up are above `floor`.
    pub fn follow_norm(mut self, weights: Array1<f64>, floor: f64) -> Self {
        self.per_step = Some(PerStep {
            weights,
            floor,
            before: None,
            largest_ratio: None,
        });
        self
    }

    /// The largest factor of that norm in one step.
    pub fn largest_ratio(&self) -> Option<f64> {
        self.per_step
            .as_ref()
            .and_then(|per_step| per_step.largest_ratio)
    }

    /// z in a state: angles of u, then fan-out errors. O(n(k + C)).
    fn errors(&self, y: &[f64]) -> impl Iterator<Item = f64> + use<'_> {
        let (k, n) = self.start.student.weights.dim();
        let (m, outputs) = self.teacher_fan_out.dim();
        let layout = StateLayout {
            coordinates: k,
            nodes: n,
            outputs,
        };
        let weights = layout.weights(y);
        let nodes = weights
            .rows()
            .into_iter()
            .zip(self.start.teacher.weights.columns());
        let angles: Vec<f64> = nodes
            .map(|(w, target)| HalfAngle::between_units(w, target).radians())
            .collect();
        let fan_out = layout.fan_out(y);
        let errors: Vec<f64> = fan_out
            .rows()
            .into_iter()
            .enumerate()
            .map(|(i, v)| {
                let target = (i < m).then(|| self.teacher_fan_out.row(i));
                let entry = |c: usize| v[c] - target.as_ref().map_or(0.0, |target| target[c]);
                (0..v.len()).map(|c| entry(c).powi(2)).sum::<f64>().sqrt()
            })
            .collect();
        angles.into_iter().chain(errors)
    }
}

impl Monitor<TwoLayerFlow> for Recorder<'_> {
    fn step(&mut self, time: f64, y: &[f64]) -> Option<RunEnd> {
        if let Some(per_step) = &self.per_step {
            let weighted = self
                .errors(y)
                .zip(&per_step.weights)
                .map(|(z, p)| (z / p, z));
            let (norm, error) = weighted.fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a });
            let before = per_step.before;
            let above = error > per_step.floor;
            let per_step = self.per_step.as_mut().expect("it is there");
            if let Some(before) = before.filter(|_| above) {
                let largest = per_step.largest_ratio.get_or_insert(0.0);
                *largest = largest.max(norm / before);
            }
            per_step.before = Some(norm);
        }
        self.hooks.progress(time / self.horizon, "joint flow");
        self.hooks
            .interrupted()
            .then_some(RunEnd::Interrupted { time: Some(time) })
    }

    fn output(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        self.velocity.resize(y.len(), 0.0);
        let snapshot = flow.snapshot(y, &mut self.velocity);
        let layout = flow.layout();
        let (weights, fan_out) = (layout.weights(y), layout.fan_out(y));
        let m = self.teacher_fan_out.nrows();
        let fan_out_norms = fan_out
            .rows()
            .into_iter()
            .map(|v| v.dot(&v).sqrt())
            .collect();
        let fan_out_errors = self.errors(y).skip(m).collect();
        let starts = self.start.student.weights.columns().into_iter();
        let turned = weights.rows().into_iter().zip(starts).skip(m);
        self.rows.push(Row {
            time,
            loss: snapshot.loss,
            dissipated: snapshot.dissipated,
            angles: snapshot.angles,
            fan_out_errors,
            fan_out_norms,
            turned: turned
                .map(|(w, start)| HalfAngle::between_units(w, start).radians())
                .collect(),
        });
        if self.keep_states {
            self.states.push(y.to_vec());
        }
        None
    }
}
