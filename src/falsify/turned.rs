//! Nodes turned away from where they belong, as a smooth function of unbounded numbers, and its transpose.

use ndarray::{Array2, ArrayView1, ArrayView2};

/// Below this a direction counts as none, and its derivative is left out.
const TINY: f64 = 1e-150;

/// For each node a direction at right angles to its nominal place and a share σ in [0, 1) of how far it may turn.
///
/// A node's numbers are a vector A; T is its part at right angles to the nominal node, the direction is T/|T| and σ = |T|²/(1 + |T|²).
pub(super) struct Turned<'a> {
    nominal: ArrayView2<'a, f64>,
    directions: Array2<f64>,
    lengths: Vec<f64>,
    pub shares: Vec<f64>,
}

impl<'a> Turned<'a> {
    /// `nominal` holds a unit node per row, n × p; `numbers` p per node.
    pub fn new(nominal: ArrayView2<'a, f64>, numbers: &[f64]) -> Self {
        let shape = nominal.dim();
        let mut directions =
            Array2::from_shape_vec(shape, numbers[..shape.0 * shape.1].to_vec()).expect("p numbers per node");
        let mut lengths = Vec::with_capacity(shape.0);
        for (mut direction, node) in directions.rows_mut().into_iter().zip(nominal.rows()) {
            let along = direction.dot(&node);
            direction.scaled_add(-along, &node);
            let length = direction.dot(&direction).sqrt();
            direction /= length.max(TINY);
            lengths.push(length);
        }
        let share = |length: &f64| length * length / (1.0 + length * length);
        Self {
            nominal,
            directions,
            shares: lengths.iter().map(share).collect(),
            lengths,
        }
    }

    /// Nodes at chords |w − nominal|² = `squares`, n × p.
    pub fn weights(&self, squares: &[f64]) -> Array2<f64> {
        let mut weights = self.nominal.to_owned();
        for (j, mut weight) in weights.rows_mut().into_iter().enumerate() {
            weight *= 1.0 - 0.5 * squares[j];
            weight.scaled_add(sine(squares[j]), &self.directions.row(j));
        }
        weights
    }

    /// Derivatives in the squares from those in the weights.
    pub fn in_squares(&self, squares: &[f64], weights: ArrayView2<f64>) -> Vec<f64> {
        let slope = |j: usize| {
            let weight: ArrayView1<f64> = weights.row(j);
            let turn = (1.0 - 0.5 * squares[j]) / (2.0 * sine(squares[j]).max(TINY));
            -0.5 * self.nominal.row(j).dot(&weight) + turn * self.directions.row(j).dot(&weight)
        };
        (0..squares.len()).map(slope).collect()
    }

    /// Derivatives in the numbers, from those in the weights at fixed squares and those in the shares.
    pub fn in_numbers(&self, squares: &[f64], weights: ArrayView2<f64>, shares: &[f64], out: &mut [f64]) {
        let p = self.nominal.ncols();
        for (j, out) in out.chunks_exact_mut(p).take(squares.len()).enumerate() {
            let (direction, node) = (self.directions.row(j), self.nominal.row(j));
            let length = self.lengths[j].max(TINY);
            let mut turned = weights.row(j).to_owned() * (sine(squares[j]) / length);
            let along = direction.dot(&turned);
            turned.scaled_add(-along, &direction);
            let grown = 2.0 * length / (1.0 + length * length).powi(2);
            turned.scaled_add(shares[j] * grown, &direction);
            let along = node.dot(&turned);
            turned.scaled_add(-along, &node);
            out.iter_mut().zip(&turned).for_each(|(out, x)| *out = *x);
        }
    }
}

/// sin θ from 4 sin²(θ/2).
fn sine(square: f64) -> f64 {
    (square * (1.0 - 0.25 * square)).max(0.0).sqrt()
}
