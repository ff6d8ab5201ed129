//! A student's start from files: W and V.

use super::matrix;
use crate::experiment::ExperimentError;
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
    let dim = frame.dim();
    let allowed = format!("input_dim × student nodes = {dim} × {nodes}, finite columns, none of them zero");
    let student = matrix::read("student.weights", path, allowed, |weights| {
        let normalized = |mut node| matrix::has_direction(unit::normalize(&mut node));
        weights.dim() == (dim, nodes) && weights.columns_mut().into_iter().all(normalized)
    })?;
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

/// V, n × C.
pub(in crate::experiment) fn read_fan_out(path: &Path, shape: (usize, usize)) -> Result<Array2<f64>, ExperimentError> {
    let allowed = format!("student nodes × outputs = {} × {}, finite", shape.0, shape.1);
    matrix::read("student.fan_out", path, allowed, |fan_out| fan_out.dim() == shape)
}
