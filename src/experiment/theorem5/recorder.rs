//! Watches one run of the joint flow.

use super::motion::{Motion, Watched};
use super::{Hooks, Setup, Theorem5};
use crate::flow::{StateLayout, TwoLayerFlow};
use crate::integrate::{Method, Monitor, NoiseFloor, Plan, Rest, RunEnd};
use crate::network::TwoLayer;
use crate::overlap::HalfAngle;
use crate::theory::certificate::Certificate;
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
    /// Follows the smallest rates, at outputs and accepted steps.
    pub watched: Watched<'a>,
    /// The largest factor of the weighted norm of the errors in one step.
    pub largest_ratio: Option<f64>,
    /// p, where max_i z_i/p_i is followed from step to step: of gradient descent with a certificate.
    followed: Option<&'a Array1<f64>>,
    norm_before: Option<f64>,
    start: &'a TwoLayer,
    layout: StateLayout,
    hooks: &'a dyn Hooks,
    horizon: f64,
    keep_states: bool,
    velocity: Vec<f64>,
    /// A run whose errors are all below it from the beginning ends at once.
    floor: NoiseFloor,
    rest: Rest,
}

impl<'a> Recorder<'a> {
    /// Of a run whose states lie like `layout`.
    pub fn new(
        scenario: &Theorem5,
        setup: &'a Setup,
        certificate: Option<&'a Certificate>,
        layout: StateLayout,
        (method, plan): (&Method, &Plan),
        hooks: &'a dyn Hooks,
    ) -> Self {
        let floor = setup.noise_floor(method);
        let weights = certificate.map(|certificate| &certificate.weights);
        Self {
            rows: Vec::new(),
            states: Vec::new(),
            watched: Watched::new(weights, floor.value),
            largest_ratio: None,
            followed: weights.filter(|_| method.learning_rate().is_some()),
            norm_before: None,
            start: &setup.network,
            layout,
            hooks,
            horizon: plan.horizon,
            keep_states: scenario.output.states,
            velocity: Vec::new(),
            floor,
            rest: Rest::new(floor.value, setup.patience()),
        }
    }
}

impl Monitor<TwoLayerFlow> for Recorder<'_> {
    fn step(&mut self, _: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        if let Some(weights) = self.followed {
            // Its derivatives are not asked for.
            let errors = Motion::of(self.start, self.layout, y, y).errors;
            let weighted = errors.iter().zip(weights).map(|(z, p)| (z / p, *z));
            let (norm, error) = weighted.fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a });
            // While all errors that make it up are above the floor.
            if let Some(before) = self.norm_before.replace(norm).filter(|_| error > self.floor.value) {
                let largest = self.largest_ratio.get_or_insert(0.0);
                *largest = largest.max(norm / before);
            }
        }
        self.hooks.progress(time / self.horizon, "joint flow");
        if self.hooks.interrupted() {
            return Some(RunEnd::Interrupted { time: Some(time) });
        }
        self.rest.reached(time, y)
    }

    fn moving(&mut self, _time: f64, y: &[f64], velocity: &[f64]) {
        self.watched.look(&Motion::of(self.start, self.layout, y, velocity));
    }

    fn output(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        self.velocity.resize(y.len(), 0.0);
        let snapshot = flow.snapshot(y, &mut self.velocity);
        let layout = self.layout;
        let motion = Motion::of(self.start, layout, y, &self.velocity);
        self.watched.look(&motion);
        let NoiseFloor { value: floor, cause } = self.floor;
        let below = time == 0.0 && motion.errors.iter().all(|error| *error < floor);
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
        below.then_some(RunEnd::AtFloor { floor, cause })
    }
}
