//! What is kept of an epoch, and its bytes.

use crate::measure::{Correlations, Winner};
use crate::sgd::Evaluation;
use ndarray::Array2;
use safetensors::tensor::{SafeTensors, TensorView};
use safetensors::{Dtype, SafeTensorError};

/// The network at the end of an epoch; epoch 0 is the start.
#[derive(Clone, Debug)]
pub struct EpochRecord {
    /// Epochs done.
    pub epoch: u64,
    /// Mean over the epoch of the losses before each step; NaN for the start.
    pub training_loss: f64,
    /// On held-out samples.
    pub held_out: Evaluation,
    /// ‖v_j‖ of each node, layer by layer.
    pub fan_out: Vec<Vec<f64>>,
    /// Teacher × student on held-out samples, layer by layer; empty where there is no teacher to compare with.
    pub correlations: Vec<Correlations>,
    /// What further metrics found.
    pub extra: Vec<f64>,
}

/// What the records of a training are made of.
#[derive(Debug, PartialEq)]
pub struct RecordShape {
    /// Nodes of each layer.
    pub fan_out: Vec<usize>,
    /// Teacher × student, of each layer that is compared.
    pub correlations: Vec<(usize, usize)>,
    /// Further metrics.
    pub extra: usize,
}

impl EpochRecord {
    /// What it is made of.
    pub fn shape(&self) -> RecordShape {
        let correlations = self.correlations.iter();
        RecordShape {
            fan_out: self.fan_out.iter().map(Vec::len).collect(),
            correlations: correlations.map(|layer| layer.matrix().dim()).collect(),
            extra: self.extra.len(),
        }
    }

    /// ρ̄ of each layer.
    pub fn rho(&self) -> Vec<f64> {
        self.correlations.iter().map(Correlations::mean_best).collect()
    }

    /// The best student of each teacher node, layer by layer.
    pub fn winners(&self) -> Vec<Vec<Option<Winner>>> {
        self.correlations.iter().map(Correlations::winners).collect()
    }

    /// As safetensors.
    ///
    /// # Errors
    /// Those of safetensors; for a record none is known.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SafeTensorError> {
        let doubles = |numbers: &[f64]| numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        let accuracy = self.held_out.accuracy.unwrap_or(f64::NAN);
        let numbers = [self.epoch as f64, self.training_loss, self.held_out.loss, accuracy];
        let mut parts: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = vec![
            ("numbers".into(), Dtype::F64, vec![4], doubles(&numbers)),
            ("extra".into(), Dtype::F64, vec![self.extra.len()], doubles(&self.extra)),
        ];
        for (l, norms) in self.fan_out.iter().enumerate() {
            parts.push((format!("fan_out.{l}"), Dtype::F64, vec![norms.len()], doubles(norms)));
        }
        for (l, correlations) in self.correlations.iter().enumerate() {
            let matrix = correlations.matrix();
            let bytes = matrix.iter().flat_map(|x| x.to_le_bytes()).collect();
            let shape = vec![matrix.nrows(), matrix.ncols()];
            parts.push((format!("correlations.{l}"), Dtype::F32, shape, bytes));
        }
        let views = parts
            .iter()
            .map(|(name, dtype, shape, bytes)| Ok((name, TensorView::new(*dtype, shape.clone(), bytes)?)))
            .collect::<Result<Vec<_>, SafeTensorError>>()?;
        safetensors::serialize(views, None)
    }

    /// From [`EpochRecord::to_bytes`]; `None` if the bytes are not whole.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let file = SafeTensors::deserialize(bytes).ok()?;
        let doubles = |name: &str| -> Option<Vec<f64>> {
            let data = file.tensor(name).ok()?;
            let words = data.data().chunks_exact(8);
            Some(words.filter_map(|word| word.try_into().ok()).map(f64::from_le_bytes).collect())
        };
        let matrix = |name: &str| -> Option<Correlations> {
            let tensor = file.tensor(name).ok()?;
            let [rows, columns] = *tensor.shape() else {
                return None;
            };
            let words = tensor.data().chunks_exact(4);
            let numbers = words.filter_map(|word| word.try_into().ok()).map(f32::from_le_bytes);
            let matrix = Array2::from_shape_vec((rows, columns), numbers.collect()).ok()?;
            Some(Correlations::of_matrix(matrix))
        };
        let numbers = doubles("numbers")?;
        let [epoch, training_loss, loss, accuracy] = numbers[..] else {
            return None;
        };
        Some(Self {
            epoch: epoch as u64,
            training_loss,
            held_out: Evaluation {
                loss,
                accuracy: (!accuracy.is_nan()).then_some(accuracy),
            },
            fan_out: (0..).map_while(|l| doubles(&format!("fan_out.{l}"))).collect(),
            correlations: (0..).map_while(|l| matrix(&format!("correlations.{l}"))).collect(),
            extra: doubles("extra")?,
        })
    }
}
