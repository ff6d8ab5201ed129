//! Overlaps of gates and activations.

use crate::{arrays, errors, job};
use luckflow::experiment::Hooks;
use luckflow::network::Layer;
use luckflow::overlap::gaussian::KernelTable;
use luckflow::overlap::monte_carlo::{Input, MonteCarlo, Real, Resample};
use luckflow::overlap::{ExactGaussian, GaussianPair, HalfAngle, OverlapMethod, Overlaps};
use ndarray::{Array1, Array2};
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use std::f64::consts::PI;

/// Angles of one threshold from which on a table is worth its making.
const TABLE: usize = 64;

/// Angles that take less than some milliseconds.
const FEW: usize = 4096;

/// Nodes up to which everything stays on one thread.
const NARROW: usize = 128;

/// Entries up to which it does.
const SMALL: usize = 1 << 16;

/// Samples, at most: as in scenarios.
const MOST_SAMPLES: u64 = 1 << 40;

type Vector<'py> = Bound<'py, PyArray1<f64>>;
type Matrix<'py> = Bound<'py, PyArray2<f64>>;

/// D, L, dD/dθ and dL/dθ at angles with two thresholds each; equally long, or of one entry.
#[pyfunction]
pub fn kernel<'py>(
    py: Python<'py>,
    theta: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    b2: &Bound<'py, PyAny>,
) -> PyResult<[Vector<'py>; 4]> {
    let theta = arrays::vector(theta, "theta")?.as_array().to_owned();
    let [b, b2] = [(b, "b"), (b2, "b2")].map(|(value, name)| {
        let values = arrays::vector(value, name)?.as_array().to_owned();
        check_thresholds(&values, name).map(|()| values)
    });
    let (b, b2) = (b?, b2?);
    let few = theta.len() <= FEW;
    if let Some(found) = theta.iter().find(|theta| !(0.0..=PI).contains(*theta)) {
        let allowed = format!("radians from 0 to π = {PI}");
        return Err(errors::argument("theta", found, allowed));
    }
    let work = move || at_angles(&theta, &b, &b2);
    let found = match few {
        true => job::short(py, work)?,
        false => job::wide(py, work)?,
    };
    Ok(found.map(|values| values.into_pyarray(py)))
}

fn at_angles(theta: &Array1<f64>, b: &Array1<f64>, b2: &Array1<f64>) -> [Array1<f64>; 4] {
    let mut found = [(); 4].map(|()| Array1::zeros(theta.len()));
    let table = (b.len() == 1 && b == b2 && theta.len() >= TABLE).then(|| KernelTable::shared(b[0]));
    let mut pair: Option<([f64; 2], GaussianPair)> = None;
    for (i, &theta) in theta.iter().enumerate() {
        let angle = HalfAngle::from_radians(theta);
        let of = |values: &Array1<f64>| values[if values.len() == 1 { 0 } else { i }];
        let thresholds = [of(b), of(b2)];
        let pair = match pair {
            Some((known, pair)) if known == thresholds => pair,
            _ => {
                let made = GaussianPair::new(thresholds[0], thresholds[1]);
                pair.insert((thresholds, made)).1
            }
        };
        let overlap = match &table {
            Some(table) => table.at(angle),
            None => pair.at(angle),
        };
        found[0][i] = overlap.d;
        found[1][i] = overlap.l;
        found[2][i] = pair.d_slope(angle);
        found[3][i] = -angle.sin_full() * overlap.d;
    }
    found
}

/// Whether overlaps can be computed of them.
pub fn check_thresholds(thresholds: &Array1<f64>, name: &str) -> PyResult<()> {
    let limit = GaussianPair::LARGEST;
    let checked = thresholds.iter().try_for_each(|&b| GaussianPair::check(b));
    checked.map_err(|error| {
        let allowed = format!("thresholds from −{limit:e} to {limit:e}");
        errors::argument(name, format!("{:e}", error.found), allowed)
    })
}

/// A layer, of weights d × nodes and thresholds.
pub fn layer(
    weights: &Bound<'_, PyAny>,
    thresholds: &Bound<'_, PyAny>,
    [of_weights, of_thresholds]: [&str; 2],
) -> PyResult<Layer> {
    let mut weights = arrays::columns(weights, of_weights)?;
    if weights.nrows() == 0 {
        // Nodes that see nothing are constants, in one dimension as in none.
        weights = Array2::zeros((1, weights.ncols()));
    }
    let thresholds = arrays::per_node(thresholds, of_thresholds, weights.ncols())?;
    check_thresholds(&thresholds, of_thresholds)?;
    Ok(Layer::new(weights, thresholds))
}

/// Student and teacher, in one input dimension.
fn layers(
    student: (&Bound<'_, PyAny>, &Bound<'_, PyAny>),
    teacher: (&Bound<'_, PyAny>, &Bound<'_, PyAny>),
) -> PyResult<[Layer; 2]> {
    let student = layer(student.0, student.1, ["W", "b"])?;
    let teacher = layer(teacher.0, teacher.1, ["W_star", "b_star"])?;
    let (d, found) = (student.weights.nrows(), teacher.weights.dim());
    arrays::check_shape("W_star", found, "d × m", (d, found.1))?;
    Ok([student, teacher])
}

/// Whether overlaps of n student and m teacher nodes stay on one thread, and far from any pool.
pub fn is_small(n: usize, m: usize) -> bool {
    n <= NARROW && n * (n + m) <= SMALL
}

fn split<'py>(py: Python<'py>, overlaps: &Overlaps) -> [Matrix<'py>; 4] {
    let parts = [overlaps.d(), overlaps.d_star(), overlaps.l(), overlaps.l_star()];
    parts.map(|part| part.as_standard_layout().into_owned().into_pyarray(py))
}

/// D, D*, L and L* for x ~ N(0, I), in closed form.
#[pyfunction]
pub fn overlaps<'py>(
    py: Python<'py>,
    w: &Bound<'py, PyAny>,
    w_star: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    b_star: &Bound<'py, PyAny>,
) -> PyResult<[Matrix<'py>; 4]> {
    let [student, teacher] = layers((w, b), (w_star, b_star))?;
    let (n, m) = (student.weights.ncols(), teacher.weights.ncols());
    let work = move || {
        let mut found = Overlaps::zeros(n, m);
        // Of no nodes nothing is asked.
        if n > 0 {
            ExactGaussian::new().evaluate(student.view(), teacher.view(), &mut found);
        }
        found
    };
    let found = match is_small(n, m) {
        true => job::short(py, work)?,
        false => job::wide(py, work)?,
    };
    Ok(split(py, &found))
}

/// What x is drawn from: N(0, I), N(0, Σ), or rows of data.
pub fn input(covariance: Option<&Bound<'_, PyAny>>, rows: Option<&Bound<'_, PyAny>>, dim: usize) -> PyResult<Input> {
    let (input, name) = match (covariance, rows) {
        (None, None) => return Ok(Input::standard_gaussian()),
        (Some(_), Some(_)) => {
            let found = "covariance and rows";
            return Err(errors::argument("covariance", found, "one of them"));
        }
        (Some(covariance), None) => {
            let covariance = arrays::rows(covariance, "covariance")?;
            (Input::gaussian(covariance), "covariance")
        }
        (None, Some(rows)) => (Input::rows(arrays::rows(rows, "rows")?), "rows"),
    };
    let allowed = match name {
        "rows" => "samples × d",
        _ => "a covariance, d × d",
    };
    let input = input.map_err(|error| errors::argument(name, error, allowed))?;
    match input.dim().filter(|&found| found != dim) {
        Some(found) => {
            Err(errors::argument(name, format!("data of dimension {found}"), format!("dimension d = {dim}")))
        }
        None => Ok(input),
    }
}

/// A number of samples.
pub fn check_samples(samples: u64) -> PyResult<usize> {
    match (2..=MOST_SAMPLES).contains(&samples) {
        true => Ok(samples as usize),
        false => Err(errors::argument("samples", samples, "a whole number from 2 to 2⁴⁰")),
    }
}

fn estimate<T: Real>(
    [student, teacher]: [Layer; 2],
    input: Input,
    samples: usize,
    seed: u64,
    hooks: &dyn Hooks,
) -> Option<[Overlaps; 2]> {
    // Each sample is used once, so none is kept.
    let resample = Resample::EveryEvaluation;
    let mut sampler = MonteCarlo::<T>::new(input, samples, resample, seed);
    let go_on = || !hooks.interrupted();
    let estimate = sampler.estimate_while(student.view(), teacher.view(), &go_on)?;
    Some([estimate.mean, estimate.standard_error])
}

/// The same as means over samples, then their standard errors.
#[pyfunction]
#[expect(clippy::too_many_arguments)]
pub fn overlaps_mc<'py>(
    py: Python<'py>,
    w: &Bound<'py, PyAny>,
    w_star: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    b_star: &Bound<'py, PyAny>,
    samples: u64,
    seed: u64,
    single: bool,
    covariance: Option<&Bound<'py, PyAny>>,
    rows: Option<&Bound<'py, PyAny>>,
) -> PyResult<[[Matrix<'py>; 4]; 2]> {
    let layers = layers((w, b), (w_star, b_star))?;
    let samples = check_samples(samples)?;
    let input = input(covariance, rows, layers[0].weights.nrows())?;
    let found = job::watched(py, None, move |hooks| match single {
        true => estimate::<f32>(layers, input, samples, seed, hooks),
        false => estimate::<f64>(layers, input, samples, seed, hooks),
    })?;
    let found = found.ok_or_else(|| PyKeyboardInterrupt::new_err(()))?;
    Ok(found.map(|overlaps| split(py, &overlaps)))
}
