//! The images of a scenario, with what networks are to say to them.

use super::keys::{Base, Images as Section};
use super::samples::Samples;
use crate::experiment::ExperimentError;
use crate::images::{Augmentation, ImageFolder, Images, Moments};
use crate::network::deep::{Deep, Shape};
use crate::rng;
use crate::sgd::{Answers, Changing, ChangingInputs, DataSet, Loss, Targets, Teaching};
use ndarray::Array2;
use std::sync::Arc;

/// Images to train on, and images to be measured on.
pub struct ImageData {
    section: Section,
    train: Arc<Images>,
    test: Images,
    moments: Moments,
    samples: usize,
    held_out: usize,
}

impl ImageData {
    /// Those of a scenario; `None` where its inputs are drawn.
    ///
    /// # Errors
    /// A folder without images, fewer of them than are asked for, images that the teacher cannot read.
    pub fn load(base: &Base) -> Result<Option<Self>, ExperimentError> {
        let Some(section) = base.data.images() else {
            return Ok(None);
        };
        let folder = ImageFolder::open(section.source.folder())?;
        check(base, section, &folder)?;
        let moments = section.moments();
        Ok(Some(Self {
            moments: moments.unwrap_or_else(|| Moments::of(&folder.train)),
            section: section.clone(),
            train: Arc::new(folder.train),
            test: folder.test,
            samples: base.data.samples,
            held_out: base.data.held_out,
        }))
    }

    /// With their classes: what a teacher learns from. `seed` is that of the changes.
    pub fn labelled(&self, seed: u64) -> (Samples, DataSet<f32>) {
        let held_out = DataSet {
            inputs: self.held_out_inputs(),
            targets: classes(&self.test, self.held_out),
        };
        let training = match self.section.are_changed() {
            true => Samples::Changing(self.changing(seed, Answers::Labels)),
            false => Samples::Kept(DataSet {
                inputs: self.training_inputs(self.samples),
                targets: classes(&self.train, self.samples),
            }),
        };
        (training, held_out)
    }

    /// With what a teacher says to them, in batches of up to `batch`; for cross-entropy its largest output as class.
    pub fn taught(&self, teacher: &Deep<f32>, loss: Loss, batch: usize, seed: u64) -> (Samples, DataSet<f32>) {
        let training = match self.section.are_changed() {
            true => {
                let teaching = Teaching::new(teacher.clone(), loss, batch.min(self.samples));
                Samples::Changing(self.changing(seed, Answers::Teacher(Box::new(teaching))))
            }
            false => Samples::Kept(loss.taught(self.training_inputs(self.samples), teacher)),
        };
        (training, loss.taught(self.held_out_inputs(), teacher))
    }

    /// The first `count` of those to train on, as they are: N × d.
    pub fn training_inputs(&self, count: usize) -> Array2<f32> {
        self.train.matrix(count, &self.moments)
    }

    /// N × d.
    pub fn held_out_inputs(&self) -> Array2<f32> {
        self.test.matrix(self.held_out, &self.moments)
    }

    fn changing(&self, seed: u64, answers: Answers<f32>) -> Changing<f32> {
        let images = ChangingInputs::Images {
            images: Arc::clone(&self.train),
            moments: self.moments.clone(),
            augmentation: Augmentation {
                padding: self.section.crop,
                flip: self.section.flip,
                seed: rng::derive(seed, "images", &[]),
            },
        };
        Changing {
            inputs: images,
            count: self.samples,
            answers,
        }
    }
}

fn classes(images: &Images, count: usize) -> Targets<f32> {
    let labels = images.labels()[..count].iter();
    Targets::Classes(labels.map(|&label| u32::from(label)).collect())
}

/// Whether a scenario and a folder go together.
fn check(base: &Base, section: &Section, folder: &ImageFolder) -> Result<(), ExperimentError> {
    let path = section.source.folder();
    let problem = too_few(base, folder)
        .or_else(|| of_another_shape(base, folder))
        .or_else(|| of_other_channels(section, folder))
        .or_else(|| of_other_classes(base, folder));
    match problem {
        None => Ok(()),
        Some((key, found, allowed)) => Err(ExperimentError::Content {
            key,
            path: path.to_path_buf(),
            found,
            allowed,
        }),
    }
}

/// A key, what was found, and what is allowed.
type Mismatch = (&'static str, String, String);

fn too_few(base: &Base, folder: &ImageFolder) -> Option<Mismatch> {
    let (train, test) = (folder.train.len(), folder.test.len());
    let (key, wanted, there, purpose) = if base.data.samples > train {
        ("data.samples", base.data.samples, train, "to train on")
    } else if base.data.held_out > test {
        ("data.held_out", base.data.held_out, test, "to test on")
    } else {
        return None;
    };
    let found = format!("{there} images {purpose} with {key} = {wanted}");
    Some((key, found, format!("at most {there}")))
}

fn of_another_shape(base: &Base, folder: &ImageFolder) -> Option<Mismatch> {
    let (reads, shape) = (base.teacher.architecture.input_shape(), folder.train.shape());
    let is_flattened = reads.positions() == 1 && reads.len() == shape.len();
    if reads == shape || is_flattened {
        return None;
    }
    let found = format!("images of {shape} for a teacher that reads {reads}");
    let Shape {
        channels,
        height,
        width,
    } = shape;
    let allowed = format!(
        "teacher.image = [{channels}, {height}, {width}] with convolutions, input_dim = {} with dense layers",
        shape.len()
    );
    Some(("data.images", found, allowed))
}

fn of_other_channels(section: &Section, folder: &ImageFolder) -> Option<Mismatch> {
    let [means, _] = section.moments.as_ref()?;
    let shape = folder.train.shape();
    let found = format!("means of {} channels for images of {shape}", means.len());
    let allowed = "one for each channel".into();
    (means.len() != shape.channels).then_some(("data.moments", found, allowed))
}

fn of_other_classes(base: &Base, folder: &ImageFolder) -> Option<Mismatch> {
    base.teacher.training.as_ref()?;
    let (classes, outputs) = (folder.classes(), base.teacher.architecture.output());
    let found = format!("{classes} classes with teacher.outputs = {outputs}");
    let allowed = format!("{classes}, an output for each class");
    (classes != outputs).then_some(("teacher.outputs", found, allowed))
}
