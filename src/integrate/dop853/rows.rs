//! Vectors of one length, each of which begins with a cache line: a vector register that crosses one takes twice as long.

use super::tableau::Combination;
use aligned_vec::{AVec, ConstAlign, avec};

/// Numbers that begin with a cache line.
pub(super) type Aligned = AVec<f64, ConstAlign<64>>;

/// Numbers of a cache line.
pub(super) const LINE: usize = 8;

/// Lines of zeros beyond the last row, which may be read with it.
const BEYOND: usize = 1;

/// Rows of so many entries, one after another; each is filled up with zeros to the end of its last line.
pub(super) struct Rows {
    memory: Aligned,
    /// From a row to the next.
    stride: usize,
    length: usize,
}

impl Rows {
    /// So many rows.
    pub fn zeros(rows: usize, length: usize) -> Self {
        let stride = length.next_multiple_of(LINE);
        Self {
            memory: avec![[64]| 0.0; rows * stride + BEYOND * LINE],
            stride,
            length,
        }
    }

    /// A row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.memory[row * self.stride..][..self.length]
    }

    /// A row.
    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.memory[row * self.stride..][..self.length]
    }

    /// One row becomes as another.
    pub fn copy(&mut self, from: usize, to: usize) {
        let [from, to] = [from, to].map(|row| row * self.stride);
        self.memory.copy_within(from..from + self.length, to);
    }

    /// Σ a_j row_j of the N entries from `begin` on, up to [`BEYOND`] lines more than rows have; they are zeros up to the end
    /// of the rows' last line, and of no meaning beyond it.
    #[inline(always)]
    pub fn combined<const N: usize>(&self, begin: usize, combination: Combination) -> [f64; N] {
        let mut sums = [0.0; N];
        let from = &self.memory[begin..];
        for &(row, a) in combination {
            let entries = &from[row * self.stride..][..N];
            for (sum, x) in sums.iter_mut().zip(entries) {
                *sum += a * x;
            }
        }
        sums
    }
}
