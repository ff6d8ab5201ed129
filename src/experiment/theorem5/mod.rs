//! Theorem 5, put to the test: an over-parameterized student, with W and V running.

mod biases;
mod certificates;
mod claims;
mod envelope;
pub mod keys;
mod last_state;
mod limits;
mod motion;
mod place;
mod recorder;
mod report;
mod setup;
mod simulation;

pub use biases::Biases;
pub use certificates::Certificates;
pub use claims::DescentFactor;
pub use envelope::Envelope;
pub use keys::Theorem5;
pub use last_state::Shared;
pub use limits::{PARTS, PartClaim};
pub use motion::{Motion, Rates};
pub use recorder::Row;
pub use setup::Setup;
pub(super) use simulation::Simulation;

use super::two_layer::claim::{self, RateClaim};
use super::two_layer::slowest::Slowest;
use super::{Ended, Experiment, ExperimentError, Hooks, Run, Store};
use crate::bound::{Premise, THEOREM5};
use crate::experiment::two_layer::memory;
use crate::falsify::{self, Within};
use crate::flow::StateLayout;
use crate::integrate::Method;
use crate::network::{Frame, TwoLayer};
use crate::runs::Memory;
use crate::runs::interruptible;
use crate::theory;
use crate::theory::JointRate;
use crate::theory::assumption3::TeacherAngles;
use crate::theory::certificate::Certificate;
use crate::theory::euclidean::joint;
use crate::theory::threshold::relative_overlap;
use last_state::LastState;
use serde::{Serialize, Serializer};

/// Everything that a run of the experiment found.
#[derive(Serialize)]
pub struct Found {
    /// Teacher and student at the start.
    #[serde(skip)]
    pub network: TwoLayer,
    /// The common threshold b.
    pub threshold: f64,
    /// What the theory has to say nothing about, and why.
    pub premises_not_met: Vec<String>,
    /// The certificate by the comparison matrix, if there is one for this start.
    pub certificate: Option<Certificate>,
    /// The certificate of the joint Euclidean distance, if there is one.
    pub euclidean: Option<joint::Certificate>,
    /// Which of the two bounds has the larger rate: *the* certificate.
    pub best: Option<&'static str>,
    /// The largest θ₀ = e₀ = v₀ that is certified for this teacher and W_r, by either; `None` where it was not asked for.
    #[serde(rename = "theta0_max")]
    pub largest_scale: Option<f64>,
    /// The same by each bound.
    #[serde(rename = "theta0_max_of", serialize_with = "largest_by_name")]
    pub largest_scales: Option<[f64; 2]>,
    /// Both rates with their verdicts.
    #[serde(rename = "rates", serialize_with = "claim::by_name")]
    pub claims: Vec<RateClaim>,
    /// The slowest start that a search found within the same errors, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slowest_found: Option<Slowest>,
    /// z(t) ≤ e^{Mt} z(0), checked along the run; `None` without a certificate by the comparison matrix.
    pub envelope: Option<Envelope>,
    /// W_u → W*, V_u → V*, V_r → 0.
    #[serde(rename = "limits", serialize_with = "limits::by_name")]
    pub parts: [PartClaim; 3],
    /// For gradient descent of step η inside the certified region: the factor per step beside 1 − ηλ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gradient_descent: Option<DescentFactor>,
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
}

/// A run that is over.
pub type Outcome = Run<Theorem5>;

impl Theorem5 {
    /// What was "auto".
    fn fill_in(&mut self, setup: &Setup, method: &Method, horizon: f64) {
        self.integrate.resolve(method, horizon);
        self.teacher.hidden.input_dim = Some(setup.frame.dim());
        self.teacher.hidden.nodes = Some(setup.network.teacher.weights.ncols());
        self.teacher.outputs = Some(setup.network.fan_out.ncols());
    }

    /// What decides how much memory it takes.
    pub(in crate::experiment) fn size(&self) -> memory::Size<'_> {
        memory::Size {
            teacher: &self.teacher.hidden,
            extra: self.student.extra,
            outputs: self.teacher.outputs.unwrap_or(1),
            overlap: &self.overlap,
            integrate: &self.integrate,
            states: self.output.states,
            dense: theory::DENSE,
        }
    }
}

/// What is proved of the start; nothing where the user does not wait for it.
fn certify(scenario: &Theorem5, setup: &Setup, hooks: &dyn Hooks) -> Certificates {
    let largest_start = scenario.certificate.largest_start;
    let certificates = setup
        .problem()
        .and_then(|problem| interruptible(hooks, move || Certificates::of(&problem, largest_start)));
    certificates.unwrap_or_default()
}

/// The slowest start with errors as large, beside Theorem C, where the scenario asks for it.
fn slowest_found(
    scenario: &Theorem5,
    setup: &Setup,
    certificates: &Certificates,
    unmet: &[Premise],
    hooks: &dyn Hooks,
) -> Option<Slowest> {
    scenario.falsify.slowest(scenario.seed, hooks, |search| {
        let problem = setup.problem().filter(|_| unmet.is_empty())?;
        let certified = certificates.euclidean.as_ref().map(|found| found.rate);
        Some((falsify::joint(&problem, &Within::start(&problem), 1.0, search), certified))
    })
}

impl Experiment for Theorem5 {
    const NAME: &'static str = "theorem5";
    const ABOUT: &'static str =
        "An over-parameterized student, W and V running: W_u → W*, V_u → V*, V_r → 0, with a certificate";

    type Setup = Setup;
    type Found = Found;

    fn memory(&self) -> Memory {
        self.size().memory()
    }

    fn prepare(&self) -> Result<Setup, ExperimentError> {
        Setup::prepare(self)
    }

    fn find(&mut self, setup: Setup, _: &dyn Store, hooks: &dyn Hooks) -> Ended<Found> {
        let certificates = certify(self, &setup, hooks);
        let comparison = certificates.comparison.as_ref();
        let (method, plan) = setup.plan(self, &certificates);
        let floor = setup.noise_floor(&method).value;
        let simulation = Simulation::run(self, &setup, comparison, (method, &plan), hooks)?;
        let unmet = setup.unmet(&method);
        let envelope = match comparison {
            Some(certificate) if !unmet.contains(&Premise::Flow) => {
                let looser = simulation.looser(self, &setup, (&method, &plan), hooks)?;
                Some(Envelope::of(certificate, &simulation.rows, floor, looser))
            }
            _ => None,
        };
        let Simulation {
            layout,
            rows,
            states,
            report,
            largest_ratio,
            rates,
        } = simulation;
        let last = LastState::of(&setup, layout, &report.state);
        let joint = last.joint_rate(&setup, hooks);
        self.fill_in(&setup, &method, plan.horizon);
        let found = Found {
            slowest_found: slowest_found(self, &setup, &certificates, &unmet, hooks),
            best: certificates.best().map(|bound| bound.name),
            claims: claims::judge(&certificates, &rates, &unmet, setup.sampling.is_some()),
            parts: limits::limits(&rows, floor, &report.end, &unmet),
            energy_residual: energy_residual(&rows),
            joint_problem: joint.as_ref().err().cloned(),
            joint: joint.ok(),
            gradient_descent: DescentFactor::of(&method, comparison, largest_ratio),
            final_smallest_l: last.smallest_l(hooks),
            shared: last.shared(&setup),
            premises_not_met: setup.premises_not_met(&unmet, &certificates),
            threshold: setup.threshold,
            network: setup.network,
            frame: setup.frame,
            largest_scale: certificates.largest_scales.map(|scales| scales.into_iter().fold(0.0, f64::max)),
            largest_scales: certificates.largest_scales,
            certificate: certificates.comparison,
            euclidean: certificates.euclidean,
            envelope,
            rows,
            states,
            layout,
            steps: report.steps,
            evaluations: report.evaluations,
            floor,
        };
        Ok((found, report.end))
    }
}

fn largest_by_name<S: Serializer>(largest: &Option<[f64; 2]>, to: S) -> Result<S::Ok, S::Error> {
    match largest {
        Some(largest) => to.collect_map(THEOREM5.iter().map(|bound| bound.name).zip(largest)),
        None => to.serialize_none(),
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
    rows.iter().map(|row| ((row.loss + row.dissipated - start) / start).abs()).fold(0.0, f64::max)
}
