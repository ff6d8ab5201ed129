//! Images as samples: changed at random in each epoch, with a teacher's answers to what came out.

use super::{Batch, DataSet, Loss, Mode, Pass, Source, Targets};
use crate::images::{Augmentation, Images, Moments};
use crate::network::deep::Deep;
use crate::real::Real;
use ndarray::ArrayView1;
use std::sync::{Arc, Mutex};

/// Images to train on, each time seen anew.
pub struct ImageSamples<T> {
    /// All of them.
    pub images: Arc<Images>,
    /// The first so many are used.
    pub count: usize,
    /// By which pixels are normalised.
    pub moments: Moments,
    /// How they are changed.
    pub augmentation: Augmentation,
    /// What a network should say.
    pub answers: Answers<T>,
}

/// What a network should say to images.
pub enum Answers<T> {
    /// Their classes.
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
        Self {
            network,
            loss,
            pass,
        }
    }

    /// Its outputs, or classes, beside the inputs that stand in a batch. One forward pass.
    fn answer(&self, batch: &mut Batch<T>) {
        let mut pass = self.pass.lock().expect("nothing panics with it");
        pass.forward(&self.network, batch.inputs(), Mode::Evaluation);
        let size = batch.inputs().ncols();
        let (_, mut values, classes) = batch.refill(size);
        match self.loss {
            Loss::MeanSquared => values.assign(&pass.output()),
            Loss::CrossEntropy => {
                let columns = pass.output();
                let answers = columns.columns().into_iter().map(largest);
                classes
                    .iter_mut()
                    .zip(answers)
                    .for_each(|(class, y)| *class = y);
            }
        }
    }
}

impl<T: Real> ImageSamples<T> {
    /// The first `count` images as they are, with what a network should say to them.
    pub fn unchanged(&self, count: usize) -> DataSet<T> {
        let count = count.min(self.count);
        let inputs = self.images.matrix(count, &self.moments);
        match &self.answers {
            Answers::Labels => {
                let labels = self.images.labels()[..count].iter();
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

impl<T: Real> Source<T> for ImageSamples<T> {
    fn samples(&self) -> usize {
        self.count
    }

    fn input(&self) -> usize {
        self.images.shape().len()
    }

    fn values(&self) -> usize {
        match &self.answers {
            Answers::Teacher(teaching) if teaching.loss == Loss::MeanSquared => {
                teaching.network.architecture.output()
            }
            _ => 0,
        }
    }

    fn fill(&self, epoch: u64, rows: &[u32], batch: &mut Batch<T>) {
        let (inputs, _, classes) = batch.refill(rows.len());
        let seen = rows.iter().map(|&row| {
            let image = row as usize;
            (image, self.augmentation.view(epoch, image))
        });
        self.images.gather(seen, &self.moments, inputs);
        match &self.answers {
            Answers::Labels => {
                let labels = self.images.labels();
                let of = |row: &u32| u32::from(labels[*row as usize]);
                classes
                    .iter_mut()
                    .zip(rows)
                    .for_each(|(class, row)| *class = of(row));
            }
            Answers::Teacher(teaching) => teaching.answer(batch),
        }
    }
}
