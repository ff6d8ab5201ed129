//! What is to be learned: a teacher, samples to train on, samples to be measured on.

use super::super::ExperimentError;
use crate::config;
use crate::experiment::deep::keys::{Base, Weights};
use crate::measure::Standardized;
use crate::network::deep::{Architecture, Deep, grid_teacher, not_finite, read_tensors, uniform};
use crate::rng;
use crate::sgd::{DataSet, Loss, Mode, Pass, gaussian_inputs};

/// A teacher's name in a file of tensors.
pub const TEACHER: &str = "teacher.";

/// One problem.
pub struct Problem {
    /// The teacher.
    pub teacher: Deep<f32>,
    /// Samples to train on.
    pub training: DataSet<f32>,
    /// Samples that are never trained on.
    pub held_out: DataSet<f32>,
    /// The teacher's hidden layers on these.
    pub standardized: Vec<Standardized>,
}

impl Problem {
    /// The problem of a seed: teacher, inputs N(0, σ² I), and what the teacher says to them.
    ///
    /// # Errors
    /// A teacher that cannot be drawn or read.
    pub fn of(base: &Base, seed: u64, deviation: f64) -> Result<Self, ExperimentError> {
        let teacher = teacher(base, seed)?;
        let data = |name, samples| {
            let shape = [samples, teacher.architecture.input()];
            let data = DataSet::taught(gaussian_inputs(seed, name, shape, deviation), &teacher);
            match base.training.training.loss {
                Loss::MeanSquared => data,
                Loss::CrossEntropy => data.classified(),
            }
        };
        let training = data("training", base.data.samples);
        Ok(Self::with(
            teacher.clone(),
            training,
            data("held out", base.data.held_out),
        ))
    }

    /// A problem of given data.
    pub fn with(teacher: Deep<f32>, training: DataSet<f32>, held_out: DataSet<f32>) -> Self {
        let mut pass = Pass::new(&teacher.architecture, held_out.len());
        pass.forward(&teacher, held_out.inputs.t(), Mode::Evaluation);
        Self {
            standardized: (0..teacher.depth())
                .map(|l| Standardized::of(pass.activations(l)))
                .collect(),
            teacher,
            training,
            held_out,
        }
    }
}

/// Draws or loads the teacher.
pub fn teacher(base: &Base, seed: u64) -> Result<Deep<f32>, ExperimentError> {
    let architecture = &base.teacher.architecture;
    let mut stream = rng::stream(seed, "teacher", &[]);
    match &base.teacher.weights {
        Weights::Grid => Ok(grid_teacher(&mut stream, architecture)?),
        Weights::Uniform => Ok(uniform(&mut stream, architecture)),
        Weights::File(path) => {
            let key = "teacher.weights";
            let content = |found: String, allowed: &str| ExperimentError::Content {
                key,
                path: path.to_path_buf(),
                found,
                allowed: allowed.into(),
            };
            let bytes = config::contents(path)
                .map_err(|error| content(error.to_string(), "a file that can be read"))?;
            let (mut networks, _) =
                read_tensors(&bytes, &[(TEACHER, architecture)]).map_err(|error| {
                    content(error.to_string(), "the teacher of a run, of these layers")
                })?;
            let network = networks.remove(0);
            match not_finite(TEACHER, &network) {
                Some(place) => Err(content(place, "finite weights")),
                None => Ok(network),
            }
        }
    }
}

/// The student of a seed at its start.
pub fn student(seed: u64, architecture: &Architecture) -> Deep<f32> {
    uniform(&mut rng::stream(seed, "student", &[]), architecture)
}
