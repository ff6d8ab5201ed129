//! What a sample looks like at some height of a network.

use serde::{Serialize, Serializer};
use std::fmt;

/// Channels of an image; or nodes, where height and width are 1.
///
/// Activations of a batch stand as channel × (y, x, sample): a matrix of channels × (positions · batch), and the same
/// numbers as (channels · positions) × batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Channels, or nodes.
    pub channels: usize,
    /// Rows of the image.
    pub height: usize,
    /// Columns of the image.
    pub width: usize,
}

impl Shape {
    /// Nodes without positions.
    pub const fn flat(nodes: usize) -> Self {
        Self::image(nodes, 1, 1)
    }

    /// Channels of so many rows and columns.
    pub const fn image(channels: usize, height: usize, width: usize) -> Self {
        Self {
            channels,
            height,
            width,
        }
    }

    /// Places of a channel.
    pub const fn positions(&self) -> usize {
        self.height * self.width
    }

    /// Numbers of a sample.
    pub const fn len(&self) -> usize {
        self.channels * self.positions()
    }

    /// Whether there are no numbers.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// 20, or 3×32×32.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.height, self.width) {
            (1, 1) => self.channels.fmt(f),
            (height, width) => write!(f, "{}×{height}×{width}", self.channels),
        }
    }
}

/// A number of nodes, or [channels, height, width].
impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.height, self.width) {
            (1, 1) => self.channels.serialize(serializer),
            (height, width) => [self.channels, height, width].serialize(serializer),
        }
    }
}
