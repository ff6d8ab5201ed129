//! Samples that are other ones in each epoch, with a teacher's answers to what came out.

use super::{Batch, DataSet, Loss, Mode, Pass, Source, Targets, gaussian_inputs};
use crate::images::{Augmentation, Images, Moments};
use crate::network::deep::Deep;
use crate::real::Real;
use crate::rng;
use ndarray::{Array2, ArrayView1, ArrayViewMut2};
use std::sync::{Arc, Mutex};

/// So many samples, each time seen anew.
pub struct Changing<T> {
    /// What they are.
    pub inputs: ChangingInputs,
    /// N
    pub count: usize,
    /// What a network should say.
    pub answers: Answers<T>,
}

/// Inputs of an epoch, each a function of the epoch and its own number alone.
pub enum ChangingInputs {
    /// Drawn anew from N(0, σ² I).
    Gaussian {
        /// Of the random numbers.
        seed: u64,
        /// d
        dim: usize,
        /// σ
        deviation: f64,
    },
    /// Cropped and mirrored.
    Images {
        /// All of them; the first N are used.
        images: Arc<Images>,
        /// By which pixels are normalised.
        moments: Moments,
        /// How they are changed.
        augmentation: Augmentation,
    },
}

/// What a network should say.
pub enum Answers<T> {
    /// The classes of images.
    Labels,
    /// What a teacher says to what the student sees: it cannot be known beforehand.
    Teacher(Box<Teaching<T>>),
}

/// A teacher at work.
pub struct Teaching<T> {
    network: Deep<T>,
    loss: Loss,
    pass: Mutex<Pass<T>>,
}

impl<T: Real> Teaching<T> {
    /// A teacher for batches of up to `capacity` samples; for cross-entropy its largest output is the class.
    pub fn new(network: Deep<T>, loss: Loss, capacity: usize) -> Self {
        let pass = Mutex::new(Pass::new(&network.architecture, capacity));
        Self { network, loss, pass }
    }

    /// Its outputs, or classes, beside the inputs that stand in a batch. One forward pass.
    fn answer(&self, batch: &mut Batch<T>) {
        let mut pass = self.pass.lock().expect("nothing panics with it");
        pass.forward(&self.network, batch.inputs(), Mode::Evaluation);
        let size = batch.inputs().ncols();
        let (_, mut values, classes) = batch.refill(size);
        let said = pass.output();
        match self.loss {
            Loss::MeanSquared => values.assign(&said),
            Loss::CrossEntropy => {
                let answers = said.columns().into_iter().map(largest);
                classes.iter_mut().zip(answers).for_each(|(class, y)| *class = y);
            }
        }
    }
}

impl ChangingInputs {
    fn dim(&self) -> usize {
        match self {
            Self::Gaussian { dim, .. } => *dim,
            Self::Images { images, .. } => images.shape().len(),
        }
    }

    /// d × B. O(dB).
    fn fill<T: Real>(&self, epoch: u64, rows: &[u32], mut out: ArrayViewMut2<T>) {
        match self {
            Self::Gaussian { seed, deviation, .. } => {
                for (mut x, &row) in out.columns_mut().into_iter().zip(rows) {
                    let mut stream = rng::stream(*seed, "fresh", &[epoch, row.into()]);
                    x.mapv_inplace(|_| T::from_f64(deviation * T::normal(&mut stream).to_f64()));
                }
            }
            Self::Images {
                images,
                moments,
                augmentation,
            } => {
                let seen = rows.iter().map(|&row| {
                    let image = row as usize;
                    (image, augmentation.view(epoch, image))
                });
                images.gather(seen, moments, out);
            }
        }
    }

    /// N × d: images as they are; of drawn inputs others than in any epoch.
    fn unchanged<T: Real>(&self, count: usize) -> Array2<T> {
        match self {
            Self::Gaussian { seed, dim, deviation } => gaussian_inputs(*seed, "unchanged", [count, *dim], *deviation),
            Self::Images { images, moments, .. } => images.matrix(count, moments),
        }
    }

    fn labels(&self) -> &[u8] {
        match self {
            Self::Gaussian { .. } => &[],
            Self::Images { images, .. } => images.labels(),
        }
    }
}

impl<T: Real> Changing<T> {
    /// The first `count` images as they are, or so many drawn inputs, with what a network should say to them.
    pub fn unchanged(&self, count: usize) -> DataSet<T> {
        let count = count.min(self.count);
        let inputs = self.inputs.unchanged(count);
        match &self.answers {
            Answers::Labels => {
                let labels = self.inputs.labels()[..count].iter();
                let classes = labels.map(|&label| u32::from(label)).collect();
                DataSet {
                    inputs,
                    targets: Targets::Classes(classes),
                }
            }
            Answers::Teacher(teaching) => teaching.loss.taught(inputs, &teaching.network),
        }
    }
}

/// The class of the largest output, the first of equal ones.
pub(super) fn largest<T: Real>(y: ArrayView1<T>) -> u32 {
    let best = (0..y.len()).fold(0, |best, c| if y[c] > y[best] { c } else { best });
    best as u32
}

impl<T: Real> Source<T> for Changing<T> {
    fn samples(&self) -> usize {
        self.count
    }

    fn input(&self) -> usize {
        self.inputs.dim()
    }

    fn values(&self) -> usize {
        match &self.answers {
            Answers::Teacher(teaching) if teaching.loss == Loss::MeanSquared => teaching.network.architecture.output(),
            _ => 0,
        }
    }

    fn fill(&self, epoch: u64, rows: &[u32], batch: &mut Batch<T>) {
        let (inputs, _, classes) = batch.refill(rows.len());
        self.inputs.fill(epoch, rows, inputs);
        match &self.answers {
            Answers::Labels => {
                let labels = self.inputs.labels();
                let of = |row: &u32| u32::from(labels[*row as usize]);
                classes.iter_mut().zip(rows).for_each(|(class, row)| *class = of(row));
            }
            Answers::Teacher(teaching) => teaching.answer(batch),
        }
    }
}
