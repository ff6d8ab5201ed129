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

pub use course::{Course, End};
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

/// The worst end of many: diverged, interrupted, finished.
fn worst<'a>(ends: impl Iterator<Item = &'a End>) -> End {
    let rank = |end: &End| match end {
        End::Finished => 0,
        End::Interrupted => 1,
        End::Diverged(_) => 2,
    };
    ends.fold(End::Finished, |worst, end| {
        if rank(end) > rank(&worst) {
            end.clone()
        } else {
            worst
        }
    })
}
