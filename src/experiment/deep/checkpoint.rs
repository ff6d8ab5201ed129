//! Checkpoints of a training, from which it goes on to the same bytes. What is read back is verified first.

use super::plan::TrainingPlan;
use super::record::{EpochRecord, RecordShape};
use crate::experiment::{ExperimentError, Hooks, Store};
use crate::network::deep::{Architecture, Deep, read_tensors, write_tensors};
use crate::output::digest::{digest, is_sealed, seal, unsealed};
use crate::sgd::{Trainer, TrainerState};
use std::time::{Duration, Instant};

/// Raised when the same scenario would give other numbers: no older checkpoint is used then.
pub(super) const VERSION: u32 = 3;

/// Names in a checkpoint.
const STUDENT: &str = "student.";
const VELOCITY: &str = "velocity.";

/// Hexadecimal digits of a record's digest.
const DIGITS: usize = 32;

/// Where a training stood, and what was seen of it.
pub(super) struct Standing {
    pub state: TrainerState<f32>,
    pub epochs: Vec<EpochRecord>,
}

/// The checkpoints of a plan: where the training stands, where it stood before, and behind each other the records of all
/// epochs.
pub(super) struct Checkpoint<'a> {
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

/// Within an epoch a state is written when the last one is so old.
const OLD: Duration = Duration::from_secs(120);

/// Why a state cannot be used.
enum Unusable {
    /// It is not what was written.
    Damaged,
    /// It is of another scenario.
    Foreign,
    /// It is of the same scenario, but further than this one goes.
    Further(u64),
}

impl<'a> Checkpoint<'a> {
    pub fn new(plan: &'a TrainingPlan, store: &'a dyn Store) -> Self {
        let parts = [plan.identity.as_bytes(), plan.label.as_bytes()];
        Self {
            store,
            label: &plan.label,
            identity: digest::<32>(&parts),
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

    fn previous_state(&self) -> String {
        format!("{}/previous.safetensors", self.label)
    }

    /// Begins anew: no state of another run stands beside new records.
    pub fn begin(&mut self, trainer: &Trainer<f32>, first: &EpochRecord) -> Result<(), ExperimentError> {
        let name = self.records();
        self.store.save(&name, &[]).map_err(|error| self.failed(&name, error))?;
        self.push(first)?;
        self.flush(trainer)
    }

    /// Keeps an epoch, now or with some of the next ones.
    pub fn keep(&mut self, trainer: &Trainer<f32>, record: &EpochRecord) -> Result<(), ExperimentError> {
        self.push(record)?;
        if self.written.elapsed() < PATIENCE * self.took {
            return Ok(());
        }
        self.flush(trainer)
    }

    /// Whether a state should be written although the epoch is not done: what a kill may cost is two minutes.
    pub fn is_due(&self) -> bool {
        self.written.elapsed() > OLD.max(PATIENCE * self.took)
    }

    fn push(&mut self, record: &EpochRecord) -> Result<(), ExperimentError> {
        let bytes = record.to_bytes().map_err(|error| self.failed(&self.records(), error))?;
        self.pending.extend((bytes.len() as u64).to_le_bytes());
        self.pending.extend(digest::<{ DIGITS / 2 }>(&[&bytes]).into_bytes());
        self.pending.extend(bytes);
        Ok(())
    }

    /// The records first: a state is there only with all records before it. The state before is kept, to fall back on.
    pub fn flush(&mut self, trainer: &Trainer<f32>) -> Result<(), ExperimentError> {
        let state = trainer.state();
        if self.pending.is_empty() && state.step == 0 {
            return Ok(());
        }
        let started = Instant::now();
        if !self.pending.is_empty() {
            let name = self.records();
            self.store.append(&name, &self.pending).map_err(|error| self.failed(&name, error))?;
            self.pending.clear();
        }
        let name = self.state();
        let mut networks = vec![(STUDENT, &state.network)];
        networks.extend(state.velocity.as_ref().map(|velocity| (VELOCITY, velocity)));
        let remarks = [
            ("epoch", state.epoch.to_string()),
            ("step", state.step.to_string()),
            ("loss_sum", state.loss_sum.to_bits().to_string()),
            ("identity", self.identity.clone()),
            ("seal", unsealed()),
        ];
        let mut bytes = write_tensors(&networks, &[], &remarks).map_err(|error| self.failed(&name, error))?;
        seal(&mut bytes);
        self.store
            .rename(&name, &self.previous_state())
            .and_then(|()| self.store.save(&name, &bytes))
            .map_err(|error| self.failed(&name, error))?;
        self.written = Instant::now();
        self.took = started.elapsed();
        Ok(())
    }

    /// The training is done: what is left depends on it alone, and not on when it was written.
    pub fn finish(&self) -> Result<(), ExperimentError> {
        let name = self.previous_state();
        let removed = self.store.remove(&name);
        removed.map_err(|error| self.failed(&name, error))
    }

    /// Where an earlier run of the same plan stood, with its records; `None` to begin anew. What is damaged is not used:
    /// the state before it is, or the training begins anew, and `hooks` are told. Records of epochs that the state does
    /// not have are dropped.
    pub fn load(
        &self,
        student: &Deep<f32>,
        shape: &RecordShape,
        hooks: &dyn Hooks,
    ) -> Result<Option<Standing>, ExperimentError> {
        let (records, ends) = self.load_records(shape)?;
        for name in [self.state(), self.previous_state()] {
            let Some(bytes) = self.read(&name)? else {
                continue;
            };
            let state = match self.restore(&bytes, &student.architecture) {
                Ok(state) => state,
                Err(Unusable::Damaged) => {
                    hooks.remark(&format!("checkpoint {name} is damaged and not used"));
                    continue;
                }
                Err(Unusable::Foreign) => {
                    let found = "a checkpoint of another scenario; --force replaces it";
                    return Err(self.failed(&name, found));
                }
                Err(Unusable::Further(epoch)) => {
                    let found = format!("{epoch} epochs done; training.epochs = {}", self.epochs);
                    return Err(self.failed(&name, found));
                }
            };
            let count = state.epoch as usize + 1;
            if records.len() < count {
                let name = self.records();
                hooks.remark(&format!("checkpoint {name} is damaged and not used"));
                continue;
            }
            return self.standing(state, records, ends[count - 1]).map(Some);
        }
        Ok(None)
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ExperimentError> {
        let bytes = self.store.load(name);
        bytes.map_err(|error| self.failed(name, error))
    }

    /// The records of epochs 0, 1, … as far as they are what was written, by this training, and where each ends.
    fn load_records(&self, shape: &RecordShape) -> Result<(Vec<EpochRecord>, Vec<usize>), ExperimentError> {
        let bytes = self.read(&self.records())?.unwrap_or_default();
        let (mut records, mut ends) = (Vec::new(), Vec::new());
        let mut rest = &bytes[..];
        while let Some(record) = split_record(&mut rest)
            && record.epoch == records.len() as u64
            && record.shape() == *shape
        {
            records.push(record);
            ends.push(bytes.len() - rest.len());
        }
        Ok((records, ends))
    }

    fn restore(&self, bytes: &[u8], architecture: &Architecture) -> Result<TrainerState<f32>, Unusable> {
        if !is_sealed(bytes) {
            return Err(Unusable::Damaged);
        }
        let mut wanted = vec![(STUDENT, architecture)];
        if self.momentum {
            wanted.push((VELOCITY, architecture));
        }
        let (networks, remarks) = read_tensors::<f32>(bytes, &wanted).map_err(|_| Unusable::Foreign)?;
        let remark = |key: &str| {
            let found = remarks.iter().find(|(name, _)| name == key);
            found.map_or("", |(_, value)| value.as_str())
        };
        if remark("identity") != self.identity {
            return Err(Unusable::Foreign);
        }
        let number = |key: &str| remark(key).parse::<u64>().map_err(|_| Unusable::Foreign);
        let (epoch, step) = (number("epoch")?, number("step")? as usize);
        let loss_sum = f64::from_bits(number("loss_sum")?);
        // Further is also one that has begun another epoch.
        let begun = epoch + u64::from(step > 0);
        if begun > self.epochs {
            return Err(Unusable::Further(begun));
        }
        let mut networks = networks.into_iter();
        let network = networks.next().expect("as many as wanted");
        Ok(TrainerState {
            epoch,
            step,
            loss_sum,
            network,
            velocity: networks.next(),
        })
    }

    /// Drops the records of later epochs, from the store too.
    fn standing(
        &self,
        state: TrainerState<f32>,
        mut epochs: Vec<EpochRecord>,
        end: usize,
    ) -> Result<Standing, ExperimentError> {
        let name = self.records();
        let bytes = self.read(&name)?.unwrap_or_default();
        self.store.save(&name, &bytes[..end.min(bytes.len())]).map_err(|error| self.failed(&name, error))?;
        epochs.truncate(state.epoch as usize + 1);
        Ok(Standing { state, epochs })
    }
}

/// The first of the records, each with its length and its digest before it; `None` where it is not what was written.
fn split_record(rest: &mut &[u8]) -> Option<EpochRecord> {
    let (length, tail) = rest.split_first_chunk::<8>()?;
    let (sum, tail) = tail.split_at_checked(DIGITS)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (record, tail) = tail.split_at_checked(length)?;
    if digest::<{ DIGITS / 2 }>(&[record]).as_bytes() != sum {
        return None;
    }
    *rest = tail;
    EpochRecord::from_bytes(record)
}
