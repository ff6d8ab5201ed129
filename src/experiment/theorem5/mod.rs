//! Theorem 5, put to the test: an over-parameterized student, with W and V running.

mod judge;
pub mod keys;
mod recorder;
mod report;
mod setup;

pub use judge::{Check, DescentClaim, PARTS, PartClaim, Shared};
pub use keys::Theorem5;
pub use recorder::Row;
pub use setup::Setup;

use super::{Experiment, ExperimentError, Hooks, Reading, Store, View};
use crate::config::section::Section;
use crate::config::{Key, ScenarioError};
use crate::flow::{FanOut, FlowOptions, StateLayout, TwoLayerFlow};
use crate::integrate::{self, Method, Plan, Rest, RunEnd, RunReport, Tolerance, integrate};
use crate::network::{Frame, TwoLayer};
use crate::theory::assumption3::TeacherAngles;
use crate::theory::certificate::Certificate;
use crate::theory::threshold::relative_overlap;
use crate::theory::{JointRate, Verdict};
use recorder::Recorder;
use serde::Serialize;

/// Everything that a run of the experiment found.
#[derive(Serialize)]
pub struct Outcome {
    /// The scenario with all that was "auto" filled in.
    #[serde(skip)]
    pub scenario: Theorem5,
    /// Teacher and student at the start.
    #[serde(skip)]
    pub network: TwoLayer,
    /// The common threshold b.
    pub threshold: f64,
    /// What the theory has to say nothing about, and why.
    pub premises_not_met: Vec<String>,
    /// The certificate, if there is one for this start.
    pub certificate: Option<Certificate>,
    /// The largest θ₀ = e₀ = v₀ that is certified for this teacher and W_r.
    #[serde(rename = "theta0_max")]
    pub largest_scale: f64,
    /// z(t) ≤ e^{Mt} z(0), checked along the run; `None` without a certificate.
    pub check: Option<Check>,
    /// What the run says of the certificate.
    pub verdict: Verdict,
    /// W_u → W*, V_u → V*, V_r → 0.
    #[serde(rename = "limits", serialize_with = "judge::by_name")]
    pub parts: [PartClaim; 3],
    /// For gradient descent of step η inside the certified region: the factor per step against 1 − ηλ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gradient_descent: Option<DescentClaim>,
    /// Spectra at the limit of this run, where they could be computed.
    pub joint: Option<JointRate>,
    /// Why they could not.
    pub joint_problem: Option<String>,
    /// λ_min(L) in the last state.
    #[serde(rename = "lambda_min_L")]
    pub final_smallest_l: f64,
    /// Teacher nodes that more than one student node has come to.
    pub shared: Vec<Shared>,
    /// Largest |ℓ(t) + dissipated(t) − ℓ(0)|, relative to ℓ(0): zero for an exact gradient flow.
    pub energy_residual: f64,
    /// Below this nothing is read off.
    #[serde(rename = "noise_floor")]
    pub floor: f64,
    /// Accepted steps.
    pub steps: u64,
    /// Evaluations of the flow.
    pub evaluations: u64,
    /// Statistics over time.
    #[serde(skip)]
    pub rows: Vec<Row>,
    /// Full states of the same times, where asked for.
    #[serde(skip)]
    pub states: Vec<Vec<f64>>,
    /// How states lie in a vector.
    #[serde(skip)]
    pub layout: StateLayout,
    /// Where the coordinates lie in R^d.
    #[serde(skip)]
    pub frame: Frame,
    /// Why the run ended.
    #[serde(skip)]
    pub end: RunEnd,
    /// Seconds.
    #[serde(skip)]
    pub seconds: f64,
}

impl Experiment for Theorem5 {
    const NAME: &'static str = "theorem5";
    const ABOUT: &'static str = "An over-parameterized student, W and V running: W_u → W*, V_u → V*, V_r → 0, with a certificate";
    const KEYS: &'static [&'static [&'static Key]] = keys::KEYS;
    const VIEW: View = report::VIEW;

    type Setup = Setup;
    type Outcome = Outcome;

    fn read(root: Section) -> Result<Self, ScenarioError> {
        Self::read_keys(root)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn seed(&self) -> u64 {
        self.seed
    }

    fn prepare(&self) -> Result<Setup, ExperimentError> {
        Setup::prepare(self)
    }

    fn run(
        &self,
        setup: Setup,
        _store: &dyn Store,
        hooks: &dyn Hooks,
    ) -> Result<Outcome, ExperimentError> {
        simulate(self, setup, hooks)
    }

    fn columns() -> Vec<Reading<Outcome>> {
        report::columns()
    }
}

/// Runs an experiment that has been prepared.
fn simulate(
    scenario: &Theorem5,
    setup: Setup,
    hooks: &dyn Hooks,
) -> Result<Outcome, ExperimentError> {
    let started = std::time::Instant::now();
    let problem = setup.problem();
    let certificate = problem.as_ref().and_then(|problem| problem.certify());
    let largest_scale = problem
        .as_ref()
        .map_or(0.0, |problem| problem.largest_certified_scale());
    let (method, plan) = setup.plan(scenario, certificate.as_ref());
    let floor = setup.floor(&method);
    let fly = |method| {
        Flight::of(
            scenario,
            &setup,
            certificate.as_ref(),
            (method, &plan),
            hooks,
        )
    };
    let judge = |flight: &Flight| {
        let certificate = certificate.as_ref()?;
        Some(judge::check(certificate, &flight.rows, floor))
    };
    let mut flight = fly(method)?;
    let mut check = judge(&flight);
    // A violation has to survive a finer tolerance: an explicit method that is held back by stability leaves errors
    // of many tolerances where fast parts have long decayed. (A sample may resolve no finer one: its run stands.)
    let resolved = |method: &Method| {
        let overlap = setup.overlap(scenario.seed);
        integrate::check(method, overlap.is_repeatable(), overlap.resolution()).is_ok()
    };
    if let Some(Check { holds: false, .. }) = &check
        && let Some(finer) = finer(&method).filter(resolved)
    {
        let again = fly(finer)?;
        if again.report.end.is_regular() {
            check = judge(&again);
            flight = again;
        }
    }
    let Flight {
        method,
        layout,
        rows,
        states,
        report,
        largest_ratio,
    } = flight;
    let mut resolved = scenario.clone();
    resolved.integrate.method = method.into();
    resolved.integrate.horizon = Some(plan.horizon);
    resolved.teacher.input_dim = Some(setup.frame.dim());
    resolved.teacher.nodes = Some(setup.network.teacher.weights.ncols());
    resolved.outputs = Some(setup.network.fan_out.ncols());

    let last = judge::LastState::of(&setup, layout, &report.state);
    let (joint, joint_problem) = match last.joint_rate(&setup) {
        Ok(joint) => (Some(joint), None),
        Err(problem) => (None, Some(problem)),
    };
    let verdict = Check::verdict(check.as_ref(), &setup.unmet());
    Ok(Outcome {
        verdict,
        parts: judge::parts(verdict, &rows, floor),
        energy_residual: energy_residual(&rows),
        joint_problem,
        gradient_descent: judge::descent(&method, certificate.as_ref(), largest_ratio),
        final_smallest_l: last.smallest_l(),
        shared: last.shared(&setup),
        premises_not_met: setup.premises_not_met(certificate.as_ref()),
        threshold: setup.threshold,
        network: setup.network,
        frame: setup.frame,
        scenario: resolved,
        certificate,
        largest_scale,
        rows,
        states,
        layout,
        end: report.end,
        steps: report.steps,
        evaluations: report.evaluations,
        seconds: started.elapsed().as_secs_f64(),
        floor,
        check,
        joint,
    })
}

/// The same method with a tolerance a hundred times smaller, where doubles still resolve that.
fn finer(method: &Method) -> Option<Method> {
    let Tolerance { rtol, atol } = method.tolerance()?;
    let (rtol, atol) = (0.01 * rtol, 0.01 * atol);
    let finer = Tolerance { rtol, atol };
    (rtol >= 1e-15).then_some(match method {
        Method::Dopri5(_) => Method::Dopri5(finer),
        Method::Rkc(_) => Method::Rkc(finer),
        _ => Method::Dop853(finer),
    })
}

/// The run itself, without anything said of it.
pub(super) struct Flight {
    pub method: Method,
    pub layout: StateLayout,
    pub rows: Vec<Row>,
    pub states: Vec<Vec<f64>>,
    pub report: RunReport,
    pub largest_ratio: Option<f64>,
}

impl Flight {
    /// Integrates the joint flow.
    pub fn of(
        scenario: &Theorem5,
        setup: &Setup,
        certificate: Option<&Certificate>,
        (method, plan): (Method, &Plan),
        hooks: &dyn Hooks,
    ) -> Result<Self, ExperimentError> {
        let fan_out = match scenario.normalized_fan_out {
            true => FanOut::RunningNormalized,
            false => FanOut::Running,
        };
        let options = FlowOptions {
            projection: true,
            fan_out,
        };
        let overlap = setup.overlap(scenario.seed);
        let mut flow = TwoLayerFlow::new(&setup.network, overlap, &setup.input, options);
        let keep_states = scenario.output.states;
        let floor = setup.noise_floor(&method);
        let rest = Rest::new(floor.value, setup.patience());
        let mut recorder =
            Recorder::new(&setup.network, hooks, plan.horizon, keep_states).stop_early(floor, rest);
        if let (Some(certificate), Some(_)) = (certificate, method.learning_rate()) {
            recorder = recorder.follow_norm(certificate.weights.clone(), floor.value);
        }
        let start = flow.state_of(&setup.network);
        let report = integrate(&mut flow, start, &method, plan, &mut recorder)?;
        let largest_ratio = recorder.largest_ratio();
        let Recorder { rows, states, .. } = recorder;
        Ok(Self {
            method,
            layout: flow.layout(),
            rows,
            states,
            report,
            largest_ratio,
        })
    }
}

impl Outcome {
    /// ε, the largest D(θ*_jk)/D(0) of two teacher nodes; 0 for a single one.
    pub fn epsilon(&self) -> f64 {
        let angles = TeacherAngles::of(self.network.teacher.weights.view());
        let relative = |angle| relative_overlap(self.threshold, angle);
        angles.smallest.map_or(0.0, relative)
    }
}

/// Largest |ℓ(t) + dissipated(t) − ℓ(0)|, relative to ℓ(0).
fn energy_residual(rows: &[Row]) -> f64 {
    let start = rows.first().map_or(1.0, |row| row.loss);
    rows.iter()
        .map(|row| ((row.loss + row.dissipated - start) / start).abs())
        .fold(0.0, f64::max)
}
