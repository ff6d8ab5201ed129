//! Samples with labels that are mixed of components.

use super::{ImplicitRegularization, Labels};
use crate::experiment::ExperimentError;
use crate::experiment::deep::image_data::ImageData;
use crate::experiment::deep::problem::{Problem, teacher};
use crate::experiment::deep::samples::Samples;
use crate::network::deep::Deep;
use crate::sgd::{DataSet, Targets, gaussian_inputs, outputs};
use ndarray::{Array2, Axis};

/// What a student is to learn, and what its labels are made of.
pub(super) struct Labelled {
    /// Inputs with mixed labels.
    pub problem: Problem,
    /// They sum to the labels.
    pub components: Vec<Component>,
}

/// A part of the labels, of variance one on the training samples.
pub(super) struct Component {
    /// By which it enters the labels.
    pub amplitude: f64,
    /// N × C.
    pub training: Array2<f32>,
    /// N × C.
    pub held_out: Array2<f32>,
}

/// Where components come from.
struct Source {
    seed: u64,
    /// N × d.
    training: Array2<f32>,
    /// N × d.
    held_out: Array2<f32>,
}

impl Labelled {
    /// The samples of a seed, with such labels.
    ///
    /// # Errors
    /// A teacher that cannot be drawn or read.
    pub fn draw(
        scenario: &ImplicitRegularization,
        images: Option<&ImageData>,
        labels: Labels,
        seed: u64,
    ) -> Result<Self, ExperimentError> {
        let base = &scenario.base;
        let small = teacher(&base.teacher, seed)?;
        let large = scenario.large_teacher(seed)?;
        let inputs = |name: &str, count| {
            let shape = [count, small.architecture.input()];
            gaussian_inputs::<f32>(seed, name, shape, base.data.deviations()[0])
        };
        let (training, held_out) = match images {
            Some(images) => (images.training_inputs(base.data.samples), images.held_out_inputs()),
            None => (inputs("training", base.data.samples), inputs("held out", base.data.held_out)),
        };
        let source = Source {
            seed,
            training,
            held_out,
        };
        let noise = |part: f64| source.noise(small.architecture.output(), part);
        let components = match labels {
            Labels::Small => vec![source.taught(&small, 1.0)],
            Labels::Large => vec![source.taught(&large, 1.0)],
            Labels::Noise => vec![noise(1.0)],
            Labels::SmallAndNoise(p) => vec![source.taught(&small, 1.0 - p), noise(p)],
            Labels::SmallAndLarge(p) => {
                vec![source.taught(&small, 1.0 - p), source.taught(&large, p)]
            }
        };
        let set = |inputs, values: fn(&Component) -> &Array2<f32>| DataSet {
            inputs,
            targets: Targets::Values(mixed(&components, values)),
        };
        let training = set(source.training, |part| &part.training);
        let held_out = set(source.held_out, |part| &part.held_out);
        Ok(Self {
            problem: Problem {
                is_compared: true,
                teacher: small,
                training: Samples::Kept(training),
                held_out,
            },
            components,
        })
    }
}

impl Source {
    /// A teacher's outputs, centred and scaled on the training samples; `part` of the labels' variance.
    fn taught(&self, teacher: &Deep<f32>, part: f64) -> Component {
        let mut training = outputs(teacher, self.training.view());
        let mut held_out = outputs(teacher, self.held_out.view());
        let mean = training.mean_axis(Axis(0)).expect("there are samples");
        training -= &mean;
        held_out -= &mean;
        let square: f64 = training.iter().map(|y| f64::from(*y).powi(2)).sum();
        let scale = (training.len() as f64 / square).sqrt() as f32;
        Component {
            amplitude: part.sqrt(),
            training: training * scale,
            held_out: held_out * scale,
        }
    }

    /// Standard normal values of C outputs; `part` of the labels' variance.
    fn noise(&self, outputs: usize, part: f64) -> Component {
        let draw =
            |name: &str, inputs: &Array2<f32>| gaussian_inputs::<f32>(self.seed, name, [inputs.nrows(), outputs], 1.0);
        Component {
            amplitude: part.sqrt(),
            training: draw("label noise", &self.training),
            held_out: draw("held out label noise", &self.held_out),
        }
    }
}

/// Σ amplitude · values.
fn mixed(components: &[Component], values: fn(&Component) -> &Array2<f32>) -> Array2<f32> {
    let zeros = Array2::zeros(values(&components[0]).dim());
    components.iter().fold(zeros, |mut sum: Array2<f32>, part| {
        sum.scaled_add(part.amplitude as f32, values(part));
        sum
    })
}
