//! Convolutional networks as fully connected ones: a node for each channel and position, with the weights that it shares.

use super::layers::{Dense, Operation};
use super::{Architecture, Deep, Shape};
use crate::real::Real;
use ndarray::Array1;

/// The network in which every channel and position is a node of its own. It says the same where nothing is normalised by
/// the statistics of a batch. For checks: O(nodes · inputs) memory for each layer.
///
/// Nodes stand as in the activations of the convolution: channel, y, x.
pub fn unrolled<T: Real>(network: &Deep<T>) -> Deep<T> {
    let architecture = &network.architecture;
    let mut large = Deep::zeros(&unrolled_architecture(architecture));
    for (i, to) in remaining(architecture).zip(&mut large.parameters) {
        let own = &network.parameters[i];
        for (to, from) in to.vectors.iter_mut().zip(&own.vectors) {
            // One for each channel, or already one for each node.
            let each = to.len() / from.len();
            *to = Array1::from_shape_fn(to.len(), |node| from[node / each]);
        }
        each_weight(architecture, i, |at, shared| to.weights[at] = own.weights[shared]);
    }
    large
}

/// From gradients in an unrolled network those in the weights that its nodes share: sums over positions.
///
/// # Panics
/// If the gradients are not those of the unrolled network.
pub fn gathered<T: Real>(gradients: &Deep<T>, architecture: &Architecture) -> Deep<T> {
    assert_eq!(gradients.architecture, unrolled_architecture(architecture), "gradients of the unrolled network");
    let mut small = Deep::zeros(architecture);
    for (i, from) in remaining(architecture).zip(&gradients.parameters) {
        let own = &mut small.parameters[i];
        own.clear();
        for (to, from) in own.vectors.iter_mut().zip(&from.vectors) {
            let each = from.len() / to.len();
            from.iter().enumerate().for_each(|(node, &g)| to[node / each] += g);
        }
        each_weight(architecture, i, |at, shared| own.weights[shared] += from.weights[at]);
    }
    small
}

/// Layers of the list that the unrolled one has too: all but flatten layers.
fn remaining(architecture: &Architecture) -> impl Iterator<Item = usize> {
    let list = architecture.operations();
    (0..list.len()).filter(|&i| !matches!(list[i], Operation::Flatten(_)))
}

fn unrolled_architecture(architecture: &Architecture) -> Architecture {
    let kinds = remaining(architecture).map(|i| match architecture.operations()[i] {
        Operation::Convolution(layer) => {
            let nodes = architecture.shape_below(i + 1).len();
            let bias = layer.bias;
            Dense { nodes, bias }.into()
        }
        kind => kind,
    });
    Architecture::new(Shape::flat(architecture.input()), kinds.collect()).expect("dense layers read each other")
}

/// Tells of all weights of layer `i` in the unrolled network: (node, input), and where the weight that it shares stands.
fn each_weight(architecture: &Architecture, i: usize, mut tell: impl FnMut([usize; 2], [usize; 2])) {
    let (below, above) = (architecture.shape_below(i), architecture.shape_below(i + 1));
    let Operation::Convolution(layer) = architecture.operations()[i] else {
        let (nodes, inputs) = architecture.layout(i).matrix();
        let all = (0..nodes).flat_map(|node| (0..inputs).map(move |input| [node, input]));
        return all.for_each(|own| tell(own, own));
    };
    let (k, padding) = (layer.kernel, layer.padding);
    for node in 0..above.len() {
        let (m, place) = (node / above.positions(), node % above.positions());
        let (y, x) = (place / above.width, place % above.width);
        for w in 0..below.channels * k * k {
            let (c, i, j) = (w / (k * k), w / k % k, w % k);
            let row = (y + i).checked_sub(padding).filter(|&y| y < below.height);
            let column = (x + j).checked_sub(padding).filter(|&x| x < below.width);
            if let (Some(row), Some(column)) = (row, column) {
                tell([node, (c * below.height + row) * below.width + column], [m, w]);
            }
        }
    }
}
