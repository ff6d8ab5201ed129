//! Two-layer SGD beside the flow from the same start: how far apart do they come, and how does that fall with η and B?

mod figures;
mod gap;
pub mod keys;
mod paths;
mod prediction;
mod report;
mod verdicts;

pub use gap::{Exponent, Law, fit_law};
pub use keys::{Sgd, SgdVsFlow};
pub use paths::{Path, PathRow};
pub use prediction::{Agreement, PredictedGap, Prediction, StepAgreement};

use super::theorem5::{Certificates, Setup};
use super::{Ended, Experiment, ExperimentError, Hooks, Run, Store};
use crate::experiment::two_layer::memory;
use crate::flow::FanOut;
use crate::integrate::{Method, RunEnd, Step};
use crate::linalg::LinalgError;
use crate::measure::Span;
use crate::network::TwoLayer;
use crate::runs::Memory;
use crate::runs::{Weight, many};
use crate::sgd::SgdOptions;
use paths::Reference;
use prediction::Drawn;
use serde::Serialize;

/// Everything that was found.
#[derive(Serialize)]
pub struct Found {
    /// The start.
    #[serde(skip)]
    pub network: TwoLayer,
    /// d
    pub dim: usize,
    /// What the prediction presumes and the scenario does otherwise.
    pub premises_not_met: Vec<String>,
    /// The fitted law; `None` with less than two steps or two batches, or a gap of zero.
    pub law: Option<Law>,
    /// Gaps of each batch and step.
    pub gaps: Vec<Gaps>,
    /// What the linear noise approximation predicts; `None` where its premises are not met, or it was not asked for.
    pub prediction: Option<Prediction>,
    /// Why it could not be computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prediction_problem: Option<String>,
    /// What is left of the gap with B = ∞, for each step.
    pub gradient_descent: Vec<DescentGap>,
    /// For each η the flow, at the times at which SGD with that step is looked at.
    #[serde(skip)]
    pub flows: Vec<Path>,
    /// For each η gradient descent with exact gradients: SGD with B = ∞.
    #[serde(skip)]
    pub descents: Vec<Path>,
    /// All SGD runs: η by η, B by B, seed by seed.
    #[serde(skip)]
    pub runs: Vec<SgdRun>,
}

/// A run that is over.
pub type Outcome = Run<SgdVsFlow>;

/// The largest distances to the flow, over the seeds of one step and batch.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Gaps {
    /// η
    pub step: f64,
    /// B
    pub batch: usize,
    /// How many.
    pub runs: usize,
    /// Over them.
    #[serde(flatten)]
    pub span: Span,
}

/// The largest distance of gradient descent with exact gradients to the flow.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct DescentGap {
    /// η
    pub step: f64,
    /// The distance.
    pub gap: f64,
}

/// One SGD run.
pub struct SgdRun {
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

impl Experiment for SgdVsFlow {
    const NAME: &'static str = "sgd-vs-flow";
    const ABOUT: &'static str =
        "Two-layer SGD beside the flow from the same start: how does the gap fall with step and batch?";

    type Setup = Setup;
    type Found = Found;

    fn memory(&self) -> Memory {
        let runs = self.sgd.steps.len() * self.sgd.batches.len() * self.sgd.seeds as usize;
        let one = memory::Size {
            states: true,
            ..self.base.size()
        };
        one.memory().times(runs.min(rayon::current_num_threads()))
    }

    fn prepare(&self) -> Result<Setup, ExperimentError> {
        let mut setup = Setup::prepare(&self.base)?;
        // In the coordinates of R^d: noise leaves the span of W* and W(0).
        if setup.input.is_standard() {
            let network = &mut setup.network;
            network.teacher.weights = setup.frame.lift(network.teacher.weights.view())?;
            network.student.weights = setup.frame.lift(network.student.weights.view())?;
        }
        Ok(setup)
    }

    fn find(&mut self, setup: Setup, _: &dyn Store, hooks: &dyn Hooks) -> Ended<Found> {
        let references = self.sgd.steps.iter().map(|&step| Reference::new(self, &setup, step));
        let references: Vec<Reference> = references.collect();
        let (method, _) = setup.plan(&self.base, &Certificates::default());
        let along = |method: &dyn Fn(f64) -> Method| -> Result<(Vec<Path>, Vec<RunEnd>), ExperimentError> {
            let paths = references.iter().map(|reference| reference.flow(method(reference.step), hooks));
            paths.collect()
        };
        let (flows, ends) = along(&|step| divided(method, step))?;
        let (descents, others) = along(&|step| Method::GradientDescent(Step { step }))?;
        // Beside a flow that broke off there is nothing to be seen of SGD.
        let compared = match ends.iter().all(RunEnd::is_regular) {
            true => &references[..],
            false => &[],
        };
        let end = RunEnd::worst(ends.iter().chain(&others));
        let runs = sgd_runs(self, compared, &flows, hooks)?;
        let (drawn, problem) = match draws(self, &setup, compared, &flows, hooks) {
            Ok(drawn) => (drawn, None),
            Err(problem) => (Vec::new(), Some(problem.to_string())),
        };
        let complete = drawn.iter().all(Option::is_some) && runs.iter().all(Option::is_some);
        let stopped = RunEnd::Interrupted { time: None };
        let end = match complete {
            true => end,
            false => RunEnd::worst([&end, &stopped]),
        };
        let runs: Vec<SgdRun> = runs.into_iter().flatten().collect();
        let drawn: Option<Vec<Drawn>> = drawn.into_iter().collect();
        let drawn = drawn.filter(|drawn| !drawn.is_empty());
        let points: Vec<[f64; 3]> = runs.iter().map(|run| [run.step, run.batch as f64, run.gap]).collect();
        let found = Found {
            dim: setup.network.student.weights.nrows(),
            premises_not_met: premises_not_met(self, &setup),
            network: setup.network,
            law: fit_law(&points),
            prediction: drawn.and_then(|drawn| Prediction::of(&self.sgd.steps, &self.sgd.batches, &drawn, &runs)),
            prediction_problem: problem,
            gaps: gaps(self, &runs),
            gradient_descent: descent_gaps(self, &descents, &flows),
            flows,
            descents,
            runs,
        };
        Ok((found, end))
    }
}

/// Step by step, batch by batch, seed by seed; none where the user stopped it.
fn sgd_runs(
    scenario: &SgdVsFlow,
    references: &[Reference],
    flows: &[Path],
    hooks: &dyn Hooks,
) -> Result<Vec<Option<SgdRun>>, ExperimentError> {
    let (batches, seeds) = (scenario.sgd.batches.len(), scenario.sgd.seeds as usize);
    let total = references.len() * batches * seeds;
    // Runs take as many samples as their batch has, in as many steps as fit.
    let cost = |i: usize| scenario.sgd.batches[i / seeds % batches] as f64 / scenario.sgd.steps[i / (batches * seeds)];
    let weights: Vec<Weight> = (0..total).map(|i| Weight::narrow(cost(i))).collect();
    let found = many(&weights, hooks, "SGD", |i, hooks| {
        let (which, rest) = (i / (batches * seeds), i % (batches * seeds));
        let (batch, seed) = (scenario.sgd.batches[rest / seeds], rest % seeds);
        let seed = scenario.base.seed + seed as u64;
        let options = SgdOptions {
            step: scenario.sgd.steps[which],
            batch,
            projection: scenario.sgd.projection,
            running_fan_out: scenario.sgd.fan_out == FanOut::Running,
        };
        // Runs of different steps and batches are independent too.
        let stream = crate::rng::derive(seed, "sgd run", &[which as u64, batch as u64]);
        let path = references[which].sgd(options, stream, hooks);
        let run = path.map(|path| SgdRun {
            step: options.step,
            batch,
            seed,
            gap: path.largest_gap(&flows[which]),
            path,
        });
        Ok::<_, ExperimentError>(run)
    })?;
    Ok(found.into_iter().map(Option::flatten).collect())
}

/// Draws of the linear noise approximation for each step; none where it does not apply.
fn draws(
    scenario: &SgdVsFlow,
    setup: &Setup,
    references: &[Reference],
    flows: &[Path],
    hooks: &dyn Hooks,
) -> Result<Vec<Option<Drawn>>, LinalgError> {
    if scenario.sgd.draws == 0 || !premises_not_met(scenario, setup).is_empty() {
        return Ok(Vec::new());
    }
    let cost = |reference: &Reference| Weight::narrow(reference.looks.len() as f64);
    let weights: Vec<Weight> = references.iter().map(cost).collect();
    let found = many(&weights, hooks, "linear noise", |i, hooks| {
        Drawn::of(&references[i], &flows[i], &scenario.sgd.batches, scenario.sgd.draws, hooks)
    })?;
    Ok(found.into_iter().map(Option::flatten).collect())
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
    if !scenario.sgd.projection {
        missing.push(
            "SGD is not projected: its nodes leave the unit sphere, while the flow beside it misses the radial part"
                .into(),
        );
    }
    if !setup.input.is_standard() {
        missing.push("the input is not N(0, I): the flow separates expectations and is no limit of SGD".into());
    } else if setup.overlap(0).resolution() > 0.0 {
        missing.push("the flow's own overlaps are sampled".into());
    }
    let network = &setup.network;
    let (nodes, outputs) = network.fan_out.dim();
    let unknowns = nodes * (network.student.weights.nrows() + outputs);
    if unknowns > prediction::LARGEST {
        let largest = prediction::LARGEST;
        missing.push(format!("{unknowns} unknowns: the linear noise approximation is computed for up to {largest}"));
    }
    missing
}

/// Batch by batch, step by step.
fn gaps(scenario: &SgdVsFlow, runs: &[SgdRun]) -> Vec<Gaps> {
    let pairs = scenario
        .sgd
        .batches
        .iter()
        .flat_map(|&batch| scenario.sgd.steps.iter().map(move |&step| (step, batch)));
    pairs
        .filter_map(|(step, batch)| {
            let found = runs.iter().filter(|run| run.step == step && run.batch == batch);
            Some(Gaps {
                step,
                batch,
                runs: found.clone().count(),
                span: Span::of(found.map(|run| run.gap))?,
            })
        })
        .collect()
}

fn descent_gaps(scenario: &SgdVsFlow, descents: &[Path], flows: &[Path]) -> Vec<DescentGap> {
    let pairs = descents.iter().zip(flows);
    let gaps = pairs.map(|(descent, flow)| descent.largest_gap(flow));
    let steps = scenario.sgd.steps.iter();
    steps.zip(gaps).map(|(&step, gap)| DescentGap { step, gap }).collect()
}

impl Outcome {
    /// The flow at the times at which SGD with this step, one of the scenario's, is looked at.
    fn flow_beside(&self, step: f64) -> &Path {
        let index = self.scenario.sgd.steps.iter().position(|&own| own == step);
        &self.flows[index.unwrap_or(0)]
    }

    /// All runs of a step and a batch.
    pub fn of(&self, step: f64, batch: usize) -> impl Iterator<Item = &SgdRun> {
        let is_meant = move |run: &&SgdRun| run.step == step && run.batch == batch;
        self.runs.iter().filter(is_meant)
    }
}
