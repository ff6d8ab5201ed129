//! Columns of unit norm.

use ndarray::{ArrayBase, DataMut, Ix1};

/// Scales a vector to unit norm and returns the norm that it had. A zero vector stays as it is.
pub fn normalize<S: DataMut<Elem = f64>>(vector: &mut ArrayBase<S, Ix1>) -> f64 {
    let norm = vector.dot(vector).sqrt();
    if norm > 0.0 {
        *vector /= norm;
    }
    norm
}
