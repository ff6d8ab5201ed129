//! Theorem 4, put to the test: teacher and student of equal width, fan-out weights one.

mod claims;
mod entry;
pub mod keys;
mod recorder;
mod report;
mod setup;
mod simulation;

pub use crate::experiment::two_layer::claim::RateClaim;
pub use claims::{GradientDescentClaim, Measured};
pub use entry::{CertificateSection, Way};
pub use keys::Theorem4;
pub use setup::Setup;
pub use simulation::Simulation;

use super::two_layer::claim;
use super::two_layer::outputs::Outputs;
use super::two_layer::settings::Stepping;
use super::two_layer::slowest::Slowest;
use super::{Ended, Experiment, ExperimentError, Hooks, Run, Store};
use crate::bound::Measure;
use crate::experiment::two_layer::memory;
use crate::falsify;
use crate::measure::{Spread, distance, spread};
use crate::network::Frame;
use crate::runs::Memory;
use crate::theory;
use crate::theory::AsymptoticRate;
use crate::theory::assumption3::Assumption3;
use ndarray::Array2;
use serde::Serialize;

/// Everything that a run of the experiment found.
#[derive(Serialize)]
pub struct Found {
    /// ε, K_d, θ₀, d₀, b.
    pub assumption: Assumption3,
    /// Premises of the theorem that the scenario does not meet.
    pub premises_not_met: Vec<String>,
    /// Rates with their verdicts, from the primary run.
    #[serde(rename = "rates", serialize_with = "claim::by_name")]
    pub claims: Vec<RateClaim>,
    /// What was measured on the primary run.
    #[serde(rename = "simulated")]
    pub measured: Measured,
    /// What was measured on the exact run beside a sampled one.
    #[serde(rename = "exact", skip_serializing_if = "Option::is_none")]
    pub measured_exact: Option<Measured>,
    /// The slowest start that a search found within the same θ₀, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slowest_found: Option<Slowest>,
    /// From when on the start is certified, where it was asked for.
    #[serde(rename = "certified_from", skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// How the loss fell.
    pub energy: Energy,
    /// Below this angle nothing is read off the run.
    #[serde(rename = "noise_floor")]
    pub floor: f64,
    /// Below this angle velocities, and so rates, are not to be trusted.
    pub rate_floor: f64,
    /// The slowest rate near the teacher, where it could be computed.
    #[serde(skip)]
    pub asymptotic: Option<AsymptoticRate>,
    /// Why it could not.
    pub asymptotic_problem: Option<String>,
    /// The run itself; of several replicas the first.
    #[serde(rename = "run")]
    pub primary: Simulation,
    /// The other replicas of a sampled run.
    #[serde(skip)]
    pub replicas: Vec<Simulation>,
    /// With exact overlaps, beside a sampled run.
    #[serde(skip)]
    pub exact: Option<Simulation>,
    /// Where the coordinates lie in R^d.
    #[serde(skip)]
    pub frame: Frame,
    /// W* in these coordinates, k × m.
    #[serde(skip)]
    pub teacher: Array2<f64>,
    /// W(0), k × m.
    #[serde(skip)]
    pub start: Array2<f64>,
}

/// A run that is over.
pub type Outcome = Run<Theorem4>;

/// How the loss ℓ fell, over all states that were read.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Energy {
    /// ℓ(0)
    pub loss_start: Option<f64>,
    /// ℓ at the end
    pub loss_end: Option<f64>,
    /// Largest rise from one state to the next, relative to ℓ(0).
    pub largest_rise: f64,
    /// Largest |ℓ(t) − ℓ(0) + ∫(‖Ẇ‖² + ‖V̇‖²)dt|, relative to ℓ(0).
    pub balance_residual: f64,
}

impl Experiment for Theorem4 {
    const NAME: &'static str = "theorem4";
    const ABOUT: &'static str =
        "A student of the teacher's width, V fixed: does the largest angle fall at the claimed rates?";

    type Setup = Setup;
    type Found = Found;

    fn memory(&self) -> Memory {
        let size = memory::Size {
            teacher: &self.teacher,
            extra: 0,
            outputs: 0,
            overlap: &self.overlap,
            integrate: &self.integrate,
            states: self.output.states,
            dense: theory::DENSE_FIXED,
        };
        size.memory()
    }

    fn prepare(&self) -> Result<Setup, ExperimentError> {
        Setup::prepare(self)
    }

    fn find(&mut self, setup: Setup, _: &dyn Store, hooks: &dyn Hooks) -> Ended<Found> {
        let (method, plan) = setup.plan(self);
        self.integrate.resolve(&method, plan.horizon);
        self.teacher.input_dim = Some(setup.frame.dim());
        self.teacher.nodes = Some(setup.assumption.nodes);

        let sampled = self.overlap.sampling().is_some();
        let exact = (sampled && setup.input.is_standard())
            .then(|| simulation::exact_beside(&setup, &plan, hooks))
            .transpose()?;
        let (primary, replicas) = simulation::all(&setup, self, &method, &plan, hooks)?;

        let measured = claims::measure(&primary, &setup);
        let measured_exact = exact.as_ref().map(|exact| claims::measure(exact, &setup));
        let claims = claims::judge(&setup, &measured, &setup.unmet(self));
        let slowest_found = slowest_found(self, &setup, &claims, hooks);
        let way = entry::find(self, &setup, &claims, plan.horizon, hooks);
        let end = primary.end.clone();
        let found = Found {
            energy: Energy::of(&primary),
            assumption: setup.assumption,
            asymptotic_problem: setup.asymptotic_problem.clone(),
            floor: setup.noise_floor(&method).value,
            rate_floor: setup.rate_floor(),
            premises_not_met: setup.premises_not_met(self),
            asymptotic: setup.asymptotic,
            frame: setup.frame,
            teacher: setup.network.teacher.weights,
            start: setup.network.student.weights,
            primary,
            replicas,
            exact,
            claims,
            slowest_found,
            way,
            measured,
            measured_exact,
        };
        Ok((found, end))
    }

    fn for_row(&self) -> Self {
        let mut scenario = self.clone();
        // Between its steps this method interpolates, which nothing but figures needs.
        if matches!(self.integrate.method, Stepping::Dop853(_)) {
            scenario.integrate.outputs = Outputs::Count(1);
        }
        scenario
    }
}

/// The slowest start within θ₀, beside the Euclidean certificate, where the scenario asks for it and that rate speaks of it.
fn slowest_found(scenario: &Theorem4, setup: &Setup, claims: &[RateClaim], hooks: &dyn Hooks) -> Option<Slowest> {
    scenario.falsify.slowest(scenario.seed, hooks, |search| {
        let claim = claim::of_flow(claims, Measure::Distance)?;
        let teacher = &setup.network.teacher.weights;
        let (b, theta0) = (setup.assumption.threshold, setup.assumption.theta0);
        let radius = distance(&vec![theta0; teacher.ncols()]);
        Some((falsify::distance(teacher.view(), b, [radius, theta0], 1.0, search), claim.value))
    })
}

impl Energy {
    fn of(run: &Simulation) -> Self {
        let readings = &run.readings;
        let last = readings.last();
        Self {
            loss_start: last.is_some().then(|| readings.loss_start()),
            loss_end: last.map(|row| row.snapshot.loss),
            largest_rise: readings.largest_rise(),
            balance_residual: readings.energy_residual(),
        }
    }
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
