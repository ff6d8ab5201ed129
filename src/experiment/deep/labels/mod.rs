//! Labels from a small teacher, from a large one, from noise, and mixtures: how fast is each part fitted?

mod figures;
mod findings;
pub mod keys;
mod report;

pub use findings::Finding;
pub use keys::ImplicitRegularization;

use crate::config::section::Section;
use crate::config::{Key, ScenarioError};
use crate::experiment::deep::course::Course;
use crate::experiment::deep::identity;
use crate::experiment::deep::keys::Weights;
use crate::experiment::deep::lesson::{Lesson, student, teacher};
use crate::experiment::deep::plan::{Metric, Observation, Plan};
use crate::experiment::deep::trainings;
use crate::experiment::{Experiment, ExperimentError, Hooks, Reading, Store, View};
use crate::integrate::RunEnd;
use crate::network::deep::{Architecture, Deep, FullyConnected, grid_teacher, uniform};
use crate::rng;
use crate::sgd::{DataSet, Mode, Pass, Targets, gaussian_inputs, outputs};
use ndarray::{Array2, Axis, Zip, s};
use std::sync::Mutex;

/// Training samples on which fitted parts are measured, the first ones.
const MEASURED: usize = 4096;
use serde::Serialize;

impl Experiment for ImplicitRegularization {
    const NAME: &'static str = "implicit-regularization";
    const ABOUT: &'static str =
        "Labels from a small teacher, a large one, noise, and mixtures: what is fitted first?";
    const RESUMABLE: bool = true;
    const KEYS: &'static [&'static [&'static Key]] = keys::KEYS;
    const VIEW: View = report::VIEW;

    type Setup = ();
    type Outcome = Outcome;

    fn read(root: Section) -> Result<Self, ScenarioError> {
        Self::read_keys(root)
    }

    fn name(&self) -> &str {
        &self.base.name
    }

    fn seed(&self) -> u64 {
        self.base.seed
    }

    fn prepare(&self) -> Result<(), ExperimentError> {
        Ok(())
    }

    fn run(
        &self,
        (): (),
        store: &dyn Store,
        hooks: &dyn Hooks,
    ) -> Result<Outcome, ExperimentError> {
        run(self, store, hooks)
    }

    fn columns() -> Vec<Reading<Outcome>> {
        report::columns()
    }
}

/// Everything that the runs found.
#[derive(Serialize)]
pub struct Outcome {
    /// The scenario.
    #[serde(skip)]
    pub scenario: ImplicitRegularization,
    /// What was seen of each kind of labels: medians over the seeds.
    pub findings: Vec<Finding>,
    /// Kind by kind, seed by seed.
    #[serde(skip)]
    pub runs: Vec<LabelRun>,
    /// The worst end of a run.
    #[serde(skip)]
    pub end: RunEnd,
    /// Seconds that all took.
    #[serde(skip)]
    pub seconds: f64,
}

/// What labels are made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Labels {
    /// The small teacher's outputs.
    Small,
    /// The large teacher's outputs.
    Large,
    /// Standard normal noise.
    Noise,
    /// √(1 − p) of the small teacher's and √p of noise.
    SmallAndNoise(f64),
    /// √(1 − p) of the small teacher's and √p of the large one's.
    SmallAndLarge(f64),
}

/// One training.
pub struct LabelRun {
    /// On what.
    pub labels: Labels,
    /// Its seed.
    pub seed: u64,
    /// The start, then each epoch.
    pub rows: Vec<LabelRow>,
    /// Why it ended.
    pub end: RunEnd,
}

/// One epoch.
#[derive(Clone, Debug)]
pub struct LabelRow {
    /// Epochs done.
    pub epoch: u64,
    /// Mean loss before each step; NaN for the start. Labels have variance 1 for each output.
    pub training_loss: f64,
    /// On held-out samples with labels made in the same way.
    pub held_out_loss: f64,
    /// The part of each component that the student has fitted on training samples: 0 at first, 1 when all.
    pub fitted: Vec<f64>,
}

impl Labels {
    /// As in tables.
    pub fn name(&self) -> String {
        match self {
            Self::Small => "small".into(),
            Self::Large => "large".into(),
            Self::Noise => "noise".into(),
            Self::SmallAndNoise(p) => format!("small+noise-{p}"),
            Self::SmallAndLarge(p) => format!("small+large-{p}"),
        }
    }

    /// The names of its components.
    pub fn components(&self) -> &'static [&'static str] {
        match self {
            Self::Small => &["small teacher"],
            Self::Large => &["large teacher"],
            Self::Noise => &["noise"],
            Self::SmallAndNoise(_) => &["small teacher", "noise"],
            Self::SmallAndLarge(_) => &["small teacher", "large teacher"],
        }
    }
}

impl ImplicitRegularization {
    fn labels(&self) -> Vec<Labels> {
        let mixtures = self.mixtures.iter().copied();
        [Labels::Small, Labels::Large, Labels::Noise]
            .into_iter()
            .chain(mixtures.clone().map(Labels::SmallAndNoise))
            .chain(mixtures.map(Labels::SmallAndLarge))
            .collect()
    }

    /// The student.
    pub fn student_architecture(&self) -> Architecture {
        let teacher = &self.base.teacher.architecture;
        self.student
            .architecture(teacher, self.student.widths[0], self.student.batch_norms[0])
    }

    /// The large teacher.
    pub fn large_architecture(&self) -> Architecture {
        let teacher = &self.base.teacher.architecture;
        let hidden = self.large.clone();
        match teacher.fully_connected() {
            Some(recipe) => FullyConnected { hidden, ..recipe }.into(),
            None => teacher.with_hidden(&hidden),
        }
    }

    fn large_teacher(&self, seed: u64) -> Result<Deep<f32>, ExperimentError> {
        let architecture = self.large_architecture();
        let mut stream = rng::stream(seed, "large teacher", &[]);
        Ok(match self.base.teacher.weights {
            Weights::Uniform => uniform(&mut stream, &architecture),
            _ => grid_teacher(&mut stream, &architecture)?,
        })
    }
}

/// Trains on all kinds of labels.
fn run(
    scenario: &ImplicitRegularization,
    store: &dyn Store,
    hooks: &dyn Hooks,
) -> Result<Outcome, ExperimentError> {
    let started = std::time::Instant::now();
    let kinds = scenario.labels();
    let seeds = scenario.base.seeds as usize;
    let total = kinds.len() * seeds;
    let architecture = scenario.student_architecture();
    let parameters = vec![architecture.parameters(); total];
    let runs = trainings(&parameters, hooks, "training", |i, hooks| {
        let (labels, seed) = (kinds[i / seeds], scenario.base.seed + (i % seeds) as u64);
        one(scenario, labels, seed, store, hooks)
    })?;
    let finding = |&labels: &Labels| Finding::of(labels, &runs);
    Ok(Outcome {
        findings: kinds.iter().map(finding).collect(),
        scenario: scenario.clone(),
        end: RunEnd::worst(runs.iter().map(|run| &run.end)),
        runs,
        seconds: started.elapsed().as_secs_f64(),
    })
}

fn one(
    scenario: &ImplicitRegularization,
    labels: Labels,
    seed: u64,
    store: &dyn Store,
    hooks: &dyn Hooks,
) -> Result<LabelRun, ExperimentError> {
    let base = &scenario.base;
    let small = teacher(base, seed)?;
    let large = scenario.large_teacher(seed)?;
    let dim = small.architecture.input();
    let deviation = base.data.deviations[0];
    let inputs =
        |name: &str, count: usize| gaussian_inputs::<f32>(seed, name, [count, dim], deviation);
    let training = inputs("training", base.data.samples);
    let held_out = inputs("held out", base.data.held_out);
    // Components of variance one on the training samples.
    let of_teacher = |teacher: &Deep<f32>| {
        let mut on_training = outputs(teacher, training.view());
        let mut on_held_out = outputs(teacher, held_out.view());
        let mean = on_training.mean_axis(Axis(0)).expect("there are samples");
        on_training -= &mean;
        on_held_out -= &mean;
        let square = on_training
            .iter()
            .map(|y| f64::from(*y).powi(2))
            .sum::<f64>();
        let scale = (on_training.len() as f64 / square).sqrt() as f32;
        [on_training * scale, on_held_out * scale]
    };
    let noise = || {
        let shape = |count: usize| [count, small.architecture.output()];
        [
            gaussian_inputs::<f32>(seed, "label noise", shape(training.nrows()), 1.0),
            gaussian_inputs(seed, "held out label noise", shape(held_out.nrows()), 1.0),
        ]
    };
    let parts: Vec<(f64, [Array2<f32>; 2])> = match labels {
        Labels::Small => vec![(1.0, of_teacher(&small))],
        Labels::Large => vec![(1.0, of_teacher(&large))],
        Labels::Noise => vec![(1.0, noise())],
        Labels::SmallAndNoise(p) => {
            vec![((1.0 - p).sqrt(), of_teacher(&small)), (p.sqrt(), noise())]
        }
        Labels::SmallAndLarge(p) => {
            vec![
                ((1.0 - p).sqrt(), of_teacher(&small)),
                (p.sqrt(), of_teacher(&large)),
            ]
        }
    };
    let mixed = |which: usize| {
        let zeros = Array2::<f32>::zeros(parts[0].1[which].dim());
        parts.iter().fold(zeros, |mut sum, (amplitude, part)| {
            sum.scaled_add(*amplitude as f32, &part[which]);
            sum
        })
    };
    let set = |inputs: &Array2<f32>, which| DataSet {
        inputs: inputs.clone(),
        targets: Targets::Values(mixed(which)),
    };
    let (training, held_out) = (set(&training, 0), set(&held_out, 1));
    let measured = MEASURED.min(training.len());
    let architecture = scenario.student_architecture();
    let fit = Fit {
        inputs: training.inputs.slice(s![..measured, ..]).to_owned(),
        parts: parts
            .iter()
            .map(|(amplitude, part)| (*amplitude, part[0].slice(s![..measured, ..]).to_owned()))
            .collect(),
        work: Mutex::new((Pass::new(&architecture, measured), Vec::new())),
    };
    let lesson = Lesson::with(small, training, held_out);
    let metrics = (0..parts.len())
        .map(|component| {
            Box::new(Fitted {
                fit: &fit,
                component,
            }) as Box<dyn Metric>
        })
        .collect();
    let plan = Plan {
        label: format!("{}-seed{seed}", labels.name()),
        identity: identity(base, &architecture, (&scenario.large, deviation)),
        student: student(seed, &architecture),
        training: &base.training.training,
        epochs: base.training.epochs,
        seed,
        metrics,
    };
    let course = Course::run(&lesson, plan, store, hooks)?;
    let row = |record: &super::EpochRecord| LabelRow {
        epoch: record.epoch,
        training_loss: record.training_loss,
        held_out_loss: record.held_out.loss,
        fitted: record.extra.clone(),
    };
    Ok(LabelRun {
        labels,
        seed,
        rows: course.epochs.iter().map(row).collect(),
        end: course.end,
    })
}

/// Components on some training samples, to be found again in a student's outputs.
struct Fit {
    inputs: Array2<f32>,
    /// Amplitude in the labels, and values N × C.
    parts: Vec<(f64, Array2<f32>)>,
    /// Working memory, and what was found at the last look.
    work: Mutex<(Pass<f32>, Vec<f64>)>,
}

impl Fit {
    /// Least squares: outputs ≈ Σ a_i component_i; a_i over the amplitude that it has in the labels.
    fn measure(&self, network: &Deep<f32>, pass: &mut Pass<f32>) -> Vec<f64> {
        pass.forward(network, self.inputs.t(), Mode::Evaluation);
        let output = pass.output();
        let product = |a: &Array2<f32>, b: ndarray::ArrayView2<f32>| {
            Zip::from(a)
                .and(b)
                .fold(0.0, |sum, &a, &b| sum + f64::from(a) * f64::from(b))
        };
        let onto: Vec<f64> = self
            .parts
            .iter()
            .map(|part| product(&part.1, output.t()))
            .collect();
        let gram = |i: usize, j: usize| product(&self.parts[i].1, self.parts[j].1.view());
        let coefficients = match self.parts.len() {
            1 => vec![onto[0] / gram(0, 0)],
            _ => {
                let (a, b, c) = (gram(0, 0), gram(0, 1), gram(1, 1));
                let determinant = a * c - b * b;
                vec![
                    (onto[0] * c - onto[1] * b) / determinant,
                    (onto[1] * a - onto[0] * b) / determinant,
                ]
            }
        };
        let amplitudes = self.parts.iter().map(|part| part.0);
        coefficients
            .into_iter()
            .zip(amplitudes)
            .map(|(x, a)| x / a)
            .collect()
    }
}

struct Fitted<'a> {
    fit: &'a Fit,
    component: usize,
}

impl Metric for Fitted<'_> {
    fn name(&self) -> String {
        format!("fitted_{}", self.component + 1)
    }

    fn measure(&self, at: &Observation) -> f64 {
        let mut work = self.fit.work.lock().expect("nothing panics with it");
        let (pass, found) = &mut *work;
        // Components are asked for one after another: the first look serves them all.
        if self.component == 0 {
            *found = self.fit.measure(at.network, pass);
        }
        found[self.component]
    }
}

impl Outcome {
    /// The kinds of labels in their order.
    pub fn labels(&self) -> Vec<Labels> {
        self.scenario.labels()
    }

    /// The median over seeds of a figure, epoch by epoch; as far as all runs came.
    pub fn median(&self, labels: Labels, figure: impl Fn(&LabelRow) -> f64) -> Vec<(f64, f64)> {
        findings::median(labels, &self.runs, figure)
    }

    /// The runs of one kind, seed by seed.
    pub fn of(&self, labels: Labels) -> impl Iterator<Item = &LabelRun> {
        self.runs.iter().filter(move |run| run.labels == labels)
    }
}
