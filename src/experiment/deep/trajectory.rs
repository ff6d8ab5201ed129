//! One training, observed at the end of each epoch, kept so that it can go on.

use super::super::{ExperimentError, Hooks, Store};
use super::checkpoint::{Checkpoint, Standing};
use super::plan::{Metric, Observation, TrainingPlan};
use super::problem::Problem;
use super::record::EpochRecord;
use crate::integrate::RunEnd;
use crate::measure::{Correlations, Standardized};
use crate::network::deep::Deep;
use crate::sgd::{Diverged, Evaluation, Pass, Trainer, Training};
use std::time::Instant;

/// A training and what was seen of it.
pub struct TrainingTrajectory {
    /// The start, then each epoch.
    pub epochs: Vec<EpochRecord>,
    /// The student before.
    pub start: Deep<f32>,
    /// And after.
    pub student: Deep<f32>,
    /// Why it ended.
    pub end: RunEnd,
    /// Names of further metrics.
    pub extra: Vec<String>,
    /// Seconds of this run; those of an earlier one that it went on from are not in it.
    pub seconds: f64,
}

impl TrainingTrajectory {
    /// Trains and observes. Goes on from what `store` has of the same plan.
    ///
    /// # Errors
    /// A training that diverges, checkpoints that cannot be kept or do not fit.
    pub fn run(
        problem: &Problem,
        plan: TrainingPlan,
        store: &dyn Store,
        hooks: &dyn Hooks,
    ) -> Result<Self, ExperimentError> {
        let started = Instant::now();
        let mut checkpoint = Checkpoint::new(&plan, store);
        let mut trainer = Trainer::new(
            plan.training,
            &problem.training,
            plan.student.clone(),
            plan.seed,
        );
        let mut observer = Observer::new(problem, &plan);
        let mut epochs = match checkpoint.load(&plan.student, hooks)? {
            Some(Standing { state, epochs }) => {
                trainer.resume(state);
                epochs
            }
            None => {
                let first = observer.observe(trainer.network(), 0, f64::NAN);
                checkpoint.begin(&trainer, &first)?;
                vec![first]
            }
        };
        let mut end = RunEnd::Finished;
        while trainer.epochs() < plan.epochs {
            let done = trainer.epochs() as f64;
            let total = plan.epochs as f64;
            let progress = |part: f64| {
                hooks.progress((done + part) / total, "training");
                !hooks.interrupted()
            };
            match trainer.epoch(progress) {
                Ok(Some(loss)) => {
                    let record = observer.observe(trainer.network(), trainer.epochs(), loss);
                    checkpoint.keep(&trainer, &record)?;
                    epochs.push(record);
                }
                Ok(None) => {
                    end = RunEnd::Interrupted { time: None };
                    break;
                }
                Err(diverged @ Diverged { .. }) => {
                    end = RunEnd::LossDiverged {
                        run: plan.label.clone(),
                        found: diverged.to_string(),
                    };
                    break;
                }
            }
        }
        checkpoint.flush(&trainer)?;
        if end == RunEnd::Finished {
            checkpoint.finish()?;
        }
        Ok(Self {
            epochs,
            extra: plan.metrics.iter().map(|metric| metric.name()).collect(),
            start: plan.student,
            student: trainer.into_network(),
            end,
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    /// The last epoch.
    pub fn last(&self) -> &EpochRecord {
        self.epochs.last().expect("there is the start")
    }

    /// For each epoch and layer: the mean, over teacher nodes, of the rank at which the final winner stood, as a part of the
    /// students; 0 where all were the best already.
    pub fn winners_ranks(&self) -> Vec<Vec<f64>> {
        let winners = self.last().winners();
        let of = |record: &EpochRecord| {
            let layers = record.correlations.iter().zip(&winners);
            layers
                .map(|(correlations, winners)| {
                    let ranks = correlations.ranks(winners);
                    let students = correlations.matrix().ncols();
                    ranks.iter().sum::<usize>() as f64 / (ranks.len() * students) as f64
                })
                .collect()
        };
        self.epochs.iter().map(of).collect()
    }
}

/// Reads off a student what is read off after each epoch.
struct Observer<'a> {
    problem: &'a Problem,
    metrics: &'a [Box<dyn Metric + 'a>],
    pass: Pass<f32>,
    training: &'a Training,
    compares: bool,
}

impl<'a> Observer<'a> {
    fn new(problem: &'a Problem, plan: &'a TrainingPlan) -> Self {
        Self {
            problem,
            metrics: &plan.metrics,
            pass: Pass::new(&plan.student.architecture, problem.held_out.len()),
            training: plan.training,
            compares: problem.standardized.len() == plan.student.depth(),
        }
    }

    fn observe(&mut self, network: &Deep<f32>, epoch: u64, training_loss: f64) -> EpochRecord {
        // In one piece, whose activations stay in the pass.
        let held_out = Evaluation::of(
            network,
            &self.problem.held_out,
            self.training.loss,
            &mut self.pass,
        );
        let depth = network.depth();
        let correlations: Vec<Correlations> = (0..depth)
            .filter(|_| self.compares)
            .map(|l| {
                let student = Standardized::of(self.pass.activations(l));
                Correlations::between(&self.problem.standardized[l], &student)
            })
            .collect();
        let observation = Observation {
            epoch,
            network,
            held_out: &self.pass,
            correlations: &correlations,
        };
        EpochRecord {
            epoch,
            training_loss,
            held_out,
            fan_out: (0..depth).map(|l| network.fan_out_norms(l)).collect(),
            extra: self
                .metrics
                .iter()
                .map(|metric| metric.measure(&observation))
                .collect(),
            correlations,
        }
    }
}
