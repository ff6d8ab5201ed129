//! Losses, their gradients in the output, and accuracy.

use super::data::Batch;
use crate::real::Real;
use ndarray::{ArrayView2, ArrayViewMut2, Zip};
use serde::Serialize;

/// What is minimised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Σ (y − y*)²/(B·C): the mean over samples and outputs, as the authors' framework has it.
    MeanSquared,
    /// −log softmax of the right class, the mean over samples.
    CrossEntropy,
}

impl Loss {
    /// The loss of outputs y (C × batch), and its gradient in them.
    ///
    /// # Panics
    /// If targets are of the wrong kind or shape.
    pub fn evaluate<T: Real>(self, output: ArrayView2<T>, batch: &Batch<T>, mut gradient: ArrayViewMut2<T>) -> f64 {
        let samples = output.ncols() as f64;
        match self {
            Self::MeanSquared => {
                let scale = 1.0 / (samples * output.nrows() as f64);
                let twice = T::from_f64(2.0 * scale);
                let mut sum = 0.0;
                Zip::from(&mut gradient).and(&output).and(&batch.values()).for_each(|g, &y, &target| {
                    let error = y - target;
                    sum += (error * error).to_f64();
                    *g = twice * error;
                });
                sum * scale
            }
            Self::CrossEntropy => {
                let mut sum = 0.0;
                let columns = output.columns().into_iter().zip(gradient.columns_mut());
                for ((y, mut g), &class) in columns.zip(batch.classes()) {
                    let largest = y.iter().fold(f64::NEG_INFINITY, |a, y| a.max(y.to_f64()));
                    let total: f64 = y.iter().map(|y| (y.to_f64() - largest).exp()).sum();
                    sum += total.ln() + largest - y[class as usize].to_f64();
                    for (c, (g, y)) in g.iter_mut().zip(&y).enumerate() {
                        let right = f64::from(c == class as usize);
                        let probability = (y.to_f64() - largest).exp() / total;
                        *g = T::from_f64((probability - right) / samples);
                    }
                }
                sum / samples
            }
        }
    }
}

/// How many of the outputs' largest entries are the right class.
pub fn accuracy<T: Real>(output: ArrayView2<T>, classes: &[u32]) -> usize {
    let columns = output.columns().into_iter().zip(classes);
    columns
        .filter(|(y, class)| {
            let right = y[**class as usize];
            y.iter().enumerate().all(|(c, &y)| c == **class as usize || y < right)
        })
        .count()
}
