//! Deep networks: a list of layers, and tensors under PyTorch's names.

use crate::{arrays, errors, job};
use luckflow::network::deep::layers::{Convolution, Dense, Flatten, LayerKind, Normalization, Operation, Relu};
use luckflow::network::deep::{
    Architecture, ArchitectureError, Deep, Shape, TensorError, not_finite, read_tensors, write_tensors,
};
use luckflow::sgd::outputs;
use numpy::{IntoPyArray, PyArray2};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::sync::Arc;

/// Of any side, number of nodes or channels, at most: what is multiplied with it stays a number.
const MOST: usize = 1 << 20;

/// A network with its numbers, in double precision.
#[pyclass(frozen, module = "luckflow._luckflow")]
pub struct DeepNetwork {
    network: Arc<Deep<f64>>,
}

/// A layer as Python hands it over: its kind, and what it is told.
type Words = (String, Vec<usize>);

#[pymethods]
impl DeepNetwork {
    /// A network that reads images of (channels, height, width), with the numbers of a safetensors file in double
    /// precision.
    #[new]
    fn new(input: [usize; 3], layers: Vec<Words>, data: &[u8]) -> PyResult<Self> {
        let architecture = architecture(input, &layers)?;
        // Before room is made for them.
        let wanted = numbers(&architecture);
        if wanted * 8 > data.len() as u128 {
            let found = format!("{} numbers", data.len() / 8);
            return Err(errors::argument("tensors", found, format!("the network's {wanted}")));
        }
        let (mut networks, _) = read_tensors::<f64>(data, &[("", &architecture)]).map_err(|error| refused(&error))?;
        let network = networks.pop().expect("one was wanted");
        if let Some(found) = not_finite("", &network) {
            return Err(errors::argument("tensors", found, "finite numbers"));
        }
        Ok(Self {
            network: Arc::new(network),
        })
    }

    /// Names and shapes of a network's tensors, and whether training changes them.
    #[staticmethod]
    fn tensors(input: [usize; 3], layers: Vec<Words>) -> PyResult<Vec<(String, Vec<usize>, bool)>> {
        let architecture = architecture(input, &layers)?;
        let mut all = Vec::new();
        for (l, stage) in architecture.stages().iter().enumerate() {
            for i in stage.clone() {
                let layout = architecture.layout(i);
                let name = |name: &str| format!("{}.{l}.{name}", layout.group);
                for vector in &layout.vectors {
                    all.push((name(vector.name), vec![vector.length], vector.learned));
                }
                if !layout.weights.is_empty() {
                    all.push((name("weight"), layout.weights.clone(), true));
                }
            }
        }
        Ok(all)
    }

    /// What it says to samples (N × numbers of one): N × C, with running statistics where it normalises.
    fn outputs<'py>(&self, py: Python<'py>, x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let x = arrays::rows(x, "x")?;
        let d = self.network.architecture.input();
        if x.ncols() != d {
            let found = format!("{} numbers in a sample", x.ncols());
            return Err(errors::argument("x", found, d));
        }
        let network = Arc::clone(&self.network);
        let found = job::wide(py, move || outputs(&network, x.view()))?;
        Ok(found.into_pyarray(py))
    }

    /// As a safetensors file in single precision, with `prefix` before each name: what scenarios read.
    fn single<'py>(&self, py: Python<'py>, prefix: &str) -> PyResult<Bound<'py, PyBytes>> {
        let network = self.network.cast::<f32>();
        let bytes = write_tensors(&[(prefix, &network)], &[], &[]);
        let bytes = bytes.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        Ok(PyBytes::new(py, &bytes))
    }
}

/// All numbers of all tensors.
fn numbers(architecture: &Architecture) -> u128 {
    let layouts = architecture.layouts();
    let of_one = |layout: luckflow::network::deep::Layout| {
        let vectors = layout.vectors.iter().map(|vector| vector.length as u128);
        let weights = layout.weights.iter().map(|&side| side as u128);
        let weights = if layout.weights.is_empty() {
            0
        } else {
            weights.product()
        };
        weights + vectors.sum::<u128>()
    };
    layouts.map(of_one).sum()
}

fn architecture(input: [usize; 3], layers: &[Words]) -> PyResult<Architecture> {
    let [channels, height, width] = input.map(|side| side.clamp(1, MOST));
    if [channels, height, width] != input {
        let found = format!("{input:?}");
        return Err(errors::argument("input", found, format!("sides from 1 to {MOST}")));
    }
    let operations = layers.iter().enumerate().map(|(i, layer)| operation(i, layer));
    let operations = operations.collect::<PyResult<Vec<Operation>>>()?;
    Architecture::new(Shape::image(channels, height, width), operations).map_err(|error| {
        let (key, found, allowed) = match &error {
            ArchitectureError::Shape { index, found } => {
                let (found, allowed) = found.split_once("; allowed: ").unwrap_or((found, ""));
                (format!("layers[{index}]"), found.to_owned(), allowed.to_owned())
            }
            ArchitectureError::Order { found, allowed } => {
                ("layers".to_owned(), (*found).to_owned(), (*allowed).to_owned())
            }
            other => ("layers".to_owned(), other.to_string(), String::new()),
        };
        errors::argument(&key, found, allowed)
    })
}

fn operation(index: usize, (kind, told): &Words) -> PyResult<Operation> {
    let key = format!("layers[{index}]");
    if let Some(number) = told.iter().find(|&&number| number > MOST) {
        return Err(errors::argument(&key, number, format!("numbers up to {MOST}")));
    }
    let mut made: Operation = match (kind.as_str(), &told[..]) {
        ("dense", &[nodes, bias]) => Dense { nodes, bias: bias > 0 }.into(),
        ("convolution", &[channels, kernel, padding, bias]) => {
            let bias = bias > 0;
            Convolution {
                channels,
                kernel,
                padding,
                bias,
            }
            .into()
        }
        ("batch-norm", &[affine]) => Normalization { affine: affine > 0 }.into(),
        ("relu", []) => Relu.into(),
        ("flatten", []) => Flatten.into(),
        _ => {
            return Err(errors::argument(&key, kind, "a kind of layer of luckflow's"));
        }
    };
    match made.nodes() {
        Some((0, _)) => Err(errors::argument(&key, "no nodes", "one at least")),
        _ => Ok(made),
    }
}

/// Tensors that are not those of the network.
fn refused(error: &TensorError) -> PyErr {
    match error {
        TensorError::Shape { name, found, allowed } => errors::argument(&format!("tensors[{name:?}]"), found, allowed),
        other => {
            let text = other.to_string();
            let (found, allowed) = text.split_once("; allowed: ").unwrap_or((&text, ""));
            let found = found.strip_prefix("found ").unwrap_or(found);
            errors::argument("tensors", found, allowed)
        }
    }
}
