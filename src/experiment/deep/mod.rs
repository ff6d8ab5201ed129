//! Experiments with deep networks, trained by samples.

mod checkpoint;
mod course;
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

use crate::experiment::deep::keys::Base;
use crate::network::deep::Architecture;
use serde::Serialize;

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
