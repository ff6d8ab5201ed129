//! Watches one run of the joint flow.

use super::Hooks;
use crate::flow::TwoLayerFlow;
use crate::integrate::{Monitor, RunEnd};
use crate::network::TwoLayer;
use crate::overlap::HalfAngle;
use ndarray::Array2;

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
        }
    }
}

impl Monitor<TwoLayerFlow> for Recorder<'_> {
    fn step(&mut self, time: f64, _y: &[f64]) -> Option<RunEnd> {
        self.hooks.progress(time / self.horizon, "joint flow");
        self.hooks
            .interrupted()
            .then_some(RunEnd::Interrupted { time })
    }

    fn output(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        self.velocity.resize(y.len(), 0.0);
        let snapshot = flow.snapshot(y, &mut self.velocity);
        let layout = flow.layout();
        let (weights, fan_out) = (layout.weights(y), layout.fan_out(y));
        let m = self.teacher_fan_out.nrows();
        let norm = |v: &ndarray::Array1<f64>| v.dot(v).sqrt();
        let fan_out_norms = fan_out
            .rows()
            .into_iter()
            .map(|v| v.dot(&v).sqrt())
            .collect();
        let errors = fan_out.rows().into_iter().enumerate().map(|(i, v)| {
            if i < m {
                norm(&(&v - &self.teacher_fan_out.row(i)))
            } else {
                v.dot(&v).sqrt()
            }
        });
        let starts = self.start.student.weights.columns().into_iter();
        let turned = weights.rows().into_iter().zip(starts).skip(m);
        self.rows.push(Row {
            time,
            loss: snapshot.loss,
            dissipated: snapshot.dissipated,
            angles: snapshot.angles,
            fan_out_errors: errors.collect(),
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
