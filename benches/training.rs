//! A step of training beside its own matrix products alone, on one thread and on two; and a product with the Hessian.

use criterion::{Criterion, criterion_group, criterion_main};
use luckflow::blas::multiply_add;
use luckflow::network::TwoLayer;
use luckflow::network::deep::{Architecture, BatchNorm, FullyConnected, Place, uniform};
use luckflow::overlap::Input;
use luckflow::rng::stream;
use luckflow::sgd::{
    Curvature, DataSet, Loss, ProjectedSgd, Schedule, SgdOptions, Targets, Trainer, Training, gaussian_inputs,
};
use ndarray::Array2;
use std::hint::black_box;

const BATCH: usize = 64;

/// The authors' large student, ten times as wide as its teacher.
fn wide() -> Architecture {
    FullyConnected {
        input: 20,
        hidden: vec![500, 750, 1000, 1250],
        output: 100,
        bias: true,
        batch_norm: None,
    }
    .into()
}

/// The small one.
fn narrow() -> Architecture {
    wide().with_hidden(&[100, 150, 200, 250])
}

/// The matrices that a step multiplies, and nothing else.
struct Products {
    /// weights, activations below, activations and gradients of each layer
    layers: Vec<[Array2<f32>; 5]>,
}

impl Products {
    fn new(architecture: &Architecture) -> Self {
        let random = |rows, columns| gaussian_inputs::<f32>(1, "product", [rows, columns], 0.03);
        let layer = |(inputs, nodes)| {
            [
                random(nodes, inputs),
                random(inputs, BATCH),
                random(nodes, BATCH),
                random(nodes, inputs),
                random(inputs, BATCH),
            ]
        };
        Self {
            layers: architecture.shapes().into_iter().map(layer).collect(),
        }
    }

    fn multiply(&mut self) {
        for [weights, below, here, _, _] in &mut self.layers {
            multiply_add(1.0, weights.view(), below.view(), 0.0, here.view_mut());
        }
        for (l, [weights, below, here, gradient, back]) in self.layers.iter_mut().enumerate().rev() {
            if l > 0 {
                multiply_add(1.0, weights.t(), here.view(), 0.0, back.view_mut());
            }
            multiply_add(1.0, here.view(), below.t(), 0.0, gradient.view_mut());
        }
    }
}

fn step(criterion: &mut Criterion) {
    luckflow::blas::single_threaded();
    for (name, architecture) in [("wide", wide()), ("narrow", narrow())] {
        let data = DataSet {
            inputs: gaussian_inputs::<f32>(1, "samples", [4096, 20], 1.0),
            targets: Targets::Values(gaussian_inputs(1, "targets", [4096, 100], 1.0)),
        };
        let mut group = criterion.benchmark_group(format!("a training step, {name}"));
        group.sample_size(if name == "wide" { 30 } else { 100 });
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            let mut products = Products::new(&architecture);
            group.bench_function(format!("products alone, {threads}"), |bencher| {
                pool.install(|| bencher.iter(|| products.multiply()));
            });
            let after = BatchNorm {
                place: Place::AfterRelu,
                affine: false,
            };
            for (name, momentum, batch_norm) in
                [("step", 0.0, None), ("step, momentum 0.9", 0.9, None), ("step, batch norm", 0.0, Some(after))]
            {
                let architecture = architecture.with_batch_norm(batch_norm);
                let training = Training {
                    batch: BATCH,
                    schedule: Schedule(vec![(0, 1e-3)]),
                    momentum,
                    weight_decay: 0.0,
                    loss: Loss::MeanSquared,
                    normalize_nodes: false,
                };
                let student = uniform(&mut stream(1, "student", &[]), &architecture);
                let mut trainer = Trainer::new(&training, &data, student, 1);
                let mut next = 0;
                group.bench_function(format!("{name}, {threads}"), |bencher| {
                    pool.install(|| {
                        bencher.iter(|| {
                            let rows: [u32; BATCH] = std::array::from_fn(|i| ((next + i * 37) % 4096) as u32);
                            next += 1;
                            black_box(trainer.step(&rows))
                        });
                    });
                });
            }
        }
        group.finish();
    }
}

fn curvature(criterion: &mut Criterion) {
    let architecture = FullyConnected {
        input: 20,
        hidden: vec![50, 75],
        output: 10,
        bias: true,
        batch_norm: None,
    }
    .into();
    let data = DataSet {
        inputs: gaussian_inputs::<f64>(1, "samples", [2000, 20], 1.0),
        targets: Targets::Values(gaussian_inputs(1, "targets", [2000, 10], 1.0)),
    };
    let network = uniform(&mut stream(1, "student", &[]), &architecture);
    let mut curvature = Curvature::new(&network, &data, Loss::MeanSquared);
    let v = vec![0.1; curvature.dim()];
    let mut out = v.clone();
    criterion.bench_function("a product with the Hessian", |bencher| {
        bencher.iter(|| curvature.apply(&v, &mut out));
    });
}

fn projected(criterion: &mut Criterion) {
    let weights = |nodes| {
        let mut w = gaussian_inputs::<f64>(1, "weights", [20, nodes], 1.0);
        for mut column in w.columns_mut() {
            luckflow::network::unit::normalize(&mut column);
        }
        w
    };
    let network = TwoLayer::with_unit_fan_out(&weights(5), weights(5), 0.5);
    let input = Input::standard_gaussian();
    for batch in [16, 1024] {
        let options = SgdOptions {
            step: 0.01,
            batch,
            projection: true,
            running_fan_out: true,
        };
        let mut sgd = ProjectedSgd::new(&network, &input, options, 1);
        criterion.bench_function(&format!("a step of projected SGD, B = {batch}"), |bencher| {
            bencher.iter(|| black_box(sgd.step()));
        });
    }
}

criterion_group!(benches, step, curvature, projected);
criterion_main!(benches);
