//! How the nodes of a state turn.

use crate::flow::turning_of_any;
use ndarray::{Array2, ArrayView1};

/// θ_j and dθ_j/dt of the nodes that have a teacher node, a column each. A state begins with its nodes, of any norm, and its
/// velocity with theirs. O(mk).
pub(in crate::experiment) fn turns<'a>(
    state: &'a [f64],
    velocity: &'a [f64],
    teacher: &'a Array2<f64>,
) -> impl Iterator<Item = (f64, f64)> + 'a {
    let k = teacher.nrows();
    let nodes = state.chunks_exact(k).zip(velocity.chunks_exact(k));
    nodes.zip(teacher.columns()).map(|((node, moves), target)| {
        let view = ArrayView1::from(node);
        turning_of_any(node, (view.dot(&view).sqrt(), moves), &target.to_vec())
    })
}
