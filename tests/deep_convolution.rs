//! Convolutional networks: against naive sums, differences, an unrolled copy in which every position is a node, and PyTorch.

use luckflow::flow::deep::{backpropagated, node_gradients, true_velocity};
use luckflow::measure::{Correlations, Standardized};
use luckflow::network::deep::layers::{Convolution, Dense, Flatten, Operation, Relu};
use luckflow::network::deep::{
    Architecture, BatchNorm, Convolutional, Deep, Place, Shape, gathered, read_tensors, subnetwork,
    uniform, unrolled, write_tensors,
};
use luckflow::real::Real;
use luckflow::rng::stream;
use luckflow::sgd::{
    Batch, Curvature, DataSet, Loss, Mode, Pass, Schedule, Targets, Trainer, Training,
    gaussian_inputs, outputs,
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
    let kinds = architecture
        .operations()
        .iter()
        .zip(&mut network.parameters);
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
            Loss::CrossEntropy => {
                Targets::Classes((0..samples).map(|i| (i * 7 % outputs) as u32).collect())
            }
        },
    }
}

fn forward<'a>(
    network: &Deep<f64>,
    data: &'a DataSet<f64>,
    loss: Loss,
) -> (Pass<f64>, Batch<f64>, f64) {
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
fn gradients_of_every_layer_kind_and_loss_are_the_slopes_of_the_loss() {
    for architecture in kinds() {
        for loss in [Loss::MeanSquared, Loss::CrossEntropy] {
            let (network, data) = (student(&architecture), data(&architecture, loss, 5));
            let exact = gradient(&network, &data, loss);
            assert_eq!(exact.len(), architecture.parameters());
            let scale = largest(&exact).max(0.1);
            let mut unit = vec![0.0; exact.len()];
            for (i, exact) in exact.iter().enumerate() {
                unit[i] = 1.0;
                let at = |by| forward(&shifted(&network, &unit, by), &data, loss).2;
                let h = 1e-5;
                let slope = (at(h) - at(-h)) / (2.0 * h);
                assert!(
                    (slope - exact).abs() < 1e-7 * scale,
                    "{architecture:?} {loss:?} parameter {i}: {slope} and {exact}"
                );
                unit[i] = 0.0;
            }
        }
    }
}

#[test]
fn products_with_the_hessian_are_the_slopes_of_the_gradient() {
    let plain = |kind: &Architecture| !kind.has_batch_norm();
    for architecture in kinds().into_iter().filter(plain) {
        for loss in [Loss::MeanSquared, Loss::CrossEntropy] {
            let (network, data) = (student(&architecture), data(&architecture, loss, 6));
            let mut curvature = Curvature::new(&network, &data, loss);
            let direction = gaussian_inputs::<f64>(5, "direction", [1, curvature.dim()], 1.0);
            let direction = direction.into_raw_vec_and_offset().0;
            let mut exact = vec![0.0; direction.len()];
            curvature.apply(&direction, &mut exact);
            let at = |by| gradient(&shifted(&network, &direction, by), &data, loss);
            let h = 1e-6;
            let scale = largest(&exact);
            for ((up, down), exact) in at(h).iter().zip(at(-h)).zip(&exact) {
                let slope = (up - down) / (2.0 * h);
                assert!((slope - exact).abs() < 1e-6 * scale, "{slope} and {exact}");
            }
        }
    }
}

/// What a convolution says, by its definition.
fn naive(
    x: ArrayView2<f64>,
    from: Shape,
    layer: Convolution,
    weights: ArrayView2<f64>,
    bias: &[f64],
) -> Array2<f64> {
    let Convolution {
        kernel, padding, ..
    } = layer;
    let [height, width] = [from.height, from.width].map(|side| side + 2 * padding + 1 - kernel);
    let batch = x.ncols();
    Array2::from_shape_fn(
        (layer.channels * height * width, batch),
        |(node, sample)| {
            let (m, y, column) = (node / width / height, node / width % height, node % width);
            let mut sum = bias[m];
            for input in 0..from.channels * kernel * kernel {
                let (c, i, j) = (
                    input / kernel / kernel,
                    input / kernel % kernel,
                    input % kernel,
                );
                let (row, column) = (
                    (y + i).wrapping_sub(padding),
                    (column + j).wrapping_sub(padding),
                );
                if row < from.height && column < from.width {
                    let at = (c * from.height + row) * from.width + column;
                    sum += weights[[m, input]] * x[[at, sample]];
                }
            }
            sum
        },
    )
}

#[test]
fn a_convolution_is_what_its_definition_says() {
    for (kernel, padding) in [(1, 0), (2, 1), (3, 0), (3, 1), (3, 2), (5, 3)] {
        for (channels, batch) in [(4, 8), (7, 3), (9, 70)] {
            let layer = Convolution {
                channels,
                kernel,
                padding,
                bias: true,
            };
            let from = Shape::image(3, 6, 8);
            let list = vec![
                layer.into(),
                Flatten.into(),
                Dense {
                    nodes: 1,
                    bias: false,
                }
                .into(),
            ];
            let architecture = Architecture::new(from, list).unwrap();
            let network: Deep<f64> = student(&architecture);
            let x = gaussian_inputs::<f64>(1, "samples", [batch, from.len()], 1.0);
            let mut pass = Pass::new(&architecture, batch + 2);
            pass.forward(&network, x.t(), Mode::Evaluation);
            let own = network.linear(0);
            let bias = own.bias().as_slice().unwrap();
            let expected = naive(x.t(), from, layer, own.weights.view(), bias);
            let found = pass.activations(0);
            assert_eq!(found.len(), expected.len());
            let error = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
            let error = error.fold(0.0, f64::max);
            assert!(error < 1e-13, "{layer:?}, batch {batch}: {error}");
        }
    }
}

#[test]
fn an_unrolled_network_says_the_same_and_its_gradients_add_up_to_those_of_shared_weights() {
    let plain = |kind: &Architecture| !kind.has_batch_norm();
    for architecture in kinds().into_iter().filter(plain) {
        let (network, data) = (
            student(&architecture),
            data(&architecture, Loss::MeanSquared, 9),
        );
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
    let norm = |place| {
        Some(BatchNorm {
            place,
            affine: true,
        })
    };
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
        let below = if l == 0 {
            x.t()
        } else {
            pass.activations(l - 1)
        };
        let layer = nodes.linear_mut(l);
        layer.weights = g.dot(&below.t()) / 4.0;
        *layer.bias_mut() = g.sum_axis(Axis(1)) / 4.0;
    }
    let shared = flat(&gathered(&nodes, &list[1]));
    let exact = flat(&true_velocity(&teacher, &student, x.t()));
    let error = exact.iter().zip(&shared).map(|(a, b)| (a - b).abs());
    assert!(error.fold(0.0, f64::max) < 1e-12 * largest(&exact));
}

#[test]
fn a_channels_fan_out_is_all_that_reads_it() {
    let architecture: Architecture = recipe(None, 0).try_into().unwrap();
    let network: Deep<f64> = student(&architecture);
    let norm = |columns: ArrayView2<f64>| columns.iter().map(|x| x * x).sum::<f64>().sqrt();
    let kernels = &network.linear(1).weights;
    let head = &network.linear(2).weights;
    assert_eq!((kernels.dim(), head.dim()), ((5, 4 * 9), (3, 5 * 3 * 2)));
    for (j, found) in network.fan_out_norms(0).into_iter().enumerate() {
        assert!((found - norm(kernels.slice(s![.., 9 * j..9 * j + 9]))).abs() < 1e-15);
    }
    for (j, found) in network.fan_out_norms(1).into_iter().enumerate() {
        assert!((found - norm(head.slice(s![.., 6 * j..6 * j + 6]))).abs() < 1e-15);
    }
}

#[test]
fn a_network_of_selected_channels_says_what_the_whole_says_with_the_others_silent() {
    for batch_norm in [
        None,
        Some(BatchNorm {
            place: Place::BeforeRelu,
            affine: true,
        }),
    ] {
        let architecture: Architecture = recipe(batch_norm, 1).try_into().unwrap();
        let network: Deep<f64> = student(&architecture);
        let kept = vec![vec![3, 1], vec![0, 4, 2]];
        let smaller = subnetwork(&network, &kept);
        assert_eq!(smaller.architecture.hidden(), [2, 3]);
        let mut silent = network.clone();
        for (l, kept) in kept.iter().enumerate() {
            let above = &mut silent.linear_mut(l + 1).weights;
            let readers = above.ncols() / architecture.hidden()[l];
            for (i, mut column) in above.columns_mut().into_iter().enumerate() {
                if !kept.contains(&(i / readers)) {
                    column.fill(0.0);
                }
            }
        }
        let x = gaussian_inputs::<f64>(1, "samples", [6, architecture.input()], 1.0);
        let difference = outputs(&smaller, x.view()) - outputs(&silent, x.view());
        assert!(largest(&difference) < 1e-14);
    }
}

#[test]
fn channels_are_compared_over_samples_and_positions() {
    let architecture: Architecture = recipe(None, 0).try_into().unwrap();
    let network: Deep<f32> = student(&architecture);
    let x = gaussian_inputs::<f32>(1, "samples", [30, architecture.input()], 1.0);
    let mut pass = Pass::new(&architecture, 30);
    pass.forward(&network, x.t(), Mode::Evaluation);
    let channels = pass.activations(1);
    assert_eq!(channels.dim(), (5, 3 * 2 * 30));
    let own = Standardized::of(channels);
    let all = Correlations::between(&own, &own);
    let winners = all.winners();
    let speaking: Vec<usize> = (0..5).filter(|&k| winners[k].is_some()).collect();
    assert!(speaking.iter().all(|&k| winners[k].unwrap().student == k));
    assert!((all.mean_best() - 1.0).abs() < 1e-5);
    // The same by hand for two channels.
    let correlation = |a: ArrayView1<f32>, b: ArrayView1<f32>| {
        let [a, b] = [a, b].map(|v| v.mapv(f64::from));
        let [a, b] = [&a - a.mean().unwrap(), &b - b.mean().unwrap()];
        a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt()
    };
    let [a, b] = [speaking[0], speaking[1]];
    let expected = correlation(channels.row(a), channels.row(b));
    assert!((f64::from(all.matrix()[[a, b]]) - expected).abs() < 1e-5);
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
    let train = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let data = data::<f32>(&architecture, Loss::CrossEntropy, 150);
            let training = Training {
                batch: 48,
                schedule: Schedule(vec![(0, 0.05)]),
                momentum: 0.9,
                weight_decay: 1e-4,
                loss: Loss::CrossEntropy,
                normalize_nodes: false,
            };
            let student = uniform(&mut stream(1, "student", &[]), &architecture);
            let mut trainer = Trainer::new(&training, &data, student, 1);
            let losses: Vec<f64> = (0..3)
                .map(|_| trainer.epoch(|_| true).unwrap().unwrap())
                .collect();
            (losses, trainer.into_network())
        })
    };
    let (losses, network) = train(1);
    assert!(losses[2] < losses[0]);
    let (again, same) = train(2);
    assert_eq!(losses, again);
    assert!(network == same);
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
    let list = vec![
        Dense {
            nodes: 3,
            bias: true,
        }
        .into(),
    ];
    let error = Architecture::new(Shape::image(1, 2, 2), list).unwrap_err();
    assert!(error.to_string().contains("a dense layer above 1×2×2"));
}

#[test]
fn a_network_of_pytorchs_says_the_same_here_and_learns_the_same_steps() {
    // tests/data/convolution.py made it.
    let bytes = include_bytes!("data/convolution.safetensors");
    let norm = BatchNorm {
        place: Place::AfterRelu,
        affine: true,
    };
    let list = recipe(Some(norm), 1);
    let architecture = Architecture::try_from(list).unwrap();
    // Its second layer has no padding.
    let mut operations = architecture.operations().to_vec();
    if let Operation::Convolution(layer) = &mut operations[3] {
        layer.padding = 0;
    }
    let architecture = Architecture::new(architecture.input_shape(), operations).unwrap();
    let wanted = [("start.", &architecture), ("end.", &architecture)];
    let (networks, _) = read_tensors::<f32>(bytes, &wanted).unwrap();
    let file = safetensors::SafeTensors::deserialize(bytes).unwrap();
    let numbers = |name: &str| {
        let tensor = file.tensor(name).unwrap();
        let words = tensor.data().chunks_exact(4);
        let numbers: Vec<f32> = words.map(f32::from_le_slice).collect();
        let rows = tensor.shape()[0];
        Array2::from_shape_vec((rows, numbers.len() / rows), numbers).unwrap()
    };
    let close = |a: &[f32], b: &[f32]| {
        let error = a.iter().zip(b).map(|(a, b)| (a - b).abs());
        assert!(
            a.len() == b.len() && error.fold(0.0, f32::max) < 1e-5,
            "{a:?} and {b:?}"
        );
    };
    let found = outputs(&networks[1], numbers("inputs").view());
    close(
        found.as_slice().unwrap(),
        numbers("outputs").as_slice().unwrap(),
    );

    let data = DataSet {
        inputs: numbers("inputs"),
        targets: Targets::Values(numbers("targets")),
    };
    let training = Training {
        batch: 8,
        schedule: Schedule(vec![(0, 0.05)]),
        momentum: 0.9,
        weight_decay: 1e-3,
        loss: Loss::MeanSquared,
        normalize_nodes: false,
    };
    let mut trainer = Trainer::new(&training, &data, networks[0].clone(), 1);
    for (step, loss) in numbers("losses").iter().enumerate() {
        let first = 8 * (step as u32 % 3);
        let rows: Vec<u32> = (first..first + 8).collect();
        assert!((trainer.step(&rows) - f64::from(*loss)).abs() < 1e-5);
    }
    let [mut found, mut expected] = [trainer.into_network(), networks[1].clone()];
    close(
        &found.parameters_mut().concat(),
        &expected.parameters_mut().concat(),
    );
    for (found, expected) in found.parameters.iter().zip(&expected.parameters) {
        for (a, b) in found.vectors.iter().zip(&expected.vectors) {
            close(a.as_slice().unwrap(), b.as_slice().unwrap());
        }
    }
    // And what is written here has PyTorch's names and shapes.
    let written = write_tensors(&[("end.", &networks[1])], &[], &[]).unwrap();
    let written = safetensors::SafeTensors::deserialize(&written).unwrap();
    assert_eq!(
        written.tensor("end.layers.1.weight").unwrap().shape(),
        [5, 4, 3, 3]
    );
    for (name, tensor) in written.iter() {
        let original = file.tensor(name).unwrap();
        assert_eq!(
            (tensor.shape(), tensor.data()),
            (original.shape(), original.data())
        );
    }
}
