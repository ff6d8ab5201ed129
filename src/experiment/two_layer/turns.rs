//! How the nodes of a state turn.

use crate::flow::turning;
use ndarray::{Array2, ArrayView2};

/// θ_j and dθ_j/dt of nodes to their teacher's: a row per node, of any norm, and its velocity, a column per teacher node. O(nk).
pub(in crate::experiment) fn turns<'a>(
    nodes: &'a ArrayView2<f64>,
    moves: &'a ArrayView2<f64>,
    teacher: &'a Array2<f64>,
) -> impl Iterator<Item = (f64, f64)> + 'a {
    let nodes = nodes.rows().into_iter().zip(moves.rows());
    nodes.zip(teacher.columns()).map(|((node, moves), target)| {
        let norm = node.dot(&node).sqrt();
        turning(node.mapv(|x| x / norm).view(), (norm, moves), target)
    })
}
