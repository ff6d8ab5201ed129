//! Vectors of one length, each of which begins with a cache line: a vector register that crosses one takes twice as long.

use super::tableau::Combination;
use aligned_vec::{AVec, ConstAlign, avec};
use std::ops::{Deref, DerefMut};

/// Numbers of a cache line.
pub(super) const LINE: usize = 8;

/// Whole lines.
type Lines = AVec<[f64; LINE], ConstAlign<64>>;

fn zeros(lines: usize) -> Lines {
    avec![[64]| [0.0; LINE]; lines]
}

/// Entries, with zeros to the end of the last line.
#[derive(Clone)]
pub(super) struct Padded {
    lines: Lines,
    length: usize,
}

impl Padded {
    pub fn of(values: &[f64]) -> Self {
        let mut padded = Self {
            lines: zeros(values.len().div_ceil(LINE)),
            length: values.len(),
        };
        padded.copy_from_slice(values);
        padded
    }

    pub fn lines(&self) -> &[[f64; LINE]] {
        &self.lines
    }

    pub fn lines_mut(&mut self) -> &mut [[f64; LINE]] {
        &mut self.lines
    }
}

impl Deref for Padded {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.lines.as_flattened()[..self.length]
    }
}

impl DerefMut for Padded {
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.lines.as_flattened_mut()[..self.length]
    }
}

/// Lines of zeros beyond the last row, which may be read with it.
const BEYOND: usize = 3;

/// Rows of so many entries, one after another; each is filled up with zeros to the end of its last line.
pub(super) struct Rows {
    lines: Lines,
    /// From a row to the next, in lines.
    stride: usize,
    length: usize,
}

impl Rows {
    /// So many rows.
    pub fn zeros(rows: usize, length: usize) -> Self {
        let stride = length.div_ceil(LINE);
        Self {
            lines: zeros(rows * stride + BEYOND),
            stride,
            length,
        }
    }

    /// A row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.lines[row * self.stride..].as_flattened()[..self.length]
    }

    /// A row.
    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.lines[row * self.stride..].as_flattened_mut()[..self.length]
    }

    /// One row becomes as another.
    pub fn copy(&mut self, from: usize, to: usize) {
        let [from, to] = [from, to].map(|row| row * self.stride);
        self.lines.copy_within(from..from + self.stride, to);
    }

    /// Σ a_j row_j of N lines from `begin` on, up to [`BEYOND`] lines more than rows have; they are zeros up to the end of the
    /// rows' last line, and of no meaning beyond it.
    #[inline(always)]
    pub fn combined<const N: usize>(&self, begin: usize, combination: Combination) -> [[f64; LINE]; N] {
        let mut sums = [[0.0; LINE]; N];
        let from = &self.lines[begin..];
        for &(row, a) in combination {
            let lines = &from[row * self.stride..][..N];
            for (sum, line) in sums.iter_mut().zip(lines) {
                for (sum, x) in sum.iter_mut().zip(line) {
                    *sum += a * x;
                }
            }
        }
        sums
    }
}
