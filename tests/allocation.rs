//! The hot loops allocate nothing once their working memory is laid out.

mod common;

use common::random_network;
use luckflow::flow::{FanOut, FlowOptions, TwoLayerFlow};
use luckflow::overlap::{ExactGaussian, Input, MonteCarlo, OverlapMethod, Resample};

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
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    pool.install(|| {
        for resample in [Resample::Never, Resample::EveryEvaluation] {
            let double = MonteCarlo::<f64>::new(Input::standard_gaussian(), 5000, resample, 1);
            assert_eq!(allocations(Box::new(double), 0.5), 0, "{resample:?}");
            let single = MonteCarlo::<f32>::new(Input::standard_gaussian(), 5000, resample, 1);
            assert_eq!(allocations(Box::new(single), 0.5), 0, "{resample:?}");
        }
    });
}
