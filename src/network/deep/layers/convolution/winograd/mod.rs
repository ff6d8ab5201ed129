//! Convolutions of 3 × 3 by Winograd's minimal filtering F(2 × 2, 3 × 3): four positions of a channel take 16 products in
//! place of 36.
//!
//! In one dimension, y_0 = d_0 g_0 + d_1 g_1 + d_2 g_2 and y_1 = d_1 g_0 + d_2 g_1 + d_3 g_2 are y = Aᵀ (G g ⊙ Bᵀ d) with
//!
//! ```text
//!      1  0 −1  0        1  0  0
//! Bᵀ = 0  1  1  0    G = ½  ½  ½    Aᵀ = 1  1  1  0
//!      0 −1  1  0        ½ −½  ½         0  1 −1  1
//!      0 −1  0  1        0  0  1
//! ```
//!
//! and in two dimensions Y = Aᵀ (G g Gᵀ ⊙ Bᵀ d B) A for tiles of 2 × 2 results that read 4 × 4 numbers; over channels the
//! products at each of the 16 points are one product of matrices. It is linear in g, so that the gradient of weights is
//! Gᵀ (A δ Aᵀ ⊙ Bᵀ d B) G, summed over tiles at the points. S. Winograd, Arithmetic Complexity of Computations, 1980;
//! A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016.

mod correlate;
mod outer;
mod transforms;

pub(super) use correlate::{Filtered, filtered, pack, packed_len, run};
pub(super) use outer::{Gradient, gradient, run as outer};

use super::geometry::Correlation;
use super::routines::Routines;
use std::ops::Range;

/// Points at which tiles are multiplied.
const POINTS: usize = 16;

/// Bytes of a tile of all samples at the points, at most: beyond, working memory would be more than activations take.
const LARGEST_TILE: usize = 1 << 25;

/// Channels below which transforms cost more than they save.
const FEWEST_CHANNELS: usize = 12;

/// Whether a convolution is done so: 3 × 3, with enough channels, rows of tiles as long as two tiles of vectors, and not too
/// many samples.
pub(super) fn serves<T>(shape: &Correlation, batch: usize, routines: &Routines<T>) -> bool {
    let channels = [shape.from.channels, shape.to.channels];
    let of_tile = POINTS * channels[0].max(channels[1]) * batch * size_of::<T>();
    shape.kernel == 3
        && channels[0].min(channels[1]) >= FEWEST_CHANNELS
        && shape.to.width.div_ceil(2) * batch >= 2 * routines.columns
        && of_tile <= LARGEST_TILE
}

/// Some tiles beside each other in a row of tiles: 2 × 2 results each, for all samples.
#[derive(Clone, Debug)]
struct Strip {
    /// Of results, the upper of the two rows.
    top: usize,
    tiles: Range<usize>,
}

/// How the tiles of a result are taken: rows of them, each in strips of about as many.
#[derive(Clone, Copy, Debug)]
struct Strips {
    /// Rows of tiles.
    rows: usize,
    /// Strips of a row.
    of_row: usize,
    /// Tiles of a row.
    across: usize,
}

impl Strips {
    /// With at most so many tiles in a strip.
    fn new(shape: &Correlation, most: usize) -> Self {
        let across = shape.to.width.div_ceil(2);
        Self {
            rows: shape.to.height.div_ceil(2),
            of_row: across.div_ceil(most.max(1)),
            across,
        }
    }

    /// Tiles of a strip, at most.
    fn longest(&self) -> usize {
        self.across.div_ceil(self.of_row)
    }

    fn count(&self) -> usize {
        self.rows * self.of_row
    }

    /// Strip by strip, row by row.
    fn strip(&self, i: usize) -> Strip {
        let (row, number, size) = (i / self.of_row, i % self.of_row, self.longest());
        Strip {
            top: 2 * row,
            tiles: self.across.min(number * size)..self.across.min((number + 1) * size),
        }
    }
}
