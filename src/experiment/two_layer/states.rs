//! Full states as NumPy arrays, in the coordinates of R^d.

use crate::experiment::ResultFile;
use crate::flow::StateLayout;
use crate::network::Frame;
use ndarray::{Array1, Array2, Array3, Axis};
use ndarray_npy::WriteNpyExt;
use std::io::{self, Write};

/// What is written.
pub(in crate::experiment) struct States<'a> {
    pub times: Array1<f64>,
    pub states: &'a [Vec<f64>],
    pub layout: StateLayout,
    pub frame: &'a Frame,
    /// W* in the coordinates of the simulation.
    pub teacher: &'a Array2<f64>,
}

impl<'a> States<'a> {
    /// `times.npy` (T), `weights.npy` (T × d × n), `teacher.npy` (d × m) and, where V runs, `fan_out.npy` (T × n × C).
    ///
    /// Memory: T·d·n numbers while one is written.
    pub fn files(self) -> Vec<ResultFile<'a>> {
        let Self {
            times,
            states,
            layout,
            frame,
            teacher,
        } = self;
        let mut files = vec![
            ResultFile::new("times.npy", move |out| npy(&times, out)),
            ResultFile::new("weights.npy", move |out| {
                let basis = frame.basis(layout.coordinates).map_err(io::Error::other)?;
                let mut full = Array3::zeros((states.len(), basis.nrows(), layout.nodes));
                for (state, mut full) in states.iter().zip(full.axis_iter_mut(Axis(0))) {
                    full.assign(&basis.dot(&layout.weights(state).t()));
                }
                npy(&full, out)
            }),
            ResultFile::new("teacher.npy", move |out| {
                let teacher = frame.lift(teacher.view()).map_err(io::Error::other)?;
                npy(&teacher.as_standard_layout(), out)
            }),
        ];
        if layout.outputs > 0 {
            files.push(ResultFile::new("fan_out.npy", move |out| {
                let mut full = Array3::zeros((states.len(), layout.nodes, layout.outputs));
                for (state, mut full) in states.iter().zip(full.axis_iter_mut(Axis(0))) {
                    full.assign(&layout.fan_out(state));
                }
                npy(&full, out)
            }));
        }
        files
    }
}

fn npy(array: &impl WriteNpyExt, out: &mut dyn Write) -> io::Result<()> {
    array.write_npy(out).map_err(io::Error::other)
}
