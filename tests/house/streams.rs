//! A seed means the same numbers in every later version.

use luckflow::network::deep::{Deep, FullyConnected, grid_teacher, uniform};
use luckflow::network::draw;
use luckflow::network::{Frame, Layer};
use luckflow::overlap::{Input, MonteCarlo, Resample};
use luckflow::rng::{derive, stream};
use luckflow::sgd::gaussian_inputs;
use ndarray::arr2;
use rand::Rng;

#[test]
fn the_words_of_a_stream_are_frozen() {
    let mut words = stream(1, "teacher", &[]);
    assert_eq!([words.next_u64(), words.next_u64()], [10150491586721933105, 6353964362397696056]);
    let mut words = stream(42, "samples", &[3, 7]);
    assert_eq!([words.next_u64(), words.next_u64()], [14728379251442804992, 8763174626839261652]);
    assert_eq!(derive(1, "replica", &[2]), 6327150843872069972);
}

#[test]
fn drawn_networks_are_frozen() {
    let teacher = draw::random_teacher(&mut stream(1, "teacher", &[]), 100, 2);
    let student = draw::students_at_angle(&mut stream(1, "student", &[]), 100, teacher.view(), 0.5);
    close(&teacher.column(1).to_vec(), &[0.013359642566808036, 0.9999107559929972]);
    close(
        &student.column(1).to_vec(),
        &[-0.05404969216786354, 0.8783830368804759, 0.0660834517778372, 0.4702710374861692],
    );
    let basis = Frame::random(5, 1).basis(2).unwrap();
    close(
        &basis.column(0).to_vec(),
        &[
            -0.3989725630002481,
            -0.13353810183243,
            0.3425458763919709,
            -0.07226574012411315,
            -0.8369160380248283,
        ],
    );
}

#[test]
fn samples_are_frozen() {
    let layer = Layer::with_threshold(arr2(&[[1.0, 0.6], [0.0, 0.8]]), 0.25);
    let estimate = |resample| {
        let mut sampler = MonteCarlo::<f64>::new(Input::standard_gaussian(), 3000, resample, 9);
        let first = sampler.estimate(layer.view(), layer.view());
        (first.mean.l()[[0, 1]], first.mean.d()[[0, 1]] * 3000.0)
    };
    for resample in [Resample::Never, Resample::EveryEvaluation] {
        let (l, d) = estimate(resample);
        close(&[l, d], &[0.21642091226103283, 785.0]);
    }
}

#[test]
fn deep_networks_and_their_samples_are_frozen() {
    let architecture = FullyConnected {
        input: 3,
        hidden: vec![4],
        output: 2,
        bias: true,
        batch_norm: None,
    }
    .into();
    let teacher = grid_teacher::<f64>(&mut stream(1, "teacher", &[]), &architecture).unwrap();
    let student = uniform::<f64>(&mut stream(1, "student", &[]), &architecture);
    let numbers = |network: &Deep<f64>| {
        let mut numbers = network.linear(0).weights.row(1).to_vec();
        numbers.push(network.linear(0).bias()[1]);
        numbers.push(network.linear(1).weights[[1, 2]]);
        numbers
    };
    close(
        &numbers(&teacher),
        &[0.5773502691896258, 0.5773502691896258, 0.5773502691896258, 0.8206814122897522, 0.5547001962252291],
    );
    close(
        &numbers(&student),
        &[
            -0.458104410851536,
            -0.263587968100912,
            -0.3461380334557488,
            0.09260282300274336,
            -0.060525759733493834,
        ],
    );
    let inputs = gaussian_inputs::<f64>(1, "training", [1030, 2], 2.0);
    close(
        &[inputs[[0, 0]], inputs[[0, 1]], inputs[[1025, 0]]],
        &[-1.0821200753734315, -0.4627579384614928, 0.02514249967235722],
    );
}

#[test]
fn the_order_of_samples_is_frozen() {
    use rand::seq::SliceRandom;
    let mut order: Vec<u32> = (0..8).collect();
    order.shuffle(&mut stream(1, "order", &[3]));
    assert_eq!(order, [7, 2, 1, 5, 3, 6, 0, 4]);
}

/// To the rounding of sums and libraries: another order of additions is no other stream.
fn close(found: &[f64], frozen: &[f64]) {
    assert_eq!(found.len(), frozen.len());
    for (a, b) in found.iter().zip(frozen) {
        assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{found:?} instead of {frozen:?}");
    }
}
