//! Networks made of some of another's nodes.

use super::Deep;
use crate::real::Real;
use ndarray::Axis;

/// Nodes of each hidden layer that are kept, from the bottom.
pub type NodeSelection = Vec<Vec<usize>>;

/// The network of the selected hidden nodes, with the weights that they have among themselves. O(parameters).
///
/// # Panics
/// If a layer is missing or a node does not exist.
pub fn subnetwork<T: Real>(network: &Deep<T>, kept: &NodeSelection) -> Deep<T> {
    assert_eq!(kept.len(), network.depth(), "a selection for each hidden layer");
    let all = |count: usize| (0..count).collect::<Vec<_>>();
    let hidden: Vec<usize> = kept.iter().map(Vec::len).collect();
    let mut smaller = Deep::zeros(&network.architecture.with_hidden(&hidden));
    let mut inputs: Option<(&[usize], usize)> = None;
    for (l, stage) in network.architecture.stages().iter().enumerate() {
        let weights = &network.linear(l).weights;
        let nodes = kept.get(l).cloned().unwrap_or_else(|| all(weights.nrows()));
        // Of each kept channel below all that its readers have: one column, those of a kernel or of all positions.
        let columns = match inputs {
            None => all(weights.ncols()),
            Some((kept, count)) => {
                let each = weights.ncols() / count;
                kept.iter().flat_map(|k| k * each..(k + 1) * each).collect()
            }
        };
        let selected = weights.select(Axis(0), &nodes).select(Axis(1), &columns);
        smaller.linear_mut(l).weights = selected.as_standard_layout().into_owned();
        for i in stage.clone() {
            let from = network.parameters[i].vectors.iter();
            let picked = from.map(|vector| vector.select(Axis(0), &nodes));
            smaller.parameters[i].vectors = picked.collect();
        }
        inputs = kept.get(l).map(|kept| (&kept[..], weights.nrows()));
    }
    smaller
}

#[cfg(test)]
mod tests {
    use super::super::{FullyConnected, uniform};
    use super::*;
    use crate::rng::stream;

    #[test]
    fn the_selected_nodes_keep_the_weights_that_they_have_among_themselves() {
        let architecture = FullyConnected {
            input: 3,
            hidden: vec![5, 6],
            output: 2,
            bias: true,
            batch_norm: None,
        }
        .into();
        let network = uniform::<f64>(&mut stream(1, "student", &[]), &architecture);
        let smaller = subnetwork(&network, &vec![vec![4, 1], vec![0, 5, 2]]);
        assert_eq!(smaller.architecture.hidden(), [2, 3]);
        assert_eq!(smaller.linear(1).weights[[1, 0]], network.linear(1).weights[[5, 4]]);
        assert_eq!(smaller.linear(0).bias()[1], network.linear(0).bias()[1]);
        assert_eq!(smaller.linear(2).weights[[1, 2]], network.linear(2).weights[[1, 2]]);
        assert!(smaller.parameters.iter().all(|layer| layer.weights.is_standard_layout()));
        let all = subnetwork(&network, &vec![(0..5).collect(), (0..6).collect()]);
        assert_eq!(all, network);
    }
}
