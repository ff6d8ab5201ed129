//! A run of the flow from Python's W and V.

use super::field::FlowField;
use super::spec::{Spec, word};
use crate::{arrays, errors, job};
use luckflow::experiment::Hooks;
use luckflow::flow::{Snapshot, StateLayout, TwoLayerFlow};
use luckflow::integrate::{IntegrateError, Method, Monitor, Plan, RunEnd, RunReport, Step, Tolerance, integrate};
use ndarray::{Array1, Array2, Array3, Axis};
use numpy::IntoPyArray;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::pythonize;
use std::sync::Arc;

/// How to step, as Python has it.
#[derive(FromPyObject)]
pub struct Stepping {
    method: String,
    rtol: f64,
    atol: f64,
    step: Option<f64>,
    max_steps: u64,
}

#[derive(Clone, Copy)]
enum Family {
    Adaptive(fn(Tolerance) -> Method),
    Fixed(fn(Step) -> Method),
}

impl Stepping {
    fn method(&self) -> PyResult<Method> {
        let methods = [
            ("dop853", Family::Adaptive(Method::Dop853)),
            ("dopri5", Family::Adaptive(Method::Dopri5)),
            ("rkc", Family::Adaptive(Method::Rkc)),
            ("rk4", Family::Fixed(Method::Rk4)),
            ("gradient-descent", Family::Fixed(Method::GradientDescent)),
        ];
        let (rtol, atol) = (self.rtol, self.atol);
        match (word("method", &self.method, &methods)?, self.step) {
            (Family::Adaptive(method), None) => Ok(method(Tolerance { rtol, atol })),
            (Family::Fixed(method), Some(step)) => Ok(method(Step { step })),
            (Family::Adaptive(_), Some(step)) => {
                let found = format!("{step} with method = \"{}\"", self.method);
                Err(errors::argument("step", found, "rtol and atol, or a method of fixed step"))
            }
            (Family::Fixed(_), None) => {
                let found = format!("nothing, with method = \"{}\"", self.method);
                Err(errors::argument("step", found, "a positive number"))
            }
        }
    }
}

/// What is seen at output times.
#[derive(Default)]
struct Seen {
    times: Vec<f64>,
    nodes: Vec<f64>,
    fan_out: Vec<f64>,
    snapshots: Vec<Snapshot>,
}

struct Recorder<'a> {
    hooks: &'a dyn Hooks,
    horizon: f64,
    layout: StateLayout,
    scratch: Vec<f64>,
    seen: Seen,
}

impl Monitor<TwoLayerFlow> for Recorder<'_> {
    fn step(&mut self, _: &mut TwoLayerFlow, time: f64, _: &[f64]) -> Option<RunEnd> {
        self.hooks.progress(time / self.horizon, "the flow");
        let time = Some(time);
        let interrupted = self.hooks.interrupted();
        interrupted.then_some(RunEnd::Interrupted { time })
    }

    fn output(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        let seen = &mut self.seen;
        seen.times.push(time);
        seen.nodes.extend(self.layout.weights(y));
        seen.fan_out.extend(self.layout.fan_out(y));
        seen.snapshots.push(flow.snapshot(y, &mut self.scratch));
        None
    }
}

/// Integrates from W and V; gives everything that a trajectory has.
#[pyfunction]
#[pyo3(signature = (flow, w, v, times, stepping, progress))]
pub fn simulate<'py>(
    py: Python<'py>,
    flow: &FlowField,
    w: &Bound<'py, PyAny>,
    v: Option<&Bound<'py, PyAny>>,
    times: &Bound<'py, PyAny>,
    stepping: Stepping,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let state = flow.state(w, v)?;
    let method = stepping.method()?;
    let times = arrays::vector(times, "t")?.as_array().to_vec();
    let Some(&horizon) = times.last() else {
        return Err(errors::argument("t", "no times", "at least one"));
    };
    let plan = Plan {
        horizon,
        outputs: times,
        max_steps: stepping.max_steps,
    }
    .times_of(&method);
    let spec = Arc::clone(&flow.spec);
    let (nodes, fan_out) = (state.nodes, state.fan_out);
    let start = fan_out.clone();
    let ended = job::watched(py, progress, move |hooks| {
        let network = spec.network(nodes.view(), fan_out.view());
        let mut flow = spec.field(&network);
        let start = flow.state_of(&network);
        let mut recorder = Recorder {
            hooks,
            horizon,
            layout: flow.layout(),
            scratch: vec![0.0; start.len()],
            seen: Seen::default(),
        };
        let report = integrate(&mut flow, start, &method, &plan, &mut recorder);
        report.map(|report| (report, recorder.seen))
    })?;
    let (report, seen) = ended.map_err(|error| refused(&error))?;
    trajectory(py, &flow.spec, &start, report, seen)
}

fn trajectory<'py>(
    py: Python<'py>,
    spec: &Spec,
    start: &Array2<f64>,
    report: RunReport,
    seen: Seen,
) -> PyResult<Bound<'py, PyDict>> {
    let (count, k, (n, outputs)) = (seen.times.len(), spec.teacher.weights.nrows(), start.dim());
    let of = |read: fn(&Snapshot) -> f64| seen.snapshots.iter().map(read).collect::<Array1<f64>>();
    let of_nodes = |read: fn(&Snapshot) -> &Vec<f64>| {
        let flat: Vec<f64> = seen.snapshots.iter().flat_map(read).copied().collect();
        Array2::from_shape_vec((count, flat.len() / count.max(1)), flat).expect("as many each")
    };
    let found = PyDict::new(py);
    found.set_item("loss", of(|seen| seen.loss).into_pyarray(py))?;
    found.set_item("dissipated", of(|seen| seen.dissipated).into_pyarray(py))?;
    found.set_item("theta", of_nodes(|seen| &seen.angles).into_pyarray(py))?;
    found.set_item("theta_rate", of_nodes(|seen| &seen.angle_rates).into_pyarray(py))?;
    found.set_item("t", Array1::from(seen.times).into_pyarray(py))?;
    let nodes = Array3::from_shape_vec((count, n, k), seen.nodes).expect("a state for each");
    found.set_item("W", nodes.permuted_axes([0, 2, 1]).into_pyarray(py))?;
    let fan_out = match spec.is_fixed() {
        true => {
            let all = start.view().insert_axis(Axis(0));
            all.broadcast((count, n, outputs)).expect("the same for each").to_owned()
        }
        false => Array3::from_shape_vec((count, n, outputs), seen.fan_out).expect("one for each"),
    };
    found.set_item("V", fan_out.into_pyarray(py))?;
    found.set_item("end", pythonize(py, &report.end.described())?)?;
    found.set_item("steps", report.steps)?;
    found.set_item("evaluations", report.evaluations)?;
    Ok(found)
}

/// What cannot be integrated, by the argument's name.
fn refused(error: &IntegrateError) -> PyErr {
    let key = match error {
        IntegrateError::AdaptiveOnFreshSamples => "method",
        IntegrateError::FinerThanTheSample { .. } => "rtol",
        IntegrateError::NotPositive { what, .. } if *what == "horizon" => "t",
        IntegrateError::NotPositive { what, .. } => what,
        IntegrateError::StepLost { .. } => "step",
        IntegrateError::Start { .. } => "W",
        _ => "t",
    };
    let text = error.to_string();
    match text.split_once("; allowed: ") {
        Some((found, allowed)) => errors::argument(key, found, allowed),
        None => match text.split_once("; found ") {
            Some((allowed, found)) => errors::argument(key, found, allowed),
            None => errors::argument(key, &text, "another one"),
        },
    }
}
