//! Deep networks: their layers, and experiments on them end to end in the library.

#[path = "../common/scenario.rs"]
mod common;

mod beside_flow;
mod channels;
mod convolution;
mod experiments;
mod images;
mod network;
mod stopped;

use luckflow::network::deep::{Architecture, Deep, uniform};
use luckflow::rng::stream;
use luckflow::sgd::{DataSet, Trainer, Training};

/// Losses of some epochs of a training, which has the same bytes on one thread and on two.
fn on_any_threads(
    architecture: &Architecture,
    training: &Training,
    epochs: usize,
    data: impl Fn() -> DataSet<f32> + Sync,
) -> Vec<f64> {
    let train = |threads| -> (Vec<f64>, Deep<f32>) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let data = data();
            let student = uniform(&mut stream(1, "student", &[]), architecture);
            let mut trainer = Trainer::new(training, &data, student, 1);
            let epochs = (0..epochs).map(|_| trainer.epoch(|_| true).unwrap().unwrap());
            let losses = epochs.collect();
            (losses, trainer.into_network())
        })
    };
    let (losses, network) = train(1);
    let (again, same) = train(2);
    assert_eq!(losses, again);
    assert!(network == same);
    losses
}
