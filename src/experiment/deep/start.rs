//! Where a student's training begins: drawn or read, and scaled.

use crate::config::section::Section;
use crate::config::words::words;
use crate::config::{Fallback, Key, Range, keys};
use crate::experiment::ExperimentError;
use crate::experiment::deep::keys::Result;
use crate::experiment::deep::problem::{network_of, student};
use crate::network::deep::{Architecture, Deep};
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
    pub(in crate::experiment::deep) fn read(section: &mut Section) -> Result<Self> {
        Ok(Self {
            weights: section.word(&WEIGHTS)?,
            scale: section.number(&SCALE)?,
        })
    }

    /// Looks at what a student of these layers reads, before anything is computed.
    ///
    /// # Errors
    /// As [`Start::student`].
    pub(in crate::experiment::deep) fn prepare(
        &self,
        architecture: &Architecture,
    ) -> std::result::Result<(), ExperimentError> {
        match &self.weights {
            StartWeights::Uniform => Ok(()),
            StartWeights::File(_) => self.student(0, architecture).map(drop),
        }
    }

    /// The student of a seed.
    ///
    /// # Errors
    /// A file that cannot be read, or that has no student of these layers.
    pub(in crate::experiment::deep) fn student(
        &self,
        seed: u64,
        architecture: &Architecture,
    ) -> std::result::Result<Deep<f32>, ExperimentError> {
        let mut start = match &self.weights {
            StartWeights::Uniform => student(seed, architecture),
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
