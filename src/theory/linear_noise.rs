//! The linear noise approximation of projected SGD: its spread about gradient descent, with no number fitted.
//!
//! SGD of step η and batch B moves by y ← y + η (F(y) + ξ/√B), E ξ = 0, E ξξᵀ = C(y), the covariance of one sample's
//! gradient. To first order in the noise its distance δ to gradient descent from the same start obeys
//!
//! ```text
//! δ ← (I + ηJ) δ + η ξ/√B,    J = ∂F/∂y and C along gradient descent
//! ```
//!
//! (derived; docs/theory.md, section 8). As ξ adds up over many steps, δ is Gaussian, and √B δ does not depend on B.

use crate::blas;
use crate::flow::{FanOut, FlowJacobian, FlowOptions, TwoLayerFlow};
use crate::linalg::{self, LinalgError};
use crate::network::{Layer, TwoLayer};
use crate::overlap::{ExactGaussian, Input};
use crate::rng;
use ndarray::{Array2, ArrayView2, Axis, s};
use rand_distr::{Distribution, StandardNormal};

/// While nodes move by less than this, root mean square, J and C count as constant: gaps to within 0.1 %, at 0.03 0.5 %.
const MOTION: f64 = 0.01;

/// Added to the diagonal of a covariance, relative to its mean: one that samples span in part has a Cholesky factor too.
const JITTER: f64 = 1e-10;

/// What to compute.
#[derive(Clone, Copy, Debug)]
pub struct LinearNoise {
    /// η
    pub step: f64,
    /// Whether V moves.
    pub fan_out: FanOut,
    /// Samples from which each C is estimated.
    pub samples: usize,
    /// Draws of δ.
    pub draws: usize,
    /// Of samples and draws.
    pub seed: u64,
}

/// SGD after some steps, to first order in its noise.
pub struct Deviations<'a> {
    /// Gradient descent: W node by node on the sphere, then V where it runs; N numbers.
    pub descent: &'a [f64],
    /// √B δ, tangent to the spheres, a draw per column: N × draws.
    pub scaled: &'a Array2<f64>,
}

/// (I + ηJ)^q, and the covariance that q steps add, for B = 1.
#[derive(Clone)]
struct Propagator {
    power: Array2<f64>,
    covariance: Array2<f64>,
}

impl LinearNoise {
    /// Follows SGD from `network` in R^d, for x ~ N(0, I), and shows it after `looks` steps each, an ascending list, for as long as `see`
    /// says true. The same for any number of threads.
    ///
    /// # Cost
    /// N = n(d + C). Each piece of the path in which little moves takes O(N³ log q) for its q steps, O(N² samples) for C and O(N² draws).
    ///
    /// # Errors
    /// A covariance of which LAPACK finds no factor: one that is not finite.
    pub fn along(
        &self,
        network: &TwoLayer,
        looks: &[u64],
        mut see: impl FnMut(usize, Deviations) -> bool,
    ) -> Result<(), LinalgError> {
        let options = FlowOptions {
            projection: true,
            fan_out: self.fan_out,
        };
        let (input, kernel) = (Input::standard_gaussian(), Box::new(ExactGaussian::new()));
        let mut flow = TwoLayerFlow::new(network, kernel, &input, options);
        let mut state = flow.state_of(network);
        let size = state.len() - 1;
        let mut scaled = Array2::zeros((size, self.draws));
        let (mut done, mut piece) = (0, 0);
        for (index, &look) in looks.iter().enumerate() {
            for steps in self.pieces(&mut flow, &state, look - done) {
                self.descend(&mut flow, &mut state, steps / 2);
                let here = at(&flow, network, &state);
                let propagator = self.propagator(&here, &input, steps, piece);
                scaled = propagator.power.dot(&scaled);
                scaled += &self.noise(&propagator.covariance, piece)?;
                self.descend(&mut flow, &mut state, steps - steps / 2);
                piece += 1;
            }
            done = look;
            flow.renormalize(&mut state);
            let weights = flow.layout().weights(&state).to_owned();
            let mut tangent = scaled.clone();
            project(&mut tangent, weights.view());
            let seen = Deviations {
                descent: &state[..size],
                scaled: &tangent,
            };
            if !see(index, seen) {
                break;
            }
        }
        Ok(())
    }

    /// Steps of gradient descent.
    fn descend(&self, flow: &mut TwoLayerFlow, state: &mut [f64], steps: u64) {
        let mut velocity = vec![0.0; state.len()];
        for _ in 0..steps {
            flow.velocity(state, &mut velocity);
            state.iter_mut().zip(&velocity).for_each(|(y, v)| *y += self.step * v);
            flow.renormalize(state);
        }
    }

    /// Numbers of steps in which little moves, of so many in all.
    fn pieces(&self, flow: &mut TwoLayerFlow, state: &[f64], steps: u64) -> Vec<u64> {
        let mut end = state.to_vec();
        self.descend(flow, &mut end, steps);
        let size = state.len() - 1;
        let squares = state[..size].iter().zip(&end).map(|(a, b)| (a - b).powi(2));
        let moved = (squares.sum::<f64>() / flow.layout().nodes as f64).sqrt();
        let count = ((moved / MOTION).ceil() as u64).clamp(1, steps);
        (0..count).map(|i| (i + 1) * steps / count - i * steps / count).collect()
    }

    /// O(N³ log steps + N² samples)
    fn propagator(&self, here: &TwoLayer, input: &Input, steps: u64, piece: u64) -> Propagator {
        let mut one = FlowJacobian::at(here, self.fan_out).ambient_matrix() * self.step;
        one.diag_mut().mapv_inplace(|x| x + 1.0);
        let seed = rng::derive(self.seed, "linear noise", &[piece]);
        let covariance = gradient_covariance(here, input, self.fan_out, self.samples, seed);
        let one = Propagator {
            power: one,
            covariance: covariance * self.step.powi(2),
        };
        one.repeated(steps)
    }

    /// Draws of N(0, covariance), a draw per column.
    fn noise(&self, covariance: &Array2<f64>, piece: u64) -> Result<Array2<f64>, LinalgError> {
        let mut covariance = covariance.clone();
        let jitter = JITTER * covariance.diag().mean().unwrap_or(0.0) + f64::MIN_POSITIVE;
        covariance.diag_mut().mapv_inplace(|x| x + jitter);
        let factor = linalg::cholesky(&covariance)?;
        let mut stream = rng::stream(self.seed, "linear noise draws", &[piece]);
        let shape = (factor.nrows(), self.draws);
        let normal = Array2::from_shape_simple_fn(shape, || -> f64 { StandardNormal.sample(&mut stream) });
        Ok(factor.dot(&normal))
    }
}

impl Propagator {
    /// The same many times over, by doubling. O(N³ log count).
    fn repeated(&self, count: u64) -> Self {
        let mut all = self.clone();
        for bit in (0..count.ilog2()).rev() {
            all = all.followed_by(&all);
            if count >> bit & 1 == 1 {
                all = all.followed_by(self);
            }
        }
        all
    }

    fn followed_by(&self, next: &Self) -> Self {
        let carried = next.power.dot(&self.covariance).dot(&next.power.t());
        Self {
            power: next.power.dot(&self.power),
            covariance: carried + &next.covariance,
        }
    }
}

/// The network in a state of the flow.
fn at(flow: &TwoLayerFlow, network: &TwoLayer, state: &[f64]) -> TwoLayer {
    let layout = flow.layout();
    let weights = layout.weights(state).t().to_owned();
    TwoLayer {
        student: Layer::new(weights, network.student.thresholds.clone()),
        fan_out: match layout.outputs {
            0 => network.fan_out.clone(),
            _ => layout.fan_out(state).to_owned(),
        },
        ..network.clone()
    }
}

/// Takes from each node's part of each column what lies along the node.
fn project(columns: &mut Array2<f64>, weights: ArrayView2<f64>) {
    let k = weights.ncols();
    for (j, w) in weights.rows().into_iter().enumerate() {
        let mut part = columns.slice_mut(s![j * k..(j + 1) * k, ..]);
        let along = w.dot(&part);
        for (mut row, &w) in part.rows_mut().into_iter().zip(w) {
            row.scaled_add(-w, &along);
        }
    }
}

/// C(y): the covariance of the projected gradient of one sample, estimated from so many, in the coordinates of the flow's
/// state; N × N. O(N² samples).
pub fn gradient_covariance(
    network: &TwoLayer,
    input: &Input,
    fan_out: FanOut,
    samples: usize,
    seed: u64,
) -> Array2<f64> {
    blas::single_threaded();
    let mut gradients = gradients(network, input, fan_out, samples, seed);
    let mean = gradients.mean_axis(Axis(1)).expect("there are samples");
    gradients -= &mean.insert_axis(Axis(1));
    gradients.dot(&gradients.t()) / (samples - 1) as f64
}

/// One sample's projected gradient per column, downhill: N × samples.
fn gradients(network: &TwoLayer, input: &Input, fan_out: FanOut, samples: usize, seed: u64) -> Array2<f64> {
    let (d, n) = network.student.weights.dim();
    let outputs = network.fan_out.ncols();
    let mut x = Array2::zeros((samples, d));
    input.sample(seed, 0, x.view_mut());
    let activations = |layer: &Layer| {
        let mut f = layer.weights.t().dot(&x.t());
        for (mut row, &b) in f.rows_mut().into_iter().zip(&layer.thresholds) {
            row.mapv_inplace(|z| (z - b).max(0.0));
        }
        f
    };
    let (f, f_star) = (activations(&network.student), activations(&network.teacher));
    let residual = network.teacher_fan_out.t().dot(&f_star) - network.fan_out.t().dot(&f);
    let mut pulled = network.fan_out.dot(&residual);
    pulled.zip_mut_with(&f, |g, &f| {
        if !(f > 0.0) {
            *g = 0.0;
        }
    });
    let runs = fan_out != FanOut::Fixed;
    let size = n * (d + if runs { outputs } else { 0 });
    let mut gradients = Array2::zeros((size, samples));
    for (j, pulled) in pulled.rows().into_iter().enumerate() {
        let mut part = gradients.slice_mut(s![j * d..(j + 1) * d, ..]);
        part.assign(&x.t());
        part *= &pulled;
        if runs {
            let from = n * d + j * outputs;
            let mut part = gradients.slice_mut(s![from..from + outputs, ..]);
            part.assign(&residual);
            part *= &f.row(j);
        }
    }
    project(&mut gradients, network.student.weights.t());
    gradients
}

#[cfg(test)]
mod tests;
