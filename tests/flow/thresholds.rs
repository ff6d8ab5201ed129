//! Thresholds that are learned.

use super::*;
use luckflow::flow::ThresholdRule;
use luckflow::overlap::{OverlapMethod, Overlaps};
use ndarray::{Array1, Axis, concatenate};

/// Each node with a threshold of its own, and after the student's nodes a constant one.
fn network(seed: u64) -> TwoLayer {
    let mut network = random_network([6, 3, 5, 2], 0.0, seed);
    let column = |seed, size: usize| normal(seed, (size, 1)).column(0).to_owned();
    network.teacher.thresholds = 0.7 * column(seed + 50, 3);
    let own = 0.7 * column(seed + 60, 5);
    let student = &mut network.student;
    student.thresholds = concatenate![Axis(0), own, Array1::from_elem(1, -1.0)];
    let rows = concatenate![Axis(0), student.weights.t(), Array2::zeros((1, 6))];
    student.weights = rows.reversed_axes();
    network.fan_out = concatenate![Axis(0), network.fan_out, normal(seed + 70, (1, 2))];
    network
}

fn learning(network: &TwoLayer, rule: ThresholdRule) -> TwoLayerFlow {
    exact_flow(network, RUNNING).learning_thresholds(rule)
}

#[test]
fn learned_thresholds_follow_the_gradient_of_the_closed_form_loss() {
    for seed in [10, 200, 3000] {
        let network = network(seed);
        let mut flow = learning(&network, ThresholdRule::Gradient);
        let (start, layout) = (flow.state_of(&network), flow.layout());
        let force = velocity(&mut flow, &start);
        let (squares, moved) = force.split_last().unwrap();
        let norm: f64 = moved.iter().map(|x| x * x).sum();
        assert!((squares / norm - 1.0).abs() < 1e-13);
        // The constant node stays; its fan-out, the outputs' biases, does not.
        assert_eq!(layout.thresholds(&force)[5], 0.0);
        assert!(layout.weights(&force).row(5).iter().all(|x| *x == 0.0));
        assert!(layout.fan_out(&force).row(5).iter().all(|x| *x != 0.0));
        let loss = std::cell::RefCell::new(&mut flow);
        let mut unit = vec![0.0; start.len()];
        let places = (0..5).map(|j| 6 * (6 + 2) + j);
        // Each threshold alone, then all of the state along its velocity.
        let directions = places.map(|place| {
            unit.fill(0.0);
            unit[place] = 1.0;
            unit.clone()
        });
        let directions: Vec<_> = directions.chain([force.clone()]).collect();
        for mut direction in directions {
            *direction.last_mut().unwrap() = 0.0;
            let at = |step: f64| {
                let moved = start.iter().zip(&direction).map(|(y, d)| y + step * d);
                let y: Vec<f64> = moved.collect();
                loss.borrow_mut().snapshot(&y, &mut vec![0.0; y.len()]).loss
            };
            let size = direction.iter().map(|x| x * x).sum::<f64>().sqrt();
            let slope = derivative(at, 4e-3 / size.max(1.0));
            let product: f64 = force.iter().zip(&direction).map(|(f, d)| f * d).sum();
            assert!((slope + product).abs() < 1e-9 * (1.0 + product.abs()), "{slope} beside {product}");
        }
    }
}

#[test]
fn gates_with_activations_are_what_samples_have() {
    let network = network(7);
    let (student, teacher) = (network.student.view(), network.teacher.view());
    let mut exact = Overlaps::with_mixed(6, 3);
    ExactGaussian::new().evaluate(student, teacher, &mut exact);
    let mut sampled = Overlaps::with_mixed(6, 3);
    let samples = 400_000;
    let input = Input::standard_gaussian();
    let mut sampler = MonteCarlo::<f64>::new(input, samples, Resample::Never, 3);
    sampler.evaluate(student, teacher, &mut sampled);
    let thresholds = concatenate![Axis(0), student.thresholds, teacher.thresholds];
    for ((j, k), mean) in sampled.mixed.indexed_iter() {
        // E[f'_j f_k²] ≤ E[f_k²] ≤ 1 + b².
        let error = ((1.0 + thresholds[k].powi(2)) / samples as f64).sqrt();
        let exact = exact.mixed[[j, k]];
        assert!((mean - exact).abs() < 4.5 * error, "{j}, {k}: {mean} beside {exact}");
        assert!(exact > 30.0 * error || exact < 0.1, "{j}, {k}: {exact}");
    }
    // The constant node: its gate is open, its activation 1.
    let (gate, mean) = (exact.gates[[2, 5]], exact.mixed[[5, 2]]);
    assert!((exact.mixed[[2, 5]] - gate).abs() < 1e-15);
    assert!((mean - gaussian::mean_above(thresholds[2])).abs() < 1e-15);
}

#[test]
fn separated_thresholds_are_a_coordinate_of_their_nodes() {
    // In coordinates with a constant input of 1 and thresholds 0, without projection: the authors' update of a column with its bias.
    let network = network(21);
    let mut flow = learning(&network, ThresholdRule::Separated);
    let start = flow.state_of(&network);
    let force = velocity(&mut flow, &start);
    let mut overlaps = Overlaps::zeros(6, 3);
    let (student, teacher) = (network.student.view(), network.teacher.view());
    ExactGaussian::new().evaluate(student, teacher, &mut overlaps);
    let beta = network.fan_out.dot(&network.fan_out.t());
    let beta_star = network.fan_out.dot(&network.teacher_fan_out.t());
    for (j, found) in flow.layout().thresholds(&force)[..5].iter().enumerate() {
        let own = |k| -> f64 { beta[[j, k]] * overlaps.d()[[j, k]] * student.thresholds[k] };
        let of_teacher = |k| -> f64 { beta_star[[j, k]] * overlaps.d_star()[[j, k]] * teacher.thresholds[k] };
        let expected = (0..3).map(of_teacher).sum::<f64>() - (0..5).map(own).sum::<f64>();
        assert!((found - expected).abs() < 1e-13);
    }
}
