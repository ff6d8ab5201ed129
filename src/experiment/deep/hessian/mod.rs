//! Flat minima: the spectrum of the Hessian after training, for students of several widths.

mod figures;
pub mod keys;
pub mod report;

use crate::experiment::deep::course::{Course, End};
use crate::experiment::deep::hessian::keys::FlatMinima as Scenario;
use crate::experiment::deep::lesson::{Lesson, student};
use crate::experiment::deep::plan::Plan;
use crate::experiment::deep::{identity, worst};
use crate::experiment::{ExperimentError, Hooks, Store};
use crate::measure::{Density, lanczos};
use crate::network::deep::Architecture;
use crate::rng;
use crate::runs::side_by_side::trainings;
use crate::sgd::{Curvature, DataSet, Targets};
use ndarray_linalg::{EigValsh, UPLO};

/// Everything that the runs found.
pub struct FlatMinima {
    /// The scenario.
    pub scenario: Scenario,
    /// Width by width, seed by seed.
    pub runs: Vec<Curved>,
    /// The worst end of a run.
    pub end: End,
    /// Seconds that all took.
    pub seconds: f64,
}

/// One student and the curvature of its loss.
pub struct Curved {
    /// Hidden layers in units of the teacher's.
    pub width: usize,
    /// Its seed.
    pub seed: u64,
    /// Its parameters P.
    pub parameters: usize,
    /// Its held-out loss at the start and at the end.
    pub held_out: [f64; 2],
    /// ρ̄ of each layer at the end.
    pub rho: Vec<f64>,
    /// The spectrum at the end.
    pub density: Density,
    /// Whether it is the whole spectrum, or an estimate by Lanczos.
    pub is_whole: bool,
    /// The part of eigenvalues that are near zero: below `near_zero` of the largest, in absolute value.
    pub near_zero: f64,
    /// Why the training ended.
    pub end: End,
}

impl Curved {
    /// How many eigenvalues are near zero.
    pub fn flat_directions(&self) -> f64 {
        self.near_zero * self.parameters as f64
    }
}

impl Scenario {
    /// The student of a width.
    pub fn student_architecture(&self, width: usize) -> Architecture {
        self.student
            .architecture(&self.base.teacher.architecture, width, None)
    }
}

/// Trains all students and takes their spectra.
pub fn run(
    scenario: &Scenario,
    store: &dyn Store,
    hooks: &dyn Hooks,
) -> Result<FlatMinima, ExperimentError> {
    let started = std::time::Instant::now();
    let seeds = scenario.base.seeds as usize;
    let widths = &scenario.student.widths;
    let total = widths.len() * seeds;
    let parameters: Vec<usize> = (0..total)
        .map(|i| {
            scenario
                .student_architecture(widths[i / seeds])
                .parameters()
        })
        .collect();
    let runs = trainings(&parameters, hooks, "training and spectra", |i, hooks| {
        let seed = scenario.base.seed + (i % seeds) as u64;
        one(scenario, widths[i / seeds], seed, store, hooks)
    })?;
    Ok(FlatMinima {
        scenario: scenario.clone(),
        end: worst(runs.iter().map(|run| &run.end)),
        runs,
        seconds: started.elapsed().as_secs_f64(),
    })
}

fn one(
    scenario: &Scenario,
    width: usize,
    seed: u64,
    store: &dyn Store,
    hooks: &dyn Hooks,
) -> Result<Curved, ExperimentError> {
    let base = &scenario.base;
    let deviation = base.data.deviations[0];
    let lesson = Lesson::of(base, seed, deviation)?;
    let architecture = scenario.student_architecture(width);
    let plan = Plan {
        label: format!("width{width}-seed{seed}"),
        identity: identity(base, &architecture, deviation),
        student: student(seed, &architecture),
        training: &base.training.training,
        epochs: base.training.epochs,
        seed,
        metrics: Vec::new(),
    };
    let course = Course::run(&lesson, plan, store, hooks)?;
    let sample = double(&lesson.training.head(scenario.hessian.samples));
    let network = course.student.cast::<f64>();
    let mut curvature = Curvature::new(&network, &sample, base.training.training.loss);
    let parameters = curvature.dim();
    let settings = &scenario.hessian;
    let is_whole = parameters <= settings.dense;
    let density = if is_whole {
        let spectrum = curvature.dense().eigvalsh(UPLO::Lower)?;
        Density::of_spectrum(&spectrum.to_vec())
    } else {
        let steps = [settings.steps, settings.probes];
        let seed = rng::derive(seed, "hessian", &[]);
        lanczos(parameters, steps, seed, |v, out| curvature.apply(v, out))?
    };
    let last = course.last();
    Ok(Curved {
        width,
        seed,
        parameters,
        held_out: [course.epochs[0].held_out.loss, last.held_out.loss],
        rho: last.rho(),
        near_zero: density.within(settings.near_zero * density.largest()),
        density,
        is_whole,
        end: course.end,
    })
}

fn double(data: &DataSet<f32>) -> DataSet<f64> {
    DataSet {
        inputs: data.inputs.mapv(f64::from),
        targets: match &data.targets {
            Targets::Values(values) => Targets::Values(values.mapv(f64::from)),
            Targets::Classes(classes) => Targets::Classes(classes.clone()),
        },
    }
}
