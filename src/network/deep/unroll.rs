//! Convolutional networks as fully connected ones: a node for each channel and position, with the weights that it shares.

use super::layers::{Convolution, Dense, Operation};
use super::{Architecture, Deep, Shape};
use crate::real::Real;
use ndarray::Array1;

/// The network in which every channel and position is a node of its own. It says the same where nothing is normalised by
/// the statistics of a batch. For checks: O(nodes · inputs) memory for each layer.
///
/// Nodes stand as in the activations of the convolution: channel, y, x.
pub fn unrolled<T: Real>(network: &Deep<T>) -> Deep<T> {
    let mut large = Deep::zeros(&unrolled_architecture(&network.architecture));
    let mut parameters = large.parameters.iter_mut();
    for (i, kind) in network.architecture.operations().iter().enumerate() {
        let (below, above) = around(&network.architecture, i);
        let own = &network.parameters[i];
        if matches!(kind, Operation::Flatten(_)) {
            continue;
        }
        let to = parameters.next().expect("all but flatten layers remain");
        for (to, from) in to.vectors.iter_mut().zip(&own.vectors) {
            // One for each channel, or already one for each node.
            let each = to.len() / from.len();
            *to = Array1::from_shape_fn(to.len(), |node| from[node / each]);
        }
        match kind {
            Operation::Convolution(layer) => shared(*layer, below, above, |node, input, [m, w]| {
                to.weights[[node, input]] = own.weights[[m, w]];
            }),
            _ => to.weights.assign(&own.weights),
        }
    }
    large
}

/// From gradients in an unrolled network those in the weights that its nodes share: sums over positions.
///
/// # Panics
/// If the gradients are not those of the unrolled network.
pub fn gathered<T: Real>(gradients: &Deep<T>, architecture: &Architecture) -> Deep<T> {
    let mut small = Deep::zeros(architecture);
    let mut parameters = gradients.parameters.iter();
    for (i, kind) in architecture.operations().iter().enumerate() {
        let (below, above) = around(architecture, i);
        let own = &mut small.parameters[i];
        own.clear();
        if matches!(kind, Operation::Flatten(_)) {
            continue;
        }
        let from = parameters.next().expect("all but flatten layers remain");
        for (to, from) in own.vectors.iter_mut().zip(&from.vectors) {
            let each = from.len() / to.len();
            from.iter().enumerate().for_each(|(node, &g)| to[node / each] += g);
        }
        match kind {
            Operation::Convolution(layer) => shared(*layer, below, above, |node, input, [m, w]| {
                own.weights[[m, w]] += from.weights[[node, input]];
            }),
            _ => own.weights.assign(&from.weights),
        }
    }
    small
}

fn unrolled_architecture(architecture: &Architecture) -> Architecture {
    let list = architecture.operations().iter().enumerate();
    let kinds = list.filter_map(|(i, kind)| match kind {
        Operation::Flatten(_) => None,
        Operation::Convolution(layer) => {
            let nodes = around(architecture, i).1.len();
            let bias = layer.bias;
            Some(Dense { nodes, bias }.into())
        }
        kind => Some(*kind),
    });
    Architecture::new(Shape::flat(architecture.input()), kinds.collect()).expect("dense layers read each other")
}

fn around(architecture: &Architecture, i: usize) -> (Shape, Shape) {
    (architecture.shape_below(i), architecture.shape_below(i + 1))
}

/// Tells of every pair of a node and one of its inputs where the weights have what they share: (channel, input).
fn shared(layer: Convolution, below: Shape, above: Shape, mut tell: impl FnMut(usize, usize, [usize; 2])) {
    let (k, padding) = (layer.kernel, layer.padding);
    for node in 0..above.len() {
        let (m, place) = (node / above.positions(), node % above.positions());
        let (y, x) = (place / above.width, place % above.width);
        for w in 0..below.channels * k * k {
            let (c, i, j) = (w / (k * k), w / k % k, w % k);
            let row = (y + i).checked_sub(padding).filter(|&y| y < below.height);
            let column = (x + j).checked_sub(padding).filter(|&x| x < below.width);
            if let (Some(row), Some(column)) = (row, column) {
                tell(node, (c * below.height + row) * below.width + column, [m, w]);
            }
        }
    }
}
