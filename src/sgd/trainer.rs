//! Epochs of training: shuffled mini-batches, a step for each, and what the network is worth afterwards.

use super::data::{Batch, DataSet};
use super::{Descent, Gradient, Loss, Mode, Optimizer, Pass, Source, accuracy};
use crate::network::deep::Deep;
use crate::real::Real;
use crate::rng;
use ndarray::{Array2, ArrayView2};
use rand::seq::SliceRandom;
use serde::Serialize;
use std::time::{Duration, Instant};
use thiserror::Error;

/// How a network is trained.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Training {
    /// B; the last batch of an epoch may be smaller.
    pub batch: usize,
    /// η by epoch.
    #[serde(rename = "step")]
    pub schedule: Schedule,
    /// μ
    pub momentum: f64,
    /// λ
    pub weight_decay: f64,
    /// What is minimised.
    pub loss: Loss,
    /// Scale each node to unit norm of its weights after each step.
    pub normalize_nodes: bool,
}

/// Step sizes: (first epoch, η), ascending, the first for epoch 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule(pub Vec<(u64, f64)>);

/// A single step as a number, others as pairs.
impl Serialize for Schedule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [(0, step)] => serializer.serialize_f64(*step),
            pairs => pairs.serialize(serializer),
        }
    }
}

impl Schedule {
    /// η in an epoch.
    pub fn step(&self, epoch: u64) -> f64 {
        let begun = self.0.iter().take_while(|(from, _)| *from <= epoch);
        begun.last().map_or(0.0, |(_, step)| *step)
    }
}

/// A loss that is no number, or one that has grown beyond all bounds.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("training diverged: the loss is {loss} in step {step} of epoch {epoch}")]
pub struct Diverged {
    /// What the loss was.
    pub loss: f64,
    /// From 1.
    pub epoch: u64,
    /// Within the epoch, from 1.
    pub step: usize,
}

/// Steps from one look at the user to the next, at most.
const LOOK: usize = 16;

/// And time, where steps are long: Ctrl-C is to leave a state, and not to wait for it.
const SOON: Duration = Duration::from_millis(30);

/// A loss beyond this is one that has diverged.
const DIVERGED: f64 = 1e12;

/// What a network is worth on a data set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// The mean loss.
    pub loss: f64,
    /// The part of samples whose class is right, where targets are classes.
    pub accuracy: Option<f64>,
}

/// All that a run needs to go on: the same bytes follow from it.
#[derive(Clone, Debug)]
pub struct TrainerState<T> {
    /// Epochs done.
    pub epoch: u64,
    /// Steps done in the epoch that has begun.
    pub step: usize,
    /// The losses of these, each times the samples of its batch, summed.
    pub loss_sum: f64,
    /// The network.
    pub network: Deep<T>,
    /// Velocities, where there is momentum.
    pub velocity: Option<Gradient<T>>,
}

/// Trains one network on one data set.
///
/// The order of samples in an epoch is drawn from the stream "order" of the seed and the epoch's number, so that a run
/// that goes on from a [`TrainerState`] does what it would have done anyway.
///
/// ```
/// use luckflow::network::deep::{Architecture, FullyConnected, uniform};
/// use luckflow::rng::stream;
/// use luckflow::sgd::{DataSet, Loss, Schedule, Trainer, Training, gaussian_inputs};
///
/// let layers = |hidden: Vec<usize>| {
///     let (input, output, bias, batch_norm) = (6, 2, true, None);
///     Architecture::from(FullyConnected { input, hidden, output, bias, batch_norm })
/// };
/// let teacher = uniform::<f32>(&mut stream(1, "teacher", &[]), &layers(vec![4]));
/// let data = DataSet::taught(gaussian_inputs(1, "samples", [2000, 6], 1.0), &teacher);
/// let training = Training {
///     batch: 16,
///     schedule: Schedule(vec![(0, 0.1)]),
///     momentum: 0.9,
///     weight_decay: 0.0,
///     loss: Loss::MeanSquared,
///     normalize_nodes: false,
/// };
/// let student = uniform(&mut stream(1, "student", &[]), &layers(vec![16]));
/// let mut trainer = Trainer::new(&training, &data, student, 1);
/// let first = trainer.epoch(|_| true)?.unwrap();
/// let second = trainer.epoch(|_| true)?.unwrap();
/// assert!(second < first);
/// # Ok::<(), luckflow::sgd::Diverged>(())
/// ```
pub struct Trainer<'a, T> {
    training: &'a Training,
    data: &'a dyn Source<T>,
    network: Deep<T>,
    optimizer: Optimizer<T>,
    pass: Pass<T>,
    batch: Batch<T>,
    order: Vec<u32>,
    seed: u64,
    epoch: u64,
    step: usize,
    loss_sum: f64,
}

impl<'a, T: Real> Trainer<'a, T> {
    /// Begins with `network`.
    pub fn new(training: &'a Training, data: &'a dyn Source<T>, network: Deep<T>, seed: u64) -> Self {
        let capacity = training.batch.min(data.samples());
        Self {
            optimizer: Optimizer::new(&network.architecture, training.momentum > 0.0),
            pass: Pass::new(&network.architecture, capacity),
            batch: Batch::new(data, capacity),
            order: Vec::with_capacity(data.samples()),
            training,
            data,
            network,
            seed,
            epoch: 0,
            step: 0,
            loss_sum: 0.0,
        }
    }

    /// Goes on from where another run stood.
    pub fn resume(&mut self, state: TrainerState<T>) {
        self.epoch = state.epoch;
        self.step = state.step;
        self.loss_sum = state.loss_sum;
        self.network = state.network;
        if state.velocity.is_some() {
            self.optimizer.velocity = state.velocity;
        }
    }

    /// Where it stands.
    pub fn state(&self) -> TrainerState<T> {
        TrainerState {
            epoch: self.epoch,
            step: self.step,
            loss_sum: self.loss_sum,
            network: self.network.clone(),
            velocity: self.optimizer.velocity.clone(),
        }
    }

    /// The network as it is now.
    pub fn network(&self) -> &Deep<T> {
        &self.network
    }

    /// Epochs done.
    pub fn epochs(&self) -> u64 {
        self.epoch
    }

    /// The network at the end.
    pub fn into_network(self) -> Deep<T> {
        self.network
    }

    /// Goes once through all samples, or through those that are left of an epoch that was broken off; the mean of the
    /// losses before each step. `progress` is told the part done and answers whether to go on; `None` if it was not to.
    ///
    /// # Errors
    /// A loss that is no number or has grown beyond all bounds.
    pub fn epoch(&mut self, mut progress: impl FnMut(f64) -> bool) -> Result<Option<f64>, Diverged> {
        self.order.clear();
        self.order.extend(0..self.data.samples() as u32);
        let mut stream = rng::stream(self.seed, "order", &[self.epoch]);
        self.order.shuffle(&mut stream);
        let order = std::mem::take(&mut self.order);
        let ended = self.steps(&order, &mut progress);
        self.order = order;
        if !ended? {
            return Ok(None);
        }
        let mean = self.loss_sum / self.data.samples() as f64;
        self.epoch += 1;
        (self.step, self.loss_sum) = (0, 0.0);
        Ok(Some(mean))
    }

    /// The steps that are left of an epoch; false if it was broken off.
    fn steps(&mut self, order: &[u32], progress: &mut impl FnMut(f64) -> bool) -> Result<bool, Diverged> {
        let batches = order.len().div_ceil(self.training.batch);
        let mut looked = Instant::now();
        for rows in order.chunks(self.training.batch).skip(self.step) {
            let loss = self.step(rows);
            self.step += 1;
            if !(loss.abs() < DIVERGED) {
                return Err(Diverged {
                    loss,
                    epoch: self.epoch + 1,
                    step: self.step,
                });
            }
            self.loss_sum += loss * rows.len() as f64;
            let is_due = self.step % LOOK == 1 || looked.elapsed() > SOON;
            if is_due && self.step < batches {
                looked = Instant::now();
                if !progress(self.step as f64 / batches as f64) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// One step on the samples with these numbers; the loss before it. Allocates nothing.
    pub fn step(&mut self, rows: &[u32]) -> f64 {
        let descent = Descent {
            step: self.training.schedule.step(self.epoch),
            momentum: self.training.momentum,
            weight_decay: self.training.weight_decay,
        };
        let Self {
            network, pass, batch, ..
        } = self;
        self.data.fill(self.epoch, rows, batch);
        pass.forward(network, batch.inputs(), Mode::Training);
        let (output, gradient) = pass.output_and_gradient();
        let loss = self.training.loss.evaluate(output, batch, gradient);
        self.optimizer.descend(network, pass, batch.inputs(), &descent);
        if self.training.normalize_nodes {
            network.normalize_nodes();
        }
        loss
    }
}

impl Evaluation {
    /// What `network` is worth on `data`, in pieces of the pass's capacity.
    pub fn of<T: Real>(network: &Deep<T>, data: &DataSet<T>, loss: Loss, pass: &mut Pass<T>) -> Self {
        Self::seen(network, data, loss, pass, |_, _| {})
    }

    /// The same; `see` is shown each piece: the network's pass, and the inputs d × B.
    pub fn seen<T: Real>(
        network: &Deep<T>,
        data: &DataSet<T>,
        loss: Loss,
        pass: &mut Pass<T>,
        mut see: impl FnMut(&Pass<T>, ArrayView2<T>),
    ) -> Self {
        let capacity = pass.capacity();
        let mut batch = Batch::new(data, capacity);
        let mut gradient = Array2::zeros((network.architecture.output(), capacity));
        let (mut sum, mut right) = (0.0, 0);
        for begin in (0..data.len()).step_by(capacity) {
            let end = (begin + capacity).min(data.len());
            batch.gather(data, begin..end);
            pass.forward(network, batch.inputs(), Mode::Evaluation);
            see(pass, batch.inputs());
            let room = gradient.slice_mut(ndarray::s![.., ..end - begin]);
            sum += loss.evaluate(pass.output(), &batch, room) * (end - begin) as f64;
            if loss == Loss::CrossEntropy {
                right += accuracy(pass.output(), batch.classes());
            }
        }
        let count = data.len() as f64;
        Self {
            loss: sum / count,
            accuracy: (loss == Loss::CrossEntropy).then(|| right as f64 / count),
        }
    }
}
