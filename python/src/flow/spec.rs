//! What is fixed about a flow: the teacher, thresholds, overlaps, and the variant of the dynamics.

use crate::{arrays, errors, overlap};
use luckflow::flow::{FanOut, FlowOptions, TwoLayerFlow};
use luckflow::network::{Layer, TwoLayer};
use luckflow::overlap::{ExactGaussian, Input, MonteCarlo, OverlapMethod, Resample};
use ndarray::{Array1, Array2, ArrayView2, Axis};
use pyo3::prelude::*;

/// Overlaps from samples, as Python's `MonteCarlo` has them.
#[derive(FromPyObject)]
struct Sampling<'py> {
    samples: u64,
    seed: u64,
    resample: String,
    precision: String,
    covariance: Option<Bound<'py, PyAny>>,
    rows: Option<Bound<'py, PyAny>>,
}

struct Samples {
    count: usize,
    seed: u64,
    resample: Resample,
    single: bool,
}

/// A flow before anything is known of its student but thresholds.
pub struct Spec {
    pub teacher: Layer,
    pub teacher_fan_out: Array2<f64>,
    /// Whether V* was left at ones, the setting of Theorem 4.
    pub has_unit_fan_out: bool,
    /// One for all nodes of the student, or one for each.
    thresholds: Array1<f64>,
    pub options: FlowOptions,
    input: Input,
    samples: Option<Samples>,
}

/// Whether V moves, in words.
const FAN_OUT: [(&str, FanOut); 3] =
    [("fixed", FanOut::Fixed), ("running", FanOut::Running), ("normalized", FanOut::RunningNormalized)];

/// One of a few words.
pub fn word<T: Copy>(name: &str, found: &str, words: &[(&str, T)]) -> PyResult<T> {
    let known = words.iter().find(|(word, _)| *word == found);
    known.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let quoted: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        errors::argument(name, format!("{found:?}"), quoted.join(" or "))
    })
}

impl Samples {
    fn read(sampling: &Sampling<'_>, input: &Input) -> PyResult<Self> {
        let resample = [("never", Resample::Never), ("every-evaluation", Resample::EveryEvaluation)];
        let samples = Self {
            count: overlap::check_samples(sampling.samples)?,
            seed: sampling.seed,
            resample: word("resample", &sampling.resample, &resample)?,
            single: word("precision", &sampling.precision, &[("f64", false), ("f32", true)])?,
        };
        let rows = input.row_count().filter(|_| samples.resample == Resample::Never);
        match rows.filter(|&rows| samples.count > rows) {
            Some(rows) => Err(errors::argument(
                "samples",
                format!("{} of {rows} rows", samples.count),
                format!("at most {rows}, or resample = \"every-evaluation\""),
            )),
            None => Ok(samples),
        }
    }
}

impl Spec {
    /// Reads and checks everything.
    pub fn read(
        [w_star, b_star]: [&Bound<'_, PyAny>; 2],
        v_star: Option<&Bound<'_, PyAny>>,
        b: &Bound<'_, PyAny>,
        (projection, fan_out): (bool, &str),
        sampling: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let thresholds = match b.extract::<f64>() {
            Ok(_) => arrays::per_node(b, "b", 1)?,
            Err(_) => arrays::vector(b, "b")?.as_array().to_owned(),
        };
        overlap::check_thresholds(&thresholds, "b")?;
        let teacher = overlap::layer(w_star, b_star, ["W_star", "b_star"])?;
        let (k, m) = teacher.weights.dim();
        if k == 0 || m == 0 {
            let found = format!("{k} × {m}");
            return Err(errors::argument("W_star", found, "d × m, of at least 1 × 1"));
        }
        check_nodes("W_star", teacher.weights.view())?;
        let teacher_fan_out = match v_star {
            Some(v_star) => arrays::rows(v_star, "V_star")?,
            None => Array2::ones((m, 1)),
        };
        let outputs = teacher_fan_out.ncols();
        arrays::check_shape("V_star", teacher_fan_out.dim(), "m × C", (m, outputs.max(1)))?;
        let fan_out = word("fan_out", fan_out, &FAN_OUT)?;
        let sampling: Option<Sampling<'_>> = sampling.map(|given| given.extract()).transpose()?;
        let (covariance, rows) = sampling.as_ref().map_or((None, None), |s| (s.covariance.as_ref(), s.rows.as_ref()));
        let input = overlap::input(covariance, rows, k)?;
        let samples = sampling.map(|sampling| Samples::read(&sampling, &input));
        Ok(Self {
            teacher,
            teacher_fan_out,
            has_unit_fan_out: v_star.is_none(),
            thresholds,
            options: FlowOptions { projection, fan_out },
            samples: samples.transpose()?,
            input,
        })
    }
}

impl Spec {
    /// Number of outputs C.
    pub fn outputs(&self) -> usize {
        self.teacher_fan_out.ncols()
    }

    /// Whether V keeps its value.
    pub fn is_fixed(&self) -> bool {
        self.options.fan_out == FanOut::Fixed
    }

    /// Whether overlaps are exact, for x ~ N(0, I).
    pub fn is_exact(&self) -> bool {
        self.samples.is_none()
    }

    /// Checks a student's W (d × n) and V (n × C).
    pub fn check(&self, w: ArrayView2<f64>, v: ArrayView2<f64>) -> PyResult<()> {
        let (k, n) = (self.teacher.weights.nrows(), w.ncols());
        arrays::check_shape("W", w.dim(), "d × n", (k, n.max(1)))?;
        arrays::check_shape("V", v.dim(), "n × C", (n, self.outputs()))?;
        if ![1, n].contains(&self.thresholds.len()) {
            let found = format!("{} numbers", self.thresholds.len());
            let allowed = format!("one number, or one for each of {n} nodes");
            return Err(errors::argument("b", found, allowed));
        }
        if self.options.projection {
            check_nodes("W", w)?;
        }
        match self.options.fan_out {
            FanOut::RunningNormalized => check_nodes("V", v),
            _ => Ok(()),
        }
    }

    /// Teacher and student together. W is given node by node, n × d.
    pub fn network(&self, nodes: ArrayView2<f64>, v: ArrayView2<f64>) -> TwoLayer {
        let n = nodes.nrows();
        let thresholds = match self.thresholds.len() {
            1 => Array1::from_elem(n, self.thresholds[0]),
            _ => self.thresholds.clone(),
        };
        let weights = arrays::stored_by_rows(nodes).reversed_axes();
        TwoLayer {
            teacher: self.teacher.clone(),
            teacher_fan_out: self.teacher_fan_out.clone(),
            student: Layer::new(weights, thresholds),
            fan_out: v.to_owned(),
        }
    }

    /// The vector field for students like this one.
    pub fn field(&self, network: &TwoLayer) -> TwoLayerFlow {
        TwoLayerFlow::new(network, self.overlap(), &self.input, self.options)
    }

    fn overlap(&self) -> Box<dyn OverlapMethod> {
        let Some(samples) = &self.samples else {
            return Box::new(ExactGaussian::new());
        };
        let (input, seed) = (self.input.clone(), samples.seed);
        let (count, resample) = (samples.count, samples.resample);
        match samples.single {
            true => Box::new(MonteCarlo::<f32>::new(input, count, resample, seed)),
            false => Box::new(MonteCarlo::<f64>::new(input, count, resample, seed)),
        }
    }
}

/// Columns that have a direction.
fn check_nodes(name: &str, columns: ArrayView2<f64>) -> PyResult<()> {
    let mut norms = columns.axis_iter(Axis(1)).map(|column| column.dot(&column));
    let wrong = |square: f64| !(square > 0.0 && square.is_finite());
    match norms.position(wrong) {
        Some(node) => Err(errors::argument(
            name,
            format!("column {node}, of no direction"),
            "finite columns, none of them zero",
        )),
        None => Ok(()),
    }
}
