//! Random deep networks, as the poster's authors and their framework draw them.

use super::{Architecture, Deep};
use crate::network::{NetworkError, draw};
use crate::real::Real;
use crate::rng::Stream;
use rand::RngExt;

/// Weights and biases uniform in ±1/√inputs: the default of PyTorch's linear layers, and the student's start.
pub fn uniform<T: Real>(rng: &mut Stream, architecture: &Architecture) -> Deep<T> {
    let mut network = Deep::zeros(architecture);
    for l in 0..=architecture.depth() {
        let layer = network.linear_mut(l);
        let bound = 1.0 / (layer.weights.ncols() as f64).sqrt();
        let mut draw = || T::from_f64(rng.random_range(-bound..bound));
        layer.weights.mapv_inplace(|_| draw());
        if architecture.learns_bias(l) {
            layer.bias_mut().mapv_inplace(|_| draw());
        }
    }
    network
}

/// The authors' teacher: weights from {±½, ±¼, 0}, distinct within a layer, biases uniform in ±½; then each node is
/// scaled to unit weights, and its bias with them.
///
/// # Errors
/// A layer with more nodes than there are distinct ones.
pub fn grid_teacher<T: Real>(rng: &mut Stream, architecture: &Architecture) -> Result<Deep<T>, NetworkError> {
    let mut network = Deep::zeros(architecture);
    for l in 0..=architecture.depth() {
        let layer = network.linear_mut(l);
        let (nodes, inputs) = layer.weights.dim();
        let (columns, norms) = draw::scaled_grid_columns(rng, inputs, nodes)?;
        layer.weights = columns.t().mapv(T::from_f64).as_standard_layout().into_owned();
        if architecture.learns_bias(l) {
            for (b, norm) in layer.bias_mut().iter_mut().zip(norms) {
                *b = T::from_f64(rng.random_range(-0.5..0.5) / norm);
            }
        }
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::super::FullyConnected;
    use super::*;
    use crate::rng::stream;

    fn architecture() -> Architecture {
        FullyConnected {
            input: 6,
            hidden: vec![7, 5],
            output: 4,
            bias: true,
            batch_norm: None,
        }
        .into()
    }

    #[test]
    fn a_grid_teacher_has_distinct_unit_nodes_whose_ratios_are_those_of_the_grid() {
        let mut rng = stream(1, "teacher", &[]);
        let teacher = grid_teacher::<f64>(&mut rng, &architecture()).unwrap();
        for l in 0..=teacher.depth() {
            let layer = teacher.linear(l);
            for w in layer.weights.rows() {
                assert!((w.dot(&w) - 1.0).abs() < 1e-14);
                let least = w.iter().map(|x| x.abs()).filter(|&x| x > 0.0);
                let least = least.fold(f64::INFINITY, f64::min);
                assert!(w.iter().all(|x| {
                    let ratio = x.abs() / least;
                    [0.0, 1.0, 2.0].iter().any(|r| (ratio - r).abs() < 1e-12)
                }));
            }
            assert!(layer.bias().iter().any(|&b| b != 0.0));
        }
    }

    #[test]
    fn a_uniform_network_keeps_to_its_bounds_and_fills_them() {
        let network = uniform::<f32>(&mut stream(2, "student", &[]), &architecture());
        for l in 0..=network.depth() {
            let layer = network.linear(l);
            let bound = 1.0 / (layer.weights.ncols() as f32).sqrt();
            let largest = layer.weights.iter().fold(0.0_f32, |a, w| a.max(w.abs()));
            assert!(largest <= bound && largest > 0.8 * bound);
        }
        assert_eq!(network.architecture.parameters(), 6 * 7 + 7 + 7 * 5 + 5 + 5 * 4 + 4);
    }
}
