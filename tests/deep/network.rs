//! Deep networks: gradients against differences, Theorem 1 against backpropagation, and what must not depend on threads.

use luckflow::flow::deep::{backpropagated, node_gradients, separated_velocity, true_velocity};
use luckflow::network::deep::layers::{Normalization, Operation};
use luckflow::network::deep::{Architecture, BatchNorm, Deep, FullyConnected, Place, grid_teacher, uniform};
use luckflow::rng::stream;
use luckflow::sgd::{
    Batch, Curvature, DataSet, Loss, Mode, Pass, Schedule, Targets, Trainer, Training, gaussian_inputs,
};
use ndarray::Array2;

fn architecture(batch_norm: Option<BatchNorm>, bias: bool) -> Architecture {
    FullyConnected {
        input: 5,
        hidden: vec![7, 6, 8],
        output: 4,
        bias,
        batch_norm,
    }
    .into()
}

fn kinds() -> Vec<Architecture> {
    let mut kinds = vec![architecture(None, true), architecture(None, false)];
    for place in [Place::BeforeRelu, Place::AfterRelu] {
        for affine in [false, true] {
            kinds.push(architecture(Some(BatchNorm { place, affine }), true));
        }
    }
    kinds
}

/// Samples with targets of the kind that the loss wants.
fn data(loss: Loss, samples: usize) -> DataSet<f64> {
    let inputs = gaussian_inputs(1, "samples", [samples, 5], 1.0);
    let targets = match loss {
        Loss::MeanSquared => Targets::Values(gaussian_inputs(1, "targets", [samples, 4], 1.0)),
        Loss::CrossEntropy => Targets::Classes((0..samples).map(|i| (i * 7 % 4) as u32).collect()),
    };
    DataSet { inputs, targets }
}

/// A student whose gains and shifts are not those of the start.
fn student(architecture: &Architecture) -> Deep<f64> {
    let mut network = uniform(&mut stream(3, "student", &[]), architecture);
    let mut jitter = gaussian_inputs::<f64>(4, "jitter", [1, 1000], 0.3).into_iter();
    let kinds = architecture.operations().iter().zip(&mut network.parameters);
    for (kind, parameters) in kinds {
        if matches!(kind, Operation::Normalization(_)) {
            let gains_and_shifts = parameters.vectors[..2].iter_mut().flatten();
            gains_and_shifts.for_each(|x| *x += jitter.next().unwrap());
        }
    }
    network
}

fn loss_of(network: &Deep<f64>, data: &DataSet<f64>, loss: Loss) -> f64 {
    let mut batch = Batch::new(data, data.len());
    batch.gather(data, 0..data.len());
    let mut pass = Pass::new(&network.architecture, data.len());
    pass.forward(network, batch.inputs(), Mode::Training);
    let (output, gradient) = pass.output_and_gradient();
    loss.evaluate(output, &batch, gradient)
}

fn flat(network: &Deep<f64>) -> Vec<f64> {
    let mut copy = network.clone();
    copy.parameters_mut().concat()
}

fn shifted(network: &Deep<f64>, direction: &[f64], by: f64) -> Deep<f64> {
    let mut moved = network.clone();
    let mut direction = direction.iter();
    for slice in moved.parameters_mut() {
        for x in slice {
            *x += by * direction.next().unwrap();
        }
    }
    moved
}

fn gradient(network: &Deep<f64>, data: &DataSet<f64>, loss: Loss) -> Vec<f64> {
    let mut batch = Batch::new(data, data.len());
    batch.gather(data, 0..data.len());
    let mut pass = Pass::new(&network.architecture, data.len());
    pass.forward(network, batch.inputs(), Mode::Training);
    let (output, room) = pass.output_and_gradient();
    loss.evaluate(output, &batch, room);
    flat(&pass.gradient_of(network, batch.inputs()))
}

#[test]
fn gradients_of_every_layer_kind_and_loss_are_the_slopes_of_the_loss() {
    for architecture in kinds() {
        for loss in [Loss::MeanSquared, Loss::CrossEntropy] {
            let (network, data) = (student(&architecture), data(loss, 19));
            let exact = gradient(&network, &data, loss);
            assert_eq!(exact.len(), architecture.parameters());
            let scale = exact.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
            let mut unit = vec![0.0; exact.len()];
            for (i, exact) in exact.iter().enumerate() {
                unit[i] = 1.0;
                let at = |by| loss_of(&shifted(&network, &unit, by), &data, loss);
                let h = 1e-4;
                let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
                assert!(
                    (slope - exact).abs() < 1e-7 * scale.max(0.1),
                    "{architecture:?} {loss:?} parameter {i}: {slope} and {exact}"
                );
                unit[i] = 0.0;
            }
        }
    }
}

#[test]
fn a_step_moves_against_the_gradient_with_momentum_and_decay_as_the_formulas_say() {
    for architecture in kinds() {
        let data = data(Loss::MeanSquared, 16);
        let network = student(&architecture);
        for momentum in [0.0, 0.9] {
            let training = Training {
                batch: 16,
                schedule: Schedule(vec![(0, 0.1)]),
                momentum,
                weight_decay: 0.05,
                loss: Loss::MeanSquared,
                normalize_nodes: false,
            };
            let mut trainer = Trainer::new(&training, &data, network.clone(), 1);
            let rows: Vec<u32> = (0..16).collect();
            let (mut w, mut u) = (flat(&network), vec![0.0; architecture.parameters()]);
            let mut now = network.clone();
            for _ in 0..3 {
                let g = gradient(&now, &data, Loss::MeanSquared);
                for ((w, u), g) in w.iter_mut().zip(&mut u).zip(g) {
                    *u = momentum * *u + g + 0.05 * *w;
                    *w -= 0.1 * *u;
                }
                trainer.step(&rows);
                now = trainer.network().clone();
                let largest = flat(&now).iter().zip(&w).fold(0.0_f64, |a, (x, y)| a.max((x - y).abs()));
                assert!(largest < 1e-14, "{architecture:?}: {largest}");
            }
        }
    }
}

#[test]
fn running_statistics_come_to_be_those_of_the_data() {
    let norm = BatchNorm {
        place: Place::BeforeRelu,
        affine: false,
    };
    let architecture = architecture(Some(norm), true);
    let data = data(Loss::MeanSquared, 200);
    let training = Training {
        batch: 200,
        schedule: Schedule(vec![(0, 1e-300)]),
        momentum: 0.0,
        weight_decay: 0.0,
        loss: Loss::MeanSquared,
        normalize_nodes: false,
    };
    let mut trainer = Trainer::new(&training, &data, student(&architecture), 1);
    for _ in 0..200 {
        trainer.epoch(|_| true).unwrap().unwrap();
    }
    let network = trainer.network();
    let (layer, norm) = (network.linear(0), &network.parameters[1].vectors);
    let z = layer.weights.dot(&data.inputs.t());
    for (j, row) in z.rows().into_iter().enumerate() {
        let mean = row.mean().unwrap();
        let variance = row.mapv(|z| (z - mean).powi(2)).sum() / 199.0;
        let [running_mean, running_variance] = [Normalization::MEAN, Normalization::VARIANCE].map(|v| norm[v][j]);
        assert!((running_mean - mean - layer.bias()[j]).abs() < 1e-8);
        assert!((running_variance / variance - 1.0).abs() < 1e-8);
    }
}

#[test]
fn products_with_the_hessian_are_the_slopes_of_the_gradient() {
    for bias in [true, false] {
        for loss in [Loss::MeanSquared, Loss::CrossEntropy] {
            let architecture = architecture(None, bias);
            let (network, data) = (student(&architecture), data(loss, 23));
            let mut curvature = Curvature::new(&network, &data, loss);
            let direction =
                gaussian_inputs::<f64>(5, "direction", [1, curvature.dim()], 1.0).into_raw_vec_and_offset().0;
            let mut exact = vec![0.0; direction.len()];
            curvature.apply(&direction, &mut exact);
            let at = |by| gradient(&shifted(&network, &direction, by), &data, loss);
            let h = 1e-5;
            let scale = exact.iter().fold(0.0_f64, |a, x| a.max(x.abs()));
            for ((up, down), exact) in at(h).iter().zip(at(-h)).zip(&exact) {
                let slope = (up - down) / (2.0 * h);
                assert!((slope - exact).abs() < 1e-6 * scale, "{slope} and {exact}");
            }
            let dense = curvature.dense(|| true).unwrap();
            let asymmetry = (&dense - &dense.t()).iter().fold(0.0_f64, |a, x| a.max(x.abs()));
            assert!(asymmetry < 1e-13 * scale);
        }
    }
}

fn pair(bias: bool) -> (Deep<f64>, Deep<f64>, Array2<f64>) {
    let small = architecture(None, bias);
    let wide = small.with_hidden(&[21, 18, 24]);
    let teacher = grid_teacher(&mut stream(1, "teacher", &[]), &small).unwrap();
    let student = uniform(&mut stream(2, "student", &[]), &wide);
    let x = gaussian_inputs::<f64>(3, "samples", [5, 40], 1.0);
    (teacher, student, x)
}

#[test]
fn theorem_1_is_backpropagation_sample_by_sample() {
    for bias in [true, false] {
        let (teacher, student, x) = pair(bias);
        let recursive = node_gradients(&teacher, &student, x.view());
        let exact = backpropagated(&teacher, &student, x.view());
        assert_eq!(recursive.len(), 4);
        for (l, (a, b)) in recursive.iter().zip(&exact).enumerate() {
            let scale = b.iter().fold(0.0_f64, |a, x| a.max(x.abs()));
            let error = (a - b).iter().fold(0.0_f64, |a, x| a.max(x.abs()));
            assert!(scale > 0.0 && error < 1e-12 * scale, "layer {l}: {error} of {scale}");
        }
    }
}

#[test]
fn with_a_single_sample_nothing_is_separated() {
    let (teacher, student, x) = pair(true);
    for sample in 0..5 {
        let x = x.slice(ndarray::s![.., sample..=sample]);
        let separated = separated_velocity(&teacher, &student, x);
        let exact = true_velocity(&teacher, &student, x);
        for (a, b) in separated.parameters.iter().zip(&exact.parameters) {
            if a.weights.is_empty() {
                continue;
            }
            let scale = b.weights.iter().fold(0.0_f64, |a, x| a.max(x.abs()));
            assert!((&a.weights - &b.weights).iter().all(|x| x.abs() < 1e-12 * scale));
            assert!((a.bias() - b.bias()).iter().all(|x| x.abs() < 1e-12 * scale.max(1.0)));
        }
    }
}

#[test]
fn the_output_layer_is_never_separated_and_lower_layers_are() {
    let (teacher, student, x) = pair(true);
    let separated = separated_velocity(&teacher, &student, x.view());
    let exact = true_velocity(&teacher, &student, x.view());
    let error = |l: usize| {
        let (a, b) = (&separated.linear(l).weights, &exact.linear(l).weights);
        let norm = |m: &Array2<f64>| m.iter().map(|x| x * x).sum::<f64>().sqrt();
        norm(&(a - b)) / norm(b)
    };
    assert!(error(3) < 1e-13, "{}", error(3));
    for l in 0..3 {
        assert!(error(l) > 1e-3, "layer {l}: {}", error(l));
    }
}

#[test]
fn two_layers_of_the_matrix_flow_are_the_two_layer_flow() {
    use luckflow::flow::{FanOut, FlowOptions, TwoLayerFlow};
    use luckflow::network::{Layer, TwoLayer};
    use luckflow::overlap::{Input, MonteCarlo, Resample};
    // The same samples, no bias: Ẇ = Σ(W*H* − WH) with the sample's second moment Σ, V̇ = L*V* − LV.
    let shape = |hidden| {
        let recipe = FullyConnected {
            input: 5,
            hidden: vec![hidden],
            output: 3,
            bias: false,
            batch_norm: None,
        };
        Architecture::from(recipe)
    };
    let teacher: Deep<f64> = uniform(&mut stream(1, "teacher", &[]), &shape(4));
    let student: Deep<f64> = uniform(&mut stream(2, "student", &[]), &shape(9));
    let rows = gaussian_inputs::<f64>(3, "samples", [700, 5], 1.0);
    let separated = separated_velocity(&teacher, &student, rows.t());
    let column = |network: &Deep<f64>| network.linear(0).weights.t().to_owned();
    let network = TwoLayer {
        teacher: Layer::with_threshold(column(&teacher), 0.0),
        teacher_fan_out: teacher.linear(1).weights.t().to_owned(),
        student: Layer::with_threshold(column(&student), 0.0),
        fan_out: student.linear(1).weights.t().to_owned(),
    };
    let input = Input::rows(rows).unwrap();
    let overlap = MonteCarlo::<f64>::new(input.clone(), 700, Resample::Never, 1);
    let options = FlowOptions {
        projection: false,
        fan_out: FanOut::Running,
    };
    let mut flow = TwoLayerFlow::new(&network, Box::new(overlap), &input, options);
    let y = flow.state_of(&network);
    let mut dy = vec![0.0; y.len()];
    flow.velocity(&y, &mut dy);
    let close = |a: ndarray::ArrayView2<f64>, b: ndarray::ArrayView2<f64>| {
        assert_eq!(a.dim(), b.dim());
        assert!((&a - &b).iter().all(|x| x.abs() < 1e-13));
    };
    let layout = flow.layout();
    close(layout.weights(&dy), separated.linear(0).weights.view());
    close(layout.fan_out(&dy), separated.linear(1).weights.t());
}

#[test]
fn training_gives_the_same_bytes_for_one_thread_and_two() {
    let recipe = FullyConnected {
        input: 20,
        hidden: vec![300, 400],
        output: 50,
        bias: true,
        batch_norm: Some(BatchNorm {
            place: Place::AfterRelu,
            affine: true,
        }),
    };
    let architecture = Architecture::from(recipe);
    let training = Training {
        batch: 64,
        schedule: Schedule(vec![(0, 0.05), (1, 0.01)]),
        momentum: 0.9,
        weight_decay: 1e-4,
        loss: Loss::MeanSquared,
        normalize_nodes: false,
    };
    let losses = crate::on_any_threads(&architecture, &training, 2, || {
        let inputs = gaussian_inputs::<f32>(1, "samples", [1500, 20], 1.0);
        let small = architecture.with_hidden(&[10, 15]).with_batch_norm(None);
        let teacher = grid_teacher(&mut stream(1, "teacher", &[]), &small).unwrap();
        DataSet::taught(inputs, &teacher)
    });
    assert!(losses[1] < losses[0]);
}
