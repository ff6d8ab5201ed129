//! Experiments with deep networks, trained by samples.

mod checkpoint;
mod course;
mod figures;
pub mod flow;
pub mod hessian;
pub mod keys;
pub mod labels;
mod lesson;
mod plan;
mod record;
mod report;
pub mod tickets;
pub mod training;

pub use course::Course;
pub use lesson::{Lesson, TEACHER};
pub use plan::{Metric, Observation, Plan};
pub use record::EpochRecord;

use super::ExperimentError;
use crate::experiment::deep::keys::Base;
use crate::network::deep::Architecture;
use crate::runs::{Hooks, Weight, many};
use serde::Serialize;

/// Parameters from which on a second thread within a step is worth more than a second training.
const WIDE: usize = 300_000;

/// Does all trainings, `parameters` saying how large the network of each is.
fn trainings<T: Send>(
    parameters: &[usize],
    hooks: &dyn Hooks,
    of: &str,
    train: impl Fn(usize, &dyn Hooks) -> Result<T, ExperimentError> + Sync,
) -> Result<Vec<T>, ExperimentError> {
    let weights: Vec<Weight> = parameters
        .iter()
        .map(|&parameters| Weight {
            cost: parameters as f64,
            is_wide: parameters >= WIDE,
        })
        .collect();
    many(&weights, hooks, of, train)
}

/// All that decides what a training finds but its length, as JSON.
fn identity(base: &Base, student: &Architecture, further: impl Serialize) -> String {
    let data = (base.data.samples, base.data.held_out);
    let all = (
        &base.teacher,
        data,
        &base.training.training,
        student,
        further,
    );
    serde_json::to_string(&all).unwrap_or_default()
}
