//! A state of the flow, and the library's field at it.

use super::spec::Spec;
use luckflow::flow::{Direction, FanOut, FlowJacobian, Snapshot, TwoLayerFlow};
use ndarray::{Array2, ArrayView2, Zip};

/// The library's field with its working memory, kept from call to call.
pub(super) struct Kept {
    flow: TwoLayerFlow,
    pub(super) nodes: usize,
    /// V where it is fixed: the library has it from the beginning.
    pub(super) fan_out: Array2<f64>,
}

/// A state: W node by node, then V node by node.
pub(super) struct State {
    pub nodes: Array2<f64>,
    pub fan_out: Array2<f64>,
}

impl Kept {
    pub(super) fn of(spec: &Spec, state: &State) -> Self {
        let network = spec.network(state.nodes.view(), state.fan_out.view());
        Self {
            flow: spec.field(&network),
            nodes: state.nodes.nrows(),
            fan_out: state.fan_out.clone(),
        }
    }

    pub(super) fn velocity(&mut self, y: &[f64]) -> Vec<f64> {
        let mut dy = vec![0.0; y.len()];
        self.flow.velocity(y, &mut dy);
        dy
    }

    pub(super) fn snapshot(&mut self, y: &[f64]) -> Snapshot {
        self.flow.snapshot(y, &mut vec![0.0; y.len()])
    }
}

impl State {
    /// As the library has it: V only where it runs, and an integral at the end.
    pub(super) fn packed(self, fixed: bool) -> Vec<f64> {
        let fan_out = self.fan_out.as_slice().expect("row by row");
        let fan_out = if fixed { &[] } else { fan_out };
        let (mut packed, _) = self.nodes.into_raw_vec_and_offset();
        packed.reserve_exact(fan_out.len() + 1);
        packed.extend_from_slice(fan_out);
        packed.push(0.0);
        packed
    }
}

/// The Jacobian along a direction, of which a node's part along itself changes its norm and so its speed.
pub(super) fn along(spec: &Spec, state: &State, mut direction: Direction) -> Direction {
    let network = spec.network(state.nodes.view(), state.fan_out.view());
    let mut flow = spec.field(&network);
    let y = flow.state_of(&network);
    let mut velocity = vec![0.0; y.len()];
    flow.velocity(&y, &mut velocity);
    let velocity: ArrayView2<f64> = flow.layout().weights(&velocity).reborrow();
    let radial = Zip::from(direction.weights.rows()).and(state.nodes.rows()).map_collect(|change, w| change.dot(&w));
    for (j, mut change) in direction.weights.rows_mut().into_iter().enumerate() {
        change.scaled_add(-radial[j], &state.nodes.row(j));
    }
    let mut change = FlowJacobian::at(&network, FanOut::Running).apply(&direction);
    for (j, mut change) in change.weights.rows_mut().into_iter().enumerate() {
        change.scaled_add(radial[j], &velocity.row(j));
    }
    if spec.is_fixed() {
        change.fan_out.fill(0.0);
    }
    change
}

/// A matrix, row by row.
pub(super) fn shaped(entries: Vec<f64>, shape: (usize, usize)) -> Array2<f64> {
    Array2::from_shape_vec(shape, entries).expect("as many entries as there are")
}
