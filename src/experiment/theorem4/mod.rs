//! Theorem 4, put to the test: teacher and student of equal width, fan-out weights one.

mod claims;
pub mod keys;
mod recorder;
pub mod report;
mod setup;
mod simulation;

pub use claims::{GradientDescentClaim, Measured, RATES, RateClaim};
pub use keys::Theorem4;
pub use setup::Setup;
pub use simulation::Simulation;

use super::{ExperimentError, Hooks};
use crate::experiment::two_layer::settings::Overlap;
use crate::measure::{Spread, spread};
use crate::network::Frame;
use crate::theory::AsymptoticRate;
use crate::theory::assumption3::Assumption3;
use ndarray::Array2;

/// Everything that a run of the experiment found.
pub struct Outcome {
    /// The scenario with all that was "auto" filled in.
    pub scenario: Theorem4,
    /// The common threshold b.
    pub threshold: f64,
    /// ε, K_d, θ₀, d₀.
    pub assumption: Assumption3,
    /// The slowest rate near the teacher, where it could be computed.
    pub asymptotic: Option<AsymptoticRate>,
    /// Why it could not.
    pub asymptotic_problem: Option<String>,
    /// Below this angle nothing is read off the run.
    pub floor: f64,
    /// Below this angle velocities, and so rates, are not to be trusted.
    pub rate_floor: f64,
    /// The run itself; of several replicas the first.
    pub primary: Simulation,
    /// The other replicas of a sampled run.
    pub replicas: Vec<Simulation>,
    /// With exact overlaps, beside a sampled run.
    pub exact: Option<Simulation>,
    /// Rates with their verdicts, from the primary run.
    pub claims: Vec<RateClaim>,
    /// What was measured on the primary run.
    pub measured: Measured,
    /// What was measured on the exact run beside it.
    pub measured_exact: Option<Measured>,
    /// Premises of the theorem that the scenario does not meet.
    pub premises_not_met: Vec<String>,
    /// Where the coordinates lie in R^d.
    pub frame: Frame,
    /// W* in these coordinates, k × m.
    pub teacher: Array2<f64>,
    /// Seconds that all simulations took.
    pub seconds: f64,
}

/// Prepares the experiment and runs it.
pub fn run(scenario: &Theorem4, hooks: &dyn Hooks) -> Result<Outcome, ExperimentError> {
    simulate(scenario, Setup::prepare(scenario)?, hooks)
}

/// Runs an experiment that has been prepared: what could be wrong with the scenario has been found by then.
pub fn simulate(
    scenario: &Theorem4,
    setup: Setup,
    hooks: &dyn Hooks,
) -> Result<Outcome, ExperimentError> {
    let started = std::time::Instant::now();
    let (method, plan) = setup.plan(scenario);
    let mut resolved = scenario.clone();
    resolved.integrate.method = method.into();
    resolved.integrate.horizon = Some(plan.horizon);
    resolved.teacher.input_dim = Some(setup.frame.dim());
    resolved.teacher.nodes = Some(setup.assumption.nodes);

    let sampled = matches!(scenario.overlap, Overlap::MonteCarlo(_));
    let exact = (sampled && setup.input.is_standard())
        .then(|| simulation::exact_beside(&setup, &plan, hooks))
        .transpose()?;
    let (primary, replicas) = simulation::all(&setup, &resolved, &method, &plan, hooks)?;

    let measured = claims::measure(&primary, &setup);
    let measured_exact = exact.as_ref().map(|exact| claims::measure(exact, &setup));
    let claims = claims::judge(&setup, &measured);
    Ok(Outcome {
        scenario: resolved,
        threshold: setup.assumption.threshold,
        assumption: setup.assumption,
        asymptotic_problem: setup.asymptotic_problem.clone(),
        floor: setup.floor(&method),
        rate_floor: setup.rate_floor(),
        premises_not_met: setup.premises_not_met(scenario),
        asymptotic: setup.asymptotic,
        frame: setup.frame,
        teacher: setup.network.teacher.weights,
        primary,
        replicas,
        exact,
        claims,
        measured,
        measured_exact,
        seconds: started.elapsed().as_secs_f64(),
    })
}

impl Outcome {
    /// Mean and spread of the largest angle over the replicas; `None` for a single run.
    pub fn spread(&self) -> Option<Vec<Spread>> {
        if self.replicas.is_empty() {
            return None;
        }
        let runs = std::iter::once(&self.primary).chain(&self.replicas);
        Some(spread(runs.map(|run| &run.trajectory)))
    }
}
