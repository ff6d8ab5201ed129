//! Labels from a small teacher, from a large one, from noise, and mixtures: how fast is each part fitted?

mod figures;
mod findings;
mod fit;
pub mod keys;
mod labelled;
mod report;

pub use findings::{LabelSummary, median};
pub use keys::ImplicitRegularization;

use crate::experiment::deep::image_data::ImageData;
use crate::experiment::deep::keys::Weights;
use crate::experiment::deep::memory::of_trainings;
use crate::experiment::deep::plan::TrainingPlan;
use crate::experiment::deep::problem;
use crate::experiment::deep::trainings;
use crate::experiment::deep::trajectory::TrainingTrajectory;
use crate::experiment::{Ended, Experiment, ExperimentError, Hooks, Run, Store};
use crate::network::deep::{Architecture, Deep, grid_teacher, uniform};
use crate::rng;
use crate::runs::Memory;
use fit::Fit;
use labelled::Labelled;
use serde::Serialize;

/// Everything that the runs found.
#[derive(Serialize)]
pub struct Found {
    /// What was seen of each kind of labels: medians over the seeds.
    pub findings: Vec<LabelSummary>,
    /// Kind by kind, seed by seed.
    #[serde(skip)]
    pub runs: Vec<LabelRun>,
}

/// A run that is over.
pub type Outcome = Run<ImplicitRegularization>;

/// What labels are made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Labels {
    /// The small teacher's outputs.
    Small,
    /// The large teacher's outputs.
    Large,
    /// Standard normal noise.
    Noise,
    /// √(1 − p) of the small teacher's and √p of noise.
    SmallAndNoise(f64),
    /// √(1 − p) of the small teacher's and √p of the large one's.
    SmallAndLarge(f64),
}

/// One training.
pub struct LabelRun {
    /// On what.
    pub labels: Labels,
    /// Its seed.
    pub seed: u64,
    /// The start, then each epoch.
    pub rows: Vec<LabelRow>,
}

/// One epoch.
#[derive(Clone, Debug)]
pub struct LabelRow {
    /// Epochs done.
    pub epoch: u64,
    /// Mean loss before each step; NaN for the start. Labels have variance 1 for each output.
    pub training_loss: f64,
    /// On held-out samples with labels made in the same way.
    pub held_out_loss: f64,
    /// The part of each component that the student has fitted on training samples: 0 at first, 1 when all.
    pub fitted: Vec<f64>,
}

impl Labels {
    /// What is not mixed.
    pub const PURE: [Self; 3] = [Self::Small, Self::Large, Self::Noise];

    /// As in tables.
    pub fn name(&self) -> String {
        match self {
            Self::Small => "small".into(),
            Self::Large => "large".into(),
            Self::Noise => "noise".into(),
            Self::SmallAndNoise(p) => format!("small+noise-{p}"),
            Self::SmallAndLarge(p) => format!("small+large-{p}"),
        }
    }

    /// The names of its components.
    pub fn components(&self) -> &'static [&'static str] {
        match self {
            Self::Small => &["small teacher"],
            Self::Large => &["large teacher"],
            Self::Noise => &["noise"],
            Self::SmallAndNoise(_) => &["small teacher", "noise"],
            Self::SmallAndLarge(_) => &["small teacher", "large teacher"],
        }
    }
}

impl ImplicitRegularization {
    fn labels(&self) -> Vec<Labels> {
        let mixtures = self.made_of.mixtures.iter().copied();
        Labels::PURE
            .into_iter()
            .chain(mixtures.clone().map(Labels::SmallAndNoise))
            .chain(mixtures.map(Labels::SmallAndLarge))
            .collect()
    }

    /// The student.
    pub fn student_architecture(&self) -> Architecture {
        self.base.student.only_architecture(&self.base.teacher.architecture)
    }

    /// The large teacher.
    pub fn large_architecture(&self) -> Architecture {
        let large = self.base.teacher.with_hidden(self.made_of.large.clone());
        large.expect("read from the keys")
    }

    fn large_teacher(&self, seed: u64) -> Result<Deep<f32>, ExperimentError> {
        let architecture = self.large_architecture();
        let mut stream = rng::stream(seed, "large teacher", &[]);
        Ok(match self.base.teacher.weights {
            Weights::Uniform => uniform(&mut stream, &architecture),
            _ => grid_teacher(&mut stream, &architecture)?,
        })
    }
}

impl Experiment for ImplicitRegularization {
    const NAME: &'static str = "implicit-regularization";
    const ABOUT: &'static str = "Labels from a small teacher, a large one, noise, and mixtures: what is fitted first?";
    const RESUMABLE: bool = true;

    type Setup = Option<ImageData>;
    type Found = Found;

    fn memory(&self) -> Memory {
        let trainings = self.labels().len() * self.base.seeds as usize;
        of_trainings(&self.base, &self.student_architecture(), trainings)
    }

    fn prepare(&self) -> Result<Option<ImageData>, ExperimentError> {
        problem::prepare(&self.base)
    }

    /// Trains on all kinds of labels.
    fn find(&mut self, images: Option<ImageData>, store: &dyn Store, hooks: &dyn Hooks) -> Ended<Found> {
        let kinds = self.labels();
        let network = |_: &Labels| self.student_architecture();
        let (runs, end) =
            trainings(&self.base, &kinds, network, (hooks, "training"), |&labels, network, seed, hooks| {
                let labelled = Labelled::draw(self, images.as_ref(), labels, seed)?;
                one(self, (labels, &labelled), network, seed, store, hooks)
            })?;
        let finding = |&labels: &Labels| LabelSummary::of(labels, &runs);
        let findings = kinds.iter().map(finding).collect();
        Ok((Found { findings, runs }, end))
    }
}

/// Trains on one kind of labels.
fn one(
    scenario: &ImplicitRegularization,
    (labels, labelled): (Labels, &Labelled),
    network: &Architecture,
    seed: u64,
    store: &dyn Store,
    hooks: &dyn Hooks,
) -> Ended<LabelRun> {
    let base = &scenario.base;
    let fit = Fit::new(labelled, network);
    let label = format!("{}-seed{seed}", labels.name());
    let student = base.student.at_start(seed, network)?;
    let further = (&scenario.made_of.large, base.data.deviations()[0]);
    let plan = TrainingPlan {
        metrics: fit.metrics(),
        ..TrainingPlan::of(base, label, student, seed, further)
    };
    let trajectory = TrainingTrajectory::run(&labelled.problem, plan, store, hooks)?;
    let row = |record: &super::EpochRecord| LabelRow {
        epoch: record.epoch,
        training_loss: record.training_loss,
        held_out_loss: record.held_out.loss,
        fitted: record.extra.clone(),
    };
    let rows = trajectory.epochs.iter().map(row).collect();
    Ok((LabelRun { labels, seed, rows }, trajectory.end))
}

impl Outcome {
    /// What was seen of one kind of labels.
    pub fn finding(&self, labels: Labels) -> Option<&LabelSummary> {
        self.findings.iter().find(|finding| finding.labels == labels.name())
    }

    /// The runs of one kind, seed by seed.
    pub fn of(&self, labels: Labels) -> impl Iterator<Item = &LabelRun> {
        self.runs.iter().filter(move |run| run.labels == labels)
    }
}
