//! The teachers of all seeds: drawn, read, or trained before they teach.

use super::checkpoint;
use super::image_data::ImageData;
use super::keys::{Base, TrainingSection};
use super::plan::TrainingPlan;
use super::problem::{Problem, teacher};
use super::samples::Samples;
use super::trainings;
use super::trajectory::TrainingTrajectory;
use crate::experiment::{Ended, ExperimentError, Hooks, Store};
use crate::integrate::RunEnd;
use crate::network::deep::{Architecture, Deep};
use crate::output::Identities;
use crate::rng;
use crate::sgd::{Answers, Changing, ChangingInputs, Evaluation, Teaching, gaussian_inputs, outputs};
use ndarray::{Array2, ArrayView2, Axis};
use serde::Serialize;

/// Samples on which the deviation of a teacher's outputs is taken, at most.
const MEASURED: usize = 8192;

/// Outputs that deviate by less than this part of their size are rounding.
const CONSTANT: f64 = 1e-5;

/// The teachers of a scenario.
pub struct Teachers<'a> {
    base: &'a Base,
    images: Option<ImageData>,
    /// Seed by seed, if they are trained.
    trained: Vec<TrainedTeacher>,
    /// How their training ended: with anything but [`RunEnd::Finished`] there is nothing to learn from.
    end: RunEnd,
}

/// A teacher that has learned.
#[derive(Clone, Serialize)]
pub struct TrainedTeacher {
    /// Its seed.
    pub seed: u64,
    /// Epochs done.
    pub epochs: u64,
    /// Mean loss over the last epoch.
    pub training_loss: f64,
    /// On held-out images.
    pub held_out: Evaluation,
    #[serde(skip)]
    network: Deep<f32>,
}

impl<'a> Teachers<'a> {
    /// Trains those that are to be trained, or goes on where `store` has them.
    ///
    /// # Errors
    /// Checkpoints that cannot be kept or do not fit.
    pub fn of(
        base: &'a Base,
        images: Option<ImageData>,
        store: &dyn Store,
        hooks: &dyn Hooks,
    ) -> Result<Self, ExperimentError> {
        let mut teachers = Self {
            base,
            trained: Vec::new(),
            end: RunEnd::Finished,
            images,
        };
        if let (Some(section), Some(images)) = (&base.teacher.training, &teachers.images) {
            let network = |(): &()| base.teacher.architecture.clone();
            (teachers.trained, teachers.end) =
                trainings(base, &[()], network, (hooks, "teachers"), |(), _, seed, hooks| {
                    train(base, section, images, seed, store, hooks)
                })?;
        }
        Ok(teachers)
    }

    /// Trains students of them, as [`trainings`] does; none, where they have not learned themselves.
    pub(super) fn trainings<K: Sync, T: Send>(
        &self,
        kinds: &[K],
        network: impl Fn(&K) -> Architecture,
        hooks: (&dyn Hooks, &str),
        train: impl Fn(&K, &Architecture, u64, &dyn Hooks) -> Ended<T> + Sync,
    ) -> Ended<Vec<T>> {
        match &self.end {
            RunEnd::Finished => trainings(self.base, kinds, network, hooks, train),
            end => Ok((Vec::new(), end.clone())),
        }
    }

    /// Those that were trained.
    pub fn into_trained(self) -> Vec<TrainedTeacher> {
        self.trained
    }

    /// The problem of a seed: its teacher, and samples with what that says to them; drawn inputs are N(0, σ² I).
    ///
    /// # Errors
    /// A teacher that cannot be drawn or read.
    pub fn problem(&self, seed: u64, deviation: f64) -> Result<Problem, ExperimentError> {
        let base = self.base;
        let known = self.trained.iter().find(|teacher| teacher.seed == seed);
        let mut teacher = match known {
            Some(trained) => trained.network.clone(),
            None => teacher(&base.teacher, seed)?,
        };
        let training = &base.training.training;
        let measured = MEASURED.min(base.data.samples);
        let (samples, held_out) = match &self.images {
            Some(images) => {
                if base.teacher.unit_outputs {
                    scale_outputs(&mut teacher, images.training_inputs(measured).view())?;
                }
                images.taught(&teacher, training.loss, training.batch, seed)
            }
            None => {
                let drawn = |name, samples| {
                    let shape = [samples, base.teacher.architecture.input()];
                    gaussian_inputs(seed, name, shape, deviation)
                };
                if base.teacher.unit_outputs {
                    scale_outputs(&mut teacher, drawn("training", measured).view())?;
                }
                let taught = |name, samples| training.loss.taught(drawn(name, samples), &teacher);
                let samples = match base.data.is_fresh() {
                    true => Samples::Changing(fresh(base, seed, deviation, &teacher)),
                    false => Samples::Kept(taught("training", base.data.samples)),
                };
                (samples, taught("held out", base.data.held_out))
            }
        };
        Ok(Problem {
            teacher,
            training: samples,
            held_out,
            is_compared: true,
        })
    }
}

/// Inputs that are drawn anew in each epoch, with what a teacher says to them.
fn fresh(base: &Base, seed: u64, deviation: f64, teacher: &Deep<f32>) -> Changing<f32> {
    let training = &base.training.training;
    let batch = training.batch.min(base.data.samples);
    let teaching = Teaching::new(teacher.clone(), training.loss, batch);
    Changing {
        inputs: ChangingInputs::Gaussian {
            seed,
            dim: teacher.architecture.input(),
            deviation,
        },
        count: base.data.samples,
        answers: Answers::Teacher(Box::new(teaching)),
    }
}

/// Scales the output layer so that the outputs on some samples (N × d), all together, have unit standard deviation.
///
/// # Errors
/// A teacher that says the same to all of them.
fn scale_outputs(teacher: &mut Deep<f32>, inputs: ArrayView2<f32>) -> Result<(), ExperimentError> {
    let said = outputs(teacher, inputs);
    let mean = said.mean_axis(Axis(0)).expect("there are samples");
    let squares = |of: &Array2<f32>| of.iter().map(|y| f64::from(*y).powi(2)).sum::<f64>();
    let (size, square) = (squares(&said), squares(&(&said - &mean)));
    if !(square > CONSTANT * CONSTANT * size) {
        return Err(ExperimentError::Impossible {
            key: "teacher.unit_outputs",
            found: "a teacher whose outputs are the same for all samples".into(),
            allowed: "one that tells them apart; if it was trained, by a smaller teacher.training.step".into(),
        });
    }
    let middle = said.iter().map(|y| f64::from(*y)).sum::<f64>() / said.len() as f64;
    let deviation = (size / said.len() as f64 - middle * middle).sqrt();
    let top = teacher.depth();
    let layer = teacher.linear_mut(top);
    let scale = deviation.recip() as f32;
    layer.weights *= scale;
    *layer.bias_mut() *= scale;
    Ok(())
}

fn train(
    base: &Base,
    section: &TrainingSection,
    images: &ImageData,
    seed: u64,
    store: &dyn Store,
    hooks: &dyn Hooks,
) -> Ended<TrainedTeacher> {
    let start = teacher(&base.teacher, seed)?;
    let (training, held_out) = images.labelled(seed);
    let problem = Problem {
        teacher: start.clone(),
        training,
        held_out,
        is_compared: false,
    };
    let plan = TrainingPlan {
        label: format!("teacher-seed{seed}"),
        identity: Identities::default().of(checkpoint::VERSION, &(&base.teacher, &base.data)),
        student: start,
        training: &section.training,
        epochs: section.epochs,
        // The order of samples is another than the students'.
        seed: rng::derive(seed, "teacher", &[]),
        metrics: Vec::new(),
    };
    let trajectory = TrainingTrajectory::run(&problem, plan, store, hooks)?;
    let last = trajectory.last();
    let trained = TrainedTeacher {
        seed,
        epochs: last.epoch,
        training_loss: last.training_loss,
        held_out: last.held_out,
        network: trajectory.student,
    };
    Ok((trained, trajectory.end))
}
