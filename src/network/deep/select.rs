//! Networks made of some of another's nodes.

use super::{Architecture, Deep, Norm};
use crate::real::Real;
use ndarray::{Array1, Axis};

/// Nodes of each hidden layer that are kept, from the bottom.
pub type NodeSelection = Vec<Vec<usize>>;

/// The network of the selected hidden nodes, with the weights that they have among themselves. O(parameters).
///
/// # Panics
/// If a layer is missing or a node does not exist.
pub fn subnetwork<T: Real>(network: &Deep<T>, kept: &NodeSelection) -> Deep<T> {
    assert_eq!(
        kept.len(),
        network.depth(),
        "a selection for each hidden layer"
    );
    let all = |count: usize| (0..count).collect::<Vec<_>>();
    let architecture = Architecture {
        hidden: kept.iter().map(Vec::len).collect(),
        ..network.architecture.clone()
    };
    let (input, output) = (all(architecture.input), all(architecture.output));
    let mut smaller = Deep::zeros(&architecture);
    for (l, (to, from)) in smaller.layers.iter_mut().zip(&network.layers).enumerate() {
        let nodes = kept.get(l).unwrap_or(&output);
        let inputs = if l == 0 { &input } else { &kept[l - 1] };
        let pick = |v: &Array1<T>| v.select(Axis(0), nodes);
        let weights = from.weights.select(Axis(0), nodes).select(Axis(1), inputs);
        to.weights = weights.as_standard_layout().into_owned();
        to.bias = pick(&from.bias);
        to.norm = from.norm.as_ref().map(|norm| Norm {
            gain: pick(&norm.gain),
            shift: pick(&norm.shift),
            mean: pick(&norm.mean),
            variance: pick(&norm.variance),
        });
    }
    smaller
}

#[cfg(test)]
mod tests {
    use super::super::uniform;
    use super::*;
    use crate::rng::stream;

    #[test]
    fn the_selected_nodes_keep_the_weights_that_they_have_among_themselves() {
        let architecture = Architecture {
            input: 3,
            hidden: vec![5, 6],
            output: 2,
            bias: true,
            batch_norm: None,
        };
        let network = uniform::<f64>(&mut stream(1, "student", &[]), &architecture);
        let smaller = subnetwork(&network, &vec![vec![4, 1], vec![0, 5, 2]]);
        assert_eq!(smaller.architecture.hidden, [2, 3]);
        assert_eq!(
            smaller.layers[1].weights[[1, 0]],
            network.layers[1].weights[[5, 4]]
        );
        assert_eq!(smaller.layers[0].bias[1], network.layers[0].bias[1]);
        assert_eq!(
            smaller.layers[2].weights[[1, 2]],
            network.layers[2].weights[[1, 2]]
        );
        assert!(
            smaller
                .layers
                .iter()
                .all(|layer| layer.weights.is_standard_layout())
        );
        let all = subnetwork(&network, &vec![(0..5).collect(), (0..6).collect()]);
        assert_eq!(all, network);
    }
}
