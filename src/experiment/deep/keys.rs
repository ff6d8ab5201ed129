//! The keys of experiments with deep networks, and what they share.

use crate::config::ScenarioError;
use crate::config::document::{Node, Value};
use crate::config::section::{Range, Section, TextOrFile};
use crate::network::deep::{Architecture, BatchNorm, FullyConnected, Place};
use crate::sgd::{Loss, Schedule, Training};
use serde::Serialize;
use std::path::PathBuf;

pub(super) type Result<T> = std::result::Result<T, ScenarioError>;

/// Nodes of a layer, at most.
const MOST_NODES: u64 = 1 << 16;

/// Parameters of a student, at most: a gigabyte of them.
const MOST_PARAMETERS: f64 = 2.5e8;

/// What all experiments with deep networks have.
#[derive(Clone, Debug, Serialize)]
pub struct Base {
    /// The file's name without its ending.
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
    pub training: Course,
}

/// `[teacher]`
#[derive(Clone, Debug, Serialize)]
pub struct Teacher {
    /// Its layers.
    #[serde(flatten)]
    pub architecture: Architecture,
    /// Its weights.
    pub weights: Weights,
}

/// Where the teacher's weights come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weights {
    /// {±½, ±¼, 0}, each node scaled to unit norm: as the authors draw them.
    Grid,
    /// Uniform, as a student's.
    Uniform,
    /// A `.safetensors` file, as runs leave it.
    File(PathBuf),
}

/// `[data]`
#[derive(Clone, Debug, Serialize)]
pub struct Data {
    /// Training samples.
    pub samples: usize,
    /// Samples on which networks are measured.
    pub held_out: usize,
    /// σ of x ~ N(0, σ² I); an axis of some experiments.
    pub deviations: Vec<f64>,
}

/// `[training]`
#[derive(Clone, Debug, Serialize)]
pub struct Course {
    /// Epochs.
    pub epochs: u64,
    /// How steps are made.
    #[serde(flatten)]
    pub training: Training,
}

/// `[student]`
#[derive(Clone, Debug, Serialize)]
pub struct Student {
    /// Hidden layers are so many times as wide as the teacher's.
    pub widths: Vec<usize>,
    /// Batch normalisation, or none.
    pub batch_norms: Vec<Option<BatchNorm>>,
    /// Whether nodes have biases.
    pub bias: bool,
}

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
    pub(super) fn read(root: &mut Section) -> Result<Self> {
        let name = root.name();
        let seed = root.integer("seed", 0, 1 << 62)?.unwrap_or(1);
        let seeds = root.integer("seeds", 1, 10_000)?.unwrap_or(1);
        let teacher = read_teacher(root.section("teacher")?)?;
        let data = read_data(root.section("data")?)?;
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

fn read_teacher(mut section: Section) -> Result<Teacher> {
    let input = section.integer("input_dim", 1, MOST_NODES)?.unwrap_or(20) as usize;
    let hidden = read_hidden(&mut section, "hidden", "the teacher's hidden layers")?;
    let output = section.integer("outputs", 1, MOST_NODES)?.unwrap_or(100) as usize;
    let bias = section.boolean("bias")?.unwrap_or(true);
    let weights = match section.text_or_file("weights", &["grid", "uniform"], &["file"])? {
        None | Some(TextOrFile::Text("grid")) => Weights::Grid,
        Some(TextOrFile::Text(_)) => Weights::Uniform,
        Some(TextOrFile::File(_, path)) => Weights::File(path),
    };
    section.finish()?;
    Ok(Teacher {
        architecture: FullyConnected {
            input,
            hidden,
            output,
            bias,
            batch_norm: None,
        }
        .into(),
        weights,
    })
}

/// Nodes of hidden layers from the bottom, as in [10, 15]; equal ones are allowed.
pub(super) fn read_hidden(
    section: &mut Section,
    key: &'static str,
    what: &str,
) -> Result<Vec<usize>> {
    let words = format!(
        "{what} from the bottom: a list of whole numbers from 1 to {MOST_NODES}, as in [10, 15]"
    );
    let Some(node) = section.take(key) else {
        return Err(section.missing(key, &words));
    };
    let count = |node: &Node| match node.value {
        Value::Integer(nodes) if (1..=MOST_NODES as i64).contains(&nodes) => Some(nodes as usize),
        _ => None,
    };
    let hidden: Option<Vec<usize>> = match &node.value {
        Value::Array(items) => items.iter().map(count).collect(),
        _ => None,
    };
    hidden
        .filter(|hidden| !hidden.is_empty())
        .ok_or_else(|| section.wrong(key, &node, &words))
}

pub(super) fn read_student(mut section: Section, teacher: &Architecture) -> Result<Student> {
    let origin = section.origin_of("widths");
    let widths = section.integers("widths", 1, 1000)?.unwrap_or(vec![10]);
    let affine = section.boolean("batch_norm_affine")?.unwrap_or(false);
    let places = &["none", "before-relu", "after-relu"];
    let batch_norms = section.texts("batch_norm", places)?.unwrap_or(vec!["none"]);
    let bias = section.boolean("bias")?.unwrap_or(true);
    let batch_norm = |place: &str| match place {
        "before-relu" => Some(Place::BeforeRelu),
        "after-relu" => Some(Place::AfterRelu),
        _ => None,
    };
    let student = Student {
        batch_norms: batch_norms
            .into_iter()
            .map(|place| batch_norm(place).map(|place| BatchNorm { place, affine }))
            .collect(),
        bias,
        widths,
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
        return Err(section.contradiction("widths", origin, found, &allowed));
    }
    section.finish()?;
    Ok(student)
}

fn read_data(mut section: Section) -> Result<Data> {
    let samples = section.integer("samples", 2, 1 << 24)?.unwrap_or(100_000) as usize;
    let held_out = section.integer("held_out", 2, 1 << 20)?.unwrap_or(1024) as usize;
    let deviations = section
        .numbers("deviation", Range::POSITIVE)?
        .unwrap_or(vec![1.0]);
    section.finish()?;
    Ok(Data {
        samples,
        held_out,
        deviations,
    })
}

fn read_training(mut section: Section, samples: usize) -> Result<Course> {
    let epochs = section.integer("epochs", 1, 1_000_000)?.unwrap_or(40);
    let batch_origin = section.origin_of("batch");
    let batch = section.integer("batch", 1, 1 << 20)?.unwrap_or(64) as usize;
    if batch > samples {
        let found = format!("mini-batches of {batch} with data.samples = {samples}");
        let allowed = "no more than there are samples";
        return Err(section.contradiction("batch", batch_origin, found, allowed));
    }
    let schedule = read_schedule(&mut section)?;
    let below_one = Range::closed(0.0, 0.9999, "a number from 0 to 0.9999");
    let momentum = section.number("momentum", below_one)?.unwrap_or(0.0);
    let not_negative = Range::closed(0.0, 1.0, "a number from 0 to 1");
    let weight_decay = section.number("weight_decay", not_negative)?.unwrap_or(0.0);
    let loss = match section.text("loss", &["mean-squared", "cross-entropy"])? {
        Some("cross-entropy") => Loss::CrossEntropy,
        _ => Loss::MeanSquared,
    };
    let normalize_nodes = section.boolean("normalize_nodes")?.unwrap_or(false);
    section.finish()?;
    Ok(Course {
        epochs,
        training: Training {
            batch,
            schedule,
            momentum,
            weight_decay,
            loss,
            normalize_nodes,
        },
    })
}

/// A step, or pairs of an epoch and the step from there on.
fn read_schedule(section: &mut Section) -> Result<Schedule> {
    let words = "a positive number, or pairs of an epoch and the step from there on, the first for epoch 0, as in [[0, 0.1], [20, 0.01]]";
    let Some(node) = section.take("step") else {
        return Err(section.missing("step", words));
    };
    let number = |value: &Value| match value {
        Value::Float(x) => Some(*x),
        Value::Integer(x) => Some(*x as f64),
        _ => None,
    };
    let positive = |x: &f64| *x > 0.0 && x.is_finite();
    let pair = |node: &Node| match &node.value {
        Value::Array(items) => match &items[..] {
            [
                Node {
                    value: Value::Integer(epoch),
                    ..
                },
                step,
            ] => Some((
                u64::try_from(*epoch).ok()?,
                number(&step.value).filter(positive)?,
            )),
            _ => None,
        },
        _ => None,
    };
    let schedule = match &node.value {
        Value::Array(items) => items.iter().map(pair).collect::<Option<Vec<_>>>(),
        value => number(value).filter(positive).map(|step| vec![(0, step)]),
    };
    schedule
        .filter(|schedule| {
            schedule.first().is_some_and(|first| first.0 == 0)
                && schedule.windows(2).all(|pair| pair[0].0 < pair[1].0)
        })
        .map(Schedule)
        .ok_or_else(|| section.wrong("step", &node, words))
}

/// A single value where the experiment has no axis for more.
pub(super) fn single<T: Copy>(
    values: &[T],
    section: &str,
    key: &str,
    root: &Section,
    experiment: &str,
) -> Result<T> {
    match values {
        [value] => Ok(*value),
        more => Err(root.contradiction(
            &format!("{section}.{key}"),
            None,
            format!("{} values", more.len()),
            &format!("one, with experiment = \"{experiment}\""),
        )),
    }
}
