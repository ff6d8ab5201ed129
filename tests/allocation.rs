//! The hot loops allocate nothing once their working memory is laid out.

mod common;

use common::random_network;
use luckflow::flow::{FanOut, FlowOptions, TwoLayerFlow};
use luckflow::network::deep::{Architecture, BatchNorm, Convolutional, FullyConnected, Place, Shape, uniform};
use luckflow::overlap::{ExactGaussian, Input, MonteCarlo, OverlapMethod, Resample};
use luckflow::rng::stream;
use luckflow::sgd::{DataSet, Loss, ProjectedSgd, Schedule, SgdOptions, Targets, Trainer, Training, gaussian_inputs};

const OPTIONS: FlowOptions = FlowOptions {
    projection: true,
    fan_out: FanOut::Running,
};

/// Allocations of the tenth evaluation of a flow.
fn allocations(overlap: Box<dyn OverlapMethod>, threshold: f64) -> u64 {
    let network = random_network([20, 10, 20, 10], threshold, 1);
    let mut flow = TwoLayerFlow::new(&network, overlap, &Input::standard_gaussian(), OPTIONS);
    let y = flow.state_of(&network);
    let mut dy = vec![0.0; y.len()];
    for _ in 0..9 {
        flow.velocity(&y, &mut dy);
    }
    allocation_counter::measure(|| flow.velocity(&y, &mut dy)).count_total
}

#[test]
fn an_exact_evaluation_allocates_nothing() {
    for threshold in [0.0, 2.0] {
        assert_eq!(allocations(Box::new(ExactGaussian::new()), threshold), 0);
    }
}

#[test]
fn a_sampled_evaluation_allocates_nothing() {
    // In a pool of its own, so that the threads' own book-keeping is counted with it or not at all.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        // Of 33,000 samples the last group has three blocks, the last of them of another size.
        for samples in [5000, 33_000] {
            for resample in [Resample::Never, Resample::EveryEvaluation] {
                let input = Input::standard_gaussian;
                let double = MonteCarlo::<f64>::new(input(), samples, resample, 1);
                assert_eq!(allocations(Box::new(double), 0.5), 0, "{resample:?}");
                let single = MonteCarlo::<f32>::new(input(), samples, resample, 1);
                assert_eq!(allocations(Box::new(single), 0.5), 0, "{resample:?}");
            }
        }
    });
}

#[test]
fn a_step_of_training_allocates_nothing() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let norm = |place| Some(BatchNorm { place, affine: true });
    let kinds = [None, norm(Place::BeforeRelu), norm(Place::AfterRelu)];
    for (batch_norm, loss, momentum) in kinds.into_iter().flat_map(|norm| {
        [(norm, Loss::MeanSquared, 0.0), (norm, Loss::MeanSquared, 0.9), (norm, Loss::CrossEntropy, 0.9)]
    }) {
        let architecture = FullyConnected {
            input: 10,
            hidden: vec![200, 300],
            output: 8,
            bias: true,
            batch_norm,
        }
        .into();
        let inputs = gaussian_inputs::<f32>(1, "samples", [500, 10], 1.0);
        let targets = match loss {
            Loss::MeanSquared => Targets::Values(gaussian_inputs(1, "targets", [500, 8], 1.0)),
            Loss::CrossEntropy => Targets::Classes((0..500).map(|i| i % 8).collect()),
        };
        let data = DataSet { inputs, targets };
        let training = Training {
            batch: 64,
            schedule: Schedule(vec![(0, 0.01)]),
            momentum,
            weight_decay: 1e-4,
            loss,
            normalize_nodes: true,
        };
        let student = uniform(&mut stream(1, "student", &[]), &architecture);
        let mut trainer = Trainer::new(&training, &data, student, 1);
        let rows: Vec<u32> = (0..64).collect();
        pool.install(|| {
            trainer.step(&rows);
            let count = allocation_counter::measure(|| {
                trainer.step(&rows);
            })
            .count_total;
            assert_eq!(count, 0, "{batch_norm:?} {loss:?} {momentum}");
        });
    }
}

#[test]
fn a_step_of_a_convolutional_network_allocates_nothing() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1);
    let pool = pool.build().unwrap();
    let after = BatchNorm {
        place: Place::AfterRelu,
        affine: true,
    };
    for (batch_norm, padding) in [(None, 0), (Some(after), 1)] {
        let architecture: Architecture = Convolutional {
            input: Shape::image(3, 12, 12),
            channels: vec![16, 20],
            kernel: 3,
            padding,
            output: 10,
            bias: true,
            batch_norm,
        }
        .try_into()
        .unwrap();
        let inputs = gaussian_inputs::<f32>(1, "samples", [100, architecture.input()], 1.0);
        let targets = Targets::Values(gaussian_inputs(1, "targets", [100, 10], 1.0));
        let data = DataSet { inputs, targets };
        let training = Training {
            batch: 32,
            schedule: Schedule(vec![(0, 0.01)]),
            momentum: 0.9,
            weight_decay: 1e-4,
            loss: Loss::MeanSquared,
            normalize_nodes: true,
        };
        let rows: Vec<u32> = (0..32).collect();
        pool.install(|| {
            let student = uniform(&mut stream(1, "student", &[]), &architecture);
            let mut trainer = Trainer::new(&training, &data, student, 1);
            trainer.step(&rows);
            let count = allocation_counter::measure(|| {
                trainer.step(&rows);
            })
            .count_total;
            assert_eq!(count, 0, "{batch_norm:?}");
        });
    }
}

#[test]
fn a_step_of_projected_sgd_allocates_nothing() {
    let network = random_network([20, 5, 10, 4], 0.5, 1);
    let input = Input::standard_gaussian();
    let options = SgdOptions {
        step: 0.01,
        batch: 64,
        projection: true,
        running_fan_out: true,
    };
    let mut sgd = ProjectedSgd::new(&network, &input, options, 1);
    sgd.step();
    let count = allocation_counter::measure(|| {
        sgd.step();
    })
    .count_total;
    assert_eq!(count, 0);
}
