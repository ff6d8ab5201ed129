//! Checkpoints of a training, from which it goes on to the same bytes.

use super::plan::Plan;
use super::record::EpochRecord;
use crate::experiment::{ExperimentError, Store};
use crate::network::deep::{Deep, read_tensors, write_tensors};
use crate::sgd::{Trainer, TrainerState};
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

/// Raised when the same scenario would give other numbers: no older checkpoint is used then.
const VERSION: u32 = 1;

/// Names in a checkpoint.
const STUDENT: &str = "student.";
const VELOCITY: &str = "velocity.";

/// Where a training stood, and what was seen of it.
pub(super) struct Standing {
    pub state: TrainerState<f32>,
    pub epochs: Vec<EpochRecord>,
}

/// The checkpoints of a plan: where the training stands, and behind each other the records of all epochs.
pub(super) struct Kept<'a> {
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
    pub fn new(plan: &'a Plan, store: &'a dyn Store) -> Self {
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
    pub fn begin(
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
    pub fn keep(
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
    pub fn flush(&mut self, trainer: &Trainer<f32>) -> Result<(), ExperimentError> {
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
            write_tensors(&networks, &[], &remarks).map_err(|error| self.failed(&name, error))?;
        self.store
            .save(&name, &bytes)
            .map_err(|error| self.failed(&name, error))?;
        self.written = Instant::now();
        self.took = started.elapsed();
        Ok(())
    }

    /// Where an earlier run of the same plan stood, with its records; `None` to begin anew. Records of epochs that the
    /// state does not have are dropped.
    pub fn load(&self, student: &Deep<f32>) -> Result<Option<Standing>, ExperimentError> {
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
        Ok(Some(Standing {
            state,
            epochs: records,
        }))
    }
}

/// The first of the records, each with its length before it.
fn split_record<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, tail) = rest.split_first_chunk::<8>()?;
    let (record, tail) = tail.split_at_checked(u64::from_le_bytes(*length) as usize)?;
    *rest = tail;
    Some(record)
}
