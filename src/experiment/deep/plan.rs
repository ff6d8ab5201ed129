//! How a student is trained, and what is measured after each epoch beside what always is.

use crate::measure::Correlations;
use crate::network::deep::Deep;
use crate::sgd::{DataSet, Training};

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
