//! Parameters of teacher and student: how they are held, drawn, and placed in R^d.

pub mod deep;
pub mod draw;
mod frame;
mod layer;
pub(crate) mod rows;
pub mod unit;

pub use frame::Frame;
pub use layer::{Layer, LayerView};

use ndarray::Array2;
use thiserror::Error;

/// A teacher and a student of two layers, with outputs V\*ᵀf\*(x) and Vᵀf(x).
#[derive(Clone, Debug)]
pub struct TwoLayer {
    /// W* (k × m) and its thresholds
    pub teacher: Layer,
    /// V*, m × C
    pub teacher_fan_out: Array2<f64>,
    /// W (k × n) and its thresholds
    pub student: Layer,
    /// V, n × C
    pub fan_out: Array2<f64>,
}

impl TwoLayer {
    /// All fan-out weights one and a single output: β = β* = 1, the setting of Theorem 4.
    ///
    /// `teacher` (k₀ × m) may have fewer coordinates than `student` (k × n): the rest are zero.
    pub fn with_unit_fan_out(teacher: &Array2<f64>, student: Array2<f64>, threshold: f64) -> Self {
        let m = teacher.ncols();
        let (k, n) = student.dim();
        let padded = draw::pad_rows(teacher.view(), k);
        Self {
            teacher: Layer::with_threshold(padded, threshold),
            teacher_fan_out: Array2::ones((m, 1)),
            student: Layer::with_threshold(student, threshold),
            fan_out: Array2::ones((n, 1)),
        }
    }
}

/// Why a network cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// More orthonormal vectors than dimensions.
    #[error("{nodes} orthonormal nodes do not fit into {dim} dimensions")]
    TooManyOrthonormal {
        /// nodes asked for
        nodes: usize,
        /// dimensions there are
        dim: usize,
    },
    /// No more distinct columns of grid entries.
    #[error("{nodes} distinct columns with entries from {{±½, ±¼, 0}} were not found in {dim} dimensions")]
    GridExhausted {
        /// nodes asked for
        nodes: usize,
        /// dimensions there are
        dim: usize,
    },
    /// A factorisation failed.
    #[error("a matrix factorisation failed: {0}")]
    Lapack(#[source] crate::linalg::LinalgError),
}
