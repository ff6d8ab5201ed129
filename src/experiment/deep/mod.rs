//! Experiments with deep networks, trained by samples.

mod checkpoint;
mod figures;
pub mod flow;
mod head_step;
pub mod hessian;
mod image_data;
pub mod keys;
pub mod labels;
mod memory;
mod plan;
mod problem;
mod record;
mod report;
mod samples;
mod start;
mod teachers;
pub mod tickets;
pub mod training;
mod trajectory;

pub use plan::{Metric, Observation, TrainingPlan};
pub use problem::{Problem, TEACHER};
pub use record::EpochRecord;
pub use samples::Samples;
pub use teachers::{Teachers, TrainedTeacher};
pub use trajectory::TrainingTrajectory;

use super::Ended;
use crate::experiment::deep::keys::Base;
use crate::integrate::RunEnd;
use crate::network::deep::Architecture;
use crate::runs::{Hooks, Weight, many};

/// Parameters from which on a second thread within a step is worth more than a second training.
const WIDE: usize = 300_000;

/// Trains a network for each of these kinds with each seed, kind by kind: the longest first. Gives what was found and the
/// worst end; what the user stopped before it had begun is left out.
fn trainings<K: Sync, T: Send>(
    base: &Base,
    kinds: &[K],
    network: impl Fn(&K) -> Architecture,
    (hooks, of): (&dyn Hooks, &str),
    train: impl Fn(&K, &Architecture, u64, &dyn Hooks) -> Ended<T> + Sync,
) -> Ended<Vec<T>> {
    let seeds = base.seeds as usize;
    let networks: Vec<Architecture> = kinds.iter().map(network).collect();
    let weight = |i: usize| Weight {
        cost: networks[i / seeds].multiplications() as f64,
        is_wide: networks[i / seeds].parameters() >= WIDE,
    };
    let weights: Vec<Weight> = (0..kinds.len() * seeds).map(weight).collect();
    let found = many(&weights, hooks, of, |i, hooks| {
        let (kind, seed) = (i / seeds, base.seed + (i % seeds) as u64);
        train(&kinds[kind], &networks[kind], seed, hooks)
    })?;
    let stopped = found.iter().any(Option::is_none).then_some(RunEnd::Interrupted { time: None });
    let (found, ends): (Vec<T>, Vec<RunEnd>) = found.into_iter().flatten().unzip();
    Ok((found, RunEnd::worst(ends.iter().chain(&stopped))))
}
