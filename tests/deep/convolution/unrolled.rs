//! Against a copy in which every position is a node.

use super::*;

#[test]
fn an_unrolled_network_says_the_same_and_its_gradients_add_up_to_those_of_shared_weights() {
    let plain = |kind: &Architecture| !kind.has_batch_norm();
    for architecture in kinds().into_iter().filter(plain) {
        let (network, data) = (student(&architecture), data(&architecture, Loss::MeanSquared, 9));
        let large = unrolled(&network);
        assert!(large.architecture.is_dense());
        let (mut pass, batch, loss) = forward(&network, &data, Loss::MeanSquared);
        let (mut other, _, same) = forward(&large, &data, Loss::MeanSquared);
        assert!((loss - same).abs() < 1e-13);
        let own = pass.gradient_of(&network, batch.inputs());
        let nodes = other.gradient_of(&large, batch.inputs());
        let shared = gathered(&nodes, &architecture);
        let (own, shared) = (flat(&own), flat(&shared));
        let error = own.iter().zip(&shared).map(|(a, b)| (a - b).abs());
        assert!(error.fold(0.0, f64::max) < 1e-13 * largest(&own).max(1.0));
        for l in 0..architecture.depth() {
            let (a, b) = (pass.delta(l), other.delta(l));
            let error = a.iter().zip(&b).map(|(a, b)| (a - b).abs());
            assert!(error.fold(0.0, f64::max) < 1e-14, "layer {l}");
        }
    }
}

#[test]
fn a_normalised_network_outside_training_is_its_unrolled_copy_too() {
    let norm = |place| Some(BatchNorm { place, affine: true });
    for place in [Place::BeforeRelu, Place::AfterRelu] {
        let architecture: Architecture = recipe(norm(place), 1).try_into().unwrap();
        let data = data(&architecture, Loss::MeanSquared, 20);
        let training = Training {
            batch: 10,
            schedule: Schedule(vec![(0, 0.05)]),
            momentum: 0.0,
            weight_decay: 0.0,
            loss: Loss::MeanSquared,
            normalize_nodes: false,
        };
        let mut trainer = Trainer::new(&training, &data, student(&architecture), 1);
        for _ in 0..5 {
            trainer.epoch(|_| true).unwrap();
        }
        let network = trainer.into_network();
        let found = outputs(&network, data.inputs.view());
        let same = outputs(&unrolled(&network), data.inputs.view());
        assert!(largest(&(&found - &same)) < 1e-13 * largest(&found));
        assert!(largest(&found) > 0.1);
    }
}

#[test]
fn theorem_1_holds_for_convolutions_at_every_position() {
    let list: [Architecture; 2] = [3, 5].map(|width| {
        let channels = vec![width, width + 1];
        let small = Convolutional {
            channels,
            ..recipe(None, 0)
        };
        small.try_into().unwrap()
    });
    let teacher: Deep<f64> = uniform(&mut stream(1, "teacher", &[]), &list[0]);
    let student: Deep<f64> = uniform(&mut stream(2, "student", &[]), &list[1]);
    let x = gaussian_inputs::<f64>(3, "samples", [4, list[0].input()], 1.0);
    let recursive = node_gradients(&teacher, &student, x.t());
    let exact = backpropagated(&teacher, &student, x.t());
    assert_eq!(recursive[0].dim(), (5 * 5 * 4, 4));
    for (a, b) in recursive.iter().zip(&exact) {
        assert!(largest(b) > 0.0 && largest(&(a - b)) < 1e-12 * largest(b));
    }
    // Node by node into its own weights, then summed over the positions that share them.
    let large = unrolled(&student);
    let mut pass = Pass::new(&large.architecture, 4);
    pass.forward(&large, x.t(), Mode::Evaluation);
    let mut nodes = Deep::zeros(&large.architecture);
    for (l, g) in recursive.iter().enumerate() {
        let below = if l == 0 { x.t() } else { pass.activations(l - 1) };
        let layer = nodes.linear_mut(l);
        layer.weights = g.dot(&below.t()) / 4.0;
        *layer.bias_mut() = g.sum_axis(Axis(1)) / 4.0;
    }
    let shared = flat(&gathered(&nodes, &list[1]));
    let exact = flat(&true_velocity(&teacher, &student, x.t()));
    let error = exact.iter().zip(&shared).map(|(a, b)| (a - b).abs());
    assert!(error.fold(0.0, f64::max) < 1e-12 * largest(&exact));
}
