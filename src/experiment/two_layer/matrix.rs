//! Matrices of a user, as the keys that name them want them.

use crate::experiment::{ExperimentError, read_matrix};
use ndarray::Array2;
use std::path::Path;

/// The matrix in a file, if it is usable; `allowed` says what is.
pub(in crate::experiment) fn read(
    key: &'static str,
    path: &Path,
    allowed: String,
    is_usable: impl FnOnce(&mut Array2<f64>) -> bool,
) -> Result<Array2<f64>, ExperimentError> {
    let mut matrix = read_matrix(path).map_err(|source| ExperimentError::File { key, source })?;
    if is_usable(&mut matrix) {
        return Ok(matrix);
    }
    Err(ExperimentError::Content {
        key,
        path: path.into(),
        found: format!("{} × {}", matrix.nrows(), matrix.ncols()),
        allowed,
    })
}

/// Whether a column of this norm has a direction.
pub(in crate::experiment) fn has_direction(norm: f64) -> bool {
    norm > 0.0 && norm.is_finite()
}
