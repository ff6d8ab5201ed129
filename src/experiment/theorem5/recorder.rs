//! Watches one run of the joint flow.

use super::Hooks;
use super::claims::{RateReader, Rates};
use crate::flow::{StateLayout, TwoLayerFlow};
use crate::integrate::{Monitor, NoiseFloor, Rest, RunEnd};
use crate::network::TwoLayer;
use crate::overlap::HalfAngle;
use ndarray::{Array1, Array2, ArrayView2};

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
    /// d/dt of each angle, then of each fan-out error.
    pub error_rates: Vec<f64>,
    /// E = √(Σ_u δ_j² + Σ_i |ε_i|²), δ_j = 2 sin(θ_j/2).
    pub distance: f64,
    /// −d ln E/dt
    pub distance_rate: f64,
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
    /// Reads rates at the states that [`Recorder::reads_steps`] says.
    reader: Option<RateReader>,
    /// Whether each accepted step is read. Methods of fixed step take so many that only those at output times are.
    reads_steps: bool,
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
            reader: None,
            reads_steps: false,
            early: None,
        }
    }

    /// Ends the run where it is at rest, and where all its errors are below the floor from the beginning.
    pub fn stop_early(mut self, floor: NoiseFloor, rest: Rest) -> Self {
        self.early = Some((floor, rest));
        self
    }

    /// Also reads rates: at each accepted step, or at output times alone.
    pub fn read_rates(mut self, reader: RateReader, at_steps: bool) -> Self {
        self.reader = Some(reader);
        self.reads_steps = at_steps;
        self
    }

    /// The smallest rates that were read.
    pub fn rates(&self) -> Rates {
        let reader = self.reader.as_ref();
        reader.map_or_else(Rates::default, |reader| reader.rates)
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

impl Recorder<'_> {
    /// d‖ε_i‖/dt = ε_i·v̇_i/‖ε_i‖; for ε_i = 0, where the norm has a kink, ‖v̇_i‖. O(nC).
    fn fan_out_error_rates(
        &self,
        fan_out: ArrayView2<f64>,
        velocity: ArrayView2<f64>,
        errors: &[f64],
    ) -> Vec<f64> {
        let m = self.teacher_fan_out.nrows();
        let rate = |(i, &error): (usize, &f64)| {
            let (v, moves) = (fan_out.row(i), velocity.row(i));
            if error == 0.0 {
                return moves.dot(&moves).sqrt();
            }
            let along = if i < m {
                (&v - &self.teacher_fan_out.row(i)).dot(&moves)
            } else {
                v.dot(&moves)
            };
            along / error
        };
        errors.iter().enumerate().map(rate).collect()
    }

    /// The statistics of a state. An evaluation, and O(n(k + C)).
    fn row(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Row {
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
        let fan_out_errors: Vec<f64> = self.errors(y).skip(m).collect();
        let velocity = layout.fan_out(&self.velocity);
        let of_fan_out = self.fan_out_error_rates(fan_out, velocity, &fan_out_errors);
        let (angles, angle_rates) = (snapshot.angles, snapshot.angle_rates);
        let squares = angles
            .iter()
            .map(|theta| (2.0 * (0.5 * theta).sin()).powi(2));
        let square: f64 = squares.chain(fan_out_errors.iter().map(|e| e * e)).sum();
        // d δ²/dt = 2 sin θ dθ/dt
        let moved = angles
            .iter()
            .zip(&angle_rates)
            .map(|(theta, rate)| theta.sin() * rate);
        let of_errors = fan_out_errors.iter().zip(&of_fan_out);
        let moved: f64 = moved.chain(of_errors.map(|(e, rate)| e * rate)).sum();
        let starts = self.start.student.weights.columns().into_iter();
        let turned = weights.rows().into_iter().zip(starts).skip(m);
        Row {
            time,
            loss: snapshot.loss,
            dissipated: snapshot.dissipated,
            angles,
            fan_out_errors,
            error_rates: angle_rates.into_iter().chain(of_fan_out).collect(),
            distance: square.sqrt(),
            distance_rate: -moved / square,
            fan_out_norms,
            turned: turned
                .map(|(w, start)| HalfAngle::between_units(w, start).radians())
                .collect(),
        }
    }

    /// Reads rates off a state, where they are asked for.
    fn read(&mut self, row: &Row) {
        if let Some(reader) = &mut self.reader {
            reader.read(row);
        }
    }
}

impl Monitor<TwoLayerFlow> for Recorder<'_> {
    fn step(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
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
        if self.hooks.interrupted() {
            return Some(RunEnd::Interrupted { time: Some(time) });
        }
        if self.reads_steps {
            let row = self.row(flow, time, y);
            self.read(&row);
        }
        let (_, rest) = self.early.as_mut()?;
        rest.reached(time, y)
    }

    fn output(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        let row = self.row(flow, time, y);
        if time == 0.0 || !self.reads_steps {
            self.read(&row);
        }
        self.rows.push(row);
        if self.keep_states {
            self.states.push(y.to_vec());
        }
        let &(
            NoiseFloor {
                value: floor,
                cause,
            },
            _,
        ) = self.early.as_ref()?;
        let below = time == 0.0 && self.errors(y).all(|error| error < floor);
        below.then_some(RunEnd::AtFloor { floor, cause })
    }
}
