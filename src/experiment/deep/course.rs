//! One training, observed at the end of each epoch, kept so that it can go on.

use super::super::{ExperimentError, Hooks, Store};
use super::lesson::Lesson;
use super::record::EpochRecord;
use crate::measure::{Correlations, Standardized};
use crate::network::deep::{Deep, read_tensors, write_tensors};
use crate::sgd::{Diverged, Evaluation, Mode, Pass, Trainer, TrainerState, Training};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::time::Instant;

/// Raised when the same scenario would give other numbers: no older checkpoint is used then.
const VERSION: u32 = 1;

/// Names in a checkpoint.
const STUDENT: &str = "student.";
const VELOCITY: &str = "velocity.";

/// What a metric sees at the end of an epoch.
pub struct Observation<'a> {
    /// Epochs done.
    pub epoch: u64,
    /// The student.
    pub network: &'a Deep<f32>,
    /// The student's activations on the held-out samples.
    pub held_out: &'a Pass<f32>,
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
pub struct Plan<'a> {
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

/// Why a training ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// All epochs are done.
    Finished,
    /// The user stopped it.
    Interrupted,
    /// The loss grew beyond bounds; what came before is kept.
    Diverged(String),
}

/// A training and what was seen of it.
pub struct Course {
    /// The start, then each epoch.
    pub epochs: Vec<EpochRecord>,
    /// The student before.
    pub start: Deep<f32>,
    /// And after.
    pub student: Deep<f32>,
    /// Why it ended.
    pub end: End,
    /// Names of further metrics.
    pub extra: Vec<String>,
    /// Seconds of this run; those of an earlier one that it went on from are not in it.
    pub seconds: f64,
}

impl Course {
    /// Trains and observes. Goes on from what `store` has of the same plan.
    pub fn run(
        lesson: &Lesson,
        plan: Plan,
        store: &dyn Store,
        hooks: &dyn Hooks,
    ) -> Result<Self, ExperimentError> {
        let started = Instant::now();
        let kept = Kept::new(&plan, store);
        let mut trainer = Trainer::new(plan.training, &lesson.training, plan.student.clone(), plan.seed);
        let mut observer = Observer::new(lesson, &plan);
        let mut epochs = match kept.load(&plan.student)? {
            Some((state, epochs)) => {
                trainer.resume(state);
                epochs
            }
            None => {
                let first = observer.observe(trainer.network(), 0, f64::NAN);
                kept.save(&trainer.state(), &first)?;
                vec![first]
            }
        };
        let mut end = End::Finished;
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
                    kept.save(&trainer.state(), &record)?;
                    epochs.push(record);
                }
                Ok(None) => {
                    end = End::Interrupted;
                    break;
                }
                Err(diverged @ Diverged { .. }) => {
                    end = End::Diverged(format!("{}: {diverged}", plan.label));
                    break;
                }
            }
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
    lesson: &'a Lesson,
    metrics: &'a [Box<dyn Metric + 'a>],
    pass: Pass<f32>,
    training: &'a Training,
    compares: bool,
}

impl<'a> Observer<'a> {
    fn new(lesson: &'a Lesson, plan: &'a Plan) -> Self {
        Self {
            lesson,
            metrics: &plan.metrics,
            pass: Pass::new(&plan.student.architecture, lesson.held_out.len()),
            training: plan.training,
            compares: lesson.standardized.len() == plan.student.depth(),
        }
    }

    fn observe(&mut self, network: &Deep<f32>, epoch: u64, training_loss: f64) -> EpochRecord {
        let held_out = Evaluation::of(network, &self.lesson.held_out, self.training.loss, &mut self.pass);
        self.pass.forward(network, self.lesson.held_out.inputs.t(), Mode::Evaluation);
        let depth = network.depth();
        let correlations: Vec<Correlations> = (0..depth)
            .filter(|_| self.compares)
            .map(|l| {
                let student = Standardized::of(self.pass.activations(l));
                Correlations::between(&self.lesson.standardized[l], &student)
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
            extra: self.metrics.iter().map(|metric| metric.measure(&observation)).collect(),
            correlations,
        }
    }
}

/// The checkpoints of a plan: one of where the training stands, and a record of each epoch.
struct Kept<'a> {
    store: &'a dyn Store,
    label: &'a str,
    identity: String,
    momentum: bool,
    epochs: u64,
}

impl<'a> Kept<'a> {
    fn new(plan: &'a Plan, store: &'a dyn Store) -> Self {
        let mut digest = Sha256::new();
        digest.update(VERSION.to_le_bytes());
        digest.update(&plan.identity);
        digest.update(&plan.label);
        let identity = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            store,
            label: &plan.label,
            identity,
            momentum: plan.training.momentum > 0.0,
            epochs: plan.epochs,
        }
    }

    fn failed(&self, name: &str, found: impl std::fmt::Display) -> ExperimentError {
        ExperimentError::Checkpoint {
            name: name.into(),
            found: found.to_string(),
        }
    }

    fn epoch_name(&self, epoch: u64) -> String {
        format!("{}/epoch-{epoch:05}.safetensors", self.label)
    }

    fn state_name(&self) -> String {
        format!("{}/state.safetensors", self.label)
    }

    /// The record first: a state is there only with all records before it.
    fn save(&self, state: &TrainerState<f32>, record: &EpochRecord) -> Result<(), ExperimentError> {
        let name = self.epoch_name(record.epoch);
        let bytes = record.to_bytes().map_err(|error| self.failed(&name, error))?;
        self.store.save(&name, &bytes).map_err(|error| self.failed(&name, error))?;
        let name = self.state_name();
        let mut networks = vec![(STUDENT, &state.network)];
        networks.extend(state.velocity.as_ref().map(|velocity| (VELOCITY, velocity)));
        let remarks = [
            ("epoch", state.epoch.to_string()),
            ("identity", self.identity.clone()),
        ];
        let bytes = write_tensors(&networks, &remarks).map_err(|error| self.failed(&name, error))?;
        self.store.save(&name, &bytes).map_err(|error| self.failed(&name, error))
    }

    /// Where an earlier run of the same plan stood, with its records; `None` to begin anew.
    fn load(
        &self,
        student: &Deep<f32>,
    ) -> Result<Option<(TrainerState<f32>, Vec<EpochRecord>)>, ExperimentError> {
        let name = self.state_name();
        let read = |name: &str| self.store.load(name).map_err(|error| self.failed(name, error));
        let Some(bytes) = read(&name)? else {
            return Ok(None);
        };
        let architecture = &student.architecture;
        let mut wanted = vec![(STUDENT, architecture)];
        if self.momentum {
            wanted.push((VELOCITY, architecture));
        }
        let foreign = "a checkpoint of another scenario; without --resume it is replaced";
        let (networks, remarks) =
            read_tensors::<f32>(&bytes, &wanted).map_err(|_| self.failed(&name, foreign))?;
        let remark = |key: &str| {
            let found = remarks.iter().find(|(name, _)| name == key);
            found.map_or("", |(_, value)| value.as_str())
        };
        if remark("identity") != self.identity {
            return Err(self.failed(&name, foreign));
        }
        let epoch: u64 = remark("epoch").parse().map_err(|_| self.failed(&name, foreign))?;
        if epoch > self.epochs {
            let found = format!("{epoch} epochs done; training.epochs = {}", self.epochs);
            return Err(self.failed(&name, found));
        }
        let mut records = Vec::new();
        for epoch in 0..=epoch {
            let name = self.epoch_name(epoch);
            let record = read(&name)?.and_then(|bytes| EpochRecord::from_bytes(&bytes));
            records.push(record.ok_or_else(|| self.failed(&name, "no whole record of the epoch"))?);
        }
        let mut networks = networks.into_iter();
        let network = networks.next().expect("as many as wanted");
        let state = TrainerState {
            epoch,
            network,
            velocity: networks.next(),
        };
        Ok(Some((state, records)))
    }
}
