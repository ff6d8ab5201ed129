//! One training, observed at the end of each epoch, kept so that it can go on.

use super::super::{ExperimentError, Hooks, Store};
use super::lesson::Lesson;
use super::record::EpochRecord;
use crate::measure::{Correlations, Standardized};
use crate::network::deep::{Deep, read_tensors, write_tensors};
use crate::sgd::{Diverged, Evaluation, Pass, Trainer, TrainerState, Training};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

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
        let mut kept = Kept::new(&plan, store);
        let mut trainer = Trainer::new(
            plan.training,
            &lesson.training,
            plan.student.clone(),
            plan.seed,
        );
        let mut observer = Observer::new(lesson, &plan);
        let mut epochs = match kept.load(&plan.student)? {
            Some((state, epochs)) => {
                trainer.resume(state);
                epochs
            }
            None => {
                let first = observer.observe(trainer.network(), 0, f64::NAN);
                kept.begin(&trainer, &first)?;
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
                    kept.keep(&trainer, &record)?;
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
        kept.flush(&trainer)?;
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
        // In one piece, whose activations stay in the pass.
        let held_out = Evaluation::of(
            network,
            &self.lesson.held_out,
            self.training.loss,
            &mut self.pass,
        );
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
            extra: self
                .metrics
                .iter()
                .map(|metric| metric.measure(&observation))
                .collect(),
            correlations,
        }
    }
}

/// The checkpoints of a plan: where the training stands, and behind each other the records of all epochs.
struct Kept<'a> {
    store: &'a dyn Store,
    label: &'a str,
    identity: String,
    momentum: bool,
    epochs: u64,
    /// Records that are not written yet.
    pending: Vec<u8>,
    written: Instant,
    /// How long the last writing took.
    took: Duration,
}

/// Training goes on for so many times as long as the last writing took: a twentieth of the time is spent on files.
const PATIENCE: u32 = 20;

impl<'a> Kept<'a> {
    fn new(plan: &'a Plan, store: &'a dyn Store) -> Self {
        let mut digest = Sha256::new();
        digest.update(VERSION.to_le_bytes());
        digest.update(&plan.identity);
        digest.update(&plan.label);
        let identity = digest
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            store,
            label: &plan.label,
            identity,
            momentum: plan.training.momentum > 0.0,
            epochs: plan.epochs,
            pending: Vec::new(),
            written: Instant::now(),
            took: Duration::ZERO,
        }
    }

    fn failed(&self, name: &str, found: impl std::fmt::Display) -> ExperimentError {
        ExperimentError::Checkpoint {
            name: name.into(),
            found: found.to_string(),
        }
    }

    fn records(&self) -> String {
        format!("{}/epochs.records", self.label)
    }

    fn state(&self) -> String {
        format!("{}/state.safetensors", self.label)
    }

    /// Begins anew: no state of another run stands beside new records.
    fn begin(
        &mut self,
        trainer: &Trainer<f32>,
        first: &EpochRecord,
    ) -> Result<(), ExperimentError> {
        let name = self.records();
        self.store
            .save(&name, &[])
            .map_err(|error| self.failed(&name, error))?;
        self.push(first)?;
        self.flush(trainer)
    }

    /// Keeps an epoch, now or with some of the next ones.
    fn keep(
        &mut self,
        trainer: &Trainer<f32>,
        record: &EpochRecord,
    ) -> Result<(), ExperimentError> {
        self.push(record)?;
        if self.written.elapsed() < PATIENCE * self.took {
            return Ok(());
        }
        self.flush(trainer)
    }

    fn push(&mut self, record: &EpochRecord) -> Result<(), ExperimentError> {
        let bytes = record
            .to_bytes()
            .map_err(|error| self.failed(&self.records(), error))?;
        self.pending.extend((bytes.len() as u64).to_le_bytes());
        self.pending.extend(bytes);
        Ok(())
    }

    /// The records first: a state is there only with all records before it.
    fn flush(&mut self, trainer: &Trainer<f32>) -> Result<(), ExperimentError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let started = Instant::now();
        let name = self.records();
        self.store
            .append(&name, &self.pending)
            .map_err(|error| self.failed(&name, error))?;
        self.pending.clear();
        let state = trainer.state();
        let name = self.state();
        let mut networks = vec![(STUDENT, &state.network)];
        networks.extend(state.velocity.as_ref().map(|velocity| (VELOCITY, velocity)));
        let remarks = [
            ("epoch", state.epoch.to_string()),
            ("identity", self.identity.clone()),
        ];
        let bytes =
            write_tensors(&networks, &remarks).map_err(|error| self.failed(&name, error))?;
        self.store
            .save(&name, &bytes)
            .map_err(|error| self.failed(&name, error))?;
        self.written = Instant::now();
        self.took = started.elapsed();
        Ok(())
    }

    /// Where an earlier run of the same plan stood, with its records; `None` to begin anew. Records of epochs that the
    /// state does not have are dropped.
    fn load(
        &self,
        student: &Deep<f32>,
    ) -> Result<Option<(TrainerState<f32>, Vec<EpochRecord>)>, ExperimentError> {
        let name = self.state();
        let read = |name: &str| {
            self.store
                .load(name)
                .map_err(|error| self.failed(name, error))
        };
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
        let epoch: u64 = remark("epoch")
            .parse()
            .map_err(|_| self.failed(&name, foreign))?;
        if epoch > self.epochs {
            let found = format!("{epoch} epochs done; training.epochs = {}", self.epochs);
            return Err(self.failed(&name, found));
        }
        let name = self.records();
        let bytes = read(&name)?.unwrap_or_default();
        let mut records = Vec::new();
        let mut rest = &bytes[..];
        while records.len() as u64 <= epoch {
            let record = split_record(&mut rest).and_then(EpochRecord::from_bytes);
            records
                .push(record.ok_or_else(|| self.failed(&name, "no whole record of each epoch"))?);
        }
        let used = bytes.len() - rest.len();
        self.store
            .save(&name, &bytes[..used])
            .map_err(|error| self.failed(&name, error))?;
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

/// The first of the records, each with its length before it.
fn split_record<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, tail) = rest.split_first_chunk::<8>()?;
    let (record, tail) = tail.split_at_checked(u64::from_le_bytes(*length) as usize)?;
    *rest = tail;
    Some(record)
}
