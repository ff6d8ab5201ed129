//! From gradients to steps: SGD with momentum and weight decay.

use super::pass::{LayerGradient, Pass};
use crate::blas::multiply_add;
use crate::network::deep::{Architecture, Deep, Dense};
use crate::real::Real;
use ndarray::{Array1, Array2, ArrayView2, Zip};

/// How a step is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent {
    /// η
    pub step: f64,
    /// μ: u ← μu + g, w ← w − ηu.
    pub momentum: f64,
    /// λ: g ← g + λw.
    pub weight_decay: f64,
}

/// Gradients, or velocities, of all parameters.
pub type Gradient<T> = Deep<T>;

/// SGD. The gradient of a weight matrix is never formed without momentum: the product goes straight into the weights.
pub struct Optimizer<T> {
    velocity: Option<Gradient<T>>,
    bias: bool,
    affine: bool,
}

impl<T: Real> Optimizer<T> {
    /// For networks of an architecture; velocities only where there is momentum.
    pub fn new(architecture: &Architecture, momentum: bool) -> Self {
        Self {
            velocity: momentum.then(|| velocities(architecture)),
            bias: architecture.bias,
            affine: architecture.is_affine(),
        }
    }

    /// What has gathered in u, where there is momentum.
    pub fn velocity(&self) -> Option<&Gradient<T>> {
        self.velocity.as_ref()
    }

    /// Goes on from velocities that were kept.
    pub fn set_velocity(&mut self, velocity: Gradient<T>) {
        self.velocity = Some(velocity);
    }

    /// Takes the gradient that stands in `pass` back through the network, and each layer a step against it.
    ///
    /// # Cost
    /// Four operations per weight and sample in matrix products; 4 bytes more of memory traffic per weight with momentum.
    pub fn descend(
        &mut self,
        network: &mut Deep<T>,
        pass: &mut Pass<T>,
        x: ArrayView2<T>,
        descent: &Descent,
    ) {
        for l in (0..network.layers.len()).rev() {
            pass.back_through(network, l);
            let gradient = pass.gradient(l, x);
            self.step(l, &mut network.layers[l], &gradient, descent);
        }
    }

    fn step(
        &mut self,
        l: usize,
        layer: &mut Dense<T>,
        gradient: &LayerGradient<T>,
        descent: &Descent,
    ) {
        let rate = T::from_f64(descent.step);
        let minus = T::zero() - rate;
        let decay = T::from_f64(descent.weight_decay);
        let shrink = T::from_f64(1.0 - descent.step * descent.weight_decay);
        let below = gradient.below.t();
        let mut velocity = self
            .velocity
            .as_mut()
            .map(|velocity| &mut velocity.layers[l]);
        match &mut velocity {
            None => multiply_add(
                minus,
                gradient.delta,
                below,
                shrink,
                layer.weights.view_mut(),
            ),
            Some(velocity) => {
                let momentum = T::from_f64(descent.momentum);
                let u = &mut velocity.weights;
                multiply_add(T::one(), gradient.delta, below, momentum, u.view_mut());
                Zip::from(&mut layer.weights).and(u).for_each(|w, u| {
                    *u += decay * *w;
                    *w = *w - rate * *u;
                });
            }
        }
        let vector = |w: &mut Array1<T>, u: Option<&mut Array1<T>>, j: usize, g: f64| {
            let g = T::from_f64(g) + decay * w[j];
            let u = match u {
                Some(u) => {
                    u[j] = T::from_f64(descent.momentum) * u[j] + g;
                    u[j]
                }
                None => g,
            };
            w[j] = w[j] - rate * u;
        };
        if self.bias {
            for (j, row) in gradient.delta.rows().into_iter().enumerate() {
                let g = row.sum().to_f64();
                let u = velocity.as_mut().map(|velocity| &mut velocity.bias);
                vector(&mut layer.bias, u, j, g);
            }
        }
        if let (Some(norm), Some(pass)) = (&mut layer.norm, gradient.norm) {
            pass.update_running(norm);
            if self.affine {
                for j in 0..norm.gain.len() {
                    let u = velocity
                        .as_mut()
                        .and_then(|velocity| velocity.norm.as_mut());
                    let (gain, shift) = match u {
                        Some(u) => (Some(&mut u.gain), Some(&mut u.shift)),
                        None => (None, None),
                    };
                    vector(&mut norm.gain, gain, j, pass.gain[j].to_f64());
                    vector(&mut norm.shift, shift, j, pass.shift[j].to_f64());
                }
            }
        }
    }
}

/// No velocity in any parameter.
fn velocities<T: Real>(architecture: &Architecture) -> Gradient<T> {
    let mut velocity = Deep::zeros(architecture);
    for layer in &mut velocity.layers {
        if let Some(norm) = &mut layer.norm {
            norm.gain.fill(T::zero());
            norm.variance.fill(T::zero());
        }
    }
    velocity
}

impl<T: Real> Pass<T> {
    /// The gradient of the loss whose gradient in the output stands in this pass. Allocates it.
    pub fn gradient_of(&mut self, network: &Deep<T>, x: ArrayView2<T>) -> Gradient<T> {
        let mut all = velocities(&network.architecture);
        for l in (0..network.layers.len()).rev() {
            self.back_through(network, l);
            let gradient = self.gradient(l, x);
            let layer = &mut all.layers[l];
            layer.weights = outer(gradient.delta, gradient.below);
            for (b, row) in layer.bias.iter_mut().zip(gradient.delta.rows()) {
                *b = row.sum();
            }
            if let (Some(norm), Some([gain, shift])) = (&mut layer.norm, gradient.affine) {
                norm.gain.assign(&gain);
                norm.shift.assign(&shift);
            }
        }
        all
    }
}

/// δ fᵀ
fn outer<T: Real>(delta: ArrayView2<T>, below: ArrayView2<T>) -> Array2<T> {
    let mut out = Array2::zeros((delta.nrows(), below.nrows()));
    multiply_add(T::one(), delta, below.t(), T::zero(), out.view_mut());
    out
}
