//! Matrices from `.npy` files, in either precision.

use ndarray::{Array2, ArrayD, Ix2};
use ndarray_npy::{ReadNpyError, read_npy};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a `.npy` file is no matrix.
#[derive(Debug, Error)]
pub enum ArrayFileError {
    /// It could not be read.
    #[error("{path}: found {source}; allowed: a .npy file of float64 or float32", path = path.display())]
    Unreadable {
        /// the file
        path: PathBuf,
        /// why
        source: ReadNpyError,
    },
    /// It has another number of dimensions.
    #[error("{path}: found an array of shape {shape:?}; allowed: two dimensions", path = path.display())]
    NotAMatrix {
        /// the file
        path: PathBuf,
        /// its shape
        shape: Vec<usize>,
    },
}

/// Reads a matrix of float64 or float32.
pub fn read_matrix(path: &Path) -> Result<Array2<f64>, ArrayFileError> {
    let array: ArrayD<f64> = match read_npy(path) {
        Ok(array) => array,
        Err(ReadNpyError::WrongDescriptor(_)) => {
            let single: ArrayD<f32> =
                read_npy(path).map_err(|source| ArrayFileError::Unreadable {
                    path: path.into(),
                    source,
                })?;
            single.mapv(f64::from)
        }
        Err(source) => {
            return Err(ArrayFileError::Unreadable {
                path: path.into(),
                source,
            });
        }
    };
    let shape = array.shape().to_vec();
    array
        .into_dimensionality::<Ix2>()
        .map_err(|_| ArrayFileError::NotAMatrix {
            path: path.into(),
            shape,
        })
}
