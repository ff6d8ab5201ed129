//! Channels and positions as nodes, in PyTorch's order: a node for each (channel, y, x).

use super::{LayerKind, Room, Work};
use crate::network::deep::Shape;
use crate::real::Real;
use serde::Serialize;

/// Channels and positions as nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Flatten;

impl LayerKind for Flatten {
    fn output(&self, input: Shape) -> Result<Shape, String> {
        Ok(Shape::flat(input.len()))
    }

    fn work<T: Real>(&self, _: Room) -> Work<T> {
        Work::View
    }
}
