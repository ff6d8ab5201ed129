//! How much of each component of the labels a student has fitted.

use super::labelled::Labelled;
use crate::experiment::deep::plan::{Metric, Observation};
use crate::network::deep::{Architecture, Deep};
use crate::sgd::{Mode, Pass, piece};
use ndarray::{Array2, Zip, s};
use std::sync::Mutex;

/// Training samples on which fitted parts are measured, the first ones.
const MEASURED: usize = 4096;

/// Components on some training samples, to be found again in a student's outputs.
pub(super) struct Fit {
    /// N × d.
    inputs: Array2<f32>,
    /// Amplitude in the labels, and values N × C.
    parts: Vec<(f64, Array2<f32>)>,
    /// Working memory, and what was found at the last look.
    work: Mutex<(Pass<f32>, Vec<f64>)>,
}

impl Fit {
    /// On the first training samples, for students of an architecture.
    pub fn new(labelled: &Labelled, architecture: &Architecture) -> Self {
        let most = MEASURED.min(piece(architecture, MEASURED));
        let inputs = labelled.problem.training.head(most).inputs;
        let measured = inputs.nrows();
        let parts = labelled.components.iter();
        Self {
            inputs,
            parts: parts
                .map(|part| {
                    let values = part.training.slice(s![..measured, ..]);
                    (part.amplitude, values.to_owned())
                })
                .collect(),
            work: Mutex::new((Pass::new(architecture, measured), Vec::new())),
        }
    }

    /// One for each component.
    pub fn metrics(&self) -> Vec<Box<dyn Metric + '_>> {
        (0..self.parts.len())
            .map(|component| Box::new(Fitted { fit: self, component }) as Box<dyn Metric>)
            .collect()
    }

    /// Least squares: outputs ≈ Σ a_i component_i; a_i over the amplitude that it has in the labels.
    fn measure(&self, network: &Deep<f32>, pass: &mut Pass<f32>) -> Vec<f64> {
        pass.forward(network, self.inputs.t(), Mode::Evaluation);
        let output = pass.output();
        let product = |a: &Array2<f32>, b: ndarray::ArrayView2<f32>| {
            Zip::from(a).and(b).fold(0.0, |sum, &a, &b| sum + f64::from(a) * f64::from(b))
        };
        let onto: Vec<f64> = self.parts.iter().map(|part| product(&part.1, output.t())).collect();
        let gram = |i: usize, j: usize| product(&self.parts[i].1, self.parts[j].1.view());
        let coefficients = match self.parts.len() {
            1 => vec![onto[0] / gram(0, 0)],
            _ => {
                let (a, b, c) = (gram(0, 0), gram(0, 1), gram(1, 1));
                let determinant = a * c - b * b;
                vec![(onto[0] * c - onto[1] * b) / determinant, (onto[1] * a - onto[0] * b) / determinant]
            }
        };
        let amplitudes = self.parts.iter().map(|part| part.0);
        coefficients.into_iter().zip(amplitudes).map(|(x, a)| x / a).collect()
    }
}

struct Fitted<'a> {
    fit: &'a Fit,
    component: usize,
}

impl Metric for Fitted<'_> {
    fn name(&self) -> String {
        format!("fitted_{}", self.component + 1)
    }

    fn measure(&self, at: &Observation) -> f64 {
        let mut work = self.fit.work.lock().expect("nothing panics with it");
        let (pass, found) = &mut *work;
        // Components are asked for one after another: the first look serves them all.
        if self.component == 0 {
            *found = self.fit.measure(at.network, pass);
        }
        found[self.component]
    }
}
