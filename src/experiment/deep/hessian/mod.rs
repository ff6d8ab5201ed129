//! Flat minima: the spectrum of the Hessian after training, for students of several widths.

mod figures;
pub mod keys;
mod report;

pub use keys::FlatMinima;

use crate::experiment::deep::image_data::ImageData;
use crate::experiment::deep::memory::of_trainings;
use crate::experiment::deep::plan::TrainingPlan;
use crate::experiment::deep::problem::{self, Problem};
use crate::experiment::deep::teachers::Teachers;
use crate::experiment::deep::trajectory::TrainingTrajectory;
use crate::experiment::{Ended, Experiment, ExperimentError, Hooks, Run, Store};
use crate::integrate::RunEnd;
use crate::linalg;
use crate::measure::{Density, lanczos};
use crate::network::deep::Architecture;
use crate::rng;
use crate::runs::{Memory, interruptible};
use crate::sgd::{Curvature, DataSet, Targets};
use serde::Serialize;

/// Everything that the runs found.
#[derive(Serialize)]
pub struct Found {
    /// Width by width, seed by seed.
    #[serde(rename = "findings")]
    pub runs: Vec<Spectrum>,
}

/// A run that is over.
pub type Outcome = Run<FlatMinima>;

/// One student and the spectrum of its loss's Hessian.
#[derive(Serialize)]
pub struct Spectrum {
    /// Hidden layers in units of the teacher's.
    pub width: usize,
    /// Its seed.
    pub seed: u64,
    /// Its parameters P.
    pub parameters: usize,
    /// Its held-out loss at the start.
    pub held_out_loss_start: f64,
    /// And at the end.
    pub held_out_loss: f64,
    /// ρ̄ of each layer at the end.
    pub rho: Vec<f64>,
    /// How the spectrum was had.
    pub method: SpectrumMethod,
    /// The spectrum at the end.
    #[serde(skip)]
    pub density: Density,
    /// The largest eigenvalue.
    pub largest: f64,
    /// The least eigenvalue.
    pub least: f64,
    /// The part of eigenvalues that are near zero: below `near_zero` of the largest, in absolute value.
    pub near_zero: f64,
    /// How many that are.
    pub flat_directions: f64,
    /// (cut-off as a part of the largest, the part of eigenvalues below it), for other cut-offs.
    pub below: Vec<(f64, f64)>,
    /// Why the training ended.
    #[serde(serialize_with = "RunEnd::describe")]
    pub end: RunEnd,
}

/// How a spectrum is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SpectrumMethod {
    /// All eigenvalues of the matrix.
    Whole,
    /// An estimate of their density, from products with vectors.
    Lanczos,
}

impl SpectrumMethod {
    /// As in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Lanczos => "lanczos",
        }
    }
}

/// What "near zero" may mean, beside what the scenario says.
const CUT_OFFS: [f64; 5] = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2];

impl FlatMinima {
    /// The student of a width.
    pub fn student_architecture(&self, width: usize) -> Architecture {
        self.base.student.architecture(&self.base.teacher.architecture, width, None)
    }
}

impl Experiment for FlatMinima {
    const NAME: &'static str = "flat-minima";
    const ABOUT: &'static str = "The spectrum of the Hessian after training, for students of several widths";
    const RESUMABLE: bool = true;

    type Setup = Option<ImageData>;
    type Found = Found;

    fn memory(&self) -> Memory {
        let architecture = self.student_architecture(self.base.student.widest());
        let parameters = architecture.parameters() as f64;
        let (dense, hessian) = (parameters.min(self.hessian.dense as f64), &self.hessian);
        let pass = hessian.samples as f64 * architecture.activations() as f64;
        let trainings = self.base.student.widths.len() * self.base.seeds as usize;
        of_trainings(&self.base, &architecture, trainings)
            .and("the Hessian", 3.0 * dense * dense, 8)
            .and("Lanczos vectors", hessian.steps as f64 * parameters, 8)
            .and("products with the Hessian", 6.0 * pass, 8)
    }

    fn prepare(&self) -> Result<Option<ImageData>, ExperimentError> {
        problem::prepare(&self.base)
    }

    /// Trains all students and takes their spectra.
    fn find(&mut self, images: Option<ImageData>, store: &dyn Store, hooks: &dyn Hooks) -> Ended<Found> {
        let base = &self.base;
        let teachers = Teachers::of(base, images, store, hooks)?;
        let network = |&width: &usize| self.student_architecture(width);
        let widths = &base.student.widths;
        let (runs, end) =
            teachers.trainings(widths, network, (hooks, "training and spectra"), |&width, network, seed, hooks| {
                let problem = teachers.problem(seed, base.data.deviations()[0])?;
                one(self, &problem, network, (width, seed), store, hooks)
            })?;
        let runs = runs.into_iter().flatten().collect();
        Ok((Found { runs }, end))
    }
}

/// Trains one student and takes its spectrum; none, if one of the two did not come to its end.
fn one(
    scenario: &FlatMinima,
    problem: &Problem,
    network: &Architecture,
    (width, seed): (usize, u64),
    store: &dyn Store,
    hooks: &dyn Hooks,
) -> Ended<Option<Spectrum>> {
    let base = &scenario.base;
    let student = base.student.at_start(seed, network)?;
    let plan = TrainingPlan::of(base, format!("width{width}-seed{seed}"), student, seed, base.data.deviations()[0]);
    let trajectory = TrainingTrajectory::run(problem, plan, store, hooks)?;
    if trajectory.end != RunEnd::Finished {
        return Ok((None, trajectory.end));
    }
    let sample = double(&problem.training.head(scenario.hessian.samples));
    let network = trajectory.student.cast::<f64>();
    let curvature = Curvature::new(&network, &sample, base.training.training.loss);
    let parameters = curvature.dim();
    let found = spectrum(&scenario.hessian, curvature, seed, hooks)?;
    let Some((method, density)) = found else {
        return Ok((None, RunEnd::Interrupted { time: None }));
    };
    let settings = &scenario.hessian;
    let last = trajectory.last();
    let near_zero = density.within(settings.near_zero * density.largest());
    let spectrum = Spectrum {
        width,
        seed,
        parameters,
        held_out_loss_start: trajectory.epochs[0].held_out.loss,
        held_out_loss: last.held_out.loss,
        rho: last.rho(),
        method,
        largest: density.largest(),
        least: density.least(),
        near_zero,
        flat_directions: near_zero * parameters as f64,
        below: CUT_OFFS.map(|part| (part, density.within(part * density.largest()))).to_vec(),
        density,
        end: trajectory.end,
    };
    Ok((Some(spectrum), RunEnd::Finished))
}

/// All eigenvalues, or their density by Lanczos; `None` if the user stopped it.
fn spectrum(
    settings: &keys::Hessian,
    mut curvature: Curvature<f64>,
    seed: u64,
    hooks: &dyn Hooks,
) -> Result<Option<(SpectrumMethod, Density)>, ExperimentError> {
    let parameters = curvature.dim();
    if parameters <= settings.dense {
        let Some(dense) = curvature.dense(|| !hooks.interrupted()) else {
            return Ok(None);
        };
        let Some(spectrum) = interruptible(hooks, move || linalg::eigenvalues(&dense)) else {
            return Ok(None);
        };
        let density = Density::of_spectrum(&spectrum?.to_vec());
        return Ok(Some((SpectrumMethod::Whole, density)));
    }
    let steps = [settings.steps, settings.probes];
    let seed = rng::derive(seed, "hessian", &[]);
    let density = lanczos(parameters, steps, seed, |v, out| {
        curvature.apply(v, out);
        !hooks.interrupted()
    })?;
    Ok(density.map(|density| (SpectrumMethod::Lanczos, density)))
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
