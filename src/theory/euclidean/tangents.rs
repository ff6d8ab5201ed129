//! Tangents of the sphere.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, s};

/// The rows are an orthonormal basis of what is at right angles to a unit vector: Householder's reflection of it to an axis.
pub(super) fn tangents(node: ArrayView1<f64>) -> Array2<f64> {
    let p = node.len();
    let sign = if node[0] < 0.0 { -1.0 } else { 1.0 };
    let mut mirror = node.to_owned();
    mirror[0] += sign;
    let scale = 2.0 / mirror.dot(&mirror);
    let reflection = Array2::<f64>::eye(p) - outer(mirror.view(), mirror.view()) * scale;
    reflection.slice(s![1.., ..]).to_owned()
}

/// u vᵀ
pub(super) fn outer(u: ArrayView1<f64>, v: ArrayView1<f64>) -> Array2<f64> {
    let (u, v): (ArrayView2<f64>, ArrayView2<f64>) = (u.insert_axis(Axis(1)), v.insert_axis(Axis(0)));
    u.dot(&v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr1;

    #[test]
    fn tangents_are_orthonormal_and_at_right_angles_to_the_node() {
        for node in [arr1(&[1.0, 0.0, 0.0]), arr1(&[-0.6, 0.0, 0.8]), arr1(&[0.48, 0.6, 0.64])] {
            let basis = tangents(node.view());
            let gram = basis.dot(&basis.t()) - Array2::<f64>::eye(2);
            assert!(gram.iter().all(|x| x.abs() < 1e-15));
            assert!(basis.dot(&node).iter().all(|x| x.abs() < 1e-15));
        }
    }
}
