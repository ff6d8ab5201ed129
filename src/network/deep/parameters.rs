//! What a layer has learned, and how that is laid out.

use crate::real::Real;
use ndarray::{Array1, Array2};

/// The parameters of a layer, all in one form: a matrix with a row for each node, and vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<T> {
    /// nodes × inputs of a node; 0 × 0 where the kind has none. Of a convolution: channels × (channels below · positions
    /// of the kernel).
    pub weights: Array2<T>,
    /// As the kind's [`Layout`] says.
    pub vectors: Vec<Array1<T>>,
}

/// Sizes and names of a layer's parameters; by default it has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The list that the layer stands in among PyTorch's modules; its index is that of the layer with weights below it.
    pub group: &'static str,
    /// The weights' shape in files, nodes first; in memory all that follows is one axis. Empty where there are none.
    pub weights: Vec<usize>,
    /// The vectors.
    pub vectors: Vec<VectorLayout>,
}

/// A vector of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VectorLayout {
    /// As PyTorch calls it.
    pub name: &'static str,
    /// Its length.
    pub length: usize,
    /// What stands in it before anything is drawn or learned: 0 or 1.
    pub initial: u8,
    /// Whether steps change it.
    pub learned: bool,
}

impl Layout {
    /// Weights, and a bias for each node that stays zero unless it is learned.
    pub fn linear(weights: Vec<usize>, bias: bool) -> Self {
        Self {
            group: "layers",
            vectors: vec![VectorLayout {
                name: "bias",
                length: weights[0],
                initial: 0,
                learned: bias,
            }],
            weights,
        }
    }

    /// Rows and columns of the weights.
    pub fn matrix(&self) -> (usize, usize) {
        match &self.weights[..] {
            [] => (0, 0),
            [nodes, rest @ ..] => (*nodes, rest.iter().product()),
        }
    }

    /// Numbers that are learned.
    pub fn learned(&self) -> usize {
        let (nodes, inputs) = self.matrix();
        let vectors = self.vectors.iter().filter(|vector| vector.learned);
        nodes * inputs + vectors.map(|vector| vector.length).sum::<usize>()
    }
}

impl<T: Real> Parameters<T> {
    /// Weights zero, vectors as they are at first.
    pub fn new(layout: &Layout) -> Self {
        let vector = |vector: &VectorLayout| Array1::from_elem(vector.length, T::from_f64(vector.initial.into()));
        Self {
            weights: Array2::zeros(layout.matrix()),
            vectors: layout.vectors.iter().map(vector).collect(),
        }
    }

    /// One per node of a layer with weights; zero where it has none.
    ///
    /// # Panics
    /// If the layer has no vectors.
    pub fn bias(&self) -> &Array1<T> {
        &self.vectors[0]
    }

    /// The same, to change.
    ///
    /// # Panics
    /// If the layer has no vectors.
    pub fn bias_mut(&mut self) -> &mut Array1<T> {
        &mut self.vectors[0]
    }

    /// All numbers zero.
    pub fn clear(&mut self) {
        self.weights.fill(T::zero());
        self.vectors.iter_mut().for_each(|v| v.fill(T::zero()));
    }

    /// In another precision.
    pub fn cast<U: Real>(&self) -> Parameters<U> {
        let number = |x: T| U::from_f64(x.to_f64());
        Parameters {
            weights: self.weights.mapv(number),
            vectors: self.vectors.iter().map(|v| v.mapv(number)).collect(),
        }
    }

    /// Scales each node's weights to unit norm, and its bias with them. A node without weights stays as it is.
    pub fn normalize_nodes(&mut self) {
        let Self { weights, vectors } = self;
        let Some(bias) = vectors.first_mut() else {
            return;
        };
        for (mut w, b) in weights.rows_mut().into_iter().zip(bias) {
            let norm = w.iter().map(|x| x.to_f64().powi(2)).sum::<f64>().sqrt();
            if norm > 0.0 {
                let scale = T::from_f64(1.0 / norm);
                w.mapv_inplace(|x| x * scale);
                *b = *b * scale;
            }
        }
    }
}
