//! Full states as NumPy arrays, in the coordinates of R^d.

use crate::flow::StateLayout;
use crate::network::Frame;
use crate::output::{Folder, FolderError};
use ndarray::{Array1, Array2, Array3, Axis};
use ndarray_npy::WriteNpyExt;
use std::io;
use std::path::PathBuf;

/// What is written.
pub(in crate::experiment) struct States<'a> {
    pub times: Array1<f64>,
    pub states: &'a [Vec<f64>],
    pub layout: StateLayout,
    pub frame: &'a Frame,
    /// W* in the coordinates of the simulation.
    pub teacher: &'a Array2<f64>,
}

impl States<'_> {
    /// `times.npy` (T), `weights.npy` (T × d × n), `teacher.npy` (d × m) and, where V runs, `fan_out.npy` (T × n × C).
    ///
    /// Memory: T·d·n numbers.
    pub fn write(&self, folder: &Folder) -> Result<Vec<PathBuf>, FolderError> {
        let failed = |error: &dyn std::fmt::Display| io::Error::other(error.to_string());
        let (layout, count) = (self.layout, self.states.len());
        let mut files = vec![
            folder.write("times.npy", |out| {
                self.times.write_npy(out).map_err(|error| failed(&error))
            })?,
            folder.write("weights.npy", |out| {
                let basis = self
                    .frame
                    .basis(layout.coordinates)
                    .map_err(|error| failed(&error))?;
                let mut full = Array3::zeros((count, basis.nrows(), layout.nodes));
                for (state, mut full) in self.states.iter().zip(full.axis_iter_mut(Axis(0))) {
                    full.assign(&basis.dot(&layout.weights(state).t()));
                }
                full.write_npy(out).map_err(|error| failed(&error))
            })?,
            folder.write("teacher.npy", |out| {
                let teacher = self
                    .frame
                    .lift(self.teacher.view())
                    .map_err(|error| failed(&error))?;
                teacher
                    .as_standard_layout()
                    .write_npy(out)
                    .map_err(|error| failed(&error))
            })?,
        ];
        if layout.outputs > 0 {
            files.push(folder.write("fan_out.npy", |out| {
                let mut full = Array3::zeros((count, layout.nodes, layout.outputs));
                for (state, mut full) in self.states.iter().zip(full.axis_iter_mut(Axis(0))) {
                    full.assign(&layout.fan_out(state));
                }
                full.write_npy(out).map_err(|error| failed(&error))
            })?);
        }
        Ok(files)
    }
}
