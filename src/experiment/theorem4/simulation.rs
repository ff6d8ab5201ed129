//! The runs themselves: one, or several replicas of a sampled one with the exact one beside them.

use super::recorder::Recorder;
use super::setup::Setup;
use super::{ExperimentError, GradientDescentClaim, Hooks};
use crate::experiment::theorem4::Theorem4;
use crate::flow::lanes::alone;
use crate::flow::{FlowOptions, StateLayout, TwoLayerFlow};
use crate::integrate::{Method, NoiseFloor, Plan, RunEnd, Tolerance, integrate};
use crate::measure::{Readings, Trajectory};
use crate::overlap::{ExactGaussian, OverlapMethod};
use crate::runs::joint_progress::JointProgress;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;

/// One run.
#[derive(Serialize)]
pub struct Simulation {
    /// Statistics at the output times, for figures.
    #[serde(skip)]
    pub trajectory: Trajectory,
    /// Statistics of every accepted step of an adaptive method, or of the output times of another.
    #[serde(skip)]
    pub readings: Readings,
    /// How its states lie in a vector.
    #[serde(skip)]
    pub layout: StateLayout,
    /// Why it ended.
    #[serde(skip)]
    pub end: RunEnd,
    /// Accepted steps.
    pub steps: u64,
    /// Evaluations of the flow by the method.
    pub evaluations: u64,
    /// How it stepped.
    #[serde(skip)]
    pub method: Method,
    /// For gradient descent: the largest factors per step.
    #[serde(skip)]
    pub gradient_descent: Option<GradientDescentClaim>,
}

/// What tells one run from another.
pub(super) struct Replica<'a> {
    pub method: Method,
    pub label: &'a str,
    pub stop_below: NoiseFloor,
    /// Whether the states at output times are kept too.
    pub keep_states: bool,
    pub options: FlowOptions,
}

/// The primary run and its further replicas.
pub fn all(
    setup: &Setup,
    scenario: &Theorem4,
    method: &Method,
    plan: &Plan,
    hooks: &dyn Hooks,
) -> Result<(Simulation, Vec<Simulation>), ExperimentError> {
    let replicas = scenario.overlap.sampling().and_then(|sampling| sampling.replicas).unwrap_or(1);
    // Replicas are compared time by time, so they all go on to the horizon.
    let (stop_below, label) = match replicas {
        1 => (setup.noise_floor(method), "flow"),
        _ => (NoiseFloor::NONE, "replicas"),
    };
    let progress = JointProgress::new(hooks, label, replicas as usize);
    let simulate = |replica: u64| {
        let run = Replica {
            method: *method,
            label: "flow",
            stop_below,
            keep_states: scenario.output.states && replica == 0,
            options: FlowOptions {
                projection: scenario.flow.projection,
                fan_out: scenario.flow.fan_out,
            },
        };
        let overlap = setup.overlap(scenario.seed, replica);
        run.simulate(setup, overlap, plan, &progress.part(replica as usize))
    };
    if replicas == 1 {
        return Ok((simulate(0)?, Vec::new()));
    }
    // A task that waited within a parallel loop would keep the thread's other tasks from theirs.
    let runs = alone(|| (0..replicas).into_par_iter().map(simulate).collect::<Result<Vec<_>, _>>());
    let mut runs = runs?;
    let primary = runs.remove(0);
    Ok((primary, runs))
}

/// The same start and output times with exact overlaps.
pub fn exact_beside(setup: &Setup, plan: &Plan, hooks: &dyn Hooks) -> Result<Simulation, ExperimentError> {
    let run = Replica {
        method: Method::Dop853(Tolerance {
            rtol: 1e-10,
            atol: 1e-12,
        }),
        label: "exact flow",
        stop_below: NoiseFloor::NONE,
        keep_states: false,
        options: FlowOptions::default(),
    };
    run.simulate(setup, Box::new(ExactGaussian::new()), plan, hooks)
}

impl Replica<'_> {
    fn simulate(
        &self,
        setup: &Setup,
        overlap: Box<dyn OverlapMethod>,
        plan: &Plan,
        hooks: &dyn Hooks,
    ) -> Result<Simulation, ExperimentError> {
        let network = &setup.network;
        let mut flow = TwoLayerFlow::new(network, overlap, &setup.input, self.options);
        let mut recorder = Recorder::new(self, setup, flow.layout(), plan, hooks);
        let start = flow.state_of(network);
        let report = integrate(&mut flow, start, &self.method, plan, &mut recorder)?;
        Ok(Simulation {
            trajectory: recorder.trajectory,
            readings: recorder.readings,
            layout: flow.layout(),
            end: report.end,
            steps: report.steps,
            evaluations: report.evaluations,
            method: self.method,
            gradient_descent: recorder.gradient_descent,
        })
    }
}
