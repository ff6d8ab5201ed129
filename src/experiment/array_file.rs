//! Matrices from `.npy` files: the one place where arrays of a user come in.

use crate::config::{check_npy_header, contents};
use ndarray::{Array2, ArrayD, ArrayViewD, Ix2};
use ndarray_npy::{ReadNpyExt, ViewNpyError, ViewNpyExt};
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a `.npy` file is no matrix.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ArrayFileError {
    /// It could not be read.
    #[error("{path}: found {found}; allowed: a .npy file of float64 or float32", path = path.display())]
    Unreadable {
        /// the file
        path: PathBuf,
        /// why
        found: String,
    },
    /// It has another number of dimensions.
    #[error("{path}: found an array of shape {shape:?}; allowed: two dimensions", path = path.display())]
    NotAMatrix {
        /// the file
        path: PathBuf,
        /// its shape
        shape: Vec<usize>,
    },
    /// An entry that is no number.
    #[error("{path}: found {entry} at [{row}, {column}]; allowed: finite numbers", path = path.display())]
    NotFinite {
        /// the file
        path: PathBuf,
        /// what stands there
        entry: f64,
        /// from 0
        row: usize,
        /// from 0
        column: usize,
    },
}

/// Reads a matrix of finite float64 or float32, in whatever order it is stored; row by row from here on. Nothing is allocated that the
/// file does not hold, whatever its header claims.
///
/// # Errors
/// Another type, another number of dimensions, a header that does not fit the length, entries that are not finite.
pub fn read_matrix(path: &Path) -> Result<Array2<f64>, ArrayFileError> {
    let unreadable = |found: String| ArrayFileError::Unreadable {
        path: path.into(),
        found,
    };
    let bytes = contents(path).map_err(|error| unreadable(error.to_string()))?;
    check_npy_header(&bytes).map_err(&unreadable)?;
    let array = decode(&bytes).map_err(|error| unreadable(error.to_string()))?;
    let shape = array.shape().to_vec();
    let matrix = array.into_dimensionality::<Ix2>().map_err(|_| ArrayFileError::NotAMatrix {
        path: path.into(),
        shape,
    })?;
    match matrix.indexed_iter().find(|(_, entry)| !entry.is_finite()) {
        Some(((row, column), &entry)) => Err(ArrayFileError::NotFinite {
            path: path.into(),
            entry,
            row,
            column,
        }),
        None => Ok(matrix),
    }
}

fn decode(bytes: &[u8]) -> Result<ArrayD<f64>, ViewNpyError> {
    let double = ArrayViewD::<f64>::view_npy(bytes).map(|view| in_rows(view.view()));
    let single = || ArrayViewD::<f32>::view_npy(bytes).map(|view| in_rows(view.mapv(f64::from).view()));
    match double {
        Err(ViewNpyError::WrongDescriptor(_)) => single(),
        // Its length fits the header; only where it lies in memory does not.
        Err(ViewNpyError::MisalignedData) => {
            let copied = ArrayD::<f64>::read_npy(io::Cursor::new(bytes));
            copied.map(|array| in_rows(array.view())).map_err(|_| ViewNpyError::MisalignedData)
        }
        other => other,
    }
}

/// The same numbers row by row: sums over them do not depend on how the file had them.
fn in_rows(view: ArrayViewD<f64>) -> ArrayD<f64> {
    view.as_standard_layout().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array, ShapeBuilder, arr2};
    use ndarray_npy::WriteNpyExt;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    /// A file of version 1 with this header and data.
    fn npy(header: &str, data: &[u8]) -> Vec<u8> {
        let length = (header.len() + 1) as u16;
        [b"\x93NUMPY\x01\x00", &length.to_le_bytes()[..], header.as_bytes(), b"\n", data].concat()
    }

    #[test]
    fn either_precision_and_either_order_give_the_same_matrix() {
        let matrix = arr2(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]]);
        let mut columns = Array::zeros((2, 3).f());
        columns.assign(&matrix);
        let mut bytes = [Vec::new(), Vec::new(), Vec::new()];
        matrix.write_npy(&mut bytes[0]).unwrap();
        columns.write_npy(&mut bytes[1]).unwrap();
        matrix.mapv(|x| x as f32).write_npy(&mut bytes[2]).unwrap();
        for bytes in &bytes {
            let read = read_matrix(file(bytes).path()).unwrap();
            assert_eq!(read, matrix);
            assert!(read.is_standard_layout());
        }
    }

    #[test]
    fn a_header_of_nested_brackets_is_refused_at_once() {
        for bracket in ["{", "(", "[", "{{[("] {
            for version in [1, 2, 3] {
                let mut bytes = npy(&bracket.repeat(60), &[0; 8]);
                bytes[6] = version;
                let begun = std::time::Instant::now();
                let said = read_matrix(file(&bytes).path()).unwrap_err().to_string();
                assert!(said.contains("float64 or float32"), "{said}");
                assert!(begun.elapsed().as_secs() < 5, "{bracket}, version {version}");
            }
        }
    }

    #[test]
    fn a_header_that_claims_more_than_there_is_costs_nothing() {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000000), }";
        let error = read_matrix(file(&npy(header, &[0; 64])).path()).unwrap_err();
        assert!(matches!(error, ArrayFileError::Unreadable { .. }), "{error}");
        // Version 2: a header of four gigabytes.
        let bytes = [b"\x93NUMPY\x02\x00".as_slice(), &u32::MAX.to_le_bytes()].concat();
        assert!(read_matrix(file(&bytes).path()).is_err());
        let error = read_matrix(Path::new("/dev/zero")).unwrap_err();
        assert!(error.to_string().contains("no regular file"), "{error}");
    }

    #[test]
    fn entries_that_are_no_numbers_are_named() {
        let mut bytes = Vec::new();
        arr2(&[[1.0, 2.0], [3.0, f64::NAN]]).write_npy(&mut bytes).unwrap();
        let error = read_matrix(file(&bytes).path()).unwrap_err();
        assert!(error.to_string().contains("found NaN at [1, 1]"), "{error}");
    }
}
