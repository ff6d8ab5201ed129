//! Deep networks: lists of layers of several kinds, and their parameters.
//!
//! Weights stand as frameworks have them, a node per row: the transpose of the theory's W_l. Activations are
//! node × sample, so that a layer is one product and each node's samples lie side by side; those of images are channel ×
//! (y, x, sample).

mod architecture;
mod draw;
pub mod layers;
mod parameters;
mod recipe;
mod select;
mod shape;
mod tensors;
mod unroll;

pub use architecture::{Architecture, ArchitectureError};
pub use draw::{grid_teacher, uniform};
pub use parameters::{Layout, Parameters, VectorLayout};
pub use recipe::{BatchNorm, Convolutional, FullyConnected, Place};
pub use select::{NodeSelection, subnetwork};
pub use shape::Shape;
pub use tensors::{Remarks, TensorError, not_finite, read_tensors, write_tensors};
pub use unroll::{gathered, unrolled};

use crate::real::Real;

/// A network's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Deep<T> {
    /// Its layers.
    pub architecture: Architecture,
    /// Those of each layer of the architecture's list.
    pub parameters: Vec<Parameters<T>>,
}

impl<T: Real> Deep<T> {
    /// All weights zero, nothing normalised yet.
    pub fn zeros(architecture: &Architecture) -> Self {
        let layouts = architecture.layouts();
        Self {
            parameters: layouts.map(|layout| Parameters::new(&layout)).collect(),
            architecture: architecture.clone(),
        }
    }

    /// Number of hidden layers.
    pub fn depth(&self) -> usize {
        self.architecture.depth()
    }

    /// Weights and biases of layer `l`, the output's last.
    ///
    /// # Panics
    /// If there is no such layer.
    pub fn linear(&self, l: usize) -> &Parameters<T> {
        &self.parameters[self.architecture.linear(l)]
    }

    /// The same, to change.
    ///
    /// # Panics
    /// If there is no such layer.
    pub fn linear_mut(&mut self, l: usize) -> &mut Parameters<T> {
        &mut self.parameters[self.architecture.linear(l)]
    }

    /// Scales each node's weights and bias to unit norm of the weights, as the authors do.
    pub fn normalize_nodes(&mut self) {
        for l in 0..=self.depth() {
            self.linear_mut(l).normalize_nodes();
        }
    }

    /// ‖v_j‖ of each node j of hidden layer `l`: its weights in the layer above; of a channel all that reads it, at
    /// whatever position.
    pub fn fan_out_norms(&self, l: usize) -> Vec<f64> {
        let above = &self.linear(l + 1).weights;
        let nodes = self.linear(l).weights.nrows();
        let readers = above.ncols() / nodes;
        (0..nodes)
            .map(|j| {
                let columns = (j * readers..(j + 1) * readers).map(|i| above.column(i));
                let squares = columns.flat_map(|v| v.into_iter().map(|x| x.to_f64().powi(2)));
                squares.sum::<f64>().sqrt()
            })
            .collect()
    }

    /// The learned numbers as slices, in the order of the layers: weights, biases, gains, shifts.
    pub fn parameters_mut(&mut self) -> Vec<&mut [T]> {
        let mut slices = Vec::new();
        let layouts: Vec<Layout> = self.architecture.layouts().collect();
        for (parameters, layout) in self.parameters.iter_mut().zip(layouts) {
            if !parameters.weights.is_empty() {
                slices.push(parameters.weights.as_slice_mut().expect("row by row"));
            }
            let vectors = parameters.vectors.iter_mut().zip(&layout.vectors);
            for (vector, _) in vectors.filter(|(_, vector)| vector.learned) {
                slices.push(vector.as_slice_mut().expect("contiguous"));
            }
        }
        slices
    }

    /// The same network in another precision.
    pub fn cast<U: Real>(&self) -> Deep<U> {
        Deep {
            architecture: self.architecture.clone(),
            parameters: self.parameters.iter().map(Parameters::cast).collect(),
        }
    }
}
