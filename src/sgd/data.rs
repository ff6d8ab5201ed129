//! Samples with their targets, and mini-batches of them.

use crate::network::deep::{Architecture, Deep};
use crate::real::Real;
use crate::rng;
use crate::sgd::changing::largest;
use crate::sgd::{Loss, Mode, Pass, Source};
use ndarray::parallel::prelude::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, s};

/// Rows per piece of generated inputs and per piece of work of a teacher: part of what a seed means.
const BLOCK: usize = 1024;

/// Samples and what a network should say to them.
#[derive(Clone, Debug)]
pub struct DataSet<T> {
    /// N × d
    pub inputs: Array2<T>,
    /// One per sample.
    pub targets: Targets<T>,
}

/// What a network should say.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets<T> {
    /// N × C numbers.
    Values(Array2<T>),
    /// A class from 0 to C − 1 for each sample.
    Classes(Vec<u32>),
}

/// A mini-batch, a sample per column, with room for the largest.
pub struct Batch<T> {
    inputs: Array2<T>,
    values: Array2<T>,
    classes: Vec<u32>,
    size: usize,
}

/// N(0, σ² I), `samples` × `dim`, from the stream `name`. The same for any number of threads.
pub fn gaussian_inputs<T: Real>(seed: u64, name: &str, [samples, dim]: [usize; 2], deviation: f64) -> Array2<T> {
    let mut inputs = Array2::zeros((samples, dim));
    inputs
        .axis_chunks_iter_mut(Axis(0), BLOCK)
        .into_par_iter()
        .enumerate()
        .for_each(|(block, mut rows)| {
            let mut stream = rng::stream(seed, name, &[block as u64]);
            rows.mapv_inplace(|_| T::from_f64(deviation * T::normal(&mut stream).to_f64()));
        });
    inputs
}

impl<T: Real> DataSet<T> {
    /// Inputs with what a teacher says to them.
    pub fn taught(inputs: Array2<T>, teacher: &Deep<T>) -> Self {
        let targets = Targets::Values(outputs(teacher, inputs.view()));
        Self { inputs, targets }
    }

    /// Number of samples N.
    pub fn len(&self) -> usize {
        self.inputs.nrows()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first `count` samples, or all where there are fewer.
    #[must_use]
    pub fn head(&self, count: usize) -> Self {
        let count = count.min(self.len());
        Self {
            inputs: self.inputs.slice(s![..count, ..]).to_owned(),
            targets: match &self.targets {
                Targets::Values(values) => Targets::Values(values.slice(s![..count, ..]).to_owned()),
                Targets::Classes(classes) => Targets::Classes(classes[..count].to_vec()),
            },
        }
    }
}

impl<T: Real> Source<T> for DataSet<T> {
    fn samples(&self) -> usize {
        self.len()
    }

    fn input(&self) -> usize {
        self.inputs.ncols()
    }

    fn values(&self) -> usize {
        match &self.targets {
            Targets::Values(values) => values.ncols(),
            Targets::Classes(_) => 0,
        }
    }

    fn fill(&self, _epoch: u64, rows: &[u32], batch: &mut Batch<T>) {
        batch.gather(self, rows.iter().map(|&row| row as usize));
    }
}

/// What a network says to inputs (N × d): N × C. O(N · weights), with working memory for 1024 samples, or for fewer that
/// have many activations.
pub fn outputs<T: Real>(network: &Deep<T>, inputs: ArrayView2<T>) -> Array2<T> {
    let mut outputs = Array2::zeros((inputs.nrows(), network.architecture.output()));
    let block = BLOCK.min(piece(&network.architecture, inputs.nrows()));
    let mut pass = Pass::new(&network.architecture, block);
    let chunks = inputs.axis_chunks_iter(Axis(0), block);
    for (x, mut y) in chunks.zip(outputs.axis_chunks_iter_mut(Axis(0), block)) {
        pass.forward(network, x.t(), Mode::Evaluation);
        y.assign(&pass.output().t());
    }
    outputs
}

/// The class of the largest of the outputs (N × C) for each sample, the first of equal ones.
pub fn classes<T: Real>(outputs: ArrayView2<T>) -> Vec<u32> {
    outputs.rows().into_iter().map(largest).collect()
}

impl Loss {
    /// Inputs (N × d) with what a teacher says to them: its outputs, or the class of the largest.
    pub fn taught<T: Real>(self, inputs: Array2<T>, teacher: &Deep<T>) -> DataSet<T> {
        let said = outputs(teacher, inputs.view());
        let targets = match self {
            Self::MeanSquared => Targets::Values(said),
            Self::CrossEntropy => Targets::Classes(classes(said.view())),
        };
        DataSet { inputs, targets }
    }
}

/// Activations that are held at a time, at most, where there is a choice: a quarter of a gigabyte of them.
const HELD: usize = 1 << 26;

/// Of `samples`, how many may go through a network at a time.
pub fn piece(architecture: &Architecture, samples: usize) -> usize {
    (HELD / architecture.activations()).clamp(1, samples.max(1))
}

impl<T: Real> Batch<T> {
    /// Room for `capacity` samples like those of `data`.
    pub fn new(data: &dyn Source<T>, capacity: usize) -> Self {
        Self {
            inputs: Array2::zeros((data.input(), capacity)),
            values: Array2::zeros((data.values(), capacity)),
            classes: vec![0; capacity],
            size: 0,
        }
    }

    /// Takes samples by their numbers. O(B(d + C)).
    pub fn gather(&mut self, data: &DataSet<T>, rows: impl ExactSizeIterator<Item = usize>) {
        self.size = rows.len();
        for (i, row) in rows.enumerate() {
            for (k, &x) in data.inputs.row(row).iter().enumerate() {
                self.inputs[[k, i]] = x;
            }
            match &data.targets {
                Targets::Values(values) => {
                    for (c, &y) in values.row(row).iter().enumerate() {
                        self.values[[c, i]] = y;
                    }
                }
                Targets::Classes(classes) => self.classes[i] = classes[row],
            }
        }
    }

    /// Makes room for `size` samples that a [`Source`] fills in: inputs d × B, values C × B, classes B.
    ///
    /// # Panics
    /// If there is no room for so many.
    pub fn refill(&mut self, size: usize) -> (ArrayViewMut2<'_, T>, ArrayViewMut2<'_, T>, &mut [u32]) {
        self.size = size;
        (
            self.inputs.slice_mut(s![.., ..size]),
            self.values.slice_mut(s![.., ..size]),
            &mut self.classes[..size],
        )
    }

    /// d × B
    pub fn inputs(&self) -> ArrayView2<'_, T> {
        self.inputs.slice(s![.., ..self.size])
    }

    /// C × B
    pub fn values(&self) -> ArrayView2<'_, T> {
        self.values.slice(s![.., ..self.size])
    }

    /// One per sample.
    pub fn classes(&self) -> &[u32] {
        &self.classes[..self.size]
    }
}
