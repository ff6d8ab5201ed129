//! What is read off the last state of a run.

use super::setup::Setup;
use crate::flow::StateLayout;
use crate::linalg;
use crate::network::Layer;
use crate::overlap::{ExactGaussian, HalfAngle};
use crate::runs::{Hooks, interruptible};
use crate::theory::JointRate;
use ndarray::{Array2, s};
use serde::Serialize;

/// A student node this near to a teacher node has come to it.
const NEAR: f64 = 0.1;

/// A fan-out norm above this is not zero.
const ALIVE: f64 = 1e-3;

/// A teacher node with more than one student node.
#[derive(Clone, Debug, Serialize)]
pub struct Shared {
    /// j°, from 1.
    pub teacher: usize,
    /// Student nodes within 0.1 of it whose fan-out has not vanished, from 1.
    pub students: Vec<usize>,
}

/// The last state of a run.
pub struct LastState {
    /// W, k × n
    weights: Array2<f64>,
    fan_out_norms: Vec<f64>,
    threshold: f64,
}

impl LastState {
    pub fn of(setup: &Setup, layout: StateLayout, state: &[f64]) -> Self {
        let fan_out = layout.fan_out(state);
        Self {
            weights: layout.weights(state).t().to_owned(),
            fan_out_norms: fan_out.rows().into_iter().map(|v| v.dot(&v).sqrt()).collect(),
            threshold: setup.threshold,
        }
    }

    /// λ_min(L) for N(0, I); NaN if it cannot be had, or if the user stopped it.
    pub fn smallest_l(&self, hooks: &dyn Hooks) -> f64 {
        let layer = Layer::with_threshold(self.weights.clone(), self.threshold);
        let spectrum = move || {
            let l = ExactGaussian::new().activation_overlap(layer.view());
            linalg::eigenvalues(&l)
        };
        match interruptible(hooks, spectrum) {
            Some(Ok(spectrum)) => spectrum[0],
            _ => f64::NAN,
        }
    }

    /// Spectra at W = [W*, W_r] with W_r as it is now.
    pub fn joint_rate(&self, setup: &Setup, hooks: &dyn Hooks) -> Result<JointRate, String> {
        let m = setup.network.teacher.weights.ncols();
        let mut weights = self.weights.clone();
        weights.slice_mut(s![.., ..m]).assign(&setup.network.teacher.weights);
        let network = setup.network.clone();
        match interruptible(hooks, move || JointRate::at_limit(&network, weights)) {
            Some(found) => found.map_err(|error| error.to_string()),
            None => Err("stopped by the user".into()),
        }
    }

    /// Teacher nodes that more than one living student node has come to.
    pub fn shared(&self, setup: &Setup) -> Vec<Shared> {
        let alive: Vec<usize> = (0..self.fan_out_norms.len()).filter(|&j| self.fan_out_norms[j] > ALIVE).collect();
        let teacher = setup.network.teacher.weights.columns().into_iter().enumerate();
        teacher
            .map(|(teacher, target)| {
                let near = |j: &usize| HalfAngle::between_units(self.weights.column(*j), target).radians() < NEAR;
                let students = alive.iter().copied().filter(near);
                Shared {
                    teacher: teacher + 1,
                    students: students.map(|j| j + 1).collect(),
                }
            })
            .filter(|shared: &Shared| shared.students.len() > 1)
            .collect()
    }
}
