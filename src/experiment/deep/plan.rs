//! How a student is trained, and what is measured after each epoch beside what always is.

use super::checkpoint;
use super::keys::Base;
use crate::measure::Correlations;
use crate::network::deep::Deep;
use crate::output::Identities;
use crate::sgd::{DataSet, Training};
use serde::Serialize;

/// What a metric sees at the end of an epoch.
pub struct Observation<'a> {
    /// Epochs done.
    pub epoch: u64,
    /// The student.
    pub network: &'a Deep<f32>,
    /// The held-out samples.
    pub held_out: &'a DataSet<f32>,
    /// Teacher × student, layer by layer.
    pub correlations: &'a [Correlations],
}

/// A number that is read off the student after each epoch, beside those that are always.
pub trait Metric: Sync {
    /// Its column.
    fn name(&self) -> String;

    /// Its value.
    fn measure(&self, at: &Observation) -> f64;
}

/// How a student is trained.
pub struct TrainingPlan<'a> {
    /// What the run is called among its like: the name of its folder of checkpoints.
    pub label: String,
    /// All that decides what comes out, in words: checkpoints of another are not used.
    pub identity: String,
    /// The student at its start.
    pub student: Deep<f32>,
    /// How it is trained.
    pub training: &'a Training,
    /// For how long.
    pub epochs: u64,
    /// The order of samples is drawn from it.
    pub seed: u64,
    /// What else is measured.
    pub metrics: Vec<Box<dyn Metric + 'a>>,
}

impl<'a> TrainingPlan<'a> {
    /// As a scenario says, with nothing else measured; `further` is what else decides what comes out.
    pub(super) fn of(base: &'a Base, label: String, student: Deep<f32>, seed: u64, further: impl Serialize) -> Self {
        Self {
            label,
            identity: identity(base, &student, further),
            student,
            training: &base.training.training,
            epochs: base.training.epochs,
            seed,
            metrics: Vec::new(),
        }
    }
}

/// A digest of all that decides what a training finds but its length; of a teacher's file its contents.
fn identity(base: &Base, student: &Deep<f32>, further: impl Serialize) -> String {
    let data = (base.data.samples, base.data.held_out);
    let training = &base.training.training;
    let all = (&base.teacher, data, training, &student.architecture, further);
    let changes = (base.data.images(), base.data.is_fresh());
    Identities::default().of(checkpoint::VERSION, &(all, changes))
}
