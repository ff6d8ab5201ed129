//! Students of several widths, spreads and normalisations learn from a teacher: which of their nodes find which?

mod confusion;
mod figures;
pub mod keys;
mod report;
mod seen;

pub use keys::DeepTraining;

use crate::experiment::deep::image_data::ImageData;
use crate::experiment::deep::keys::Base;
use crate::experiment::deep::memory::of_trainings;
use crate::experiment::deep::plan::TrainingPlan;
use crate::experiment::deep::problem::{self, Problem};
use crate::experiment::deep::record::EpochRecord;
use crate::experiment::deep::teachers::{Teachers, TrainedTeacher};
use crate::experiment::deep::trajectory::TrainingTrajectory;
use crate::experiment::{Ended, Experiment, ExperimentError, Hooks, Run, Store};
use crate::integrate::RunEnd;
use crate::measure::{Confusion, Correlations};
use crate::network::deep::{Architecture, BatchNorm, Deep, Place};
use crate::runs::Memory;
use crate::sgd::Evaluation;
use seen::Picture;
use serde::Serialize;

/// A number for each node, layer by layer.
pub type Layers = Vec<Vec<f64>>;

/// Everything that the runs found.
#[derive(Serialize)]
pub struct Found {
    /// Teachers that were trained, seed by seed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teachers: Vec<TrainedTeacher>,
    /// Variant by variant, seed by seed.
    #[serde(rename = "findings")]
    pub runs: Vec<TrainingRun>,
}

/// A run that is over.
pub type Outcome = Run<DeepTraining>;

/// What is varied.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Variant {
    /// The student's hidden layers are so many times as wide as the teacher's.
    pub width: usize,
    /// Its batch normalisation.
    pub batch_norm: Option<BatchNorm>,
    /// σ of an input that is drawn.
    pub deviation: Option<f64>,
}

/// One training.
#[derive(Serialize)]
pub struct TrainingRun {
    /// A name for its files.
    pub label: String,
    /// Of which kind.
    #[serde(flatten)]
    pub variant: Variant,
    /// Its seed.
    pub seed: u64,
    /// The student's.
    pub parameters: usize,
    /// The start, then each epoch.
    #[serde(skip)]
    pub rows: Vec<EpochRow>,
    /// The first of them.
    pub start: EpochRow,
    /// The last of them.
    #[serde(flatten)]
    pub last: EpochRow,
    /// Teacher nodes that are constant on the held-out samples, in each layer: no student can be compared with them.
    #[serde(rename = "silent_teacher_nodes")]
    pub silent: Vec<usize>,
    /// Student nodes that are constant on them at the end, in each layer: dead ones, which no step reaches.
    pub silent_student_nodes: Vec<usize>,
    /// Fan-out norms at the start and after each epoch, layer by layer.
    #[serde(skip)]
    pub fan_out: Vec<Layers>,
    /// Each student node's best correlation with a teacher node, as often.
    #[serde(skip)]
    pub correlation: Vec<Layers>,
    /// Classes of teacher and student on the held-out samples, where there are classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confusion: Option<Confusion>,
    /// What the teacher's channels see, and their winners.
    #[serde(skip)]
    pub pictures: Vec<Picture>,
    /// The teacher.
    #[serde(skip)]
    pub teacher: Deep<f32>,
    /// The student at the end.
    #[serde(skip)]
    pub student: Deep<f32>,
    /// Why it ended.
    #[serde(serialize_with = "RunEnd::describe")]
    pub end: RunEnd,
    /// Seconds.
    pub seconds: f64,
}

/// One epoch.
#[derive(Clone, Debug, Serialize)]
pub struct EpochRow {
    /// Epochs done.
    pub epoch: u64,
    /// Mean loss before each step; NaN for the start.
    pub training_loss: f64,
    /// On held-out samples.
    pub held_out: Evaluation,
    /// ρ̄ of each layer.
    pub rho: Vec<f64>,
    /// Mean rank of the final winners in each layer, as a part of its nodes.
    pub rank: Vec<f64>,
}

impl Variant {
    /// In words, for legends.
    pub fn words(&self) -> String {
        let norm = match self.batch_norm.map(|norm| norm.place) {
            None => "",
            Some(Place::BeforeRelu) => ", batch norm before ReLU",
            Some(Place::AfterRelu) => ", batch norm after ReLU",
        };
        let spread = self
            .deviation
            .map_or(String::new(), |deviation| format!(", σ = {deviation:.4}").replace(".0000", ""));
        format!("{}×{spread}{norm}", self.width)
    }

    /// For names of files; nothing for images.
    fn spread(&self) -> String {
        let spread = self.deviation.map(|deviation| format!("-sd{deviation}"));
        spread.unwrap_or_default()
    }

    fn label(&self, seed: u64) -> String {
        let norm = match self.batch_norm.map(|norm| norm.place) {
            None => "",
            Some(Place::BeforeRelu) => "-bn-before",
            Some(Place::AfterRelu) => "-bn-after",
        };
        let spread = self.spread();
        format!("width{}{spread}{norm}-seed{seed}", self.width)
    }
}

impl DeepTraining {
    fn network(&self, variant: Variant) -> Architecture {
        let teacher = &self.base.teacher.architecture;
        let Variant { width, batch_norm, .. } = variant;
        self.base.student.architecture(teacher, width, batch_norm)
    }

    /// Width by width, spread by spread, normalisation by normalisation.
    fn variants(&self) -> Vec<Variant> {
        let mut variants = Vec::new();
        for deviation in self.base.data.spreads() {
            for &batch_norm in &self.base.student.batch_norms {
                for &width in &self.base.student.widths {
                    variants.push(Variant {
                        width,
                        batch_norm,
                        deviation,
                    });
                }
            }
        }
        variants
    }
}

impl Experiment for DeepTraining {
    const NAME: &'static str = "deep-training";
    const ABOUT: &'static str =
        "Students of several widths, spreads and normalisations learn from a deep teacher: which nodes find which?";
    const RESUMABLE: bool = true;

    type Setup = Option<ImageData>;
    type Found = Found;

    fn memory(&self) -> Memory {
        let student = &self.base.student;
        let teacher = &self.base.teacher.architecture;
        let architecture = student.architecture(teacher, student.widest(), student.batch_norms[0]);
        let variants = student.widths.len() * student.batch_norms.len();
        let trainings = variants * self.base.data.deviations().len() * self.base.seeds as usize;
        of_trainings(&self.base, &architecture, trainings)
    }

    fn prepare(&self) -> Result<Option<ImageData>, ExperimentError> {
        for variant in self.variants() {
            self.base.student.prepare(&self.network(variant))?;
        }
        problem::prepare(&self.base)
    }

    /// Trains all students.
    fn find(&mut self, images: Option<ImageData>, store: &dyn Store, hooks: &dyn Hooks) -> Ended<Found> {
        let base = &self.base;
        let teachers = Teachers::of(base, images, store, hooks)?;
        let variants = self.variants();
        let network = |&variant: &Variant| self.network(variant);
        let (runs, end) =
            teachers.trainings(&variants, network, (hooks, "training"), |&variant, network, seed, hooks| {
                let problem = teachers.problem(seed, variant.deviation.unwrap_or(1.0))?;
                let student = base.student.at_start(seed, network)?;
                let further = (variant.deviation, &base.student.start);
                let plan = TrainingPlan::of(base, variant.label(seed), student, seed, further);
                let trajectory = TrainingTrajectory::run(&problem, plan, store, hooks)?;
                let end = trajectory.end.clone();
                Ok((TrainingRun::of(base, variant, seed, problem, trajectory), end))
            })?;
        let found = Found {
            teachers: teachers.into_trained(),
            runs,
        };
        Ok((found, end))
    }
}

impl TrainingRun {
    fn of(base: &Base, variant: Variant, seed: u64, problem: Problem, trajectory: TrainingTrajectory) -> Self {
        let last = trajectory.last();
        let silent = last.winners();
        let records = || trajectory.epochs.iter();
        let rows: Vec<EpochRow> = records()
            .zip(trajectory.winners_ranks())
            .map(|(record, rank)| EpochRow {
                epoch: record.epoch,
                training_loss: record.training_loss,
                held_out: record.held_out,
                rho: record.rho(),
                rank,
            })
            .collect();
        let best = |record: &EpochRecord| record.correlations.iter().map(Correlations::best_of_students).collect();
        Self {
            parameters: trajectory.student.architecture.parameters(),
            start: rows[0].clone(),
            last: rows[rows.len() - 1].clone(),
            variant,
            seed,
            label: variant.label(seed),
            rows,
            silent: silent.iter().map(|layer| layer.iter().filter(|winner| winner.is_none()).count()).collect(),
            silent_student_nodes: last.correlations.iter().map(Correlations::silent_students).collect(),
            fan_out: records().map(|record| record.fan_out.clone()).collect(),
            correlation: records().map(best).collect(),
            confusion: confusion::confusion(base, &problem, &trajectory.student),
            pictures: seen::pictures(&problem.teacher, &trajectory.student, &silent, &problem.held_out),
            teacher: problem.teacher,
            student: trajectory.student,
            end: trajectory.end,
            seconds: trajectory.seconds,
        }
    }
}

/// Of what was seen at the start and after each epoch, the last.
fn at_end(seen: &[Layers]) -> &Layers {
    &seen[seen.len() - 1]
}

impl Outcome {
    /// The runs of one variant, seed by seed.
    pub fn of(&self, variant: Variant) -> impl Iterator<Item = &TrainingRun> {
        self.runs.iter().filter(move |run| run.variant == variant)
    }
}
