//! Pairs of nodes that are gone through one after another.

use super::vectors::{Entries, zeros};
use crate::overlap::gaussian::Places;

/// The pairs of which some lane's cosine does not tell the angle.
#[derive(Debug)]
pub struct Close<const P: usize> {
    /// Where in a matrix.
    pub pairs: Vec<usize>,
    /// Of each, ‖w_j − w_i‖², then D.
    pub minus: Entries<P>,
    /// And ‖w_j + w_i‖², then L.
    pub plus: Entries<P>,
}

impl<const P: usize> Close<P> {
    /// None yet, of so many pairs.
    pub fn of(pairs: usize) -> Self {
        Self {
            pairs: Vec::with_capacity(pairs),
            minus: zeros(pairs),
            plus: zeros(pairs),
        }
    }
}

/// The pairs of one lane.
#[derive(Debug, Default)]
pub struct List {
    /// Of each.
    pub cosines: Vec<f64>,
    /// D of each.
    pub d: Vec<f64>,
    /// L of each.
    pub l: Vec<f64>,
    /// Where they fall in the table.
    pub places: Places,
}

impl List {
    /// For so many pairs.
    pub fn resize(&mut self, pairs: usize) {
        for list in [&mut self.cosines, &mut self.d, &mut self.l] {
            list.resize(pairs, 0.0);
        }
    }
}
