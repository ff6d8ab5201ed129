//! The matrix flow of a deep network, stepped as the authors did, beside SGD from the same start.

mod figures;
pub mod keys;
mod report;

pub use keys::DeepFlow;

use crate::experiment::deep::problem::teacher;
use crate::experiment::{Ended, Experiment, ExperimentError, Hooks, Run, Store};
use crate::flow::deep::{separated_velocity, true_velocity};
use crate::integrate::RunEnd;
use crate::measure::{Correlations, Standardized};
use crate::network::deep::{Architecture, Deep};
use crate::rng;
use crate::runs::Memory;
use crate::runs::joint_progress::{JointProgress, Part};
use crate::sgd::{Gradient, Mode, Pass, gaussian_inputs, outputs};
use ndarray::{Array2, ArrayView2, Axis, Zip};
use serde::Serialize;

/// Everything that was found.
#[derive(Serialize)]
pub struct Found {
    /// What was seen of both, the flow first.
    pub findings: [PathSummary; 2],
    /// The matrix flow.
    #[serde(skip)]
    pub flow: FlowPath,
    /// SGD.
    #[serde(skip)]
    pub sgd: FlowPath,
}

/// A run that is over.
pub type Outcome = Run<DeepFlow>;

/// Start and end of one of the two.
#[derive(Serialize)]
pub struct PathSummary {
    /// Which.
    pub path: &'static str,
    /// Steps done.
    pub steps: usize,
    /// ½E‖f* − f‖² on held-out samples at the start.
    pub loss_start: f64,
    /// And at the end.
    pub loss: f64,
    /// ρ̄ of each hidden layer at the end.
    pub rho: Vec<f64>,
    /// What taking expectations apart does to the velocity, layer by layer, at the start.
    pub separation_start: Vec<f64>,
    /// And at the end.
    pub separation: Vec<f64>,
}

/// One of the two.
pub struct FlowPath {
    /// The start, then at the output steps.
    pub rows: Vec<FlowRow>,
}

/// The student after some steps.
pub struct FlowRow {
    /// Steps done.
    pub step: usize,
    /// ½E‖f* − f‖² on held-out samples.
    pub loss: f64,
    /// ρ̄ of each hidden layer.
    pub rho: Vec<f64>,
    /// ‖Ẇ − G‖/‖G‖ of each layer, the output last: what taking expectations apart does to the velocity G.
    pub separation: Vec<f64>,
}

impl DeepFlow {
    /// The student.
    pub fn student_architecture(&self) -> Architecture {
        self.student.only_architecture(&self.teacher.architecture)
    }
}

/// Numbers in the overlaps of the layer that has most: L and L\* of the nodes below it, constant included, and above the
/// input D, H and their products.
fn overlaps(teacher: &Architecture, student: &Architecture) -> f64 {
    let below = |network: &Architecture| {
        let hidden = network.hidden().into_iter();
        [network.input()].into_iter().chain(hidden)
    };
    let layers = below(student).zip(below(teacher)).enumerate();
    let sizes = layers.map(|(l, (n, m))| {
        let matrices = if l == 0 { 1.0 } else { 3.0 };
        matrices * (n + 1) as f64 * (n + m + 2) as f64
    });
    sizes.fold(0.0, f64::max)
}

/// A loss from which there is no way back.
const DIVERGED: f64 = 1e12;

/// A step of one of the two: the velocity at a student, from fresh inputs.
type Velocity = fn(&Deep<f64>, &Deep<f64>, ArrayView2<f64>) -> Gradient<f64>;

impl Experiment for DeepFlow {
    const NAME: &'static str = "deep-flow";
    const ABOUT: &'static str = "The matrix flow of a deep network, expectations apart, beside SGD from the same start";

    type Setup = ();
    type Found = Found;

    fn memory(&self) -> Memory {
        let student = self.student_architecture();
        let teacher = &self.teacher.architecture;
        let activations = (student.activations() + teacher.activations()) as f64;
        let samples = self.flow.samples.max(self.data.held_out) as f64;
        Memory::default()
            .and("overlaps", overlaps(teacher, &student), 8)
            .and("samples and activations", 4.0 * samples * activations, 8)
            .and("networks", 4.0 * student.parameters() as f64, 8)
    }

    fn prepare(&self) -> Result<(), ExperimentError> {
        Ok(())
    }

    /// Steps both.
    fn find(&mut self, (): (), _: &dyn Store, hooks: &dyn Hooks) -> Ended<Found> {
        let teacher = teacher(&self.teacher, self.seed)?.cast::<f64>();
        let mut start = self.student.at_start(self.seed, &self.student_architecture())?.cast::<f64>();
        if self.training.normalize_nodes {
            start.normalize_nodes();
        }
        let observer = Observer::new(self, &teacher);
        let parts = JointProgress::new(hooks, "matrix flow and SGD", 2);
        let path = |part, velocity, samples, stream| Walk {
            scenario: self,
            teacher: &teacher,
            observer: &observer,
            velocity,
            samples,
            stream,
            hooks: parts.part(part),
        };
        let flow = path(0, separated_velocity, self.flow.samples, "flow samples");
        let sgd = path(1, true_velocity, self.training.batch, "sgd samples");
        let (flow, first) = flow.from(start.clone());
        let (sgd, second) = sgd.from(start);
        let end = RunEnd::worst([&first, &second]);
        let found = Found {
            findings: [PathSummary::of("matrix flow", &flow), PathSummary::of("SGD", &sgd)],
            flow,
            sgd,
        };
        Ok((found, end))
    }
}

/// How one of the two goes.
struct Walk<'a> {
    scenario: &'a DeepFlow,
    teacher: &'a Deep<f64>,
    observer: &'a Observer,
    velocity: Velocity,
    /// Inputs of a step.
    samples: usize,
    /// Of which its random numbers come.
    stream: &'static str,
    hooks: Part<'a>,
}

impl Walk<'_> {
    /// The path from a student, and why it ended.
    fn from(&self, mut student: Deep<f64>) -> (FlowPath, RunEnd) {
        let (scenario, training) = (self.scenario, &self.scenario.training);
        let seed = rng::derive(scenario.seed, self.stream, &[]);
        let steps = scenario.flow.steps;
        let look = steps.div_ceil(scenario.flow.outputs);
        let mut rows = vec![self.observer.row(self.teacher, &student, 0)];
        for step in 1..=steps {
            self.hooks.progress(step as f64 / steps as f64, "");
            if self.hooks.interrupted() {
                return (FlowPath { rows }, RunEnd::Interrupted { time: None });
            }
            let x = fresh(scenario, seed, step, self.samples);
            let change = (self.velocity)(self.teacher, &student, x.t());
            advance(&mut student, &change, training.step);
            if training.normalize_nodes {
                student.normalize_nodes();
            }
            if step % look == 0 || step == steps {
                let row = self.observer.row(self.teacher, &student, step);
                if !(row.loss < DIVERGED) {
                    let end = RunEnd::LossDiverged {
                        run: self.stream.into(),
                        found: format!("the loss is {} after {step} steps", row.loss),
                    };
                    return (FlowPath { rows }, end);
                }
                rows.push(row);
            }
        }
        (FlowPath { rows }, RunEnd::Finished)
    }
}

impl FlowPath {
    /// After the last step.
    pub fn last(&self) -> &FlowRow {
        &self.rows[self.rows.len() - 1]
    }
}

impl PathSummary {
    fn of(path: &'static str, rows: &FlowPath) -> Self {
        let (first, last) = (&rows.rows[0], rows.last());
        Self {
            path,
            steps: last.step,
            loss_start: first.loss,
            loss: last.loss,
            rho: last.rho.clone(),
            separation_start: first.separation.clone(),
            separation: last.separation.clone(),
        }
    }
}

/// Inputs of one step, samples × d.
fn fresh(scenario: &DeepFlow, seed: u64, step: usize, samples: usize) -> Array2<f64> {
    let shape = [samples, scenario.teacher.architecture.input()];
    let seed = rng::derive(seed, "step", &[step as u64]);
    gaussian_inputs(seed, "samples", shape, scenario.data.deviation[0])
}

/// w ← w + η ẇ in every parameter.
fn advance(student: &mut Deep<f64>, change: &Gradient<f64>, rate: f64) {
    for l in 0..=student.depth() {
        let (layer, change) = (student.linear_mut(l), change.linear(l));
        layer.weights.scaled_add(rate, &change.weights);
        layer.bias_mut().scaled_add(rate, change.bias());
    }
    if !student.architecture.has_bias() {
        (0..=student.depth()).for_each(|l| student.linear_mut(l).bias_mut().fill(0.0));
    }
}

/// Reads statistics off students.
struct Observer {
    /// Held-out inputs, N × d.
    inputs: Array2<f64>,
    targets: Array2<f64>,
    standardized: Vec<Standardized>,
}

impl Observer {
    fn new(scenario: &DeepFlow, teacher: &Deep<f64>) -> Self {
        let shape = [scenario.data.held_out, teacher.architecture.input()];
        let inputs = gaussian_inputs(scenario.seed, "held out", shape, scenario.data.deviation[0]);
        Self {
            targets: outputs(teacher, inputs.view()),
            standardized: standardized(teacher, inputs.view()),
            inputs,
        }
    }

    fn row(&self, teacher: &Deep<f64>, student: &Deep<f64>, step: usize) -> FlowRow {
        let outputs = outputs(student, self.inputs.view());
        let squares = Zip::from(&outputs).and(&self.targets).fold(0.0, |sum, y, target| sum + (y - target).powi(2));
        let own = standardized(student, self.inputs.view());
        let layers = self.standardized.iter().zip(&own);
        let separated = separated_velocity(teacher, student, self.inputs.t());
        let exact = true_velocity(teacher, student, self.inputs.t());
        let errors = (0..=student.depth()).map(|l| [separated.linear(l), exact.linear(l)]);
        FlowRow {
            step,
            loss: 0.5 * squares / self.inputs.len_of(Axis(0)) as f64,
            rho: layers.map(|(teacher, student)| Correlations::between(teacher, student).mean_best()).collect(),
            separation: errors.map(|[a, b]| norm(&(&a.weights - &b.weights)) / norm(&b.weights)).collect(),
        }
    }
}

fn norm(matrix: &Array2<f64>) -> f64 {
    matrix.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn standardized(network: &Deep<f64>, inputs: ArrayView2<f64>) -> Vec<Standardized> {
    let mut pass = Pass::new(&network.architecture, inputs.nrows());
    pass.forward(network, inputs.t(), Mode::Evaluation);
    (0..network.depth())
        .map(|l| Standardized::of(pass.activations(l).mapv(|f| f as f32).view()))
        .collect()
}
