//! The flow and what integrates it: its energy, its Jacobian, its independence of the dimension; orders and ends.

#[path = "../common/mod.rs"]
mod common;

mod derivatives;
mod energy;
mod integrators;
mod thresholds;

use common::{derivative, normal, random_network, theorem4_network};
use luckflow::flow::{Direction, FanOut, FlowJacobian, FlowOptions, TwoLayerFlow, asymmetry};
use luckflow::integrate::{Method, Monitor, Plan, RunEnd, Step, Tolerance, integrate};
use luckflow::network::{Frame, TwoLayer};
use luckflow::overlap::gaussian::normal as gaussian;
use luckflow::overlap::{ExactGaussian, Input, MonteCarlo, Resample};
use luckflow::theory::asymptotic_rate;
use ndarray::{Array2, s};

const RUNNING: FlowOptions = FlowOptions {
    projection: true,
    fan_out: FanOut::Running,
};

fn exact_flow(network: &TwoLayer, options: FlowOptions) -> TwoLayerFlow {
    let overlap = Box::new(ExactGaussian::new());
    TwoLayerFlow::new(network, overlap, &Input::standard_gaussian(), options)
}

fn velocity(flow: &mut TwoLayerFlow, y: &[f64]) -> Vec<f64> {
    let mut dy = vec![0.0; y.len()];
    flow.velocity(y, &mut dy);
    dy
}

/// Keeps every snapshot and state.
#[derive(Default)]
struct Keep {
    losses: Vec<f64>,
    dissipated: Vec<f64>,
    angles: Vec<Vec<f64>>,
    states: Vec<Vec<f64>>,
}

impl Monitor<TwoLayerFlow> for Keep {
    fn output(&mut self, flow: &mut TwoLayerFlow, _time: f64, y: &[f64]) -> Option<RunEnd> {
        let mut dy = vec![0.0; y.len()];
        let snapshot = flow.snapshot(y, &mut dy);
        self.losses.push(snapshot.loss);
        self.dissipated.push(snapshot.dissipated);
        self.angles.push(snapshot.angles);
        self.states.push(y.to_vec());
        None
    }
}

fn run(network: &TwoLayer, options: FlowOptions, method: Method, horizon: f64) -> (TwoLayerFlow, Keep) {
    let mut flow = exact_flow(network, options);
    let start = flow.state_of(network);
    let mut keep = Keep::default();
    let plan = Plan::uniform(horizon, 40);
    integrate(&mut flow, start, &method, &plan, &mut keep).unwrap();
    (flow, keep)
}

const TIGHT: Method = Method::Dop853(Tolerance {
    rtol: 1e-12,
    atol: 1e-14,
});
