//! The samples of one group: kept from the first time, or drawn anew.

use super::{BLOCK, Source};
use crate::real::Real;
use ndarray::{Array2, ArrayView2, Axis, s};

/// Samples that are worked on together: their activations stay in the second-level cache. It divides [`BLOCK`].
pub const PART: usize = 256;

/// Parts of a whole block.
const PARTS: usize = BLOCK / PART;

/// A fixed sample, or room for one block of a fresh one.
pub struct Sample<T> {
    /// Part by part, each d × [`PART`]: a sample per column, as the product with W likes them best.
    kept: Vec<Array2<T>>,
    /// The block drawn last, where it is not kept; a sample per row. Rows beyond the block's size are left over.
    drawn: Array2<T>,
    /// Samples in the block loaded last.
    size: usize,
}

impl<T: Real> Sample<T> {
    /// Nothing drawn yet.
    pub fn new() -> Self {
        Self {
            kept: Vec::new(),
            drawn: Array2::zeros((0, 0)),
            size: 0,
        }
    }

    /// Has block `block`, the group's `place`-th, at hand; gives the number of its parts.
    pub fn load(&mut self, source: &Source<T>, place: usize, block: usize) -> usize {
        let dim = source.nodes.weights.ncols();
        let key = [source.seed, source.epoch, block as u64];
        self.size = BLOCK.min(source.samples - block * BLOCK);
        if !source.keep {
            if self.drawn.is_empty() {
                // The group's first block is its largest.
                self.drawn = Array2::zeros((self.size, dim));
            }
            let x = self.drawn.slice_mut(s![..self.size, ..]);
            source.input.draw(key, None, x);
        } else if self.kept.len() == place * PARTS {
            let mut x = Array2::zeros((self.size, dim));
            source.input.draw(key, Some(block * BLOCK), x.view_mut());
            let transposed = |part: ArrayView2<T>| part.t().as_standard_layout().into_owned();
            let parts = x.axis_chunks_iter(Axis(0), PART);
            self.kept.extend(parts.map(transposed));
        }
        self.size.div_ceil(PART)
    }

    /// A part of the block that was loaded last, d × at most [`PART`].
    pub fn part(&self, place: usize, part: usize) -> ArrayView2<'_, T> {
        if let Some(kept) = self.kept.get(place * PARTS + part) {
            return kept.view();
        }
        let first = part * PART;
        let last = (first + PART).min(self.size);
        self.drawn.slice(s![first..last, ..]).reversed_axes()
    }
}
