//! Where a student's training begins: drawn or read, and scaled.

use crate::config::section::Section;
use crate::config::words::words;
use crate::config::{Fallback, Key, Range, keys};
use crate::experiment::ExperimentError;
use crate::experiment::deep::keys::{self, Student};
use crate::experiment::deep::problem::network_of;
use crate::network::deep::{Architecture, Deep, uniform};
use crate::rng;
use serde::Serialize;

/// A student's name in a file of tensors.
pub const STUDENT: &str = "student.";

words! {
    /// Where a student's weights come from.
    pub enum StartWeights {
        /// Uniform in ±1/√inputs.
        Uniform = "uniform",
    }
    files {
        /// A `.safetensors` file, as runs leave it.
        File("file", ".safetensors"),
    }
}

/// Far within what `f32` holds.
const SCALES: Range = Range::closed(1e-6, 1e6, "a number from 1e-6 to 1e6");

keys! {
    /// Where training begins.
    pub(in crate::experiment::deep) START {
        WEIGHTS = Key::words::<StartWeights>("student.weights")
            .or(Fallback::Word("uniform"))
            .means("uniform in ±1/√inputs; the student of an earlier run as it was at its end, of the same layers, for all seeds");
        SCALE = Key::number("student.scale", SCALES)
            .or(Fallback::Number(1.0))
            .means("all weights and biases at the start are multiplied by this")
            .label("scale of the start");
    }
}

/// The start of all students.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Start {
    weights: StartWeights,
    scale: f64,
}

impl Start {
    /// Reads the keys.
    pub(in crate::experiment::deep) fn read(section: &mut Section) -> keys::Result<Self> {
        Ok(Self {
            weights: section.word(&WEIGHTS)?,
            scale: section.number(&SCALE)?,
        })
    }

    /// The student of a seed.
    fn student(&self, seed: u64, architecture: &Architecture) -> Result<Deep<f32>, ExperimentError> {
        let mut start = match &self.weights {
            StartWeights::Uniform => drawn(seed, architecture),
            StartWeights::File(path) => network_of(WEIGHTS.path, path, STUDENT, architecture)?,
        };
        let scale = self.scale as f32;
        for l in 0..=start.depth() {
            let layer = start.linear_mut(l);
            layer.weights.mapv_inplace(|w| scale * w);
            layer.bias_mut().mapv_inplace(|b| scale * b);
        }
        Ok(start)
    }
}

impl Student {
    /// Looks at what a student of these layers reads, before anything is computed.
    ///
    /// # Errors
    /// As [`Student::at_start`].
    pub(in crate::experiment::deep) fn prepare(&self, architecture: &Architecture) -> Result<(), ExperimentError> {
        match &self.start {
            Some(Start {
                weights: StartWeights::File(_),
                ..
            }) => self.at_start(0, architecture).map(drop),
            _ => Ok(()),
        }
    }

    /// The student of a seed before it is trained.
    ///
    /// # Errors
    /// A file that cannot be read, or that has no student of these layers.
    pub(in crate::experiment::deep) fn at_start(
        &self,
        seed: u64,
        architecture: &Architecture,
    ) -> Result<Deep<f32>, ExperimentError> {
        match &self.start {
            Some(start) => start.student(seed, architecture),
            None => Ok(drawn(seed, architecture)),
        }
    }
}

fn drawn(seed: u64, architecture: &Architecture) -> Deep<f32> {
    uniform(&mut rng::stream(seed, "student", &[]), architecture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::deep::FullyConnected;

    #[test]
    fn a_scale_multiplies_all_weights_and_biases() {
        let architecture = Architecture::from(FullyConnected {
            input: 6,
            hidden: vec![7, 5],
            output: 4,
            bias: true,
            batch_norm: None,
        });
        let of_scale = |scale| {
            let weights = StartWeights::Uniform;
            Start { weights, scale }.student(1, &architecture).unwrap()
        };
        let (whole, half) = (of_scale(1.0), of_scale(0.5));
        for l in 0..=whole.depth() {
            let (whole, half) = (whole.linear(l), half.linear(l));
            assert_eq!(half.weights, &whole.weights * 0.5);
            assert_eq!(half.bias(), &(whole.bias() * 0.5));
            assert!(half.bias().iter().all(|b| *b != 0.0));
        }
    }
}
