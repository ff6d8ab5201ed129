//! From gradients to steps: SGD with momentum and weight decay.

use super::pass::Pass;
use crate::network::deep::layers::Work;
use crate::network::deep::{Architecture, Deep, Parameters};
use crate::real::Real;
use ndarray::{Array1, ArrayView2, Zip};

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
    /// What has gathered in u, where there is momentum.
    pub(super) velocity: Option<Gradient<T>>,
    /// Which vectors of each layer of the list are learned.
    learned: Vec<Vec<bool>>,
}

impl<T: Real> Optimizer<T> {
    /// For networks of an architecture; velocities only where there is momentum.
    pub fn new(architecture: &Architecture, momentum: bool) -> Self {
        Self {
            velocity: momentum.then(|| nothing(architecture)),
            learned: architecture
                .layouts()
                .map(|layout| layout.vectors.iter().map(|vector| vector.learned).collect())
                .collect(),
        }
    }

    /// Takes the gradient that stands in `pass` back through the network, and each layer a step against it.
    ///
    /// # Cost
    /// Four operations per weight and sample in matrix products; 4 bytes more of memory traffic per weight with momentum.
    pub fn descend(&mut self, network: &mut Deep<T>, pass: &mut Pass<T>, x: ArrayView2<T>, descent: &Descent) {
        for l in (0..network.architecture.stages().len()).rev() {
            pass.back_through(network, l);
            self.step_weights(l, network, pass, x, descent);
            for i in network.architecture.stages()[l].clone() {
                let velocity = self.velocity.as_mut().map(|all| &mut all.parameters[i]);
                let parameters = &mut network.parameters[i];
                let learned = &self.learned[i];
                step_vectors(parameters, velocity, pass.vector_gradients(i), learned, descent);
                pass.keep(i, parameters);
            }
        }
    }

    fn step_weights(
        &mut self,
        l: usize,
        network: &mut Deep<T>,
        pass: &mut Pass<T>,
        x: ArrayView2<T>,
        descent: &Descent,
    ) {
        let rate = T::from_f64(descent.step);
        let minus = T::zero() - rate;
        let Deep {
            architecture,
            parameters,
        } = network;
        let weights = &mut parameters[architecture.linear(l)].weights;
        match &mut self.velocity {
            None => {
                let shrink = T::from_f64(1.0 - descent.step * descent.weight_decay);
                pass.weight_gradient(architecture, l, x, [minus, shrink], weights.view_mut());
            }
            Some(velocity) => {
                let decay = T::from_f64(descent.weight_decay);
                let momentum = T::from_f64(descent.momentum);
                let u = &mut velocity.linear_mut(l).weights;
                pass.weight_gradient(architecture, l, x, [T::one(), momentum], u.view_mut());
                Zip::from(weights).and(u).for_each(|w, u| {
                    *u += decay * *w;
                    *w = *w - rate * *u;
                });
            }
        }
    }
}

/// A step in the learned vectors of a layer.
fn step_vectors<T: Real>(
    parameters: &mut Parameters<T>,
    mut velocity: Option<&mut Parameters<T>>,
    gradients: &[Array1<T>],
    learned: &[bool],
    descent: &Descent,
) {
    let rate = T::from_f64(descent.step);
    let decay = T::from_f64(descent.weight_decay);
    let momentum = T::from_f64(descent.momentum);
    let vectors = parameters.vectors.iter_mut().zip(gradients).enumerate();
    for (i, (vector, gradient)) in vectors.filter(|(i, _)| learned[*i]) {
        for (j, (w, &g)) in vector.iter_mut().zip(gradient).enumerate() {
            let g = g + decay * *w;
            let u = match &mut velocity {
                Some(velocity) => {
                    let u = &mut velocity.vectors[i][j];
                    *u = momentum * *u + g;
                    *u
                }
                None => g,
            };
            *w = *w - rate * u;
        }
    }
}

/// Zero in every parameter, also in those that begin with one.
fn nothing<T: Real>(architecture: &Architecture) -> Gradient<T> {
    let mut all = Deep::zeros(architecture);
    all.parameters.iter_mut().for_each(Parameters::clear);
    all
}

impl<T: Real> Pass<T> {
    /// The gradient of the loss whose gradient in the output stands in this pass. Allocates it.
    pub fn gradient_of(&mut self, network: &Deep<T>, x: ArrayView2<T>) -> Gradient<T> {
        let mut all = nothing(&network.architecture);
        for l in (0..network.architecture.stages().len()).rev() {
            self.back_through(network, l);
            let room = all.linear_mut(l).weights.view_mut();
            self.weight_gradient(&network.architecture, l, x, [T::one(), T::zero()], room);
        }
        for (i, parameters) in all.parameters.iter_mut().enumerate() {
            parameters.vectors.clone_from_slice(self.vector_gradients(i));
        }
        all
    }

    /// After a step: what layer `i` of the list keeps without learning it.
    fn keep(&self, i: usize, parameters: &mut Parameters<T>) {
        if let Work::InPlace(change) = &self.operations[i].work {
            change.keep(parameters);
        }
    }
}
