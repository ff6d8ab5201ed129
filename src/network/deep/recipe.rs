//! The usual networks by a few numbers, and how architectures are written down.

use super::layers::{Convolution, Dense, Flatten, Normalization, Operation, Relu};
use super::{Architecture, ArchitectureError, Shape};
use serde::{Serialize, Serializer};

/// Fully connected ReLU layers and a linear output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FullyConnected {
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

/// Batch normalisation of hidden layers.
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

impl From<FullyConnected> for Architecture {
    fn from(recipe: FullyConnected) -> Self {
        let bias = recipe.bias;
        let mut operations = Vec::new();
        for nodes in recipe.hidden {
            operations.push(Dense { nodes, bias }.into());
            operations.push(Relu.into());
        }
        let nodes = recipe.output;
        operations.push(Dense { nodes, bias }.into());
        let plain = Self::new(Shape::flat(recipe.input), operations);
        plain.expect("dense layers read each other").with_batch_norm(recipe.batch_norm)
    }
}

/// Convolutional ReLU layers of one kernel, flattened, and a linear output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convolutional {
    /// The image.
    pub input: Shape,
    /// Channels of each hidden layer, from the bottom.
    pub channels: Vec<usize>,
    /// k of k × k kernels, stride 1.
    pub kernel: usize,
    /// Zeros around each layer's image.
    pub padding: usize,
    /// C
    pub output: usize,
    /// Whether channels and outputs have biases.
    pub bias: bool,
    /// Batch normalisation of the hidden layers, of each channel over its positions.
    pub batch_norm: Option<BatchNorm>,
}

impl TryFrom<Convolutional> for Architecture {
    type Error = ArchitectureError;

    fn try_from(recipe: Convolutional) -> Result<Self, ArchitectureError> {
        let bias = recipe.bias;
        let mut operations = Vec::new();
        for channels in recipe.channels {
            let layer = Convolution {
                channels,
                kernel: recipe.kernel,
                padding: recipe.padding,
                bias,
            };
            operations.push(layer.into());
            operations.push(Relu.into());
        }
        operations.push(Flatten.into());
        let nodes = recipe.output;
        operations.push(Dense { nodes, bias }.into());
        let plain = Self::new(recipe.input, operations)?;
        Ok(plain.with_batch_norm(recipe.batch_norm))
    }
}

impl Architecture {
    /// The same with each ReLU, and no other place, normalised in this way.
    #[must_use]
    pub fn with_batch_norm(&self, batch_norm: Option<BatchNorm>) -> Self {
        self.edited(|operations| {
            operations.retain(|kind| !matches!(kind, Operation::Normalization(_)));
            let Some(BatchNorm { place, affine }) = batch_norm else {
                return;
            };
            let whitens = Operation::from(Normalization { affine });
            let around = |kind: Operation| match (kind, place) {
                (Operation::Relu(_), Place::BeforeRelu) => vec![whitens, kind],
                (Operation::Relu(_), Place::AfterRelu) => vec![kind, whitens],
                _ => vec![kind],
            };
            *operations = operations.drain(..).flat_map(around).collect();
        })
    }

    /// As a recipe, where it is one.
    pub fn fully_connected(&self) -> Option<FullyConnected> {
        if !self.is_dense() || self.input_shape().positions() > 1 {
            return None;
        }
        let norm = |pair: &[Operation]| match pair {
            [Operation::Normalization(norm), Operation::Relu(_)] => Some((*norm, Place::BeforeRelu)),
            [Operation::Relu(_), Operation::Normalization(norm)] => Some((*norm, Place::AfterRelu)),
            _ => None,
        };
        let found = self.operations().windows(2).find_map(norm);
        let recipe = FullyConnected {
            input: self.input(),
            hidden: self.hidden(),
            output: self.output(),
            bias: self.has_bias(),
            batch_norm: found.map(|(norm, place)| BatchNorm {
                place,
                affine: norm.affine,
            }),
        };
        (Self::from(recipe.clone()) == *self).then_some(recipe)
    }
}

/// Any other architecture.
#[derive(Serialize)]
struct List<'a> {
    input: Shape,
    layers: &'a [Operation],
}

/// A recipe where it is one, else the list.
impl Serialize for Architecture {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.fully_connected() {
            Some(recipe) => recipe.serialize(serializer),
            None => List {
                input: self.input_shape(),
                layers: self.operations(),
            }
            .serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_makes_a_list_that_is_read_as_that_recipe() {
        let norm = |place, affine| Some(BatchNorm { place, affine });
        for batch_norm in [None, norm(Place::BeforeRelu, true), norm(Place::AfterRelu, false)] {
            let recipe = FullyConnected {
                input: 3,
                hidden: vec![4, 5],
                output: 2,
                bias: batch_norm.is_none(),
                batch_norm,
            };
            let architecture = Architecture::from(recipe.clone());
            assert_eq!(architecture.fully_connected(), Some(recipe));
            let count = if batch_norm.is_some() { 7 } else { 5 };
            assert_eq!(architecture.operations().len(), count);
            assert_eq!(architecture.with_batch_norm(None).operations().len(), 5);
        }
    }
}
