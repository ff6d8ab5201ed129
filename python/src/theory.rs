//! What is proved or claimed of a start before the first step.

use crate::{arrays, errors, job, overlap};
use luckflow::bound::{Facts, THEOREM4};
use luckflow::config::ValueKind as KeyKind;
use luckflow::experiment::ExperimentKind;
use luckflow::experiment::theorem5::Certificates;
use luckflow::network::{Frame, Layer, TwoLayer, unit};
use luckflow::theory::assumption3::{Assumption3, TeacherAngles};
use luckflow::theory::asymptotic_rate;
use luckflow::theory::certificate::Problem;
use ndarray::{Array1, Array2};
use numpy::IntoPyArray;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::pythonize;

/// A number that a scenario could have under the key `section.name`; of the same range, in the same words.
fn number(name: &str, path: &str, found: f64) -> PyResult<f64> {
    let kind = ExperimentKind::named("theorem4").expect("it is one");
    let key = kind.keys().into_iter().find(|key| key.path == path);
    let key = key.expect("a key of theorem4");
    match key.kind {
        KeyKind::Number(range) if !range.contains(found) => Err(errors::argument(name, found, key.allowed())),
        _ => Ok(found),
    }
}

fn threshold(b: f64) -> PyResult<f64> {
    overlap::check_thresholds(&Array1::from_elem(1, b), "b")?;
    number("b", "teacher.threshold", b)
}

/// Nodes as unit columns.
fn nodes(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Array2<f64>> {
    let mut columns = arrays::columns(value, name)?;
    let (rows, count) = columns.dim();
    if rows < 2 || count == 0 {
        let found = format!("{rows} × {count}");
        return Err(errors::argument(name, found, "d × m, of at least 2 × 1"));
    }
    for (node, mut column) in columns.columns_mut().into_iter().enumerate() {
        let norm = unit::normalize(&mut column);
        if !(norm > 0.0 && norm.is_finite()) {
            let found = format!("norm {norm} in column {node}");
            return Err(errors::argument(name, found, "finite columns, none of them zero"));
        }
    }
    Ok(columns)
}

/// Every rate of Theorem 4, by its name, and the constants of Assumption 3.
#[pyfunction]
pub fn theorem4_rates<'py>(
    py: Python<'py>,
    w_star: &Bound<'py, PyAny>,
    b: f64,
    theta0: f64,
    step: Option<f64>,
) -> PyResult<(Bound<'py, PyDict>, Bound<'py, PyAny>)> {
    let teacher = nodes(w_star, "W_star")?;
    let (b, theta0) = (threshold(b)?, number("theta0", "student.theta0", theta0)?);
    if step.is_some_and(|step| !(step > 0.0 && step.is_finite())) {
        return Err(errors::argument("step", step.unwrap_or(f64::NAN), "a positive number"));
    }
    let found = job::wide(py, move || {
        let dim = teacher.nrows();
        let (_, teacher) = Frame::of_columns(teacher, 0).map_err(|error| error.to_string())?;
        let angles = TeacherAngles::of(teacher.view());
        let assumption = Assumption3::measure(&angles, b, theta0);
        let asymptotic = asymptotic_rate(teacher.view(), b, dim).ok();
        let facts = Facts {
            assumption: Some(&assumption),
            angles: Some(&angles),
            asymptotic: asymptotic.as_ref(),
            teacher: Some(teacher.view()),
            step,
            ..Facts::default()
        };
        let rates: Vec<_> = THEOREM4.iter().map(|bound| (bound.name, (bound.evaluate)(&facts))).collect();
        Ok::<_, String>((rates, assumption))
    })?;
    let (rates, assumption) = found.map_err(PyRuntimeError::new_err)?;
    let by_name = PyDict::new(py);
    for (name, rate) in rates {
        by_name.set_item(name, rate)?;
    }
    Ok((by_name, pythonize(py, &assumption)?))
}

/// The exact rate near the teacher.
#[pyfunction(name = "asymptotic_rate")]
pub fn exact_rate(py: Python<'_>, w_star: &Bound<'_, PyAny>, b: f64) -> PyResult<f64> {
    let (teacher, b) = (nodes(w_star, "W_star")?, threshold(b)?);
    let found = job::wide(py, move || {
        let dim = teacher.nrows();
        let (_, teacher) = Frame::of_columns(teacher, 0).map_err(|error| error.to_string())?;
        let rate = asymptotic_rate(teacher.view(), b, dim).map_err(|error| error.to_string())?;
        Ok::<_, String>(rate.rate)
    })?;
    found.map_err(PyRuntimeError::new_err)
}

/// Theorem 5's errors at the start, and what they are measured from.
fn problem([w_star, v_star, w, v]: [&Bound<'_, PyAny>; 4], threshold: f64) -> PyResult<Problem> {
    let (teacher, student) = (nodes(w_star, "W_star")?, nodes(w, "W")?);
    let (teacher_fan_out, fan_out) = (arrays::rows(v_star, "V_star")?, arrays::rows(v, "V")?);
    let ((k, m), outputs) = (teacher.dim(), teacher_fan_out.ncols());
    let n = student.ncols();
    arrays::check_shape("V_star", teacher_fan_out.dim(), "m × C", (m, outputs.max(1)))?;
    arrays::check_shape("W", student.dim(), "d × n, n ≥ m", (k, n.max(m)))?;
    arrays::check_shape("V", fan_out.dim(), "n × C", (n, outputs))?;
    let network = TwoLayer {
        teacher: Layer::with_threshold(teacher, threshold),
        student: Layer::with_threshold(student, threshold),
        teacher_fan_out,
        fan_out,
    };
    Ok(Problem::of(&network, threshold))
}

/// Both certificates of a start.
#[pyfunction]
pub fn certificates<'py>(
    py: Python<'py>,
    arrays: [Bound<'py, PyAny>; 4],
    b: f64,
    largest_start: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let [w_star, v_star, w, v] = &arrays;
    let problem = problem([w_star, v_star, w, v], threshold(b)?)?;
    let (start, found) = job::wide(py, move || {
        // In as few coordinates as the nodes have.
        (problem.start(), Certificates::of(&problem, largest_start))
    })?;
    let all = PyDict::new(py);
    all.set_item("best", found.best().map(|bound| bound.name))?;
    all.set_item("start", start.into_pyarray(py))?;
    all.set_item("euclidean", pythonize(py, &found.euclidean)?)?;
    all.set_item("largest_scales", found.largest_scales)?;
    if let Some(comparison) = found.comparison {
        let parts = pythonize(py, &comparison)?;
        parts.set_item("weights", comparison.weights.into_pyarray(py))?;
        parts.set_item("matrix", comparison.matrix.into_pyarray(py))?;
        parts.set_item("region", comparison.region.into_pyarray(py))?;
        all.set_item("comparison", parts)?;
    }
    Ok(all)
}
