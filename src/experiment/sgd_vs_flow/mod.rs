//! Two-layer SGD beside the flow from the same start: how far apart do they come, and how does that fall with η and B?

pub mod keys;
pub mod report;

pub use keys::SgdVsFlow;

mod gap;
mod paths;

pub use gap::{Exponent, Law, fit_law};
pub use paths::{Path, PathRow};

use super::theorem5::Setup;
use super::{ExperimentError, Hooks};
use crate::flow::FanOut;
use crate::integrate::{Method, Step};
use crate::network::TwoLayer;
use crate::runs::together::Together;
use crate::sgd::SgdOptions;
use paths::Reference;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

/// Everything that was found.
pub struct Outcome {
    /// The scenario.
    pub scenario: SgdVsFlow,
    /// The start.
    pub network: TwoLayer,
    /// d
    pub dim: usize,
    /// What the prediction presumes and the scenario does otherwise.
    pub premises_not_met: Vec<String>,
    /// For each η the flow, at the times at which SGD with that step is looked at.
    pub flows: Vec<Path>,
    /// For each η gradient descent with exact gradients: SGD with B = ∞.
    pub descents: Vec<Path>,
    /// All SGD runs: η by η, B by B, seed by seed.
    pub runs: Vec<Run>,
    /// The fitted law; `None` with less than two steps or two batches, or a gap of zero.
    pub law: Option<Law>,
    /// Whether the user broke it off: then runs are missing.
    pub interrupted: bool,
    /// Seconds.
    pub seconds: f64,
}

/// One SGD run.
pub struct Run {
    /// η
    pub step: f64,
    /// B
    pub batch: usize,
    /// Its seed.
    pub seed: u64,
    /// What was seen of it.
    pub path: Path,
    /// The largest distance to the flow.
    pub gap: f64,
}

/// Runs the flow once per step, then all SGD runs, in parallel. What a run finds does not depend on the others.
pub fn run(scenario: &SgdVsFlow, hooks: &dyn Hooks) -> Result<Outcome, ExperimentError> {
    simulate(scenario, prepare(scenario)?, hooks)
}

/// Draws or loads the start, in the coordinates of R^d: noise leaves the span of W* and W(0).
pub fn prepare(scenario: &SgdVsFlow) -> Result<Setup, ExperimentError> {
    let mut setup = Setup::prepare(&scenario.base)?;
    if setup.input.is_standard() {
        let network = &mut setup.network;
        network.teacher.weights = setup.frame.lift(network.teacher.weights.view())?;
        network.student.weights = setup.frame.lift(network.student.weights.view())?;
    }
    Ok(setup)
}

/// Runs what has been prepared.
pub fn simulate(
    scenario: &SgdVsFlow,
    setup: Setup,
    hooks: &dyn Hooks,
) -> Result<Outcome, ExperimentError> {
    let started = std::time::Instant::now();
    let reference = |step: f64| Reference::new(scenario, &setup, step);
    let references: Vec<Reference> = scenario.steps.iter().map(|&step| reference(step)).collect();
    let (method, _) = setup.plan(&scenario.base, None);
    let flows = references
        .iter()
        .zip(&scenario.steps)
        .map(|(reference, &step)| reference.flow(divided(method, step), hooks))
        .collect::<Result<Vec<_>, _>>()?;
    let descents = references
        .iter()
        .zip(&scenario.steps)
        .map(|(reference, &step)| reference.flow(Method::GradientDescent(Step { step }), hooks))
        .collect::<Result<Vec<_>, _>>()?;

    let (batches, seeds) = (scenario.batches.len(), scenario.seeds as usize);
    let total = references.len() * batches * seeds;
    let together = Together::new(hooks, "SGD", total);
    let runs: Vec<Option<Run>> = (0..total)
        .into_par_iter()
        .with_max_len(1)
        .map(|i| {
            let (which, rest) = (i / (batches * seeds), i % (batches * seeds));
            let (batch, seed) = (scenario.batches[rest / seeds], rest % seeds);
            let seed = scenario.base.seed + seed as u64;
            let options = SgdOptions {
                step: scenario.steps[which],
                batch,
                projection: scenario.projection,
                running_fan_out: scenario.fan_out == FanOut::Running,
            };
            // Runs of different steps and batches are independent too.
            let stream = crate::rng::derive(seed, "sgd run", &[which as u64, batch as u64]);
            let path = references[which].sgd(options, stream, &together.part(i))?;
            Some(Run {
                step: options.step,
                batch,
                seed,
                gap: path.largest_gap(&flows[which]),
                path,
            })
        })
        .collect();
    let interrupted = runs.iter().any(Option::is_none);
    let runs: Vec<Run> = runs.into_iter().flatten().collect();
    let points: Vec<[f64; 3]> = runs
        .iter()
        .map(|run| [run.step, run.batch as f64, run.gap])
        .collect();
    Ok(Outcome {
        scenario: scenario.clone(),
        dim: setup.network.student.weights.nrows(),
        premises_not_met: premises_not_met(scenario, &setup),
        network: setup.network,
        flows,
        descents,
        law: fit_law(&points),
        runs,
        interrupted,
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// The method with a step that divides SGD's, so that both are looked at at the same times.
fn divided(method: Method, step: f64) -> Method {
    let divide = |own: Step| Step {
        step: step / (step / own.step).ceil(),
    };
    match method {
        Method::Rk4(own) => Method::Rk4(divide(own)),
        Method::GradientDescent(own) => Method::GradientDescent(divide(own)),
        adaptive => adaptive,
    }
}

fn premises_not_met(scenario: &SgdVsFlow, setup: &Setup) -> Vec<String> {
    let mut missing = Vec::new();
    if !scenario.projection {
        missing.push(
            "SGD is not projected: its nodes leave the unit sphere, while the flow beside it misses the radial part".into(),
        );
    }
    if !setup.input.is_standard() {
        missing.push(
            "the input is not N(0, I): the flow separates expectations and is no limit of SGD"
                .into(),
        );
    } else if setup.overlap(0).resolution() > 0.0 {
        missing.push("the flow's own overlaps are sampled".into());
    }
    missing
}

impl Outcome {
    /// Gaps of all seeds of a step and a batch, ascending.
    pub fn gaps(&self, step: f64, batch: usize) -> Vec<f64> {
        let mut gaps: Vec<f64> = self.of(step, batch).map(|run| run.gap).collect();
        gaps.sort_by(f64::total_cmp);
        gaps
    }

    /// All runs of a step and a batch.
    pub fn of(&self, step: f64, batch: usize) -> impl Iterator<Item = &Run> {
        let is_meant = move |run: &&Run| run.step == step && run.batch == batch;
        self.runs.iter().filter(is_meant)
    }
}
