//! A network's layers as a list of kinds, and what follows from it.

use super::layers::{LayerKind, Operation};
use super::{Layout, Shape};
use std::ops::Range;
use thiserror::Error;

/// Kinds and sizes of a network's layers, from the bottom; the last is a dense one, the output.
///
/// The theory's layers begin with each layer that has weights and go up to the next one: hidden layer `l` is what these
/// make of the one below, with normalisation and ReLU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Architecture {
    operations: Vec<Operation>,
    /// Below each operation, and above the last.
    shapes: Vec<Shape>,
    /// Operations of each of the theory's layers, the output's last.
    stages: Vec<Range<usize>>,
    /// Which of each has the weights.
    linear: Vec<usize>,
}

/// Why a list of layers is no network.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArchitectureError {
    /// A layer that cannot read what the one below gives.
    #[error("layer {index} from the bottom: found {found}")]
    Shape {
        /// From 0.
        index: usize,
        /// What was found and what is allowed.
        found: String,
    },
    /// A list that begins or ends in another way, or normalises twice.
    #[error("layers: found {found}; allowed: {allowed}")]
    Order {
        /// What was found.
        found: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
}

impl Architecture {
    /// A network that reads `input` and has these layers.
    ///
    /// # Errors
    /// If a layer cannot read what the one below gives; if the first is neither with weights nor a flatten layer, or the
    /// last not dense; if there are two normalisations between two layers with weights.
    pub fn new(input: Shape, operations: Vec<Operation>) -> Result<Self, ArchitectureError> {
        let mut shapes = vec![input];
        for (index, operation) in operations.iter().enumerate() {
            let shape = operation.output(shapes[index]);
            shapes.push(shape.map_err(|found| ArchitectureError::Shape { index, found })?);
        }
        let begins = |i: &usize| operations[*i].clone().nodes().is_some();
        let linear: Vec<usize> = (0..operations.len()).filter(begins).collect();
        let order = |found, allowed| Err(ArchitectureError::Order { found, allowed });
        let flattens = |operation: &Operation| matches!(operation, Operation::Flatten(_));
        match (linear.first(), operations.last()) {
            (Some(&first), Some(Operation::Dense(_))) if operations[..first].iter().all(flattens) => {}
            (Some(_), Some(Operation::Dense(_))) => {
                return order("another layer below the first with weights", "flatten there");
            }
            _ => return order("another layer at the top", "dense there"),
        }
        let mut starts = linear.clone();
        starts[0] = 0;
        let ends = starts[1..].iter().copied().chain([operations.len()]);
        let stages: Vec<Range<usize>> = starts.iter().zip(ends).map(|(&start, end)| start..end).collect();
        let normalizes = |i: &usize| matches!(operations[*i], Operation::Normalization(_));
        if stages.iter().any(|stage| stage.clone().filter(normalizes).count() > 1) {
            return order("two normalisations of one layer", "one at most");
        }
        Ok(Self {
            operations,
            shapes,
            stages,
            linear,
        })
    }

    /// The layers, from the bottom.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The shape below layer `i` of the list.
    pub fn shape_below(&self, i: usize) -> Shape {
        self.shapes[i]
    }

    /// Parameters of layer `i` of the list.
    pub fn layout(&self, i: usize) -> Layout {
        self.operations[i].layout(self.shapes[i])
    }

    /// Parameters of all layers.
    pub fn layouts(&self) -> impl Iterator<Item = Layout> {
        (0..self.operations.len()).map(|i| self.layout(i))
    }

    /// The theory's layers, the output's last, as parts of the list.
    pub fn stages(&self) -> &[Range<usize>] {
        &self.stages
    }

    /// Where in the list the weights of the theory's layer `l` are.
    ///
    /// # Panics
    /// If there is no such layer.
    pub fn linear(&self, l: usize) -> usize {
        self.linear[l]
    }

    /// What a sample is.
    pub fn input_shape(&self) -> Shape {
        self.shapes[0]
    }

    /// d: numbers of a sample.
    pub fn input(&self) -> usize {
        self.shapes[0].len()
    }

    /// C
    pub fn output(&self) -> usize {
        self.shapes[self.operations.len()].len()
    }

    /// Activations of one sample: numbers of the input and of all layers with weights, at all their positions.
    pub fn activations(&self) -> usize {
        self.input() + self.linear.iter().map(|i| self.shapes[i + 1].len()).sum::<usize>()
    }

    /// Multiplications of one sample's way up: weights times the positions at which they are applied.
    pub fn multiplications(&self) -> usize {
        let layers = self.shapes().into_iter().zip(&self.linear);
        layers.map(|((inputs, nodes), i)| nodes * inputs * self.shapes[i + 1].positions()).sum()
    }

    /// Number of hidden layers.
    pub fn depth(&self) -> usize {
        self.stages.len() - 1
    }

    /// Nodes, or channels, of each hidden layer, from the bottom.
    pub fn hidden(&self) -> Vec<usize> {
        (0..self.depth()).map(|l| self.hidden_shape(l).channels).collect()
    }

    /// The shape of hidden layer `l` where its weights have been applied.
    ///
    /// # Panics
    /// If there is no such layer.
    pub fn hidden_shape(&self, l: usize) -> Shape {
        self.shapes[self.linear[l] + 1]
    }

    /// (inputs of a node, nodes) of each layer with weights, the output's last.
    pub fn shapes(&self) -> Vec<(usize, usize)> {
        let of = |&i: &usize| {
            let (nodes, inputs) = self.layout(i).matrix();
            (inputs, nodes)
        };
        self.linear.iter().map(of).collect()
    }

    /// Whether any layer is normalised by batches.
    pub fn has_batch_norm(&self) -> bool {
        let normalizes = |operation: &Operation| matches!(operation, Operation::Normalization(_));
        self.operations.iter().any(normalizes)
    }

    /// Whether all layers with weights are dense.
    pub fn is_dense(&self) -> bool {
        self.linear.iter().all(|&i| matches!(self.operations[i], Operation::Dense(_)))
    }

    /// Whether nodes of layers with weights have biases.
    pub fn has_bias(&self) -> bool {
        (0..self.linear.len()).any(|l| self.learns_bias(l))
    }

    /// Whether those of layer `l` have, the output's last.
    pub(super) fn learns_bias(&self, l: usize) -> bool {
        self.layout(self.linear[l]).vectors[0].learned
    }

    /// Numbers that are learned.
    pub fn parameters(&self) -> usize {
        self.layouts().map(|layout| layout.learned()).sum()
    }

    /// The widths as readers write them: 20-50-75-100.
    pub fn widths(&self) -> String {
        let mut widths = self.shapes[0].to_string();
        for nodes in self.hidden().into_iter().chain([self.output()]) {
            widths += &format!("-{nodes}");
        }
        widths
    }

    /// The same with so many nodes, or channels, in each hidden layer.
    ///
    /// # Panics
    /// If there are not as many numbers as hidden layers.
    #[must_use]
    pub fn with_hidden(&self, hidden: &[usize]) -> Self {
        assert_eq!(hidden.len(), self.depth(), "a number for each hidden layer");
        self.edited(|operations| {
            let nodes = operations.iter_mut().filter_map(LayerKind::nodes);
            for ((nodes, _), &wanted) in nodes.zip(hidden) {
                *nodes = wanted;
            }
        })
    }

    /// The same with hidden layers so many times as wide.
    #[must_use]
    pub fn widened(&self, width: usize) -> Self {
        let hidden: Vec<usize> = self.hidden().iter().map(|nodes| nodes * width).collect();
        self.with_hidden(&hidden)
    }

    /// The same with biases or without.
    #[must_use]
    pub fn with_bias(&self, wanted: bool) -> Self {
        self.edited(|operations| {
            let nodes = operations.iter_mut().filter_map(LayerKind::nodes);
            nodes.for_each(|(_, bias)| *bias = wanted);
        })
    }

    /// The same with other layers that fit where those were.
    pub(super) fn edited(&self, edit: impl FnOnce(&mut Vec<Operation>)) -> Self {
        let mut operations = self.operations.clone();
        edit(&mut operations);
        Self::new(self.shapes[0], operations).expect("shapes and order are those of a network")
    }
}
