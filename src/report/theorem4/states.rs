//! Full states as NumPy arrays, in the coordinates of R^d.

use crate::experiment::theorem4::Outcome;
use crate::report::{Folder, FolderError};
use ndarray::{Array1, Array3, Axis};
use ndarray_npy::WriteNpyExt;
use std::io;
use std::path::PathBuf;

/// `times.npy` (T), `weights.npy` (T × d × n), `teacher.npy` (d × m) and, where V runs, `fan_out.npy` (T × n × C).
///
/// Memory: T·d·n numbers.
pub fn write(outcome: &Outcome, folder: &Folder) -> Result<Vec<PathBuf>, FolderError> {
    let simulation = &outcome.primary;
    let (layout, states) = (simulation.layout, &simulation.trajectory.states);
    let times: Array1<f64> = simulation
        .trajectory
        .rows
        .iter()
        .map(|row| row.time)
        .collect();
    let failed = |error: &dyn std::fmt::Display| io::Error::other(error.to_string());

    let mut files = vec![folder.write("times.npy", |out| {
        times.write_npy(out).map_err(|error| failed(&error))
    })?];
    files.push(folder.write("weights.npy", |out| {
        let basis = outcome
            .frame
            .basis(layout.coordinates)
            .map_err(|error| failed(&error))?;
        let mut full = Array3::zeros((states.len(), basis.nrows(), layout.nodes));
        for (state, mut full) in states.iter().zip(full.axis_iter_mut(Axis(0))) {
            full.assign(&basis.dot(&layout.weights(state).t()));
        }
        full.write_npy(out).map_err(|error| failed(&error))
    })?);
    files.push(folder.write("teacher.npy", |out| {
        let teacher = outcome
            .frame
            .lift(outcome.teacher.view())
            .map_err(|error| failed(&error))?;
        teacher
            .as_standard_layout()
            .write_npy(out)
            .map_err(|error| failed(&error))
    })?);
    if layout.outputs > 0 {
        files.push(folder.write("fan_out.npy", |out| {
            let mut full = Array3::zeros((states.len(), layout.nodes, layout.outputs));
            for (state, mut full) in states.iter().zip(full.axis_iter_mut(Axis(0))) {
                full.assign(&layout.fan_out(state));
            }
            full.write_npy(out).map_err(|error| failed(&error))
        })?);
    }
    Ok(files)
}
