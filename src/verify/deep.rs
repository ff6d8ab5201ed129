//! Claims about deep networks, from small ones.

use super::{Claim, proven};
use crate::flow::deep::{backpropagated, node_gradients, separated_velocity, true_velocity};
use crate::network::deep::{Architecture, Convolutional, Deep, FullyConnected, Shape, grid_teacher, uniform};
use crate::rng::stream;
use crate::sgd::gaussian_inputs;
use ndarray::{Array2, ArrayView2, s};

pub(super) fn claims() -> Vec<Claim> {
    let small: Architecture = FullyConnected {
        input: 6,
        hidden: vec![5, 7, 6],
        output: 4,
        bias: true,
        batch_norm: None,
    }
    .into();
    let wide = small.with_hidden(&[20, 28, 24]);
    let teacher: Deep<f64> =
        grid_teacher(&mut stream(1, "teacher", &[]), &small).expect("there are so many distinct nodes");
    let student: Deep<f64> = uniform(&mut stream(1, "student", &[]), &wide);
    let x = gaussian_inputs::<f64>(1, "samples", [6, 50], 1.0);

    let rule = recursion(&teacher, &student, x.view());

    let weights = |x: ArrayView2<f64>| {
        let separated = separated_velocity(&teacher, &student, x);
        let exact = true_velocity(&teacher, &student, x);
        let layers = (0..=student.depth()).map(|l| [separated.linear(l), exact.linear(l)]);
        layers.map(|[a, b]| distance(&a.weights, &b.weights)).collect::<Vec<f64>>()
    };
    let single = (0..10).flat_map(|i| weights(x.slice(s![.., i..=i])));
    vec![
        proven(
            "Theorem 1: the recursion for node gradients against backpropagation, every layer and sample",
            rule,
            1e-12,
        ),
        proven(
            "Theorem 1 for convolutions: the recursion at every position, layer and sample",
            of_convolutions(),
            1e-12,
        ),
        proven("Deep matrix flow with a single sample against its true velocity", single.fold(0.0, f64::max), 1e-12),
        proven("Deep matrix flow at the output, where nothing is separated", weights(x.view())[3], 1e-12),
    ]
}

/// By how much Theorem 1's recursion misses backpropagation.
fn recursion(teacher: &Deep<f64>, student: &Deep<f64>, x: ArrayView2<f64>) -> f64 {
    let recursive = node_gradients(teacher, student, x);
    let exact = backpropagated(teacher, student, x);
    let pairs = recursive.iter().zip(&exact);
    pairs.map(|(a, b)| distance(a, b)).fold(0.0, f64::max)
}

/// The same for convolutions, with a node for each channel and position.
fn of_convolutions() -> f64 {
    let small = Architecture::try_from(Convolutional {
        input: Shape::image(2, 8, 8),
        channels: vec![3, 4, 3],
        kernel: 3,
        padding: 0,
        output: 4,
        bias: true,
        batch_norm: None,
    });
    let small = small.expect("the image is large enough");
    let teacher = uniform(&mut stream(1, "teacher", &[]), &small);
    let student = uniform(&mut stream(1, "student", &[]), &small.widened(2));
    let x = gaussian_inputs::<f64>(1, "samples", [20, 128], 1.0);
    recursion(&teacher, &student, x.t())
}

/// The largest difference, of the largest entry.
fn distance(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let largest = |m: &Array2<f64>| m.iter().fold(0.0_f64, |a, x| a.max(x.abs()));
    largest(&(a - b)) / largest(b)
}
