//! Whether a step is too large for the output layer: what makes a training of convolutions diverge first.

use crate::blas::multiply_add;
use crate::network::deep::Deep;
use crate::sgd::{Batch, Loss, Mode, Pass, Source, Training};
use ndarray::{Array1, Array2};

/// Steps of the power method.
const STEPS: usize = 30;

/// Samples that are looked at, at most: a mini-batch may be all there are.
const LOOKED_AT: usize = 512;

/// The largest step at which gradient descent in the output layer alone is stable at the start: 2/λ, λ the largest
/// eigenvalue of the loss's Hessian in one output's weights and bias, on a first mini-batch,
/// or as much of it as is looked at.
///
/// For mean squares λ = (2/C) λ_max(E f fᵀ), f the features below the output with a 1 for the bias; for cross-entropy at
/// most ½ λ_max(E f fᵀ).
///
/// # Cost
/// For B samples, at most 512, and n features: a forward pass, O(B² n) for their products, 30 B² for the power method.
pub fn stable_step(network: &Deep<f32>, source: &dyn Source<f32>, training: &Training) -> f64 {
    let size = training.batch.min(source.samples()).min(LOOKED_AT);
    let mut batch = Batch::new(source, size);
    let rows: Vec<u32> = (0..size as u32).collect();
    source.fill(0, &rows, &mut batch);
    let mut pass = Pass::new(&network.architecture, size);
    pass.forward(network, batch.inputs(), Mode::Training);
    let below = pass.activations(network.depth() - 1);
    // A flattened image: channels × (positions · batch) is (channels · positions) × batch.
    let values = below.iter().copied().collect();
    let shape = (below.len() / size, size);
    let features = Array2::from_shape_vec(shape, values).expect("as many as there are");
    let largest = largest_moment(&features);
    let factor = match training.loss {
        Loss::MeanSquared => 2.0 / network.architecture.output() as f64,
        Loss::CrossEntropy => 0.5,
    };
    2.0 / (factor * largest)
}

/// λ_max of (F Fᵀ + 1 1ᵀ)/B by the power method on its B × B companion, from below.
fn largest_moment(features: &Array2<f32>) -> f64 {
    let size = features.ncols();
    let mut gram = Array2::<f32>::ones((size, size));
    multiply_add(1.0, features.t(), features.view(), 1.0, gram.view_mut());
    let gram = gram.mapv(f64::from);
    let mut v = Array1::from_elem(size, (size as f64).sqrt().recip());
    let mut norm = 0.0;
    for _ in 0..STEPS {
        v = gram.dot(&v);
        norm = v.dot(&v).sqrt();
        v /= norm;
    }
    norm / size as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg;
    use crate::network::deep::{Architecture, Convolutional, Shape, uniform};
    use crate::rng::stream;
    use crate::sgd::{DataSet, Schedule, Targets, Trainer, gaussian_inputs};

    #[test]
    fn the_power_method_finds_the_largest_eigenvalue() {
        let features = gaussian_inputs::<f32>(3, "features", [40, 7], 2.0).mapv(|f| f.max(0.0));
        let wide = features.mapv(f64::from);
        let moment = (wide.dot(&wide.t())) / 7.0;
        let mut with_bias = Array2::from_elem((41, 41), 1.0);
        with_bias.slice_mut(ndarray::s![..40, ..40]).assign(&moment);
        let means = wide.mean_axis(ndarray::Axis(1)).unwrap();
        with_bias.slice_mut(ndarray::s![..40, 40]).assign(&means);
        with_bias.slice_mut(ndarray::s![40, ..40]).assign(&means);
        let spectrum = linalg::eigenvalues(&with_bias).unwrap();
        let largest = spectrum.iter().copied().fold(0.0, f64::max);
        assert!((largest_moment(&features) / largest - 1.0).abs() < 1e-5);
    }

    #[test]
    fn beyond_the_stable_step_the_loss_grows_and_at_half_of_it_not() {
        let architecture = Architecture::try_from(Convolutional {
            input: Shape::image(1, 8, 8),
            channels: vec![6],
            kernel: 3,
            padding: 0,
            output: 5,
            bias: true,
            batch_norm: None,
        })
        .unwrap();
        let network = uniform::<f32>(&mut stream(1, "student", &[]), &architecture);
        let inputs = gaussian_inputs(1, "samples", [32, 64], 1.0);
        let targets = Targets::Values(gaussian_inputs(1, "targets", [32, 5], 1.0));
        let data = DataSet { inputs, targets };
        let training = |step| Training {
            batch: 32,
            schedule: Schedule(vec![(0, step)]),
            momentum: 0.0,
            weight_decay: 0.0,
            loss: Loss::MeanSquared,
            normalize_nodes: false,
        };
        let stable = stable_step(&network, &data, &training(1.0));
        // The greatest of the losses of some steps, over the first.
        let growth = |factor: f64| {
            let training = training(factor * stable);
            let mut trainer = Trainer::new(&training, &data, network.clone(), 1);
            let mut loss = || match trainer.epoch(|_| true) {
                Ok(loss) => loss.expect("it goes on"),
                Err(_) => f64::INFINITY,
            };
            let first = loss();
            (0..6).map(|_| loss()).fold(0.0, f64::max) / first
        };
        assert!(growth(0.5) < 1.0, "{}", growth(0.5));
        assert!(growth(4.0) > 2.0, "{}", growth(4.0));
    }
}
