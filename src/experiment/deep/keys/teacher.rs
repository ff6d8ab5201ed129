//! `[teacher]`: its layers, and where its weights come from.

use super::declared::{
    AFFINE_OF_TEACHER, BATCH_NORM_OF_TEACHER, HIDDEN, IMAGE, INPUT_DIM, KERNEL, LAYERS, OUTPUTS, PADDING, TEACHER_BIAS,
    TEACHER_TRAINING, UNIT_OUTPUTS, UNTRAINED_WEIGHTS, WEIGHTS,
};
use super::training::{TeachersTraining, TrainingSection, read_teachers};
use super::{BatchNormPlace, Data, Result, batch_norm, hidden_layers};
use crate::config::Words;
use crate::config::document::Value;
use crate::config::section::Section;
use crate::config::words::words;
use crate::network::deep::{Architecture, ArchitectureError, BatchNorm, Convolutional, FullyConnected, Shape};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// `[teacher]`
#[derive(Clone, Debug, PartialEq)]
pub struct Teacher {
    /// Its layers.
    pub architecture: Architecture,
    /// What they are made from.
    pub layers: Layers,
    /// Whether nodes have biases.
    pub bias: bool,
    /// Its batch normalisation.
    pub batch_norm: Option<BatchNorm>,
    /// Its weights.
    pub weights: Weights,
    /// How it is trained, if it is.
    pub training: Option<TrainingSection>,
    /// Whether its outputs are scaled to unit deviation.
    pub unit_outputs: bool,
    /// Which keys it has.
    scope: Scope,
}

/// Which keys an experiment has for its teacher.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Scope {
    /// Fully connected, drawn or read.
    Dense,
    /// Of either kind, drawn or read.
    Untrained,
    /// All.
    Any,
}

/// What hidden layers are made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layers {
    /// All nodes read all below.
    Dense,
    /// k × k kernels, with so many zeros around.
    Convolution {
        /// k
        kernel: usize,
        /// zeros
        padding: usize,
    },
}

words! {
    /// What hidden layers are.
    pub enum LayerKind {
        /// Fully connected.
        Dense = "dense",
        /// Convolutional.
        Convolution = "convolution",
    }
}

words! {
    /// Where the teacher's weights come from.
    pub enum Weights {
        /// {±½, ±¼, 0}, each node scaled to unit norm: as the authors draw them.
        Grid = "grid",
        /// Uniform, as a student's.
        Uniform = "uniform",
        /// Learned from the classes of images.
        Trained = "trained",
    }
    files {
        /// A `.safetensors` file, as runs leave it.
        File("file", ".safetensors"),
    }
}

words! {
    /// The same, where nothing is trained beforehand.
    pub enum UntrainedWeights {
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

impl From<UntrainedWeights> for Weights {
    fn from(weights: UntrainedWeights) -> Self {
        match weights {
            UntrainedWeights::Grid => Self::Grid,
            UntrainedWeights::Uniform => Self::Uniform,
            UntrainedWeights::File(file) => Self::File(file),
        }
    }
}

impl Teacher {
    /// Fully connected, and not trained.
    pub(in crate::experiment::deep) fn read_dense(mut section: Section) -> Result<Self> {
        let input = Shape::flat(section.whole(&INPUT_DIM)? as usize);
        let weights: UntrainedWeights = section.word(&UNTRAINED_WEIGHTS)?;
        let teacher = Self::of(&mut section, (input, Layers::Dense), weights.into(), Scope::Dense)?;
        section.finish()?;
        Ok(teacher)
    }

    /// Of any layers, and not trained.
    pub(in crate::experiment::deep) fn read_untrained(mut section: Section) -> Result<Self> {
        let layers = read_layers(&mut section)?;
        let weights: UntrainedWeights = section.word(&UNTRAINED_WEIGHTS)?;
        let teacher = Self::of(&mut section, layers, weights.into(), Scope::Untrained)?;
        section.finish()?;
        Ok(teacher)
    }

    /// Of any kind.
    pub(in crate::experiment::deep) fn read(mut section: Section, data: &Data) -> Result<Self> {
        let layers = read_layers(&mut section)?;
        let weights: Weights = section.word(&WEIGHTS)?;
        let is_trained = weights == Weights::Trained;
        if is_trained && data.images().is_none() {
            let found = "\"trained\" without images".into();
            let allowed = "with data.images, whose classes it learns";
            return Err(section.contradiction(WEIGHTS.path, found, allowed));
        }
        let batch_norm = read_batch_norm(&mut section, &weights)?;
        let mut teacher = Self::of(&mut section, layers, weights, Scope::Any)?;
        teacher.batch_norm = batch_norm;
        teacher.architecture = teacher.architecture.with_batch_norm(batch_norm);
        teacher.unit_outputs = match section.has(UNIT_OUTPUTS.name()) {
            true => section.flag(&UNIT_OUTPUTS)?,
            false => is_trained,
        };
        let mut training = section.section("training")?;
        teacher.training = match is_trained {
            true => Some(read_teachers(training, data.samples)?),
            false => {
                training.refuse(TEACHER_TRAINING, "only with teacher.weights = \"trained\"")?;
                training.finish()?;
                None
            }
        };
        section.finish()?;
        Ok(teacher)
    }

    fn of(section: &mut Section, (input, layers): (Shape, Layers), weights: Weights, scope: Scope) -> Result<Self> {
        let hidden = section.form(&HIDDEN, hidden_layers)?;
        let output = section.whole(&OUTPUTS)? as usize;
        let bias = section.flag(&TEACHER_BIAS)?;
        let architecture = layers.architecture(input, hidden, output, bias);
        let architecture = architecture.map_err(|error| {
            let allowed = "images that are large enough for all layers";
            section.contradiction(IMAGE.path, error.to_string(), allowed)
        })?;
        Ok(Self {
            architecture,
            layers,
            bias,
            batch_norm: None,
            weights,
            training: None,
            unit_outputs: false,
            scope,
        })
    }

    /// The layers of such a teacher with other hidden ones.
    ///
    /// # Errors
    /// As [`Layers::architecture`].
    pub fn with_hidden(&self, hidden: Vec<usize>) -> std::result::Result<Architecture, ArchitectureError> {
        let (input, output) = (self.architecture.input_shape(), self.architecture.output());
        self.layers.architecture(input, hidden, output, self.bias)
    }
}

/// What is drawn has none.
fn read_batch_norm(section: &mut Section, weights: &Weights) -> Result<Option<BatchNorm>> {
    let key = &BATCH_NORM_OF_TEACHER;
    let batch_norm = batch_norm::read(section, key, &AFFINE_OF_TEACHER)?[0];
    if let (Weights::Grid | Weights::Uniform, Some(norm)) = (weights, batch_norm) {
        let place = BatchNormPlace::of(Some(norm)).word();
        let found = format!("\"{place}\" with weights = \"{}\"", weights.word());
        let allowed = "\"none\", or weights that are trained or read: what is drawn has seen no batches";
        return Err(section.contradiction(key.path, found, allowed));
    }
    Ok(batch_norm)
}

impl Layers {
    /// Hidden layers and a linear output.
    ///
    /// # Errors
    /// Images that are smaller than the kernels.
    pub fn architecture(
        self,
        input: Shape,
        hidden: Vec<usize>,
        output: usize,
        bias: bool,
    ) -> std::result::Result<Architecture, ArchitectureError> {
        let batch_norm = None;
        match self {
            Self::Dense => Ok(FullyConnected {
                input: input.len(),
                hidden,
                output,
                bias,
                batch_norm,
            }
            .into()),
            Self::Convolution { kernel, padding } => Convolutional {
                input,
                channels: hidden,
                kernel,
                padding,
                output,
                bias,
                batch_norm,
            }
            .try_into(),
        }
    }
}

/// What a sample is, and what hidden layers are made from.
fn read_layers(section: &mut Section) -> Result<(Shape, Layers)> {
    match section.word(&LAYERS)? {
        LayerKind::Dense => {
            let convolutional = "only with teacher.layers = \"convolution\"";
            section.refuse(&[&IMAGE, &KERNEL, &PADDING], convolutional)?;
            let input = Shape::flat(section.whole(&INPUT_DIM)? as usize);
            Ok((input, Layers::Dense))
        }
        LayerKind::Convolution => {
            let allowed = "nothing with teacher.layers = \"convolution\": teacher.image is the input";
            section.refuse(&[&INPUT_DIM], allowed)?;
            let layers = Layers::Convolution {
                kernel: section.whole(&KERNEL)? as usize,
                padding: section.whole(&PADDING)? as usize,
            };
            Ok((section.form(&IMAGE, image)?, layers))
        }
    }
}

/// [channels, rows, columns]
fn image(value: &Value) -> Option<Shape> {
    let sides = value.items()?.iter().map(|item| item.value.whole());
    let [channels, height, width] = sides.collect::<Option<Vec<u64>>>()?[..] else {
        return None;
    };
    let is_size = |side: u64| (1..=1024).contains(&side);
    let is_image = is_size(channels) && is_size(height) && is_size(width);
    is_image.then(|| Shape::image(channels as usize, height as usize, width as usize))
}

/// As the keys are.
impl Serialize for Teacher {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let architecture = &self.architecture;
        let mut section = serializer.serialize_struct("Teacher", 5)?;
        let Shape {
            channels,
            height,
            width,
        } = architecture.input_shape();
        match self.layers {
            Layers::Dense => {
                if self.scope > Scope::Dense {
                    section.serialize_field("layers", LayerKind::Dense.word())?;
                }
                section.serialize_field("input_dim", &channels)?;
            }
            Layers::Convolution { kernel, padding } => {
                section.serialize_field("layers", LayerKind::Convolution.word())?;
                section.serialize_field("image", &[channels, height, width])?;
                section.serialize_field("kernel", &kernel)?;
                section.serialize_field("padding", &padding)?;
            }
        }
        section.serialize_field("hidden", &architecture.hidden())?;
        section.serialize_field("outputs", &architecture.output())?;
        section.serialize_field("bias", &self.bias)?;
        section.serialize_field("weights", &self.weights)?;
        if self.scope == Scope::Any {
            let norm = self.batch_norm;
            let affine = norm.is_some_and(|norm| norm.affine);
            section.serialize_field("batch_norm", &BatchNormPlace::of(norm))?;
            section.serialize_field("batch_norm_affine", &affine)?;
            section.serialize_field("unit_outputs", &self.unit_outputs)?;
        }
        if let Some(training) = &self.training {
            section.serialize_field("training", &TeachersTraining::from(training))?;
        }
        section.end()
    }
}
