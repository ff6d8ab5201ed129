//! How steps are made: of students, and of a teacher that is trained.

use super::Result;
use super::declared::{
    BATCH, EPOCHS, LOSS, MOMENTUM, NORMALIZE_NODES, STEP, TEACHER_BATCH, TEACHER_EPOCHS, TEACHER_MOMENTUM,
    TEACHER_STEP, TEACHER_WEIGHT_DECAY, WEIGHT_DECAY,
};
use crate::config::Key;
use crate::config::document::Value;
use crate::config::section::Section;
use crate::config::words::words_of;
use crate::sgd::{Loss, Schedule, Training};
use serde::Serialize;

words_of!(Loss {
    MeanSquared = "mean-squared",
    CrossEntropy = "cross-entropy",
});

/// `[training]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrainingSection {
    /// Epochs.
    pub epochs: u64,
    /// How steps are made.
    #[serde(flatten)]
    pub training: Training,
}

/// `[training]`
pub(super) fn read(mut section: Section, samples: usize) -> Result<TrainingSection> {
    let keys = [&EPOCHS, &BATCH, &STEP, &MOMENTUM, &WEIGHT_DECAY];
    let mut read = read_steps(&mut section, keys, samples)?;
    read.training.loss = section.word(&LOSS)?;
    read.training.normalize_nodes = section.flag(&NORMALIZE_NODES)?;
    section.finish()?;
    Ok(read)
}

/// `[teacher.training]`: on classes.
pub(super) fn read_teachers(mut section: Section, samples: usize) -> Result<TrainingSection> {
    let keys = [&TEACHER_EPOCHS, &TEACHER_BATCH, &TEACHER_STEP, &TEACHER_MOMENTUM, &TEACHER_WEIGHT_DECAY];
    let read = read_steps(&mut section, keys, samples)?;
    section.finish()?;
    Ok(read)
}

/// What both sections have, by their own keys.
fn read_steps(
    section: &mut Section,
    [epochs, batch_key, step, momentum, weight_decay]: [&'static Key; 5],
    samples: usize,
) -> Result<TrainingSection> {
    let epochs = section.whole(epochs)?;
    let batch = section.whole(batch_key)? as usize;
    if batch > samples {
        let found = format!("mini-batches of {batch} with data.samples = {samples}");
        let allowed = "no more than there are samples";
        return Err(section.contradiction(batch_key.path, found, allowed));
    }
    let training = Training {
        batch,
        schedule: section.form(step, schedule)?,
        momentum: section.number(momentum)?,
        weight_decay: section.number(weight_decay)?,
        loss: Loss::CrossEntropy,
        normalize_nodes: false,
    };
    Ok(TrainingSection { epochs, training })
}

/// A teacher's section as its keys are.
#[derive(Serialize)]
pub(super) struct TeachersTraining<'a> {
    epochs: u64,
    batch: usize,
    step: &'a Schedule,
    momentum: f64,
    weight_decay: f64,
}

impl<'a> From<&'a TrainingSection> for TeachersTraining<'a> {
    fn from(section: &'a TrainingSection) -> Self {
        Self {
            epochs: section.epochs,
            batch: section.training.batch,
            step: &section.training.schedule,
            momentum: section.training.momentum,
            weight_decay: section.training.weight_decay,
        }
    }
}

/// A step, or pairs of an epoch and the step from there on.
fn schedule(value: &Value) -> Option<Schedule> {
    let step = |value: &Value| value.number().filter(|&step| step > 0.0);
    let Some(items) = value.items() else {
        return Some(Schedule(vec![(0, step(value)?)]));
    };
    let pair = |value: &Value| match value.items()? {
        [epoch, rate] => Some((epoch.value.whole()?, step(&rate.value)?)),
        _ => None,
    };
    let pairs = items.iter().map(|item| pair(&item.value));
    let pairs: Vec<(u64, f64)> = pairs.collect::<Option<_>>()?;
    let begins = pairs.first().is_some_and(|first| first.0 == 0);
    let ascends = pairs.windows(2).all(|pair| pair[0].0 < pair[1].0);
    (begins && ascends).then_some(Schedule(pairs))
}
