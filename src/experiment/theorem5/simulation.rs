//! A run of the joint flow, without anything said of it.

use super::envelope::distance;
use super::motion::Rates;
use super::recorder::{Recorder, Row};
use super::{Setup, Theorem5};
use crate::experiment::{ExperimentError, Hooks};
use crate::flow::{FanOut, FlowOptions, StateLayout, TwoLayerFlow};
use crate::integrate::{Method, Plan, RunReport, Tolerance, integrate};
use crate::theory::certificate::Certificate;

/// A tolerance that is looser by this tells how large the error of the tighter one is.
const LOOSER: f64 = 100.0;

/// No tolerance looser than this says anything.
const LOOSEST: f64 = 1e-2;

/// What a run recorded.
pub(in crate::experiment) struct Simulation {
    pub layout: StateLayout,
    pub rows: Vec<Row>,
    pub states: Vec<Vec<f64>>,
    pub report: RunReport,
    pub largest_ratio: Option<f64>,
    /// The smallest at which the two norms fell, at outputs and accepted steps.
    pub rates: Rates,
}

impl Simulation {
    /// Integrates the joint flow.
    pub fn run(
        scenario: &Theorem5,
        setup: &Setup,
        certificate: Option<&Certificate>,
        (method, plan): (Method, &Plan),
        hooks: &dyn Hooks,
    ) -> Result<Self, ExperimentError> {
        let fan_out = match scenario.flow.normalized_fan_out {
            true => FanOut::RunningNormalized,
            false => FanOut::Running,
        };
        let options = FlowOptions {
            projection: true,
            fan_out,
        };
        let overlap = setup.overlap(scenario.seed);
        let mut flow = TwoLayerFlow::new(&setup.network, overlap, &setup.input, options);
        if let Some(rule) = scenario.biases.rule() {
            flow = flow.learning_thresholds(rule);
        }
        let mut recorder = Recorder::new(scenario, setup, certificate, flow.layout(), (&method, plan), hooks);
        let start = flow.state_of(&setup.network);
        let report = integrate(&mut flow, start, &method, plan, &mut recorder)?;
        Ok(Self {
            layout: flow.layout(),
            rows: recorder.rows,
            states: recorder.states,
            report,
            largest_ratio: recorder.largest_ratio,
            rates: recorder.watched.rates,
        })
    }

    /// How far this run is from one with a tolerance a hundred times looser, in any z_i; `None` where there is no tolerance to loosen.
    ///
    /// # Errors
    /// As [`Simulation::run`].
    pub fn looser(
        &self,
        scenario: &Theorem5,
        setup: &Setup,
        (method, plan): (&Method, &Plan),
        hooks: &dyn Hooks,
    ) -> Result<Option<f64>, ExperimentError> {
        let Some(method) = looser(method) else {
            return Ok(None);
        };
        let other = Self::run(scenario, setup, None, (method, plan), hooks)?;
        Ok(Some(distance(&self.rows, &other.rows)))
    }
}

/// The same method with a looser tolerance.
fn looser(method: &Method) -> Option<Method> {
    let Tolerance { rtol, atol } = method.tolerance()?;
    let looser = Tolerance {
        rtol: LOOSER * rtol,
        atol: LOOSER * atol,
    };
    (looser.rtol <= LOOSEST).then_some(match method {
        Method::Dopri5(_) => Method::Dopri5(looser),
        Method::Rkc(_) => Method::Rkc(looser),
        _ => Method::Dop853(looser),
    })
}
