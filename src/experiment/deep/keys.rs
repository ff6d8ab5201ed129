//! The keys of experiments with deep networks, and what they share.

mod batch_norm;
mod data;
mod declared;
mod teacher;
mod training;

pub use batch_norm::BatchNormPlace;
pub use data::{Data, ImageSource, Images, Inputs};
pub(in crate::experiment) use declared::HIDDEN_LAYERS;
pub(super) use declared::{
    AFFINE, BATCH, BATCH_NORM_ONE, BATCH_NORMS, DEVIATION_ONE, DEVIATIONS, EITHER_LAYERS, EPOCHS_OF, FRESH, HELD_OUT,
    NORMALIZE_NODES, REAL_IMAGES, SEEDS, STEPS, STUDENT_BIAS, TEACHER, TEACHER_TRAINING, TRAINED, TRAINING_SAMPLES,
    UNTRAINED_WEIGHTS, WIDTH_ONE, WIDTHS,
};
pub use teacher::{LayerKind, Teacher, Weights};
pub use training::TrainingSection;

use crate::config::document::Value;
use crate::config::section::Section;
use crate::config::{Key, ScenarioError};
use crate::experiment::deep::start::Start;
use crate::experiment::two_layer::keys::SEED;
use crate::network::deep::{Architecture, BatchNorm};
use declared::MOST_NODES;
use serde::Serialize;

pub(super) type Result<T> = std::result::Result<T, ScenarioError>;

/// Parameters of a student, at most: a gigabyte of them.
const MOST_PARAMETERS: f64 = 2.5e8;

/// What all trainings by epochs have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Base {
    /// The file's name without its ending; no key.
    #[serde(skip)]
    pub name: String,
    /// From which all random numbers come.
    pub seed: u64,
    /// Runs of each kind, with seeds counted up from `seed`.
    pub seeds: u64,
    /// `[teacher]`
    pub teacher: Teacher,
    /// `[student]`
    pub student: Student,
    /// `[data]`
    pub data: Data,
    /// `[training]`
    pub training: TrainingSection,
}

/// `[student]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Student {
    /// Hidden layers are so many times as wide as the teacher's.
    pub widths: Vec<usize>,
    /// Batch normalisation, or none; empty where an experiment has no keys for it.
    #[serde(flatten, serialize_with = "batch_norm::as_keys")]
    pub batch_norms: Vec<Option<BatchNorm>>,
    /// Whether nodes have biases.
    pub bias: bool,
    /// Where training begins, where an experiment says so.
    #[serde(flatten)]
    pub start: Option<Start>,
}

impl Base {
    /// Reads what trainings by epochs have; `deviation` says whether there may be several, `has_fresh`
    /// whether they may be drawn anew.
    pub(super) fn read(
        root: &mut Section,
        deviation: &'static Key,
        has_fresh: bool,
        teacher: impl FnOnce(Section, &Data) -> Result<Teacher>,
        student: impl FnOnce(Section, &Architecture) -> Result<Student>,
    ) -> Result<Self> {
        let name = root.name();
        let seed = root.whole(&SEED)?;
        let seeds = root.whole(&SEEDS)?;
        let data = Data::read(root.section("data")?, deviation, has_fresh)?;
        let teacher = teacher(root.section("teacher")?, &data)?;
        let training = training::read(root.section("training")?, data.samples)?;
        let student = student(root.section("student")?, &teacher.architecture)?;
        Ok(Self {
            name,
            seed,
            seeds,
            teacher,
            student,
            data,
            training,
        })
    }

    /// Hidden layers, of the teacher and of all students.
    pub fn depth(&self) -> usize {
        self.teacher.architecture.depth()
    }
}

/// Nodes of hidden layers from the bottom, as in [10, 15]; equal ones are allowed.
pub(super) fn hidden_layers(value: &Value) -> Option<Vec<usize>> {
    let count = |value: &Value| {
        let nodes = value.whole()?;
        (1..=MOST_NODES).contains(&nodes).then_some(nodes as usize)
    };
    let items = value.items()?.iter();
    let layers: Vec<usize> = items.map(|item| count(&item.value)).collect::<Option<_>>()?;
    (!layers.is_empty()).then_some(layers)
}

impl Student {
    /// With batch normalisation where an experiment has it; the keys say how many values there may be.
    pub(super) fn read(
        mut section: Section,
        teacher: &Architecture,
        widths: &'static Key,
        batch_norm: Option<&'static Key>,
    ) -> Result<Self> {
        let widths = section.wholes(widths)?;
        let batch_norms = match batch_norm {
            Some(key) => batch_norm::read(&mut section, key, &AFFINE)?,
            None => Vec::new(),
        };
        let student = Self {
            widths: widths.into_iter().map(|width| width as usize).collect(),
            batch_norms,
            bias: section.flag(&STUDENT_BIAS)?,
            start: None,
        };
        let shapes = student.architecture(teacher, student.widest(), None).shapes();
        let weights = shapes.iter().map(|&(inputs, nodes)| inputs as f64 * nodes as f64);
        let parameters: f64 = weights.sum();
        if parameters > MOST_PARAMETERS {
            let found = format!("a student of {parameters:.1e} parameters");
            let allowed = format!("at most {MOST_PARAMETERS:.1e}");
            return Err(section.contradiction(WIDTH_ONE.path, found, &allowed));
        }
        section.finish()?;
        Ok(student)
    }

    /// The largest of its widths.
    pub fn widest(&self) -> usize {
        self.widths.iter().copied().max().unwrap_or(1)
    }

    /// A student beside a teacher.
    pub fn architecture(&self, teacher: &Architecture, width: usize, batch_norm: Option<BatchNorm>) -> Architecture {
        let widened = teacher.widened(width).with_bias(self.bias);
        widened.with_batch_norm(batch_norm)
    }

    /// The student beside a teacher, where there is one width and at most one batch normalisation.
    pub fn only_architecture(&self, teacher: &Architecture) -> Architecture {
        self.architecture(teacher, self.widths[0], self.batch_norms.first().copied().flatten())
    }
}
