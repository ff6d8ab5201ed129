//! How a node turns relative to its teacher's.

use crate::overlap::HalfAngle;
use ndarray::ArrayView1;

/// θ of a unit node to `target`, of any norm, and dθ/dt where a node of the length `norm` moves at `velocity`. O(k).
pub fn turning(node: ArrayView1<f64>, (norm, velocity): (f64, ArrayView1<f64>), target: ArrayView1<f64>) -> (f64, f64) {
    let target_norm = target.dot(&target).sqrt();
    let target = target.mapv(|x| x / target_norm);
    let angle = HalfAngle::between_units(node, target.view());
    // θ̇ = −ẇ·u, u the unit vector of P⊥ w*; w* − w first, so that nothing cancels near it.
    let mut toward = target - node;
    let along = toward.dot(&node);
    toward.scaled_add(-along, &node);
    let length = toward.dot(&toward).sqrt();
    let speed = velocity.dot(&toward) / norm;
    let rate = if length > 0.0 { -speed / length } else { 0.0 };
    (angle.radians(), rate)
}
