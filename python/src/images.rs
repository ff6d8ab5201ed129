//! Folders of real images.

use crate::{errors, job};
use luckflow::images::{ImageError, ImageFolder, Images, Moments};
use ndarray::{Array1, Array4};
use numpy::{IntoPyArray, PyArray1, PyArray4};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Images × channels × rows × columns, and a class each.
type Set<'py> = (Bound<'py, PyArray4<u8>>, Bound<'py, PyArray1<u8>>);

/// Images to train on and images to test on, as they were stored.
#[pyclass(frozen, module = "luckflow._luckflow")]
pub struct ImageSet {
    folder: Arc<ImageFolder>,
}

#[pymethods]
impl ImageSet {
    /// Reads a folder.
    #[new]
    fn new(py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        let opened = job::wide(py, move || ImageFolder::open(&folder))?;
        let opened = opened.map_err(|error| match error {
            ImageError::Unreadable { path, error } => {
                let text = format!("{}: {error}", path.display());
                io::Error::new(error.kind(), text).into()
            }
            mistake => errors::in_words(&mistake.to_string()),
        });
        Ok(Self {
            folder: Arc::new(opened?),
        })
    }

    /// How they were stored.
    #[getter]
    fn format(&self) -> String {
        self.folder.format.to_string()
    }

    /// Number of classes.
    #[getter]
    fn classes(&self) -> usize {
        self.folder.classes()
    }

    /// To train on: pixels and classes.
    fn train<'py>(&self, py: Python<'py>) -> Set<'py> {
        arrays(py, &self.folder.train)
    }

    /// Never trained on: pixels and classes.
    fn test<'py>(&self, py: Python<'py>) -> Set<'py> {
        arrays(py, &self.folder.test)
    }

    /// How many there are of each class, to train on and to test on.
    fn counts(&self) -> (Vec<usize>, Vec<usize>) {
        let classes = self.folder.classes();
        (self.folder.train.counts(classes), self.folder.test.counts(classes))
    }

    /// Mean and deviation of each channel of the images to train on, pixels from 0 to 1.
    fn moments(&self) -> (Vec<f64>, Vec<f64>) {
        let Moments { mean, deviation } = Moments::of(&self.folder.train);
        (mean, deviation)
    }

    /// The first images of each class, a row per class, as PNG.
    fn sheet<'py>(&self, py: Python<'py>, columns: usize) -> PyResult<Bound<'py, PyBytes>> {
        let mut png = Vec::new();
        let classes = self.folder.classes();
        let written = self.folder.train.write_sheet(classes, columns, &mut png);
        written?;
        Ok(PyBytes::new(py, &png))
    }
}

fn arrays<'py>(py: Python<'py>, images: &Images) -> Set<'py> {
    let shape = images.shape();
    let of = (images.len(), shape.channels, shape.height, shape.width);
    let pixels = (0..images.len()).flat_map(|index| images.image(index).iter().copied());
    let pixels = Array4::from_shape_vec(of, pixels.collect()).expect("as many as the shape says");
    let labels = Array1::from(images.labels().to_vec());
    (pixels.into_pyarray(py), labels.into_pyarray(py))
}
