//! A training step of a convolutional network, 3-k-k-k-k on images of 32 × 32, mini-batch 64.
//!
//! `python3 benches/convolution_torch.py` runs it beside PyTorch.

use criterion::{Criterion, criterion_group, criterion_main};
use luckflow::network::deep::{Architecture, Convolutional, Shape, uniform};
use luckflow::rng::stream;
use luckflow::sgd::{DataSet, Loss, Schedule, Targets, Trainer, Training, gaussian_inputs};
use std::hint::black_box;
use std::time::Duration;

const BATCH: usize = 64;

fn architecture(channels: usize) -> Architecture {
    let recipe = Convolutional {
        input: Shape::image(3, 32, 32),
        channels: vec![channels; 4],
        kernel: 3,
        padding: 0,
        output: 10,
        bias: true,
        batch_norm: None,
    };
    recipe.try_into().expect("the image is large enough")
}

fn step(criterion: &mut Criterion) {
    luckflow::blas::single_threaded();
    let training = Training {
        batch: BATCH,
        schedule: Schedule(vec![(0, 1e-4)]),
        momentum: 0.0,
        weight_decay: 0.0,
        loss: Loss::MeanSquared,
        normalize_nodes: false,
    };
    let mut group = criterion.benchmark_group("a step of 3-k-k-k-k");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    for channels in [16, 64, 128] {
        let architecture = architecture(channels);
        let data = DataSet {
            inputs: gaussian_inputs::<f32>(1, "samples", [BATCH, architecture.input()], 1.0),
            targets: Targets::Values(gaussian_inputs(1, "targets", [BATCH, 10], 1.0)),
        };
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            group.bench_function(format!("k = {channels}, {threads} threads"), |bencher| {
                pool.install(|| {
                    let student = uniform(&mut stream(1, "student", &[]), &architecture);
                    let mut trainer = Trainer::new(&training, &data, student, 1);
                    let rows: [u32; BATCH] = std::array::from_fn(|i| i as u32);
                    bencher.iter(|| black_box(trainer.step(&rows)));
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, step);
criterion_main!(benches);
