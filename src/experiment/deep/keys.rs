//! The keys of experiments with deep networks, and what they share.

mod declared;
mod layout;

pub(in crate::experiment) use declared::HIDDEN_LAYERS;
pub(super) use declared::{
    AFFINE, AFFINE_OF, BATCH, BATCH_NORM_ONE, BATCH_NORMS, DEVIATION_ONE, DEVIATIONS, EPOCHS_OF,
    HELD_OUT, LOSS, MEASURED, MOMENTUM, NORMALIZE_NODES, ONE_BATCH_NORM, ONE_DEVIATION, ONE_WIDTH,
    RUNS, SAMPLES, SEVERAL_BATCH_NORMS, SEVERAL_DEVIATIONS, SEVERAL_WIDTHS, STEPS, STUDENT,
    TEACHER, WEIGHT_DECAY, WIDTH_ONE, WIDTHS,
};
pub(super) use layout::Layout;

use crate::config::document::Value;
use crate::config::section::Section;
use crate::config::words::{words, words_of};
use crate::config::{Key, ScenarioError};
use crate::experiment::two_layer::keys::SEED;
use crate::network::deep::{Architecture, BatchNorm, FullyConnected, Place};
use crate::sgd::{Loss, Schedule, Training};
use declared::{
    EPOCHS, HIDDEN, INPUT_DIM, MOST_NODES, OUTPUTS, SEEDS, STEP, STUDENT_BIAS, TEACHER_BIAS,
    TRAINING_SAMPLES, WEIGHTS,
};
use serde::Serialize;

pub(super) type Result<T> = std::result::Result<T, ScenarioError>;

/// Parameters of a student, at most: a gigabyte of them.
const MOST_PARAMETERS: f64 = 2.5e8;

/// What all experiments with deep networks have.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// The file's name without its ending; no key.
    pub name: String,
    /// From which all random numbers come.
    pub seed: u64,
    /// Runs of each kind, with seeds counted up from `seed`.
    pub seeds: u64,
    /// `[teacher]`
    pub teacher: Teacher,
    /// `[data]`
    pub data: Data,
    /// `[training]`
    pub training: TrainingSection,
}

/// `[teacher]`
#[derive(Clone, Debug, PartialEq)]
pub struct Teacher {
    /// Its layers.
    pub architecture: Architecture,
    /// Whether nodes have biases.
    pub bias: bool,
    /// Its weights.
    pub weights: Weights,
}

words! {
    /// Where the teacher's weights come from.
    pub enum Weights {
        /// {±½, ±¼, 0}, each node scaled to unit norm: as the authors draw them.
        Grid = "grid",
        /// Uniform, as a student's.
        Uniform = "uniform",
    }
    files {
        /// A `.safetensors` file, as runs leave it.
        File("file", ".safetensors"),
    }
}

/// `[data]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Data {
    /// Training samples.
    pub samples: usize,
    /// Samples on which networks are measured.
    pub held_out: usize,
    /// σ of x ~ N(0, σ² I); an axis of some experiments.
    #[serde(rename = "deviation")]
    pub deviations: Vec<f64>,
}

/// `[training]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrainingSection {
    /// Epochs.
    pub epochs: u64,
    /// How steps are made.
    #[serde(flatten)]
    pub training: Training,
}

/// `[student]`
#[derive(Clone, Debug, PartialEq)]
pub struct Student {
    /// Hidden layers are so many times as wide as the teacher's.
    pub widths: Vec<usize>,
    /// Batch normalisation, or none.
    pub batch_norms: Vec<Option<BatchNorm>>,
    /// Whether nodes have biases.
    pub bias: bool,
}

words! {
    /// Where hidden layers are normalised, if they are.
    pub enum BatchNormPlace {
        /// Nowhere.
        None = "none",
        /// Pre-activations.
        BeforeRelu = "before-relu",
        /// Activations.
        AfterRelu = "after-relu",
    }
}

words_of!(Loss {
    MeanSquared = "mean-squared",
    CrossEntropy = "cross-entropy",
});

impl Student {
    /// A student beside a teacher.
    pub fn architecture(
        &self,
        teacher: &Architecture,
        width: usize,
        batch_norm: Option<BatchNorm>,
    ) -> Architecture {
        let widened = teacher.widened(width).with_bias(self.bias);
        widened.with_batch_norm(batch_norm)
    }
}

impl Base {
    /// Reads what trainings by epochs have; `deviation` says whether there may be several.
    pub(super) fn read(root: &mut Section, deviation: &'static Key) -> Result<Self> {
        let name = root.name();
        let seed = root.whole(&SEED)?;
        let seeds = root.whole(&SEEDS)?;
        let teacher = Teacher::read(root.section("teacher")?)?;
        let mut section = root.section("data")?;
        let data = Data {
            samples: section.whole(&TRAINING_SAMPLES)? as usize,
            held_out: section.whole(&HELD_OUT)? as usize,
            deviations: section.numbers(deviation)?,
        };
        section.finish()?;
        let training = read_training(root.section("training")?, data.samples)?;
        Ok(Self {
            name,
            seed,
            seeds,
            teacher,
            data,
            training,
        })
    }
}

impl Teacher {
    pub(super) fn read(mut section: Section) -> Result<Self> {
        let input = section.whole(&INPUT_DIM)? as usize;
        let hidden = section.form(&HIDDEN, hidden_layers)?;
        let output = section.whole(&OUTPUTS)? as usize;
        let bias = section.flag(&TEACHER_BIAS)?;
        let weights = section.word(&WEIGHTS)?;
        section.finish()?;
        Ok(Self {
            architecture: FullyConnected {
                input,
                hidden,
                output,
                bias,
                batch_norm: None,
            }
            .into(),
            bias,
            weights,
        })
    }
}

/// Nodes of hidden layers from the bottom, as in [10, 15]; equal ones are allowed.
pub(super) fn hidden_layers(value: &Value) -> Option<Vec<usize>> {
    let count = |value: &Value| {
        let nodes = value.whole()?;
        (1..=MOST_NODES).contains(&nodes).then_some(nodes as usize)
    };
    let items = value.items()?.iter();
    let layers: Vec<usize> = items
        .map(|item| count(&item.value))
        .collect::<Option<_>>()?;
    (!layers.is_empty()).then_some(layers)
}

/// With batch normalisation where an experiment has it; the keys say how many values there may be.
pub(super) fn read_student(
    mut section: Section,
    teacher: &Architecture,
    widths: &'static Key,
    batch_norm: Option<&'static Key>,
) -> Result<Student> {
    let widths = section.wholes(widths)?;
    let batch_norms = match batch_norm {
        Some(key) => read_batch_norms(&mut section, key)?,
        None => vec![None],
    };
    let student = Student {
        widths: widths.into_iter().map(|width| width as usize).collect(),
        batch_norms,
        bias: section.flag(&STUDENT_BIAS)?,
    };
    let widest = student.widths.iter().copied().max().unwrap_or(1);
    let shapes = student.architecture(teacher, widest, None).shapes();
    let weights = shapes
        .iter()
        .map(|&(inputs, nodes)| inputs as f64 * nodes as f64);
    let parameters: f64 = weights.sum();
    if parameters > MOST_PARAMETERS {
        let found = format!("a student of {parameters:.1e} parameters");
        let allowed = format!("at most {MOST_PARAMETERS:.1e}");
        return Err(section.contradiction(WIDTH_ONE.path, found, &allowed));
    }
    section.finish()?;
    Ok(student)
}

fn read_batch_norms(section: &mut Section, key: &'static Key) -> Result<Vec<Option<BatchNorm>>> {
    let places: Vec<BatchNormPlace> = section.several_words(key)?;
    let affine = section.flag(&AFFINE)?;
    if affine && places == [BatchNormPlace::None] {
        let allowed = "false, or batch_norm = \"before-relu\" or \"after-relu\"";
        return Err(section.contradiction(AFFINE.path, "true without batch_norm".into(), allowed));
    }
    let batch_norm = |place: BatchNormPlace| {
        let place = match place {
            BatchNormPlace::None => return None,
            BatchNormPlace::BeforeRelu => Place::BeforeRelu,
            BatchNormPlace::AfterRelu => Place::AfterRelu,
        };
        Some(BatchNorm { place, affine })
    };
    Ok(places.into_iter().map(batch_norm).collect())
}

fn read_training(mut section: Section, samples: usize) -> Result<TrainingSection> {
    let epochs = section.whole(&EPOCHS)?;
    let batch = section.whole(&BATCH)? as usize;
    if batch > samples {
        let found = format!("mini-batches of {batch} with data.samples = {samples}");
        let allowed = "no more than there are samples";
        return Err(section.contradiction(BATCH.path, found, allowed));
    }
    let training = Training {
        batch,
        schedule: section.form(&STEP, schedule)?,
        momentum: section.number(&MOMENTUM)?,
        weight_decay: section.number(&WEIGHT_DECAY)?,
        loss: section.word(&LOSS)?,
        normalize_nodes: section.flag(&NORMALIZE_NODES)?,
    };
    section.finish()?;
    Ok(TrainingSection { epochs, training })
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
