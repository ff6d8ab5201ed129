//! The paths that are compared: of the flow, of gradient descent, of SGD, at the same times.

use crate::experiment::sgd_vs_flow::SgdVsFlow;
use crate::experiment::theorem5::Setup;
use crate::experiment::{ExperimentError, Hooks};
use crate::flow::{FanOut, FlowOptions, TwoLayerFlow};
use crate::integrate::{Method, Monitor, Plan, RunEnd, integrate};
use crate::network::{Layer, TwoLayer};
use crate::overlap::{ExactGaussian, HalfAngle, OverlapMethod, Overlaps};
use crate::sgd::{ProjectedSgd, SgdOptions};
use ndarray::{Array2, ArrayView2, Zip};

/// A path, as statistics at some times.
pub struct Path {
    /// The start, then one per time.
    pub rows: Vec<PathRow>,
}

/// The statistics at one time, and the state.
#[derive(Clone)]
pub struct PathRow {
    /// t = kη
    pub time: f64,
    /// The largest angle of a node of u to its teacher node.
    pub largest_angle: f64,
    /// The largest ‖v‖ of a node of r; of u where there is no r.
    pub fan_out: f64,
    /// Population loss; NaN where the input is not N(0, I).
    pub loss: f64,
    /// W (n × d, a node per row) and V.
    state: (Array2<f64>, Array2<f64>),
}

impl Path {
    /// The distance to another path at common times: √((‖ΔW‖² + ‖ΔV‖²)/n).
    pub fn distances(&self, other: &Self) -> impl Iterator<Item = f64> {
        let rows = self.rows.iter().zip(&other.rows);
        rows.map(|(a, b)| a.distance(b))
    }

    /// The largest of them.
    pub fn largest_gap(&self, other: &Self) -> f64 {
        self.distances(other).fold(0.0, f64::max)
    }

    /// What came to rest before the last of some times stays where it is.
    fn stays(&mut self, times: &[f64]) {
        let Some((last, before)) = self.rows.split_last() else {
            return;
        };
        // The last row is of the first time that was not reached before it, or else the start.
        let (kept, last) = (before.len().max(1), last.clone());
        self.rows.truncate(kept);
        let rest = times.iter().skip(kept - 1);
        let at = |&time| PathRow { time, ..last.clone() };
        self.rows.extend(rest.map(at));
    }
}

impl PathRow {
    /// W node by node, then V.
    pub(super) fn coordinates(&self) -> Vec<f64> {
        self.state.0.iter().chain(&self.state.1).copied().collect()
    }

    fn distance(&self, other: &Self) -> f64 {
        let square =
            |a: &Array2<f64>, b: &Array2<f64>| Zip::from(a).and(b).fold(0.0, |sum, a, b| sum + (a - b).powi(2));
        let total = square(&self.state.0, &other.state.0) + square(&self.state.1, &other.state.1);
        (total / self.state.0.nrows() as f64).sqrt()
    }
}

/// What paths with one step have in common: start and times.
pub(super) struct Reference<'a> {
    pub setup: &'a Setup,
    pub step: f64,
    /// Numbers of the steps after which paths are looked at.
    pub looks: Vec<u64>,
    pub fan_out: FanOut,
    max_steps: u64,
    pub seed: u64,
}

impl<'a> Reference<'a> {
    pub fn new(scenario: &SgdVsFlow, setup: &'a Setup, step: f64) -> Self {
        let horizon = scenario.base.integrate.horizon.unwrap_or(1.0);
        let nearest = |time: f64| ((time / step).round() as u64).max(1);
        let times = scenario.base.integrate.outputs.times(horizon).into_iter();
        let mut looks: Vec<u64> = times.map(nearest).collect();
        looks.dedup();
        Self {
            setup,
            step,
            looks,
            fan_out: scenario.sgd.fan_out,
            max_steps: scenario.base.integrate.max_steps,
            seed: scenario.base.seed,
        }
    }

    /// The flow by a method, at the times of SGD's steps, and why it ended: at all of them, where that was regular.
    pub fn flow(&self, method: Method, hooks: &dyn Hooks) -> Result<(Path, RunEnd), ExperimentError> {
        let outputs: Vec<f64> = self.looks.iter().map(|&k| k as f64 * self.step).collect();
        let plan = Plan {
            horizon: outputs[outputs.len() - 1],
            outputs,
            max_steps: self.max_steps,
        };
        let options = FlowOptions {
            projection: true,
            fan_out: self.fan_out,
        };
        let overlap = self.setup.overlap(self.seed);
        let network = &self.setup.network;
        let mut flow = TwoLayerFlow::new(network, overlap, &self.setup.input, options);
        let start = flow.state_of(network);
        let mut recorder = Recorder {
            observer: Observer::new(self.setup),
            path: Path { rows: Vec::new() },
            fan_out: &network.fan_out,
            hooks,
        };
        let report = integrate(&mut flow, start, &method, &plan, &mut recorder)?;
        let mut path = recorder.path;
        if report.end.is_regular() {
            path.stays(&plan.outputs);
        }
        Ok((path, report.end))
    }

    /// SGD; `None` if the user broke it off.
    pub fn sgd(&self, options: SgdOptions, seed: u64, hooks: &dyn Hooks) -> Option<Path> {
        let network = &self.setup.network;
        let mut sgd = ProjectedSgd::new(network, &self.setup.input, options, seed);
        let mut observer = Observer::new(self.setup);
        let mut rows = vec![observer.row(0.0, sgd.weights().view(), sgd.fan_out().view())];
        let mut done = 0;
        let total = self.looks[self.looks.len() - 1] as f64;
        for &look in &self.looks {
            for _ in done..look {
                if hooks.interrupted() {
                    return None;
                }
                sgd.step();
            }
            done = look;
            hooks.progress(done as f64 / total, "SGD");
            rows.push(observer.row(sgd.time(), sgd.weights().view(), sgd.fan_out().view()));
        }
        Some(Path { rows })
    }
}

struct Recorder<'a> {
    observer: Observer<'a>,
    path: Path,
    fan_out: &'a Array2<f64>,
    hooks: &'a dyn Hooks,
}

impl Monitor<TwoLayerFlow> for Recorder<'_> {
    fn step(&mut self, _: &mut TwoLayerFlow, time: f64, _: &[f64]) -> Option<RunEnd> {
        let interrupted = self.hooks.interrupted();
        interrupted.then_some(RunEnd::Interrupted { time: Some(time) })
    }

    fn output(&mut self, flow: &mut TwoLayerFlow, time: f64, y: &[f64]) -> Option<RunEnd> {
        let layout = flow.layout();
        let fan_out = match layout.outputs {
            0 => self.fan_out.view(),
            _ => layout.fan_out(y),
        };
        let row = self.observer.row(time, layout.weights(y), fan_out);
        self.path.rows.push(row);
        None
    }
}

/// Reads statistics off states.
struct Observer<'a> {
    network: &'a TwoLayer,
    /// Exact overlaps for the loss, and E‖V\*ᵀf\*‖².
    exact: Option<(ExactGaussian, f64)>,
}

impl<'a> Observer<'a> {
    fn new(setup: &'a Setup) -> Self {
        let network = &setup.network;
        let exact = setup.input.is_standard().then(|| {
            let mut kernel = ExactGaussian::new();
            let l = kernel.activation_overlap(network.teacher.view());
            let beta = network.teacher_fan_out.dot(&network.teacher_fan_out.t());
            (kernel, (&l * &beta).sum())
        });
        Self { network, exact }
    }

    fn row(&mut self, time: f64, weights: ArrayView2<f64>, fan_out: ArrayView2<f64>) -> PathRow {
        let teacher = self.network.teacher.weights.columns();
        let m = teacher.into_iter().len();
        let norm = |row: ndarray::ArrayView1<f64>| row.dot(&row).sqrt();
        let nodes = weights.rows().into_iter().zip(self.network.teacher.weights.columns());
        let largest_angle = nodes
            .map(|(w, target)| HalfAngle::between_scaled(w, norm(w), target, norm(target)).radians())
            .fold(0.0, f64::max);
        let norms: Vec<f64> = fan_out.rows().into_iter().map(norm).collect();
        let part = if norms.len() > m { &norms[m..] } else { &norms[..] };
        PathRow {
            time,
            largest_angle,
            fan_out: part.iter().copied().fold(0.0, f64::max),
            loss: self.loss(weights, fan_out),
            state: (weights.to_owned(), fan_out.to_owned()),
        }
    }

    /// ½E‖V\*ᵀf\* − Vᵀf‖² in closed form.
    fn loss(&mut self, weights: ArrayView2<f64>, fan_out: ArrayView2<f64>) -> f64 {
        let Some((kernel, energy)) = &mut self.exact else {
            return f64::NAN;
        };
        let network = self.network;
        let student = Layer::new(weights.t().to_owned(), network.student.thresholds.clone());
        let mut overlaps = Overlaps::zeros(weights.nrows(), network.teacher.thresholds.len());
        kernel.evaluate(student.view(), network.teacher.view(), &mut overlaps);
        let own = (&overlaps.l() * &fan_out.dot(&fan_out.t())).sum();
        let cross = (&overlaps.l_star() * &fan_out.dot(&network.teacher_fan_out.t())).sum();
        0.5 * (own - 2.0 * cross + *energy)
    }
}
