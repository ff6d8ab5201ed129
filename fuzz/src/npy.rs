//! Matrices in NumPy's format.

use crate::{scratch, sentence};
use luckflow::experiment::read_matrix;
use luckflow::ndarray::{Array, Array2, ArrayD, ShapeBuilder};
use ndarray_npy::WriteNpyExt;
use std::sync::LazyLock;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(scratch);

/// What is read is finite, row by row, and no larger than the file.
pub fn read(data: &[u8]) {
    let path = FOLDER.path().join("w.npy");
    std::fs::write(&path, data).expect("a folder that can be written to");
    match read_matrix(&path) {
        Err(error) => sentence(error),
        Ok(matrix) => {
            assert!(matrix.iter().all(|entry| entry.is_finite()));
            assert!(matrix.is_standard_layout() && 4 * matrix.len() <= data.len());
        }
    }
}

/// Both precisions, both orders, other dimensions and types.
pub fn seeds() -> Vec<Vec<u8>> {
    let matrix = Array::from_shape_fn((3, 2), |(row, column)| row as f64 - 0.1 * column as f64);
    let mut columns = Array2::zeros((3, 2).f());
    columns.assign(&matrix);
    let deep: ArrayD<f64> = matrix.clone().into_dyn();
    let whole = Array::from_vec(vec![1_i64, 2]);
    vec![
        npy(&matrix),
        npy(&columns),
        npy(&matrix.mapv(|x| x as f32)),
        npy(&deep),
        npy(&matrix.row(0).to_owned()),
        npy(&whole),
    ]
}

fn npy(array: &impl WriteNpyExt) -> Vec<u8> {
    let mut bytes = Vec::new();
    array.write_npy(&mut bytes).expect("writing into memory does not fail");
    bytes
}
