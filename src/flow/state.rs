//! How a state of the flow lies in one vector, as integrators want it.

use ndarray::{ArrayView2, ArrayViewMut2};
use std::ops::Range;

/// [ W, node by node | V, node by node (if it runs) | b (if it is learned) | energy dissipated so far ].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateLayout {
    /// Coordinates per node, k.
    pub coordinates: usize,
    /// Student nodes, n.
    pub nodes: usize,
    /// Outputs, C, if V runs; 0 if it is fixed.
    pub outputs: usize,
    /// Thresholds, n, if they are learned; 0 if they are fixed.
    pub thresholds: usize,
}

impl StateLayout {
    /// Length of the state vector.
    pub fn len(&self) -> usize {
        self.nodes * (self.coordinates + self.outputs) + self.thresholds + 1
    }

    /// Never: a state holds at least the dissipated energy.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Wᵀ, n × k: a node per row.
    pub fn weights<'a>(&self, y: &'a [f64]) -> ArrayView2<'a, f64> {
        let part = &y[..self.nodes * self.coordinates];
        ArrayView2::from_shape((self.nodes, self.coordinates), part).expect("length fits")
    }

    /// Wᵀ, n × k, to be written.
    pub fn weights_mut<'a>(&self, y: &'a mut [f64]) -> ArrayViewMut2<'a, f64> {
        let part = &mut y[..self.nodes * self.coordinates];
        ArrayViewMut2::from_shape((self.nodes, self.coordinates), part).expect("length fits")
    }

    /// V, n × C; of zero columns if it is fixed.
    pub fn fan_out<'a>(&self, y: &'a [f64]) -> ArrayView2<'a, f64> {
        let part = &y[self.of_fan_out()];
        ArrayView2::from_shape((self.nodes, self.outputs), part).expect("length fits")
    }

    /// V, n × C, to be written.
    pub fn fan_out_mut<'a>(&self, y: &'a mut [f64]) -> ArrayViewMut2<'a, f64> {
        let part = &mut y[self.of_fan_out()];
        ArrayViewMut2::from_shape((self.nodes, self.outputs), part).expect("length fits")
    }

    /// b, n; empty if they are fixed.
    pub fn thresholds<'a>(&self, y: &'a [f64]) -> &'a [f64] {
        let end = self.of_fan_out().end;
        &y[end..end + self.thresholds]
    }

    /// b, n, to be written.
    pub fn thresholds_mut<'a>(&self, y: &'a mut [f64]) -> &'a mut [f64] {
        let end = self.of_fan_out().end;
        &mut y[end..end + self.thresholds]
    }

    fn of_fan_out(&self) -> Range<usize> {
        let first = self.nodes * self.coordinates;
        first..first + self.nodes * self.outputs
    }

    /// ∫ (‖Ẇ‖² + ‖V̇‖² + ‖ḃ‖²) dt since the start.
    pub fn dissipated(&self, y: &[f64]) -> f64 {
        y[self.len() - 1]
    }
}
