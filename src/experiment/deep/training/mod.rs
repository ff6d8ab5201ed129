//! Students of several widths, spreads and normalisations learn from a teacher: which of their nodes find which?

mod figures;
pub mod keys;
pub mod report;

use crate::experiment::deep::course::{Course, End};
use crate::experiment::deep::lesson::{Lesson, student};
use crate::experiment::deep::plan::Plan;
use crate::experiment::deep::training::keys::DeepTraining as Scenario;
use crate::experiment::deep::{identity, worst};
use crate::experiment::{ExperimentError, Hooks, Store};
use crate::network::deep::{BatchNorm, Deep, Place};
use crate::runs::side_by_side::trainings;
use crate::sgd::Evaluation;

/// Everything that the runs found.
pub struct DeepTraining {
    /// The scenario.
    pub scenario: Scenario,
    /// Variant by variant, seed by seed.
    pub runs: Vec<TrainingRun>,
    /// The worst end of a run.
    pub end: End,
    /// Seconds that all took.
    pub seconds: f64,
}

/// What is varied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variant {
    /// The student's hidden layers are so many times as wide as the teacher's.
    pub width: usize,
    /// Its batch normalisation.
    pub batch_norm: Option<BatchNorm>,
    /// σ of the input.
    pub deviation: f64,
}

/// One training.
pub struct TrainingRun {
    /// Of which kind.
    pub variant: Variant,
    /// Its seed.
    pub seed: u64,
    /// A name for its files.
    pub label: String,
    /// The start, then each epoch.
    pub rows: Vec<EpochRow>,
    /// Hidden nodes, layer by layer.
    pub nodes: Vec<Vec<NodeRow>>,
    /// Teacher nodes that are constant on the held-out samples, in each layer: no student can be compared with them.
    pub silent: Vec<usize>,
    /// Fan-out norms after each epoch, layer by layer.
    pub fan_out: Vec<Vec<Vec<f64>>>,
    /// The teacher.
    pub teacher: Deep<f32>,
    /// The student at the end.
    pub student: Deep<f32>,
    /// Why it ended.
    pub end: End,
    /// Seconds.
    pub seconds: f64,
}

/// One epoch.
#[derive(Clone, Debug)]
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

/// One hidden node of the student.
#[derive(Clone, Copy, Debug)]
pub struct NodeRow {
    /// ‖v‖ at the start.
    pub fan_out_start: f64,
    /// ‖v‖ at the end.
    pub fan_out: f64,
    /// Its best correlation with a teacher node at the end.
    pub correlation: f64,
}

impl Variant {
    /// In words, for legends.
    pub fn words(&self) -> String {
        let norm = match self.batch_norm.map(|norm| norm.place) {
            None => "",
            Some(Place::BeforeRelu) => ", batch norm before ReLU",
            Some(Place::AfterRelu) => ", batch norm after ReLU",
        };
        format!("{}×, σ = {:.4}{norm}", self.width, self.deviation).replace(".0000", "")
    }

    fn label(&self, seed: u64) -> String {
        let norm = match self.batch_norm.map(|norm| norm.place) {
            None => "",
            Some(Place::BeforeRelu) => "-bn-before",
            Some(Place::AfterRelu) => "-bn-after",
        };
        format!("width{}-sd{}{norm}-seed{seed}", self.width, self.deviation)
    }
}

impl Scenario {
    /// Width by width, spread by spread, normalisation by normalisation.
    fn variants(&self) -> Vec<Variant> {
        let mut variants = Vec::new();
        for &deviation in &self.base.data.deviations {
            for &batch_norm in &self.student.batch_norms {
                for &width in &self.student.widths {
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

/// Trains all students.
pub fn run(
    scenario: &Scenario,
    store: &dyn Store,
    hooks: &dyn Hooks,
) -> Result<DeepTraining, ExperimentError> {
    let started = std::time::Instant::now();
    let base = &scenario.base;
    let variants = scenario.variants();
    let seeds = base.seeds as usize;
    let total = variants.len() * seeds;
    let architecture = |i: usize| {
        let Variant {
            width, batch_norm, ..
        } = variants[i / seeds];
        scenario
            .student
            .architecture(&base.teacher.architecture, width, batch_norm)
    };
    let parameters: Vec<usize> = (0..total).map(|i| architecture(i).parameters()).collect();
    let runs = trainings(&parameters, hooks, "training", |i, hooks| {
        let (variant, seed) = (variants[i / seeds], base.seed + (i % seeds) as u64);
        let lesson = Lesson::of(base, seed, variant.deviation)?;
        let plan = Plan {
            label: variant.label(seed),
            identity: identity(base, &architecture(i), variant.deviation),
            student: student(seed, &architecture(i)),
            training: &base.training.training,
            epochs: base.training.epochs,
            seed,
            metrics: Vec::new(),
        };
        let course = Course::run(&lesson, plan, store, hooks)?;
        Ok(TrainingRun::of(variant, seed, lesson, course))
    })?;
    Ok(DeepTraining {
        scenario: scenario.clone(),
        end: worst(runs.iter().map(|run| &run.end)),
        runs,
        seconds: started.elapsed().as_secs_f64(),
    })
}

impl TrainingRun {
    fn of(variant: Variant, seed: u64, lesson: Lesson, course: Course) -> Self {
        let ranks = course.winners_ranks();
        let rows = course.epochs.iter().zip(ranks);
        let (first, last) = (&course.epochs[0], course.last());
        let layer = |l: usize| {
            let best = last.correlations[l].best_of_students();
            let norms = first.fan_out[l].iter().zip(&last.fan_out[l]);
            norms
                .zip(best)
                .map(|((&fan_out_start, &fan_out), correlation)| NodeRow {
                    fan_out_start,
                    fan_out,
                    correlation,
                })
                .collect()
        };
        let silent = last.winners();
        Self {
            variant,
            seed,
            label: variant.label(seed),
            rows: rows
                .map(|(record, rank)| EpochRow {
                    epoch: record.epoch,
                    training_loss: record.training_loss,
                    held_out: record.held_out,
                    rho: record.rho(),
                    rank,
                })
                .collect(),
            nodes: (0..course.student.depth()).map(layer).collect(),
            silent: silent
                .iter()
                .map(|layer| layer.iter().filter(|winner| winner.is_none()).count())
                .collect(),
            fan_out: course
                .epochs
                .iter()
                .map(|record| record.fan_out.clone())
                .collect(),
            teacher: lesson.teacher,
            student: course.student,
            end: course.end,
            seconds: course.seconds,
        }
    }

    /// The last epoch.
    pub fn last(&self) -> &EpochRow {
        &self.rows[self.rows.len() - 1]
    }
}

impl DeepTraining {
    /// The variants in their order.
    pub fn variants(&self) -> Vec<Variant> {
        self.scenario.variants()
    }

    /// The runs of one variant, seed by seed.
    pub fn of(&self, variant: Variant) -> impl Iterator<Item = &TrainingRun> {
        self.runs.iter().filter(move |run| run.variant == variant)
    }
}
