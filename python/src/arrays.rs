//! Arrays that come in: whatever NumPy takes for numbers, checked.

use crate::errors;
use ndarray::{Array1, Array2, ArrayView, ArrayView2, Axis, Dimension, Ix1, Ix2};
use numpy::npyffi::NPY_ARRAY_ALIGNED;
use numpy::{PyArrayDescrMethods, PyReadonlyArray, PyUntypedArray, PyUntypedArrayMethods, dtype};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::IntoPyDict;

/// Finite numbers of so many dimensions, without a copy where they are float64 already.
fn read<'py, D: Dimension>(
    value: &Bound<'py, PyAny>,
    name: &str,
    dimensions: &str,
) -> PyResult<PyReadonlyArray<'py, f64, D>> {
    let array = if is_plain(value) {
        value.clone()
    } else {
        convert(value, name)?
    };
    let read: PyReadonlyArray<'py, f64, D> = array.extract().map_err(|_| {
        let shape = array.cast::<PyUntypedArray>().map_or(Vec::new(), |array| array.shape().to_vec());
        errors::argument(name, format!("an array of shape {shape:?}"), dimensions)
    })?;
    check_finite(read.as_array(), name)?;
    Ok(read)
}

/// Whether it is an array of aligned float64.
fn is_plain(value: &Bound<'_, PyAny>) -> bool {
    value.cast::<PyUntypedArray>().is_ok_and(|array| {
        // SAFETY: a live array object, of which a flag is read.
        let flags = unsafe { (*array.as_array_ptr()).flags };
        flags & NPY_ARRAY_ALIGNED != 0 && array.dtype().is_equiv_to(&dtype::<f64>(value.py()))
    })
}

/// A new array of float64; complex numbers and words are none.
fn convert<'py>(value: &Bound<'py, PyAny>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    static AS_ARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = value.py();
    let as_array = AS_ARRAY.import(py, "numpy", "asarray")?;
    let convert = || {
        let array = as_array.call1((value,))?;
        let casting = [(intern!(py, "casting"), "same_kind")].into_py_dict(py)?;
        let to = (dtype::<f64>(py),);
        array.call_method(intern!(py, "astype"), to, Some(&casting))
    };
    convert().map_err(|_: PyErr| {
        let kind = value.get_type();
        let kind = kind
            .name()
            .map_or_else(|_| "something else".into(), |name| format!("{name} that holds no real numbers"));
        errors::argument(name, kind, "an array of real numbers")
    })
}

fn check_finite<D: Dimension>(array: ArrayView<f64, D>, name: &str) -> PyResult<()> {
    let finite = match array.as_slice_memory_order() {
        Some(entries) => all_finite(entries),
        None => array.iter().all(|x| x.is_finite()),
    };
    if finite {
        return Ok(());
    }
    let mut place = String::new();
    for (index, entry) in array.view().into_dyn().indexed_iter() {
        if !entry.is_finite() {
            place = match index.slice() {
                [] => entry.to_string(),
                index => format!("{entry} at {index:?}"),
            };
            break;
        }
    }
    Err(errors::argument(name, place, "finite numbers"))
}

/// Of finite numbers the sum of products with zero is zero; in lanes, so that it goes by vectors.
fn all_finite(entries: &[f64]) -> bool {
    let (lanes, rest) = entries.as_chunks::<16>();
    let mut sums = [0.0; 16];
    for entries in lanes {
        for (sum, x) in sums.iter_mut().zip(entries) {
            *sum += x * 0.0;
        }
    }
    sums.iter().chain(rest).all(|x| x.is_finite())
}

/// A vector.
pub fn vector<'py>(value: &Bound<'py, PyAny>, name: &str) -> PyResult<PyReadonlyArray<'py, f64, Ix1>> {
    read(value, name, "one dimension")
}

/// A matrix.
pub fn matrix<'py>(value: &Bound<'py, PyAny>, name: &str) -> PyResult<PyReadonlyArray<'py, f64, Ix2>> {
    read(value, name, "two dimensions")
}

/// A copy of a matrix of this shape, in which each column is contiguous.
pub fn columns(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Array2<f64>> {
    Ok(stored_by_rows(matrix(value, name)?.as_array().t()).reversed_axes())
}

/// A copy of a matrix, row by row.
pub fn rows(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Array2<f64>> {
    Ok(stored_by_rows(matrix(value, name)?.as_array()))
}

/// A copy, row by row. What is stored in another order goes by tiles that fit the first-level cache.
pub fn stored_by_rows(matrix: ArrayView2<f64>) -> Array2<f64> {
    const TILE: usize = 32;
    if matrix.is_standard_layout() {
        return matrix.to_owned();
    }
    let mut copy = Array2::zeros(matrix.dim());
    let rows = matrix.axis_chunks_iter(Axis(0), TILE);
    for (mut to, from) in copy.axis_chunks_iter_mut(Axis(0), TILE).zip(rows) {
        let tiles = from.axis_chunks_iter(Axis(1), TILE);
        for (mut to, from) in to.axis_chunks_iter_mut(Axis(1), TILE).zip(tiles) {
            to.assign(&from);
        }
    }
    copy
}

/// One number for each of `count` nodes, from one for all or one for each.
pub fn per_node(value: &Bound<'_, PyAny>, name: &str, count: usize) -> PyResult<Array1<f64>> {
    if let Ok(number) = value.extract::<f64>() {
        check_finite(ndarray::aview0(&number), name)?;
        return Ok(Array1::from_elem(count, number));
    }
    let values = vector(value, name)?.as_array().to_owned();
    if values.len() == count {
        return Ok(values);
    }
    let found = format!("{} numbers", values.len());
    Err(errors::argument(name, found, format!("one number, or one for each of {count} nodes")))
}

/// Whether a matrix has this shape.
pub fn check_shape(name: &str, found: (usize, usize), symbols: &str, allowed: (usize, usize)) -> PyResult<()> {
    if found == allowed {
        return Ok(());
    }
    let found = format!("{} × {}", found.0, found.1);
    let allowed = format!("{symbols} = {} × {}", allowed.0, allowed.1);
    Err(errors::argument(name, found, allowed))
}
