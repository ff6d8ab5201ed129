//! Convolutional networks: against naive sums, differences, an unrolled copy in which every position is a node, and PyTorch.

mod channels;
mod definition;
mod pytorch;
mod unrolled;

use luckflow::flow::deep::{backpropagated, node_gradients, true_velocity};
use luckflow::measure::{Correlations, Standardized};
use luckflow::network::deep::layers::{Convolution, Dense, Flatten, Operation, Relu};
use luckflow::network::deep::{
    Architecture, BatchNorm, Convolutional, Deep, Place, Shape, gathered, read_tensors, subnetwork, uniform, unrolled,
    write_tensors,
};
use luckflow::real::Real;
use luckflow::rng::stream;
use luckflow::sgd::{
    Batch, Curvature, DataSet, Loss, Mode, Pass, Schedule, Targets, Trainer, Training, gaussian_inputs, outputs,
};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, s};

fn recipe(batch_norm: Option<BatchNorm>, padding: usize) -> Convolutional {
    Convolutional {
        input: Shape::image(2, 7, 6),
        channels: vec![4, 5],
        kernel: 3,
        padding,
        output: 3,
        bias: true,
        batch_norm,
    }
}

fn kinds() -> Vec<Architecture> {
    let norm = |place, affine| Some(BatchNorm { place, affine });
    let recipes = [
        recipe(None, 0),
        recipe(None, 1),
        recipe(norm(Place::BeforeRelu, true), 0),
        recipe(norm(Place::AfterRelu, true), 1),
        recipe(norm(Place::AfterRelu, false), 0),
    ];
    let mut kinds: Vec<Architecture> = recipes.map(|r| r.try_into().unwrap()).into();
    kinds.push(kinds[0].with_bias(false));
    let convolution = |channels, kernel, padding| -> Operation {
        Convolution {
            channels,
            kernel,
            padding,
            bias: true,
        }
        .into()
    };
    let dense = |nodes| Operation::from(Dense { nodes, bias: true });
    // Other kernels, one above an even image, and a hidden dense layer.
    let list = vec![
        convolution(3, 4, 2),
        Relu.into(),
        convolution(4, 1, 0),
        Relu.into(),
        convolution(2, 5, 0),
        Flatten.into(),
        Relu.into(),
        dense(6),
        Relu.into(),
        dense(3),
    ];
    kinds.push(Architecture::new(Shape::image(2, 7, 6), list).unwrap());
    kinds
}

fn student<T: Real>(architecture: &Architecture) -> Deep<T> {
    let mut network = uniform(&mut stream(3, "student", &[]), architecture);
    let mut jitter = gaussian_inputs::<T>(4, "jitter", [1, 1000], 0.3).into_iter();
    let kinds = architecture.operations().iter().zip(&mut network.parameters);
    for (kind, parameters) in kinds {
        if matches!(kind, Operation::Normalization(_)) {
            let gains_and_shifts = parameters.vectors[..2].iter_mut().flatten();
            gains_and_shifts.for_each(|x| *x += jitter.next().unwrap());
        }
    }
    network
}

fn data<T: Real>(architecture: &Architecture, loss: Loss, samples: usize) -> DataSet<T> {
    let outputs = architecture.output();
    let values = |name, columns| gaussian_inputs(1, name, [samples, columns], 1.0);
    DataSet {
        inputs: values("samples", architecture.input()),
        targets: match loss {
            Loss::MeanSquared => Targets::Values(values("targets", outputs)),
            Loss::CrossEntropy => Targets::Classes((0..samples).map(|i| (i * 7 % outputs) as u32).collect()),
        },
    }
}

fn forward(network: &Deep<f64>, data: &DataSet<f64>, loss: Loss) -> (Pass<f64>, Batch<f64>, f64) {
    let mut batch = Batch::new(data, data.len());
    batch.gather(data, 0..data.len());
    let mut pass = Pass::new(&network.architecture, data.len());
    pass.forward(network, batch.inputs(), Mode::Training);
    let (output, gradient) = pass.output_and_gradient();
    let loss = loss.evaluate(output, &batch, gradient);
    (pass, batch, loss)
}

fn flat(network: &Deep<f64>) -> Vec<f64> {
    network.clone().parameters_mut().concat()
}

fn shifted(network: &Deep<f64>, direction: &[f64], by: f64) -> Deep<f64> {
    let mut moved = network.clone();
    let numbers = moved.parameters_mut().into_iter().flatten();
    numbers.zip(direction).for_each(|(x, d)| *x += by * d);
    moved
}

fn gradient(network: &Deep<f64>, data: &DataSet<f64>, loss: Loss) -> Vec<f64> {
    let (mut pass, batch, _) = forward(network, data, loss);
    flat(&pass.gradient_of(network, batch.inputs()))
}

fn largest<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> f64 {
    numbers.into_iter().fold(0.0, |a, x| a.max(x.abs()))
}

#[test]
fn training_gives_the_same_bytes_for_one_thread_and_two() {
    let architecture: Architecture = Convolutional {
        input: Shape::image(3, 16, 16),
        channels: vec![12, 18],
        kernel: 3,
        padding: 1,
        output: 10,
        bias: true,
        batch_norm: Some(BatchNorm {
            place: Place::BeforeRelu,
            affine: true,
        }),
    }
    .try_into()
    .unwrap();
    let training = Training {
        batch: 48,
        schedule: Schedule(vec![(0, 0.05)]),
        momentum: 0.9,
        weight_decay: 1e-4,
        loss: Loss::CrossEntropy,
        normalize_nodes: false,
    };
    let losses = crate::on_any_threads(&architecture, &training, 3, || data(&architecture, Loss::CrossEntropy, 150));
    assert!(losses[2] < losses[0]);
}

#[test]
fn what_does_not_fit_is_named() {
    let error = |recipe: Convolutional| Architecture::try_from(recipe).unwrap_err().to_string();
    let deep = Convolutional {
        channels: vec![4; 4],
        ..recipe(None, 0)
    };
    assert_eq!(
        error(deep),
        "layer 4 from the bottom: found a kernel of 3 × 3 above 4×3×2; allowed: an image at least as large"
    );
    let list = vec![Dense { nodes: 3, bias: true }.into()];
    let error = Architecture::new(Shape::image(1, 2, 2), list).unwrap_err();
    assert!(error.to_string().contains("a dense layer above 1×2×2"));
}
