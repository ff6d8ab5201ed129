//! Watches one run of the joint flow.

use super::Hooks;
use super::motion::{Motion, Rates, Watched};
use crate::flow::{StateLayout, TwoLayerFlow};
use crate::integrate::{Monitor, NoiseFloor, Rest, RunEnd};
use crate::network::TwoLayer;
use crate::overlap::HalfAngle;
use ndarray::Array1;

/// The statistics at one time.
#[derive(Clone, Debug)]
pub struct Row {
    /// Time t.
    pub time: f64,
    /// Population loss ℓ.
    pub loss: f64,
    /// ∫ (‖Ẇ‖² + ‖V̇‖²) dt since the start.
    pub dissipated: f64,
    /// The errors, and how they move.
    pub motion: Motion,
    /// ‖v_i‖ for all i.
    pub fan_out_norms: Vec<f64>,
    /// ψ_k: how far nodes of W_r have turned from their start.
    pub turned: Vec<f64>,
}

impl Row {
    /// z: the angles, then the fan-out errors.
    pub fn errors(&self) -> impl Iterator<Item = f64> + '_ {
        self.motion.errors.iter().copied()
    }

    /// The largest θ, the largest e of u, and the largest ‖v‖ of r.
    pub fn largest(&self) -> [f64; 3] {
        let Motion { nodes: m, .. } = self.motion;
        let (angles, fan_out) = self.motion.errors.split_at(m);
        let (u, r) = fan_out.split_at(m);
        [angles, u, r].map(|part| part.iter().copied().fold(0.0, f64::max))
    }
}

/// The [`Monitor`] of this experiment.
pub struct Recorder<'a> {
    pub rows: Vec<Row>,
    pub states: Vec<Vec<f64>>,
    start: &'a TwoLayer,
    layout: StateLayout,
    hooks: &'a dyn Hooks,
    horizon: f64,
    keep_states: bool,
    velocity: Vec<f64>,
    watched: Option<Watched>,
    per_step: Option<PerStep>,
    early: Option<(NoiseFloor, Rest)>,
}

/// The weighted norm of the errors from one step to the next.
struct PerStep {
    weights: Array1<f64>,
    floor: f64,
    before: Option<f64>,
    largest_ratio: Option<f64>,
}

impl<'a> Recorder<'a> {
    /// Of a run from `start`, whose states lie like `layout`.
    pub fn new(
        (start, layout): (&'a TwoLayer, StateLayout),
        hooks: &'a dyn Hooks,
        horizon: f64,
        keep_states: bool,
    ) -> Self {
        Self {
            rows: Vec::new(),
            states: Vec::new(),
            start,
            layout,
            hooks,
            horizon,
            keep_states,
            velocity: Vec::new(),
            watched: None,
            per_step: None,
            early: None,
        }
    }

    /// Ends the run where it is at rest, and where all its errors are below the floor from the beginning.
    pub fn stop_early(mut self, floor: NoiseFloor, rest: Rest) -> Self {
        self.early = Some((floor, rest));
        self
    }

    /// Also follows the smallest rates, at outputs and accepted steps.
    pub fn watch_rates(mut self, watched: Watched) -> Self {
        self.watched = Some(watched);
        self
    }

    /// Those rates.
    pub fn rates(&self) -> Rates {
        let watched = self.watched.as_ref();
        watched.map(|watched| watched.rates).unwrap_or_default()
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
        self.per_step.as_ref().and_then(|per_step| per_step.largest_ratio)
    }
}

impl Monitor<TwoLayerFlow> for Recorder<'_> {
    fn step(&mut self, _: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        if let Some(per_step) = &self.per_step {
            // Its derivatives are not asked for.
            let errors = Motion::of(self.start, self.layout, y, y).errors;
            let weighted = errors.iter().zip(&per_step.weights);
            let weighted = weighted.map(|(z, p)| (z / p, *z));
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
        if self.hooks.interrupted() {
            return Some(RunEnd::Interrupted { time: Some(time) });
        }
        let (_, rest) = self.early.as_mut()?;
        rest.reached(time, y)
    }

    fn moving(&mut self, _time: f64, y: &[f64], velocity: &[f64]) {
        let layout = self.layout;
        if let Some(watched) = &mut self.watched {
            let motion = Motion::of(self.start, layout, y, velocity);
            watched.look(&motion);
        }
    }

    fn output(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        self.velocity.resize(y.len(), 0.0);
        let snapshot = flow.snapshot(y, &mut self.velocity);
        let layout = self.layout;
        let motion = Motion::of(self.start, layout, y, &self.velocity);
        if let Some(watched) = &mut self.watched {
            watched.look(&motion);
        }
        let at_floor = self.early.as_ref().and_then(|(floor, _)| {
            let below = time == 0.0 && motion.errors.iter().all(|error| *error < floor.value);
            below.then_some(RunEnd::AtFloor {
                floor: floor.value,
                cause: floor.cause,
            })
        });
        let fan_out = layout.fan_out(y);
        let norms = fan_out.rows().into_iter().map(|v| v.dot(&v).sqrt());
        let starts = self.start.student.weights.columns().into_iter();
        let weights = layout.weights(y);
        let turned = weights.rows().into_iter().zip(starts).skip(motion.nodes);
        self.rows.push(Row {
            time,
            loss: snapshot.loss,
            dissipated: snapshot.dissipated,
            motion,
            fan_out_norms: norms.collect(),
            turned: turned.map(|(w, start)| HalfAngle::between_units(w, start).radians()).collect(),
        });
        if self.keep_states {
            self.states.push(y.to_vec());
        }
        at_floor
    }
}
