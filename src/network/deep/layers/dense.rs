//! Layers whose nodes see all inputs: one product for a batch.

use super::{LayerKind, Map, Room, Work};
use crate::blas::multiply_add;
use crate::network::deep::{Layout, Parameters, Shape};
use crate::real::Real;
use ndarray::{ArrayView2, ArrayViewMut2};
use serde::Serialize;

/// All nodes see all inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Dense {
    /// Nodes.
    pub nodes: usize,
    /// Whether they have biases.
    pub bias: bool,
}

impl LayerKind for Dense {
    fn output(&self, input: Shape) -> Result<Shape, String> {
        if input.positions() > 1 {
            return Err(format!(
                "a dense layer above {input}; allowed: nodes without positions, as a flatten layer gives them"
            ));
        }
        Ok(Shape::flat(self.nodes))
    }

    fn layout(&self, input: Shape) -> Layout {
        Layout::linear(vec![self.nodes, input.channels], self.bias)
    }

    fn nodes(&mut self) -> Option<(&mut usize, &mut bool)> {
        Some((&mut self.nodes, &mut self.bias))
    }

    fn work<T: Real>(&self, _: Room) -> Work<T> {
        Work::Map(Box::new(Product))
    }
}

struct Product;

impl<T: Real> Map<T> for Product {
    fn forward(&mut self, parameters: &Parameters<T>, x: ArrayView2<T>, mut y: ArrayViewMut2<T>) {
        multiply_add(T::one(), parameters.weights.view(), x, T::zero(), y.view_mut());
        for (mut row, &b) in y.rows_mut().into_iter().zip(parameters.bias()) {
            let row = row.as_slice_mut().expect("node by node");
            row.iter_mut().for_each(|z| *z += b);
        }
    }

    fn apply(&mut self, weights: ArrayView2<T>, x: ArrayView2<T>, beta: T, y: ArrayViewMut2<T>) {
        multiply_add(T::one(), weights, x, beta, y);
    }

    fn transposed(&mut self, weights: ArrayView2<T>, delta: ArrayView2<T>, beta: T, x: ArrayViewMut2<T>) {
        multiply_add(T::one(), weights.t(), delta, beta, x);
    }

    fn outer(&mut self, alpha: T, delta: ArrayView2<T>, x: ArrayView2<T>, beta: T, out: ArrayViewMut2<T>) {
        multiply_add(alpha, delta, x.t(), beta, out);
    }

    fn sums(&self, delta: ArrayView2<T>, out: &mut [T]) {
        for (out, row) in out.iter_mut().zip(delta.rows()) {
            *out = row.sum();
        }
    }
}
