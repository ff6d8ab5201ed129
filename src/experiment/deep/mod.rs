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

use super::ExperimentError;
use crate::experiment::deep::keys::Base;
use crate::integrate::RunEnd;
use crate::network::deep::Architecture;
use crate::output::Identities;
use crate::runs::{Hooks, Weight, many};
use serde::Serialize;

/// Parameters from which on a second thread within a step is worth more than a second training.
const WIDE: usize = 300_000;

/// Does all trainings, of networks of these architectures: the longest first. Says whether the user stopped some before
/// they had begun; they are left out.
fn trainings<T: Send>(
    networks: &[Architecture],
    hooks: &dyn Hooks,
    of: &str,
    train: impl Fn(usize, &dyn Hooks) -> Result<T, ExperimentError> + Sync,
) -> Result<(Vec<T>, RunEnd), ExperimentError> {
    let weight = |network: &Architecture| Weight {
        cost: network.multiplications() as f64,
        is_wide: network.parameters() >= WIDE,
    };
    let weights: Vec<Weight> = networks.iter().map(weight).collect();
    let found = many(&weights, hooks, of, train)?;
    let end = match found.iter().all(Option::is_some) {
        true => RunEnd::Finished,
        false => RunEnd::Interrupted { time: None },
    };
    Ok((found.into_iter().flatten().collect(), end))
}

/// A digest of all that decides what a training finds but its length; of a teacher's file its contents.
fn identity(base: &Base, student: &Architecture, further: impl Serialize) -> String {
    let data = (base.data.samples, base.data.held_out);
    let training = &base.training.training;
    let all = (&base.teacher, data, training, student, further);
    let changes = (base.data.images(), base.data.is_fresh());
    Identities::default().of(checkpoint::VERSION, &(all, changes))
}
