//! Deep networks: fully connected ReLU layers, with biases and, if wanted, batch normalisation.
//!
//! Weights stand as frameworks have them, a node per row: the transpose of the theory's W_l. Activations are
//! node × sample, so that a layer is one product and each node's samples lie side by side.

mod draw;
mod select;
mod tensors;

pub use draw::{grid_teacher, uniform};
pub use select::{NodeSelection, subnetwork};
pub use tensors::{Remarks, TensorError, read_tensors, write_tensors};

use crate::real::Real;
use ndarray::{Array1, Array2, Zip};
use serde::Serialize;

/// Sizes and kinds of the layers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Architecture {
    /// d
    pub input: usize,
    /// Nodes of each hidden layer, from the bottom.
    pub hidden: Vec<usize>,
    /// C
    pub output: usize,
    /// Whether nodes have biases: f_j(x) = max(w_j·x + b_j, 0).
    pub bias: bool,
    /// Batch normalisation of the hidden layers.
    pub batch_norm: Option<BatchNorm>,
}

/// Batch normalisation of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BatchNorm {
    /// Where.
    pub place: Place,
    /// Whether each node has a gain and a shift that are learned.
    pub affine: bool,
}

/// Where a layer is normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Pre-activations.
    BeforeRelu,
    /// Activations.
    AfterRelu,
}

impl Architecture {
    /// (inputs, nodes) of each layer, the output's last.
    pub fn shapes(&self) -> Vec<(usize, usize)> {
        let nodes = self.hidden.iter().copied().chain([self.output]);
        let inputs = [self.input].into_iter().chain(self.hidden.iter().copied());
        inputs.zip(nodes).collect()
    }

    /// Whether nodes have gains and shifts that are learned.
    pub fn is_affine(&self) -> bool {
        self.batch_norm.is_some_and(|norm| norm.affine)
    }

    /// Numbers that are learned.
    pub fn parameters(&self) -> usize {
        let linear: usize = self
            .shapes()
            .iter()
            .map(|(inputs, nodes)| inputs * nodes + if self.bias { *nodes } else { 0 })
            .sum();
        let norms = 2 * self.hidden.iter().sum::<usize>();
        linear + if self.is_affine() { norms } else { 0 }
    }

    /// The widths as readers write them: 20-50-75-100.
    pub fn widths(&self) -> String {
        let hidden = self.hidden.iter().map(usize::to_string);
        let sizes = [self.input.to_string()]
            .into_iter()
            .chain(hidden)
            .chain([self.output.to_string()]);
        sizes.collect::<Vec<_>>().join("-")
    }
}

/// A network's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Deep<T> {
    /// Its shape.
    pub architecture: Architecture,
    /// From the bottom; the last is the linear output.
    pub layers: Vec<Dense<T>>,
}

/// One layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Dense<T> {
    /// nodes × inputs
    pub weights: Array2<T>,
    /// One per node; zero where the architecture has none.
    pub bias: Array1<T>,
    /// Of a hidden layer, where the architecture has it.
    pub norm: Option<Norm<T>>,
}

/// Batch normalisation of one layer, one number per node each.
#[derive(Clone, Debug, PartialEq)]
pub struct Norm<T> {
    /// Factor after whitening.
    pub gain: Array1<T>,
    /// Added after that.
    pub shift: Array1<T>,
    /// Running mean, for use outside training.
    pub mean: Array1<T>,
    /// Running variance (unbiased), likewise.
    pub variance: Array1<T>,
}

impl<T: Real> Deep<T> {
    /// All weights zero.
    pub fn zeros(architecture: &Architecture) -> Self {
        let hidden = architecture.hidden.len();
        let norm = |nodes| Norm {
            gain: Array1::ones(nodes),
            shift: Array1::zeros(nodes),
            mean: Array1::zeros(nodes),
            variance: Array1::ones(nodes),
        };
        let layer = |(l, (inputs, nodes))| Dense {
            weights: Array2::zeros((nodes, inputs)),
            bias: Array1::zeros(nodes),
            norm: (l < hidden && architecture.batch_norm.is_some()).then(|| norm(nodes)),
        };
        Self {
            layers: architecture
                .shapes()
                .into_iter()
                .enumerate()
                .map(layer)
                .collect(),
            architecture: architecture.clone(),
        }
    }

    /// Number of hidden layers.
    pub fn depth(&self) -> usize {
        self.architecture.hidden.len()
    }

    /// Scales each node's weights and bias to unit norm of the weights, as the authors do.
    pub fn normalize_nodes(&mut self) {
        for layer in &mut self.layers {
            layer.normalize_nodes();
        }
    }

    /// ‖v_j‖ of each node j of hidden layer `l`: its weights in the layer above.
    pub fn fan_out_norms(&self, l: usize) -> Vec<f64> {
        let columns = self.layers[l + 1].weights.columns().into_iter();
        columns
            .map(|v| v.iter().map(|x| x.to_f64().powi(2)).sum::<f64>().sqrt())
            .collect()
    }

    /// The learned numbers as slices, in the order of the layers: weights, biases, gains, shifts.
    pub fn parameters_mut(&mut self) -> Vec<&mut [T]> {
        let bias = self.architecture.bias;
        let affine = self.architecture.is_affine();
        let mut slices = Vec::new();
        for layer in &mut self.layers {
            slices.push(layer.weights.as_slice_mut().expect("row by row"));
            if bias {
                slices.push(layer.bias.as_slice_mut().expect("contiguous"));
            }
            if let Some(norm) = layer.norm.as_mut().filter(|_| affine) {
                slices.push(norm.gain.as_slice_mut().expect("contiguous"));
                slices.push(norm.shift.as_slice_mut().expect("contiguous"));
            }
        }
        slices
    }

    /// The same network in another precision.
    pub fn cast<U: Real>(&self) -> Deep<U> {
        let vector = |v: &Array1<T>| v.mapv(|x| U::from_f64(x.to_f64()));
        Deep {
            architecture: self.architecture.clone(),
            layers: self
                .layers
                .iter()
                .map(|layer| Dense {
                    weights: layer.weights.mapv(|x| U::from_f64(x.to_f64())),
                    bias: vector(&layer.bias),
                    norm: layer.norm.as_ref().map(|norm| Norm {
                        gain: vector(&norm.gain),
                        shift: vector(&norm.shift),
                        mean: vector(&norm.mean),
                        variance: vector(&norm.variance),
                    }),
                })
                .collect(),
        }
    }
}

impl<T: Real> Dense<T> {
    /// Scales each node's weights to unit norm, and its bias with them. A node without weights stays as it is.
    pub fn normalize_nodes(&mut self) {
        Zip::from(self.weights.rows_mut())
            .and(&mut self.bias)
            .for_each(|mut w, b| {
                let norm = w.iter().map(|x| x.to_f64().powi(2)).sum::<f64>().sqrt();
                if norm > 0.0 {
                    let scale = T::from_f64(1.0 / norm);
                    w.mapv_inplace(|x| x * scale);
                    *b = *b * scale;
                }
            });
    }
}
