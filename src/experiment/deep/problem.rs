//! What is to be learned: a teacher, samples to train on, samples to be measured on.

use super::super::ExperimentError;
use super::image_data::ImageData;
use super::samples::Samples;
use crate::config;
use crate::experiment::deep::keys::{Base, Teacher, Weights};
use crate::network::deep::{Architecture, Deep, grid_teacher, not_finite, read_tensors, uniform};
use crate::rng;
use crate::sgd::DataSet;
use std::path::Path;

/// A teacher's name in a file of tensors.
pub const TEACHER: &str = "teacher.";

/// One problem.
pub struct Problem {
    /// The teacher.
    pub teacher: Deep<f32>,
    /// Samples to train on.
    pub training: Samples,
    /// Samples that are never trained on.
    pub held_out: DataSet<f32>,
    /// Whether students' layers are compared with the teacher's.
    pub is_compared: bool,
}

/// Looks at what a scenario reads before anything is computed: the teacher's file, and the images, which it gives.
pub fn prepare(base: &Base) -> Result<Option<ImageData>, ExperimentError> {
    if let Weights::File(_) = base.teacher.weights {
        teacher(&base.teacher, base.seed)?;
    }
    ImageData::load(base)
}

/// Draws or loads the teacher.
pub fn teacher(teacher: &Teacher, seed: u64) -> Result<Deep<f32>, ExperimentError> {
    let architecture = &teacher.architecture;
    let mut stream = rng::stream(seed, "teacher", &[]);
    match &teacher.weights {
        Weights::Grid => Ok(grid_teacher(&mut stream, architecture)?),
        // What is trained begins so.
        Weights::Uniform | Weights::Trained => Ok(uniform(&mut stream, architecture)),
        Weights::File(path) => network_of("teacher.weights", path, TEACHER, architecture),
    }
}

/// The network of this name in a file that a run left.
pub fn network_of(
    key: &'static str,
    path: &Path,
    name: &str,
    architecture: &Architecture,
) -> Result<Deep<f32>, ExperimentError> {
    let content = |found: String, allowed: &str| ExperimentError::Content {
        key,
        path: path.to_path_buf(),
        found,
        allowed: allowed.into(),
    };
    let bytes = config::contents(path).map_err(|error| content(error.to_string(), "a file that can be read"))?;
    let of_run = format!("the {} of a run, of these layers", name.trim_end_matches('.'));
    let (mut networks, _) =
        read_tensors(&bytes, &[(name, architecture)]).map_err(|error| content(error.to_string(), &of_run))?;
    let network = networks.remove(0);
    match not_finite(name, &network) {
        Some(place) => Err(content(place, "finite weights")),
        None => Ok(network),
    }
}
