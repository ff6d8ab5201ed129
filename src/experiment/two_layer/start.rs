//! A student's start from files: W and V.

use crate::experiment::{ExperimentError, read_matrix};
use crate::network::{Frame, unit};
use ndarray::{Array2, Axis, concatenate};
use std::path::Path;

/// Teacher (coordinates in `frame`) and student (a file, d × `nodes`) in coordinates of their common span.
pub(in crate::experiment) fn place(
    path: &Path,
    frame: &Frame,
    teacher: &Array2<f64>,
    nodes: usize,
    seed: u64,
) -> Result<(Frame, Array2<f64>, Array2<f64>), ExperimentError> {
    let student = read_weights(path, frame.dim(), nodes)?;
    let full = frame.lift(teacher.view())?;
    let (frame, together) = Frame::of_columns(concatenate![Axis(1), full, student], seed)?;
    let (teacher, student) = together.view().split_at(Axis(1), teacher.ncols());
    let mut student = student.to_owned();
    // Coordinates are rounded; nodes are of unit norm to the last digit.
    for mut node in student.columns_mut() {
        unit::normalize(&mut node);
    }
    Ok((frame, teacher.to_owned(), student))
}

fn read_weights(path: &Path, dim: usize, nodes: usize) -> Result<Array2<f64>, ExperimentError> {
    let key = "student.weights";
    let mut weights = read_matrix(path).map_err(|source| ExperimentError::File { key, source })?;
    let shape = weights.dim();
    let mut usable = shape == (dim, nodes);
    for mut node in weights.columns_mut() {
        let norm = unit::normalize(&mut node);
        usable &= norm > 0.0 && norm.is_finite();
    }
    if usable {
        return Ok(weights);
    }
    Err(ExperimentError::Content {
        key,
        path: path.into(),
        found: format!("{} × {}", shape.0, shape.1),
        allowed: format!("input_dim × student nodes = {dim} × {nodes}, finite columns, none of them zero"),
    })
}

/// V, n × C.
pub(in crate::experiment) fn read_fan_out(path: &Path, shape: (usize, usize)) -> Result<Array2<f64>, ExperimentError> {
    let key = "student.fan_out";
    let fan_out = read_matrix(path).map_err(|source| ExperimentError::File { key, source })?;
    if fan_out.dim() == shape && fan_out.iter().all(|x| x.is_finite()) {
        return Ok(fan_out);
    }
    Err(ExperimentError::Content {
        key,
        path: path.into(),
        found: format!("{} × {}", fan_out.nrows(), fan_out.ncols()),
        allowed: format!("student nodes × outputs = {} × {}, finite", shape.0, shape.1),
    })
}
