//! SGD of a two-layer student whose nodes stay on the sphere: what the projected flow is the limit of.

use crate::blas::{self, multiply_add};
use crate::network::{TwoLayer, unit};
use crate::overlap::Input;
use crate::rng::derive;
use ndarray::{Array2, Zip};

/// What variant of SGD is meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdOptions {
    /// η
    pub step: f64,
    /// B
    pub batch: usize,
    /// Apply P⊥ to gradients and renormalise nodes after each step.
    pub projection: bool,
    /// Whether V moves too.
    pub running_fan_out: bool,
}

/// Mini-batch SGD on ½‖V\*ᵀf\* − Vᵀf‖², a fresh mini-batch from the input's distribution at each step.
///
/// Step k uses the samples of stream k: time t = kη of the flow. Nodes stand a node per row.
///
/// # Cost
/// A step: 4B(n + m)(d + C) operations, about three quarters of them in matrix products with a B × d sample; nothing is
/// allocated.
pub struct ProjectedSgd<'a> {
    network: &'a TwoLayer,
    input: &'a Input,
    options: SgdOptions,
    seed: u64,
    steps: u64,
    /// W (n × d) and W* (m × d), a node per row.
    weights: Array2<f64>,
    teacher: Array2<f64>,
    /// V, n × C
    fan_out: Array2<f64>,
    /// B × d
    x: Array2<f64>,
    /// Activations, n × B and m × B.
    f: Array2<f64>,
    f_star: Array2<f64>,
    /// V\*ᵀf\* − Vᵀf, C × B
    residual: Array2<f64>,
    /// Residuals pulled back to nodes, gated, n × B.
    pulled: Array2<f64>,
    /// n × d
    gradient: Array2<f64>,
}

impl<'a> ProjectedSgd<'a> {
    /// Begins at `network`, whose coordinates are those of R^d.
    pub fn new(network: &'a TwoLayer, input: &'a Input, options: SgdOptions, seed: u64) -> Self {
        blas::single_threaded();
        let (d, n) = network.student.weights.dim();
        let (m, outputs) = network.teacher_fan_out.dim();
        let batch = options.batch;
        Self {
            weights: network.student.weights.t().as_standard_layout().into_owned(),
            teacher: network.teacher.weights.t().as_standard_layout().into_owned(),
            fan_out: network.fan_out.clone(),
            x: Array2::zeros((batch, d)),
            f: Array2::zeros((n, batch)),
            f_star: Array2::zeros((m, batch)),
            residual: Array2::zeros((outputs, batch)),
            pulled: Array2::zeros((n, batch)),
            gradient: Array2::zeros((n, d)),
            network,
            input,
            options,
            seed: derive(seed, "sgd", &[]),
            steps: 0,
        }
    }

    /// Time of the flow, kη.
    pub fn time(&self) -> f64 {
        self.steps as f64 * self.options.step
    }

    /// W, n × d, a node per row.
    pub fn weights(&self) -> &Array2<f64> {
        &self.weights
    }

    /// V, n × C.
    pub fn fan_out(&self) -> &Array2<f64> {
        &self.fan_out
    }

    /// One step; gives the loss of its mini-batch before it. O(B d (n + m)) operations, no allocation.
    pub fn step(&mut self) -> f64 {
        self.input.sample(self.seed, self.steps, self.x.view_mut());
        let loss = self.forward();
        self.pull();
        let rate = self.options.step * (1.0 / self.options.batch as f64);
        if self.options.running_fan_out {
            let (f, residual) = (self.f.view(), self.residual.t());
            multiply_add(rate, f, residual, 1.0, self.fan_out.view_mut());
        }
        let (pulled, x) = (self.pulled.view(), self.x.view());
        multiply_add(rate, pulled, x, 0.0, self.gradient.view_mut());
        self.turn();
        self.steps += 1;
        loss
    }

    /// Both networks on the mini-batch; leaves activations and the residual, and gives the loss.
    fn forward(&mut self) -> f64 {
        let network = self.network;
        let layers = [
            (&self.weights, &network.student.thresholds, &mut self.f),
            (&self.teacher, &network.teacher.thresholds, &mut self.f_star),
        ];
        for (weights, thresholds, f) in layers {
            multiply_add(1.0, weights.view(), self.x.t(), 0.0, f.view_mut());
            for (mut row, &b) in f.rows_mut().into_iter().zip(thresholds) {
                row.mapv_inplace(|z| (z - b).max(0.0));
            }
        }
        let residual = &mut self.residual;
        let sides = [(1.0, &network.teacher_fan_out, &self.f_star, 0.0), (-1.0, &self.fan_out, &self.f, 1.0)];
        for (sign, fan_out, f, keep) in sides {
            multiply_add(sign, fan_out.t(), f.view(), keep, residual.view_mut());
        }
        0.5 / self.options.batch as f64 * residual.iter().map(|g| g * g).sum::<f64>()
    }

    /// The residual as active nodes feel it: V g where f > 0, else 0.
    fn pull(&mut self) {
        let (fan_out, residual) = (self.fan_out.view(), self.residual.view());
        multiply_add(1.0, fan_out, residual, 0.0, self.pulled.view_mut());
        Zip::from(&mut self.pulled).and(&self.f).for_each(|g, &f| {
            if !(f > 0.0) {
                *g = 0.0;
            }
        });
    }

    /// Adds the change to each node; projected, it stays on its sphere.
    fn turn(&mut self) {
        let nodes = self.weights.rows_mut().into_iter();
        for (mut node, mut change) in nodes.zip(self.gradient.rows_mut()) {
            if self.options.projection {
                let along = change.dot(&node);
                change.scaled_add(-along, &node);
            }
            node += &change;
            if self.options.projection {
                unit::normalize(&mut node);
            }
        }
    }
}
